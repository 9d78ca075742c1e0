import type { IncomingMessage } from 'node:http';
import { GatewayError } from '../domain/errors.ts';
import type { HttpBody } from '../domain/http.ts';

/** The rate is averaged over this much waiting for the client, so that one pause is not held against it. */
const WINDOW_MS = 10_000;
const TICK_MS = 1_000;
/** Batches collected while one is being worked on: the client goes on sending, and memory stays bounded. */
const BATCHES_AHEAD = 2;

/** Called for all that came; where it gives something to wait for, no more is read before. */
export type Pass = (bytes: number) => Promise<void> | undefined;

export type BodyFailure = 'too-slow' | 'client-left';

/**
 * A request body that must keep coming: the client is given up when it sent less than the minimum over ten seconds in
 * which we waited for it. Time that we spent ourselves does not count.
 */
export class RequestBody implements HttpBody {
  readonly present: boolean;
  readonly length: number | undefined;
  readonly #message: IncomingMessage;
  readonly #minBytesPerSecond: number;
  readonly #onFirstRead: () => void;
  readonly #pass: Pass;
  #begun = false;
  #failure: BodyFailure | undefined;
  #pieces: Uint8Array[] = [];
  #held = 0;
  #ended = false;
  #error: GatewayError | undefined;
  #waitedMs = 0;
  #windowBytes = 0;
  /** Looks again whether there is enough; defined while the reader waits for the client. */
  #wake: (() => void) | undefined;

  /**
   * @param onFirstRead called once, when a handler really begins to read
   * @param pass holds back who sends more than the contract of his institution gives
   */
  constructor(
    message: IncomingMessage,
    framing: { readonly present: boolean; readonly length: number | undefined },
    minBytesPerSecond: number,
    onFirstRead: () => void,
    pass: Pass = () => undefined,
  ) {
    this.#pass = pass;
    this.#message = message;
    this.present = framing.present;
    this.length = framing.length;
    this.#minBytesPerSecond = minBytesPerSecond;
    this.#onFirstRead = onFirstRead;
  }

  /** Why the body never became whole, where it did not. */
  get failure(): BodyFailure | undefined {
    return this.#failure;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for await (const pieces of this.#collect(1)) yield* pieces;
  }

  async *batches(bytes: number): AsyncGenerator<readonly Uint8Array[]> {
    for await (const pieces of this.#collect(bytes)) {
      yield pieces;
      for (const piece of pieces) release(piece);
    }
  }

  async *#collect(bytes: number): AsyncGenerator<readonly Uint8Array[]> {
    if (!this.present) return;
    if (this.#begun) throw new GatewayError('broken', 'the body of this request was read before');
    this.#begun = true;
    this.#onFirstRead();
    const stop = this.#listen(bytes * BATCHES_AHEAD);
    const ticker = setInterval(() => this.#tick(), TICK_MS);
    try {
      for (;;) {
        await this.#enough(bytes);
        // What came before the end is handed on whatever the end was: an upload in parts keeps it.
        if (this.#held === 0 && this.#error !== undefined) throw this.#error;
        if (this.#held === 0) return;
        const pieces = this.#pieces;
        this.#windowBytes += this.#held;
        this.#pieces = [];
        this.#held = 0;
        const passing = this.#pass(pieces.reduce((sum, { length }) => sum + length, 0));
        if (passing !== undefined) {
          this.#message.pause();
          await passing;
        }
        if (!this.#ended) this.#message.resume();
        yield pieces;
      }
    } finally {
      clearInterval(ticker);
      stop();
    }
  }

  /** Collects what comes in, and no more than `limit` bytes. @returns what ends that; the rest stays unread */
  #listen(limit: number): () => void {
    const message = this.#message;
    const data = (piece: Uint8Array) => {
      this.#pieces.push(piece);
      this.#held += piece.length;
      if (this.#held >= limit) message.pause();
      this.#wake?.();
    };
    const end = () => {
      this.#ended = true;
      this.#wake?.();
    };
    const lost = (cause?: unknown) => {
      if (this.#ended || this.#error !== undefined) return;
      this.#failure ??= 'client-left';
      this.#error = new GatewayError('bad-request', 'the body of the request ended too early', { cause });
      this.#wake?.();
    };
    message.on('data', data).on('end', end).on('error', lost).on('close', lost);
    if (message.destroyed) lost(message.errored);
    return () => {
      message.off('data', data).off('end', end).off('close', lost);
      message.pause();
    };
  }

  #enough(bytes: number): Promise<void> {
    const isEnough = () => this.#held >= bytes || this.#ended || this.#error !== undefined;
    if (isEnough()) return Promise.resolve();
    return new Promise((resolve) => {
      this.#wake = () => {
        if (!isEnough()) return;
        this.#wake = undefined;
        resolve();
      };
    });
  }

  #tick(): void {
    if (this.#wake === undefined) return;
    this.#waitedMs += TICK_MS;
    if (this.#waitedMs < WINDOW_MS) return;
    const enough = this.#windowBytes + this.#held >= (this.#minBytesPerSecond * WINDOW_MS) / 1000;
    this.#waitedMs = 0;
    // What is held counts now, and not once more when it is taken.
    this.#windowBytes = -this.#held;
    if (enough) return;
    this.#failure = 'too-slow';
    this.#error = new GatewayError('bad-request', 'the body of the request came too slowly');
    this.#wake();
  }
}

/**
 * Frees the memory of a piece now. Node gives every piece memory of its own, outside the heap; left to the garbage
 * collector it counts as growth, and each 25 MB of a body make it mark the whole heap: two CPU seconds for a GiB.
 */
function release({ buffer, byteLength }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}
