import type { RecordTotals } from '../domain/submission.ts';
import { blockEnds } from '../formats/open-blocks.ts';
import type { BlockEnds } from '../formats/record-block.ts';
import type { ContentStore } from '../storage/content-store.ts';
import type { BatchResult } from './batch.ts';
import { BatchContents } from './batch-contents.ts';
import type { ChunkResult } from './lane-messages.ts';
import { type DeskSetup, laneLogHead } from './lane-setup.ts';
import { NO_QUESTIONS } from './questions.ts';
import type { Router } from './route.ts';

type Decided = Omit<ChunkResult, 'chunkBytes' | 'chunk'>;

/** What a batch leaves behind whose records were decided in chunks. */
export class LaneContents {
  readonly #contents: BatchContents;
  readonly #ends: BlockEnds;
  readonly #totals = { total: 0, accepted: 0, refused: 0, withoutReceiver: 0 };
  #informationCount = 0;
  #unknownCount = 0;

  /** @param version of the directory */
  constructor(store: ContentStore, setup: DeskSetup, version: bigint, router: Router) {
    const logHead = laneLogHead(setup, version, router);
    this.#contents = new BatchContents(store, setup.task, setup.plan, router, logHead);
    this.#ends = blockEnds(setup.plan);
  }

  /** Records there are so far. */
  get total(): number {
    return this.#totals.total;
  }

  /** Asked after the last chunk: false where the record-at-a-time path has to tell what is wrong with the file. */
  get isWhole(): boolean {
    return this.#totals.total > 0 && this.#ends.agree;
  }

  /** Chunks in the order of the file. Their bytes are copied. */
  async append(result: Decided): Promise<void> {
    const { outputs, refusals, information, log } = this.#contents;
    let at = 0;
    const next = (length: number): Uint8Array => {
      at += length;
      return result.bytes.subarray(at - length, at);
    };
    for (const { receiver, bytes, ...records } of result.outputs) outputs.appendBytes(receiver, next(bytes), records);
    refusals.append(next(result.refusals));
    information.append(next(result.information));
    log.append(next(result.log));
    this.#ends.add(result.end);
    this.#totals.total += result.totals.total;
    this.#totals.accepted += result.totals.accepted;
    this.#totals.refused += result.totals.refused;
    this.#totals.withoutReceiver += result.totals.withoutReceiver;
    this.#informationCount += result.informationCount;
    this.#unknownCount += result.unknownCount;
    await this.#contents.drain();
  }

  /** Every content is durable on return. */
  complete(): Promise<BatchResult> {
    const totals: RecordTotals = { ...this.#totals };
    return this.#contents.complete({
      totals,
      informationCount: this.#informationCount,
      unknownCount: this.#unknownCount,
      originals: [],
      questions: NO_QUESTIONS,
      changes: [],
    });
  }

  abandon(): Promise<void> {
    return this.#contents.abandon();
  }
}
