import { GatewayError } from './errors.ts';

/**
 * Reads the data types of SSH (RFC 4251 §5) one after the other.
 * Every method throws GatewayError `bad-request` where the bytes do not add up.
 */
export class WireReader {
  readonly #bytes: Buffer;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** How many bytes were read. */
  get offset(): number {
    return this.#offset;
  }

  get atEnd(): boolean {
    return this.#offset === this.#bytes.length;
  }

  byte(): number {
    return this.#take(1).readUInt8();
  }

  uint32(): number {
    return this.#take(4).readUInt32BE();
  }

  uint64(): bigint {
    return this.#take(8).readBigUInt64BE();
  }

  /** uint32 length | bytes */
  string(): Buffer {
    return this.#take(this.uint32());
  }

  /** A string of ASCII without control characters, as names are. */
  name(): string {
    const text = this.string().toString('latin1');
    if (!/^[\x21-\x7e]{1,200}$/.test(text)) throw wrong('a name has other characters than names have');
    return text;
  }

  /** A whole number above 0, in the one form that is allowed: no zero bytes too many. @returns its bytes, big-endian */
  positive(): Buffer {
    const bytes = this.string();
    const [first = 0, second = 0] = bytes;
    if (bytes.length === 0 || first >= 0x80) throw wrong('a number is not above 0');
    if (first !== 0) return bytes;
    if (bytes.length === 1 || second < 0x80) throw wrong('a number has zero bytes too many');
    return bytes.subarray(1);
  }

  /** Nothing may follow. */
  end(): void {
    if (!this.atEnd) throw wrong('bytes follow after the end');
  }

  #take(length: number): Buffer {
    const end = this.#offset + length;
    if (end > this.#bytes.length) throw wrong('the bytes end too early');
    const taken = this.#bytes.subarray(this.#offset, end);
    this.#offset = end;
    return taken;
  }
}

/** What a function reads from these bytes; undefined where they do not add up, whatever they are. */
export function readWire<T>(bytes: Uint8Array, read: (reader: WireReader) => T): T | undefined {
  try {
    return read(new WireReader(bytes));
  } catch (error) {
    if (error instanceof GatewayError) return undefined;
    throw error;
  }
}

function wrong(what: string): GatewayError {
  return new GatewayError('bad-request', what);
}
