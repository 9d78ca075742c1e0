import { ChannelWire } from '../../src/sftp/channel-wire.ts';
import { MAX_PACKET_BYTES } from '../../src/sftp/codec.ts';

/** Room for the rest of a packet is given before it has come whole, so one that has begun is not counted below. */
const BEGUN_BYTES = MAX_PACKET_BYTES + 1024;

/**
 * What the sessions of this process hold: bytes that came and are not dealt with, answers that have not left, sealed packets
 * in the socket. Looked at wherever it grows.
 */
export class HeldBytes {
  /** The most that one session held. */
  most = 0;
  readonly #taken = new Map<ChannelWire, number>();
  readonly #real = Object.getOwnPropertyDescriptors(ChannelWire.prototype);

  static watch(): HeldBytes {
    const watch = new HeldBytes();
    const { receive, used, send } = ChannelWire.prototype;
    ChannelWire.prototype.receive = async function (this: ChannelWire) {
      const bytes = await receive.call(this);
      watch.#count(
        this,
        (bytes ?? []).reduce((sum, piece) => sum + piece.length, 0),
      );
      return bytes;
    };
    ChannelWire.prototype.used = function (this: ChannelWire, bytes) {
      used.call(this, bytes);
      watch.#count(this, -bytes);
    };
    ChannelWire.prototype.send = function (this: ChannelWire, packet) {
      send.call(this, packet);
      watch.#count(this, 0);
    };
    return watch;
  }

  /** Of sessions that are open. */
  get left(): number {
    return [...this.#taken].reduce((sum, [wire, taken]) => sum + (wire.closed ? 0 : wire.held + taken), 0);
  }

  stop(): void {
    const { receive, used, send } = this.#real;
    Object.defineProperties(ChannelWire.prototype, { receive, used, send });
  }

  #count(wire: ChannelWire, more: number): void {
    const taken = Math.max(0, (this.#taken.get(wire) ?? 0) + more);
    this.#taken.set(wire, taken);
    this.most = Math.max(this.most, wire.held + taken + BEGUN_BYTES);
  }
}
