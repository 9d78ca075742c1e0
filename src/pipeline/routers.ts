import type { Authorization, LayoutVersion } from '../domain/flow.ts';
import type { BatchTask } from './batch.ts';
import { Router } from './route.ts';

/** Routers of one generation that are kept; small batches of one sender need the same ones again and again. */
const MOST_ROUTERS = 64;

/** What a router is made of that batches of one flow and generation have in common: the very same objects. */
export type Shared = Pick<BatchTask, 'flow' | 'sectors' | 'receivers' | 'authorizations'>;
type Kept = { readonly shared: Shared; readonly routers: Map<string, Router> };

/** The routers of a thread, made once for all batches that share their generation, sender, layout and acts. */
export class Routers {
  readonly #kept = new WeakMap<BatchTask['receivers'], Kept>();

  of(task: BatchTask, layout: LayoutVersion, acts: readonly Authorization[]): Router {
    const known = this.#kept.get(task.receivers);
    const kept = known !== undefined && isShared(known.shared, task) ? known : this.#begin(task);
    const { partner, purposes = [] } = task.sender;
    const key = JSON.stringify([partner, purposes, layout.version, acts.map(({ id, version }) => [id, version])]);
    const router = kept.routers.get(key) ?? new Router(task, layout, acts);
    if (kept.routers.size >= MOST_ROUTERS) kept.routers.clear();
    kept.routers.set(key, router);
    return router;
  }

  #begin(task: BatchTask): Kept {
    const kept: Kept = { shared: sharedOf(task), routers: new Map() };
    this.#kept.set(task.receivers, kept);
    return kept;
  }
}

export function sharedOf({ flow, sectors, receivers, authorizations }: BatchTask): Shared {
  return { flow, sectors, receivers, authorizations };
}

export function isShared(shared: Shared, task: BatchTask): boolean {
  const { flow, sectors, receivers, authorizations } = shared;
  if (flow !== task.flow || sectors !== task.sectors) return false;
  return receivers === task.receivers && authorizations === task.authorizations;
}
