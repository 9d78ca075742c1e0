import { createServer, type Server, type Socket } from 'node:net';
import type { Logger } from '../domain/logger.ts';

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

export type Address = { readonly host: string; readonly port: number };

/**
 * Holds the ports of the gateway and deals the connections out, one worker after the other. No byte of them is read here.
 * The ports stay open whatever happens to the processes behind them.
 */
export class Dealer {
  readonly #servers: readonly Server[];
  readonly #addresses: readonly Address[];
  readonly #logger: Logger;
  readonly #look: NodeJS.Timeout;
  /** Whose turn it is next comes first. */
  #takers: readonly Taker[] = [];
  #waiting: Waiting[] = [];

  constructor(addresses: readonly Address[], logger: Logger) {
    this.#addresses = addresses;
    this.#logger = logger;
    this.#servers = addresses.map((_, listener) =>
      createServer({ pauseOnConnect: true }, (socket) => this.#came(listener, socket)),
    );
    this.#look = setInterval(() => this.#dropOld(), LOOK_MS).unref();
  }

  /** @returns the ports that were bound. @throws Error where one is taken */
  async listen(): Promise<readonly number[]> {
    const ports: number[] = [];
    for (const [index, server] of this.#servers.entries()) {
      const { host, port } = this.#addresses[index] ?? { host: '127.0.0.1', port: 0 };
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, host, () => {
          server.off('error', reject);
          resolve();
        });
      });
      server.on('error', (error) => this.#logger.error({ err: error }, 'a port failed'));
      const address = server.address();
      ports.push(typeof address === 'object' && address !== null ? address.port : port);
    }
    return ports;
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
    for (const server of this.#servers) server.close();
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
