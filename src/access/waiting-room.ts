import type { Clock } from '../domain/clock.ts';
import type { Current } from '../domain/current.ts';
import type { Limits, Listener } from '../domain/generation.ts';
import type { Metrics } from '../domain/logger.ts';
import { normaliseAddress } from '../domain/network.ts';
import type { Protocol } from '../domain/principal.ts';
import type { Turn } from './handshake-order.ts';
import { addressKey, type Handshake, type LoginLimiter, SLOW_MS } from './login-limiter.ts';

/** Above this many times the soft limit every surplus connection is dropped; in between a share that grows evenly. */
const HARD_FACTOR = 4;
/** Connections that a penalised address may have, where they wait for its two slots. */
const MAX_WAITING = 16;

export type WaitingRoomParts = {
  readonly listener: Current<Listener>;
  readonly protocol: Protocol;
  readonly limits: Current<Pick<Limits, 'maxUnauthenticated' | 'loginGraceSeconds'>>;
  readonly limiter: LoginLimiter;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly metrics: Pick<Metrics, 'count'>;
  readonly audit: {
    note(line: {
      readonly kind: string;
      readonly outcome: 'refused';
      readonly fields: Readonly<Record<string, string | number>>;
    }): void;
  };
  /** Draws from 0 to 1 for the random drop; tests pass their own. */
  readonly random?: (() => number) | undefined;
};

/** As of a socket. */
export type Peer = { readonly remoteAddress?: string | undefined; readonly bytesRead: number; destroy(): void };

/** A connection whose owner is not known yet, as a listener sees it. */
export type Stranger = Pick<
  Visit,
  'address' | 'isSilent' | 'inTurn' | 'proves' | 'turnedAway' | 'admitted' | 'failed' | 'left'
>;

/** Where connections wait until somebody knows whose they are. */
export type Strangers = {
  /** @returns undefined where there is no place for it, and it was closed */
  came(peer: Peer): Stranger | undefined;
};

type DropReason = 'penalty' | 'start-up' | 'gave-way';
type Places = Map<string, Set<Visit>>;

/**
 * Connections of one listener whose owner is not known yet. Too many of them, too many of a penalised address, and those
 * that say nothing within the grace time are ended.
 */
export class WaitingRoom implements Strangers {
  readonly #parts: WaitingRoomParts;
  readonly #places: Places = new Map();
  #count = 0;

  constructor(parts: WaitingRoomParts) {
    this.#parts = parts;
  }

  /** @returns undefined where there is no place for it, and it was closed */
  came(peer: Peer): Visit | undefined {
    const { limiter, limits } = this.#parts;
    const plain = normaliseAddress(peer.remoteAddress ?? '');
    const key = addressKey(plain);
    const visit: Visit = new Visit({
      address: plain,
      key,
      since: this.#parts.clock.monotonic(),
      limiter,
      graceMs: limits.value.loginGraceSeconds * 1000,
      expired: () => this.#expired(visit),
      left: () => this.#leave(key, visit),
      peer,
      drop: (reason) => this.#drop(visit, reason),
    });
    if (!this.#hasRoom(key) || !(limiter.order.isKnown(key) || visit.takesSlot())) {
      this.#drop(visit, 'penalty');
      return undefined;
    }
    this.#enter(key, visit);
    const victim = this.#surplus();
    if (victim !== undefined) this.#drop(victim, 'start-up');
    return victim === visit ? undefined : visit;
  }

  get size(): number {
    return this.#count;
  }

  /**
   * At an address from which people come in, those of an attacker keep its two slots busy: there the others wait for a slot
   * instead of being closed. So many, and who is there for a while gives way.
   */
  #hasRoom(key: string): boolean {
    const { limiter, clock } = this.#parts;
    const [oldest, ...others] = this.#places.get(key) ?? [];
    if (oldest === undefined || others.length + 1 < MAX_WAITING || !limiter.hasTwoSlots(key)) return true;
    if (clock.monotonic() - oldest.since < SLOW_MS) return false;
    oldest.giveWay();
    return true;
  }

  /**
   * As sshd's MaxStartups, but fair: who goes is the oldest who has not said a word for a while; else the oldest of the
   * address that holds most places, of those that failed and never came in if there are any. A storm ends its own first.
   */
  #surplus(): Visit | undefined {
    const { limiter, limits } = this.#parts;
    const soft = limits.value.maxUnauthenticated;
    const surplus = this.#count - soft;
    const random = this.#parts.random ?? Math.random;
    if (surplus <= 0 || random() >= surplus / (soft * (HARD_FACTOR - 1))) return undefined;
    const before = this.#parts.clock.monotonic() - SLOW_MS;
    let silent: Visit | undefined;
    let heaviest: Visit | undefined;
    let weight = 0;
    // Runs for every connection of a storm, so it makes no garbage: neither pairs of the map nor arrays.
    this.#places.forEach((visits, key) => {
      visits.forEach((visit) => {
        if (visit.since <= before && visit.since < (silent?.since ?? Infinity) && visit.isSilent) silent = visit;
      });
      const isSuspect = limiter.hasFailed(key) && !limiter.order.isKnown(key);
      const own = visits.size + (isSuspect ? soft * HARD_FACTOR : 0);
      if (own <= weight) return;
      weight = own;
      heaviest = visits.values().next().value;
    });
    return silent ?? heaviest;
  }

  #enter(key: string, visit: Visit): void {
    const visits = this.#places.get(key) ?? new Set();
    this.#places.set(key, visits.add(visit));
    this.#count += 1;
  }

  #leave(key: string, visit: Visit): void {
    const visits = this.#places.get(key);
    if (visits?.delete(visit) !== true) return;
    this.#count -= 1;
    if (visits.size === 0) this.#places.delete(key);
  }

  #drop(visit: Visit, reason: DropReason): void {
    this.#parts.metrics.count('sluis_connections_dropped_total', { protocol: this.#parts.protocol, reason });
    visit.turnAway();
  }

  #expired(visit: Visit): void {
    const { listener, protocol, audit } = this.#parts;
    const { accessMethod, port } = listener.value;
    const fields = { protocol, accessMethod, port, address: visit.address, reason: 'grace-exceeded', fingerprint: '' };
    audit.note({ kind: 'login', outcome: 'refused', fields });
    visit.failed();
    visit.turnAway();
  }
}

type VisitParts = {
  readonly address: string;
  /** As `addressKey` has it. */
  readonly key: string;
  readonly since: number;
  readonly limiter: LoginLimiter;
  readonly graceMs: number;
  readonly expired: () => void;
  readonly left: () => void;
  readonly peer: Peer;
  readonly drop: (reason: DropReason) => void;
};

/** One connection from its first byte until it is admitted or gone. It fails at most once, whatever it tries. */
export class Visit {
  readonly address: string;
  /** Monotonic time. */
  readonly since: number;
  readonly #parts: VisitParts;
  readonly #grace: NodeJS.Timeout;
  #handshakes: readonly Handshake[] = [];
  #hasSlot = false;
  #turn: Turn | undefined;
  #isOver = false;
  #failed = false;
  #turnedAway = false;

  constructor(parts: VisitParts) {
    this.address = parts.address;
    this.since = parts.since;
    this.#parts = parts;
    this.#grace = setTimeout(parts.expired, parts.graceMs);
  }

  /** Ends this connection, because another waits for its place. */
  readonly giveWay = (): void => this.#parts.drop('gave-way');

  #began(handshake: Handshake): void {
    this.#handshakes = [...this.#handshakes, handshake];
  }

  /** @returns whether its address has one more handshake */
  takesSlot(): boolean {
    const handshake = this.#parts.limiter.admitHandshake(this.address, this.giveWay);
    this.#hasSlot = handshake !== undefined;
    if (handshake !== undefined) this.#began(handshake);
    return this.#hasSlot;
  }

  /** Calls `begin` when its handshake may begin, perhaps at once, and never where it is gone by then. */
  inTurn(begin: () => void): void {
    if (this.#isOver || this.#turn !== undefined) return;
    const { limiter, key } = this.#parts;
    this.#turn = limiter.order.ask(key, {
      mayBegin: () => this.#hasSlot || limiter.hasSlot(key),
      begin: () => {
        if (this.#hasSlot || this.takesSlot()) begin();
      },
    });
  }

  /** The other end has proven to hold this certificate. @returns false where that was one too many, and the end */
  proves(fingerprint: string): boolean {
    const handshake = this.#parts.limiter.admitProof(fingerprint, this.giveWay);
    if (handshake === undefined) this.#parts.drop('penalty');
    else this.#began(handshake);
    return handshake !== undefined;
  }

  get isSilent(): boolean {
    return this.#parts.peer.bytesRead === 0;
  }

  /** Ended by the waiting room: whatever the connection says about its end means nothing more. */
  get turnedAway(): boolean {
    return this.#turnedAway;
  }

  /** Somebody is at the other end. */
  admitted(fingerprint: string): void {
    this.#parts.limiter.succeeded(fingerprint);
    this.#turn?.admitted();
    this.left();
  }

  /** @param fingerprint of a certificate or key whose holder proved to have it */
  failed(fingerprint?: string): void {
    if (this.#failed) return;
    this.#failed = true;
    this.#parts.limiter.failed({ address: this.address, fingerprint });
  }

  turnAway(): void {
    this.#turnedAway = true;
    this.left();
    this.#parts.peer.destroy();
  }

  /** Gone, or no stranger any more. May be called again. */
  left(): void {
    this.#isOver = true;
    clearTimeout(this.#grace);
    for (const handshake of this.#handshakes) handshake.end();
    this.#handshakes = [];
    this.#parts.left();
    this.#turn?.left();
  }
}
