import { Misfit, type MisfitFacts } from './domain/misfit.ts';
import type { Doors } from './gateway-doors.ts';
import { type CurrentInForce, readyFrom } from './gateway-in-force.ts';
import type { TrustParts } from './gateway-trust.ts';
import type { GenerationPlan } from './gateway-worker.ts';

type Pending = { readonly generation: string; readonly commit: () => void; readonly discard: () => void };

/** Takes up generations in a worker, when its owner says so and no sooner. */
export class WorkerTakeUp {
  readonly #inForce: CurrentInForce;
  readonly #doors: Doors;
  readonly #trust: TrustParts;
  #pending: Pending | undefined;

  constructor(inForce: CurrentInForce, doors: Doors, trust: TrustParts) {
    this.#inForce = inForce;
    this.#doors = doors;
    this.#trust = trust;
  }

  /** @param plan a `GenerationPlan` of the owner. @returns what does not fit; nothing is left of it then */
  async prepare(plan: unknown): Promise<MisfitFacts | undefined> {
    await this.discard();
    try {
      this.#pending = await this.#ready(parsePlan(plan));
      return undefined;
    } catch (error) {
      if (error instanceof Misfit) return error.facts;
      throw error;
    }
  }

  /** @throws Error where this generation was not made ready here: this worker joined too late for it */
  async commit(generation: string): Promise<undefined> {
    const pending = this.#pending;
    if (pending?.generation !== generation) throw new Error(`generation ${generation} was not made ready`);
    this.#pending = undefined;
    pending.commit();
    return undefined;
  }

  async discard(): Promise<undefined> {
    this.#pending?.discard();
    this.#pending = undefined;
    return undefined;
  }

  async #ready({ settings, listeners }: GenerationPlan): Promise<Pending> {
    const { next, settle, discard } = await readyFrom(settings, this.#trust, this.#inForce.value);
    try {
      const doors = this.#doors.prepare(next, listeners);
      return {
        generation: settings.generation.id,
        commit: () => {
          this.#inForce.replace(next);
          doors.swap();
          settle();
        },
        discard: () => {
          doors.discard();
          discard();
        },
      };
    } catch (error) {
      discard();
      throw error;
    }
  }
}

/** The owner is a process of this gateway, of this version. */
function parsePlan(plan: unknown): GenerationPlan {
  return plan as GenerationPlan;
}
