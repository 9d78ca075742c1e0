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
  readonly ended: PromiseWithResolvers<void>;
  readonly handedOver: PromiseWithResolvers<void>;
};

/** A job in its turn: when it may begin, its place, and what is to be called when it has ended. */
export type InTurn = { readonly begin: Promise<void>; readonly place: Place; readonly end: () => void };

/** Jobs by turn, in the order they came. */
export class Turns {
  readonly #ahead: number;
  readonly #turns = new Map<string, Link[]>();

  /** @param ahead so many jobs of one turn may have begun and not ended */
  constructor(ahead: number) {
    this.#ahead = ahead;
  }

  enter(turn: string, key: string): InTurn {
    const links = this.#turns.get(turn) ?? [];
    const link: Link = { key, ended: Promise.withResolvers<void>(), handedOver: Promise.withResolvers<void>() };
    const before = links.at(-1);
    const begin = links.at(-this.#ahead)?.ended.promise ?? Promise.resolve();
    links.push(link);
    this.#turns.set(turn, links);
    return {
      begin,
      place: {
        behind: before?.key,
        ended: before?.ended.promise ?? Promise.resolve(),
        handedOver: before?.handedOver.promise ?? Promise.resolve(),
        handOver: () => link.handedOver.resolve(),
      },
      end: () => {
        link.handedOver.resolve();
        link.ended.resolve();
        links.splice(links.indexOf(link), 1);
        if (links.length === 0) this.#turns.delete(turn);
      },
    };
  }
}
