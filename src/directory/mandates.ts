import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { open, type RootDatabase, type Transaction } from 'lmdb';
import type { Environment } from '../domain/flow.ts';
import type { Kbo } from '../domain/kbo.ts';
import type { Mandate, MandateSnapshot } from '../domain/mandate.ts';
import type { LineProblem } from './line-table.ts';
import { linesOf, Problems } from './load.ts';
import { MANDATE_LINES_HEADER, parseMandateLine } from './mandate-lines.ts';
import type { DirectoryEnvironment } from './person-lines.ts';
import { freshRead, syncFolders } from './store.ts';

export type MandateLoad =
  | { readonly loaded: true; readonly version: bigint; readonly mandates: number; readonly holders: number }
  | { readonly loaded: false; readonly problems: readonly LineProblem[]; readonly moreProblems: number };

/** The mandates of every environment of one gateway, beside its reference directory. */
export interface Mandates {
  /** The version of this moment; it stays as it is until it is closed. Simulation reads the mandates of R. */
  snapshot(environment: Environment): MandateSnapshot;
  /**
   * Loads a file of mandates: what it says of a holder takes the place of all its mandates; holders it does not name keep
   * theirs. All or nothing, durable on return.
   * @throws GatewayError `not-found` where the file can't be read
   */
  load(environment: DirectoryEnvironment, file: string): Promise<MandateLoad>;
  close(): Promise<void>;
}

export type MandatesOptions = {
  /** The folder of the reference directory. */
  readonly directory: string;
  readonly readOnly?: boolean;
};

type Store = RootDatabase<Buffer, Buffer>;

/** Address space of the map, not disk: a million mandates are some 60 MB. */
const MAP_BYTES = 4 * 1024 ** 3;
const MAX_MANDATES = 5_000_000;
/** More mandates of one holder for one employer are a mistake of the file. */
const MAX_OF_PAIR = 100;
const KBO_BYTES = 5;
/** uint64 version | uint64 mandates, under a key of one byte; the key of a pair has ten: holder and employer. */
const STATE_KEY = Buffer.from([0]);
const STATE_BYTES = 16;

export function openMandates(options: MandatesOptions): Mandates {
  return new LmdbMandates(options);
}

class LmdbMandates implements Mandates {
  readonly #options: MandatesOptions;
  readonly #stores = new Map<DirectoryEnvironment, Store>();

  constructor(options: MandatesOptions) {
    this.#options = options;
  }

  snapshot(environment: Environment): MandateSnapshot {
    const store = this.#store(environment === 'T' ? 'T' : 'R');
    return store === undefined ? NO_MANDATES : new Snapshot(store);
  }

  async load(environment: DirectoryEnvironment, file: string): Promise<MandateLoad> {
    const store = this.#store(environment);
    if (store === undefined || this.#options.readOnly === true) {
      throw new TypeError('mandates that are open for reading take no load');
    }
    const problems = new Problems();
    const { mandates, pairs } = await readMandates(file, problems);
    if (problems.found) return problems.refused();
    const holders = new Set(Array.from(pairs.values(), ([first]) => first?.holder ?? ''));
    let version = 0n;
    store.transactionSync(() => {
      const before = stateOf(store.get(STATE_KEY));
      let removed = 0;
      for (const holder of holders) removed += removeHolder(store, holder);
      for (const [key, list] of pairs) store.putSync(keyOf(key.slice(0, 10), key.slice(10)), packed(list));
      version = before.version + 1n;
      store.putSync(STATE_KEY, stateValue(version, before.mandates - removed + mandates));
    });
    await store.flushed;
    syncFolders(this.#folder(environment));
    return { loaded: true, version, mandates, holders: holders.size };
  }

  async close(): Promise<void> {
    const stores = [...this.#stores.values()];
    this.#stores.clear();
    for (const store of stores) await store.close();
  }

  #folder(environment: DirectoryEnvironment): string {
    return join(this.#options.directory, 'mandates', environment);
  }

  #store(environment: DirectoryEnvironment): Store | undefined {
    const known = this.#stores.get(environment);
    if (known !== undefined) return known;
    const path = this.#folder(environment);
    const readOnly = this.#options.readOnly === true;
    if (readOnly && !existsSync(join(path, 'data.mdb'))) return undefined;
    if (!readOnly) mkdirSync(path, { recursive: true, mode: 0o700 });
    const binary = { keyEncoding: 'binary', encoding: 'binary' } as const;
    const store: Store = open({
      ...{ path, readOnly, noSubdir: false, ...binary, mapSize: MAP_BYTES },
      // A commit is on the disk when it returns.
      overlappingSync: false,
    });
    this.#stores.set(environment, store);
    return store;
  }
}

class Snapshot implements MandateSnapshot {
  readonly version: bigint;
  readonly #store: Store;
  readonly #transaction: Transaction;
  #closed = false;

  constructor(store: Store) {
    this.#store = store;
    this.#transaction = freshRead(store);
    this.version = stateOf(this.#get(STATE_KEY)).version;
  }

  lookup(holder: Kbo, employer: Kbo): readonly Mandate[] {
    const value = this.#get(keyOf(holder, employer));
    return value === undefined ? [] : mandatesIn(value, holder, employer);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#transaction.done();
  }

  #get(key: Buffer): Buffer | undefined {
    return this.#store.get(key, { transaction: this.#transaction });
  }
}

/** Where nothing was ever loaded. */
export const NO_MANDATES: MandateSnapshot = { version: 0n, lookup: () => [], close: () => {} };

/** By holder and employer, twenty digits. */
type Pairs = ReadonlyMap<string, readonly Mandate[]>;

async function readMandates(file: string, problems: Problems): Promise<{ mandates: number; pairs: Pairs }> {
  const pairs = new Map<string, Mandate[]>();
  let line = 0;
  for await (const text of linesOf(file)) {
    line += 1;
    if (line === 1) {
      if (text === MANDATE_LINES_HEADER) continue;
      problems.add(1, `the first line must be ${MANDATE_LINES_HEADER}`);
      break; // a file of another kind: its lines would tell nothing
    }
    if (line > MAX_MANDATES) {
      problems.add(line, 'the file has too many lines; load it in parts, each with all mandates of its holders');
      break;
    }
    const parsed = text === undefined ? ['not UTF-8, or too long'] : parseMandateLine(text);
    if (!('holder' in parsed)) {
      for (const problem of parsed) problems.add(line, problem);
      continue;
    }
    const key = `${parsed.holder}${parsed.employer}`;
    const list = pairs.get(key) ?? [];
    if (list.length === 0) pairs.set(key, list);
    if (list.length >= MAX_OF_PAIR) problems.add(line, `more than ${MAX_OF_PAIR} mandates for one employer`);
    else list.push(parsed);
  }
  if (line === 0) problems.add(1, 'the file is empty');
  return { mandates: Math.max(0, line - 1), pairs };
}

/** @returns how many mandates went */
function removeHolder(store: Store, holder: string): number {
  const first = keyOf(holder, '0');
  const last = keyOf(holder, '9999999999');
  let removed = 0;
  for (const { key, value } of [...store.getRange({ start: first, end: last })]) {
    removed += value.toString('latin1').split('\n').length;
    store.removeSync(key);
  }
  return removed;
}

function keyOf(holder: string, employer: string): Buffer {
  const key = Buffer.alloc(2 * KBO_BYTES);
  key.writeUIntBE(Number(holder), 0, KBO_BYTES);
  key.writeUIntBE(Number(employer), KBO_BYTES, KBO_BYTES);
  return key;
}

/** A line for each mandate, as its file had it, without the two numbers. */
function packed(mandates: readonly Mandate[]): Buffer {
  const sorted = mandates.toSorted((one, other) => (one.period.begin < other.period.begin ? -1 : 1));
  const lines = sorted.map(({ flows, period }) => `${flows.join(' ')};${period.begin};${period.end ?? ''}`);
  return Buffer.from(lines.join('\n'), 'latin1');
}

function mandatesIn(value: Buffer, holder: Kbo, employer: Kbo): readonly Mandate[] {
  return value
    .toString('latin1')
    .split('\n')
    .map((line) => {
      const mandate = parseMandateLine(`${holder};${employer};${line}`);
      if (!('holder' in mandate)) throw new TypeError('the store of mandates is damaged');
      return mandate;
    });
}

function stateOf(value: Buffer | undefined): { readonly version: bigint; readonly mandates: number } {
  if (value === undefined) return { version: 0n, mandates: 0 };
  return { version: value.readBigUInt64BE(0), mandates: Number(value.readBigUInt64BE(8)) };
}

function stateValue(version: bigint, mandates: number): Buffer {
  const value = Buffer.alloc(STATE_BYTES);
  value.writeBigUInt64BE(version, 0);
  value.writeBigUInt64BE(BigInt(mandates), 8);
  return value;
}
