import { within } from './within.ts';

/** The place of a job behind others of its turn. */
export type Place = {
  /** The key of the job right before it, had that not ended when this one came; undefined where it is the first. */
  readonly behind: string | undefined;
  /** Settled when the job before has ended. Never rejects, as the next does not. */
  readonly ended: Promise<void>;
  /** Settled when the job before has handed its commit to the ledger, which takes commits in this order, or has ended. */
  readonly handedOver: Promise<void>;
  /** To be called when this job has handed over its own. */
  handOver(): void;
};

type Link = {
  readonly key: string;
  readonly isShort: boolean;
  readonly ended: PromiseWithResolvers<void>;
  readonly handedOver: PromiseWithResolvers<void>;
  /** Until this one ends, unless it is withdrawn. */
  before: Link | undefined;
  isWithdrawn: boolean;
};

/** A job in its turn: when it may begin, its place, and what is to be called when it has ended. */
export type InTurn = {
  readonly begin: Promise<void>;
  readonly place: Place;
  readonly end: () => void;
  /** In place of `end`: it was never there; those behind it are behind the one before it. */
  readonly withdraw: () => void;
};

/** Jobs by turn, in the order they came. */
export class Turns {
  readonly #ahead: number;
  readonly #turns = new Map<string, Link[]>();

  /** @param ahead so many jobs of one turn may have begun and not ended */
  constructor(ahead: number) {
    this.#ahead = ahead;
  }

  /** Whether a job that enters now may begin, and all before it are short. */
  isShort(turn: string): boolean {
    const links = this.#turns.get(turn) ?? [];
    return links.length < this.#ahead && links.every(({ isShort }) => isShort);
  }

  /** @param isShort nobody behind it waits for long */
  enter(turn: string, key: string, isShort = false): InTurn {
    const links = this.#turns.get(turn) ?? [];
    const link: Link = {
      ...{ key, isShort, before: links.at(-1), isWithdrawn: false },
      ended: Promise.withResolvers<void>(),
      handedOver: Promise.withResolvers<void>(),
    };
    const begin = links.at(-this.#ahead)?.ended.promise ?? Promise.resolve();
    links.push(link);
    this.#turns.set(turn, links);
    const leave = () => {
      links.splice(links.indexOf(link), 1);
      if (links.length === 0) this.#turns.delete(turn);
    };
    return {
      begin,
      place: placeOf(link),
      end: () => {
        link.before = undefined;
        link.handedOver.resolve();
        link.ended.resolve();
        leave();
      },
      withdraw: () => {
        link.isWithdrawn = true;
        link.handedOver.resolve(link.before?.handedOver.promise);
        link.ended.resolve(link.before?.ended.promise);
        leave();
      },
    };
  }
}

function placeOf(link: Link): Place {
  const behind = link.before;
  return {
    get behind() {
      let before = behind;
      while (before?.isWithdrawn) before = before.before;
      return before?.key;
    },
    ended: behind?.ended.promise ?? Promise.resolve(),
    handedOver: behind?.handedOver.promise ?? Promise.resolve(),
    handOver: () => link.handedOver.resolve(),
  };
}

/** Waits until the job before has handed over. @returns false where that takes longer, in milliseconds */
export async function isReached({ handedOver }: Place, mostMs?: number): Promise<boolean> {
  const reached = handedOver.then(() => true);
  return mostMs === undefined ? reached : ((await within(reached, mostMs)) ?? false);
}
