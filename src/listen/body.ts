import type { IncomingMessage } from 'node:http';
import { GatewayError } from '../domain/errors.ts';
import type { HttpBody } from '../domain/http.ts';

/** The rate is averaged over this much waiting for the client, so that one pause is not held against it. */
const WINDOW_MS = 10_000;
const TICK_MS = 1_000;

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
  #begun = false;
  #failure: BodyFailure | undefined;
  #waitedMs = 0;
  #windowBytes = 0;
  #giveUp: ((error: GatewayError) => void) | undefined;

  /** @param onFirstRead called once, when a handler really begins to read */
  constructor(
    message: IncomingMessage,
    framing: { readonly present: boolean; readonly length: number | undefined },
    minBytesPerSecond: number,
    onFirstRead: () => void,
  ) {
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
    if (!this.present) return;
    if (this.#begun) throw new GatewayError('broken', 'the body of this request was read before');
    this.#begun = true;
    this.#onFirstRead();
    const chunks = this.#message.iterator({ destroyOnReturn: false });
    const ticker = setInterval(() => this.#tick(), TICK_MS);
    try {
      for (let next = await this.#wait(chunks); !next.done; next = await this.#wait(chunks)) {
        this.#windowBytes += next.value.length;
        yield next.value;
      }
    } finally {
      clearInterval(ticker);
      // An iterator that is left open holds back the rest, and a client that still sends would not see its answer.
      // Not waited for: one that is given up may still wait for the client.
      chunks.return?.().catch(() => undefined);
    }
  }

  #wait(chunks: AsyncIterator<Uint8Array>): Promise<IteratorResult<Uint8Array>> {
    return new Promise((resolve, reject) => {
      this.#giveUp = reject;
      chunks.next().then(
        (next) => {
          this.#giveUp = undefined;
          resolve(next);
        },
        (error: unknown) => {
          this.#giveUp = undefined;
          this.#failure ??= 'client-left';
          reject(new GatewayError('bad-request', 'the body of the request ended too early', { cause: error }));
        },
      );
    });
  }

  #tick(): void {
    if (this.#giveUp === undefined) return;
    this.#waitedMs += TICK_MS;
    if (this.#waitedMs < WINDOW_MS) return;
    const enough = this.#windowBytes >= (this.#minBytesPerSecond * WINDOW_MS) / 1000;
    this.#waitedMs = 0;
    this.#windowBytes = 0;
    if (enough) return;
    this.#failure = 'too-slow';
    this.#giveUp(new GatewayError('bad-request', 'the body of the request came too slowly'));
  }
}
