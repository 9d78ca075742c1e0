import { isAscii, isUtf8 } from 'node:buffer';

/** A record may be this long in bytes, its line end not counted; both formats share the limit. */
export const MAX_RECORD_BYTES = 1024 * 1024;

const LF = 0x0a;
const CR = 0x0d;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
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

export interface RowSink {
  /** One row without its line end. */
  row(text: string): void;
  /** A row longer than the limit; the rest of its line was left out. */
  rowTooLong(): void;
  notUtf8(): void;
  quoteNeverCloses(): void;
  /** Asked after each row: a file that failed is not read further. */
  readonly stopped: boolean;
}

/** Cuts a stream of bytes into rows of strict UTF-8. What it finds depends on the bytes only, never on the chunks. */
export class RowSplitter {
  readonly #ends: RowEnds;
  readonly #maxRecordBytes: number;
  #pending: Buffer = NOTHING;
  #started = false;
  #skipping = false;

  constructor(ends: RowEnds, maxRecordBytes: number) {
    this.#ends = ends;
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
    const rest = this.#rows(data, this.#start(data), sink);
    // A copy: the caller may use its chunk again.
    this.#pending = sink.stopped ? NOTHING : Buffer.from(data.subarray(rest));
  }

  end(sink: RowSink): void {
    if (sink.stopped) return;
    const data = this.#pending;
    this.#pending = NOTHING;
    const start = this.#rows(data, this.#start(data), sink);
    if (sink.stopped || this.#skipping || start === data.length) return;
    // The last row may lack its line end.
    this.#ends.reset();
    this.#ends.find(data, start, data.length);
    if (this.#ends.insideQuotes) sink.quoteNeverCloses();
    else this.#emit(data, start, data.length, undefined, sink);
  }

  #start(data: Buffer): number {
    if (this.#started) return 0;
    this.#started = true;
    return data.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK.length : 0;
  }

  /** Emits every whole row; answers where the unfinished one begins. */
  #rows(data: Buffer, from: number, sink: RowSink): number {
    const lastEnd = data.lastIndexOf(LF) + 1;
    const block = lastEnd > from ? encodingOf(data.subarray(from, lastEnd)) : undefined;
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

  #emit(data: Buffer, start: number, end: number, block: Encoding | undefined, sink: RowSink): void {
    const stop = end > start && data[end - 1] === CR ? end - 1 : end;
    // Where a block holds an invalid sequence, each of its rows is looked at alone, so that the rows before it count.
    const encoding = block === undefined || block === 'invalid' ? encodingOf(data.subarray(start, stop)) : block;
    if (encoding === 'invalid') sink.notUtf8();
    else sink.row(data.toString(encoding, start, stop));
  }
}

type Encoding = 'latin1' | 'utf8' | 'invalid';

/** ASCII is read as latin1, which Node copies fastest. */
function encodingOf(bytes: Buffer): Encoding {
  if (isAscii(bytes)) return 'latin1';
  return isUtf8(bytes) ? 'utf8' : 'invalid';
}
