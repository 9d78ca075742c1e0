import type { CodedDossiers } from '../directory/flat-directory.ts';
import { OPEN_END } from '../directory/pack.ts';
import type { DateForm, LayoutVersion } from '../domain/flow.ts';
import { toFlowForm } from '../formats/field-forms.ts';
import { rowWriter } from '../formats/open-rows.ts';
import { PLAIN } from '../formats/record-block.ts';
import type { FieldMask, WrittenTotals } from '../formats/record-format.ts';
import {
  copyBytes,
  copyWords,
  type LineBytes,
  type RowSource,
  type RowTarget,
  type RowWriter,
} from '../formats/row-bytes.ts';
import type { RowPlan } from '../formats/row-columns.ts';
import { qualityNumber } from './lane-routes.ts';
import { type RolePositions, rolePositions } from './record-rules.ts';

const DAY_MS = 86_400_000;
const FIRST_DAY_MS = Date.UTC(1900, 0, 1);
const LF = 0x0a;
const ZERO = 0x30;
const DAY_BYTES = 'yyyy-MM-dd'.length;
const SHORT_DAY_BYTES = 'yyyyMMdd'.length;
const QUALITY_DIGITS = 3;

/**
 * @param totals of the writer of the same output
 * @returns undefined where rows for this receiver go through the writer of its format
 */
export function laneRows(plan: RowPlan, totals: WrittenTotals | undefined): RowWriter | undefined {
  const { flow, output, layout, from } = plan;
  if (flow.kind !== 'delimited' || layout !== from) return rowWriter(plan, totals);
  const isSame = output?.kind === 'delimited' && output.separator === flow.separator && output.charset === flow.charset;
  // A format of its own has each value in the one form of its type.
  const isAsWritten = layout.fields.every(({ type }) => toFlowForm(type) === undefined);
  const isCopied = output === undefined || (isSame && isAsWritten);
  return isCopied ? new DelimitedCopies(plan, flow.separator) : rowWriter(plan, totals);
}

const NOTHING = 0;
const ROW = 1;
const QUALITY = 2;
const BEGIN = 3;
const END = 4;

/** What stands in a column of the output: fields of the row, a part of the receiver's own line, or nothing. */
type Column = { readonly from: number; readonly first: number; readonly last: number };

/** Columns that follow one another in both files are copied at once. */
class DelimitedCopies implements RowWriter {
  readonly #columns: readonly Column[];
  readonly #separator: number;
  readonly #lines: LineBytes;
  readonly #forms: DateForms;
  readonly #fixedBytes: number;

  constructor({ layout, fileMask, mask, line }: RowPlan, separator: string) {
    this.#separator = separator.charCodeAt(0);
    const roles = rolePositions(layout);
    this.#columns = columnsOf(layout, fileMask, mask, roles);
    this.#lines = line;
    this.#forms = dateForms(layout, roles);
    this.#fixedBytes = fileMask.length + QUALITY_DIGITS + 2 * DAY_BYTES + 1;
  }

  takes(): boolean {
    return true;
  }

  write(source: RowSource, row: number, line: number, to: RowTarget): void {
    const { rowStarts, fields } = source.block;
    to.reserve((rowStarts[row + 1] ?? 0) - (rowStarts[row] ?? 0) + this.#fixedBytes);
    const target = to.bytes;
    const base = row * fields;
    let at = to.length;
    const columns = this.#columns;
    for (let index = 0; index < columns.length; index += 1) {
      const column = columns[index];
      if (index > 0) target[at++] = this.#separator;
      if (column === undefined || column.from === NOTHING) continue;
      if (column.from === ROW) at = this.#copy(source, row, base + column.first, base + column.last, to, at);
      else if (column.from === QUALITY) at = this.#lines.quality(line, target, at);
      else if (column.from === BEGIN) at = this.#lines.begin(line, this.#forms.begin, target, at);
      else at = this.#lines.end(line, this.#forms.end, target, at);
    }
    target[at++] = LF;
    to.length = at;
  }

  /** Fields with only the separator between them are copied at once; quotes around one are left out. */
  #copy({ block, words }: RowSource, row: number, first: number, last: number, to: RowTarget, start: number): number {
    const { starts, ends, hasQuotes } = block;
    const isAscii = block.plain[row] === PLAIN;
    let at = start;
    for (let field = first; field <= last; ) {
      const from = starts[field] ?? 0;
      let until = ends[hasQuotes ? field : last] ?? 0;
      field = hasQuotes ? field + 1 : last + 1;
      for (; field <= last && starts[field] === until + 1; field += 1) until = ends[field] ?? 0;
      at = isAscii ? copyWords(words, from, until, to.words, at) : copyBytes(block.bytes, from, until, to.bytes, at);
      if (field <= last) to.bytes[at++] = this.#separator;
    }
    return at;
  }
}

function columnsOf(
  layout: LayoutVersion,
  fileMask: FieldMask,
  mask: FieldMask,
  roles: RolePositions,
): readonly Column[] {
  const columns: Column[] = [];
  let before = -1;
  for (const index of layout.fields.keys()) {
    if (fileMask[index] !== true) continue;
    const column = columnOf(index, mask, roles);
    const previous = columns.at(-1);
    if (column.from === ROW && previous?.from === ROW && before === index - 1) {
      columns[columns.length - 1] = { ...previous, last: index };
    } else columns.push(column);
    before = index;
  }
  return columns;
}

function columnOf(index: number, mask: FieldMask, roles: RolePositions): Column {
  const from = (): number => {
    if (mask[index] !== true) return NOTHING;
    if (index === roles.quality) return QUALITY;
    if (index === roles.qualityBegin) return BEGIN;
    if (index === roles.qualityEnd) return END;
    // Rows of replaced persons are not written here, and nobody else's number is replaced.
    return index === roles.replacedBy ? NOTHING : ROW;
  };
  return { from: from(), first: index, last: index };
}

type DateForms = { readonly begin: DateForm; readonly end: DateForm };

function dateForms(layout: LayoutVersion, { qualityBegin, qualityEnd }: RolePositions): DateForms {
  const formOf = (index: number | undefined): DateForm => {
    const type = index === undefined ? undefined : layout.fields[index]?.type;
    return type?.kind === 'date' || type?.kind === 'incomplete-date' ? type.form : 'yyyy-MM-dd';
  };
  return { begin: formOf(qualityBegin), end: formOf(qualityEnd) };
}

const DAYS = 0x1_0000;
/** Room for a day, and a power of two. */
const SLOT_BYTES = 16;

/** The texts of dossiers; each day is made once. */
export class LineTexts implements LineBytes {
  readonly #layer: CodedDossiers;
  /** `yyyy-MM-dd` of each day, and `yyyyMMdd`. */
  readonly #long = new Uint8Array(DAYS * SLOT_BYTES);
  readonly #short = new Uint8Array(DAYS * SLOT_BYTES);

  constructor(layer: CodedDossiers) {
    this.#layer = layer;
  }

  quality(line: number, target: Uint8Array, at: number): number {
    const { dossiers, qualities } = this.#layer;
    const quality = qualityNumber(qualities[dossiers[line + 1] ?? 0] ?? 0);
    target[at] = ZERO + Math.trunc(quality / 100);
    target[at + 1] = ZERO + (Math.trunc(quality / 10) % 10);
    target[at + 2] = ZERO + (quality % 10);
    return at + QUALITY_DIGITS;
  }

  begin(line: number, form: DateForm, target: Uint8Array, at: number): number {
    return this.#day(this.#layer.dossiers[line + 2] ?? 0, form, target, at);
  }

  hasEnd(line: number): boolean {
    return this.#layer.dossiers[line + 3] !== OPEN_END;
  }

  /** Nothing where the end is open. */
  end(line: number, form: DateForm, target: Uint8Array, at: number): number {
    const day = this.#layer.dossiers[line + 3] ?? OPEN_END;
    return day === OPEN_END ? at : this.#day(day, form, target, at);
  }

  #day(day: number, form: DateForm, target: Uint8Array, at: number): number {
    const from = day * SLOT_BYTES;
    if (this.#short[from] === 0) this.#make(day);
    const [days, length] = form === 'yyyyMMdd' ? [this.#short, SHORT_DAY_BYTES] : [this.#long, DAY_BYTES];
    for (let index = 0; index < length; index += 1) target[at + index] = days[from + index] ?? 0;
    return at + length;
  }

  #make(day: number): void {
    const iso = new Date(FIRST_DAY_MS + day * DAY_MS).toISOString().slice(0, DAY_BYTES);
    this.#long.set(Buffer.from(iso), day * SLOT_BYTES);
    this.#short.set(Buffer.from(iso.replaceAll('-', '')), day * SLOT_BYTES);
  }
}
