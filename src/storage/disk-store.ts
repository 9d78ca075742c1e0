import { randomBytes } from 'node:crypto';
import { type FileHandle, open, opendir, readdir, stat, unlink, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { crashPoint } from '../domain/crash-point.ts';
import { GatewayError } from '../domain/errors.ts';
import { ContentReadable } from './content-read.ts';
import {
  type ByteRange,
  type Bytes,
  type ContentRef,
  type ContentStore,
  type ContentUpload,
  type Expected,
  mustBeWhole,
  type ReadableContent,
  type ReadsUploads,
} from './content-store.ts';
import { type DiskAccess, WITHOUT_WAITING } from './disk-access.ts';
import { isFsyncError, refusalOf, systemCode } from './disk-errors.ts';
import { DiskFolders } from './disk-folders.ts';
import { DiskUpload } from './disk-upload.ts';

/**
 * An id is hexadecimal: its folder, a random start, a number that counts up, and more random bytes. 112 random bits: two ids
 * never meet. Those that begin one after the other stand beside each other in every index of the ledger, and are written with
 * fewer pages for that.
 */
const START_BYTES = 6;
const COUNT_DIGITS = 4;
const END_BYTES = 7;
/** Contents that begin one after the other lie in one folder, so that those completed together share the sync of its names. */
const CONTENTS_PER_FOLDER = 256;
const ID = /^[0-9a-f]{32}$/;
const FOLDER = /^[0-9a-f]{2}$/;
/** Uploads with an open file; the others are opened again when they go on. Far below the usual limit of 1024 files. */
const MAX_OPEN_UPLOADS = 256;
const SWEEP_BATCH = 1000;

/**
 * Contents as files of a local disk, `<directory>/<2 characters>/<id>`. The constructor touches nothing; folders are made
 * when they are needed. Several stores, in several threads, may work on one directory, each upload in one of them.
 */
export class DiskStore implements ContentStore, ReadsUploads {
  readonly #folders: DiskFolders;
  readonly #access: DiskAccess;
  /** Least recently used first, in both. */
  readonly #open = new Map<string, DiskUpload>();
  readonly #resting = new Map<string, DiskUpload>();
  readonly #onBroken: (error: Error) => void;
  readonly #isShared: boolean;
  #fsyncError: unknown;
  #begun = 0;
  /** For the ids of one folder. */
  #random = Buffer.alloc(0);

  /**
   * @param options.onBroken told of an error of fsync: the process that owns the ledger has to end with exit 3
   * @param options.access how it reads and writes; without waiting where nothing is said
   * @param options.isShared an upload that is left here may be gone on with in another process, and come back
   */
  constructor(options: {
    readonly directory: string;
    readonly onBroken?: (error: Error) => void;
    readonly access?: DiskAccess;
    readonly isShared?: boolean;
  }) {
    this.#folders = new DiskFolders(options.directory);
    this.#access = options.access ?? WITHOUT_WAITING;
    this.#onBroken = options.onBroken ?? (() => undefined);
    this.#isShared = options.isShared ?? false;
  }

  begin(): Promise<ContentUpload> {
    return this.beginAs(this.newId());
  }

  /** Begins an upload under an id that `newId` gave. */
  async beginAs(contentId: string): Promise<ContentUpload> {
    const upload = new DiskUpload(contentId, this.#folders.fileOf(contentId), this.#access);
    try {
      await this.#folders.make(contentId);
      await upload.create();
    } catch (error) {
      throw refusalOf(error);
    }
    await this.#keepOpen(contentId, upload);
    return { contentId };
  }

  /** An id that no content has, in any store. */
  newId(): string {
    const place = this.#begun % CONTENTS_PER_FOLDER;
    // Random bytes cost the same for a few as for many.
    if (place === 0) this.#random = randomBytes(1 + START_BYTES + END_BYTES * CONTENTS_PER_FOLDER);
    this.#begun += 1;
    const end = 1 + START_BYTES + END_BYTES * place;
    const count = place.toString(16).padStart(COUNT_DIGITS, '0');
    return (
      this.#random.toString('hex', 0, 1 + START_BYTES) + count + this.#random.toString('hex', end, end + END_BYTES)
    );
  }

  async writePart(upload: ContentUpload, offset: number, bytes: Bytes): Promise<void> {
    mustBeWhole(offset, 'an offset');
    await this.#with(upload.contentId, (file) => file.write(offset, bytes));
  }

  async readPart(upload: ContentUpload, offset: number, length: number): Promise<Buffer> {
    mustBeWhole(offset, 'an offset');
    return this.#with(upload.contentId, (file) => file.read(offset, length));
  }

  async truncate(upload: ContentUpload, size: number): Promise<void> {
    mustBeWhole(size, 'a size');
    // Whoever goes on with an upload begins by this. What was digested here may be other bytes now: they are read again.
    if (this.#isShared) await this.#forget(upload.contentId);
    await this.#with(upload.contentId, (file) => file.truncate(size));
  }

  async sync({ contentId }: ContentUpload): Promise<void> {
    await this.#durably(() => this.#with(contentId, (file) => file.sync(() => this.#folders.sync(contentId))));
  }

  async complete(upload: ContentUpload, expected: Expected = {}): Promise<ContentRef> {
    const { contentId } = upload;
    return this.#durably(async () => {
      const ref = await this.#with(contentId, (file) => file.complete(expected, () => this.#folders.sync(contentId)));
      await this.#forget(contentId);
      return ref;
    });
  }

  async #durably<T>(work: () => Promise<T>): Promise<T> {
    try {
      // A second fsync after a failed one reports success for bytes the kernel has dropped.
      if (this.#fsyncError !== undefined) throw this.#fsyncError;
      return await work();
    } catch (error) {
      if (isFsyncError(error)) {
        this.#fsyncError = error;
        this.#onBroken(error);
      }
      throw error;
    }
  }

  read({ contentId }: ReadableContent, range?: ByteRange): ContentReadable {
    return new ContentReadable(async () => this.#access.source(await this.open(contentId)), range);
  }

  /** The file of a content, for reading. */
  async open(contentId: string): Promise<FileHandle> {
    if (!ID.test(contentId)) throw missing();
    return open(this.#folders.fileOf(contentId), 'r');
  }

  async remove(contentId: string): Promise<void> {
    if (!ID.test(contentId)) return;
    await this.#forget(contentId);
    try {
      await unlink(this.#folders.fileOf(contentId));
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') throw error;
    }
    // A write that was called meanwhile may have opened the file again.
    await this.#forget(contentId);
  }

  async sweep(
    isNamed: (contentIds: readonly string[]) => Promise<ReadonlySet<string>>,
    graceMs: number,
  ): Promise<number> {
    let removed = 0;
    const until = (await this.#diskNow()) - graceMs;
    for await (const old of this.#contentsOlderThan(until)) {
      const named = await isNamed(old);
      for (const contentId of old) {
        if (named.has(contentId)) continue;
        crashPoint('sweep.unlink');
        // It may have been written or completed while the ledger was asked.
        if (!(await this.#isOlderThan(contentId, until))) continue;
        await this.remove(contentId);
        removed += 1;
      }
    }
    return removed;
  }

  /** Closes the files of uploads that were left; each can be taken up again, here or in another store. */
  async close(): Promise<void> {
    await Promise.all([...this.#open.keys(), ...this.#resting.keys()].map((contentId) => this.#forget(contentId)));
  }

  async #with<T>(contentId: string, work: (upload: DiskUpload) => Promise<T>): Promise<T> {
    if (!ID.test(contentId)) throw missing();
    const known = this.#open.get(contentId) ?? this.#resting.get(contentId);
    const upload = known ?? new DiskUpload(contentId, this.#folders.fileOf(contentId), this.#access);
    try {
      const [result] = await Promise.all([work(upload), this.#keepOpen(contentId, upload)]);
      return result;
    } catch (error) {
      if (error instanceof GatewayError && error.code === 'content-missing') await this.#forget(contentId);
      throw error;
    }
  }

  async #keepOpen(contentId: string, upload: DiskUpload): Promise<void> {
    this.#resting.delete(contentId);
    this.#open.delete(contentId);
    this.#open.set(contentId, upload);
    if (this.#open.size <= MAX_OPEN_UPLOADS) return;
    for (const [oldestId, oldest] of this.#open) {
      this.#open.delete(oldestId);
      this.#resting.set(oldestId, oldest);
      await oldest.rest();
      return;
    }
  }

  async #forget(contentId: string): Promise<void> {
    const upload = this.#open.get(contentId) ?? this.#resting.get(contentId);
    this.#open.delete(contentId);
    this.#resting.delete(contentId);
    await upload?.rest();
  }

  /** The time of the file system, which ages are measured by: the gateway's own clock may jump, and days may go by. */
  async #diskNow(): Promise<number> {
    try {
      const { atime, mtime } = await stat(this.#folders.directory);
      await utimes(this.#folders.directory, atime, mtime);
      return (await stat(this.#folders.directory)).ctimeMs;
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return 0;
      throw error;
    }
  }

  async *#contentsOlderThan(until: number): AsyncGenerator<readonly string[]> {
    let found: string[] = [];
    for (const folder of await foldersOf(this.#folders.directory)) {
      for await (const file of await opendir(folder)) {
        if (!ID.test(file.name) || !(await this.#isOlderThan(file.name, until))) continue;
        found.push(file.name);
        if (found.length < SWEEP_BATCH) continue;
        yield found;
        found = [];
      }
    }
    if (found.length > 0) yield found;
  }

  async #isOlderThan(contentId: string, until: number): Promise<boolean> {
    try {
      return (await stat(this.#folders.fileOf(contentId))).ctimeMs <= until;
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return false;
      throw error;
    }
  }
}

async function foldersOf(directory: string): Promise<readonly string[]> {
  try {
    return (await readdir(directory)).filter((name) => FOLDER.test(name)).map((name) => join(directory, name));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
}

function missing(): GatewayError {
  return new GatewayError('content-missing', 'the content of this file is not there');
}
