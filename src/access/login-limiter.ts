import { isIPv6 } from 'node:net';
import type { Clock } from '../domain/clock.ts';
import type { Current } from '../domain/current.ts';
import type { Limits } from '../domain/generation.ts';
import { normaliseAddress } from '../domain/network.ts';
import { HandshakeOrder } from './handshake-order.ts';

/** What failed: the address it came from, and the certificate or key, where its holder proved to have it. */
export type LoginTry = { readonly address: string; readonly fingerprint?: string | undefined };

export type LoginKey = { readonly kind: 'address' | 'fingerprint'; readonly key: string };

/** A wait that begins now. */
export type Penalty = LoginKey & { readonly failures: number; readonly seconds: number };

export type LoginLimiterParts = {
  readonly limits: Current<Pick<Limits, 'penaltyFromFailures' | 'penaltySeconds' | 'maxPenaltySeconds'>>;
  readonly clock: Pick<Clock, 'monotonic'>;
  /** Called once for every penalty, when it begins. */
  readonly onPenalty: (penalty: Penalty) => void;
  /** Addresses, and as many fingerprints, that are remembered; the one that failed longest ago is forgotten first. */
  readonly maxKeys?: number;
};

/** Where it is known who must wait; another process answers later. */
export type Penalties = {
  /** @returns whole seconds that this address, or this certificate or key, still waits; undefined where it does not */
  refusal(key: LoginKey): number | undefined | Promise<number | undefined>;
};

/** One handshake under way. */
export type Handshake = { end(): void };

const MAX_KEYS = 10_000;
/** Handshakes a penalised address may have under way at once. */
const SLOTS = 2;
/** A handshake that takes longer gives its slot to the next who comes: silence must not shut the neighbours out. */
export const SLOW_MS = 2000;
/**
 * Refused handshakes of all penalised addresses together. A refused one keeps its slot a little longer, and the longer
 * the more addresses fail: one attacker slows nobody down, and many cannot fill the event loop.
 */
const REFUSED_PER_SECOND = 50;
const MAX_HOLD_MS = 10_000;
const MANY_WINDOW_MS = 10_000;
/** So many refusals beyond that rate are a storm: until it is over, one failure is enough to have two slots and no more. */
const STORM = 25;

/** Failures and penalties by key; a state machine over the time that is passed in. */
class Failures {
  readonly #entries = new Map<string, { failures: number; until: number; quietFrom: number }>();
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  /** @returns how long the penalty lasts that begins now, if one does */
  add(key: string, now: number, limits: LoginLimiterParts['limits']['value']) {
    const { penaltyFromFailures, penaltySeconds, maxPenaltySeconds } = limits;
    const before = this.#entries.get(key);
    const known = before !== undefined && now - before.quietFrom < maxPenaltySeconds * 1000;
    const entry = known ? before : { failures: 0, until: 0, quietFrom: now };
    this.#entries.delete(key);
    this.#entries.set(key, entry); // the last of the map now
    if (now < entry.until) return undefined; // who tries while he waits does not wait longer
    entry.failures += 1;
    entry.quietFrom = now;
    this.#trim();
    if (entry.failures < penaltyFromFailures) return undefined;
    const seconds = Math.min(maxPenaltySeconds, penaltySeconds * 2 ** (entry.failures - penaltyFromFailures));
    entry.until = now + seconds * 1000;
    entry.quietFrom = entry.until;
    return { failures: entry.failures, seconds };
  }

  forget(key: string): void {
    this.#entries.delete(key);
  }

  /** Milliseconds that are left; 0 where there is no penalty. */
  left(key: string, now: number): number {
    return Math.max(0, (this.#entries.get(key)?.until ?? 0) - now);
  }

  has(key: string): boolean {
    return this.#entries.has(key);
  }

  get size(): number {
    return this.#entries.size;
  }

  #trim(): void {
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > this.#max && oldest !== undefined) this.#entries.delete(oldest);
  }
}

/**
 * Who failed too often waits: 15 s, then twice as long each time (the numbers are limits). An address that waits keeps
 * two handshake slots, so that others behind it still come in; what a good certificate or key did before is forgotten.
 */
export class LoginLimiter implements Penalties {
  readonly order: HandshakeOrder;
  readonly #parts: LoginLimiterParts;
  readonly #tables: Readonly<Record<LoginKey['kind'], Failures>>;
  readonly #handshakes = new Map<string, Slots>();
  readonly #pressure = new Pressure();

  constructor(parts: LoginLimiterParts) {
    this.#parts = parts;
    const max = parts.maxKeys ?? MAX_KEYS;
    this.#tables = { address: new Failures(max), fingerprint: new Failures(max) };
    this.order = new HandshakeOrder({
      clock: parts.clock,
      hasFailed: (address) => this.hasFailed(address),
      maxKnown: max,
    });
  }

  /**
   * A connection came in and nobody knows who it is.
   * @param giveWay ends this connection; called where it is slow, its address penalised, and another waits for the slot
   * @returns undefined where the connection must be closed; else `end` is to be called when it is decided, or gone
   */
  admitHandshake(address: string, giveWay: () => void): Handshake | undefined {
    return this.#admit('address', addressKey(address), giveWay);
  }

  /** Whether `admitHandshake` would admit it now. @param address as `addressKey` has it */
  hasSlot(address: string): boolean {
    const now = this.#parts.clock.monotonic();
    const slots = this.#handshakes.get(`address ${address}`);
    return slots === undefined || !this.#hasTwoSlots('address', address, now) || slots.makeRoom(now);
  }

  /** Whether it has two handshakes at once and no more. @param address as `addressKey` has it */
  hasTwoSlots(address: string): boolean {
    return this.#hasTwoSlots('address', address, this.#parts.clock.monotonic());
  }

  /** As `admitHandshake`, for the certificate or key that was proven: wherever it comes from, two at once are enough. */
  admitProof(fingerprint: string, giveWay: () => void): Handshake | undefined {
    return this.#admit('fingerprint', fingerprint, giveWay);
  }

  /** Counts one refused connection. Called before its handshake ends. */
  failed({ address, fingerprint }: LoginTry): void {
    this.#fail('address', addressKey(address));
    if (fingerprint !== undefined && fingerprint !== '') this.#fail('fingerprint', fingerprint);
  }

  /** A certificate or key came in: whatever it did before, it is good now. The address it shares with others is not. */
  succeeded(fingerprint: string): void {
    this.#tables.fingerprint.forget(fingerprint);
  }

  /** As `Penalties`, at once. */
  refusal({ kind, key }: LoginKey): number | undefined {
    const name = kind === 'address' ? addressKey(key) : key;
    const left = this.#tables[kind].left(name, this.#parts.clock.monotonic());
    return left > 0 ? Math.ceil(left / 1000) : undefined;
  }

  /** Whether it failed lately. @param address as `addressKey` has it */
  hasFailed(address: string): boolean {
    return this.#tables.address.has(address);
  }

  /** Keys that are remembered, for tests of the bound. */
  get remembered(): number {
    return this.#tables.address.size + this.#tables.fingerprint.size;
  }

  #admit(kind: LoginKey['kind'], key: string, giveWay: () => void): Handshake | undefined {
    const now = this.#parts.clock.monotonic();
    const name = `${kind} ${key}`;
    const slots = this.#handshakes.get(name) ?? new Slots();
    if (this.#hasTwoSlots(kind, key, now) && !slots.makeRoom(now)) return undefined;
    this.#handshakes.set(name, slots);
    const handshake: Running = {
      since: now,
      giveWay,
      end: () => {
        slots.running.delete(handshake);
        if (slots.isFree(this.#parts.clock.monotonic())) this.#handshakes.delete(name);
      },
    };
    slots.running.add(handshake);
    return handshake;
  }

  #fail(kind: LoginKey['kind'], key: string): void {
    const now = this.#parts.clock.monotonic();
    const began = this.#tables[kind].add(key, now, this.#parts.limits.value);
    if (began !== undefined) this.#parts.onPenalty({ kind, key, ...began });
    if (kind === 'address' && this.#pressure.add(key, now)) this.#sweep(now);
    // Behind an address from which people come in somebody honest is waiting; the order of handshakes bounds the rest there.
    if (kind === 'address' && this.order.isKnown(key)) return;
    if (this.#hasTwoSlots(kind, key, now)) this.#handshakes.get(`${kind} ${key}`)?.hold(now + this.#pressure.holdMs());
  }

  #hasTwoSlots(kind: LoginKey['kind'], key: string, now: number): boolean {
    const table = this.#tables[kind];
    return table.left(key, now) > 0 || (this.#pressure.isStorm(now) && table.has(key));
  }

  #sweep(now: number): void {
    for (const [name, slots] of this.#handshakes) if (slots.isFree(now)) this.#handshakes.delete(name);
  }
}

/** How hard the gateway is pressed by all who fail together. */
class Pressure {
  #level = 0;
  #at = 0;
  #addresses = new Set<string>();
  #before = 0;
  #windowFrom = 0;

  /** @returns whether a new window of time begins */
  add(address: string, now: number): boolean {
    this.#level = this.#levelAt(now) + 1;
    this.#at = now;
    const isNew = now - this.#windowFrom >= MANY_WINDOW_MS;
    if (isNew) {
      this.#before = now - this.#windowFrom < 2 * MANY_WINDOW_MS ? this.#addresses.size : 0;
      this.#addresses = new Set();
      this.#windowFrom = now;
    }
    this.#addresses.add(address);
    return isNew;
  }

  isStorm(now: number): boolean {
    return this.#levelAt(now) > STORM;
  }

  holdMs(): number {
    const addresses = Math.max(this.#before, this.#addresses.size);
    return Math.min(MAX_HOLD_MS, (addresses * SLOTS * 1000) / REFUSED_PER_SECOND);
  }

  /** What fails runs out at the rate that is no storm. */
  #levelAt(now: number): number {
    return Math.max(0, this.#level - ((now - this.#at) * REFUSED_PER_SECOND) / 1000);
  }
}

type Running = Handshake & { readonly since: number; readonly giveWay: () => void };

/** The handshakes of one address, or with one certificate. */
class Slots {
  /** In the order they came. */
  readonly running = new Set<Running>();
  /** Until when slots of refused handshakes are kept. */
  #held: number[] = [];

  /** @returns whether one handshake more may begin at a penalised address */
  makeRoom(now: number): boolean {
    this.#held = this.#held.filter((until) => until > now);
    for (const oldest of this.running) {
      if (this.running.size + this.#held.length < SLOTS || now - oldest.since < SLOW_MS) break;
      this.running.delete(oldest);
      oldest.giveWay();
    }
    return this.running.size + this.#held.length < SLOTS;
  }

  hold(until: number): void {
    this.#held = [...this.#held, until].slice(-SLOTS);
  }

  isFree(now: number): boolean {
    return this.running.size === 0 && this.#held.every((until) => until <= now);
  }
}

/** An IPv6 customer has at least a /64 for himself (RFC 6177 §2), so that is what counts as one address. */
export function addressKey(address: string): string {
  const plain = normaliseAddress(address);
  if (!isIPv6(plain)) return plain;
  const [head = '', tail = ''] = plain.split('::', 2);
  const [left, right] = [head, tail].map((part) => part.split(':').filter((group) => group !== ''));
  const groups = [...(left ?? [])];
  if (plain.includes('::')) groups.push(...Array(Math.max(0, 8 - groups.length - (right?.length ?? 0))).fill('0'));
  groups.push(...(right ?? []));
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')}::/64`;
}
