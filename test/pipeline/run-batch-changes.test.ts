import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { BatchTask } from '../../src/pipeline/batch.ts';
import { originalKey } from '../../src/pipeline/originals.ts';
import { ADRM_ACT, BatchBench, PERSON_LINES, WLAT_ACT, WLAT_TASK } from './run-batch-fixture.ts';

/** Attests whose status says whether they are new (0), change (1) or cancel (3) the one with the same reference. */
const TASK: BatchTask = {
  ...WLAT_TASK,
  flow: {
    ...WLAT_TASK.flow,
    layouts: WLAT_TASK.flow.layouts.map((layout) => ({ ...layout, changes: { field: 'status', values: ['1', '3'] } })),
  },
};
const PERSON = '85113098277';
const LINES_ENDED = [
  ...PERSON_LINES.filter((line) => !line.startsWith(PERSON)),
  `${PERSON};7;1;102;0;2012-01-01;2024-12-31;`,
];

function attest(ref: string, status: number, more: Readonly<Record<string, string>> = {}): string {
  const [, second = ''] = readFileSync('test/fixtures/samples/4_WLAT_unemployment_attest.jsonl', 'utf8').split('\n');
  const { cancels: _, ...record } = JSON.parse(second);
  return `${JSON.stringify({ ...record, status, ref, ...more })}\n`;
}

async function benchWith(original: readonly string[] | undefined, lines = PERSON_LINES): Promise<BatchBench> {
  const bench = await BatchBench.open(lines);
  const key = originalKey('A', PERSON);
  bench.originals = async (asked) => new Map(original !== undefined && asked.includes(key) ? [[key, original]] : []);
  return bench;
}

const statuses = (output: string | undefined) =>
  (output ?? '')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line).status);

describe.each([
  ['a change', 1],
  ['a cancellation', 3],
])('%s under the reference of its original', (_title, status) => {
  test('reaches who got the original, though their line ended since', async () => {
    const bench = await benchWith(['kbf'], LINES_ENDED);
    expect(statuses((await bench.run(TASK, attest('A', status))).outputs.kbf)).toEqual([status]);
    expect((await bench.run(TASK, attest('A', 0))).outputs).toEqual({});
  });

  test('reaches nobody who has a line only now', async () => {
    const bench = await benchWith([]);
    const { outputs, result } = await bench.run(TASK, attest('A', status));
    expect(outputs).toEqual({});
    expect(result.totals).toMatchObject({ accepted: 1, withoutReceiver: 1 });
  });

  test('is refused where there is no original, with 157 at the reference', async () => {
    const bench = await benchWith(undefined);
    const { outputs, refusals } = await bench.run(TASK, attest('A', status));
    expect(outputs).toEqual({});
    expect(refusals).toEqual([{ record: 1, faults: [{ field: 'ref', code: '157', severity: 'fatal', detail: 'A' }] }]);
  });

  test('may stand behind its original in one file', async () => {
    const bench = await benchWith(undefined);
    const { outputs, refusals } = await bench.run(TASK, attest('A', 0) + attest('A', status));
    expect([refusals, statuses(outputs.kbf)]).toEqual([[], [0, status]]);
  });

  test('follows the one that "cancels" names, where it names one', async () => {
    const bench = await benchWith(['kbf']);
    const { outputs, refusals } = await bench.run(TASK, attest('B', status, { cancels: 'A' }));
    expect([refusals, statuses(outputs.kbf)]).toEqual([[], [status]]);
  });
});

test('an original that names another one in "cancels" is one all the same: its status decides', async () => {
  const bench = await benchWith(undefined);
  const { refusals, outputs } = await bench.run(TASK, attest('A', 0) + attest('B', 0, { cancels: 'NONE' }));
  expect([refusals, statuses(outputs.kbf)]).toEqual([[], [0, 0]]);
});

test('a second original under the same reference in one file is refused', async () => {
  const bench = await benchWith(undefined);
  const { refusals, outputs } = await bench.run(TASK, attest('A', 0) + attest('A', 1) + attest('A', 0));
  expect(refusals).toMatchObject([{ record: 3, faults: [{ field: 'ref', code: '000050' }] }]);
  expect(statuses(outputs.kbf)).toEqual([0, 1]);
});

test('who was held back from a change is still one of those a cancellation is for', async () => {
  const bench = await benchWith(['kbf', 'rjv']);
  const { result, log } = await bench.run({ ...TASK, authorizations: [WLAT_ACT] }, attest('A', 1));
  expect(log[1]).toMatchObject({ receivers: [{ receiver: 'kbf' }], heldBack: ['rjv'] });
  const references = JSON.stringify([originalKey('A', PERSON)]);
  expect(result.originals).toEqual([{ references, receivers: ['kbf', 'rjv'], count: 1 }]);
  const acts = [WLAT_ACT, { ...WLAT_ACT, id: 'wlat-rjv', receivers: ADRM_ACT.receivers }];
  expect(Object.keys((await bench.run({ ...TASK, authorizations: acts }, attest('A', 3))).outputs)).toEqual([
    'kbf',
    'rjv',
  ]);
});

test('a change of a record about somebody nobody knows yet finds its original in an earlier file', async () => {
  const bench = await benchWith(
    ['kbf'],
    PERSON_LINES.filter((line) => !line.startsWith(PERSON)),
  );
  const flow = { ...TASK.flow, senderLine: 'creates' as const };
  const { outputs, refusals } = await bench.run({ ...TASK, flow }, attest('A', 1));
  expect([refusals, statuses(outputs.kbf)]).toEqual([[], [1]]);
});
