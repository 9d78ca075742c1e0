import type { Readable } from 'node:stream';
import { GatewayError } from '../domain/errors.ts';
import type { LendsBytes } from '../domain/http.ts';

/** An upload into the store that can be written down and taken up again. */
export type ContentUpload = { readonly contentId: string };

/** What a content is: size in bytes, SHA-256 as lower-case hex. */
export type ContentRef = { readonly contentId: string; readonly size: number; readonly sha256: string };

/**
 * A content whose last byte has come. Where it has `bytes`, it is small and no disk holds it: it is durable with the commit
 * that carries them (`keeping`), and nobody but the holder of this value can read it before.
 */
export type CompletedContent = ContentRef & { readonly bytes?: Uint8Array | undefined };

/** Enough to read a content: its bytes where they are at hand. */
export type ReadableContent = Pick<CompletedContent, 'contentId' | 'bytes'>;

/** What a caller expects of a content when it is completed. */
export type Expected = { readonly size?: number; readonly sha256?: string };

/** A content of so many bytes or fewer needs no file of its own: it lies in the ledger. */
export const SMALL_BYTES = 64 * 1024;

/** Half open: bytes `start` up to but not including `end`. */
export type ByteRange = { readonly start: number; readonly end: number };

/** A stream that knows how many of its bytes whoever reads it has taken so far. */
export interface CountsHanded {
  readonly handedBytes: number;
}

/** Bytes in one piece or several: what came in pieces need not be copied together first. */
export type Bytes = Uint8Array | readonly Uint8Array[];

/** @throws GatewayError `digest-mismatch` */
export function mustBeExpected(expected: Expected, size: number, sha256: string): void {
  if (expected.size !== undefined && expected.size !== size) {
    throw new GatewayError('digest-mismatch', `the file has ${size} bytes where ${expected.size} were announced`);
  }
  if (expected.sha256 !== undefined && expected.sha256.toLowerCase() !== sha256) {
    throw new GatewayError(
      'digest-mismatch',
      'the bytes that arrived are not those that were announced; send them again',
    );
  }
}

/** @throws GatewayError `bad-request` */
export function mustBeWhole(bytes: number, what: 'an offset' | 'a size'): void {
  if (Number.isSafeInteger(bytes) && bytes >= 0) return;
  throw new GatewayError('bad-request', `${what} is a whole number of bytes, 0 or more`);
}

export function lengthOf(bytes: Bytes): number {
  return bytes instanceof Uint8Array ? bytes.length : bytes.reduce((sum, piece) => sum + piece.length, 0);
}

/** Gives back bytes of an upload that is not complete, to whoever writes it. */
export interface ReadsUploads {
  /** Those that stand there now, of so many at most; none behind the end. They are the caller's own. */
  readPart(upload: ContentUpload, offset: number, length: number): Promise<Buffer>;
}

/**
 * Where bytes live, under an opaque id that is written once and never renamed, overwritten or reused. Nobody sees a
 * content before a ledger row names it.
 * @throws GatewayError `out-of-space`, `digest-mismatch`, `content-missing`; any error of fsync is thrown as it is and
 * ends the process
 */
export interface ContentStore {
  /** `onDisk`: from its first byte on, so that another store may take it up; any other has to be synced for that. */
  begin(options?: { readonly onDisk?: boolean }): Promise<ContentUpload>;
  /** Writes at an offset; gaps read as zeros, overlaps take the later bytes. In-order writes are digested on the way. */
  writePart(upload: ContentUpload, offset: number, bytes: Bytes): Promise<void>;
  /** Cuts or extends an upload that is not complete yet. */
  truncate(upload: ContentUpload, size: number): Promise<void>;
  /** What was written so far is durable on return; the upload goes on. */
  sync(upload: ContentUpload): Promise<void>;
  /**
   * Durable on return (file and folder synced), unless the result carries its bytes. Repeatable for what is durable. Checks
   * size and digest where the caller expects them.
   */
  complete(upload: ContentUpload, expected?: Expected): Promise<CompletedContent>;
  /** Only the bytes of the range are read from a disk. */
  read(content: ReadableContent, range?: ByteRange): Readable & CountsHanded & LendsBytes;
  /** Also ends an upload that was not completed. Removing what is not there is no error. */
  remove(contentId: string): Promise<void>;
  /** Removes contents older than the grace that `isNamed` does not know; answers how many. */
  sweep(isNamed: (contentIds: readonly string[]) => Promise<ReadonlySet<string>>, graceMs: number): Promise<number>;
}
