import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { LendsBytes } from '../domain/http.ts';
import type { ByteRange, CountsHanded } from './content-store.ts';
import { refusalOf } from './disk-errors.ts';

/** Bytes of one read: large enough for a disk, small enough for hundreds of downloads at once. */
const READ_BYTES = 256 * 1024;
/** The first read of a lent file: most files are small and need no more. */
const FIRST_BYTES = 16 * 1024;

/**
 * The bytes of one file, or of a range of it. The file is opened when the first byte is asked for and closed when the
 * stream ends or is destroyed. A range beyond the end gives what is there.
 */
export class DiskReadable extends Readable implements LendsBytes, CountsHanded {
  readonly #file: string;
  readonly #end: number;
  #position: number;
  readonly #start: number;
  /** While bytes are lent: up to where they were used. */
  #lentTo: number | undefined;
  #handle: FileHandle | undefined;
  #reading: Promise<unknown> | undefined;

  constructor(file: string, range: ByteRange | undefined) {
    super({ highWaterMark: READ_BYTES });
    this.#file = file;
    this.#start = range?.start ?? 0;
    this.#position = this.#start;
    this.#end = range?.end ?? Number.POSITIVE_INFINITY;
  }

  get handedBytes(): number {
    return (this.#lentTo ?? this.#position - this.readableLength) - this.#start;
  }

  /** Instead of reading the stream. In two buffers by turns: the next piece is read while the last one is in use. */
  async *lend(): AsyncGenerator<Uint8Array> {
    const buffers: Buffer[] = [];
    this.#lentTo = this.#start;
    try {
      let next = this.#begin(Buffer.allocUnsafeSlow(FIRST_BYTES));
      for (let turn = 0; ; turn = 1 - turn) {
        const piece = await next;
        if (piece.length === 0) return;
        const spare = buffers[turn] ?? Buffer.allocUnsafeSlow(piece.length < FIRST_BYTES ? FIRST_BYTES : READ_BYTES);
        buffers[turn] = spare;
        next = this.#begin(spare);
        yield piece;
        this.#lentTo += piece.length;
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
      .then(() => this.#handle?.close())
      .then(
        () => done(error),
        (closing: unknown) => done(error ?? asError(closing)),
      );
  }

  async #push(): Promise<void> {
    try {
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
    if (this.destroyed) throw this.errored ?? new Error('this file was closed');
    this.#handle ??= await open(this.#file, 'r');
    const wanted = this.#wanted(buffer.length);
    if (wanted === 0) return buffer.subarray(0, 0);
    const { bytesRead } = await this.#handle.read(buffer, 0, wanted, this.#position);
    this.#position += bytesRead;
    return buffer.subarray(0, bytesRead);
  }

  #wanted(room: number): number {
    return Math.max(0, Math.min(room, this.#end - this.#position));
  }
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error('reading failed', { cause: thrown });
}
