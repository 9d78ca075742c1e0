import type { DelimitedShape } from '../domain/format.ts';
import { BlockRows } from './block-rows.ts';
import { codecOf } from './charsets.ts';
import { DelimitedFormat, QuotedRowEnds } from './delimited.ts';
import type { BlockCutter, BlockPlan, BlockReader, RecordBlock } from './record-block.ts';
import { RowAlone } from './row-alone.ts';
import { MAX_RECORD_BYTES } from './rows.ts';
import { DIGITS, SIMPLE_WORDS, simpleFields, TEXT } from './simple-fields.ts';
import { BEYOND, type ByteClasses, byteClasses, ORDINARY, STOP } from './text-matcher.ts';

const LF = 0x0a;
const CR = 0x0d;
const QUOTE = 0x22;
const ZERO = 0x30;

/**
 * Delimited records by their bytes: every field is matched where the one before it ended, so that each byte is looked at
 * once. A plain row may have quoted fields, with neither separator, quote nor line end inside; any other row is read record
 * by record.
 */
export class DelimitedBlocks implements BlockReader {
  readonly #shape: DelimitedShape;
  readonly #separator: number;
  readonly #rows: BlockRows;
  readonly #alone: RowAlone;
  readonly #ends: QuotedRowEnds;
  readonly #classes: ByteClasses;
  readonly #simple: Int32Array;
  #hasQuotes = false;

  constructor({ layout, environment }: BlockPlan, shape: DelimitedShape) {
    const { separator, charset } = shape;
    this.#shape = shape;
    this.#separator = separator.charCodeAt(0);
    const classes = byteClasses(`"${separator}`);
    this.#rows = new BlockRows({ layout, environment, charset, classes });
    this.#classes = classes;
    this.#simple = simpleFields(layout);
    const format = new DelimitedFormat({ ...shape, header: false }, [layout]);
    // Rows before it: what is special about the first bytes of a file is not to be seen in the middle.
    this.#alone = new RowAlone(format, Buffer.from('\n\n\n'));
    this.#ends = new QuotedRowEnds(separator);
  }

  read(chunk: Uint8Array, isLast: boolean): RecordBlock | undefined {
    const data = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    if (codecOf(this.#shape.charset).decoderFor(data) === undefined) return undefined;
    if (!isLast && data.at(-1) !== LF) return undefined;
    const rows = this.#rows;
    rows.reset(data);
    this.#hasQuotes = false;
    this.#ends.reset();
    for (let start = 0; start < data.length; ) {
      const base = rows.open(start);
      const end = this.#plain(data, start, base);
      const next = end < 0 || end - start > MAX_RECORD_BYTES ? this.#rowEnd(data, start) : end;
      if (next < 0) return undefined;
      rows.close(base, end === next);
      start = next;
    }
    rows.finish(data.length);
    return rows.block((row) => this.#alone.read(ended(rows.rowBytes(row))), { hasQuotes: this.#hasQuotes });
  }

  /** Where the next row begins; -1 where this one may not be plain. */
  #plain(data: Uint8Array, start: number, base: number): number {
    const { starts, ends } = this.#rows;
    const classes = this.#classes;
    const separator = this.#separator;
    const limit = data.length;
    const last = this.#rows.fields - 1;
    let at = start;
    for (let field = 0; field <= last; field += 1) {
      const isQuoted = data[at] === QUOTE;
      const from = isQuoted ? at + 1 : at;
      let next = from;
      if (classes[data[from] ?? 0] !== STOP) {
        next = this.#valueEnd(field, data, from, limit);
        if (next <= from) return -1;
        starts[base + field] = from;
        ends[base + field] = next;
      } else if (!this.#rows.empty(base, field, from)) return -1;
      if (isQuoted) {
        this.#hasQuotes = true;
        if (next >= limit || data[next] !== QUOTE) return -1;
        next += 1;
      }
      if (field === last) return lineEnd(data, next, limit);
      if (next >= limit || data[next] !== separator) return -1;
      at = next + 1;
    }
    return -1;
  }

  /** As `Matcher` has it; the commonest without a call. */
  #valueEnd(field: number, data: Uint8Array, from: number, limit: number): number {
    const simple = this.#simple;
    const kind = simple[field * SIMPLE_WORDS];
    let end = from;
    if (kind === TEXT) {
      const classes = this.#classes;
      while (end < limit && classes[data[end] ?? 0] === ORDINARY) end += 1;
      if (end < limit && classes[data[end] ?? 0] === BEYOND) return this.#byMatcher(field, data, from, limit);
    } else if (kind === DIGITS) {
      while (end < limit && ((data[end] ?? 0) - ZERO) >>> 0 <= 9) end += 1;
    } else return this.#byMatcher(field, data, from, limit);
    const length = end - from;
    const isRight =
      length >= (simple[field * SIMPLE_WORDS + 1] ?? 0) && length <= (simple[field * SIMPLE_WORDS + 2] ?? 0);
    return isRight ? end : -1;
  }

  #byMatcher(field: number, data: Uint8Array, from: number, limit: number): number {
    return this.#rows.matchers[field]?.(data, from, limit) ?? -1;
  }

  /** Where the next row begins; -1 where that is not to be told: a quote never closes, or the row is too long. */
  #rowEnd(data: Buffer, start: number): number {
    const end = this.#ends.find(data, start, Math.min(data.length, start + MAX_RECORD_BYTES + 1));
    if (end >= 0) return end + 1;
    return this.#ends.insideQuotes || data.length - start > MAX_RECORD_BYTES ? -1 : data.length;
  }
}

/** Behind LF, CRLF or the end of the file, where a row may end without; else -1. */
function lineEnd(data: Uint8Array, at: number, limit: number): number {
  const next = at < limit && data[at] === CR ? at + 1 : at;
  if (next >= limit) return limit;
  return data[next] === LF ? next + 1 : -1;
}

/** The last row of a file may lack its line end. */
export function ended(row: Uint8Array): Uint8Array {
  return row.at(-1) === LF ? row : Buffer.concat([row, Buffer.from('\n')]);
}

/** Quotes are walked from one to the next: a file without costs no more than a search from its end. */
export class DelimitedCutter implements BlockCutter {
  readonly #separator: number;

  constructor(separator: string) {
    this.#separator = separator.charCodeAt(0);
  }

  cut(bytes: Uint8Array): number {
    const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let end = 0;
    let outsideFrom = 0;
    for (let quote = data.indexOf(QUOTE); quote >= 0; quote = data.indexOf(QUOTE, outsideFrom)) {
      const before = data[quote - 1];
      // Inside an unquoted field a quote is a fault of its row, and quotes nothing.
      const opens = quote === 0 || before === this.#separator || before === LF;
      const close = opens ? closingQuote(data, quote) : quote;
      if (close < 0) return Math.max(end, lastRowEnd(data, outsideFrom, quote));
      end = Math.max(end, lastRowEnd(data, outsideFrom, quote));
      outsideFrom = close + 1;
    }
    return Math.max(end, lastRowEnd(data, outsideFrom, data.length));
  }
}

/** Behind the last line feed between two places; 0 where there is none. */
function lastRowEnd(data: Buffer, from: number, until: number): number {
  if (until <= from) return 0;
  const feed = data.lastIndexOf(LF, until - 1);
  return feed >= from ? feed + 1 : 0;
}

/** The quote that ends a quoted field for certain: another byte stands behind it. */
function closingQuote(data: Buffer, open: number): number {
  let at = data.indexOf(QUOTE, open + 1);
  while (at >= 0 && at + 1 < data.length) {
    if (data[at + 1] !== QUOTE) return at;
    at = data.indexOf(QUOTE, at + 2);
  }
  return -1;
}
