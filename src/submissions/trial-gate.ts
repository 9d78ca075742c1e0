import { type PartnerId, type Principal, principalName } from '../domain/principal.ts';
import type { SimulationMeter } from '../pipeline/simulation-meter.ts';
import type { MustWait } from './dry-run.ts';

/** Dry runs at once of one person or machine. */
const MOST_OF_PRINCIPAL = 2;
/** Dry runs at once of all accounts of one partner. */
const MOST_OF_PARTNER = 4;
/** Nobody knows how long those that run still take. */
const BUSY_WAIT_MS = 5_000;

/** Where a dry run was let in. */
export type TrialPass = {
  /** Once its content is gone. More than once does nothing. */
  readonly leave: () => void;
};

/** Whether a dry run may begin, asked before a byte of it is stored. */
export type TrialEntry = {
  /** @param bytes of the file, which count then; undefined where nobody knows yet: they count when it is judged */
  readonly enter: (principal: Principal, bytes: number | undefined) => Promise<TrialPass | MustWait>;
};

/** Holds the dry runs of each principal and each partner to a few at once, and all of them to the rate of simulation. */
export class TrialGate implements TrialEntry {
  readonly #meter: Pick<SimulationMeter, 'take'>;
  readonly #ofPrincipal = new Map<string, number>();
  readonly #ofPartner = new Map<PartnerId, number>();

  constructor(meter: Pick<SimulationMeter, 'take'>) {
    this.#meter = meter;
  }

  async enter(principal: Principal, bytes: number | undefined): Promise<TrialPass | MustWait> {
    const [name, { partner }] = [principalName(principal), principal];
    const isFull =
      (this.#ofPrincipal.get(name) ?? 0) >= MOST_OF_PRINCIPAL || (this.#ofPartner.get(partner) ?? 0) >= MOST_OF_PARTNER;
    if (isFull) return { waitMs: BUSY_WAIT_MS };
    const waitMs = this.#meter.take(partner, bytes ?? 0);
    if (waitMs > 0) return { waitMs };
    add(this.#ofPrincipal, name, 1);
    add(this.#ofPartner, partner, 1);
    let isIn = true;
    const leave = () => {
      if (!isIn) return;
      isIn = false;
      add(this.#ofPrincipal, name, -1);
      add(this.#ofPartner, partner, -1);
    };
    return { leave };
  }
}

function add<Key>(counts: Map<Key, number>, key: Key, more: 1 | -1): void {
  const count = (counts.get(key) ?? 0) + more;
  if (count > 0) counts.set(key, count);
  else counts.delete(key);
}
