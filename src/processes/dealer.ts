import type { Socket } from 'node:net';
import type { Logger } from '../domain/logger.ts';
import { Ports } from './ports.ts';

/** Takes connections: a worker that is ready. */
export type Taker = {
  /** @returns false where it takes none now; else the connection is its own, and closed where it can not be handed over */
  give(listener: number, socket: Socket): boolean;
};

/** Connections that wait for a worker, as while the owner starts again; more are closed. */
const MAX_WAITING = 256;
/** A client has given up by then. */
const MAX_WAIT_MS = 15_000;
const LOOK_MS = 1_000;

type Waiting = { readonly listener: number; readonly socket: Socket; readonly since: number };

/**
 * Holds the ports of the gateway and deals the connections out, one worker after the other. No byte of them is read here.
 * The ports stay open whatever happens to the processes behind them.
 */
export class Dealer {
  readonly ports: Ports;
  readonly #look: NodeJS.Timeout;
  /** Whose turn it is next comes first. */
  #takers: readonly Taker[] = [];
  #waiting: Waiting[] = [];

  constructor(logger: Logger) {
    this.ports = new Ports({ came: (listener, socket) => this.#came(listener, socket), pauses: true, logger });
    this.#look = setInterval(() => this.#dropOld(), LOOK_MS).unref();
  }

  add(taker: Taker): void {
    this.#takers = [...this.#takers, taker];
    this.#dealWaiting();
  }

  remove(taker: Taker): void {
    this.#takers = this.#takers.filter((one) => one !== taker);
  }

  close(): void {
    clearInterval(this.#look);
    this.ports.close();
    for (const { socket } of this.#waiting) socket.destroy();
    this.#waiting = [];
  }

  #came(listener: number, socket: Socket): void {
    socket.on('error', () => socket.destroy());
    if (this.#deal(listener, socket)) return;
    if (this.#waiting.length >= MAX_WAITING) socket.destroy();
    else this.#waiting.push({ listener, socket, since: performance.now() });
  }

  #deal(listener: number, socket: Socket): boolean {
    for (const taker of this.#takers) {
      if (!taker.give(listener, socket)) continue;
      this.#takers = [...this.#takers.filter((one) => one !== taker), taker];
      return true;
    }
    return false;
  }

  #dealWaiting(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const one of waiting) {
      if (one.socket.destroyed || this.#deal(one.listener, one.socket)) continue;
      this.#waiting.push(one);
    }
  }

  #dropOld(): void {
    this.#dealWaiting();
    const before = performance.now() - MAX_WAIT_MS;
    for (const { socket, since } of this.#waiting) if (since < before) socket.destroy();
    this.#waiting = this.#waiting.filter(({ socket }) => !socket.destroyed);
  }
}
