import { expect, test } from 'vitest';
import { TaskReceiver, TaskSender } from '../../src/pipeline/task-messages.ts';
import { ticket } from '../storage/ledger-fixture.ts';
import { ADRM_TASK } from './run-batch-fixture.ts';

test('what tasks share goes to a thread once, and again as soon as any of it is another', () => {
  const [sender, receiver] = [new TaskSender(), new TaskReceiver()];
  const sent = (task: typeof ADRM_TASK) => {
    const message = structuredClone(sender.message(task));
    expect(receiver.task(message)).toEqual(task);
    return message.shared !== undefined;
  };
  const next = { ...ADRM_TASK, ticket: ticket('00000000000ZZ') };
  const reloaded = { ...next, generation: 'another', receivers: [...next.receivers] };
  expect([ADRM_TASK, next, reloaded, next, { ...next, sectors: [...next.sectors] }].map(sent)).toEqual([
    true,
    false,
    true,
    false,
    true,
  ]);
});
