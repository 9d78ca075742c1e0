import { mkdir, open } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

const FOLDER_MODE = 0o700;

type Syncing = { readonly running: Promise<void>; waiting: Promise<void> | undefined };

/** The folders of a disk store: the two first characters of an id name the one its file lies in. */
export class DiskFolders {
  readonly directory: string;
  readonly #made = new Set<string>();
  readonly #synced = new Set<string>();
  /** Syncs of folders: the one that runs, and the one that waits for its end, which all who ask meanwhile share. */
  readonly #syncing = new Map<string, Syncing>();
  /** Folders above the content folders whose own entries must be durable too. */
  readonly #above: Set<string>;

  constructor(directory: string) {
    this.directory = resolve(directory);
    this.#above = new Set([this.directory, dirname(this.directory)]);
  }

  folderOf(contentId: string): string {
    return join(this.directory, contentId.slice(0, 2));
  }

  fileOf(contentId: string): string {
    return join(this.folderOf(contentId), contentId);
  }

  /** Makes the folder of an id where it is not there yet. */
  async make(contentId: string): Promise<void> {
    const folder = this.folderOf(contentId);
    if (this.#made.has(folder)) return;
    const first = await mkdir(folder, { recursive: true, mode: FOLDER_MODE });
    if (first !== undefined) {
      for (let made = folder; made.length >= first.length; made = dirname(made)) this.#above.add(dirname(made));
    }
    this.#made.add(folder);
  }

  /** Makes the name of a content durable; those who ask at the same time share a sync. Errors of fsync are thrown as they are. */
  async sync(contentId: string): Promise<void> {
    const folder = this.folderOf(contentId);
    await this.#shared(folder);
    if (this.#synced.has(folder)) return;
    // Once per process and folder: another process may have made it, and ended before it was synced.
    for (const above of this.#above) await syncFolder(above);
    this.#synced.add(folder);
  }

  /** A sync that began before a name was made need not cover it: wait for the next. */
  #shared(folder: string): Promise<void> {
    const current = this.#syncing.get(folder);
    if (current === undefined) return this.#begin(folder);
    current.waiting ??= current.running.then(() => this.#begin(folder));
    return current.waiting;
  }

  #begin(folder: string): Promise<void> {
    const running = syncFolder(folder);
    const entry: Syncing = { running, waiting: undefined };
    this.#syncing.set(folder, entry);
    const forget = () => this.#syncing.delete(folder);
    // Where it fails, those who waited for it fail with it.
    running.then(() => {
      if (entry.waiting === undefined) forget();
    }, forget);
    return running;
  }
}

/** Makes the names in a folder durable (fsync(2) of a folder, which Linux asks for after a file was made in it). */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
