import type { Clock } from '../domain/clock.ts';

/**
 * Handshakes of strangers that may begin each second, all listeners together. One costs the serving thread 2 to 5 ms, so
 * that they take a fifth of it at most; who is admitted gives back what he took, so honest strangers do not slow each other.
 */
const PER_SECOND = 50;
/** So many may begin at once after a pause. They share a turn of the event loop, and everybody else waits for its end. */
const AT_ONCE = 4;
/** Who was admitted comes before strangers for so long: who comes every week is known. */
const KNOWN_MS = 8 * 24 * 3600 * 1000;
const MAX_KNOWN = 10_000;
/** A slot becomes free at the end of another handshake, which is told, or because that one is slow, which is not. */
const LOOK_AGAIN_MS = 100;

/** `known`: somebody was admitted from there lately. `failed`: nobody was, and somebody was refused. */
type Rank = 'known' | 'new' | 'failed';

/** Whose turn it is, over and over; where nobody of that rank waits, the first of the others in the order of `RANKS`. */
const TURNS: readonly Rank[] = ['known', 'new', 'known', 'new', 'failed'];
const RANKS: readonly Rank[] = ['known', 'new', 'failed'];

export type HandshakeOrderParts = {
  readonly clock: Pick<Clock, 'monotonic'>;
  /** Whether it failed lately. */
  readonly hasFailed: (address: string) => boolean;
  readonly maxKnown?: number | undefined;
};

/** A connection that has something to say. */
export type Waiting = {
  /** Whether there is a slot for it now; asked again until there is. */
  mayBegin(): boolean;
  begin(): void;
};

/** A handshake that waits for its turn, or has begun. */
export type Turn = {
  /** Somebody is at the other end, and what the handshake took is given back. */
  admitted(): void;
  /** Gone; it does not begin any more. May be called again. */
  left(): void;
};

/**
 * The order in which handshakes begin, since each is work for the one thread that serves everybody. An address from which
 * somebody came in, and that has not failed since, does not wait. All others share a bounded rate, address by address.
 * Addresses are as `addressKey` has them.
 */
export class HandshakeOrder {
  readonly #parts: HandshakeOrderParts;
  /** When somebody was admitted last; the one longest ago is the first. */
  readonly #known = new Map<string, number>();
  /** The address that waits longest for a turn is the first. */
  readonly #waiting = new Map<string, Set<Waiting>>();
  #ready = AT_ONCE;
  #readyAt = 0;
  #turns = 0;
  #timer: NodeJS.Timeout | undefined;
  #going = false;

  constructor(parts: HandshakeOrderParts) {
    this.#parts = parts;
  }

  /** Begins it when it may begin, at once where nothing stands in the way. */
  ask(address: string, who: Waiting): Turn {
    let hasTaken = false;
    const waiting: Waiting = {
      mayBegin: () => who.mayBegin(),
      begin: () => {
        hasTaken = true;
        who.begin();
      },
    };
    const turn: Turn = {
      admitted: () => {
        this.#remember(address);
        if (hasTaken) this.#ready = Math.min(AT_ONCE, this.#refilled() + 1);
        hasTaken = false;
      },
      left: () => {
        this.#forget(address, waiting);
        this.#go();
      },
    };
    if (this.goesFirst(address) && who.mayBegin()) {
      who.begin();
      return turn;
    }
    this.#waiting.set(address, (this.#waiting.get(address) ?? new Set()).add(waiting));
    this.#go();
    return turn;
  }

  goesFirst(address: string): boolean {
    return this.isKnown(address) && !this.#parts.hasFailed(address);
  }

  /** Whether somebody was admitted from there lately. */
  isKnown(address: string): boolean {
    const at = this.#known.get(address);
    return at !== undefined && this.#parts.clock.monotonic() - at < KNOWN_MS;
  }

  /** Addresses that are remembered, for tests of the bound. */
  get remembered(): number {
    return this.#known.size;
  }

  #remember(address: string): void {
    this.#known.delete(address);
    this.#known.set(address, this.#parts.clock.monotonic());
    const [oldest] = this.#known.keys();
    if (this.#known.size > (this.#parts.maxKnown ?? MAX_KNOWN) && oldest !== undefined) this.#known.delete(oldest);
  }

  #forget(address: string, waiting: Waiting): void {
    const own = this.#waiting.get(address);
    own?.delete(waiting);
    if (own?.size === 0) this.#waiting.delete(address);
  }

  /** Begins what may begin now, and comes back for the rest. */
  #go(): void {
    if (this.#going) return; // what begins or gives way may end others
    this.#going = true;
    try {
      this.#ready = this.#refilled();
      while (this.#ready >= 1 && this.#waiting.size > 0) {
        const next = this.#next();
        if (next === undefined) break;
        this.#ready -= 1;
        next.begin();
      }
    } finally {
      this.#going = false;
    }
    this.#comeBack();
  }

  #comeBack(): void {
    clearTimeout(this.#timer);
    if (this.#waiting.size === 0) return;
    const ms = this.#ready < 1 ? Math.ceil(((1 - this.#ready) * 1000) / PER_SECOND) : LOOK_AGAIN_MS;
    this.#timer = setTimeout(() => this.#go(), ms);
  }

  #refilled(): number {
    const now = this.#parts.clock.monotonic();
    const more = ((now - this.#readyAt) * PER_SECOND) / 1000;
    this.#readyAt = now;
    return Math.min(AT_ONCE, this.#ready + more);
  }

  #next(): Waiting | undefined {
    const first = new Map<Rank, { readonly address: string; readonly waiting: Waiting }>();
    for (const [address, own] of this.#waiting) {
      const rank = this.#rankOf(address);
      if (first.has(rank)) continue;
      const waiting = [...own].find((one) => one.mayBegin());
      if (waiting !== undefined) first.set(rank, { address, waiting });
    }
    const turn = TURNS[this.#turns % TURNS.length] ?? 'new';
    const next = [turn, ...RANKS].map((rank) => first.get(rank)).find((one) => one !== undefined);
    if (next === undefined) return undefined;
    this.#turns += 1;
    const own = this.#waiting.get(next.address);
    this.#forget(next.address, next.waiting);
    if (own !== undefined && this.#waiting.delete(next.address)) this.#waiting.set(next.address, own); // behind all others
    return next.waiting;
  }

  #rankOf(address: string): Rank {
    if (this.isKnown(address)) return 'known';
    return this.#parts.hasFailed(address) ? 'failed' : 'new';
  }
}
