import {
  type CipherGCMTypes,
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  type KeyObject,
  randomFillSync,
} from 'node:crypto';
import type { Socket } from 'node:net';
import { giveBack } from './give-back.ts';
import type { Cipher, Decipher, OnPayload } from './ssh2-inside.ts';

/*
 * AES-GCM for SSH (RFC 5647, as aes128-gcm@openssh.com has it), in place of what ssh2 does without its addon, for speed:
 * a KeyObject where a Buffer costs 33 µs for each packet, padding from a pool, one write for the packets of a turn, data
 * that is sealed where it lies instead of being copied into a packet first, and no copy of packets that came whole.
 * On the wire: uint32 length, not encrypted | encrypted: byte padding length | payload | padding | tag of 16 bytes
 */

const LENGTH_BYTES = 4;
const TAG_BYTES = 16;
const BLOCK_BYTES = 16;
const MIN_PADDING = 4;
/** RFC 4253 §6.1: what every implementation takes. */
const MAX_PACKET_BYTES = 35_000;
const MSG_CHANNEL_DATA = 94;
/** byte 94 | uint32 channel | uint32 length */
const DATA_HEAD_BYTES = 9;
const POOL_BYTES = 16 * 1024;
/** Smaller packets are sent as one piece. */
const SMALL_BYTES = 2048;

/** Padding is not secret and needs not be new for each packet: it is encrypted, and RFC 4253 §6 asks only for random bytes. */
class Padding {
  readonly #pool = Buffer.alloc(POOL_BYTES);
  #next = POOL_BYTES;

  take(bytes: number): Buffer {
    if (this.#next + bytes > POOL_BYTES) {
      randomFillSync(this.#pool);
      this.#next = 0;
    }
    this.#next += bytes;
    return this.#pool.subarray(this.#next - bytes, this.#next);
  }
}

const padding = new Padding();

export class GcmCipher implements Cipher {
  outSeqno: number;
  readonly #name: CipherGCMTypes;
  readonly #key: KeyObject;
  readonly #iv: Buffer;
  readonly #socket: Socket;
  #corked = false;
  #dead = false;

  private constructor(name: CipherGCMTypes, key: Buffer, iv: Buffer, { outSeqno }: Cipher, socket: Socket) {
    this.outSeqno = outSeqno;
    this.#name = name;
    this.#key = createSecretKey(key);
    this.#iv = iv;
    this.#socket = socket;
  }

  /** @returns undefined where another cipher was agreed on */
  static from(cipher: Cipher, socket: Socket): GcmCipher | undefined {
    const { _encSSLName: name, _encKey: key, _encIV: iv } = cipher;
    if (!isGcm(name) || !Buffer.isBuffer(key) || iv === undefined) return undefined;
    return new GcmCipher(name, key, iv, cipher, socket);
  }

  free(): void {
    this.#dead = true;
  }

  /** Room for a payload at its place, the length before it and padding behind it. */
  allocPacket(payloadBytes: number): Buffer {
    const padBytes = paddingFor(payloadBytes);
    const packet = Buffer.allocUnsafe(LENGTH_BYTES + 1 + payloadBytes + padBytes);
    packet.writeUInt32BE(packet.length - LENGTH_BYTES, 0);
    packet.writeUInt8(padBytes, LENGTH_BYTES);
    packet.set(padding.take(padBytes), LENGTH_BYTES + 1 + payloadBytes);
    return packet;
  }

  encrypt(packet: Buffer): void {
    this.#seal(packet.subarray(0, LENGTH_BYTES), [packet.subarray(LENGTH_BYTES)]);
  }

  /** SSH_MSG_CHANNEL_DATA, RFC 4254 §5.2, of data that lies in pieces. */
  encryptData(channel: number, data: readonly Uint8Array[], dataBytes: number): void {
    const payloadBytes = DATA_HEAD_BYTES + dataBytes;
    const padBytes = paddingFor(payloadBytes);
    const head = Buffer.allocUnsafe(LENGTH_BYTES + 1 + DATA_HEAD_BYTES);
    head.writeUInt32BE(1 + payloadBytes + padBytes, 0);
    head.writeUInt8(padBytes, 4);
    head.writeUInt8(MSG_CHANNEL_DATA, 5);
    head.writeUInt32BE(channel, 6);
    head.writeUInt32BE(dataBytes, 10);
    this.#seal(head.subarray(0, LENGTH_BYTES), [head.subarray(LENGTH_BYTES), ...data, padding.take(padBytes)]);
  }

  #seal(length: Buffer, pieces: readonly Uint8Array[]): void {
    if (this.#dead) return;
    const cipher = createCipheriv(this.#name, this.#key, this.#iv);
    cipher.setAAD(length);
    const sealed: Buffer[] = [length];
    let bytes = LENGTH_BYTES + TAG_BYTES;
    for (const piece of pieces) {
      const part = cipher.update(piece);
      sealed.push(part);
      bytes += part.length;
    }
    cipher.final();
    sealed.push(cipher.getAuthTag());
    this.#cork();
    this.#write(bytes <= SMALL_BYTES ? [Buffer.concat(sealed, bytes)] : sealed);
    count(this.#iv);
    this.outSeqno = (this.outSeqno + 1) >>> 0;
  }

  /** Once they have left, their memory goes back. */
  #write(parts: readonly Buffer[]): void {
    const socket = this.#socket;
    if (!socket.writable || socket.readableEnded) return;
    const last = parts.length - 1;
    for (let index = 0; index < last; index += 1) socket.write(parts[index] ?? '');
    socket.write(parts[last] ?? '', (error) => {
      if (!error) for (const part of parts) giveBack(part);
    });
  }

  /** One system call for the packets of this turn of the event loop. */
  #cork(): void {
    if (this.#corked) return;
    this.#corked = true;
    this.#socket.cork();
    setImmediate(() => {
      this.#corked = false;
      this.#socket.uncork();
    });
  }
}

export class GcmDecipher implements Decipher {
  inSeqno: number;
  readonly _onPayload: OnPayload;
  readonly #name: CipherGCMTypes;
  readonly #key: KeyObject;
  readonly #iv: Buffer;
  /** The beginning of a packet that has not come whole. */
  #held: Buffer | undefined;
  #heldBytes = 0;

  private constructor(name: CipherGCMTypes, key: Buffer, iv: Buffer, { inSeqno, _onPayload }: Decipher) {
    this.inSeqno = inSeqno;
    this._onPayload = _onPayload;
    this.#name = name;
    this.#key = createSecretKey(key);
    this.#iv = iv;
  }

  /** @returns undefined where another cipher was agreed on */
  static from(decipher: Decipher): GcmDecipher | undefined {
    const { _decipherSSLName: name, _decipherKey: key, _decipherIV: iv } = decipher;
    if (!isGcm(name) || !Buffer.isBuffer(key) || iv === undefined) return undefined;
    return new GcmDecipher(name, key, iv, decipher);
  }

  free(): void {}

  /**
   * Opens the packets in a chunk; keeps no part of the chunk itself.
   * @returns where to go on with other keys, or undefined at the end. @throws Error where a packet can not be true
   */
  decrypt(data: Buffer, from: number, end: number): number | undefined {
    for (let at = from; at < end; ) {
      let payload: Buffer;
      if (this.#held === undefined && end - at >= LENGTH_BYTES && end - at >= wholeBytes(data, at)) {
        const next = at + wholeBytes(data, at);
        payload = this.#open(data.subarray(at, next));
        at = next;
      } else {
        at = this.#hold(data, at, end);
        const held = this.#whole();
        if (held === undefined) continue;
        payload = this.#open(held);
      }
      const result = this._onPayload(payload);
      if (result !== undefined) return result === false ? at : Number(result);
    }
    return undefined;
  }

  /** Takes what the packet that is held still lacks: first its length, then all of it. @returns where the chunk goes on */
  #hold(data: Buffer, at: number, end: number): number {
    this.#held ??= Buffer.allocUnsafe(LENGTH_BYTES);
    const taken = data.copy(this.#held, this.#heldBytes, at, end);
    this.#heldBytes += taken;
    if (this.#heldBytes === LENGTH_BYTES && this.#held.length === LENGTH_BYTES) {
      const whole = Buffer.allocUnsafe(wholeBytes(this.#held, 0));
      this.#held.copy(whole);
      this.#held = whole;
    }
    return at + taken;
  }

  #whole(): Buffer | undefined {
    const held = this.#held;
    if (held === undefined || held.length === LENGTH_BYTES || this.#heldBytes < held.length) return undefined;
    this.#held = undefined;
    this.#heldBytes = 0;
    return held;
  }

  #open(packet: Buffer): Buffer {
    const decipher = createDecipheriv(this.#name, this.#key, this.#iv);
    decipher.setAAD(packet.subarray(0, LENGTH_BYTES));
    const opened = decipher.update(packet.subarray(LENGTH_BYTES, -TAG_BYTES));
    decipher.setAuthTag(packet.subarray(-TAG_BYTES));
    decipher.final();
    count(this.#iv);
    this.inSeqno = (this.inSeqno + 1) >>> 0;
    const padBytes = opened.readUInt8(0);
    const end = opened.length - padBytes;
    if (padBytes < MIN_PADDING || end < 1) throw new Error('the padding of a packet can not be true');
    return opened.subarray(1, end);
  }
}

function isGcm(name: string | undefined): name is CipherGCMTypes {
  return name === 'aes-128-gcm' || name === 'aes-256-gcm';
}

/** The padding length and the payload fill blocks; the length before them does not count. */
function paddingFor(payloadBytes: number): number {
  const padBytes = BLOCK_BYTES - ((1 + payloadBytes) % BLOCK_BYTES);
  return padBytes < MIN_PADDING ? padBytes + BLOCK_BYTES : padBytes;
}

/** @throws Error where the length can not be true */
function wholeBytes(data: Buffer, at: number): number {
  const length = data.readUInt32BE(at);
  if (length < BLOCK_BYTES || length % BLOCK_BYTES !== 0 || length > MAX_PACKET_BYTES)
    throw new Error('Bad packet length');
  return LENGTH_BYTES + length + TAG_BYTES;
}

/** RFC 5647 §7.1: the last eight bytes of the nonce count packets. */
function count(iv: Buffer): void {
  for (let at = iv.length - 1; at >= iv.length - 8; at -= 1) {
    const next = (iv[at] ?? 0) + 1;
    iv[at] = next;
    if (next < 256) return;
  }
}
