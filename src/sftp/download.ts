import type { Readable } from 'node:stream';
import { asGatewayError, GatewayError } from '../domain/errors.ts';
import type { LendsBytes } from '../domain/http.ts';
import type { VPath } from '../domain/vpath.ts';
import type { Entry } from '../vfs/files.ts';
import { type LentBytes, LentPieces } from './lent-pieces.ts';

type Opened = { readonly entry: Entry; readonly body: Readable & LendsBytes };

/** Opens the bytes of the file from an offset to its end; each call stands in the audit log as one reading. */
export type OpenBytes = (start: number | undefined) => Promise<Opened>;

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
  readonly #pieces = new LentPieces();
  #body: Readable;
  #next: AsyncIterator<unknown>;
  /** Where a client that reads in order goes on. */
  #expected: number | undefined;
  #outOfOrder = false;
  #furthest = 0;

  private constructor(open: OpenBytes, { entry, body }: Opened) {
    this.#open = open;
    this.entry = entry;
    this.#body = quiet(body);
    this.#next = this.#piecesOf(body);
  }

  static async open(open: OpenBytes): Promise<Download> {
    return new Download(open, await open(undefined));
  }

  get path(): VPath {
    return this.entry.path;
  }

  /** @returns the bytes there are, at most `length`, until `done` is called; nothing at and beyond the end. @throws GatewayError */
  async read(offset: number, length: number): Promise<LentBytes> {
    const end = Math.min(offset + length, this.entry.size);
    if (offset >= end) return NOTHING;
    if (this.#expected !== undefined && offset !== this.#expected) this.#outOfOrder = true;
    this.#expected = end;
    const pieces = this.#pieces;
    if (offset < pieces.start || offset > pieces.end + SKIP_BYTES) await this.#seek(offset);
    while (pieces.end < end && (await this.#readOn(offset))) {}
    const lent = pieces.lend(offset, Math.min(end, pieces.end));
    this.#furthest = Math.max(this.#furthest, end);
    pieces.forget(this.#outOfOrder ? this.#furthest - KEEP_BYTES : end);
    return lent;
  }

  close(): void {
    this.#pieces.beginAt(0);
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
    this.#next = this.#piecesOf(body);
    this.#pieces.beginAt(offset);
    this.#furthest = offset;
  }

  #piecesOf(body: LendsBytes): AsyncIterator<unknown> {
    return body.lend((bytes) => this.#pieces.room(bytes))[Symbol.asyncIterator]();
  }

  /** Takes one piece of the file. @returns false at its end */
  async #readOn(wantedFrom: number): Promise<boolean> {
    const { value, done } = await this.#next.next().catch((error: unknown) => {
      throw asGatewayError(error);
    });
    if (done) return false;
    if (!Buffer.isBuffer(value)) throw new GatewayError('broken', 'the file can not be read now');
    this.#pieces.add(value);
    if (!this.#outOfOrder) this.#pieces.forget(wantedFrom);
    return true;
  }
}

const NOTHING: LentBytes = { bytes: [], done: () => undefined };

/** An error of a stream that nobody reads any more is no crash. */
function quiet(body: Readable): Readable {
  return body.on('error', () => {});
}
