import { asGatewayError, GatewayError } from '../domain/errors.ts';
import type { VPath } from '../domain/vpath.ts';
import type { Upload } from '../vfs/files.ts';
import type { Described } from './attributes.ts';
import type { Download } from './download.ts';
import type { LentBytes } from './lent-pieces.ts';

export type UploadMode = {
  /** Every write goes to the end, whatever its offset (SSH_FXF_APPEND). */
  readonly append: boolean;
  /** The handle began with the bytes that stood there: nothing changes unless something is written. */
  readonly fromCurrent: boolean;
  /** Opened for reading too: gives what stands there, and from the first write on what was written. */
  readonly readable: boolean;
};

/** A file being handed in through one handle; published by CLOSE, and only if every write went well. */
export class UploadHandle {
  readonly path: VPath;
  readonly mode: UploadMode;
  readonly #upload: Upload;
  #modifiedAt: number;
  #wantedTime: number | undefined;
  #failure: GatewayError | undefined;
  #changed = false;
  /** Bytes came or went, which a time that is set does not make. */
  #hasOwnBytes = false;
  /** The published version, opened when a READ comes before the first write. */
  download: Download | undefined;

  constructor(path: VPath, upload: Upload, mode: UploadMode, now: number) {
    this.path = path;
    this.mode = mode;
    this.#upload = upload;
    this.#modifiedAt = now;
  }

  get changed(): boolean {
    return this.#changed;
  }

  get replaces(): boolean {
    return this.#upload.replaces;
  }

  /** Whether it goes on with what came before a cut. */
  get resumed(): boolean {
    return this.#upload.resumed;
  }

  /** What the session that writes sees of the file so far; nobody else sees it. */
  describe(): Described {
    return { kind: 'file', size: this.#upload.size, modifiedAt: this.#wantedTime ?? this.#modifiedAt };
  }

  async write(offset: number, bytes: readonly Buffer[], now: number): Promise<void> {
    const at = this.mode.append ? this.#upload.size : offset;
    if (this.resumed && !this.#hasOwnBytes) this.#mustKnowTheEnd(offset);
    await this.#change(async () => {
      if (Number.isSafeInteger(at + lengthOf(bytes))) return this.#upload.write(at, bytes);
      throw new GatewayError('too-large', 'an offset is larger than any file can be');
    });
    this.#modifiedAt = now;
  }

  /** What it has so far. Of a name that stood there, whoever asks has to have read it through `download` first. */
  async read(offset: number, length: number): Promise<LentBytes> {
    if (this.#failure !== undefined) throw this.#failure;
    const bytes = offset >= this.#upload.size ? [] : [await this.#upload.read(offset, length)];
    return { bytes, done: () => undefined };
  }

  async truncate(size: number): Promise<void> {
    if (size === this.#upload.size) return;
    await this.#change(() => this.#upload.truncate(size));
  }

  /** Kept for the commit, so that a later write does not change it again (futimes before close). */
  setModified(modifiedAt: number): void {
    this.#wantedTime = modifiedAt;
    this.#changed = true;
  }

  /** Durable and visible on return. A write that failed before makes this fail too: half a file is never published. */
  async close(): Promise<void> {
    this.download?.close();
    // What was held stays held: a client that only looked, or set a time, has not sent the rest.
    const isAsItWas = this.resumed && !this.#hasOwnBytes;
    if (isAsItWas) await this.#upload.leave();
    if (this.#failure !== undefined) {
      await this.#upload.abort();
      throw this.#failure;
    }
    if (isAsItWas) return;
    if (!this.#changed && this.mode.fromCurrent && this.#upload.replaces) return this.#upload.abort();
    await this.#upload.commit(this.#wantedTime === undefined ? {} : { modifiedAt: this.#wantedTime });
  }

  /** What came before is durable on return. */
  async sync(): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    await this.#upload.sync();
  }

  async abort(): Promise<void> {
    this.download?.close();
    await this.#upload.abort();
  }

  /** The connection is gone: what came is kept, but not of an upload that was refused something. */
  async leave(): Promise<void> {
    this.download?.close();
    const isRefused = this.#failure !== undefined && this.#hasOwnBytes;
    await (isRefused ? this.#upload.abort() : this.#upload.leave());
  }

  /**
   * OpenSSH sends offsets with APPEND too; one that is neither the end nor 0 is what an earlier answer said, and bytes came
   * since. 0 is said by clients that leave the place to the server.
   */
  #mustKnowTheEnd(offset: number): void {
    const { size } = this.#upload;
    if (this.#failure === undefined && this.mode.append && offset !== 0 && offset !== size)
      this.#failure = new GatewayError('wrong-offset', `go on at byte ${size}, which is the first that is missing`);
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #change(change: () => Promise<void>): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    this.#changed = true;
    this.#hasOwnBytes = true;
    try {
      await change();
    } catch (error) {
      this.#failure = asGatewayError(error);
      throw this.#failure;
    }
  }
}

function lengthOf(pieces: readonly Buffer[]): number {
  return pieces.reduce((sum, piece) => sum + piece.length, 0);
}
