import type { FlatDirectory } from '../directory/flat-directory.ts';
import { crashPoint } from '../domain/crash-point.ts';
import type { LayoutVersion } from '../domain/flow.ts';
import type { LendsBytes } from '../domain/http.ts';
import { blockCutter, planBlocks } from '../formats/open-blocks.ts';
import type { BlockPlan } from '../formats/record-block.ts';
import type { ContentRef, ContentStore } from '../storage/content-store.ts';
import { actsInForce } from './authorize.ts';
import type { BatchResult, BatchTask } from './batch.ts';
import { type Chunk, LaneChunks, mostChunks } from './lane-chunks.ts';
import { LaneContents } from './lane-contents.ts';
import { isLaneLayout, isLaneTask } from './lane-eligible.ts';
import type { ChunkResult } from './lane-messages.ts';
import type { LaneThreads } from './lane-threads.ts';
import { Router } from './route.ts';

const HEAD_BYTES = 64 * 1024;
/** Chunks in the threads: one at work and one waiting in each, and one that is being written. */
const CHUNKS_PER_THREAD = 2;

export type LaneParts = {
  readonly store: ContentStore;
  readonly threads: LaneThreads;
  readonly directory: FlatDirectory;
  readonly progress?: ((records: number) => void) | undefined;
};

/**
 * How the lane reads the file of a batch.
 * @returns undefined where it does not know every rule of it: then the batch is decided record by record
 */
export async function lanePlan(
  task: BatchTask,
  layouts: readonly LayoutVersion[],
  store: ContentStore,
): Promise<BlockPlan | undefined> {
  const [content] = task.contents;
  if (!isLaneTask(task) || content === undefined || actsInForce(task).length === 0) return undefined;
  const head = content.bytes?.subarray(0, HEAD_BYTES) ?? (await headOf(content, store));
  const facts = { environment: task.environment, sender: task.sender.institution };
  const plan = planBlocks(task.flow.format, layouts, facts, head);
  return plan !== undefined && isLaneLayout(plan.layout) ? plan : undefined;
}

async function headOf(content: ContentRef, store: ContentStore): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  const range = { start: 0, end: Math.min(HEAD_BYTES, content.size) };
  for await (const piece of store.read(content, range)) pieces.push(piece);
  return Buffer.concat(pieces);
}

/**
 * Decides a large batch by chunks in several threads and writes what the record-at-a-time path would have written, byte by
 * byte. Contents are durable on return; nothing names them yet.
 * @returns undefined where that path has to read the file after all; then nothing is left of this try
 * @throws what `runBatch` throws
 */
export async function runLane(task: BatchTask, plan: BlockPlan, parts: LaneParts): Promise<BatchResult | undefined> {
  const batch = new LaneBatch(task, plan, parts);
  try {
    if (await batch.read()) return await batch.complete();
  } catch (error) {
    await batch.abandon();
    throw error;
  } finally {
    parts.threads.end();
  }
  await batch.abandon();
  return undefined;
}

class LaneBatch {
  readonly #task: BatchTask;
  readonly #plan: BlockPlan;
  readonly #parts: LaneParts;
  readonly #contents: LaneContents;
  readonly #content: ContentRef;
  readonly #chunks: LaneChunks;
  /** Buffers of results that were written. */
  readonly #spare: ArrayBuffer[] = [];
  #appendedBytes = 0;

  constructor(task: BatchTask, plan: BlockPlan, parts: LaneParts) {
    const [content] = task.contents;
    if (content === undefined) throw new TypeError('a batch of no file');
    this.#task = task;
    this.#plan = plan;
    this.#parts = parts;
    const router = new Router(task, plan.layout, actsInForce(task));
    this.#contents = new LaneContents(parts.store, { task, plan }, parts.directory.version, router);
    this.#content = content;
    this.#chunks = new LaneChunks(content, blockCutter(plan), parts.threads.chunkBytes);
  }

  /** @returns false where the record-at-a-time path has to read the file */
  async read(): Promise<boolean> {
    const { store, threads, directory } = this.#parts;
    const content = this.#content;
    const before = new Int32Array(new SharedArrayBuffer(4 * mostChunks(content.size, threads.chunkBytes)));
    before[0] = 1;
    threads.begin({ task: this.#task, plan: this.#plan, directory: directory.parts, before });
    const deciding: Promise<ChunkResult | undefined>[] = [];
    try {
      let index = 0;
      for await (const chunk of this.#chunks.of(lent(store.read(content)), this.#plan.start)) {
        if (chunk === undefined) return false;
        deciding.push(this.#decide(index, chunk));
        index += 1;
        if (deciding.length <= threads.size * CHUNKS_PER_THREAD) continue;
        if (!(await this.#append(deciding.shift()))) return false;
      }
      while (deciding.length > 0) if (!(await this.#append(deciding.shift()))) return false;
      crashPoint('parse.done');
      return this.#contents.isWhole;
    } finally {
      threads.end();
      await Promise.allSettled(deciding);
    }
  }

  complete(): Promise<BatchResult> {
    crashPoint('authorize.done');
    return this.#contents.complete();
  }

  abandon(): Promise<void> {
    return this.#contents.abandon();
  }

  #decide(index: number, { bytes, isLast }: Chunk): Promise<ChunkResult | undefined> {
    const deciding = this.#parts.threads.decide(index, { bytes, isLast, into: this.#spare.pop() });
    // It is awaited in the order of the file; until then a failure must not count as nobody's.
    deciding.catch(() => undefined);
    return deciding;
  }

  async #append(deciding: Promise<ChunkResult | undefined> | undefined): Promise<boolean> {
    const result = await deciding;
    if (result === undefined) return false;
    await this.#contents.append(result);
    this.#chunks.giveBack(result.chunk);
    this.#spare.push(result.bytes.buffer);
    crashPoint('parse.chunk');
    const isPastMiddle = this.#appendedBytes * 2 >= this.#content.size;
    this.#appendedBytes += result.chunkBytes;
    if (!isPastMiddle && this.#appendedBytes * 2 >= this.#content.size) crashPoint('parse.middle');
    this.#parts.progress?.(this.#contents.total);
    return true;
  }
}

/** The bytes of a content in buffers that are used again, where the store can lend them: chunks are copied anyway. */
function lent(content: AsyncIterable<Uint8Array> & Partial<LendsBytes>): AsyncIterable<Uint8Array> {
  return content.lend?.() ?? content;
}
