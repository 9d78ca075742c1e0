import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Database, open, type RootDatabase, type Transaction } from 'lmdb';
import { type DirectoryStats, readStats } from './stats.ts';

type Binary = Database<Buffer, Buffer>;

/**
 * One LMDB store with its tables:
 *
 *     persons  uint32 person key → dossiers, replacement or "cancelled" (pack.ts)
 *     beside   uint32 person key → last changes, inscribers, replaced numbers (beside.ts)
 *     log      uint64 version → what made it and whom it changed (change-log.ts)
 *     tickets  ticket of an integration → its outcome (apply.ts)
 *     info     `stats` (stats.ts), `loaded`: uint16 day of the dump it began with
 */
export type Store = {
  readonly name: string;
  readonly path: string;
  readonly root: RootDatabase<Buffer, Buffer>;
  readonly persons: Binary;
  readonly beside: Binary;
  readonly log: Binary;
  readonly tickets: Binary;
  readonly info: Binary;
};

export const STATS_KEY = Buffer.from('stats');
export const LOADED_KEY = Buffer.from('loaded');

/** Address space of the map, not disk: far above the 2 GB of 170 million dossiers. */
const MAP_BYTES = 64 * 1024 ** 3;
const MAX_READERS = 126;
const MAX_TABLES = 8;
const BINARY = { keyEncoding: 'binary', encoding: 'binary' } as const;

/** The file that names the store in force; a load that makes a new one renames another over it. */
const POINTER = 'current';

/**
 * Opens a store, and makes it where it is not there. Also who only reads opens it for writing: one process has one view of
 * a store, and the first to open it decides for all of its threads.
 */
export function openStore(folder: string, name: string): Store {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const root: RootDatabase<Buffer, Buffer> = open({
    path,
    noSubdir: false,
    ...BINARY,
    mapSize: MAP_BYTES,
    maxReaders: MAX_READERS,
    maxDbs: MAX_TABLES,
    // A commit is on the disk when it returns: LMDB's own order, not the overlapping one of this package.
    overlappingSync: false,
  });
  const table = (table: string): Binary => root.openDB<Buffer, Buffer>({ name: table, ...BINARY });
  return {
    name,
    path,
    root,
    persons: table('persons'),
    beside: table('beside'),
    log: table('log'),
    tickets: table('tickets'),
    info: table('info'),
  };
}

/** The statistics as a transaction sees them; of this moment without one. */
export function statsOf(store: Store, transaction?: Transaction): DirectoryStats {
  return readStats(store.info.get(STATS_KEY, transaction === undefined ? undefined : { transaction }));
}

/**
 * A read of what is committed by now. The package keeps a read transaction until the next turn of the timers, and would hand
 * out that older one: a batch then would not see what the batch before it changed.
 */
export function freshRead(root: RootDatabase<Buffer, Buffer>): Transaction {
  root.resetReadTxn();
  return root.useReadTransaction();
}

/** A value that is not copied: it is valid until the next read. The package's types leave the second parameter out. */
export function readFast(table: Store['persons'], key: Buffer, transaction: Transaction): Buffer | undefined {
  const { getBinaryFast } = table as unknown as {
    getBinaryFast(
      this: Store['persons'],
      key: Buffer,
      options: { readonly transaction: Transaction },
    ): Buffer | undefined;
  };
  return getBinaryFast.call(table, key, { transaction });
}

/** The name of the store in force; undefined before the first load. */
export function currentName(folder: string): string | undefined {
  try {
    return readFileSync(join(folder, POINTER), 'utf8').trim();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Puts a store in force, for every process and at once. Durable on return. */
export function putInForce(folder: string, name: string): void {
  const path = join(folder, `${POINTER}.new`);
  writeFileSync(path, `${name}\n`, { flush: true, mode: 0o600 });
  renameSync(path, join(folder, POINTER));
  syncFolders(folder);
}

export function removeStore(folder: string, name: string): void {
  rmSync(join(folder, name), { recursive: true, force: true });
}

/** The names of a new store are on the disk too. */
export function syncFolders(folder: string): void {
  for (const path of [folder, dirname(folder), dirname(dirname(folder))]) {
    const fd = openSync(path, 'r');
    try {
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  }
}
