import type { Readable } from 'node:stream';
import type { Session } from '../domain/principal.ts';
import type { VPath } from '../domain/vpath.ts';
import type { ByteRange } from '../storage/content-store.ts';

/** What a protocol sees of a name. Paths are those the principal sees, not ledger paths. */
export type Entry = {
  readonly path: VPath;
  readonly name: string;
  readonly kind: 'file' | 'folder';
  readonly size: number;
  /** Strong validator without quotes; changes with every change of the bytes or the name. */
  readonly etag: string;
  /** Lower-case hex, empty for folders. */
  readonly sha256: string;
  readonly createdAt: number;
  readonly modifiedAt: number;
};

/** What must hold of a name when a change is committed (If-Match, If-None-Match: *, O_EXCL). */
export type WriteCondition = 'any' | 'absent' | 'present' | { readonly etags: readonly string[] };

/** What protocols see; one class `Vfs` implements them. @throws GatewayError on every method */
export interface Files {
  stat(session: Session, path: VPath): Promise<Entry>;
  /** Entries in order of name; the folder itself is not among them. Memory does not grow with their number. */
  list(session: Session, path: VPath): AsyncIterable<Entry>;
  /** The bytes of one version of a file; the range is clipped by the caller against `entry.size`. */
  read(session: Session, path: VPath, range?: ByteRange): Promise<{ readonly entry: Entry; readonly body: Readable }>;
  makeFolder(session: Session, path: VPath): Promise<void>;
  move(session: Session, from: VPath, to: VPath, overwrite: boolean): Promise<{ readonly replaced: boolean }>;
  copy(
    session: Session,
    from: VPath,
    to: VPath,
    options: { readonly overwrite: boolean; readonly recursive: boolean },
  ): Promise<{ readonly replaced: boolean }>;
  /** A folder is removed with all below it only where `recursive`. */
  remove(
    session: Session,
    path: VPath,
    options: { readonly recursive: boolean; readonly expect?: WriteCondition },
  ): Promise<void>;
  setModified(session: Session, path: VPath, modifiedAt: number): Promise<void>;
}

/** One file being handed in; nobody sees it before `commit` returns, and nothing is left after `abort`. */
export interface Upload {
  /** Whether the name stood there when the upload began. */
  readonly replaces: boolean;
  /** Bytes at an offset, awaited for back-pressure. @throws GatewayError `too-large`, `out-of-space` */
  write(offset: number, bytes: Uint8Array): Promise<void>;
  truncate(size: number): Promise<void>;
  /** Bytes so far: the highest offset written. */
  readonly size: number;
  /** Durable and visible on return. @throws GatewayError `frozen`, `precondition-failed`, `digest-mismatch` */
  commit(options?: {
    readonly expectedSize?: number;
    readonly expectedSha256?: string;
    readonly modifiedAt?: number;
  }): Promise<Entry>;
  abort(): Promise<void>;
}

export interface Uploads {
  /**
   * Asks for the right (create or overwrite), the freeze, the parent and the condition before a byte is taken.
   * `startFrom: 'current'` begins with the bytes that stand there now (SFTP open without TRUNC, APPEND).
   */
  begin(
    session: Session,
    path: VPath,
    options: {
      readonly condition: WriteCondition;
      readonly startFrom: 'empty' | 'current';
      readonly sizeHint?: number;
    },
  ): Promise<Upload>;
}
