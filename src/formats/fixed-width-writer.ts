import type { Charset } from '../domain/charset.ts';
import type { FieldType, LayoutVersion } from '../domain/flow.ts';
import { type Columns, type LineEnd, type OutputFormat, widthOf } from '../domain/format.ts';
import { inColumns } from './columns.ts';
import { isPresent } from './field-types.ts';
import { type HeaderFacts, headerText } from './fixed-width-header.ts';
import { TrailerTotals } from './fixed-width-trailer.ts';
import type { FieldMask, RecordWriter, Value } from './record-format.ts';

type FixedWidthOutput = OutputFormat & { readonly kind: 'fixed-width' };

const LINE_ENDS: Readonly<Record<LineEnd, string>> = { crlf: '\r\n', lf: '\n', nel: '\x85', none: '' };

type PlacedField = { readonly index: number; readonly type: FieldType; readonly columns: Columns };

/** Text that stands in columns. */
type Placed = { readonly columns: Columns; readonly text: string };

/** Writes records of one length, with the header and trailer of the format. What a receiver may not have stays blank. */
export class FixedWidthWriter implements RecordWriter {
  readonly charset: Charset;
  readonly totals: TrailerTotals | undefined;
  readonly #format: FixedWidthOutput;
  readonly #fileMask: FieldMask;
  readonly #facts: HeaderFacts;
  /** In the order of their columns. */
  readonly #fields: readonly PlacedField[];
  readonly #sums: readonly { readonly index: number; readonly columns: Columns }[];

  constructor(format: FixedWidthOutput, layout: LayoutVersion, fileMask: FieldMask, facts: HeaderFacts) {
    this.charset = format.charset;
    this.#format = format;
    this.#fileMask = fileMask;
    this.#facts = facts;
    const fields = layout.fields.map(({ name, type }, index) => ({ index, type, columns: columnsOf(format, name) }));
    this.#fields = fields.sort((one, other) => one.columns.first - other.columns.first);
    this.#sums = (format.trailer?.sums ?? []).map(({ field, columns }) => ({
      index: layout.fields.findIndex(({ name }) => name === field),
      columns,
    }));
    this.totals = format.trailer === undefined ? undefined : new TrailerTotals(format.trailer);
  }

  begin(): string {
    const { header } = this.#format;
    if (header === undefined) return '';
    return this.#line(
      header.type,
      inOrder(
        header.fields.map((field) => ({ columns: field.columns, text: headerText(field, this.#format, this.#facts) })),
      ),
    );
  }

  record(values: readonly Value[], mask: FieldMask): string {
    const placed: Placed[] = [];
    for (const { index, type, columns } of this.#fields) {
      const value = values[index];
      if (mask[index] !== true || this.#fileMask[index] !== true || !isPresent(value)) continue;
      placed.push({ columns, text: inColumns(value, type, widthOf(columns)) });
    }
    this.#count(values, mask);
    return this.#line(this.#format.detail?.type, placed);
  }

  #count(values: readonly Value[], mask: FieldMask): void {
    const { totals } = this;
    if (totals === undefined) return;
    totals.count();
    for (const [sum, { index }] of this.#sums.entries()) {
      const value = values[index];
      if (mask[index] === true && isPresent(value)) totals.add(sum, Number(value));
    }
  }

  /** Counted anew: a receiver gets its own records only. The sum of a field it may not have stays blank. */
  end(): string {
    const { trailer } = this.#format;
    if (trailer === undefined || this.totals === undefined) return '';
    const { count: records, sums } = this.totals.take();
    const placed = this.#sums.flatMap(({ index, columns }, sum): Placed[] =>
      this.#fileMask[index] === true ? [{ columns, text: numberIn(columns, sums[sum] ?? 0) }] : [],
    );
    const count =
      trailer.count === undefined ? [] : [{ columns: trailer.count, text: numberIn(trailer.count, records) }];
    return this.#line(trailer.type, inOrder([...count, ...placed]));
  }

  /** @param placed in the order of their columns */
  #line(type: string | undefined, placed: readonly Placed[]): string {
    const { recordType, recordLength, lineEnd } = this.#format;
    let line = '';
    let isTyped = recordType === undefined || type === undefined;
    for (const { columns, text } of placed) {
      if (!isTyped && recordType !== undefined && recordType.first < columns.first) {
        line = line.padEnd(recordType.first - 1) + type;
        isTyped = true;
      }
      line = line.padEnd(columns.first - 1) + text;
    }
    if (!isTyped && recordType !== undefined) line = line.padEnd(recordType.first - 1) + type;
    return line.padEnd(recordLength) + LINE_ENDS[lineEnd];
  }
}

function inOrder(placed: readonly Placed[]): readonly Placed[] {
  return placed.toSorted((one, other) => one.columns.first - other.columns.first);
}

function numberIn(columns: Columns, value: number): string {
  const width = widthOf(columns);
  return String(value % 10 ** width).padStart(width, '0');
}

/** @throws TypeError where a field has no columns, which the configuration refuses before */
function columnsOf(format: FixedWidthOutput, name: string): Columns {
  const columns = Object.hasOwn(format.columns, name) ? format.columns[name] : undefined;
  if (columns === undefined) throw new TypeError(`the field ${name} has no columns`);
  return columns;
}
