import type { BatchTask, SharedTask } from './batch.ts';

/**
 * Tasks on their way to a thread. What batches of a flow and generation have in common goes there once: it is a hundred times
 * what a small batch has for itself.
 */
export type TaskMessage = {
  readonly own: Omit<BatchTask, keyof SharedTask>;
  /** Where the thread keeps what is shared; and what that is, where the thread does not have it yet. */
  readonly slot: number;
  readonly shared: SharedTask | undefined;
};

/** Flows that small batches come in for at the same time, before and after a change of the configuration. */
const SLOTS = 64;

/** The end that sends, one for each thread. */
export class TaskSender {
  readonly #sent: SharedTask[] = [];
  #next = 0;

  /** What is shared is told by its objects, not by what they say: another generation has others. */
  message(task: BatchTask): TaskMessage {
    const { flow, generation, authorizations, sectors, receivers, addressees, source, ...own } = task;
    const shared = { flow, generation, authorizations, sectors, receivers, addressees, source };
    const known = this.#sent.findIndex((one) => isSame(one, shared));
    if (known >= 0) return { own, slot: known, shared: undefined };
    const slot = this.#next;
    this.#sent[slot] = shared;
    this.#next = (slot + 1) % SLOTS;
    return { own, slot, shared };
  }
}

/** The end in the thread. */
export class TaskReceiver {
  readonly #known: SharedTask[] = [];

  task({ own, slot, shared }: TaskMessage): BatchTask {
    if (shared !== undefined) this.#known[slot] = shared;
    const known = this.#known[slot];
    if (known === undefined) throw new TypeError('a task speaks of what was never sent');
    return { ...known, ...own };
  }
}

function isSame(one: SharedTask, other: SharedTask): boolean {
  return (
    one.flow === other.flow &&
    one.generation === other.generation &&
    one.authorizations === other.authorizations &&
    one.sectors === other.sectors &&
    one.receivers === other.receivers &&
    one.addressees === other.addressees &&
    one.source === other.source
  );
}
