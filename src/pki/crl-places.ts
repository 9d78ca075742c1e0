import { open } from 'node:fs/promises';
import type { CrlFailure, RevocationList } from './crl.ts';
import type { Download, DownloadFailure } from './download.ts';
import { refreshAt } from './revocation.ts';

/** Why a list could not be used. */
export type ListProblem = {
  readonly reason:
    | CrlFailure
    | DownloadFailure
    | 'not-readable'
    | 'older-than-loaded'
    /** Says what changed since a full list that is not loaded. */
    | 'delta-without-base';
  readonly cause?: unknown;
};

/** What reading one place gave: bytes only where something may be new. */
export type Reading = { readonly bytes: Uint8Array } | 'nothing-new' | ListProblem;

/** What became of the bytes. */
export type Taken = { readonly list: RevocationList } | ListProblem;

/** One place that revocation lists come from; keeps in mind when to look again. */
export interface CrlPlace {
  readonly name: string;
  read(now: number): Promise<Reading>;
  /** Told after each reading that gave bytes. */
  taken(result: Taken, now: number): void;
  /** What was wrong when it was last looked at. */
  readonly problem: ListProblem | undefined;
}

/** A file that somebody else replaces. One that has not changed since is not read again. */
export class CrlFile implements CrlPlace {
  readonly name: string;
  readonly #maxBytes: number;
  #identity = '';
  problem: ListProblem | undefined;

  constructor(name: string, maxBytes: number) {
    this.name = name;
    this.#maxBytes = maxBytes;
  }

  async read(): Promise<Reading> {
    try {
      const handle = await open(this.name);
      try {
        const { ino, size, mtimeNs, ctimeNs } = await handle.stat({ bigint: true });
        const identity = [ino, size, mtimeNs, ctimeNs].join(' ');
        if (identity === this.#identity) return this.problem ?? 'nothing-new';
        if (size > this.#maxBytes) return { reason: 'too-large' };
        const bytes = await handle.readFile();
        this.#identity = identity;
        return { bytes };
      } finally {
        await handle.close();
      }
    } catch (cause) {
      return { reason: 'not-readable', cause };
    }
  }

  taken(result: Taken): void {
    this.problem = 'list' in result ? undefined : result;
    // The full list it builds on may come later.
    if (this.problem?.reason === 'delta-without-base') this.#identity = '';
  }
}

const RETRY_MS = 30_000;

/** An address of the configuration, fetched anew at half life of what it gave, and at the latest after `maxAgeMs`. */
export class CrlAddress implements CrlPlace {
  readonly name: string;
  readonly #download: Download;
  readonly #maxAgeMs: number;
  #dueAt = 0;
  problem: ListProblem | undefined;

  constructor(name: string, download: Download, maxAgeMs: number) {
    this.name = name;
    this.#download = download;
    this.#maxAgeMs = maxAgeMs;
  }

  async read(now: number): Promise<Reading> {
    // A clock that was set back must not put the next fetch off.
    const isDue = now >= this.#dueAt || now < this.#dueAt - this.#maxAgeMs - RETRY_MS;
    if (!isDue) return this.problem ?? 'nothing-new';
    const downloaded = await this.#download(this.name);
    if (downloaded.ok) return downloaded;
    this.taken(downloaded, now);
    return downloaded;
  }

  taken(result: Taken, now: number): void {
    this.problem = 'list' in result ? undefined : result;
    this.#dueAt =
      'list' in result
        ? refreshAt(now, result.list.nextUpdate, this.#maxAgeMs)
        : now + Math.min(RETRY_MS, this.#maxAgeMs);
  }
}
