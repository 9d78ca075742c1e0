import type { Socket } from 'node:net';

/** Above this many times the soft limit every newcomer is dropped; in between a random share that grows evenly. */
const HARD_FACTOR = 4;

/** Counts connections whose owner is not known yet, and says when a newcomer is dropped (as sshd's MaxStartups). */
export class Unauthenticated {
  readonly #softLimit: number;
  readonly #random: () => number;
  readonly #waiting = new Set<string>();

  constructor(softLimit: number, random: () => number = Math.random) {
    this.#softLimit = softLimit;
    this.#random = random;
  }

  /** @returns false where this connection must be dropped */
  came(socket: PeerAddress): boolean {
    const surplus = this.#waiting.size - this.#softLimit;
    const drop = surplus >= 0 && this.#random() < (surplus + 1) / (this.#softLimit * (HARD_FACTOR - 1));
    if (!drop) this.#waiting.add(keyOf(socket));
    return !drop;
  }

  admitted(socket: PeerAddress): void {
    this.#waiting.delete(keyOf(socket));
  }

  left(socket: PeerAddress): void {
    this.#waiting.delete(keyOf(socket));
  }
}

type PeerAddress = Pick<Socket, 'remoteAddress' | 'remotePort'>;

/** The TLS socket and the socket it wraps have no public link; both know the peer's address. */
function keyOf(socket: PeerAddress): string {
  return `${socket.remoteAddress ?? ''} ${socket.remotePort ?? 0}`;
}
