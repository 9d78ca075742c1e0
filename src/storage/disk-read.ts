import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { ByteRange } from './content-store.ts';
import { refusalOf } from './disk-errors.ts';

/** Bytes of one read: large enough for a disk, small enough for hundreds of downloads at once. */
const READ_BYTES = 256 * 1024;

/**
 * The bytes of one file, or of a range of it. The file is opened when the first byte is asked for and closed when the
 * stream ends or is destroyed. A range beyond the end gives what is there.
 */
export class DiskReadable extends Readable {
  readonly #file: string;
  readonly #end: number;
  #position: number;
  #handle: FileHandle | undefined;
  #reading: Promise<void> | undefined;

  constructor(file: string, range: ByteRange | undefined) {
    super({ highWaterMark: READ_BYTES });
    this.#file = file;
    this.#position = range?.start ?? 0;
    this.#end = range?.end ?? Number.POSITIVE_INFINITY;
  }

  override _read(): void {
    this.#reading = this.#readNext();
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

  async #readNext(): Promise<void> {
    try {
      this.#handle ??= await open(this.#file, 'r');
      const wanted = Math.min(READ_BYTES, this.#end - this.#position);
      if (wanted <= 0) {
        this.push(null);
        return;
      }
      const { bytesRead, buffer } = await this.#handle.read(Buffer.allocUnsafeSlow(wanted), 0, wanted, this.#position);
      this.#position += bytesRead;
      this.push(bytesRead === 0 ? null : buffer.subarray(0, bytesRead));
    } catch (error) {
      this.destroy(asError(refusalOf(error)));
    }
  }
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error('reading failed', { cause: thrown });
}
