import { crashPoint } from '../domain/crash-point.ts';
import type { Checkpoints } from './checkpoints.ts';
import { integer, SQLITE, type Sql, sqliteCode } from './sql.ts';
import { applyCommands } from './sqlite-commands.ts';
import { failureOf } from './sqlite-failure.ts';
import type { Outcome, WriteCall } from './sqlite-messages.ts';
import { claim, extend } from './sqlite-queue.ts';
import { type Command, newStep } from './sqlite-step.ts';
import { Writing } from './sqlite-writing.ts';

/** Changed rows after which the write-ahead log is copied into the ledger file; each page of a content counts as one. */
const ROWS_PER_CHECKPOINT = 4000;
/**
 * 64 MiB. While there is always something new to copy, the log is never used from its beginning again: from here on the writer
 * copies what is left itself.
 */
const MOST_FRAMES = 16_384;
/** SQLite's default. */
const PAGE_BYTES = 4096;
/** After these the connection itself can not be trusted; every other error concerns one statement. */
const MACHINE_ERRORS: ReadonlySet<number | undefined> = new Set([
  SQLITE.NOMEM,
  SQLITE.IOERR,
  SQLITE.CORRUPT,
  SQLITE.CANTOPEN,
  SQLITE.PROTOCOL,
  SQLITE.NOTADB,
]);

/** Does calls in transactions on the one writing connection. */
export class LedgerWriter {
  readonly #sql: Sql;
  readonly #writing: Writing;
  readonly #checkpoints: Checkpoints;
  #changesAtCheckpoint = 0;
  #pagesOfContents = 0;
  #wasFull = false;

  constructor(sql: Sql, checkpoints: Checkpoints) {
    this.#sql = sql;
    this.#checkpoints = checkpoints;
    this.#writing = new Writing(sql);
  }

  /**
   * One transaction for all calls, a savepoint for each, one fsync at its end. A call that fails leaves the others alone.
   * A full disk refuses all of them. Leases alone need no fsync: they end with the machine, and the next start frees them; whatever
   * is committed later takes them to the disk with it.
   * @throws the error of SQLite after which it is not known what is durable
   */
  run(calls: readonly WriteCall[]): readonly Outcome[] {
    const isDurable = calls.some(({ kind }) => kind === 'commit');
    try {
      if (!isDurable) this.#sql.exec('PRAGMA synchronous = NORMAL');
      this.#sql.run('BEGIN IMMEDIATE');
      const [alone] = calls.length === 1 ? calls : [];
      const outcomes = alone === undefined ? calls.map((call) => this.#runOne(call)) : [this.#runAlone(alone)];
      if (!this.#sql.inTransaction) return outcomes;
      this.#writing.settle();
      const contents = calls.flatMap(contentsOf);
      if (contents.length > 0) crashPoint('receive.before-fsync');
      this.#sql.run('COMMIT');
      if (contents.length > 0) crashPoint('receive.after-fsync');
      this.#pagesOfContents += contents.reduce((sum, { bytes }) => sum + Math.ceil(bytes.length / PAGE_BYTES), 0);
      return outcomes;
    } catch (error) {
      const code = sqliteCode(error);
      if (code !== SQLITE.FULL && code !== SQLITE.BUSY) throw error;
      if (this.#sql.inTransaction) this.#sql.run('ROLLBACK');
      this.#writing.forget();
      this.#wasFull = code === SQLITE.FULL;
      return calls.map(() => ({ ok: false, failure: failureOf(error) }));
    } finally {
      if (!isDurable && !this.#sql.inTransaction) this.#sql.exec('PRAGMA synchronous = FULL');
    }
  }

  /**
   * Has what has piled up in the write-ahead log copied into the ledger file, so that its room is used again: now and then. When the
   * disk is full, or the log has become long, it is done before anything else is.
   * @throws the error of SQLite, but for a full disk
   */
  checkpoint(): void {
    const rows = integer(this.#sql.one('SELECT total_changes() AS changes'), 'changes');
    const changes = rows + this.#pagesOfContents;
    if (changes - this.#changesAtCheckpoint < ROWS_PER_CHECKPOINT && !this.#wasFull) return;
    this.#changesAtCheckpoint = changes;
    if (!this.#wasFull && this.#checkpoints.frames < MOST_FRAMES) {
      this.#checkpoints.begin();
      return;
    }
    try {
      this.#sql.run('PRAGMA wal_checkpoint(PASSIVE)');
      this.#checkpoints.begin(); // tells how long the log is then
      this.#wasFull = false;
    } catch (error) {
      if (sqliteCode(error) !== SQLITE.FULL) throw error;
    }
  }

  /** Needs no savepoint: where it fails, the whole transaction goes. */
  #runAlone(call: WriteCall): Outcome {
    try {
      return { ok: true, value: this.#apply(call) };
    } catch (error) {
      if (!this.#sql.inTransaction || MACHINE_ERRORS.has(sqliteCode(error))) throw error;
      this.#sql.run('ROLLBACK');
      this.#writing.forget();
      return { ok: false, failure: failureOf(error) };
    }
  }

  #runOne(call: WriteCall): Outcome {
    this.#sql.run('SAVEPOINT one_call');
    const { head } = this.#writing;
    try {
      const value = this.#apply(call);
      this.#sql.run('RELEASE one_call');
      return { ok: true, value };
    } catch (error) {
      // SQLite ends the whole transaction by itself after some errors, and then nothing of it may be acknowledged.
      if (!this.#sql.inTransaction || MACHINE_ERRORS.has(sqliteCode(error))) throw error;
      this.#sql.run('ROLLBACK TO one_call');
      this.#writing.head = head;
      this.#sql.run('RELEASE one_call');
      return { ok: false, failure: failureOf(error) };
    }
  }

  #apply(call: WriteCall): unknown {
    if (call.kind === 'commit') return applyCommands(this.#writing, call.commands, call.now);
    const step = newStep(this.#writing, call.now);
    if (call.kind === 'claim') return claim(step, call.queue, call.worker, call.max, call.leaseMs);
    return extend(step, call.leases, call.leaseMs);
  }
}

/** The small contents that a call brings. */
function contentsOf(call: WriteCall): readonly Command<'keepContent'>[] {
  return call.kind === 'commit' ? call.commands.filter((command) => command.kind === 'keepContent') : [];
}
