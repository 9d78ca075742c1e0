import type { Clock } from '../domain/clock.ts';
import type { PartnerId } from '../domain/principal.ts';

const MS_PER_HOUR = 3_600_000;

type Bucket = { bytes: number; at: number };

/**
 * How much each partner may simulate: in `/INTEST-S` and by dry runs together. Both answer by the real directory without a
 * delivery that anybody would see, so their rate is what keeps them from being a way to ask for persons.
 */
export class SimulationMeter {
  readonly #clock: Clock;
  readonly #bytesPerHour: () => number;
  readonly #buckets = new Map<PartnerId, Bucket>();

  constructor(clock: Clock, bytesPerHour: () => number) {
    this.#clock = clock;
    this.#bytesPerHour = bytesPerHour;
  }

  /**
   * Takes so many bytes off what the partner has left. One that has anything left may have a file of any size; what it takes
   * too much is waited for by the next.
   * @returns 0 where they were taken, else the milliseconds until something is left
   */
  take(partner: PartnerId, bytes: number): number {
    const most = this.#bytesPerHour();
    const now = this.#clock.monotonic();
    const bucket = this.#buckets.get(partner) ?? { bytes: most, at: now };
    const left = Math.min(most, bucket.bytes + ((now - bucket.at) / MS_PER_HOUR) * most);
    if (left <= 0) return Math.ceil(((1 - left) / most) * MS_PER_HOUR);
    this.#buckets.set(partner, { bytes: left - bytes, at: now });
    return 0;
  }
}
