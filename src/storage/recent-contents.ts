import type { LedgerCommand } from './commands.ts';

/** Bytes that are kept; what came longer ago is read from the ledger. */
const MOST_BYTES = 16 * 1024 * 1024;

/**
 * The small contents that were committed last: what comes in is looked at a moment later, and need not come back from another
 * thread for that. An id names the same bytes for ever, so nothing here grows old.
 */
export class RecentContents {
  readonly #kept = new Map<string, Uint8Array>();
  #bytes = 0;

  /** A commit is done. */
  committed(commands: readonly LedgerCommand[]): void {
    for (const command of commands) {
      if (command.kind === 'keepContent') this.#keep(command.content.contentId, command.bytes);
      if (command.kind === 'dropContents') for (const contentId of command.contentIds) this.#drop(contentId);
    }
    for (const contentId of this.#kept.keys()) {
      if (this.#bytes <= MOST_BYTES) return;
      this.#drop(contentId);
    }
  }

  /** @returns undefined where one of them has to be asked for */
  find(contentIds: readonly string[]): ReadonlyMap<string, Uint8Array> | undefined {
    const found = new Map<string, Uint8Array>();
    for (const contentId of contentIds) {
      const bytes = this.#kept.get(contentId);
      if (bytes === undefined) return undefined;
      found.set(contentId, bytes);
    }
    return found;
  }

  #keep(contentId: string, bytes: Uint8Array): void {
    if (this.#kept.has(contentId)) return;
    this.#kept.set(contentId, bytes);
    this.#bytes += bytes.length;
  }

  #drop(contentId: string): void {
    this.#bytes -= this.#kept.get(contentId)?.length ?? 0;
    this.#kept.delete(contentId);
  }
}
