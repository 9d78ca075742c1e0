import { setTimeout as delay } from 'node:timers/promises';
import type { Session } from '../../domain/principal.ts';
import type { EventName, Events } from '../schemas/events.ts';

/** So many events wait for a client that does not read; with one more it is dropped, and comes back by itself. */
const MAX_WAITING = 256;
const HEARTBEAT_MS = 15_000;
/** How long a browser waits before it comes back. */
const RETRY_MS = 3_000;

/** Events for one listener, as text/event-stream. */
export class EventStream implements AsyncIterable<string> {
  readonly session: Session;
  readonly #waiting: string[] = [];
  readonly #onEnd: () => void;
  #wake: (() => void) | undefined;
  #ended = false;

  constructor(session: Session, onEnd: () => void) {
    this.session = session;
    this.#onEnd = onEnd;
    this.#waiting.push(`retry: ${RETRY_MS}\n\n`);
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** @param id where to go on from after it */
  send<Name extends EventName>(name: Name, data: Events[Name], id: string): void {
    if (this.#ended) return;
    if (this.#waiting.length >= MAX_WAITING) {
      this.end();
      return;
    }
    this.#waiting.push(`event: ${name}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`);
    this.#wake?.();
  }

  /** Nothing more comes; what waits is not sent any more. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#waiting.length = 0;
    this.#wake?.();
    this.#onEnd();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string> {
    try {
      while (!this.#ended) {
        const next = this.#waiting.shift();
        if (next !== undefined) yield next;
        else if (!(await this.#something())) yield ': still here\n\n';
      }
    } finally {
      this.end();
    }
  }

  /** @returns false where nothing came for a while */
  async #something(): Promise<boolean> {
    const stop = new AbortController();
    const came = new Promise<true>((resolve) => {
      this.#wake = () => resolve(true);
    });
    const quiet = delay(HEARTBEAT_MS, false as const, { signal: stop.signal }).catch(() => true as const);
    try {
      return await Promise.race([came, quiet]);
    } finally {
      stop.abort();
      this.#wake = undefined;
    }
  }
}
