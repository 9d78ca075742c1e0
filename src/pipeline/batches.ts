import type { BatchResult, BatchTask, OriginalsLookup } from './batch.ts';
import { BatchPool, type BatchPoolOptions } from './batch-pool.ts';
import type { BatchRunner } from './check.ts';
import type { QuestionsLookup } from './questions.ts';

/** From this size on a file is large: some ten thousand records. */
const LARGE_BYTES = 1024 * 1024;
/** Small batches at once. */
const SMALL_AT_ONCE = 2;
/** Threads that decide chunks of the large one. */
const LANES = 2;

/** Small batches and large ones have threads of their own, so that nobody's hundred records wait for ten million. */
export class Batches implements BatchRunner {
  readonly #small: BatchPool;
  readonly #large: BatchPool;

  constructor(folders: Pick<BatchPoolOptions, 'contentDirectory' | 'referenceDirectory'>) {
    this.#small = new BatchPool({ ...folders, size: SMALL_AT_ONCE });
    this.#large = new BatchPool({ ...folders, size: 1, lane: { threads: LANES, minBytes: LARGE_BYTES } });
  }

  /** @throws what `BatchPool.run` throws */
  run(task: BatchTask, originals: OriginalsLookup, questions: QuestionsLookup): Promise<BatchResult> {
    const bytes = task.contents.reduce((sum, { size }) => sum + size, 0);
    return (bytes < LARGE_BYTES ? this.#small : this.#large).run(task, originals, questions);
  }

  async close(): Promise<void> {
    await Promise.all([this.#small.close(), this.#large.close()]);
  }
}
