import { type FSWatcher, watch } from 'node:fs';
import { basename, dirname } from 'node:path';

/** Folders that are watched at once; files in others are found by whoever sweeps. */
const MOST_FOLDERS = 100;

/**
 * Notices of files that lie anywhere, such as keys beside the configuration. Their folders are watched, since a file that is renewed
 * is mostly another one under the old name. A notice may be missing, or one too many. Nothing it does throws.
 */
export class FileHints {
  readonly #onHint: () => void;
  /** By folder. */
  readonly #watched = new Map<string, { readonly watcher: FSWatcher; names: ReadonlySet<string> }>();
  #closed = false;

  constructor(onHint: () => void) {
    this.#onHint = onHint;
  }

  /** These files from now on, and no others. @param files absolute paths */
  follow(files: Iterable<string>): void {
    if (this.#closed) return;
    const wanted = Map.groupBy(files, dirname);
    for (const folder of this.#watched.keys()) if (!wanted.has(folder)) this.#leave(folder);
    for (const [folder, those] of wanted) {
      const names = new Set(those.map((file) => basename(file)));
      const known = this.#watched.get(folder);
      if (known !== undefined) known.names = names;
      else if (this.#watched.size < MOST_FOLDERS) this.#enter(folder, names);
    }
  }

  close(): void {
    this.#closed = true;
    for (const folder of [...this.#watched.keys()]) this.#leave(folder);
  }

  #enter(folder: string, names: ReadonlySet<string>): void {
    try {
      const watcher = watch(folder, { persistent: false }, (_, name) => {
        const isOne = name === null || this.#watched.get(folder)?.names.has(name) === true;
        // Its own name: the folder is gone. One that comes in its place is entered when `follow` is called again.
        const isGone = !isOne && name === basename(folder);
        if (isGone) this.#leave(folder);
        if (isOne || isGone) this.#onHint();
      });
      watcher.on('error', () => this.#leave(folder));
      this.#watched.set(folder, { watcher, names });
    } catch {
      // It is not there, or the system watches no more: the sweep goes on.
    }
  }

  #leave(folder: string): void {
    this.#watched.get(folder)?.watcher.close();
    this.#watched.delete(folder);
  }
}
