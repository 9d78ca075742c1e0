import type { Peer, Stranger, Strangers } from '../access/waiting-room.ts';
import { normaliseAddress } from '../domain/network.ts';
import type { OwnerTells, TellHandlers, ToOwner } from './messages.ts';

/** Connections of this worker that wait in rooms of the owner. */
export class RemoteStrangers {
  readonly #owner: ToOwner;
  readonly #waiting = new Map<number, RemoteStranger>();
  #last = 0;

  constructor(owner: ToOwner) {
    this.#owner = owner;
  }

  /** The waiting room of one listener. */
  of(listener: number): Strangers {
    return { came: (peer) => this.#came(listener, peer) };
  }

  /** What the owner says about them. */
  get handlers(): Pick<TellHandlers<OwnerTells>, 'stranger.begin' | 'stranger.drop'> {
    return {
      'stranger.begin': ({ id }) => this.#waiting.get(id)?.begins(),
      'stranger.drop': ({ id }) => this.#waiting.get(id)?.drop(),
    };
  }

  #came(listener: number, peer: Peer): Stranger {
    this.#last += 1;
    const id = this.#last;
    const address = normaliseAddress(peer.remoteAddress ?? '');
    const stranger = new RemoteStranger(id, address, peer, this.#owner, () => this.#waiting.delete(id));
    this.#waiting.set(id, stranger);
    this.#owner.tell('stranger.came', { id, listener, address });
    return stranger;
  }
}

/** One of them. What it does is told in order, so that the owner's room sees what a room of its own would see. */
class RemoteStranger implements Stranger {
  readonly address: string;
  readonly #id: number;
  readonly #peer: Peer;
  readonly #owner: ToOwner;
  readonly #gone: () => void;
  #begin: (() => void) | undefined;
  #asked = false;
  #left = false;
  #turnedAway = false;

  constructor(id: number, address: string, peer: Peer, owner: ToOwner, gone: () => void) {
    this.address = address;
    this.#id = id;
    this.#peer = peer;
    this.#owner = owner;
    this.#gone = gone;
  }

  get isSilent(): boolean {
    return this.#peer.bytesRead === 0;
  }

  get turnedAway(): boolean {
    return this.#turnedAway;
  }

  inTurn(begin: () => void): void {
    if (this.#asked || this.#left) return;
    this.#asked = true;
    this.#begin = begin;
    this.#owner.tell('stranger.spoke', { id: this.#id });
  }

  /** Always true: where it was one too many, the owner drops the connection before it gets a place. */
  proves(fingerprint: string): boolean {
    this.#owner.tell('stranger.proves', { id: this.#id, fingerprint });
    return true;
  }

  admitted(fingerprint: string): void {
    this.#owner.tell('stranger.admitted', { id: this.#id, fingerprint });
  }

  failed(fingerprint?: string): void {
    this.#owner.tell('stranger.failed', { id: this.#id, fingerprint });
  }

  left(): void {
    if (this.#left) return;
    this.#left = true;
    this.#begin = undefined;
    this.#gone();
    this.#owner.tell('stranger.left', { id: this.#id });
  }

  /** The owner says that it is its turn. */
  begins(): void {
    const begin = this.#begin;
    this.#begin = undefined;
    begin?.();
  }

  /** The owner has no place for it any more. */
  drop(): void {
    this.#turnedAway = true;
    this.left();
    this.#peer.destroy();
  }
}
