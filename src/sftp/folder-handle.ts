import type { VPath } from '../domain/vpath.ts';
import type { Entry } from '../vfs/files.ts';

/** Names in one answer to READDIR: as many as OpenSSH gives, and few enough for the packet size. */
const NAMES_PER_PAGE = 100;

/** A folder being listed, page by page; memory does not grow with the number of names. */
export class FolderHandle {
  readonly path: VPath;
  readonly #entries: AsyncIterator<Entry>;
  #ahead: IteratorResult<Entry>;

  private constructor(path: VPath, entries: AsyncIterator<Entry>, first: IteratorResult<Entry>) {
    this.path = path;
    this.#entries = entries;
    this.#ahead = first;
  }

  /** Asks for the first name at once, so that a refusal answers OPENDIR and not a later request. */
  static async open(path: VPath, list: AsyncIterable<Entry>): Promise<FolderHandle> {
    const entries = list[Symbol.asyncIterator]();
    return new FolderHandle(path, entries, await entries.next());
  }

  /** @returns the next names, none at the end */
  async page(): Promise<readonly Entry[]> {
    const page: Entry[] = [];
    while (!this.#ahead.done && page.length < NAMES_PER_PAGE) {
      page.push(this.#ahead.value);
      this.#ahead = await this.#entries.next();
    }
    return page;
  }

  async close(): Promise<void> {
    await this.#entries.return?.();
  }
}
