import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { u32 } from './ssh-wire.ts';

/*
 * Packets of SSH made and opened by hand, so that each field can be wrong on purpose. Shares no code with the gateway.
 * RFC 4253 §6: uint32 length | byte padding length | payload | padding | MAC
 */

/** What is wrong with one packet on purpose. */
export type PacketFaults = {
  /** Stands where the length belongs. */
  readonly length?: number;
  /** Bytes of padding there are. */
  readonly padding?: number;
  /** Stands where the number of bytes of padding belongs. */
  readonly paddingSays?: number;
  /** A bit of the MAC or tag is turned. */
  readonly badMac?: boolean;
  /** A bit of what is encrypted is turned after the MAC was made. */
  readonly badBody?: boolean;
};

/** One direction of a connection: seals or opens packets with the keys of the hour. */
export type Sealer = { seal(payload: Uint8Array, faults?: PacketFaults): Buffer };
export type Opener = {
  /** @returns the payload of the first whole packet and the bytes behind it; undefined while it is not whole */
  open(bytes: Buffer): { readonly payload: Buffer; readonly rest: Buffer } | undefined;
};

export const CIPHERS = {
  gcm: { name: 'aes128-gcm@openssh.com', mac: 'hmac-sha2-256-etm@openssh.com', keyBytes: 16, ivBytes: 12 },
  ctr: { name: 'aes128-ctr', mac: 'hmac-sha2-256-etm@openssh.com', keyBytes: 16, ivBytes: 16 },
} as const;
export type CipherName = keyof typeof CIPHERS;
export type Keys = { readonly iv: Buffer; readonly key: Buffer; readonly mac: Buffer };

/** uint32 length | byte padding length | payload | padding. @param aligned how much of it fills blocks: all, or all but the length */
function plainPacket(payload: Uint8Array, block: number, aligned: 'all' | 'rest', faults: PacketFaults): Buffer {
  const fixed = aligned === 'all' ? 5 : 1;
  const short = block - ((fixed + payload.length) % block);
  const padding = faults.padding ?? (short < 4 ? short + block : short);
  const rest = Buffer.concat([Buffer.of((faults.paddingSays ?? padding) & 0xff), payload, randomBytes(padding)]);
  return Buffer.concat([u32(faults.length ?? rest.length), rest]);
}

/** Before the first keys. */
export class PlainSealer implements Sealer {
  seal(payload: Uint8Array, faults: PacketFaults = {}): Buffer {
    return plainPacket(payload, 8, 'all', faults);
  }
}

export class PlainOpener implements Opener {
  open(bytes: Buffer) {
    if (bytes.length < 4) return undefined;
    const end = 4 + bytes.readUInt32BE(0);
    if (bytes.length < end) return undefined;
    return { payload: bytes.subarray(5, end - bytes.readUInt8(4)), rest: bytes.subarray(end) };
  }
}

/** RFC 5647 §7.1: four fixed bytes and a counter of eight, one up for each packet. */
class GcmNonce {
  readonly #bytes: Buffer;

  constructor(iv: Buffer) {
    this.#bytes = Buffer.from(iv);
  }

  take(): Buffer {
    const now = Buffer.from(this.#bytes);
    this.#bytes.writeBigUInt64BE((now.readBigUInt64BE(4) + 1n) & 0xffff_ffff_ffff_ffffn, 4);
    return now;
  }
}

function turned(bytes: Buffer, wanted: boolean | undefined): Buffer {
  const copy = Buffer.from(bytes);
  if (wanted) copy.writeUInt8(copy.readUInt8(0) ^ 1, 0);
  return copy;
}

/** aes128-gcm@openssh.com: the length is not encrypted and authenticated, a tag of 16 bytes follows. */
export class GcmSealer implements Sealer {
  readonly #key: Buffer;
  readonly #nonce: GcmNonce;

  constructor({ key, iv }: Keys) {
    this.#key = key;
    this.#nonce = new GcmNonce(iv);
  }

  seal(payload: Uint8Array, faults: PacketFaults = {}): Buffer {
    const packet = plainPacket(payload, 16, 'rest', faults);
    const cipher = createCipheriv('aes-128-gcm', this.#key, this.#nonce.take());
    cipher.setAAD(packet.subarray(0, 4));
    const sealed = Buffer.concat([cipher.update(packet.subarray(4)), cipher.final()]);
    return Buffer.concat([
      packet.subarray(0, 4),
      turned(sealed, faults.badBody),
      turned(cipher.getAuthTag(), faults.badMac),
    ]);
  }
}

export class GcmOpener implements Opener {
  readonly #key: Buffer;
  readonly #nonce: GcmNonce;

  constructor({ key, iv }: Keys) {
    this.#key = key;
    this.#nonce = new GcmNonce(iv);
  }

  open(bytes: Buffer) {
    if (bytes.length < 4) return undefined;
    const end = 4 + bytes.readUInt32BE(0);
    if (bytes.length < end + 16) return undefined;
    const decipher = createDecipheriv('aes-128-gcm', this.#key, this.#nonce.take());
    decipher.setAAD(bytes.subarray(0, 4));
    decipher.setAuthTag(bytes.subarray(end, end + 16));
    const plain = Buffer.concat([decipher.update(bytes.subarray(4, end)), decipher.final()]);
    return { payload: plain.subarray(1, plain.length - plain.readUInt8(0)), rest: bytes.subarray(end + 16) };
  }
}

/** aes128-ctr with hmac-sha2-256-etm@openssh.com: the MAC is over the number of the packet, the length and what is encrypted. */
export class CtrSealer implements Sealer {
  readonly #cipher: ReturnType<typeof createCipheriv>;
  readonly #mac: Buffer;
  #number: number;

  constructor({ key, iv, mac }: Keys, number: number) {
    this.#cipher = createCipheriv('aes-128-ctr', key, iv);
    this.#mac = mac;
    this.#number = number;
  }

  seal(payload: Uint8Array, faults: PacketFaults = {}): Buffer {
    const packet = plainPacket(payload, 16, 'rest', faults);
    const body = this.#cipher.update(packet.subarray(4));
    const sealed = Buffer.concat([packet.subarray(0, 4), body]);
    const mac = createHmac('sha256', this.#mac).update(u32(this.#number)).update(sealed).digest();
    this.#number = (this.#number + 1) >>> 0;
    return Buffer.concat([packet.subarray(0, 4), turned(body, faults.badBody), turned(mac, faults.badMac)]);
  }
}

export class CtrOpener implements Opener {
  readonly #decipher: ReturnType<typeof createDecipheriv>;

  constructor({ key, iv }: Keys) {
    this.#decipher = createDecipheriv('aes-128-ctr', key, iv);
  }

  open(bytes: Buffer) {
    if (bytes.length < 4) return undefined;
    const end = 4 + bytes.readUInt32BE(0);
    if (bytes.length < end + 32) return undefined;
    const plain = this.#decipher.update(bytes.subarray(4, end));
    return { payload: plain.subarray(1, plain.length - plain.readUInt8(0)), rest: bytes.subarray(end + 32) };
  }
}
