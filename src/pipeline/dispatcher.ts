import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '../domain/clock.ts';
import { GatewayError } from '../domain/errors.ts';
import type { Logger, Metrics } from '../domain/logger.ts';
import { isFsyncError } from '../storage/disk-errors.ts';
import type { Lease, Ledger, Queue } from '../storage/ledger.ts';
import { type InTurn, type Place, Turns } from './turns.ts';

const LEASE_MS = 30_000;
/** A nudge that was lost, or work of another process, is found at the latest after this. */
const POLL_MS = 1_000;
/** While several jobs run, those that become due within so long are claimed together: a claim costs as much as some jobs. */
const TOGETHER_MS = 4;
const SHORTEST_RETRY_MS = 125;
const LONGEST_RETRY_MS = 60_000;

export type Work = {
  readonly queue: Queue;
  /** Jobs that are claimed at once; those that wait for their turn among them. */
  readonly atOnce: number;
  /** Jobs with the same word end one after the other, in the order they were due; all others run beside each other. */
  readonly turnOf?: (lease: Lease) => string;
  /** So many jobs of one turn are begun at once; one where it is left out. */
  readonly ahead?: number;
  /** A job that failed is tried again in its place, and those behind it wait; else it is given back and overtaken. */
  readonly keepsOrder: boolean;
  /** Does one job to its end: finishes or releases the lease within its commit. May be repeated after a crash. */
  handle(lease: Lease, place: Place): Promise<void>;
};

/** A place in a turn; `isNext`: all before it are short, and nothing is in the queue that was there first. */
export type Reserved = {
  readonly place: Place;
  readonly isNext: boolean;
  /** The job was done without a claim. */
  end(): void;
  /** There is no such job after all. */
  withdraw(): void;
};

type Parts = {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Told of an error of fsync, also of a batch worker's: nothing is retried, the process ends with exit 3. */
  readonly onBroken: (error: Error) => void;
};

/** Claims leased work of one queue and hands it on. The ledger is the queue: restart is the normal path. */
export class Dispatcher {
  readonly #parts: Parts;
  readonly #work: Work;
  readonly #worker = `${process.pid}`;
  readonly #held = new Map<string, Lease>();
  readonly #running = new Set<Promise<void>>();
  readonly #turns: Turns;
  readonly #reserved = new Map<string, InTurn>();
  /** What was left by the last end is claimed. */
  #isCaughtUp = false;
  #stopped = false;
  #wake: () => void = () => undefined;
  /** When work is due of which was told since the queue was looked at last, and when it is looked at again. */
  #toldDue = Number.POSITIVE_INFINITY;
  #wakesAt = Number.NEGATIVE_INFINITY;
  #loop: Promise<void> | undefined;

  constructor(parts: Parts, work: Work) {
    this.#parts = parts;
    this.#work = work;
    this.#turns = new Turns(work.ahead ?? 1);
  }

  start(): void {
    this.#loop = this.#run();
  }

  /** Work may be waiting: look now, or when it is due. @param dueAt milliseconds since the epoch */
  nudge(dueAt = Number.NEGATIVE_INFINITY): void {
    this.#toldDue = Math.min(this.#toldDue, dueAt);
    if (dueAt < this.#wakesAt) this.#wake();
  }

  /**
   * A place for a job that is not in the queue yet: it has it when it is claimed, or whoever reserved it does the job himself
   * and ends it.
   * @param isShort nobody behind it waits for long
   */
  reserve(turn: string, key: string, isShort: boolean): Reserved {
    const isNext = this.#isCaughtUp && this.#turns.isShort(turn);
    const inTurn = this.#turns.enter(turn, key, isShort);
    this.#reserved.set(key, inTurn);
    const leave = (how: 'end' | 'withdraw') => {
      // Once it was claimed, it is the claim's.
      if (this.#reserved.get(key) !== inTurn) return;
      this.#reserved.delete(key);
      inTurn[how]();
    };
    return { place: inTurn.place, isNext, end: () => leave('end'), withdraw: () => leave('withdraw') };
  }

  /** Takes no new work and waits for what runs. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.nudge();
    await this.#loop;
  }

  async #run(): Promise<void> {
    const running = this.#running;
    const heartbeat = setInterval(() => void this.#extend(), LEASE_MS / 3);
    while (!this.#stopped) {
      this.#toldDue = Number.POSITIVE_INFINITY;
      // Those that run may stand behind one that has a place and is not claimed yet.
      const room = Math.max(this.#work.atOnce - running.size, this.#reserved.size > 0 ? 1 : 0);
      const leases = await this.#claim(room);
      for (const lease of leases) {
        this.#held.set(lease.key, lease);
        const turn = this.#work.turnOf?.(lease) ?? lease.key;
        const inTurn = this.#reserved.get(lease.key) ?? this.#turns.enter(turn, lease.key);
        this.#reserved.delete(lease.key);
        const job: Promise<void> = this.#inTurn(lease, inTurn).finally(() => {
          const wasFull = running.size >= this.#work.atOnce;
          running.delete(job);
          if (wasFull) this.nudge();
        });
        running.add(job);
      }
      // Fewer than there was room for: all that were due.
      if (leases.length < room || running.size >= this.#work.atOnce) await this.#sleep();
    }
    await Promise.all(running);
    clearInterval(heartbeat);
  }

  async #claim(max: number): Promise<readonly Lease[]> {
    if (max <= 0) return [];
    try {
      const leases = await this.#parts.ledger.claim(this.#work.queue, this.#worker, max, LEASE_MS);
      this.#isCaughtUp ||= leases.length < max;
      return leases;
    } catch (error) {
      this.#parts.logger.error({ err: error, queue: this.#work.queue }, 'could not claim work');
      return [];
    }
  }

  async #inTurn(lease: Lease, { begin, place, end }: InTurn): Promise<void> {
    await begin;
    try {
      await this.#one(lease, place);
    } finally {
      end();
    }
  }

  async #one(lease: Lease, place: Place): Promise<void> {
    const { metrics, clock } = this.#parts;
    const began = clock.monotonic();
    try {
      if (this.#stopped) await this.#giveBack(lease, 0);
      else await this.#try(lease, place);
    } finally {
      this.#held.delete(lease.key);
      metrics.observe('sluis_work_seconds', (clock.monotonic() - began) / 1000, { queue: lease.queue });
    }
  }

  async #try(lease: Lease, place: Place): Promise<void> {
    const { logger, metrics } = this.#parts;
    for (let attempts = lease.attempts; ; attempts += 1) {
      try {
        return await this.#work.handle({ ...lease, attempts }, place);
      } catch (error) {
        // Somebody else has it now, by a newer payload or a newer claim.
        if (error instanceof GatewayError && error.code === 'fenced') return;
        if (isFsyncError(error)) return this.#parts.onBroken(error);
        metrics.count('sluis_work_failures_total', { queue: lease.queue });
        logger.error({ err: error, queue: lease.queue, attempts }, 'work failed and is tried again');
        const delay = Math.min(LONGEST_RETRY_MS, SHORTEST_RETRY_MS * 2 ** Math.min(attempts, 10));
        if (!this.#work.keepsOrder || this.#stopped) return this.#giveBack(lease, delay);
        await this.#pause(delay);
        if (this.#stopped) return this.#giveBack(lease, 0);
      }
    }
  }

  /** Until the delay is over or the dispatcher stops. */
  async #pause(ms: number): Promise<void> {
    const end = this.#parts.clock.monotonic() + ms;
    while (!this.#stopped && this.#parts.clock.monotonic() < end) {
      await wait(Math.min(POLL_MS, Math.max(1, end - this.#parts.clock.monotonic())));
    }
  }

  async #giveBack(lease: Lease, delay: number): Promise<void> {
    const { queue, key, fence } = lease;
    try {
      const dueAt = this.#parts.clock.now() + delay;
      await this.#parts.ledger.commit([{ kind: 'releaseLease', queue, key, fence, dueAt }]);
    } catch (error) {
      this.#parts.logger.warn({ err: error, queue }, 'a lease runs out by itself');
    }
  }

  async #extend(): Promise<void> {
    const held = [...this.#held.values()];
    if (held.length === 0) return;
    try {
      await this.#parts.ledger.extend(held, LEASE_MS);
    } catch (error) {
      this.#parts.logger.warn({ err: error, queue: this.#work.queue }, 'leases could not be extended');
    }
  }

  /** Until a nudge, the next due job, or the poll. */
  async #sleep(): Promise<void> {
    const { ledger, clock } = this.#parts;
    const due = await ledger.read({ kind: 'nextDue', queue: this.#work.queue }).catch(() => undefined);
    const before = clock.now();
    if (this.#stopped || this.#toldDue <= before) return;
    const first = Math.min(due ?? Number.POSITIVE_INFINITY, this.#toldDue);
    const wait = Math.min(POLL_MS, Math.max(this.#running.size > 1 ? TOGETHER_MS : 1, first - before));
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, wait);
      this.#wakesAt = before + wait;
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wakesAt = Number.NEGATIVE_INFINITY;
    this.#wake = () => undefined;
  }
}
