import { randomBytes } from 'node:crypto';
import { GatewayError } from '../domain/errors.ts';
import type { VPath } from '../domain/vpath.ts';
import { Download } from './download.ts';
import { MAX_HANDLES } from './extensions.ts';
import { FolderHandle } from './folder-handle.ts';
import { UploadHandle } from './upload-handle.ts';

export type OpenHandle = Download | UploadHandle | FolderHandle;

const HANDLE_BYTES = 8;

/** The open handles of one session, under names that nobody can guess and that mean nothing in another session. */
export class Handles {
  readonly #open = new Map<string, OpenHandle>();

  /** Asked before a file is opened, so that nothing is begun that has no place. @throws GatewayError */
  assertRoom(): void {
    if (this.#open.size < MAX_HANDLES) return;
    throw new GatewayError('unavailable', `a session has at most ${MAX_HANDLES} open handles; close one first`);
  }

  add(handle: OpenHandle): string {
    const name = randomBytes(HANDLE_BYTES).toString('hex');
    this.#open.set(name, handle);
    return name;
  }

  /** @throws GatewayError `bad-request` where this session has no such handle */
  get(name: string): OpenHandle {
    const handle = this.#open.get(name);
    if (handle === undefined) throw new GatewayError('bad-request', 'this handle is not open');
    return handle;
  }

  upload(name: string): UploadHandle {
    const handle = this.get(name);
    if (handle instanceof UploadHandle) return handle;
    throw new GatewayError('not-allowed', 'this handle was not opened for writing');
  }

  folder(name: string): FolderHandle {
    const handle = this.get(name);
    if (handle instanceof FolderHandle) return handle;
    throw new GatewayError('bad-request', 'this handle is not a folder');
  }

  /** The upload that this session has open on a path, the youngest where there are several. */
  uploadAt(path: VPath): UploadHandle | undefined {
    let found: UploadHandle | undefined;
    for (const handle of this.#open.values()) {
      if (handle instanceof UploadHandle && handle.path === path) found = handle;
    }
    return found;
  }

  /** The handle is gone whatever closing it brings. @throws GatewayError where an upload can not be published */
  async close(name: string): Promise<void> {
    const handle = this.get(name);
    this.#open.delete(name);
    if (handle instanceof Download) handle.close();
    else await handle.close();
  }

  /**
   * Ends everything and publishes nothing.
   * @param keep whether what came of uploads is kept to go on with
   * @returns the errors that came up, for the log
   */
  async abandon(keep: boolean): Promise<readonly unknown[]> {
    const handles = [...this.#open.values()];
    this.#open.clear();
    const errors: unknown[] = [];
    for (const handle of handles) {
      try {
        if (handle instanceof UploadHandle) await (keep ? handle.leave() : handle.abort());
        else await handle.close();
      } catch (error) {
        errors.push(error);
      }
    }
    return errors;
  }
}
