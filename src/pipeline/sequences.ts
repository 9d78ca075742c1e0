import type { Delivery } from '../domain/delivery.ts';
import type { Ledger } from '../storage/ledger.ts';

type Of = Pick<Delivery, 'flow' | 'environment' | 'receiver'>;

/** Receivers whose next number is known by heart at most; of others the ledger is asked. */
const MOST_KNOWN = 10_000;

/**
 * Sequence numbers of deliveries, also of those whose commit is on its way. The ledger decides: a number that is not the next
 * one when its commit is done fails, and the batch asks again.
 */
export class Sequences {
  readonly #ledger: Ledger;
  /** The next number, where one before it was handed over. */
  readonly #known = new Map<string, number>();

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  async next({ flow, environment, receiver }: Of): Promise<number> {
    const known = this.#known.get(keyOf({ flow, environment, receiver }));
    return known ?? this.#ledger.read({ kind: 'nextSequence', flow, environment, receiver });
  }

  /** Their commit is handed over. */
  took(deliveries: readonly Delivery[]): void {
    // What is forgotten too early fails once, and is asked for again.
    if (this.#known.size > MOST_KNOWN) this.#known.clear();
    for (const delivery of deliveries) this.#known.set(keyOf(delivery), delivery.sequence + 1);
  }

  /** A commit failed: what was counted on top of it will fail as well. */
  failed(): void {
    this.#known.clear();
  }
}

function keyOf({ flow, environment, receiver }: Of): string {
  return `${flow}/${environment}/${receiver}`;
}
