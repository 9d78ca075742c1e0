import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Current } from '../domain/current.ts';

/** How often it is looked whether something changed; well within the 10 s a revocation may take. */
const LOOK_MS = 1_000;
/** Certificates, designations, exceptions and grants end by themselves, and nothing tells. */
const ANYWAY_MS = 5_000;
/** Connections that are admitted anew before others have their turn. */
const AT_ONCE = 20;

export type ReadmissionParts<Connection> = {
  /** Its id changes with everything that may change an admission, the passing of time aside. */
  readonly version: Current<{ readonly id: string }>;
  readonly connections: () => Iterable<Connection>;
  /** Holds one against the rules of today, and cuts it where it may not be here. Never rejects. */
  readonly readmit: (connection: Connection) => Promise<void>;
  /** Called before the first connection. */
  readonly begins?: (() => void) | undefined;
};

/** Admits the open connections of one listener anew, after every change and every few seconds. */
export class Readmission<Connection> {
  readonly #parts: ReadmissionParts<Connection>;
  #timer: NodeJS.Timeout | undefined;
  #last = { id: '', at: 0 };
  #isRunning = false;

  constructor(parts: ReadmissionParts<Connection>) {
    this.#parts = parts;
  }

  start(): void {
    this.#last = { id: this.#parts.version.value.id, at: performance.now() };
    this.#timer = setInterval(() => void this.#look(), LOOK_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** All of them, now. */
  async run(): Promise<void> {
    this.#parts.begins?.();
    const connections = [...this.#parts.connections()];
    for (let from = 0; from < connections.length; from += AT_ONCE) {
      await Promise.all(connections.slice(from, from + AT_ONCE).map(this.#parts.readmit));
      await nextTurn();
    }
  }

  async #look(): Promise<void> {
    const { id } = this.#parts.version.value;
    const isDue = performance.now() - this.#last.at >= ANYWAY_MS;
    if (this.#isRunning || (id === this.#last.id && !isDue)) return;
    this.#isRunning = true;
    await this.run();
    this.#last = { id, at: performance.now() };
    this.#isRunning = false;
  }
}
