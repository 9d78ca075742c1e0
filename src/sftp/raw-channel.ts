import type { Socket } from 'node:net';
import type { Connection, ServerChannel } from 'ssh2';
import { GcmCipher, GcmDecipher } from './gcm.ts';
import { ReceivedBuffers } from './received-buffers.ts';
import { SpentBuffers } from './spent-buffers.ts';
import { asSession, channelEnds, internalsOf, type Protocol, socketOf, wrap } from './ssh2-inside.ts';

/** SSH packets of channel data hold no more than this, whatever a client would take. */
const MAX_DATA_BYTES = 32 * 1024;
/** Sealed bytes that wait in the socket; the rest waits as it is, and is counted. */
const MAX_SEALED_BYTES = 512 * 1024;
/** From here on what was sent is not held back until the end of the turn. */
const FLUSH_BYTES = 128 * 1024;

/** Of all channels whose cipher is not ours, as the young part of the heap is. */
const buffers = new SpentBuffers();

/**
 * Beside the 2 MiB that ssh2 opens a channel with, as OpenSSH does: what was sent is written and digested before as much may come,
 * and a client far away would have less under way than with a server that only passes it on.
 */
const MORE_WINDOW_BYTES = 512 * 1024;

/** How much of the window a client that waits for it is given back at a time. */
const FAR_STEP_BYTES = 64 * 1024;

/** What a channel tells whoever uses it. */
export type ChannelUser = {
  /** Bytes came; they count against the window until `opened` is called. */
  data(bytes: Buffer): void;
  /** Less waits to leave than before. */
  drained(): void;
};

/**
 * The bytes of one channel of ssh2, in both directions, without its streams: those copy everything twice, pass on whatever
 * the window allows, and open the window before anybody has looked at what came.
 */
export class RawChannel {
  readonly #channel: ServerChannel;
  readonly #protocol: Protocol;
  readonly #socket: Socket;
  readonly #user: ChannelUser;
  readonly #window: number;
  readonly #received = new ReceivedBuffers();
  #owed = 0;
  #queue: Buffer[] = [];
  #queuedBytes = 0;
  /** Bytes that were ever sealed, and what is to be called at some of those counts. */
  #sealedBytes = 0;
  readonly #done: { readonly at: number; readonly call: () => void }[] = [];
  #scheduled = false;
  #exitStatus: number | undefined;
  readonly #pumped = (): void => this.#pump();

  constructor(client: Connection, channel: ServerChannel, user: ChannelUser) {
    const { protocol, channels } = internalsOf(client);
    this.#channel = channel;
    this.#protocol = protocol;
    this.#socket = socketOf(client);
    this.#user = user;
    const { incoming, outgoing } = channelEnds(channel);
    incoming.window += MORE_WINDOW_BYTES;
    protocol.channelWindowAdjust(outgoing.id, MORE_WINDOW_BYTES);
    this.#window = incoming.window;
    const isOurs = (recipient: unknown) => asSession(channels.get(Number(recipient)))?.channel === channel;
    wrap(protocol, 'CHANNEL_DATA', (next, [, recipient, data]) => {
      // What the window does not allow is for the fence, which ends the connection.
      if (!isOurs(recipient) || !Buffer.isBuffer(data) || data.length > incoming.window) return next();
      if (incoming.state !== 'open' || outgoing.state !== 'open') return;
      incoming.window -= data.length;
      // Our own decipher opens each packet into memory of its own, and keeps nothing of it.
      this.#received.came(data, protocol._decipher instanceof GcmDecipher);
      user.data(data);
    });
    wrap(protocol, 'CHANNEL_WINDOW_ADJUST', (next) => {
      next();
      this.#pump();
    });
    const complete = protocol._onHandshakeComplete;
    protocol._onHandshakeComplete = (...negotiated) => {
      complete(...negotiated);
      this.#pump();
    };
    this.#socket.on('drain', this.#pumped);
    // Nothing is pushed into the stream any more but its end.
    channel.resume();
  }

  /** Bytes that wait to leave. */
  get waiting(): number {
    return this.#queuedBytes + this.#socket.writableLength;
  }

  /** @param done called once all of them are sealed: they are in no use here any more */
  send(bytes: readonly Buffer[], done?: () => void): void {
    for (const piece of bytes) {
      this.#queue.push(piece);
      this.#queuedBytes += piece.length;
    }
    if (done !== undefined) this.#done.push({ at: this.#sealedBytes + this.#queuedBytes, call: done });
    if (this.#queuedBytes >= FLUSH_BYTES) {
      this.#pump();
      return;
    }
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#pump();
    });
  }

  /** Bytes that came were used: as many more may come. */
  opened(bytes: number): void {
    this.#owed += bytes;
    const { incoming, outgoing } = channelEnds(this.#channel);
    // A client far away has used up most of its window and waits for every bit; one that is near hears of it less often.
    const isFar = incoming.window < this.#window / 2;
    if (this.#owed < (isFar ? FAR_STEP_BYTES : this.#window / 4)) return;
    if (outgoing.state !== 'open') return;
    incoming.window += this.#owed;
    this.#protocol.channelWindowAdjust(outgoing.id, this.#owed);
    this.#owed = 0;
  }

  /** So many bytes more of what came are dealt with. @param isFree nobody holds any of them, and no thread works on them */
  dealtWith(bytes: number, isFree: boolean): void {
    this.#received.dealtWith(bytes, isFree);
  }

  /** What a client waits for before it leaves, after all answers: exit status, end of file, close (mscdex/ssh2#1443). */
  finish(exitStatus: number): void {
    this.#exitStatus = exitStatus;
    this.#pump();
  }

  /** Nothing more is sent. */
  cut(): void {
    this.#queue = [];
    this.#queuedBytes = 0;
    this.#socket.off('drain', this.#pumped);
  }

  #pump(): void {
    const { outgoing } = channelEnds(this.#channel);
    // While keys are exchanged nothing may be sent; the end of it calls again.
    if (outgoing.state !== 'open' || this.#protocol._kexinit !== undefined) return;
    const most = Math.min(outgoing.packetSize, MAX_DATA_BYTES);
    while (this.#queuedBytes > 0 && outgoing.window > 0 && this.#socket.writableLength < MAX_SEALED_BYTES) {
      const bytes = Math.min(this.#queuedBytes, outgoing.window, most);
      const pieces = this.#take(bytes);
      const { _cipher: cipher } = this.#protocol;
      if (cipher instanceof GcmCipher) cipher.encryptData(outgoing.id, pieces, bytes);
      else {
        this.#protocol.channelData(outgoing.id, Buffer.concat(pieces, bytes));
        buffers.spent(bytes);
      }
      outgoing.window -= bytes;
      this.#sealed(bytes);
    }
    if (this.#queuedBytes === 0 && this.#exitStatus !== undefined) {
      this.#channel.exit(this.#exitStatus);
      this.#exitStatus = undefined;
      this.#channel.end();
    }
    this.#user.drained();
  }

  #sealed(bytes: number): void {
    this.#sealedBytes += bytes;
    for (let first = this.#done[0]; first !== undefined && first.at <= this.#sealedBytes; first = this.#done[0]) {
      this.#done.shift();
      first.call();
    }
  }

  #take(wanted: number): readonly Buffer[] {
    const taken: Buffer[] = [];
    let left = wanted;
    let whole = 0;
    for (const piece of this.#queue) {
      if (piece.length > left) break;
      taken.push(piece);
      left -= piece.length;
      whole += 1;
    }
    this.#queue.splice(0, whole);
    const [first] = this.#queue;
    if (left > 0 && first !== undefined) {
      taken.push(first.subarray(0, left));
      this.#queue[0] = first.subarray(left);
    }
    this.#queuedBytes -= wanted;
    return taken;
  }
}
