import { createHash, type Hash } from 'node:crypto';
import { fstatSync } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { crashPoint } from '../domain/crash-point.ts';
import { GatewayError } from '../domain/errors.ts';
import { type Bytes, type ContentRef, type Expected, lengthOf, mustBeExpected } from './content-store.ts';
import { type DiskAccess, WITHOUT_WAITING } from './disk-access.ts';
import { refusalOf } from './disk-errors.ts';

/** Bytes digested at once, so that a large part never holds the event loop for more than a few milliseconds. */
const SLICE_BYTES = 1024 * 1024;
/** IOV_MAX, limits.h: what one pwritev(2) takes. */
const MAX_PIECES = 1024;
const REREAD_BYTES = 256 * 1024;
const FILE_MODE = 0o600;
/** The mode of a finished content: how the next process knows that it may not be written any more. */
const FINISHED_MODE = 0o400;
const OWNER_MAY_WRITE = 0o200;

/**
 * One file that is being written. Its operations run one after the other, in the order they were called. An upload is
 * written through one store at a time.
 */
export class DiskUpload {
  readonly #contentId: string;
  readonly #file: string;
  readonly #access: DiskAccess;
  #handle: FileHandle | undefined;
  /** Covers the bytes 0 to `#hashedBytes` as they stand in the file. */
  #hash: Hash = createHash('sha256');
  #hashedBytes = 0;
  #finished = false;
  #nameSynced = false;
  #tail: Promise<void> = Promise.resolve();

  constructor(contentId: string, file: string, access: DiskAccess = WITHOUT_WAITING) {
    this.#contentId = contentId;
    this.#file = file;
    this.#access = access;
  }

  /** Makes the file; it must not be there yet. */
  create(): Promise<void> {
    return this.#turn(async () => {
      this.#handle = await open(this.#file, 'wx+', FILE_MODE);
    });
  }

  write(offset: number, bytes: Bytes): Promise<void> {
    return this.#turn(async () => {
      const handle = await this.#writable();
      let at = offset;
      for (const pieces of slicesOf(bytes)) {
        await this.#writeSlice(handle, at, pieces);
        at += lengthOf(pieces);
      }
    });
  }

  read(offset: number, length: number): Promise<Buffer> {
    return this.#turn(() =>
      this.#withHandle(async (handle) => {
        const bytes = Buffer.allocUnsafeSlow(length);
        const { bytesRead } = await handle.read(bytes, 0, length, offset);
        return bytes.subarray(0, bytesRead);
      }),
    );
  }

  truncate(size: number): Promise<void> {
    return this.#turn(async () => {
      const handle = await this.#writable();
      if (size < this.#hashedBytes) this.#forgetDigest();
      await handle.truncate(size);
    });
  }

  /** Makes durable what was written so far, and the first time the name of the file. */
  sync(syncName: () => Promise<void>): Promise<void> {
    return this.#turn(() =>
      this.#withHandle(async (handle) => {
        crashPoint('upload.before-sync');
        await handle.datasync();
        if (!this.#nameSynced) await syncName();
        this.#nameSynced = true;
        crashPoint('upload.after-sync');
      }),
    );
  }

  /** Digests what was not digested on the way, checks, and makes the file and its name durable. */
  complete(expected: Expected, syncName: () => Promise<void>): Promise<ContentRef> {
    return this.#turn(() => this.#withHandle((handle) => this.#complete(handle, expected, syncName)));
  }

  /** Closes the file after what was asked before; the next operation opens it again. */
  rest(): Promise<void> {
    return this.#turn(async () => {
      const handle = this.#handle;
      this.#handle = undefined;
      await handle?.close();
    });
  }

  #turn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(work).catch((error: unknown) => {
      throw refusalOf(error);
    });
    this.#tail = result.then(ignore, ignore);
    return result;
  }

  async #withHandle<T>(work: (handle: FileHandle) => Promise<T>): Promise<T> {
    if (this.#handle !== undefined) return work(this.#handle);
    // A finished file may not be opened for writing, and needs not be: fsync takes any descriptor.
    const handle = await open(this.#file, 'r');
    try {
      return await work(handle);
    } finally {
      await handle.close();
    }
  }

  async #writable(): Promise<FileHandle> {
    if (!this.#finished && this.#handle !== undefined) return this.#handle;
    const { mode } = await stat(this.#file);
    if (this.#finished || (mode & OWNER_MAY_WRITE) === 0) {
      throw new GatewayError('precondition-failed', 'a finished file is never written again; send it as a new one');
    }
    this.#handle = await open(this.#file, 'r+');
    return this.#handle;
  }

  async #complete(handle: FileHandle, expected: Expected, syncName: () => Promise<void>): Promise<ContentRef> {
    const { size } = fstatSync(handle.fd); // of an open file: the kernel knows it, no disk is asked
    await this.#digestRest(handle, size);
    const sha256 = this.#hash.copy().digest('hex');
    mustBeExpected(expected, size, sha256);
    crashPoint('receive.before-fsync');
    this.#finished = true;
    await handle.chmod(FINISHED_MODE);
    await handle.sync();
    await syncName();
    crashPoint('receive.after-fsync');
    return { contentId: this.#contentId, size, sha256 };
  }

  // HTTP writes in order and SFTP nearly always does, so digest on the way; a client that seeks pays one re-read.
  async #writeSlice(handle: FileHandle, offset: number, pieces: readonly Uint8Array[]): Promise<void> {
    if (offset < this.#hashedBytes) this.#forgetDigest();
    const written = this.#access.write(handle, offset, pieces);
    if (offset === this.#hashedBytes) {
      for (const piece of pieces) this.#hash.update(piece);
      this.#hashedBytes += lengthOf(pieces);
    }
    try {
      await written;
    } catch (error) {
      this.#forgetDigest();
      throw error;
    }
  }

  async #digestRest(handle: FileHandle, size: number): Promise<void> {
    if (this.#hashedBytes > size) this.#forgetDigest();
    if (this.#hashedBytes === size) return;
    const buffer = Buffer.allocUnsafeSlow(REREAD_BYTES);
    while (this.#hashedBytes < size) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, this.#hashedBytes);
      if (bytesRead === 0) throw new Error('the file became shorter while it was read');
      this.#hash.update(buffer.subarray(0, bytesRead));
      this.#hashedBytes += bytesRead;
    }
  }

  #forgetDigest(): void {
    this.#hash = createHash('sha256');
    this.#hashedBytes = 0;
  }
}

/** Cut so that none is digested for longer than a few milliseconds. */
function* slicesOf(bytes: Bytes): Generator<readonly Uint8Array[]> {
  let slice: Uint8Array[] = [];
  let held = 0;
  for (const piece of bytes instanceof Uint8Array ? [bytes] : bytes) {
    for (let done = 0; done < piece.length; ) {
      const part = piece.subarray(done, done + SLICE_BYTES - held);
      slice.push(part);
      held += part.length;
      done += part.length;
      if (held < SLICE_BYTES && slice.length < MAX_PIECES) continue;
      yield slice;
      slice = [];
      held = 0;
    }
  }
  if (slice.length > 0) yield slice;
}

function ignore(): void {}
