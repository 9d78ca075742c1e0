import { closeSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { GatewayError } from '../domain/errors.ts';
import { migrate } from './schema.ts';
import { integer, SQLITE, Sql, sqliteCode, text } from './sql.ts';
import { freeAllLeases } from './sqlite-queue.ts';

const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;
/** Another program may hold the ledger for a moment (a backup); longer than this is an error. */
const BUSY_TIMEOUT_MS = 5000;
const SYNCHRONOUS_FULL = 2; // https://www.sqlite.org/pragma.html#pragma_synchronous

/** The one writing connection of a ledger, and the lock that keeps every other gateway away. */
export type OpenLedger = { readonly sql: Sql; readonly lock: Sql };

/**
 * Opens or makes the ledger file for writing. Runs in the writer's thread.
 * @throws GatewayError `unavailable` where another gateway has it open or a newer program wrote it, `broken` where it is
 * damaged or where SQLite does not promise durability
 */
export function openForWriting(file: string, now: number): OpenLedger {
  const path = resolve(file);
  mkdirSync(dirname(path), { recursive: true, mode: FOLDER_MODE });
  const lock = takeLock(`${path}.lock`);
  try {
    makeFile(path);
    const sql = connect(path, false);
    // A checkpoint runs after the callers have their answer, not inside their commit.
    sql.exec('PRAGMA wal_autocheckpoint = 0');
    mustBeWhole(sql);
    migrate(sql, now);
    freeAllLeases(sql);
    syncFolder(dirname(path));
    syncFolder(dirname(dirname(path)));
    return { sql, lock };
  } catch (error) {
    lock.close();
    throw error;
  }
}

/** A connection that copies the write-ahead log into the file. Runs in a thread of its own, while the writer has it open. */
export function openForCheckpoints(file: string): Sql {
  return connect(resolve(file), false);
}

/** A second connection that never waits for the writer. Runs in the reader's thread, after the writer has opened. */
export function openForReading(file: string): Sql {
  return connect(resolve(file), true);
}

// An exclusive transaction on a file of its own is a lock of the operating system: it ends with the process, however
// that ends.
function takeLock(file: string): Sql {
  makeFile(file);
  const lock = new Sql(new DatabaseSync(file, { timeout: 0 }));
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock.close();
    if (sqliteCode(error) !== SQLITE.BUSY) throw error;
    throw new GatewayError('unavailable', 'another gateway works on this data folder; stop it first', { cause: error });
  }
}

function connect(path: string, readOnly: boolean): Sql {
  const sql = new Sql(
    new DatabaseSync(path, { readOnly, timeout: BUSY_TIMEOUT_MS, enableForeignKeyConstraints: true }),
  );
  try {
    if (!readOnly) sql.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
    sql.exec(`PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY; PRAGMA cache_size = ${-cacheKiB(readOnly)}`);
    mustBeDurable(sql, readOnly);
    return sql;
  } catch (error) {
    sql.close();
    throw error;
  }
}

/**
 * What a reader has not at hand, the page cache of the kernel has: a large listing must not fill the memory of the gateway.
 * The writer keeps pages that it changes in its own.
 */
function cacheKiB(readOnly: boolean): number {
  return readOnly ? 8 * 1024 : 64 * 1024;
}

function mustBeDurable(sql: Sql, readOnly: boolean): void {
  const mode = text(sql.one('PRAGMA journal_mode'), 'journal_mode');
  const synchronous = integer(sql.one('PRAGMA synchronous'), 'synchronous');
  if (mode === 'wal' && (readOnly || synchronous === SYNCHRONOUS_FULL)) return;
  throw new GatewayError('broken', `the ledger is not durable here: journal_mode ${mode}, synchronous ${synchronous}`);
}

function mustBeWhole(sql: Sql): void {
  const result = text(sql.one('PRAGMA quick_check(1)'), 'quick_check');
  if (result !== 'ok') throw new GatewayError('broken', `the ledger file is damaged: ${result}`);
}

/** Before SQLite does, so that nobody else may read it; SQLite gives its other files the same mode. */
function makeFile(path: string): void {
  closeSync(openSync(path, 'a', FILE_MODE));
}

function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
