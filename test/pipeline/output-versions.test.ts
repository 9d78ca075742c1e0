import { describe, expect, test } from 'vitest';
import type { BatchTask } from '../../src/pipeline/batch.ts';
import { ANSWER_TASK, asked, lookupIn, PERSONS, SOCR_SAMPLE } from './questions-fixture.ts';
import { BatchBench } from './run-batch-fixture.ts';

/** Answers come in version 1, or in version 2 with one field more; the asker says in which it wants them. */

const HEADER = SOCR_SAMPLE.slice(0, SOCR_SAMPLE.indexOf('\n'));
const ROW = '1;E-0000001;74031295170;2026Q1;MSG00000;Y;2026-01-01;2026-03-31;;7d1c0b8e-0000-4000-8000-000000000021';
const [V1, V2] = [`${HEADER}\n${ROW}\n`, `${HEADER};question_ticket\n${ROW};QQQQQQQQQQQQQ-1\n`];
const FOR_ASKER = ['record_no;customer_ref;ssin;quarter;status_code;entitled;valid_from;valid_to;new_ssin', '\n'];
const VALUES = '1;E-0000001;74031295170;2026Q1;MSG00000;Y;2026-01-01;2026-03-31;';

async function got(text: string, outputVersion: string | undefined, more: Partial<BatchTask> = {}) {
  const bench = await BatchBench.open(PERSONS);
  bench.questions = lookupIn(asked('E-0000001'));
  const receivers = ANSWER_TASK.receivers.map((one) => (one.partner === 'eco' ? { ...one, outputVersion } : one));
  const { outputs, result } = await bench.run({ ...ANSWER_TASK, receivers, ...more }, text);
  expect(result.totals.accepted).toBe(1);
  return outputs.eco;
}

describe('a receiver gets', () => {
  const [head, end] = FOR_ASKER;

  test('the version of the file where it wants none', async () => {
    expect(await got(V1, undefined)).toBe(`${head}${end}${VALUES}\n`);
    expect(await got(V2, undefined)).toBe(`${head};question_ticket${end}${VALUES};QQQQQQQQQQQQQ-1\n`);
  });

  test('the version it wants, whatever the sender used: what that one lacks is left out', async () => {
    expect(await got(V2, '1')).toBe(`${head}${end}${VALUES}\n`);
    expect(await got(V1, '1')).toBe(`${head}${end}${VALUES}\n`);
  });

  test('a newer version too: what the older one lacks is empty, and what it may not have stays away', async () => {
    expect(await got(V1, '2')).toBe(`${head};question_ticket${end}${VALUES};\n`);
  });

  test('it in a format of its own', async () => {
    const receivers = ANSWER_TASK.receivers.map((one) =>
      one.partner === 'eco' ? { ...one, outputVersion: '1', output: { kind: 'json-lines' } as const } : one,
    );
    expect(JSON.parse((await got(V2, '1', { receivers })) ?? '')).toEqual({
      ...{ record_no: 1, customer_ref: 'E-0000001', ssin: '74031295170', quarter: '2026Q1', status_code: 'MSG00000' },
      ...{ entitled: 'Y', valid_from: '2026-01-01', valid_to: '2026-03-31', new_ssin: null },
    });
  });
});
