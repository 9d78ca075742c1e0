import type { Socket } from 'node:net';
import type { ServerChannel } from 'ssh2';
import type { Wire } from './session.ts';

/** Answers wait for the client once this much of them has not left. */
const MAX_WAITING_BYTES = 1024 * 1024;

/** The raw channel of ssh2 as an SFTP session sees it. */
export class ChannelWire implements Wire {
  readonly input: AsyncIterable<unknown>;
  readonly #channel: ServerChannel;
  readonly #socket: Socket;
  #closed = false;
  #stopped = false;
  #wake: (() => void) | undefined;
  readonly #written = (): void => this.#drained();

  constructor(channel: ServerChannel, socket: Socket) {
    this.#channel = channel;
    this.#socket = socket;
    this.input = channel.iterator({ destroyOnReturn: false });
    channel.on('error', () => this.cut());
    channel.stderr.on('error', () => {});
    channel.once('close', () => this.cut());
    socket.on('drain', () => this.#drained());
  }

  get closed(): boolean {
    return this.#closed || this.#stopped;
  }

  /** Bytes that came in and were not taken yet, and answers that the client gives no room for. */
  get held(): number {
    return this.#channel.readableLength + this.#channel.writableLength;
  }

  send(packet: Buffer): void {
    if (!this.#closed && this.#channel.writable) this.#channel.write(packet, this.#written);
  }

  /**
   * ssh2 passes on whatever the channel's window allows, so both the channel and the socket are looked at: a client that
   * does not read makes the first, the second or both grow.
   */
  async drained(): Promise<void> {
    while (!this.#closed && this.#waiting() > MAX_WAITING_BYTES) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** The request in hand is answered, and no other is taken. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    // Whoever waits for input waits no longer.
    this.#channel.push(null);
  }

  /** Nothing more is sent or carried out. */
  cut(): void {
    this.#closed = true;
    this.#drained();
    this.stop();
  }

  /** What a client waits for before it leaves: exit status, end of file, close (mscdex/ssh2#1443). */
  finish(exitStatus: number): void {
    if (this.#closed || !this.#channel.writable) return;
    this.#channel.exit(exitStatus);
    this.#channel.end();
    this.#channel.resume();
  }

  #waiting(): number {
    return this.#channel.writableLength + this.#socket.writableLength;
  }

  #drained(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
}
