import type { Readable } from 'node:stream';
import { asGatewayError, GatewayError } from '../domain/errors.ts';
import type { VPath } from '../domain/vpath.ts';
import type { Entry } from '../vfs/files.ts';

/** Opens the bytes of the file from an offset to its end; each call stands in the audit log as one reading. */
export type OpenBytes = (start: number | undefined) => Promise<{ readonly entry: Entry; readonly body: Readable }>;

/** A client that runs ahead by up to this much reads on in the same stream instead of opening a new one. */
const SKIP_BYTES = 1024 * 1024;

/** What is kept behind the furthest read for a client whose READs come out of order. */
const KEEP_BYTES = 256 * 1024;

/**
 * One version of a file, read by READ requests at any offset.
 * READs nearly always come in order, so they are served from one stream; a client that jumps pays a new stream, one that
 * mixes up neighbouring blocks pays the memory to keep the last of them.
 */
export class Download {
  readonly entry: Entry;
  readonly #open: OpenBytes;
  #body: Readable;
  #next: AsyncIterator<unknown>;
  /** Consecutive bytes that were read from the stream; the first stands at `#start`, the stream goes on at `#end`. */
  #chunks: Buffer[] = [];
  #start = 0;
  #end = 0;
  /** Where a client that reads in order goes on. */
  #expected: number | undefined;
  #outOfOrder = false;
  #furthest = 0;

  private constructor(open: OpenBytes, first: { readonly entry: Entry; readonly body: Readable }) {
    this.#open = open;
    this.entry = first.entry;
    this.#body = quiet(first.body);
    this.#next = first.body[Symbol.asyncIterator]();
  }

  static async open(open: OpenBytes): Promise<Download> {
    return new Download(open, await open(undefined));
  }

  get path(): VPath {
    return this.entry.path;
  }

  /** @returns the bytes there are, at most `length`; nothing at and beyond the end. @throws GatewayError */
  async read(offset: number, length: number): Promise<readonly Buffer[]> {
    const end = Math.min(offset + length, this.entry.size);
    if (offset >= end) return [];
    if (this.#expected !== undefined && offset !== this.#expected) this.#outOfOrder = true;
    this.#expected = end;
    if (offset < this.#start || offset > this.#end + SKIP_BYTES) await this.#seek(offset);
    while (this.#end < end && (await this.#readOn(offset))) {}
    const bytes = this.#slice(offset, Math.min(end, this.#end));
    this.#furthest = Math.max(this.#furthest, end);
    this.#forget(this.#outOfOrder ? this.#furthest - KEEP_BYTES : end);
    return bytes;
  }

  close(): void {
    this.#chunks = [];
    this.#body.destroy();
  }

  async #seek(offset: number): Promise<void> {
    const { entry, body } = await this.#open(offset);
    quiet(body);
    if (entry.etag !== this.entry.etag) {
      body.destroy();
      throw new GatewayError('precondition-failed', 'the file was replaced while it was being read; open it again');
    }
    this.close();
    this.#body = body;
    this.#next = body[Symbol.asyncIterator]();
    this.#start = offset;
    this.#end = offset;
    this.#furthest = offset;
  }

  /** Takes one chunk of the stream. @returns false at its end */
  async #readOn(wantedFrom: number): Promise<boolean> {
    const { value, done } = await this.#next.next().catch((error: unknown) => {
      throw asGatewayError(error);
    });
    if (done) return false;
    if (!Buffer.isBuffer(value)) throw new GatewayError('broken', 'the file can not be read now');
    this.#chunks.push(value);
    this.#end += value.length;
    if (!this.#outOfOrder) this.#forget(wantedFrom);
    return true;
  }

  /** Drops the bytes before an offset. */
  #forget(before: number): void {
    for (let first = this.#chunks[0]; first !== undefined && this.#start < before; first = this.#chunks[0]) {
      const surplus = before - this.#start;
      if (surplus < first.length) {
        this.#chunks[0] = first.subarray(surplus);
        this.#start = before;
      } else {
        this.#chunks.shift();
        this.#start += first.length;
      }
    }
  }

  #slice(from: number, to: number): readonly Buffer[] {
    const parts: Buffer[] = [];
    let position = this.#start;
    for (const chunk of this.#chunks) {
      const part = chunk.subarray(Math.max(from - position, 0), Math.max(to - position, 0));
      if (part.length > 0) parts.push(part);
      position += chunk.length;
      if (position >= to) break;
    }
    return parts;
  }
}

/** An error of a stream that nobody reads any more is no crash. */
function quiet(body: Readable): Readable {
  return body.on('error', () => {});
}
