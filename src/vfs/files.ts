import type { Readable } from 'node:stream';
import type { LendsBytes } from '../domain/http.ts';
import type { Session } from '../domain/principal.ts';
import type { VPath } from '../domain/vpath.ts';
import type { DeadProperty, LockRow, Overwrite, PropertyChange } from '../storage/commands.ts';
import type { ByteRange, Bytes } from '../storage/content-store.ts';

export type { DeadProperty, Overwrite, PropertyChange, PropertyName } from '../storage/commands.ts';

/** What a protocol sees of a name. Paths are those the principal sees, not ledger paths. */
export type Entry = {
  readonly path: VPath;
  readonly name: string;
  readonly kind: 'file' | 'folder';
  readonly size: number;
  /** Strong validator without quotes; changes with every change of the bytes or the name. */
  readonly etag: string;
  /** Lower-case hex; empty for folders, and where content is nobody's business. */
  readonly sha256: string;
  readonly createdAt: number;
  readonly modifiedAt: number;
  /** Properties that clients stored beside it. */
  readonly properties: readonly DeadProperty[];
};

/** What must hold of a name when a change is committed (If-Match, If-None-Match: *, O_EXCL). */
export type WriteCondition = 'any' | 'absent' | 'present' | { readonly etags: readonly string[] };

/** What protocols see; one class `Vfs` implements them. @throws GatewayError on every method */
export interface Files {
  stat(session: Session, path: VPath): Promise<Entry>;
  /** Entries in order of name; the folder itself is not among them. Memory does not grow with their number. */
  list(session: Session, path: VPath): AsyncIterable<Entry>;
  /** The bytes of one version of a file; the range is clipped by the caller against `entry.size`. */
  read(
    session: Session,
    path: VPath,
    range?: ByteRange,
  ): Promise<{ readonly entry: Entry; readonly body: Readable & LendsBytes }>;
  makeFolder(session: Session, path: VPath): Promise<void>;
  move(session: Session, from: VPath, to: VPath, overwrite: Overwrite): Promise<{ readonly replaced: boolean }>;
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
  /** Whether it goes on with what was held of an earlier one; those bytes are there already. */
  readonly resumed: boolean;
  /** Bytes at an offset, awaited for back-pressure. @throws GatewayError `too-large`, `out-of-space` */
  write(offset: number, bytes: Bytes): Promise<void>;
  /**
   * What stands there now, of so many bytes at most; none behind the end. Where it began with bytes that others wrote, whoever
   * asks has to have the right to read them.
   */
  read(offset: number, length: number): Promise<Buffer>;
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
  /** What was written so far is durable on return; the upload goes on. */
  sync(): Promise<void>;
  /** Ends it without publishing. What came is kept where it began so, for its principal to go on with, else as `abort`. */
  leave(): Promise<void>;
}

/** How far an upload in parts is: bytes that are held, of so many; of an upload of unknown size there is no total. */
export type PartialState = { readonly held: number; readonly total: number | undefined };

/** A request that goes on with an upload in parts. Its bytes come in order. */
export interface PartUpload {
  /** Bytes held when it began. */
  readonly offset: number;
  readonly total: number;
  readonly replaces: boolean;
  /** @throws GatewayError `bad-request` beyond the total, `unavailable` where another request has taken over */
  write(bytes: Bytes): Promise<void>;
  /** Forgets what came since it began. */
  rewind(): Promise<void>;
  /** Keeps what came, durable on return; the last byte publishes the file. */
  end(options: { readonly expectedSha256?: string; readonly modifiedAt?: number }): Promise<Entry | PartialState>;
  /** Keeps what came before the client was gone, without an answer for anybody. */
  leave(): Promise<void>;
}

export interface Uploads {
  /**
   * Asks for the right (create or overwrite), the freeze, locks, room, the parent and the condition before a byte is taken.
   * `startFrom: 'current'` begins with the bytes that stand there now (SFTP open without TRUNC, APPEND). With `keep`, what
   * came before a cut is kept for a while, and `current` goes on with that where `unfinished` told of it.
   * @throws GatewayError `locked`, `frozen`, `over-quota`, `too-large`, `no-parent`, `is-folder` and those of the condition
   */
  begin(
    session: Session,
    path: VPath,
    options: {
      readonly condition: WriteCondition;
      readonly startFrom: 'empty' | 'current';
      readonly sizeHint?: number;
      readonly keep?: boolean;
    },
  ): Promise<Upload>;
  /**
   * Bytes held of an upload that this principal left without publishing it, as long as the name is what it was when that
   * began; undefined where it could not go on with any.
   */
  unfinished(session: Session, path: VPath): Promise<number | undefined>;
  /** Gives those up. @returns whether there were any */
  forget(session: Session, path: VPath): Promise<boolean>;
  /**
   * Goes on with the hidden upload of this principal to this path; begins one where none is held and the offset is 0.
   * A request that still writes to it is ended.
   * @throws GatewayError as `begin`, `wrong-offset` where other bytes are wanted next, `bad-request` for another total
   */
  resume(
    session: Session,
    path: VPath,
    options: { readonly condition: WriteCondition; readonly offset: number; readonly total: number },
  ): Promise<PartUpload>;
  /** What is held; undefined where nothing is. @throws GatewayError as `begin` for a path that may not be written */
  held(session: Session, path: VPath): Promise<PartialState | undefined>;
}

/** What pages show of uploads that were cut. */
export interface HeldUploads {
  /** What is held, with its digest. @throws GatewayError as `Uploads.held` */
  inspect(session: Session, path: VPath): Promise<HeldPart | undefined>;
  /** Uploads of this principal that can be gone on with, in order of path; at most so many. */
  heldBy(session: Session, limit: number): Promise<readonly Omit<HeldPart, 'sha256'>[]>;
  /** Gives up what is held. @returns whether there was anything @throws GatewayError as `Uploads.held` */
  abandon(session: Session, path: VPath): Promise<boolean>;
}

/** What is held of an upload that was cut. */
export type HeldPart = PartialState & {
  readonly path: VPath;
  readonly touchedAt: number;
  /** Of the bytes that are held, lower-case hex. */
  readonly sha256: string;
};

/** A write lock as a principal may see it: the token only where it is his own. */
export type Lock = Pick<LockRow, 'depth' | 'scope' | 'principal' | 'owner' | 'until'> & {
  readonly root: VPath;
  readonly token: string | undefined;
};

/** Write locks (RFC 4918 §6, §7). */
export interface Locks {
  /**
   * Locks a name; where nothing stands there, an empty file that is locked (RFC 4918 §7.3).
   * @throws GatewayError `locked` with the path of what stands against it, `frozen`, and those of `Uploads.begin`
   */
  take(
    session: Session,
    path: VPath,
    wanted: Pick<LockRow, 'depth' | 'scope' | 'owner'> & { readonly seconds: number },
  ): Promise<{ readonly lock: Lock; readonly created: boolean }>;
  /** @throws GatewayError `not-locked` where the request shows no token of a lock that covers the path */
  refresh(session: Session, path: VPath, seconds: number): Promise<Lock>;
  /** @throws GatewayError `not-locked`, `not-allowed` for somebody else's */
  release(session: Session, path: VPath, token: string): Promise<void>;
  /** Locks that cover a path; none where the principal may not see it. */
  on(session: Session, path: VPath): Promise<readonly Lock[]>;
  /** Locks of the direct children of a folder, which lie on none that covers the folder itself. */
  within(session: Session, folder: VPath): Promise<readonly Lock[]>;
  /** Whether a lock with this token covers the path, whoever holds it: for the `If` header. */
  covers(session: Session, path: VPath, token: string): Promise<boolean>;
}

/** Dead properties. */
export interface Properties {
  /** All steps or none. @throws GatewayError `not-allowed`, `locked`, `too-large` above 64 KiB for one name */
  patch(
    session: Session,
    path: VPath,
    changes: readonly PropertyChange[],
    times?: { readonly modifiedAt?: number | undefined },
  ): Promise<void>;
}

/** Bytes that lie where a path counts, and how many more may come (RFC 4331). */
export type QuotaState = { readonly usedBytes: number; readonly availableBytes: number };

export interface Quota {
  /** Undefined where nothing is limited. */
  of(session: Session, path: VPath): Promise<QuotaState | undefined>;
}
