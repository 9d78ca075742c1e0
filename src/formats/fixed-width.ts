import type { Field, LayoutVersion } from '../domain/flow.ts';
import type { Columns, FixedWidthShape } from '../domain/format.ts';
import { codecOf } from './charsets.ts';
import { type ColumnReader, columnReader, columnsName, filledGap, gapsBetween } from './columns.ts';
import { HeaderReader } from './fixed-width-header.ts';
import { TrailerCheck } from './fixed-width-trailer.ts';
import { LinesOfLength } from './lines-of-length.ts';
import {
  CHARSET_UNSUPPORTED,
  type FileError,
  type FileFacts,
  type HeaderValues,
  LAYOUT_INVALID,
  NO_HEADER,
  type RecordFormat,
  type RecordSink,
  structureFault,
  WHOLE_FILE,
  WHOLE_RECORD,
} from './record-format.ts';
import { LengthCutter, type LengthSink } from './records-of-length.ts';

/** A file without details of one layout: what reads them. */
type Details = {
  readonly readers: readonly ColumnReader[];
  readonly gaps: readonly Columns[];
  readonly trailer: TrailerCheck | undefined;
};

/**
 * Records of one length whose fields stand in fixed columns. Where the flow has a record type there may be a header before
 * and a trailer behind the details; what they say must be true. In UTF-8 columns are characters, else bytes.
 */
export class FixedWidthFormat implements RecordFormat {
  readonly name = 'fixed-width';
  readonly #cutter: LengthCutter | LinesOfLength;
  readonly #records: FixedWidthRecords;

  /** @param layouts the versions valid for this file, the preferred one first; a header chooses among them */
  constructor(shape: FixedWidthShape, layouts: readonly LayoutVersion[], facts: FileFacts) {
    const { charset, recordLength, lineEnd } = shape;
    this.#cutter =
      charset === 'utf-8' ? new LinesOfLength(recordLength) : new LengthCutter(codecOf(charset), recordLength, lineEnd);
    this.#records = new FixedWidthRecords(shape, layouts, facts);
  }

  parse(chunk: Uint8Array, sink: RecordSink): void {
    this.#cutter.parse(chunk, this.#records.into(sink));
  }

  end(sink: RecordSink): void {
    this.#cutter.end(this.#records.into(sink));
    this.#records.end();
  }
}

type State = 'begin' | 'details' | 'after-trailer';

/** Tells header, details and trailer apart, and numbers what it reads: lines for the file, records for the sink. */
class FixedWidthRecords implements LengthSink {
  stopped = false;
  readonly #shape: FixedWidthShape;
  readonly #layouts: readonly LayoutVersion[];
  readonly #facts: FileFacts;
  #sink: RecordSink | undefined;
  #details: Details | undefined;
  #state: State = 'begin';
  #line = 0;
  #number = 0;

  constructor(shape: FixedWidthShape, layouts: readonly LayoutVersion[], facts: FileFacts) {
    this.#shape = shape;
    this.#layouts = layouts;
    this.#facts = facts;
  }

  into(sink: RecordSink): this {
    this.#sink = sink;
    return this;
  }

  record(text: string): void {
    this.#line += 1;
    if (this.#state === 'begin') {
      this.#state = 'details';
      if (this.#begin(text)) return;
    }
    const { recordType, detail, trailer } = this.#shape;
    const type = recordType === undefined ? undefined : text.slice(recordType.first - 1, recordType.last);
    if (this.#state === 'after-trailer') this.#invalid(`${shown(type ?? '')} ≠ ∅`);
    else if (type === undefined || type === detail?.type) this.#detail(text);
    else if (trailer !== undefined && type === trailer.type) this.#trailer(text);
    else
      this.#invalid(`${shown(type)} ≠ ${[detail?.type, trailer?.type].filter((one) => one !== undefined).join('|')}`);
  }

  wrongLength(detail: string): void {
    this.#line += 1;
    this.#invalid(detail);
  }

  wrongBytes(): void {
    this.#fail({
      field: WHOLE_FILE,
      code: CHARSET_UNSUPPORTED,
      detail: `#${this.#line + 1}, ${this.#shape.charset}`,
    });
  }

  /** The file is over. One without a byte has no data, which is another fault than a header that is not there. */
  end(): void {
    const { trailer } = this.#shape;
    if (this.stopped || this.#line === 0 || trailer === undefined || this.#state === 'after-trailer') return;
    this.#line += 1;
    this.#invalid(`∅ ≠ ${trailer.type}`);
  }

  /** @returns whether the first record was the header, or ended the file */
  #begin(text: string): boolean {
    const { header, recordType } = this.#shape;
    if (header === undefined || recordType === undefined) {
      this.#follow(this.#layouts[0], NO_HEADER);
      return this.stopped;
    }
    const type = text.slice(recordType.first - 1, recordType.last);
    if (type !== header.type) {
      this.#invalid(`${shown(type)} ≠ ${header.type}`);
      return true;
    }
    const read = new HeaderReader(header, this.#shape, this.#layouts, this.#facts).read(text);
    if ('layout' in read) this.#follow(read.layout, read.values);
    else this.#fail(read);
    return true;
  }

  #follow(layout: LayoutVersion | undefined, header: HeaderValues): void {
    if (layout === undefined) {
      this.#fail({ field: WHOLE_FILE, code: LAYOUT_INVALID });
      return;
    }
    this.#details = detailsOf(layout, this.#shape);
    this.#sink?.layout(layout, header);
  }

  #detail(text: string): void {
    if (this.#details === undefined) return;
    const { readers, gaps, trailer } = this.#details;
    const uncounted = trailer?.add(text);
    if (uncounted !== undefined) {
      this.#invalid(uncounted);
      return;
    }
    const values = new Array<string>(readers.length);
    for (let index = 0; index < readers.length; index += 1) values[index] = readers[index]?.(text) ?? '';
    const gap = filledGap(text, gaps);
    const faults = gap === undefined ? [] : [structureFault(WHOLE_RECORD, `${columnsName(gap)} = ∅`)];
    this.#number += 1;
    this.#sink?.record({ number: this.#number, values, faults });
  }

  #trailer(text: string): void {
    this.#state = 'after-trailer';
    const fault = this.#details?.trailer?.fault(text);
    if (fault !== undefined) this.#invalid(fault);
  }

  #invalid(detail: string): void {
    this.#fail({ field: WHOLE_FILE, code: LAYOUT_INVALID, detail: `#${this.#line} ${detail}` });
  }

  #fail(error: FileError): void {
    this.stopped = true;
    this.#sink?.error(error);
  }
}

function detailsOf(layout: LayoutVersion, shape: FixedWidthShape): Details {
  return {
    readers: layout.fields.map((field) => columnReader(field, columnsOf(field))),
    gaps: detailGaps(layout, shape),
    trailer: trailerCheck(layout, shape),
  };
}

/** The columns of a detail that nothing describes. */
export function detailGaps(layout: LayoutVersion, { recordType, recordLength }: FixedWidthShape): readonly Columns[] {
  const taken = layout.fields.map(columnsOf);
  return gapsBetween(recordType === undefined ? taken : [...taken, recordType], recordLength);
}

/** What holds the details of a file against its trailer, where it has one. */
export function trailerCheck(layout: LayoutVersion, shape: FixedWidthShape): TrailerCheck | undefined {
  const { trailer } = shape;
  if (trailer === undefined) return undefined;
  return new TrailerCheck(trailer, shape, (name) => columnsOf(layout.fields.find((field) => field.name === name)));
}

/** @throws TypeError where the layout has no columns for it, which the configuration refuses before */
export function columnsOf(field: Field | undefined): Columns {
  if (field?.columns === undefined) throw new TypeError(`the field ${field?.name} has no columns`);
  return field.columns;
}

/** A record type as it stands in the file, on one line whatever it is. */
function shown(type: string): string {
  return JSON.stringify(type);
}
