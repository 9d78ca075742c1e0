import { randomBytes } from 'node:crypto';
import type { Clock } from '../domain/clock.ts';
import type { VPath } from '../domain/vpath.ts';

/** How long a selection can be fetched. */
export const SELECTION_MS = 60_000;
const MAX_SELECTIONS = 1_000;
const MAX_OF_OWNER = 20;
const ID_BYTES = 18;

/** Files that somebody is about to fetch together, by another request than the one that named them. */
export type SelectionDesk = {
  /** @param owner who alone can fetch them @returns undefined where there are too many already */
  put(owner: string, paths: readonly VPath[]): Promise<string | undefined>;
  /** Undefined where it has ended, was never there, or is somebody else's. */
  get(owner: string, id: string): Promise<readonly VPath[] | undefined>;
};

type Kept = { readonly owner: string; readonly paths: readonly VPath[]; readonly until: number };

/** Kept in the memory of the process that owns the gateway: who is late selects anew. */
export class Selections implements SelectionDesk {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #kept = new Map<string, Kept>();

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  async put(owner: string, paths: readonly VPath[]): Promise<string | undefined> {
    const now = this.#clock.now();
    for (const [id, { until }] of this.#kept) if (until <= now) this.#kept.delete(id);
    const own = [...this.#kept.values()].filter((one) => one.owner === owner).length;
    if (this.#kept.size >= MAX_SELECTIONS || own >= MAX_OF_OWNER) return undefined;
    const id = randomBytes(ID_BYTES).toString('base64url');
    this.#kept.set(id, { owner, paths, until: now + SELECTION_MS });
    return id;
  }

  async get(owner: string, id: string): Promise<readonly VPath[] | undefined> {
    const found = this.#kept.get(id);
    return found?.owner === owner && found.until > this.#clock.now() ? found.paths : undefined;
  }
}
