import type { Connection, ServerChannel } from 'ssh2';
import { RawChannel } from './raw-channel.ts';
import type { Wire } from './session.ts';

/** Answers wait for the client once this much of them has not left. */
const MAX_WAITING_BYTES = 512 * 1024;

/** A channel of SSH as an SFTP session sees it. */
export class ChannelWire implements Wire {
  readonly #raw: RawChannel;
  #inbox: Buffer[] = [];
  #inboxBytes = 0;
  #ended = false;
  #closed = false;
  #stopped = false;
  #keeps = true;
  #wakeReader: (() => void) | undefined;
  #wakeWriter: (() => void) | undefined;

  constructor(client: Connection, channel: ServerChannel) {
    this.#raw = new RawChannel(client, channel, {
      data: (bytes) => {
        this.#inbox.push(bytes);
        this.#inboxBytes += bytes.length;
        this.#wakeReader?.();
      },
      drained: () => this.#drained(),
    });
    channel.on('error', () => this.cut());
    channel.stderr.on('error', () => {});
    channel.once('close', () => this.cut());
    channel.once('end', () => {
      this.#ended = true;
      this.#wakeReader?.();
    });
  }

  get closed(): boolean {
    return this.#closed || this.#stopped;
  }

  get keeps(): boolean {
    return this.#keeps;
  }

  /** Bytes that came in and were not taken yet, and answers that the client gives no room for. */
  get held(): number {
    return this.#inboxBytes + this.#raw.waiting;
  }

  async receive(take: (bytes: Buffer) => void): Promise<boolean> {
    while (this.#inbox.length === 0) {
      if (this.#ended || this.closed) return false;
      await new Promise<void>((resolve) => {
        this.#wakeReader = resolve;
      });
      this.#wakeReader = undefined;
    }
    const inbox = this.#inbox;
    this.#inbox = [];
    this.#inboxBytes = 0;
    for (const bytes of inbox) take(bytes);
    return true;
  }

  used(bytes: number): void {
    if (!this.#closed) this.#raw.opened(bytes);
  }

  dealtWith(bytes: number, isFree: boolean): void {
    this.#raw.dealtWith(bytes, isFree);
  }

  send(packet: readonly Buffer[], done?: () => void): void {
    if (!this.#closed) this.#raw.send(packet, done);
  }

  /** A client that does not read makes the channel's queue, the socket or both grow: both are looked at. */
  async drained(): Promise<void> {
    while (!this.#closed && this.#raw.waiting > MAX_WAITING_BYTES) {
      await new Promise<void>((resolve) => {
        this.#wakeWriter = resolve;
      });
    }
  }

  /** The request in hand is answered, and no other is taken. */
  stop(): void {
    this.#stopped = true;
    this.#wakeReader?.();
  }

  /** Nothing more is sent or carried out. */
  cut(): void {
    this.#closed = true;
    this.#raw.cut();
    this.#drained();
    this.#wakeReader?.();
  }

  /** As `cut`, and nothing is kept of what came. */
  expel(): void {
    this.#keeps = false;
    this.cut();
  }

  finish(exitStatus: number): void {
    if (!this.#closed) this.#raw.finish(exitStatus);
  }

  #drained(): void {
    this.#wakeWriter?.();
    this.#wakeWriter = undefined;
  }
}
