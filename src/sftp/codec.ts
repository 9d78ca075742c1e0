import { GatewayError } from '../domain/errors.ts';

/** Packet types, draft-ietf-secsh-filexfer-02 §3. */
export const PACKET = {
  INIT: 1,
  VERSION: 2,
  OPEN: 3,
  CLOSE: 4,
  READ: 5,
  WRITE: 6,
  LSTAT: 7,
  FSTAT: 8,
  SETSTAT: 9,
  FSETSTAT: 10,
  OPENDIR: 11,
  READDIR: 12,
  REMOVE: 13,
  MKDIR: 14,
  RMDIR: 15,
  REALPATH: 16,
  STAT: 17,
  RENAME: 18,
  READLINK: 19,
  SYMLINK: 20,
  STATUS: 101,
  HANDLE: 102,
  DATA: 103,
  NAME: 104,
  ATTRS: 105,
  EXTENDED: 200,
  EXTENDED_REPLY: 201,
} as const;

/** What a packet may carry besides its data: type, id, handle, offset, lengths. */
const OVERHEAD_BYTES = 1024;

/** OpenSSH's SFTP_MAX_MSG_LENGTH; its clients send up to 255 KiB of data in one packet. */
export const MAX_PACKET_BYTES = 256 * 1024;

/** The most data in one READ or WRITE, so that the whole packet stays below the limit of OpenSSH. */
export const MAX_DATA_BYTES = MAX_PACKET_BYTES - OVERHEAD_BYTES;

/** One packet without its length: `byte type | rest`. A long one may have come in pieces; the first holds its short fields. */
export type Packet = { readonly type: number; readonly body: Buffer; readonly more?: readonly Buffer[] };

/** So much of a packet is put together, if need be, to be read at once. */
const HEAD_BYTES = 1024;

/** Cuts the byte stream of a channel into packets; holds at most one packet and one chunk. */
export class PacketParser {
  #chunks: Buffer[] = [];
  #bytes = 0;

  /** Bytes that came and belong to no whole packet yet. */
  get pending(): number {
    return this.#bytes;
  }

  add(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.#chunks.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    this.#bytes += chunk.length;
  }

  /**
   * uint32 length | byte type | length - 1 bytes
   * @returns the next whole packet, or undefined until more bytes come
   * @throws GatewayError `bad-request` where the length can not be true: the stream is lost
   */
  next(): Packet | undefined {
    if (this.#bytes < 4) return undefined;
    const length = this.#head(4).readUInt32BE(0);
    if (length < 1 || length > MAX_PACKET_BYTES + OVERHEAD_BYTES) throw malformed('the length of a packet is wrong');
    if (this.#bytes < 4 + length) return undefined;
    const head = this.#head(Math.min(4 + length, HEAD_BYTES));
    const type = head.readUInt8(4);
    const [body = head.subarray(0, 0), ...more] = this.#take(4 + length, 5);
    return more.length === 0 ? { type, body } : { type, body, more };
  }

  /** The first chunk, with at least so many bytes. */
  #head(bytes: number): Buffer {
    const chunks = this.#chunks;
    for (let [first, second] = chunks; first !== undefined; [first, second] = chunks) {
      if (first.length >= bytes || second === undefined) return first;
      chunks.splice(0, 2, Buffer.concat([first, second]));
    }
    return Buffer.alloc(0);
  }

  /** Removes bytes from the front. @returns them in pieces, without the first ones */
  #take(bytes: number, without: number): readonly Buffer[] {
    const taken: Buffer[] = [];
    let [skip, left] = [without, bytes];
    this.#bytes -= bytes;
    while (left > 0) {
      const first = this.#chunks[0];
      if (first === undefined) break;
      const piece = first.subarray(0, left);
      if (piece.length === first.length) this.#chunks.shift();
      else this.#chunks[0] = first.subarray(left);
      left -= piece.length;
      if (piece.length > skip) taken.push(skip === 0 ? piece : piece.subarray(skip));
      skip = Math.max(0, skip - piece.length);
    }
    return taken;
  }
}

/** A packet that breaks the protocol; who sends one can not be understood any more. */
export function malformed(text: string): GatewayError {
  return new GatewayError('bad-request', text);
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads the fields of one packet in order (RFC 4251 §5).
 * What does not fit is malformed and throws; what fits but is no use (a number beyond 2^53 - 1, a path that is not UTF-8)
 * is remembered as a `refusal`, so that the one request is answered and the session goes on.
 */
export class FieldReader {
  /** Why the request can not be carried out although the packet is whole. */
  refusal: GatewayError | undefined;
  #body: Buffer;
  #more: readonly Buffer[];
  #position = 0;

  /** @param more what follows the body in pieces */
  constructor(body: Buffer, more: readonly Buffer[] = []) {
    this.#body = body;
    this.#more = more;
  }

  uint32(): number {
    return this.#take(4).readUInt32BE(0);
  }

  uint64(): number {
    const value = this.#take(8).readBigUInt64BE(0);
    if (value <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(value);
    this.refusal ??= new GatewayError('bad-request', 'an offset or size is larger than any file can be');
    return Number.POSITIVE_INFINITY;
  }

  /** uint32 length | bytes */
  string(): Buffer {
    return this.#take(this.uint32());
  }

  /** As `string`, in the pieces it came in. */
  pieces(): readonly Buffer[] {
    const length = this.uint32();
    if (this.#more.length === 0) return [this.#take(length)];
    if (length > this.remaining) throw malformed('a field is longer than its packet');
    const pieces: Buffer[] = [];
    let left = length;
    for (const piece of [this.#body.subarray(this.#position), ...this.#more]) {
      if (left === 0) break;
      pieces.push(piece.subarray(0, left));
      left -= Math.min(left, piece.length);
    }
    this.skipRest();
    return pieces;
  }

  text(): string {
    const bytes = this.string();
    try {
      return UTF8.decode(bytes);
    } catch (error) {
      this.refusal ??= new GatewayError('bad-path', 'a name must be UTF-8', { cause: error });
      return '';
    }
  }

  get remaining(): number {
    return this.#more.reduce((sum, piece) => sum + piece.length, this.#body.length - this.#position);
  }

  skipRest(): void {
    this.#position = this.#body.length;
    this.#more = [];
  }

  #take(length: number): Buffer {
    const end = this.#position + length;
    if (end > this.#body.length && this.#more.length > 0) {
      this.#body = Buffer.concat([this.#body, ...this.#more]);
      this.#more = [];
    }
    if (end > this.#body.length) throw malformed('a field is longer than its packet');
    const bytes = this.#body.subarray(this.#position, end);
    this.#position = end;
    return bytes;
  }
}

/** Collects the fields of one reply and puts the length in front. */
export class FieldWriter {
  readonly #parts: Buffer[] = [];
  #bytes = 0;

  byte(value: number): this {
    return this.bytes(Buffer.of(value));
  }

  uint32(value: number): this {
    const field = Buffer.allocUnsafe(4);
    field.writeUInt32BE(value >>> 0, 0);
    return this.bytes(field);
  }

  uint64(value: number): this {
    const field = Buffer.allocUnsafe(8);
    field.writeBigUInt64BE(BigInt(value), 0);
    return this.bytes(field);
  }

  string(value: string | Buffer): this {
    const field = typeof value === 'string' ? Buffer.from(value) : value;
    return this.uint32(field.length).bytes(field);
  }

  bytes(field: Buffer): this {
    this.#parts.push(field);
    this.#bytes += field.length;
    return this;
  }

  get size(): number {
    return this.#bytes;
  }

  joined(): Buffer {
    return Buffer.concat(this.#parts, this.#bytes);
  }

  packet(): Buffer {
    const length = Buffer.allocUnsafe(4);
    length.writeUInt32BE(this.#bytes, 0);
    return Buffer.concat([length, ...this.#parts], 4 + this.#bytes);
  }
}

/** Begins a reply: byte type | uint32 id */
export function replyTo(type: number, id: number): FieldWriter {
  return new FieldWriter().byte(type).uint32(id);
}

/** SSH_FXP_VERSION, §4: uint32 version | { string name | string data } of each extension */
export function versionPacket(version: number, extensions: readonly (readonly [string, string])[]): Buffer {
  const writer = new FieldWriter().byte(PACKET.VERSION).uint32(version);
  for (const [name, data] of extensions) writer.string(name).string(data);
  return writer.packet();
}

/** SSH_FXP_STATUS, §7: uint32 id | uint32 code | string message | string language */
export function statusPacket(id: number, code: number, message: string, language = 'en'): Buffer {
  return replyTo(PACKET.STATUS, id).uint32(code).string(message).string(language).packet();
}

/** SSH_FXP_HANDLE, §7: uint32 id | string handle */
export function handlePacket(id: number, handle: string): Buffer {
  return replyTo(PACKET.HANDLE, id).string(handle).packet();
}

/** SSH_FXP_DATA, §7: uint32 id | string data. The data is not copied. */
export function dataPacket(id: number, data: readonly Buffer[]): readonly Buffer[] {
  const length = data.reduce((sum, part) => sum + part.length, 0);
  const head = Buffer.allocUnsafe(13);
  head.writeUInt32BE(9 + length, 0);
  head.writeUInt8(PACKET.DATA, 4);
  head.writeUInt32BE(id, 5);
  head.writeUInt32BE(length, 9);
  return [head, ...data];
}

/** SSH_FXP_ATTRS, §7: uint32 id | ATTRS */
export function attributesPacket(id: number, attributes: Buffer): Buffer {
  return replyTo(PACKET.ATTRS, id).bytes(attributes).packet();
}

export type NameEntry = { readonly name: string; readonly longName: string; readonly attributes: Buffer };

/** SSH_FXP_NAME, §7: uint32 id | uint32 count | { string filename | string longname | ATTRS } of each */
export function namePacket(id: number, entries: readonly NameEntry[]): Buffer {
  const writer = replyTo(PACKET.NAME, id).uint32(entries.length);
  for (const entry of entries) writer.string(entry.name).string(entry.longName).bytes(entry.attributes);
  return writer.packet();
}
