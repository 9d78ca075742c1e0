import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ABORT } from 'lmdb';
import { type Clock, systemClock } from '../domain/clock.ts';
import type { Environment } from '../domain/flow.ts';
import type { Insz } from '../domain/insz.ts';
import type { Sector } from '../domain/partner.ts';
import { dateOf } from '../domain/period.ts';
import { applyChanges } from './apply.ts';
import { bulkLoad, type LoadProgress } from './bulk/bulk-load.ts';
import { applyEntries } from './change.ts';
import { type LastChange, lastChange } from './change-log.ts';
import type { Applied, DirectoryChanges } from './changes.ts';
import type { DirectorySnapshot } from './directory.ts';
import { FlatBases } from './flat-bases.ts';
import type { FlatDirectory } from './flat-directory.ts';
import { type LoadResult, Problems, readPersonFile } from './load.ts';
import { OpenStores } from './open-stores.ts';
import { dayNumber, Unpacker } from './pack.ts';
import { type PersonFacts, personFacts } from './person-facts.ts';
import { type DirectoryEnvironment, lineRules } from './person-lines.ts';
import { EMPTY_SNAPSHOT, LmdbSnapshot } from './snapshot.ts';
import { type DirectoryStats, NO_STATS } from './stats.ts';
import { currentName, type Store, statsOf } from './store.ts';

/** The reference directory of every environment of one gateway. */
export interface ReferenceDirectory {
  /** The version of this moment; it stays as it is until it is closed. Simulation reads the directory of R. */
  snapshot(environment: Environment): DirectorySnapshot;
  /**
   * The version of this moment in memory, for large batches; undefined where the directory is too large to be read into
   * memory without a base, which is then made in the background.
   */
  flat(environment: Environment): Promise<FlatDirectory | undefined>;
  /**
   * Loads a file of person lines: what it says of a number takes the place of everything known of that number; numbers
   * it does not name stay. All or nothing, durable on return. A large file is loaded by threads into a new store, which
   * then comes in force at once, also in other processes; such a load goes on where it was cut. The write of a small one
   * runs on the calling thread.
   * @param onProgress told of a large file how far it is
   * @throws GatewayError `not-found` where the file can't be read, `precondition-failed` where another load was faster
   */
  load(
    environment: DirectoryEnvironment,
    file: string,
    sectors: readonly Sector[],
    onProgress?: (progress: LoadProgress) => void,
  ): Promise<LoadResult>;
  /**
   * Makes the changes of one ticket, all that can be made, as one version; durable on return. The same ticket again
   * changes nothing and gives the same answer. The write runs on the calling thread: for the threads of batches.
   */
  apply(environment: DirectoryEnvironment, changes: DirectoryChanges, sectors: readonly Sector[]): Promise<Applied>;
  /** Everything known of a number, with what lies beside its lines; undefined where it never was. */
  facts(environment: DirectoryEnvironment, person: Insz): PersonFacts | undefined;
  stats(environment: DirectoryEnvironment): DirectoryStats;
  /** When and by what the version of this moment was made; undefined where there is none. */
  lastChange(environment: DirectoryEnvironment): LastChange | undefined;
  close(): Promise<void>;
}

export type DirectoryOptions = {
  /** The folder that holds the environment folders `R` and `T`. */
  readonly directory: string;
  /** For threads and commands that only look: makes nothing and never writes. */
  readonly readOnly?: boolean;
  readonly clock?: Clock;
  /** A file of so many bytes or more is loaded by threads into a new store. */
  readonly bulkBytes?: number;
  /** So many bytes of it are read by one thread at a time, and not read again after a cut. */
  readonly segmentBytes?: number;
};

/** Some 800,000 lines: from there on threads and a new store pay. */
const BULK_BYTES = 32 * 1024 * 1024;
/** Of text; becomes some 75 MB of records, which one thread holds in memory. */
const SEGMENT_BYTES = 256 * 1024 * 1024;

/** A load puts another store in force seldom; a write that meets one begins again. */
const WRITE_TRIES = 5;

/** The directory kept in LMDB; each environment is opened when it is first needed. */
export function openDirectory(options: DirectoryOptions): ReferenceDirectory {
  return new LmdbDirectory(options);
}

class LmdbDirectory implements ReferenceDirectory {
  readonly #isReadOnly: boolean;
  readonly #clock: Clock;
  readonly #bulkBytes: number;
  readonly #segmentBytes: number;
  readonly #stores: Readonly<Record<DirectoryEnvironment, OpenStores>>;
  readonly #unpacker = new Unpacker();
  readonly #bases: Readonly<Record<DirectoryEnvironment, FlatBases>>;

  constructor(options: DirectoryOptions) {
    const { directory, readOnly = false, clock = systemClock, bulkBytes = BULK_BYTES } = options;
    this.#isReadOnly = readOnly;
    this.#clock = clock;
    this.#bulkBytes = bulkBytes;
    this.#segmentBytes = options.segmentBytes ?? SEGMENT_BYTES;
    const stores = (environment: DirectoryEnvironment) => new OpenStores(join(directory, environment));
    this.#stores = { R: stores('R'), T: stores('T') };
    this.#bases = { R: new FlatBases(), T: new FlatBases() };
  }

  snapshot(environment: Environment): DirectorySnapshot {
    const stores = this.#stores[folderOf(environment)];
    const store = stores.current();
    return store === undefined ? EMPTY_SNAPSHOT : new LmdbSnapshot(store, stores.hold(store), this.#unpacker);
  }

  async flat(environment: Environment): Promise<FlatDirectory | undefined> {
    const of = folderOf(environment);
    const store = this.#stores[of].current();
    if (store === undefined) return undefined;
    const release = this.#stores[of].hold(store);
    try {
      return await this.#bases[of].flat(store, this.#stores[of].folder);
    } finally {
      release();
    }
  }

  async load(
    environment: DirectoryEnvironment,
    file: string,
    sectors: readonly Sector[],
    onProgress: (progress: LoadProgress) => void = () => {},
  ): Promise<LoadResult> {
    this.#assertWritable();
    const at = this.#clock.now();
    const time = { at, day: dayNumber(dateOf(at)) ?? 0 };
    const rules = lineRules(environment, sectors);
    if (sizeOf(file) >= this.#bulkBytes) {
      const stores = this.#stores[environment];
      stores.current(); // takes over what an earlier version wrote
      const { folder } = stores;
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      return bulkLoad({ folder, environment, file, rules, time, onProgress, segmentBytes: this.#segmentBytes });
    }
    const problems = new Problems();
    const { lines, entries } = await readPersonFile(file, rules, problems);
    if (problems.found) return problems.result();
    const change = await this.#write(environment, (store) => applyEntries(store, entries(), problems, time));
    if (change === undefined) return problems.result();
    return { loaded: true, lines, ...change.loaded, version: change.stats.version };
  }

  async apply(
    environment: DirectoryEnvironment,
    changes: DirectoryChanges,
    sectors: readonly Sector[],
  ): Promise<Applied> {
    this.#assertWritable();
    const applied = await this.#write(environment, (store) => applyChanges(store, changes, sectors));
    if (applied === undefined) throw new TypeError('an integration that was given up');
    return applied;
  }

  facts(environment: DirectoryEnvironment, person: Insz): PersonFacts | undefined {
    const store = this.#stores[environment].current();
    return store === undefined ? undefined : personFacts(store, person);
  }

  stats(environment: DirectoryEnvironment): DirectoryStats {
    const store = this.#stores[environment].current();
    return store === undefined ? NO_STATS : statsOf(store);
  }

  lastChange(environment: DirectoryEnvironment): LastChange | undefined {
    const store = this.#stores[environment].current();
    return store === undefined ? undefined : lastChange(store);
  }

  async close(): Promise<void> {
    for (const bases of Object.values(this.#bases)) await bases.close();
    for (const stores of Object.values(this.#stores)) await stores.close();
  }

  /** Runs a change in one write transaction; an answer of undefined gives it up. Durable on return. */
  async #write<T>(environment: DirectoryEnvironment, change: (store: Store) => T | undefined): Promise<T | undefined> {
    const stores = this.#stores[environment];
    for (let tries = 0; tries < WRITE_TRIES; tries += 1) {
      const store = await stores.forWriting();
      const release = stores.hold(store);
      try {
        const done = writeIn(store, stores.folder, change);
        if (done === undefined) continue;
        await store.root.flushed;
        return done.answer;
      } finally {
        release();
      }
    }
    throw new TypeError('the store of the directory was replaced again and again');
  }

  #assertWritable(): void {
    if (this.#isReadOnly) throw new TypeError('a directory that is open for reading takes no change');
  }
}

/** @returns undefined where the store is not in force any more, and nothing was changed */
function writeIn<T>(
  store: Store,
  folder: string,
  change: (store: Store) => T | undefined,
): { readonly answer: T | undefined } | undefined {
  let done: { readonly answer: T | undefined } | undefined;
  store.root.transactionSync(() => {
    // A load switches stores while it holds this very lock: what is in force now stays so until we are done.
    if (currentName(folder) !== store.name) return ABORT;
    done = { answer: change(store) };
    return done.answer === undefined ? ABORT : undefined;
  });
  return done;
}

/** 0 where it can't be read: that is told by who reads it. */
function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

function folderOf(environment: Environment): DirectoryEnvironment {
  return environment === 'T' ? 'T' : 'R';
}
