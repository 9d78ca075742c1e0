import type { LayoutVersion } from '../domain/flow.ts';
import type { XmlShape } from '../domain/format.ts';
import { BlockRows } from './block-rows.ts';
import { codecOf } from './charsets.ts';
import type { BlockCutter, BlockPlan, BlockReader, RecordBlock } from './record-block.ts';
import type { FieldMask, ParsedRecord } from './record-format.ts';
import { NO_MATCH, Templates } from './record-template.ts';
import { RowAlone } from './row-alone.ts';
import { MAX_RECORD_BYTES } from './rows.ts';
import { byteClasses } from './text-matcher.ts';
import { XmlFormat } from './xml.ts';
import { xmlAnatomy } from './xml-anatomy.ts';
import { xmlCharset } from './xml-bytes.ts';
import { type XmlGroup, xmlTree } from './xml-tree.ts';
import { XmlWriter } from './xml-writer.ts';

const OPEN = 0x3c;
const CLOSE = 0x3e;
const SLASH = 0x2f;
const COLON = 0x3a;
/** A record this long is left to the record-at-a-time path, whose limit is one of characters. */
const MOST_BYTES = MAX_RECORD_BYTES / 2;

/**
 * XML by templates: a parser that has read what stands before the records reads one record of each kind, and whatever is
 * unusual. It is whole again after each record, so that those a template matches need not pass it.
 */
export class XmlBlocks implements BlockReader {
  readonly #shape: XmlShape;
  readonly #layout: LayoutVersion;
  readonly #head: Uint8Array;
  readonly #name: Buffer;
  readonly #tree: XmlGroup;
  readonly #rows: BlockRows;
  readonly #templates: Templates;
  readonly #alone: RowAlone;
  readonly #charset: 'utf-8' | 'iso-8859-1';
  readonly #writer: XmlWriter;
  /** All fields. */
  readonly #mask: FieldMask;
  /** By row, what the parser read. */
  #parsed = new Map<number, ParsedRecord>();

  constructor({ layout, environment, head }: BlockPlan, shape: XmlShape) {
    this.#shape = shape;
    this.#layout = layout;
    this.#head = head;
    this.#name = Buffer.from(shape.record);
    this.#tree = xmlTree(layout.fields);
    this.#charset = xmlCharset(Buffer.from(head)) ?? 'utf-8';
    this.#rows = new BlockRows({ layout, environment, charset: this.#charset, classes: byteClasses('<&>') });
    this.#templates = new Templates(this.#rows, () => true);
    this.#mask = layout.fields.map(() => true);
    this.#writer = new XmlWriter({ ...shape, charset: this.#charset }, layout, this.#mask);
    this.#alone = new RowAlone(new XmlFormat(shape, [layout]), head);
  }

  read(chunk: Uint8Array, isLast: boolean): RecordBlock | undefined {
    const data = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    if (data.length > 0 && codecOf(this.#charset).decoderFor(data) === undefined) return undefined;
    const rows = this.#rows;
    rows.reset(data);
    this.#templates.reset();
    this.#parsed = new Map();
    let start = behindBlanks(data, 0);
    while (start < data.length && !(data[start] === OPEN && data[start + 1] === SLASH)) {
      const base = rows.open(start);
      const end = data[start] === OPEN ? this.#templates.match(data, start) : NO_MATCH;
      const next = end === NO_MATCH ? this.#other(data, start) : end;
      if (next === NO_MATCH || next - start > MOST_BYTES) return undefined;
      rows.close(base, end !== NO_MATCH);
      start = behindBlanks(data, next);
    }
    if (isLast ? !this.#isEnd(data.subarray(start)) : start < data.length) return undefined;
    rows.finish(start);
    return rows.block((row) => this.#parsed.get(row) ?? this.#alone.read(rows.rowBytes(row)));
  }

  /** Reads a record by the parser; answers where it ends, or NO_MATCH. */
  #other(data: Buffer, start: number): number {
    let from = start;
    for (let end = data.indexOf(CLOSE, start); end >= 0; end = data.indexOf(CLOSE, end + 1)) {
      if (!endsRecord(data, end, this.#name) && data[end - 1] !== SLASH) continue;
      const record = this.#alone.tryToRead(data.subarray(from, end + 1));
      if (record === 'faulty') return NO_MATCH;
      from = end + 1;
      if (record === undefined) continue;
      this.#parsed.set(this.#rows.count, record);
      this.#learn(data.subarray(start, from), record);
      return from;
    }
    return NO_MATCH;
  }

  #learn(bytes: Buffer, { values, faults }: ParsedRecord): void {
    if (!this.#templates.learns) return;
    const anatomy = faults.length === 0 ? xmlAnatomy(bytes, this.#tree, this.#rows.fields) : undefined;
    this.#templates.learn(bytes, anatomy && { ...anatomy, isAsWritten: this.#isAsWritten(bytes, values) });
  }

  #isAsWritten(bytes: Buffer, values: ParsedRecord['values']): boolean {
    const written = codecOf(this.#charset).encode(this.#writer.record(values, this.#mask));
    return bytes.equals(written.subarray(0, -1));
  }

  /** Whether the file may end like this: by the end of its root. */
  #isEnd(tail: Uint8Array): boolean {
    let isRight = true;
    const sink = {
      layout: () => {},
      record: () => {},
      error: () => {
        isRight = false;
      },
    };
    const format = new XmlFormat(this.#shape, [this.#layout]);
    format.parse(this.#head, sink);
    format.parse(tail, sink);
    format.end(sink);
    return isRight;
  }
}

/** Cuts behind the last end tag that has the name of a record; that it is one, the reader sees. */
export class XmlCutter implements BlockCutter {
  readonly #name: Buffer;

  constructor({ record }: XmlShape) {
    this.#name = Buffer.from(record);
  }

  cut(bytes: Uint8Array): number {
    const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let end = data.lastIndexOf(CLOSE); end > 0; end = data.lastIndexOf(CLOSE, end - 1)) {
      if (endsRecord(data, end, this.#name)) return end + 1;
    }
    return 0;
  }
}

/** Whether the tag that ends here is `</record>` or `</prefix:record>`. */
function endsRecord(data: Buffer, end: number, name: Buffer): boolean {
  const stop = textEnd(data, end);
  let at = stop - name.length;
  if (at < 2 || name.compare(data, at, stop) !== 0) return false;
  if (data[at - 1] === COLON) {
    at -= 1;
    while (at > 0 && data[at - 1] !== SLASH && data[at - 1] !== OPEN && data[at - 1] !== CLOSE) at -= 1;
  }
  return data[at - 1] === SLASH && data[at - 2] === OPEN;
}

function textEnd(data: Buffer, end: number): number {
  let stop = end;
  while (stop > 0 && isBlank(data[stop - 1])) stop -= 1;
  return stop;
}

function behindBlanks(data: Buffer, from: number): number {
  let at = from;
  while (at < data.length && isBlank(data[at])) at += 1;
  return at;
}

/** White space of XML 1.0 §2.3. */
function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
