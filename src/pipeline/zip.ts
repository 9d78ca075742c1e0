/**
 * A ZIP archive of one file, written in one pass (APPNOTE 6.3.10): local header | data | data descriptor | central header |
 * [ZIP64 end, its locator] | end. Checksum and sizes stand behind the data (general purpose bit 3); numbers are little-endian.
 */

const LOCAL = 0x04034b50;
const DESCRIPTOR = 0x08074b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const END_64 = 0x06064b50;
const LOCATOR_64 = 0x07064b50;
const VERSION = 20;
const VERSION_64 = 45;
/** Bit 3: sizes in the data descriptor; bit 11: the name is UTF-8. */
const FLAGS = 0x0808;
const DEFLATED = 8;
const DAY = 0x21; // 1980-01-01, the first there is: the same delivery is always the same bytes
const FULL_32 = 0xffffffff;
/** From here on sizes take 64 bits; deflate makes nothing longer by more than this leaves room for. */
const LARGE = 0xff000000;

export class ZipOfOne {
  readonly #name: Buffer;
  readonly #size: number;
  readonly #isLarge: boolean;

  constructor(name: string, size: number) {
    this.#name = Buffer.from(name);
    this.#size = size;
    this.#isLarge = size >= LARGE;
  }

  /** What stands before the deflated data. */
  head(): Buffer {
    const fixed = Buffer.alloc(30);
    fixed.writeUInt32LE(LOCAL, 0);
    this.#common(fixed, 4, 0, 0);
    return Buffer.concat([fixed, this.#name, this.#extra(0)]);
  }

  /** What stands behind it. */
  tail(crc: number, packedSize: number): Buffer {
    const descriptor = this.#descriptor(crc, packedSize);
    const start = this.head().length + packedSize + descriptor.length;
    const central = Buffer.alloc(46);
    central.writeUInt32LE(CENTRAL, 0);
    central.writeUInt16LE(this.#version, 4);
    this.#common(central, 6, crc, packedSize);
    const header = Buffer.concat([central, this.#name, this.#extra(packedSize)]);
    return Buffer.concat([
      descriptor,
      header,
      ...(this.#isLarge ? [end64(start, header.length)] : []),
      end(start, header.length),
    ]);
  }

  get #version(): number {
    return this.#isLarge ? VERSION_64 : VERSION;
  }

  /** version | flags | method | time | day | crc | packed size | size | length of name | length of extra */
  #common(into: Buffer, at: number, crc: number, packedSize: number): void {
    into.writeUInt16LE(this.#version, at);
    into.writeUInt16LE(FLAGS, at + 2);
    into.writeUInt16LE(DEFLATED, at + 4);
    into.writeUInt16LE(DAY, at + 8);
    into.writeUInt32LE(crc, at + 10);
    const isHead = packedSize === 0;
    into.writeUInt32LE(this.#isLarge ? FULL_32 : packedSize, at + 14);
    into.writeUInt32LE(this.#isLarge ? FULL_32 : isHead ? 0 : this.#size, at + 18);
    into.writeUInt16LE(this.#name.length, at + 22);
    into.writeUInt16LE(this.#isLarge ? 20 : 0, at + 24);
  }

  /** ZIP64: id | length | size | packed size; both are 0 in the local header, where nobody knows them yet. */
  #extra(packedSize: number): Buffer {
    if (!this.#isLarge) return Buffer.alloc(0);
    const extra = Buffer.alloc(20);
    extra.writeUInt16LE(1, 0);
    extra.writeUInt16LE(16, 2);
    extra.writeBigUInt64LE(BigInt(packedSize === 0 ? 0 : this.#size), 4);
    extra.writeBigUInt64LE(BigInt(packedSize), 12);
    return extra;
  }

  #descriptor(crc: number, packedSize: number): Buffer {
    const descriptor = Buffer.alloc(this.#isLarge ? 24 : 16);
    descriptor.writeUInt32LE(DESCRIPTOR, 0);
    descriptor.writeUInt32LE(crc, 4);
    if (this.#isLarge) {
      descriptor.writeBigUInt64LE(BigInt(packedSize), 8);
      descriptor.writeBigUInt64LE(BigInt(this.#size), 16);
    } else {
      descriptor.writeUInt32LE(packedSize, 8);
      descriptor.writeUInt32LE(this.#size, 12);
    }
    return descriptor;
  }
}

function end(start: number, length: number): Buffer {
  const record = Buffer.alloc(22);
  record.writeUInt32LE(END, 0);
  record.writeUInt16LE(1, 8);
  record.writeUInt16LE(1, 10);
  record.writeUInt32LE(length, 12);
  record.writeUInt32LE(Math.min(start, FULL_32), 16);
  return record;
}

function end64(start: number, length: number): Buffer {
  const record = Buffer.alloc(56 + 20);
  record.writeUInt32LE(END_64, 0);
  record.writeBigUInt64LE(44n, 4); // of what follows in this record
  record.writeUInt16LE(VERSION_64, 12);
  record.writeUInt16LE(VERSION_64, 14);
  record.writeBigUInt64LE(1n, 24);
  record.writeBigUInt64LE(1n, 32);
  record.writeBigUInt64LE(BigInt(length), 40);
  record.writeBigUInt64LE(BigInt(start), 48);
  record.writeUInt32LE(LOCATOR_64, 56);
  record.writeBigUInt64LE(BigInt(start + length), 64);
  record.writeUInt32LE(1, 72);
  return record;
}
