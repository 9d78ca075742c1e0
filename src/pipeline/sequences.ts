import type { Delivery } from '../domain/delivery.ts';
import type { Ledger } from '../storage/ledger.ts';

type Of = Pick<Delivery, 'flow' | 'environment' | 'receiver'>;

/**
 * Sequence numbers of deliveries, also of those whose commit is on its way. The ledger decides: a number that is not the next
 * one when its commit is done fails, and the batch asks again.
 */
export class Sequences {
  readonly #ledger: Ledger;
  /** The next number, where numbers before it were handed over and not yet committed. */
  readonly #pending = new Map<string, number>();

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  async next({ flow, environment, receiver }: Of): Promise<number> {
    const pending = this.#pending.get(keyOf({ flow, environment, receiver }));
    return pending ?? this.#ledger.read({ kind: 'nextSequence', flow, environment, receiver });
  }

  /** Their commit is handed over. */
  took(deliveries: readonly Delivery[]): void {
    for (const delivery of deliveries) this.#pending.set(keyOf(delivery), delivery.sequence + 1);
  }

  /** They are committed: the ledger knows them now. */
  committed(deliveries: readonly Delivery[]): void {
    for (const delivery of deliveries) {
      const key = keyOf(delivery);
      if (this.#pending.get(key) === delivery.sequence + 1) this.#pending.delete(key);
    }
  }

  /** A commit failed: what was counted on top of it will fail as well. */
  failed(): void {
    this.#pending.clear();
  }
}

function keyOf({ flow, environment, receiver }: Of): string {
  return `${flow}/${environment}/${receiver}`;
}
