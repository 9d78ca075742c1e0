import { existsSync, mkdirSync } from 'node:fs';
import { open as openFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ABORT, open, type RootDatabase } from 'lmdb';
import type { Environment } from '../domain/flow.ts';
import type { Sector } from '../domain/partner.ts';
import { applyEntries } from './change.ts';
import type { DirectorySnapshot } from './directory.ts';
import { type LoadResult, Problems, readPersonFile } from './load.ts';
import { type DirectoryEnvironment, lineRules } from './person-lines.ts';
import { EMPTY_SNAPSHOT, LmdbSnapshot } from './snapshot.ts';
import { type DirectoryStats, NO_STATS, readStats, STATS_KEY } from './stats.ts';

/** The reference directory of every environment of one gateway. */
export interface ReferenceDirectory {
  /** The version of this moment; it stays as it is until it is closed. Simulation reads the directory of R. */
  snapshot(environment: Environment): DirectorySnapshot;
  /**
   * Loads a file of person lines: what it says of a number takes the place of everything known of that number; numbers
   * it does not name stay. All or nothing, durable on return. The write runs on the calling thread.
   * @throws GatewayError `not-found` where the file can't be read
   */
  load(environment: DirectoryEnvironment, file: string, sectors: readonly Sector[]): Promise<LoadResult>;
  stats(environment: DirectoryEnvironment): DirectoryStats;
  close(): Promise<void>;
}

export type DirectoryOptions = {
  /** The folder that holds the environment folders `R` and `T`. */
  readonly directory: string;
  /** For worker threads and commands that only look: makes nothing and never writes. */
  readonly readOnly?: boolean;
};

/** Address space of the map, not disk: far above the 1.5 GB of 170 million dossiers. */
const MAP_BYTES = 64 * 1024 ** 3;
const MAX_READERS = 126;

/** The directory kept in LMDB; each environment is opened when it is first needed. */
export function openDirectory(options: DirectoryOptions): ReferenceDirectory {
  return new LmdbDirectory(options);
}

class LmdbDirectory implements ReferenceDirectory {
  readonly #options: DirectoryOptions;
  readonly #stores = new Map<DirectoryEnvironment, RootDatabase<Buffer, Buffer>>();

  constructor(options: DirectoryOptions) {
    this.#options = options;
  }

  snapshot(environment: Environment): DirectorySnapshot {
    const store = this.#store(environment === 'T' ? 'T' : 'R');
    return store === undefined ? EMPTY_SNAPSHOT : new LmdbSnapshot(store);
  }

  async load(environment: DirectoryEnvironment, file: string, sectors: readonly Sector[]): Promise<LoadResult> {
    const store = this.#store(environment);
    if (store === undefined || this.#options.readOnly === true) {
      throw new TypeError('a directory that is open for reading takes no load');
    }
    const problems = new Problems();
    const { lines, entries } = await readPersonFile(file, lineRules(environment, sectors), problems);
    if (problems.found) return problems.result();
    let change: ReturnType<typeof applyEntries>;
    store.transactionSync(() => {
      change = applyEntries(store, entries(), problems);
      return change === undefined ? ABORT : undefined;
    });
    if (change === undefined) return problems.result();
    await store.flushed;
    await syncFolders(join(this.#options.directory, environment));
    return { loaded: true, lines, ...change.loaded, version: change.stats.version };
  }

  stats(environment: DirectoryEnvironment): DirectoryStats {
    const store = this.#store(environment);
    return store === undefined ? NO_STATS : readStats(store.get(STATS_KEY));
  }

  async close(): Promise<void> {
    const stores = [...this.#stores.values()];
    this.#stores.clear();
    for (const store of stores) await store.close();
  }

  #store(environment: DirectoryEnvironment): RootDatabase<Buffer, Buffer> | undefined {
    const known = this.#stores.get(environment);
    if (known !== undefined) return known;
    const path = join(this.#options.directory, environment);
    const readOnly = this.#options.readOnly === true;
    if (readOnly && !existsSync(join(path, 'data.mdb'))) return undefined;
    if (!readOnly) mkdirSync(path, { recursive: true, mode: 0o700 });
    const store: RootDatabase<Buffer, Buffer> = open({
      path,
      readOnly,
      noSubdir: false,
      keyEncoding: 'binary',
      encoding: 'binary',
      mapSize: MAP_BYTES,
      maxReaders: MAX_READERS,
      // A commit is on the disk when it returns: LMDB's own order, not the overlapping one of this package.
      overlappingSync: false,
    });
    this.#stores.set(environment, store);
    return store;
  }
}

/** The names of a new store are on the disk too. */
export async function syncFolders(folder: string): Promise<void> {
  for (const path of [folder, dirname(folder), dirname(dirname(folder))]) {
    await using handle = await openFile(path, 'r');
    await handle.sync();
  }
}
