import { expect, test } from 'vitest';
import { loadConfiguration } from '../../src/config/load.ts';
import type { OutputFormat } from '../../src/domain/format.ts';
import type { Ticket } from '../../src/domain/submission.ts';
import { batchTask, sharedTask } from '../../src/pipeline/batch-task.ts';
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

// What the configuration adds to a flow, a partner or an act has to be named in lane-eligible.ts, whatever it says.
test('a flow as the configuration gives it is decided in the lane', async () => {
  const loaded = await loadConfiguration('config');
  if (!loaded.ok) throw new Error('the shipped configuration has problems');
  const { generation } = loaded.settings;
  const flow = generation.flows.find(({ code }) => code === 'ADRM');
  const partner = generation.partners.find(({ id }) => id === 'ksz');
  if (flow === undefined || partner === undefined) throw new Error('the shipped configuration lacks ADRM or ksz');
  const submission = { ticket: 'T' as Ticket, environment: 'R', receivedAt: Date.UTC(2026, 10, 1) } as const;
  const contents = [{ contentId: '0'.repeat(32), size: 1, sha256: '0'.repeat(64) }];
  const task = batchTask(submission, partner, sharedTask(generation, flow), { accessMethod: 'line', contents });
  expect(isLaneTask(task)).toBe(true);
});
