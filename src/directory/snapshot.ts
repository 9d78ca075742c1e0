import type { Transaction } from 'lmdb';
import type { Insz } from '../domain/insz.ts';
import { inszOfKey, type PersonKey, personKey } from '../domain/person-key.ts';
import type { DirectorySnapshot, Person } from './directory.ts';
import { KEY_BYTES, Unpacker } from './pack.ts';
import { NO_STATS } from './stats.ts';
import { freshRead, readFast, type Store, statsOf } from './store.ts';

/** A load refuses a chain that comes back to itself; one this long means that the store is damaged. */
const MAX_CHAIN = 1000;

/** A read transaction: what is committed after it began is not seen. */
export class LmdbSnapshot implements DirectorySnapshot {
  readonly version: bigint;
  readonly #store: Store;
  readonly #release: () => void;
  readonly #transaction: Transaction;
  readonly #unpacker: Unpacker;
  readonly #key = Buffer.alloc(KEY_BYTES);
  #closed = false;

  /**
   * @param release called when the store is not needed any more
   * @param unpacker may be that of other snapshots: it keeps the words it made
   */
  constructor(store: Store, release: () => void = () => {}, unpacker: Unpacker = new Unpacker()) {
    this.#unpacker = unpacker;
    this.#store = store;
    this.#release = release;
    this.#transaction = freshRead(store.root);
    this.version = statsOf(store, this.#transaction).version;
  }

  lookup(person: Insz): Person | undefined {
    let found = this.#read(personKey(person));
    if (found === undefined || found.kind === 'cancelled') return undefined;
    if (found.kind === 'dossiers') return { insz: person, dossiers: found.dossiers };
    for (let hops = 0; hops < MAX_CHAIN; hops += 1) {
      const replacedBy: PersonKey = found.by;
      found = this.#read(replacedBy);
      if (found === undefined) break;
      if (found.kind === 'dossiers') {
        return { insz: person, replacedBy: inszOfKey(replacedBy), dossiers: found.dossiers };
      }
      // Cancelled after it took the place of another: nobody is known under either.
      if (found.kind === 'cancelled') return undefined;
    }
    throw new TypeError('the reference directory holds a chain of replaced numbers without an end');
  }

  packed(key: PersonKey): Buffer | undefined {
    this.#key.writeUInt32BE(key, 0);
    return readFast(this.#store.persons, this.#key, this.#transaction);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#transaction.done();
    this.#release();
  }

  #read(key: PersonKey): ReturnType<Unpacker['unpack']> | undefined {
    const value = this.packed(key);
    return value === undefined ? undefined : this.#unpacker.unpack(value, value.length);
  }
}

/** The directory that nothing was ever loaded into. */
export const EMPTY_SNAPSHOT: DirectorySnapshot = {
  version: NO_STATS.version,
  lookup: (): Person | undefined => undefined,
  close: () => {},
};
