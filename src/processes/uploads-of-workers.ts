import type { VPath } from '../domain/vpath.ts';
import { type Elsewhere, NOWHERE_ELSE } from '../vfs/elsewhere.ts';
import type { PartialState } from '../vfs/files.ts';
import type { ToWorker } from './messages.ts';

type OfWorker = { readonly worker: ToWorker; readonly paths: Map<VPath, number>; readonly parts: Set<string> };

/** Which workers have uploads under way, by what they tell. Those of a worker that is gone are forgotten with it. */
export class UploadsOfWorkers implements Elsewhere {
  readonly #workers = new Map<ToWorker, OfWorker>();
  // Nobody else needs to know what the owner itself takes in.
  readonly began = NOWHERE_ELSE.began;
  readonly ended = NOWHERE_ELSE.ended;
  readonly partsBegan = NOWHERE_ELSE.partsBegan;
  readonly partsEnded = NOWHERE_ELSE.partsEnded;

  isBeingWritten(path: VPath): boolean {
    return [...this.#workers.values()].some(({ paths }) => paths.has(path));
  }

  supersede(key: string): Promise<void> {
    return this.supersedeFor(undefined, key);
  }

  held(key: string): Promise<PartialState | undefined> {
    return this.heldFor(undefined, key);
  }

  /** @param asking the worker that goes on with the upload itself */
  async supersedeFor(asking: ToWorker | undefined, key: string): Promise<void> {
    for (const worker of this.#holders(asking, key)) await worker.call('parts.supersede', key);
  }

  async heldFor(asking: ToWorker | undefined, key: string): Promise<PartialState | undefined> {
    for (const worker of this.#holders(asking, key)) {
      const state = await worker.call('parts.held', key);
      if (state !== undefined) return state;
    }
    return undefined;
  }

  /** What one worker tells. */
  of(worker: ToWorker) {
    const own: OfWorker = { worker, paths: new Map(), parts: new Set() };
    this.#workers.set(worker, own);
    return {
      began: (path: VPath) => void own.paths.set(path, (own.paths.get(path) ?? 0) + 1),
      ended: (path: VPath) => {
        const left = (own.paths.get(path) ?? 1) - 1;
        if (left === 0) own.paths.delete(path);
        else own.paths.set(path, left);
      },
      partsBegan: (key: string) => void own.parts.add(key),
      partsEnded: (key: string) => void own.parts.delete(key),
      gone: () => void this.#workers.delete(worker),
    };
  }

  #holders(asking: ToWorker | undefined, key: string): readonly ToWorker[] {
    return [...this.#workers.values()]
      .filter(({ worker, parts }) => worker !== asking && parts.has(key))
      .map(({ worker }) => worker);
  }
}
