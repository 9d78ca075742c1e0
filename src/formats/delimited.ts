import type { Charset } from '../domain/charset.ts';
import type { LayoutVersion } from '../domain/flow.ts';
import { codecOf } from './charsets.ts';
import { RecordEvents } from './record-events.ts';
import {
  type FieldMask,
  LAYOUT_INVALID,
  NO_HEADER,
  type RecordFormat,
  type RecordSink,
  type RecordWriter,
  type Value,
  WHOLE_FILE,
} from './record-format.ts';
import { MAX_RECORD_BYTES, type RowEnds, RowSplitter } from './rows.ts';

export type DelimitedOptions = {
  /** One ASCII character. */
  readonly separator: string;
  readonly header: boolean;
  readonly charset: Charset;
  readonly maxRecordBytes?: number;
};

const QUOTE = 0x22;
const LF = 0x0a;

/**
 * Delimited records as RFC 4180 has them, with the separator of the flow: LF or CRLF, quoted fields with doubled quotes
 * and line ends inside, a byte order mark allowed. An empty line is a record with the wrong number of fields.
 */
export class DelimitedFormat implements RecordFormat {
  readonly name = 'delimited';
  readonly #rows: RowSplitter;
  readonly #layouts: readonly LayoutVersion[];
  readonly #options: DelimitedOptions;
  readonly #events: RecordEvents;
  #columns = 0;
  #begun = false;

  /** @param layouts the versions valid for this file, the preferred one first; a header chooses among them */
  constructor(options: DelimitedOptions, layouts: readonly LayoutVersion[]) {
    assertSeparator(options.separator);
    this.#options = options;
    this.#layouts = layouts;
    const { separator, charset, maxRecordBytes } = options;
    this.#rows = new RowSplitter(new QuotedRowEnds(separator), codecOf(charset), maxRecordBytes ?? MAX_RECORD_BYTES);
    this.#events = new RecordEvents(charset, (text, sink) => this.#row(text, sink));
  }

  parse(chunk: Uint8Array, sink: RecordSink): void {
    this.#rows.parse(chunk, this.#events.into(sink));
  }

  end(sink: RecordSink): void {
    this.#rows.end(this.#events.into(sink));
  }

  #row(text: string | undefined, sink: RecordSink): void {
    const values = text === undefined ? '"' : splitRow(text, this.#options.separator);
    if (!this.#begun) {
      this.#begun = true;
      if (this.#begin(values, sink)) return;
    }
    if (text === undefined) this.#events.unreadable(`> ${this.#options.maxRecordBytes ?? MAX_RECORD_BYTES}`);
    else if (typeof values === 'string') this.#events.unreadable(values);
    else if (values.length !== this.#columns) {
      this.#events.unreadable(`${values.length}/${this.#columns}`);
    } else this.#events.record(values, []);
  }

  /** Chooses the layout; answers whether the row was the header, or ended the file. */
  #begin(names: readonly string[] | Misplaced, sink: RecordSink): boolean {
    const layout = this.#options.header
      ? this.#layouts.find((candidate) => typeof names !== 'string' && isHeaderOf(names, candidate))
      : this.#layouts[0];
    if (layout === undefined) {
      const detail = headerDetail(names, this.#layouts[0]);
      this.#events.fail({ field: WHOLE_FILE, code: LAYOUT_INVALID, detail });
      return true;
    }
    this.#columns = layout.fields.length;
    sink.layout(layout, NO_HEADER);
    return this.#options.header;
  }
}

/** Writes the columns of the file's mask; within a record, a column outside that record's mask stays empty. */
export class DelimitedWriter implements RecordWriter {
  readonly charset: Charset;
  readonly totals = undefined;
  readonly #separator: string;
  readonly #header: string;
  readonly #columns: readonly number[];
  readonly #needsQuotes: RegExp;

  constructor(options: DelimitedOptions, layout: LayoutVersion, fileMask: FieldMask) {
    assertSeparator(options.separator);
    this.charset = options.charset;
    this.#separator = options.separator;
    // A byte order mark in front of the first value would be taken off by the next reader.
    this.#needsQuotes = new RegExp(`["\\r\\n\\ufeff${options.separator.replace(/[\\\]^-]/, '\\$&')}]`);
    this.#columns = layout.fields.flatMap((_, index) => (fileMask[index] === true ? [index] : []));
    const names = this.#columns.map((index) => this.#quoted(layout.fields[index]?.name));
    this.#header = options.header ? `${names.join(options.separator)}\n` : '';
  }

  begin(): string {
    return this.#header;
  }

  record(values: readonly Value[], mask: FieldMask): string {
    let row = '';
    let separator = '';
    for (const index of this.#columns) {
      row += separator;
      if (mask[index] === true) row += this.#quoted(values[index]);
      separator = this.#separator;
    }
    return `${row}\n`;
  }

  end(): string {
    return '';
  }

  #quoted(value: Value): string {
    if (value === undefined || value === null) return '';
    return this.#needsQuotes.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
  }
}

/** A line feed between quotes does not end a row. Quotes are looked at only in rows that have one. */
export class QuotedRowEnds implements RowEnds {
  insideQuotes = false;
  readonly #separator: number;
  #nextQuote = -1;

  constructor(separator: string) {
    this.#separator = separator.charCodeAt(0);
  }

  reset(): void {
    this.#nextQuote = -1;
  }

  find(data: Buffer, start: number, stop: number): number {
    this.insideQuotes = false;
    if (this.#nextQuote < start) {
      const quote = data.indexOf(QUOTE, start);
      this.#nextQuote = quote < 0 ? data.length : quote;
    }
    const lineFeed = data.indexOf(LF, start);
    if (this.#nextQuote >= stop || (lineFeed >= 0 && lineFeed < this.#nextQuote)) {
      return lineFeed < stop ? lineFeed : -1;
    }
    return this.#walk(data, start, stop);
  }

  #walk(data: Buffer, start: number, stop: number): number {
    let atFieldStart = true;
    for (let at = start; at < stop; at += 1) {
      const byte = data[at];
      if (byte === LF) return at;
      if (byte === QUOTE && atFieldStart) {
        const close = closingQuote(data, at + 1, stop);
        if (close < 0) {
          this.insideQuotes = true;
          return -1;
        }
        at = close;
      }
      atFieldStart = byte === this.#separator;
    }
    return -1;
  }
}

/** The quote that ends a quoted field; two quotes stand for one inside it. */
function closingQuote(data: Buffer, from: number, stop: number): number {
  let at = data.indexOf(QUOTE, from);
  while (at >= 0 && at < stop) {
    if (at + 1 >= stop || data[at + 1] !== QUOTE) return at;
    at = data.indexOf(QUOTE, at + 2);
  }
  return -1;
}

/** What stands in a row where RFC 4180 has no place for it. */
type Misplaced = '"' | 'CR';

/**
 * The fields of a row; else what is wrong with it: a quote inside an unquoted field, text behind a closing quote, or a
 * carriage return outside quotes, where other readers would end the row.
 */
function splitRow(text: string, separator: string): readonly string[] | Misplaced {
  if (!text.includes('"')) return text.includes('\r') ? 'CR' : text.split(separator);
  const values: string[] = [];
  let at = 0;
  for (;;) {
    const field = text[at] === '"' ? quotedField(text, at) : plainField(text, at, separator);
    if (typeof field === 'string') return field;
    values.push(field.value);
    if (field.end === text.length) return values;
    if (text[field.end] !== separator) return text[field.end] === '\r' ? 'CR' : '"';
    at = field.end + 1;
  }
}

type FieldEnd = { readonly value: string; readonly end: number };

function quotedField(text: string, start: number): FieldEnd | Misplaced {
  let value = '';
  let from = start + 1;
  for (;;) {
    const quote = text.indexOf('"', from);
    if (quote < 0) return '"';
    value += text.slice(from, quote);
    if (text[quote + 1] !== '"') return { value, end: quote + 1 };
    value += '"';
    from = quote + 2;
  }
}

function plainField(text: string, start: number, separator: string): FieldEnd | Misplaced {
  const next = text.indexOf(separator, start);
  const end = next < 0 ? text.length : next;
  const value = text.slice(start, end);
  if (value.includes('"')) return '"';
  return value.includes('\r') ? 'CR' : { value, end };
}

function isHeaderOf(names: readonly string[], layout: LayoutVersion): boolean {
  return names.length === layout.fields.length && layout.fields.every((field, index) => field.name === names[index]);
}

/**
 * The columns a header lacks, else the numbers of columns, else the columns in their order. Names the file has too many
 * are not repeated: a file without a header has data there.
 */
function headerDetail(names: readonly string[] | Misplaced, layout: LayoutVersion | undefined): string | undefined {
  if (layout === undefined) return undefined;
  if (typeof names === 'string') return names;
  const missing = layout.fields.filter((field) => !names.includes(field.name)).map((field) => field.name);
  if (missing.length > 0) return missing.join(', ');
  if (names.length !== layout.fields.length) return `${names.length}/${layout.fields.length}`;
  return layout.fields.map((field) => field.name).join(', ');
}

function assertSeparator(separator: string): void {
  if (!/^[\t -!#-~]$/.test(separator)) throw new TypeError('a separator is one ASCII character that is not a quote');
}
