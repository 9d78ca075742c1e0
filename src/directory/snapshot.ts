import type { RootDatabase, Transaction } from 'lmdb';
import type { Insz } from '../domain/insz.ts';
import type { DirectorySnapshot, Person } from './directory.ts';
import { KEY_BYTES, keyOf, Unpacker } from './pack.ts';
import { NO_STATS, readStats, STATS_KEY } from './stats.ts';

/** A load refuses a chain that comes back to itself; one this long means that the store is damaged. */
const MAX_CHAIN = 1000;

/** A read transaction: what is committed after it began is not seen. */
export class LmdbSnapshot implements DirectorySnapshot {
  readonly version: bigint;
  readonly #store: RootDatabase<Buffer, Buffer>;
  readonly #transaction: Transaction;
  readonly #unpacker = new Unpacker();
  readonly #key = Buffer.alloc(KEY_BYTES);
  #closed = false;

  constructor(store: RootDatabase<Buffer, Buffer>) {
    this.#store = store;
    this.#transaction = store.useReadTransaction();
    this.version = readStats(this.#get(STATS_KEY)).version;
  }

  lookup(person: Insz): Person | undefined {
    this.#key.writeUIntBE(Number(person), 0, KEY_BYTES);
    let found = this.#read(this.#key);
    if (found === undefined) return undefined;
    if (found.kind === 'dossiers') return { insz: person, dossiers: found.dossiers };
    for (let hops = 0; hops < MAX_CHAIN; hops += 1) {
      const replacedBy: Insz = found.by;
      found = this.#read(keyOf(replacedBy));
      if (found === undefined) break;
      if (found.kind === 'dossiers') return { insz: person, replacedBy, dossiers: found.dossiers };
    }
    throw new TypeError('the reference directory holds a chain of replaced numbers without an end');
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#transaction.done();
  }

  #read(key: Buffer): ReturnType<Unpacker['unpack']> | undefined {
    const value = this.#get(key);
    return value === undefined ? undefined : this.#unpacker.unpack(value, value.length);
  }

  /** The answer is valid until the next get. */
  #get(key: Buffer): Buffer | undefined {
    return this.#store.get(key, { transaction: this.#transaction });
  }
}

/** The directory that nothing was ever loaded into. */
export const EMPTY_SNAPSHOT: DirectorySnapshot = {
  version: NO_STATS.version,
  lookup: (): Person | undefined => undefined,
  close: () => {},
};
