import type { Readable } from 'node:stream';

/** An upload into the store that can be written down and taken up again. */
export type ContentUpload = { readonly contentId: string };

/** What a completed content is: size in bytes, SHA-256 as lower-case hex. */
export type ContentRef = { readonly contentId: string; readonly size: number; readonly sha256: string };

/** Half open: bytes `start` up to but not including `end`. */
export type ByteRange = { readonly start: number; readonly end: number };

/** A stream that knows how many of its bytes whoever reads it has taken so far. */
export interface CountsHanded {
  readonly handedBytes: number;
}

/** Bytes in one piece or several: what came in pieces need not be copied together first. */
export type Bytes = Uint8Array | readonly Uint8Array[];

export function lengthOf(bytes: Bytes): number {
  return bytes instanceof Uint8Array ? bytes.length : bytes.reduce((sum, piece) => sum + piece.length, 0);
}

/**
 * Where bytes live, under an opaque id that is written once and never renamed, overwritten or reused. Nobody sees a
 * content before a ledger row names it.
 * @throws GatewayError `out-of-space`, `digest-mismatch`, `content-missing`; any error of fsync is thrown as it is and
 * ends the process
 */
export interface ContentStore {
  begin(): Promise<ContentUpload>;
  /** Writes at an offset; gaps read as zeros, overlaps take the later bytes. In-order writes are digested on the way. */
  writePart(upload: ContentUpload, offset: number, bytes: Bytes): Promise<void>;
  /** Cuts or extends an upload that is not complete yet. */
  truncate(upload: ContentUpload, size: number): Promise<void>;
  /** What was written so far is durable on return; the upload goes on. */
  sync(upload: ContentUpload): Promise<void>;
  /** Durable on return (file and folder synced), repeatable. Checks size and digest where the caller expects them. */
  complete(upload: ContentUpload, expected?: { readonly size?: number; readonly sha256?: string }): Promise<ContentRef>;
  /** Only the bytes of the range are read from the disk. */
  read(contentId: string, range?: ByteRange): Readable & CountsHanded;
  /** Also ends an upload that was not completed. Removing what is not there is no error. */
  remove(contentId: string): Promise<void>;
  /** Removes contents older than the grace that `isNamed` does not know; answers how many. */
  sweep(isNamed: (contentIds: readonly string[]) => Promise<ReadonlySet<string>>, graceMs: number): Promise<number>;
}
