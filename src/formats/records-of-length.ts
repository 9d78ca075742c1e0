import type { Charset } from '../domain/charset.ts';
import type { LineEnd } from '../domain/format.ts';
import type { Decoder, TextCodec } from './charsets.ts';

export interface LengthSink {
  record(text: string): void;
  /** @param detail how many bytes the record has of how many it should, or which line end it should have */
  wrongLength(detail: string): void;
  /** Bytes that are not of the charset. */
  wrongBytes(): void;
  /** Asked after each record: a file that failed is not read further. */
  readonly stopped: boolean;
}

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
const NOTHING = Buffer.alloc(0);

const ASCII_ENDS: Readonly<Record<LineEnd, readonly number[]>> = {
  crlf: [0x0d, 0x0a],
  lf: [0x0a],
  nel: [0x85],
  none: [],
};
/** CP500 writes the same controls as other bytes. */
const EBCDIC_ENDS: Readonly<Record<LineEnd, readonly number[]>> = {
  crlf: [0x0d, 0x25],
  lf: [0x25],
  nel: [0x15],
  none: [],
};

/** The bytes of a line end in a charset of one byte per character. */
export function lineEndBytes(charset: Charset, lineEnd: LineEnd): readonly number[] {
  return (charset === 'cp500' ? EBCDIC_ENDS : ASCII_ENDS)[lineEnd];
}

/**
 * Cuts a stream of bytes into records of one length, in a charset of one byte per character. What it finds depends on the
 * bytes only, never on the chunks. The last record may lack its line end.
 */
export class LengthCutter {
  readonly #codec: TextCodec;
  readonly #length: number;
  readonly #end: readonly number[];
  readonly #stride: number;
  /** Whether the bytes of line ends are also text, so that a whole block can be looked at at once. */
  readonly #checksBlocks: boolean;
  readonly #lineEnd: LineEnd;
  #pending: Buffer = NOTHING;
  #isFirst = true;

  constructor(codec: TextCodec, recordLength: number, lineEnd: LineEnd) {
    this.#codec = codec;
    this.#length = recordLength;
    this.#lineEnd = lineEnd;
    this.#end = lineEndBytes(codec.charset, lineEnd);
    this.#stride = recordLength + this.#end.length;
    this.#checksBlocks = lineEnd !== 'nel';
  }

  parse(chunk: Uint8Array, sink: LengthSink): void {
    if (sink.stopped) return;
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const data = this.#pending.length === 0 ? bytes : Buffer.concat([this.#pending, bytes]);
    const rest = this.#records(data, sink);
    // A copy: the caller may use its chunk again.
    this.#pending = sink.stopped ? NOTHING : Buffer.from(data.subarray(rest));
  }

  end(sink: LengthSink): void {
    const data = this.#pending;
    this.#pending = NOTHING;
    if (sink.stopped || data.length === 0) return;
    if (data.length === this.#length && this.#lineLength(data, 0, data.length) < 0) {
      this.#emit(data, 0, undefined, sink);
    } else this.#wrongEnd(data, 0, data.length, sink);
  }

  /** Emits every whole record; answers where the unfinished one begins. */
  #records(data: Buffer, sink: LengthSink): number {
    const whole = data.length - (data.length % this.#stride);
    const block = this.#checksBlocks && whole > 0 ? this.#codec.decoderFor(data.subarray(0, whole)) : undefined;
    let start = 0;
    for (; start < whole && !sink.stopped; start += this.#stride) {
      if (this.#isEnded(data, start)) this.#emit(data, start, block, sink);
      else this.#wrongEnd(data, start, start + this.#stride, sink);
    }
    return start;
  }

  /** Whether the first line end stands where the length wants it. */
  #isEnded(data: Buffer, start: number): boolean {
    const last = this.#end.at(-1);
    if (last === undefined) return true;
    const end = start + this.#stride - 1;
    return data.indexOf(last, start) === end && (this.#end.length === 1 || data[end - 1] === this.#end[0]);
  }

  #emit(data: Buffer, start: number, block: Decoder | undefined, sink: LengthSink): void {
    const stop = start + this.#length;
    const decode = block ?? this.#codec.decoderFor(data.subarray(start, stop));
    const isFirst = this.#isFirst;
    this.#isFirst = false;
    if (decode === undefined || (isFirst && isMarked(data, start))) sink.wrongBytes();
    else sink.record(decode(data, start, stop));
  }

  #wrongEnd(data: Buffer, start: number, stop: number, sink: LengthSink): void {
    const found = this.#lineLength(data, start, stop);
    const length = this.#length;
    if (found === length) sink.wrongLength(`≠ ${this.#lineEnd.toUpperCase()}`);
    else if (found >= 0) sink.wrongLength(`${found}/${length}`);
    else sink.wrongLength(stop - start < this.#stride ? `${stop - start}/${length}` : `> ${length}`);
  }

  /** How many bytes stand before the next line end, or before its last byte alone; -1 where there is none. */
  #lineLength(data: Buffer, start: number, stop: number): number {
    const last = this.#end.at(-1);
    const length = last === undefined ? -1 : data.subarray(start, stop).indexOf(last);
    return this.#end.length > 1 && length > 0 && data[start + length - 1] === this.#end[0] ? length - 1 : length;
  }
}

/** A byte order mark belongs to UTF-8 alone. */
function isMarked(data: Buffer, start: number): boolean {
  return data.subarray(start, start + BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK);
}
