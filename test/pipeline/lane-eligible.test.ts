import { expect, test } from 'vitest';
import type { OutputFormat } from '../../src/domain/format.ts';
import { isLaneTask } from '../../src/pipeline/lane-eligible.ts';
import { ADRM_TASK } from './run-batch-fixture.ts';

/** The task with every receiver taking this format. */
function taking(output: OutputFormat) {
  return { ...ADRM_TASK, receivers: ADRM_TASK.receivers.map((receiver) => ({ ...receiver, output })) };
}

test('an output whose trailer counts its records is written record by record', () => {
  const bare = { kind: 'fixed-width', charset: 'cp500', recordLength: 9, lineEnd: 'none', columns: {} } as const;
  expect(isLaneTask(taking(bare))).toBe(true);
  expect(isLaneTask(taking({ ...bare, trailer: { type: 'T', count: { first: 2, last: 8 }, sums: [] } }))).toBe(false);
});
