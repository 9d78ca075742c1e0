import { SaxesParser, type SaxesTagNS } from 'saxes';
import type { LayoutVersion } from '../domain/flow.ts';
import type { XmlShape } from '../domain/format.ts';
import {
  CHARSET_UNSUPPORTED,
  LAYOUT_INVALID,
  LAYOUT_UNKNOWN,
  NO_HEADER,
  type RecordFormat,
  type RecordSink,
  structureFault,
  WHOLE_FILE,
  WHOLE_RECORD,
  XML_SYNTAX,
} from './record-format.ts';
import { MAX_RECORD_BYTES } from './rows.ts';
import { XmlBytes, type XmlTextSink } from './xml-bytes.ts';
import { XMLNS, XmlRecord } from './xml-record.ts';
import { type XmlGroup, xmlTree } from './xml-tree.ts';

/** Attributes of this namespace, such as `schemaLocation`, say nothing about records (XML Schema 1 §2.6). */
const XSI = 'http://www.w3.org/2001/XMLSchema-instance';
const MAX_DEPTH = 32;
const MAX_NAME = 64; // of an attribute, in the detail of a fault
const RECORD_DEPTH = 2;
const BLANK = /^[ \t\r\n]*$/;
/**
 * Leaves the parser in the middle of a piece of text. It would go on after a fault, and each element inside others costs it
 * the more the deeper it stands.
 */
const HALT = new Error('the file is not read further');

/**
 * XML (1.0, with namespaces): the records are the children of the root. What is wrong inside a record is its own fault;
 * what is wrong around the records, or not well-formed, is one of the file. There are no document types: nothing is
 * expanded and nothing fetched.
 */
export class XmlFormat implements RecordFormat {
  readonly name = 'xml';
  readonly #bytes = new XmlBytes();
  readonly #elements: XmlElements;

  /** @param layouts the versions valid for this file, the preferred one first; an attribute of the root chooses among them */
  constructor(shape: XmlShape, layouts: readonly LayoutVersion[]) {
    this.#elements = new XmlElements(shape, layouts);
  }

  parse(chunk: Uint8Array, sink: RecordSink): void {
    this.#bytes.parse(chunk, this.#elements.into(sink));
  }

  end(sink: RecordSink): void {
    this.#bytes.end(this.#elements.into(sink));
    this.#elements.end();
  }
}

/**
 * Tells faults of syntax. An eighth handler on this parser makes V8 keep it as a dictionary, and each character then costs
 * five times as much: so faults come in by this method (`npm run bench formats` shows it).
 */
class TellingParser extends SaxesParser<{ xmlns: true }> {
  readonly #onFault: () => void;

  constructor(onFault: () => void) {
    super({ xmlns: true });
    this.#onFault = onFault;
  }

  override fail(_message: string): this {
    this.#onFault();
    return this;
  }
}

class XmlElements implements XmlTextSink {
  stopped = false;
  readonly #parser = new TellingParser(() => {
    this.#fail(XML_SYNTAX, this.#place);
    throw HALT;
  });
  readonly #shape: XmlShape;
  readonly #layouts: readonly LayoutVersion[];
  readonly #namespace: string;
  #sink: RecordSink | undefined;
  #tree: XmlGroup | undefined;
  #fieldCount = 0;
  #record: XmlRecord | undefined;
  #recordStart = 0;
  /** Position in the text behind the last thing heard: between two of them lies one name, text or comment. */
  #heardAt = 0;
  #depth = 0;
  #number = 0;
  #isEmpty = true;
  /** Whether anything but blanks was read. */
  #isBegun = false;

  constructor(shape: XmlShape, layouts: readonly LayoutVersion[]) {
    this.#shape = shape;
    this.#layouts = layouts;
    this.#namespace = shape.namespace ?? '';
    this.#listen();
  }

  #listen(): void {
    const parser = this.#parser;
    const halting =
      <T>(hear: (heard: T) => void) =>
      (heard: T) => {
        hear(heard);
        if (this.stopped) throw HALT;
      };
    parser.on(
      'opentag',
      halting((tag) => {
        const start = this.#heardAt;
        if (this.#hears()) this.#begin(tag, start);
      }),
    );
    parser.on(
      'closetag',
      halting(() => {
        if (this.#hears()) this.#close();
      }),
    );
    const onText = halting((text: string) => {
      if (this.#hears()) this.#text(text);
    });
    parser.on('text', onText);
    parser.on('cdata', onText);
    const onOther = halting(() => this.#hears());
    parser.on('comment', onOther);
    parser.on(
      'processinginstruction',
      halting(({ body }) => {
        // The parser takes "<?a?b?>", which is not well-formed, for "<?a ?b?>", which is: neither is taken.
        if (this.#hears() && body.startsWith('?')) this.#fail(XML_SYNTAX, this.#place);
      }),
    );
    parser.on(
      'doctype',
      halting(() => this.#fail(XML_SYNTAX, `${this.#place} <!DOCTYPE>`)),
    );
  }

  into(sink: RecordSink): this {
    this.#sink = sink;
    return this;
  }

  text(text: string): void {
    this.#isEmpty = false;
    if (!this.#isBegun) this.#lookAtStart(text);
    if (this.stopped) return;
    this.#untilHalted(() => this.#parser.write(text));
    this.#limitSize();
  }

  wrongBytes(charset: string): void {
    this.#fail(CHARSET_UNSUPPORTED, `#${this.#number + 1}, ${charset}`);
  }

  tooLong(): void {
    this.#fail(LAYOUT_INVALID, `#${this.#number + 1} > ${MAX_RECORD_BYTES}`);
  }

  /** The file is over. One without a byte has no data, which is another fault than XML that is not whole. */
  end(): void {
    if (!this.stopped && !this.#isEmpty) this.#untilHalted(() => this.#parser.close());
  }

  /** The parser tells text before the root where it ends, and takes a second byte order mark for none. */
  #lookAtStart(text: string): void {
    const start = text.search(/[^ \t\r\n]/);
    if (start < 0) return;
    this.#isBegun = true;
    if (text[start] === '<') return;
    const lines = text.slice(0, start).split(/\r\n?|\n/);
    const line = this.#parser.line + lines.length - 1;
    const column = (lines.length === 1 ? this.#parser.columnIndex : 0) + (lines.at(-1) ?? '').length + 1;
    this.#fail(XML_SYNTAX, `${line}:${column}`);
  }

  #untilHalted(parse: () => void): void {
    try {
      parse();
    } catch (error) {
      if (error !== HALT) throw error;
    }
  }

  get #place(): string {
    return `${this.#parser.line}:${this.#parser.columnIndex}`;
  }

  /**
   * Whether what the parser tells counts. Between two things it tells it holds one name, text or comment in memory, which
   * may not grow without limit.
   */
  #hears(): boolean {
    this.#limitSize();
    this.#heardAt = this.#parser.position;
    return !this.stopped;
  }

  #limitSize(): void {
    if (this.#parser.position - this.#heardAt > MAX_RECORD_BYTES) this.tooLong();
  }

  #begin(tag: SaxesTagNS, start: number): void {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) this.#invalid(`> ${MAX_DEPTH}`);
    else if (this.#depth === 1) this.#root(tag);
    else if (this.#depth > RECORD_DEPTH) this.#record?.begin(tag);
    else if (tag.local !== this.#shape.record || tag.uri !== this.#namespace) {
      this.#invalid(`≠ <${this.#shape.record}>`);
    } else if (this.#tree !== undefined) {
      this.#recordStart = start;
      this.#record = new XmlRecord(this.#tree, this.#fieldCount, this.#namespace, tag);
    }
  }

  #close(): void {
    this.#depth -= 1;
    if (this.#depth >= RECORD_DEPTH) this.#record?.end();
    else if (this.#record !== undefined) {
      const number = this.#number + 1;
      const tooLong = this.#parser.position - this.#recordStart > MAX_RECORD_BYTES;
      const fault = structureFault(WHOLE_RECORD, `> ${MAX_RECORD_BYTES}`);
      const records = tooLong ? [{ number, values: [], faults: [fault] }] : this.#record.done(number);
      for (const record of records) this.#sink?.record(record);
      this.#number += records.length;
      this.#record = undefined;
    }
  }

  #text(text: string): void {
    if (this.#record !== undefined) this.#record.text(text);
    else if (this.#depth > 0 && !BLANK.test(text)) this.#invalid('∅');
  }

  #root(tag: SaxesTagNS): void {
    const { root, versionAttribute } = this.#shape;
    if (tag.local !== root || tag.uri !== this.#namespace) {
      this.#invalid(`≠ <${root}${this.#namespace === '' ? '' : ` xmlns="${this.#namespace}"`}>`);
      return;
    }
    let layout = versionAttribute === undefined ? this.#layouts[0] : undefined;
    for (const { name, uri, value } of Object.values(tag.attributes)) {
      if (name === versionAttribute) layout = this.#layouts.find((one) => one.version === value);
      else if (uri !== XMLNS && uri !== XSI) this.#invalid(`@${name.slice(0, MAX_NAME)}`);
    }
    if (this.stopped) return;
    if (layout === undefined) {
      this.#fail(LAYOUT_UNKNOWN, `@${versionAttribute} ≠ ${this.#layouts.map((one) => one.version).join('|')}`);
      return;
    }
    this.#tree = xmlTree(layout.fields, this.#shape.repeats);
    this.#fieldCount = layout.fields.length;
    this.#sink?.layout(layout, NO_HEADER);
  }

  #invalid(detail: string): void {
    this.#fail(LAYOUT_INVALID, `#${this.#number + 1} ${detail}`);
  }

  #fail(code: string, detail: string): void {
    if (this.stopped) return;
    this.stopped = true;
    this.#record = undefined;
    this.#sink?.error({ field: WHOLE_FILE, code, detail });
  }
}
