import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { changedLayer, layerOf } from './flat-base.ts';
import { EMPTY_LAYER } from './flat-builder.ts';
import { FlatDirectory, type FlatLayer, personsOf } from './flat-directory.ts';
import { newestBase, readFlatFile } from './flat-file.ts';
import type { FlatWork } from './flat-worker.ts';
import { freshRead, type Store, statsOf } from './store.ts';

export type FlatLimits = {
  /** A directory of up to so many persons is read from the store itself: that takes a second. */
  readonly smallPersons: number;
  /** From so many changed persons on a new base is worth its half minute in the background. */
  readonly manyChanged: number;
};

export const FLAT_LIMITS: FlatLimits = { smallPersons: 200_000, manyChanged: 100_000 };

type Base = { readonly store: string; readonly version: bigint; readonly layer: FlatLayer };

/** The base this thread has in memory, and the thread that makes the next one. */
export class FlatBases {
  #base: Base | undefined;
  #last: FlatDirectory | undefined;
  #building: Promise<unknown> | undefined;
  readonly #limits: FlatLimits;

  constructor(limits: FlatLimits = FLAT_LIMITS) {
    this.#limits = limits;
  }

  /**
   * @param folder of the environment
   * @returns undefined where there is no base, or the directory has more institutions or qualities than a base has codes for
   */
  async flat(store: Store, folder: string): Promise<FlatDirectory | undefined> {
    try {
      return await this.#flat(store, folder);
    } catch (error) {
      if (error instanceof RangeError) return undefined;
      throw error;
    }
  }

  async #flat(store: Store, folder: string): Promise<FlatDirectory | undefined> {
    const transaction = freshRead(store.root);
    try {
      const stats = statsOf(store, transaction);
      const last = this.#last;
      if (last !== undefined && this.#base?.store === store.name && last.version === stats.version) return last;
      const base = await this.#read(store, stats.version);
      if (base === undefined && stats.persons > this.#limits.smallPersons) {
        this.#build(store, folder);
        return undefined;
      }
      this.#base = base ?? { store: store.name, version: stats.version, layer: layerOf(store, transaction) };
      const { version, layer } = this.#base;
      const changed = version === stats.version ? EMPTY_LAYER : changedLayer(store, version, transaction);
      if (personsOf(changed) > this.#limits.manyChanged) this.#build(store, folder);
      this.#last = new FlatDirectory({ version: stats.version, base: layer, changed });
      return this.#last;
    } finally {
      transaction.done();
    }
  }

  async close(): Promise<void> {
    await this.#building;
    this.#base = undefined;
    this.#last = undefined;
  }

  /** The newest base up to a version; the one in memory where there is none newer on disk. */
  async #read(store: Store, version: bigint): Promise<Base | undefined> {
    const newest = newestBase(store.path, version);
    const known = this.#base?.store === store.name ? this.#base : undefined;
    if (newest === undefined || (known !== undefined && known.version >= newest)) return known;
    // Let go of the one before first: two of them are 3 GB. A batch that still uses it keeps it.
    this.#base = undefined;
    this.#last = undefined;
    return { store: store.name, version: newest, layer: await readFlatFile(store.path, newest) };
  }

  /** A failed try leaves everything as it is; the next large batch begins another. */
  #build(store: Store, folder: string): void {
    if (this.#building !== undefined) return;
    const workerData: FlatWork = { folder, name: store.name };
    const worker = new Worker(new URL('./flat-worker.ts', import.meta.url), { workerData });
    this.#building = once(worker, 'exit')
      .catch(() => undefined)
      .finally(() => {
        this.#building = undefined;
      });
  }
}
