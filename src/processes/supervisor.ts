import { randomBytes } from 'node:crypto';
import type { Logger } from '../domain/logger.ts';
import { Child, type FromChild, type OwnerStart, type ToChild } from './child.ts';
import { Dealer } from './dealer.ts';
import { type Address, portMisfit, type WantedPort } from './ports.ts';

/** Together less than the 30 s in which a gateway ends. */
const STOP_WORKER_MS = 14_000;
const STOP_OWNER_MS = 12_000;
/** Workers end by themselves when their owner is gone. */
const ALONE_MS = 5_000;
const FIRST_PAUSE_MS = 100;
const MAX_PAUSE_MS = 5_000;
const WINDOW_MS = 60_000;
/** So often in a minute an owner may break; then the gateway ends, and somebody must look. */
const MAX_OWNER_FAILURES = 5;

export type SupervisorParts = {
  readonly script: string;
  readonly listeners: readonly Address[];
  /** Names of the workers. */
  readonly workers: readonly string[];
  readonly owner: Omit<OwnerStart, 'word' | 'workers' | 'listeners' | 'health'>;
  /** Told once, when every process serves. */
  readonly ready: (ports: { readonly listeners: readonly number[]; readonly health: number }) => void;
  readonly logger: Logger;
};

/**
 * The process that was started: it holds the ports, starts owner and workers, and starts again what ends by itself. It
 * decides nothing about anybody who connects.
 */
export class Supervisor {
  readonly #parts: SupervisorParts;
  readonly #dealer: Dealer;
  readonly #word = randomBytes(32).toString('hex');
  readonly #ended = Promise.withResolvers<0 | 1 | 3>();
  readonly #failures = new Map<string, number[]>();
  readonly #workers = new Map<string, Child>();
  readonly #serving = new Set<string>();
  #owner: Child | undefined;
  /** As they were when it began. */
  #ports: readonly number[] = [];
  #listeners: readonly number[];
  #settings: unknown;
  #health: number | undefined;
  #isOwnerReady = false;
  #isReady = false;
  #status: 0 | 1 | 3 | undefined;

  constructor(parts: SupervisorParts) {
    this.#parts = parts;
    this.#settings = parts.owner.settings;
    this.#listeners = parts.listeners.map((_, index) => index);
    this.#dealer = new Dealer(parts.logger);
  }

  /** Resolves when every process has ended. @throws Misfit where a port is taken */
  async run(): Promise<0 | 1 | 3> {
    const { ports } = this.#dealer;
    const wanted = this.#parts.listeners.map(({ host, port }, id) => ({ id, host, port }));
    const prepared = await ports.prepare(wanted);
    if (!prepared.ok) {
      this.#dealer.close();
      throw portMisfit(prepared, wanted);
    }
    ports.keep();
    this.#ports = prepared.ports.map(({ port }) => port);
    this.#startOwner();
    return this.#ended.promise;
  }

  /** Takes no new connection, and ends the workers, then the owner. */
  stop(status: 0 | 1 | 3): void {
    if (this.#status !== undefined) return;
    this.#status = status;
    this.#dealer.close();
    for (const worker of this.#workers.values()) worker.stop(STOP_WORKER_MS);
    this.#stopOwner();
  }

  #stopOwner(): void {
    if (this.#workers.size > 0) return;
    if (this.#owner === undefined) this.#ended.resolve(this.#status ?? 3);
    else this.#owner.stop(STOP_OWNER_MS);
  }

  #startOwner(): void {
    if (this.#status !== undefined) return;
    const { script, owner, workers } = this.#parts;
    const start = {
      ...owner,
      settings: this.#settings,
      word: this.#word,
      workers,
      listeners: this.#listeners,
      health: this.#health,
    };
    this.#owner = new Child(
      script,
      { kind: 'start', role: 'owner', start },
      {
        said: (message) => this.#ownerSaid(message),
        ended: (status) => this.#ownerEnded(status),
      },
    );
  }

  #ownerSaid(message: Exclude<FromChild, { kind: 'taken' }>): void {
    switch (message.kind) {
      case 'wants-ports':
        void this.#preparePorts(message.wanted);
        break;
      case 'wants-no-ports':
        this.#dealer.ports.discard();
        break;
      case 'in-force':
        this.#dealer.ports.keep();
        this.#health = message.health;
        this.#listeners = message.listeners;
        this.#settings = message.settings;
        break;
      default:
        this.#isOwnerReady = true;
        this.#health ??= message.health;
        for (const name of this.#parts.workers) if (!this.#workers.has(name)) this.#startWorker(name);
    }
  }

  async #preparePorts(wanted: readonly WantedPort[]): Promise<void> {
    const asking = this.#owner;
    const prepared = await this.#dealer.ports.prepare(wanted);
    if (asking === this.#owner) asking?.tell({ kind: 'ports', prepared });
  }

  #ownerEnded(status: number | NodeJS.Signals): void {
    const wasReady = this.#isOwnerReady;
    this.#owner = undefined;
    this.#isOwnerReady = false;
    this.#dealer.ports.discard();
    if (this.#status !== undefined) {
      this.#ended.resolve(status === 0 ? this.#status : 3);
      return;
    }
    for (const worker of this.#workers.values()) {
      this.#dealer.remove(worker);
      worker.killAfter(ALONE_MS);
    }
    const pause = this.#pauseAfter('owner');
    // What can not even begin the first time is told to whoever started it.
    const isHopeless = !wasReady && !this.#isReady;
    if (isHopeless || this.#failuresOf('owner') > MAX_OWNER_FAILURES) {
      this.stop(status === 1 ? 1 : 3);
      return;
    }
    this.#parts.logger.error({ status, pauseMs: pause }, 'the owner has ended and is started again');
    setTimeout(() => this.#startOwner(), pause);
  }

  #startWorker(name: string): void {
    if (this.#status !== undefined || !this.#isOwnerReady || this.#workers.has(name)) return;
    const { socket } = this.#parts.owner;
    const message: ToChild = { kind: 'start', role: 'worker', start: { name, socket, word: this.#word } };
    const worker: Child = new Child(this.#parts.script, message, {
      said: () => this.#workerReady(name, worker),
      ended: (status) => this.#workerEnded(name, worker, status),
    });
    this.#workers.set(name, worker);
  }

  #workerReady(name: string, worker: Child): void {
    if (this.#status !== undefined) return;
    this.#serving.add(name);
    this.#dealer.add(worker);
    if (this.#isReady || this.#serving.size < this.#parts.workers.length) return;
    this.#isReady = true;
    this.#parts.ready({ listeners: this.#ports, health: this.#health ?? 0 });
  }

  #workerEnded(name: string, worker: Child, status: number | NodeJS.Signals): void {
    this.#dealer.remove(worker);
    this.#workers.delete(name);
    this.#serving.delete(name);
    if (this.#status !== undefined) {
      this.#stopOwner();
      return;
    }
    // Without an owner nobody can begin; it is started when there is one.
    if (!this.#isOwnerReady) return;
    const pause = this.#pauseAfter(name);
    this.#parts.logger.error({ worker: name, status, pauseMs: pause }, 'a worker has ended and is started again');
    setTimeout(() => this.#startWorker(name), pause);
  }

  /** What ends again and again is started less and less often. */
  #pauseAfter(name: string): number {
    const now = performance.now();
    const recent = [...(this.#failures.get(name) ?? []).filter((at) => now - at < WINDOW_MS), now];
    this.#failures.set(name, recent);
    return Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (recent.length - 1));
  }

  #failuresOf(name: string): number {
    return this.#failures.get(name)?.length ?? 0;
  }
}
