import { Readable } from 'node:stream';
import type { LendsBytes, RoomFor } from '../domain/http.ts';
import type { ByteRange, CountsHanded } from './content-store.ts';
import { refusalOf } from './disk-errors.ts';

/** Bytes of one read: large enough for a disk, small enough for hundreds of downloads at once. */
const READ_BYTES = 256 * 1024;
/** The first read of a lent file: most files are small and need no more. */
const FIRST_BYTES = 16 * 1024;

/** Where the bytes of one content are read, as of an open file. */
export interface ByteSource {
  /** Where it is known: buffers need not be larger. */
  readonly size?: number;
  /** Reads into the buffer from its beginning; 0 bytes at the end. */
  read(buffer: Buffer, offset: 0, length: number, position: number): Promise<{ readonly bytesRead: number }>;
  close(): Promise<void>;
}

/** A content that is in memory as a whole. */
export function sourceOf(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.length,
    read: async (buffer, _offset, length, position) => {
      const wanted = bytes.subarray(position, position + length);
      buffer.set(wanted);
      return { bytesRead: wanted.length };
    },
    close: async () => undefined,
  };
}

/**
 * The bytes of one content, or of a range of it. Its source is opened when the first byte is asked for and closed when the
 * stream ends or is destroyed. A range beyond the end gives what is there.
 */
export class ContentReadable extends Readable implements LendsBytes, CountsHanded {
  readonly #open: () => Promise<ByteSource>;
  #end: number;
  #position: number;
  readonly #start: number;
  /** While bytes are lent: up to where they were used. */
  #lentTo: number | undefined;
  #source: ByteSource | undefined;
  #reading: Promise<unknown> | undefined;

  constructor(open: () => Promise<ByteSource>, range: ByteRange | undefined) {
    super({ highWaterMark: READ_BYTES });
    this.#open = open;
    this.#start = range?.start ?? 0;
    this.#position = this.#start;
    this.#end = range?.end ?? Number.POSITIVE_INFINITY;
  }

  get handedBytes(): number {
    return (this.#lentTo ?? this.#position - this.readableLength) - this.#start;
  }

  /**
   * Instead of reading the stream: the next piece is read while the last one is in use. A piece in memory of ours was handed when
   * the next one is asked for; one in memory of theirs at once, since who keeps pieces asks for none beyond what he needs.
   */
  async *lend(given?: RoomFor): AsyncGenerator<Buffer> {
    const room = given ?? twoByTurns();
    this.#lentTo = this.#start;
    try {
      let next = this.#begin(room(FIRST_BYTES));
      for (;;) {
        const piece = await next;
        if (piece.length === 0) return;
        next = this.#begin(room(piece.length < FIRST_BYTES ? FIRST_BYTES : READ_BYTES));
        if (given !== undefined) this.#lentTo += piece.length;
        yield piece;
        if (given === undefined) this.#lentTo += piece.length;
      }
    } catch (error) {
      throw refusalOf(error);
    } finally {
      this.destroy();
    }
  }

  override _read(): void {
    this.#reading = this.#push();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    // A descriptor that is closed under a running read may by then be another file's.
    const reading = this.#reading ?? Promise.resolve();
    reading
      .then(() => this.#source?.close())
      .then(
        () => done(error),
        (closing: unknown) => done(error ?? asError(closing)),
      );
  }

  async #push(): Promise<void> {
    try {
      await this.#opened();
      const bytes = await this.#readInto(Buffer.allocUnsafeSlow(this.#wanted(READ_BYTES)));
      this.push(bytes.length === 0 ? null : bytes);
    } catch (error) {
      this.destroy(asError(refusalOf(error)));
    }
  }

  /** A read whose failure is met when its bytes are asked for. */
  #begin(buffer: Buffer): Promise<Buffer> {
    const reading = this.#readInto(buffer);
    this.#reading = reading.catch(() => undefined);
    return reading;
  }

  async #readInto(buffer: Buffer): Promise<Buffer> {
    const source = await this.#opened();
    const wanted = this.#wanted(buffer.length);
    if (wanted === 0) return buffer.subarray(0, 0);
    const { bytesRead } = await source.read(buffer, 0, wanted, this.#position);
    this.#position += bytesRead;
    return buffer.subarray(0, bytesRead);
  }

  async #opened(): Promise<ByteSource> {
    if (this.destroyed) throw this.errored ?? new Error('this file was closed');
    if (this.#source !== undefined) return this.#source;
    this.#source = await this.#open();
    this.#end = Math.min(this.#end, this.#source.size ?? this.#end);
    return this.#source;
  }

  #wanted(room: number): number {
    return Math.max(0, Math.min(room, this.#end - this.#position));
  }
}

/** The first piece of a file is read into a small buffer, which is not used again. */
function twoByTurns(): RoomFor {
  const buffers: Buffer[] = [];
  let count = 0;
  return (bytes) => {
    const place = count === 0 ? 0 : 1 + (count % 2);
    count += 1;
    const buffer = buffers[place] ?? Buffer.allocUnsafeSlow(bytes);
    buffers[place] = buffer;
    return buffer;
  };
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error('reading failed', { cause: thrown });
}
