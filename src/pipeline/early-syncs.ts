import type { BatchContent } from './batch-content.ts';

/** Less is not worth a turn of the disk. */
const ENOUGH_BYTES = 512 * 1024;

/**
 * Makes contents durable while they still grow, one after the other: else a large batch would end with waiting for the disk
 * to write all of it.
 */
export class EarlySyncs {
  readonly #contents: () => Iterable<BatchContent>;
  #running: Promise<void> | undefined;
  #isOver = false;

  constructor(contents: () => Iterable<BatchContent>) {
    this.#contents = contents;
  }

  /** To be asked now and then; does not wait. */
  nudge(): void {
    if (this.#isOver || this.#running !== undefined || this.#next() === undefined) return;
    this.#running = this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  /** Nothing is synced any more on return. What failed, fails again when its content is completed. */
  async end(): Promise<void> {
    this.#isOver = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    for (let next = this.#next(); next !== undefined && !this.#isOver; next = this.#next()) {
      try {
        await next.sync();
      } catch {
        return;
      }
    }
  }

  #next(): BatchContent | undefined {
    let most: BatchContent | undefined;
    for (const content of this.#contents()) if (content.unsynced > (most?.unsynced ?? 0)) most = content;
    return most !== undefined && most.unsynced >= ENOUGH_BYTES ? most : undefined;
  }
}
