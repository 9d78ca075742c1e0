import { type ChildProcess, fork } from 'node:child_process';
import type { Socket } from 'node:net';
import type { Taker } from './dealer.ts';
import type { PortsPrepared, WantedPort } from './ports.ts';

/** What the supervisor says to a process it started. */
export type ToChild =
  | { readonly kind: 'start'; readonly role: 'owner'; readonly start: OwnerStart }
  | { readonly kind: 'start'; readonly role: 'worker'; readonly start: WorkerStart }
  /** Comes with a socket. */
  | { readonly kind: 'connection'; readonly listener: number; readonly id: number }
  /** To the owner: what became of the ports it wanted. */
  | { readonly kind: 'ports'; readonly prepared: PortsPrepared }
  | { readonly kind: 'stop' };

export type WorkerStart = { readonly name: string; readonly socket: string; readonly word: string };

export type OwnerStart = {
  /** Of `config/`; the newest that was in force. */
  readonly settings: unknown;
  /** By how much ports are moved from what the configuration says. */
  readonly portOffset: number;
  readonly configDirectory: string;
  readonly socket: string;
  readonly word: string;
  readonly workers: readonly string[];
  /** Numbers of the listeners of `settings`, in their order. */
  readonly listeners: readonly number[];
  /** The port of health and metrics that an owner before this one had. */
  readonly health: number | undefined;
};

/** A generation in force, as a next owner begins with it. */
export type InForceNow = {
  readonly settings: unknown;
  /** Numbers of its listeners, in their order. */
  readonly listeners: readonly number[];
  /** The port of health and metrics that is bound. */
  readonly health: number;
};

/** What such a process says. */
export type FromChild =
  | { readonly kind: 'ready'; readonly health?: number | undefined }
  /** Asks for these ports and no others; one question at a time, answered by `ports`. */
  | { readonly kind: 'wants-ports'; readonly wanted: readonly WantedPort[] }
  /** Takes the question back. */
  | { readonly kind: 'wants-no-ports' }
  /** What a next owner begins with; the ports that were wanted last are served from here on. */
  | ({ readonly kind: 'in-force' } & InForceNow)
  /** A connection is its own now. */
  | { readonly kind: 'taken'; readonly id: number };

/** Connections on their way to one worker at once; one that takes none is passed over. */
const MAX_ON_THE_WAY = 64;

export type ChildHost = {
  said(message: Exclude<FromChild, { kind: 'taken' }>): void;
  /** The process ended. @param status its exit status, or the signal that ended it */
  ended(status: number | NodeJS.Signals): void;
};

/** A process of the gateway, as its supervisor holds it. */
export class Child implements Taker {
  readonly #process: ChildProcess;
  /**
   * Our end of connections that were handed over, until the process says that it has them: Node keeps that of the last one
   * open for ever where the process ends before (`disconnect` waits for its acknowledgement).
   */
  readonly #onTheWay = new Map<number, Socket>();
  #last = 0;
  #deadline: NodeJS.Timeout | undefined;
  #ended = false;

  /** @param script the program that runs now; it is started once more with the word `process` */
  constructor(script: string, message: ToChild, host: ChildHost) {
    this.#process = fork(script, ['process'], { serialization: 'advanced', stdio: 'inherit' });
    this.#process.on('message', (value) => {
      const message = parseMessage(value);
      if (message.kind === 'taken') this.#release(message.id);
      else host.said(message);
    });
    this.#process.on('error', () => undefined); // what it means is seen when it ends
    this.#process.once('exit', (code, signal) => {
      this.#ended = true;
      clearTimeout(this.#deadline);
      // What waited to be handed over would stay open with nobody at its end.
      for (const id of [...this.#onTheWay.keys()]) this.#release(id);
      host.ended(code ?? signal ?? 'SIGKILL');
    });
    this.#send(message);
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  give(listener: number, socket: Socket): boolean {
    if (this.#ended || !this.#process.connected || this.#onTheWay.size >= MAX_ON_THE_WAY) return false;
    this.#last += 1;
    const id = this.#last;
    this.#onTheWay.set(id, socket);
    const message: ToChild = { kind: 'connection', listener, id };
    this.#process.send(message, socket, { keepOpen: true }, (error) => {
      if (error !== null) this.#release(id);
    });
    return true;
  }

  #release(id: number): void {
    this.#onTheWay.get(id)?.destroy();
    this.#onTheWay.delete(id);
  }

  /** Asks it to end in order; it is killed where it has not within the deadline. */
  stop(deadlineMs: number): void {
    this.#send({ kind: 'stop' });
    this.killAfter(deadlineMs);
  }

  killAfter(deadlineMs: number): void {
    if (this.#ended) return;
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => this.#process.kill('SIGKILL'), deadlineMs);
  }

  /** Says something to it, if it is still there. */
  tell(message: ToChild): void {
    this.#send(message);
  }

  #send(message: ToChild): void {
    if (this.#process.connected) this.#process.send(message, () => undefined);
  }
}

/** From a process that was started here. */
function parseMessage(value: unknown): FromChild {
  return value as FromChild;
}
