import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Failure } from './sqlite-messages.ts';

/** `frames`: pages in the write-ahead log, copied or not. */
export type CheckpointReply =
  | { readonly kind: 'copied'; readonly frames: number }
  | { readonly kind: 'broken'; readonly failure: Failure };

/** What the writer asks for between two transactions. */
export interface Checkpoints {
  /** Has the write-ahead log copied into the ledger file, beside what is written meanwhile. */
  begin(): void;
  /** Pages in the write-ahead log when it was copied last; beyond all numbers where it could not be. */
  readonly frames: number;
}

/**
 * Has a thread of its own copy the log: that takes ten milliseconds and more, in which nothing could be committed. The thread is
 * started when it is first needed.
 */
export class CheckpointThread implements Checkpoints {
  readonly #file: string;
  readonly #onBroken: (failure: Failure) => void;
  #worker: Worker | undefined;
  #isBusy = false;
  frames = 0;

  constructor(file: string, onBroken: (failure: Failure) => void) {
    this.#file = file;
    this.#onBroken = onBroken;
  }

  begin(): void {
    if (this.#isBusy) return;
    this.#isBusy = true;
    this.#worker ??= this.#start();
    this.#worker.postMessage('copy');
  }

  /** What it is about is finished first. */
  async close(): Promise<void> {
    const worker = this.#worker;
    if (worker === undefined || worker.threadId === -1) return;
    const ended = once(worker, 'exit');
    worker.postMessage('close');
    await ended;
  }

  #start(): Worker {
    const worker = new Worker(new URL('./checkpoint-worker.ts', import.meta.url), { workerData: this.#file });
    worker.on('message', (reply: CheckpointReply) => {
      this.#isBusy = false;
      if (reply.kind === 'broken') this.#onBroken(reply.failure);
      else this.frames = reply.frames;
    });
    // No descriptor or memory was left for it: the writer copies the log itself, and another thread is tried after that.
    worker.on('error', () => {
      this.#worker = undefined;
      this.#isBusy = false;
      this.frames = Number.POSITIVE_INFINITY;
    });
    return worker;
  }
}
