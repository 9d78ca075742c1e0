import { createHash } from 'node:crypto';
import { GatewayError } from '../domain/errors.ts';
import type { BlockCutter } from '../formats/record-block.ts';
import type { ContentRef } from '../storage/content-store.ts';

/** Some 40,000 records: enough that handing it over costs nothing, little enough to have several of them. */
export const CHUNK_BYTES = 4 * 1024 * 1024;

export type Chunk = { readonly bytes: Uint8Array<ArrayBuffer>; readonly isLast: boolean };

/** The chunks a content of this size has at most: each but the last is at least half full. */
export function mostChunks(size: number, chunkBytes: number): number {
  return Math.ceil((2 * size) / chunkBytes) + 2;
}

/** Cuts a content where records end, and digests it on the way. */
export class LaneChunks {
  readonly #content: ContentRef;
  readonly #cutter: BlockCutter;
  readonly #chunkBytes: number;
  readonly #spare: ArrayBuffer[] = [];

  constructor(content: ContentRef, cutter: BlockCutter, chunkBytes: number) {
    this.#content = content;
    this.#chunkBytes = chunkBytes;
    this.#cutter = cutter;
  }

  /** A buffer whose chunk is done with, to be filled again. */
  giveBack(buffer: ArrayBufferLike): void {
    if (buffer instanceof ArrayBuffer && buffer.byteLength === this.#chunkBytes) this.#spare.push(buffer);
  }

  /**
   * @param start how many bytes stand before the first record
   * @returns undefined, and no more, where no end of a record was found
   * @throws GatewayError `digest-mismatch` where the content is not the one that was received
   */
  async *of(
    pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    start: number,
  ): AsyncGenerator<Chunk | undefined> {
    const hash = createHash('sha256');
    const { size, sha256 } = this.#content;
    const chunkBytes = this.#chunkBytes;
    let read = 0;
    let target = this.#buffer();
    let held = 0;
    for await (const piece of pieces) {
      hash.update(piece);
      let rest = piece.subarray(Math.max(0, Math.min(piece.length, start - read)));
      read += piece.length;
      if (read > size) throw mismatch();
      while (rest.length > 0) {
        const taken = rest.subarray(0, chunkBytes - held);
        target.set(taken, held);
        held += taken.length;
        rest = rest.subarray(taken.length);
        if (held < chunkBytes || (read === size && rest.length === 0)) continue;
        const whole = this.#cutter.cut(target);
        // A record is far shorter than half a chunk: its end was not found for another reason.
        if (held - whole > chunkBytes / 2) {
          yield undefined;
          return;
        }
        const next = this.#buffer();
        next.set(target.subarray(whole, held));
        yield { bytes: target.subarray(0, whole), isLast: false };
        held -= whole;
        target = next;
      }
    }
    if (read !== size || hash.digest('hex') !== sha256) throw mismatch();
    yield { bytes: target.subarray(0, held), isLast: true };
  }

  #buffer(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#spare.pop() ?? new ArrayBuffer(this.#chunkBytes));
  }
}

function mismatch(): GatewayError {
  return new GatewayError('digest-mismatch', 'the content is not the one that was received');
}
