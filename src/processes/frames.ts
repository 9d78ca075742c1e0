import { deserialize, serialize } from 'node:v8';

/** Length of a frame (uint32, big endian), then one value as V8 serialises it: bytes, maps and big numbers stay what they are. */
const HEAD_BYTES = 4;
/** The largest thing sent is a generation of the configuration. */
export const MAX_FRAME_BYTES = 64 * 1024 * 1024;

/** @throws RangeError for a value that is too large, Error for one that no other process can have */
export function encodeFrame(value: unknown): Buffer {
  const body = serialize(value);
  if (body.length > MAX_FRAME_BYTES) throw new RangeError(`a message of ${body.length} bytes is too large`);
  const frame = Buffer.allocUnsafe(HEAD_BYTES + body.length);
  frame.writeUInt32BE(body.length, 0);
  body.copy(frame, HEAD_BYTES);
  return frame;
}

/** Cuts a stream of bytes into the values that were sent. */
export class FrameReader {
  #pieces: Buffer[] = [];
  #held = 0;

  /** @returns the values that are whole now, in their order. @throws Error where the stream makes no sense */
  push(chunk: Buffer): readonly unknown[] {
    this.#pieces.push(chunk);
    this.#held += chunk.length;
    const values: unknown[] = [];
    for (let body = this.#next(); body !== undefined; body = this.#next()) values.push(deserialize(body));
    return values;
  }

  #next(): Buffer | undefined {
    if (this.#held < HEAD_BYTES) return undefined;
    const length = this.#start(HEAD_BYTES).readUInt32BE(0);
    if (length > MAX_FRAME_BYTES) throw new RangeError(`a message of ${length} bytes is too large`);
    if (this.#held < HEAD_BYTES + length) return undefined;
    const whole = this.#start(this.#held);
    const rest = whole.subarray(HEAD_BYTES + length);
    this.#pieces = rest.length > 0 ? [rest] : [];
    this.#held = rest.length;
    return whole.subarray(HEAD_BYTES, HEAD_BYTES + length);
  }

  /** The first bytes in one piece; pieces are joined only where they must be. */
  #start(bytes: number): Buffer {
    const [first] = this.#pieces;
    if (first !== undefined && first.length >= bytes) return first;
    const joined = Buffer.concat(this.#pieces);
    this.#pieces = [joined];
    return joined;
  }
}
