import { Worker } from 'node:worker_threads';
import { GatewayError } from '../domain/errors.ts';
import { errorOf } from './batch-messages.ts';
import { CHUNK_BYTES } from './lane-chunks.ts';
import {
  type ChunkResult,
  type FromLane,
  GIVEN_UP,
  type LaneChunk,
  type LaneSetup,
  type ToLane,
} from './lane-messages.ts';

export type LaneOptions = { readonly threads: number; readonly minBytes: number; readonly chunkBytes?: number };

type Waiting = {
  readonly resolve: (result: ChunkResult | undefined) => void;
  readonly reject: (error: Error) => void;
};

type Lane = { readonly worker: Worker; readonly waiting: Map<number, Waiting> };

/** The threads that decide chunks for one batch at a time; started when they are first needed, and kept. */
export class LaneThreads {
  readonly size: number;
  /** Smaller files are done before threads have heard of them. */
  readonly minBytes: number;
  readonly chunkBytes: number;
  #lanes: Lane[] = [];
  #setup: LaneSetup | undefined;

  constructor({ threads, minBytes, chunkBytes = CHUNK_BYTES }: LaneOptions) {
    this.size = threads;
    this.minBytes = minBytes;
    this.chunkBytes = chunkBytes;
  }

  begin(setup: LaneSetup): void {
    this.#setup = setup;
    while (this.#lanes.length < this.size) this.#lanes.push(this.#start());
    for (const lane of this.#lanes) say(lane, { kind: 'begin', setup });
  }

  /**
   * The least busy thread takes the chunk; its bytes go there and come back with the result.
   * @returns undefined where the record-at-a-time path has to read the whole file. @throws GatewayError `broken` where the
   * thread ended
   */
  decide(index: number, chunk: LaneChunk): Promise<ChunkResult | undefined> {
    const lane = this.#lanes.reduce((one, other) => (other.waiting.size < one.waiting.size ? other : one));
    return new Promise((resolve, reject) => {
      lane.waiting.set(index, { resolve, reject });
      const { bytes, into } = chunk;
      const moved = into === undefined ? [bytes.buffer] : [bytes.buffer, into];
      lane.worker.postMessage({ kind: 'chunk', index, ...chunk } satisfies ToLane, moved);
    });
  }

  /** The batch is over, or was given up: chunks that are still with a thread are left undecided. */
  end(): void {
    const before = this.#setup?.before;
    this.#setup = undefined;
    for (let index = 0; before !== undefined && index < before.length; index += 1) {
      Atomics.store(before, index, GIVEN_UP);
      Atomics.notify(before, index);
    }
    for (const lane of this.#lanes) say(lane, { kind: 'end' });
  }

  async close(): Promise<void> {
    const lanes = this.#lanes;
    this.#lanes = [];
    await Promise.all(lanes.map(({ worker }) => worker.terminate()));
  }

  #start(): Lane {
    const worker = new Worker(new URL('./lane-worker.ts', import.meta.url));
    const lane: Lane = { worker, waiting: new Map() };
    let cause: Error | undefined;
    worker.on('message', (message: FromLane) => hear(lane, message));
    worker.on('error', (error) => {
      cause = error instanceof Error ? error : new Error(String(error));
    });
    worker.on('exit', () => {
      this.#lanes = this.#lanes.filter((one) => one !== lane);
      rejectAll(lane, new GatewayError('broken', 'a thread that checked this batch ended', { cause }));
    });
    return lane;
  }
}

function say({ worker }: Lane, message: ToLane): void {
  worker.postMessage(message);
}

function hear(lane: Lane, message: FromLane): void {
  if (message.kind === 'failed') {
    rejectAll(lane, errorOf(message.failure));
    return;
  }
  lane.waiting.get(message.index)?.resolve(message.result);
  lane.waiting.delete(message.index);
}

function rejectAll({ waiting }: Lane, error: Error): void {
  for (const { reject } of waiting.values()) reject(error);
  waiting.clear();
}
