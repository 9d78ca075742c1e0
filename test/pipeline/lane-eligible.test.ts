import { expect, test } from 'vitest';
import type { OutputFormat } from '../../src/domain/format.ts';
import { isLaneTask } from '../../src/pipeline/lane-eligible.ts';
import { ADRM_TASK } from './run-batch-fixture.ts';

/** The task with every receiver taking this format. */
function taking(output: OutputFormat) {
  return { ...ADRM_TASK, receivers: ADRM_TASK.receivers.map((receiver) => ({ ...receiver, output })) };
}

test('an output with a trailer is written in parts where its sums add up from parts', () => {
  const bare = { kind: 'fixed-width', charset: 'cp500', recordLength: 9, lineEnd: 'none', columns: {} } as const;
  const columns = { first: 2, last: 8 };
  const trailer = (field: string) => ({ type: 'T', count: columns, sums: [{ field, columns }] });
  expect(isLaneTask(taking(bare))).toBe(true);
  expect(isLaneTask(taking({ ...bare, trailer: trailer('record_no') }))).toBe(true);
  // What is below zero has no remainder that adds up; nor have texts.
  expect(isLaneTask(taking({ ...bare, trailer: trailer('street') }))).toBe(false);
});
