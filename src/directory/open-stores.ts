import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { takeOverEarlier } from './earlier-store.ts';
import { currentName, openStore, putInForce, type Store } from './store.ts';

const FIRST_STORE = 'store-1';
/** A load may put another store in force between two looks; more often than this in a row it does not. */
const TRIES = 5;

type Held = { readonly store: Store; users: number };

/**
 * The store in force of one environment, as this thread has it open. A store that a load took out of force stays open
 * until its last snapshot is closed.
 */
export class OpenStores {
  readonly folder: string;
  readonly #held = new Map<string, Held>();

  constructor(folder: string) {
    this.folder = folder;
  }

  /** The store in force; undefined before the first load. It may be closed when another comes in force, unless held. */
  current(): Store | undefined {
    for (let tries = 1; ; tries += 1) {
      const name = currentName(this.folder) ?? takeOverEarlier(this.folder, FIRST_STORE);
      if (name === undefined) return undefined;
      try {
        return this.#open(name).store;
      } catch (error) {
        // It went out of force and away since its name was read.
        if (tries === TRIES || currentName(this.folder) === name) throw error;
      }
    }
  }

  /** The store in force, made where there is none. */
  async forWriting(): Promise<Store> {
    const current = this.current();
    if (current !== undefined) return current;
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    await openStore(this.folder, FIRST_STORE).root.close();
    putInForce(this.folder, FIRST_STORE);
    return this.#open(FIRST_STORE).store;
  }

  /** Keeps a store open until the answer is called. */
  hold(store: Store): () => void {
    const held = this.#held.get(store.name);
    if (held === undefined) throw new TypeError('a store that is not open');
    held.users += 1;
    let isHeld = true;
    return () => {
      if (isHeld) held.users -= 1;
      isHeld = false;
    };
  }

  async close(): Promise<void> {
    const stores = [...this.#held.values()];
    this.#held.clear();
    for (const { store } of stores) await store.root.close();
  }

  #open(name: string): Held {
    const known = this.#held.get(name);
    if (known !== undefined) return known;
    if (!existsSync(join(this.folder, name, 'data.mdb'))) throw new TypeError(`the store ${name} is not there`);
    const held = { store: openStore(this.folder, name), users: 0 };
    this.#held.set(name, held);
    for (const [other, { store, users }] of this.#held) {
      if (other === name || users > 0) continue;
      this.#held.delete(other);
      void store.root.close();
    }
    return held;
  }
}
