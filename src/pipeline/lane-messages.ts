import type { ActReference } from '../audit/record-log.ts';
import type { FlatParts } from '../directory/flat-directory.ts';
import type { PartnerId } from '../domain/principal.ts';
import type { RecordTotals } from '../domain/submission.ts';
import type { BlockEnd, BlockPlan } from '../formats/record-block.ts';
import type { TotalsPart } from '../formats/record-format.ts';
import type { BatchTask } from './batch.ts';
import type { Failure } from './batch-messages.ts';

/** What a batch thread and the lane threads that work for it say to each other; all of it plain data. */

/** What every chunk of one batch is decided with: one generation, one version of the directory. */
export type LaneSetup = {
  readonly task: BatchTask;
  readonly plan: BlockPlan;
  readonly directory: FlatParts;
  /** In shared memory, by chunk: how many records stand before it, plus one; 0 where nobody knows yet. */
  readonly before: Int32Array;
};

/** In `before`: the batch was given up, nobody needs to wait any more. */
export const GIVEN_UP = -1;

export type ToLane =
  | { readonly kind: 'begin'; readonly setup: LaneSetup }
  | ({ readonly kind: 'chunk'; readonly index: number } & LaneChunk)
  | { readonly kind: 'end' };

/** `into`: a buffer for what becomes of it, where there is one to be used again. */
export type LaneChunk = {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly isLast: boolean;
  readonly into: ArrayBuffer | undefined;
};

export type FromLane =
  /** `result` is undefined where the record-at-a-time path has to read the whole file. */
  | { readonly kind: 'chunk'; readonly index: number; readonly result: ChunkResult | undefined }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** The records of one chunk, decided: all bytes lie in one buffer, one behind the other. */
export type ChunkResult = {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly outputs: readonly ChunkOutput[];
  /** How many of the bytes behind the outputs are of these, in this order. */
  readonly refusals: number;
  readonly information: number;
  readonly log: number;
  readonly totals: RecordTotals;
  readonly informationCount: number;
  readonly unknownCount: number;
  readonly end: BlockEnd;
  readonly chunkBytes: number;
  /** The chunk itself, to be filled again. */
  readonly chunk: ArrayBufferLike;
};

export type ChunkOutput = {
  readonly receiver: PartnerId;
  readonly bytes: number;
  readonly records: number;
  readonly acts: readonly ActReference[];
  /** What its trailer has to tell of these records. */
  readonly totals: TotalsPart | undefined;
};
