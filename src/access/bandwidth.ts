import type { Clock } from '../domain/clock.ts';
import type { Current } from '../domain/current.ts';
import { type Bandwidth, bytesPerSecond, type Direction } from '../domain/partner.ts';
import type { PartnerId } from '../domain/principal.ts';

/** Where it is decided how much of a partner may pass; in another process, that is asked. */
export type Buckets = {
  /** Waits until some of so many bytes may pass. @returns how many, at least 1 */
  take(partner: PartnerId, direction: Direction, bytes: number): Promise<number>;
};

export type BandwidthOf = (partner: PartnerId) => Bandwidth | undefined;

type BucketParts = {
  readonly bandwidthOf: BandwidthOf;
  readonly clock: Pick<Clock, 'monotonic'>;
  /** Tests pass their own. */
  readonly later?: ((run: () => void, ms: number) => void) | undefined;
};

/** What one connection is given before the next has its turn: what the line carries in this time, within these bounds. */
const QUANTUM_MS = 50;
const [MIN_QUANTUM_BYTES, MAX_QUANTUM_BYTES] = [1024, 64 * 1024] as const;
/** After a pause so much of a second may pass at once. */
const BURST_SECONDS = 0.5;
/** A new value of the configuration counts after this at the latest. */
const MAX_WAIT_MS = 200;

/**
 * One bucket for each partner and direction, over all its connections (DESIGN: slices of 128 kbit/s). Those that wait are
 * served in turn, a little each, so that many connections of a partner get no more than one does, and share it evenly.
 */
export class TokenBuckets implements Buckets {
  readonly #parts: BucketParts;
  readonly #buckets = new Map<string, Bucket>();

  constructor(parts: BucketParts) {
    this.#parts = parts;
  }

  take(partner: PartnerId, direction: Direction, bytes: number): Promise<number> {
    const key = `${partner} ${direction}`;
    const existing = this.#buckets.get(key);
    if (existing !== undefined) return existing.take(bytes);
    const { bandwidthOf, clock, later = laterOn } = this.#parts;
    const bucket = new Bucket(() => bytesPerSecond(bandwidthOf(partner), direction), clock, later);
    this.#buckets.set(key, bucket);
    return bucket.take(bytes);
  }
}

type Waiting = { readonly bytes: number; readonly go: (granted: number) => void };

class Bucket {
  readonly #rate: () => number | undefined;
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #later: (run: () => void, ms: number) => void;
  #waiting: Waiting[] = [];
  #tokens: number;
  #at: number;
  #isTimed = false;

  constructor(
    rate: () => number | undefined,
    clock: Pick<Clock, 'monotonic'>,
    later: (run: () => void, ms: number) => void,
  ) {
    this.#rate = rate;
    this.#clock = clock;
    this.#later = later;
    this.#at = clock.monotonic();
    this.#tokens = burstOf(rate() ?? 0);
  }

  take(bytes: number): Promise<number> {
    return new Promise((go) => {
      this.#waiting.push({ bytes, go });
      this.#serve();
    });
  }

  #serve(): void {
    const rate = this.#rate();
    if (rate === undefined) {
      for (const { bytes, go } of this.#waiting.splice(0)) go(bytes);
      return;
    }
    const now = this.#clock.monotonic();
    this.#tokens = Math.min(burstOf(rate), this.#tokens + ((now - this.#at) * rate) / 1000);
    this.#at = now;
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      const portion = Math.min(next.bytes, quantumOf(rate));
      if (portion > this.#tokens) break;
      this.#tokens -= portion;
      this.#waiting.shift();
      next.go(portion);
    }
    this.#comeBack(rate);
  }

  #comeBack(rate: number): void {
    const next = this.#waiting[0];
    if (next === undefined || this.#isTimed) return;
    this.#isTimed = true;
    const missing = Math.min(next.bytes, quantumOf(rate)) - this.#tokens;
    const ms = Math.min(MAX_WAIT_MS, Math.max(1, Math.ceil((missing * 1000) / rate)));
    this.#later(() => {
      this.#isTimed = false;
      this.#serve();
    }, ms);
  }
}

function quantumOf(rate: number): number {
  return Math.min(MAX_QUANTUM_BYTES, Math.max(MIN_QUANTUM_BYTES, Math.floor((rate * QUANTUM_MS) / 1000)));
}

function burstOf(rate: number): number {
  return Math.max(MIN_QUANTUM_BYTES, Math.floor(rate * BURST_SECONDS));
}

function laterOn(run: () => void, ms: number): void {
  setTimeout(run, ms).unref();
}

/** Counts what a partner sends and gets. */
export type CountsTraffic = { add(partner: PartnerId, direction: Direction, bytes: number): void };

/** The gate that bytes of all protocols pass: counted, and held back where the contract of the partner says so. */
export class Traffic {
  readonly #bandwidthOf: BandwidthOf;
  readonly #buckets: Buckets;
  readonly #usage: CountsTraffic;

  constructor(bandwidthOf: BandwidthOf, buckets: Buckets, usage: CountsTraffic) {
    this.#bandwidthOf = bandwidthOf;
    this.#buckets = buckets;
    this.#usage = usage;
  }

  /** @returns what to wait for before the next bytes; undefined where nothing holds them back */
  pass(partner: PartnerId, direction: Direction, bytes: number): Promise<void> | undefined {
    this.#usage.add(partner, direction, bytes);
    if (bytesPerSecond(this.#bandwidthOf(partner), direction) === undefined) return undefined;
    return this.#wait(partner, direction, bytes);
  }

  async #wait(partner: PartnerId, direction: Direction, bytes: number): Promise<void> {
    for (let left = bytes; left > 0; ) left -= await this.#buckets.take(partner, direction, left);
  }
}

/** The contract of each partner, by the generation in force. */
export function bandwidthIn(
  generation: Current<{
    readonly partners: readonly { readonly id: PartnerId; readonly bandwidth?: Bandwidth | undefined }[];
  }>,
): BandwidthOf {
  return (partner) => generation.value.partners.find(({ id }) => id === partner)?.bandwidth;
}
