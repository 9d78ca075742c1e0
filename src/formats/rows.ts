import type { Decoder, TextCodec } from './charsets.ts';

/** A record may be this long in bytes, its line end not counted; all formats share the limit. */
export const MAX_RECORD_BYTES = 1024 * 1024;

const LF = 0x0a;
const CR = 0x0d;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
const WIDE_MARKS: readonly string[] = ['fffe', 'feff'];
const NOTHING = Buffer.alloc(0);

/** Finds the line feed that ends a row: formats differ in whether a quoted line feed ends one. */
export interface RowEnds {
  /** The position of the line feed that ends the row beginning at `start`, searched before `stop`; -1 where none does. */
  find(data: Buffer, start: number, stop: number): number;
  /** After `find` answered -1: whether the row stopped inside quotes, so that its end can't be told. */
  readonly insideQuotes: boolean;
  /** New bytes came: positions remembered from the last ones are void. */
  reset(): void;
}

/** Every line feed ends a row. */
export class PlainRowEnds implements RowEnds {
  readonly insideQuotes = false;

  reset(): void {}

  find(data: Buffer, start: number, stop: number): number {
    const lineFeed = data.indexOf(LF, start);
    return lineFeed < stop ? lineFeed : -1;
  }
}

export interface RowSink {
  /** One row without its line end. */
  row(text: string): void;
  /** A row longer than the limit; the rest of its line was left out. */
  rowTooLong(): void;
  /** Bytes that are not of the charset. */
  wrongBytes(): void;
  quoteNeverCloses(): void;
  /** Asked after each row: a file that failed is not read further. */
  readonly stopped: boolean;
}

/**
 * Cuts a stream of bytes into rows of one charset, which is strict and has ASCII in its first half. What it finds depends
 * on the bytes only, never on the chunks.
 */
export class RowSplitter {
  readonly #ends: RowEnds;
  readonly #maxRecordBytes: number;
  readonly #codec: TextCodec;
  #pending: Buffer = NOTHING;
  #started = false;
  #skipping = false;

  constructor(ends: RowEnds, codec: TextCodec, maxRecordBytes: number) {
    this.#ends = ends;
    this.#codec = codec;
    this.#maxRecordBytes = maxRecordBytes;
  }

  parse(chunk: Uint8Array, sink: RowSink): void {
    if (sink.stopped) return;
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const data = this.#pending.length === 0 ? bytes : Buffer.concat([this.#pending, bytes]);
    if (!this.#started && data.length < BYTE_ORDER_MARK.length) {
      this.#pending = Buffer.from(data);
      return;
    }
    const rest = this.#rows(data, this.#start(data, sink), sink);
    // A copy: the caller may use its chunk again.
    this.#pending = sink.stopped ? NOTHING : Buffer.from(data.subarray(rest));
  }

  end(sink: RowSink): void {
    if (sink.stopped) return;
    const data = this.#pending;
    this.#pending = NOTHING;
    const start = this.#rows(data, this.#start(data, sink), sink);
    if (sink.stopped || this.#skipping || start === data.length) return;
    // The last row may lack its line end.
    this.#ends.reset();
    this.#ends.find(data, start, data.length);
    if (this.#ends.insideQuotes) sink.quoteNeverCloses();
    else this.#emit(data, start, data.length, undefined, sink);
  }

  /** A byte order mark is left out, and belongs to UTF-8 alone. UTF-16 and UTF-32 are told by their mark or their zeros. */
  #start(data: Buffer, sink: RowSink): number {
    if (this.#started) return 0;
    this.#started = true;
    const isWide = WIDE_MARKS.includes(data.subarray(0, 2).toString('hex')) || data.subarray(0, 2).includes(0);
    if (isWide) sink.wrongBytes();
    if (!data.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK)) return 0;
    if (this.#codec.charset !== 'utf-8') sink.wrongBytes();
    return BYTE_ORDER_MARK.length;
  }

  /** Emits every whole row; answers where the unfinished one begins. */
  #rows(data: Buffer, from: number, sink: RowSink): number {
    const lastEnd = data.lastIndexOf(LF) + 1;
    const block = lastEnd > from ? this.#codec.decoderFor(data.subarray(from, lastEnd)) : undefined;
    this.#ends.reset();
    let start = from;
    while (start < data.length && !sink.stopped) {
      if (this.#skipping) {
        const lineFeed = data.indexOf(LF, start);
        if (lineFeed < 0) return data.length;
        this.#skipping = false;
        start = lineFeed + 1;
        continue;
      }
      const window = start + this.#maxRecordBytes + 1;
      const end = this.#ends.find(data, start, Math.min(data.length, window));
      if (end >= 0) {
        this.#emit(data, start, end, block, sink);
        start = end + 1;
      } else if (data.length >= window) {
        start = this.#tooLong(window, sink);
      } else {
        return start;
      }
    }
    return start;
  }

  #tooLong(window: number, sink: RowSink): number {
    if (this.#ends.insideQuotes) {
      sink.quoteNeverCloses();
      return window;
    }
    sink.rowTooLong();
    this.#skipping = true;
    return window;
  }

  #emit(data: Buffer, start: number, end: number, block: Decoder | undefined, sink: RowSink): void {
    const stop = end > start && data[end - 1] === CR ? end - 1 : end;
    // Where a block holds bytes of no character, each of its rows is looked at alone, so that the rows before it count.
    const decode = block ?? this.#codec.decoderFor(data.subarray(start, stop));
    if (decode === undefined) sink.wrongBytes();
    else sink.row(decode(data, start, stop));
  }
}
