import type { DateForm } from '../domain/flow.ts';
import { ABSENT, NULL, type RecordBlock } from './record-block.ts';
import { copyBytes, copyWords, type LineBytes, type RowSource, type RowTarget } from './row-bytes.ts';
import { AS_IT_IS, type RowColumn, WITH_HYPHENS, WITHOUT_HYPHENS } from './row-columns.ts';

/** What stands in a column: as `Value` tells a value, an empty one, null, and a member that is not there. */
export const PRESENT = 0;
export const EMPTY = 1;
export const IS_NULL = 2;
export const IS_ABSENT = 3;

const ROW = 0;
const QUALITY = 1;
const BEGIN = 2;
const END = 3;
const NOTHING = 4;
const NOWHERE = 5;

const HYPHEN = 0x2d;
const COMMA = 0x2c;
const POINT = 0x2e;
const ZERO = 0x30;
const YEAR_END = 4;
const MONTH_END = 6;

/** What is written for a byte of a text that its format gives a meaning; by byte, undefined where it stands for itself. */
export type Escapes = readonly (Uint8Array | undefined)[];

/** The values of rows, by column. */
export class RowValues {
  readonly #sources: Uint8Array;
  readonly #fields: Int32Array;
  readonly #forms: Uint8Array;
  readonly #dayForms: readonly DateForm[];
  readonly #escapes: readonly (Escapes | undefined)[];
  readonly #line: LineBytes;

  /** @param escapesOf those of a column whose values may need them */
  constructor(
    columns: readonly RowColumn[],
    line: LineBytes,
    escapesOf: (column: number) => Escapes | undefined = () => undefined,
  ) {
    this.#sources = Uint8Array.from(columns, sourceOf);
    this.#fields = Int32Array.from(columns, (column) => (column.from === 'nowhere' ? 0 : column.field));
    this.#forms = Uint8Array.from(columns, (column) => (column.from === 'row' ? column.form : AS_IT_IS));
    this.#dayForms = columns.map((column) => (column.from === 'line' ? column.form : 'yyyy-MM-dd'));
    this.#escapes = columns.map((_, index) => escapesOf(index));
    this.#line = line;
  }

  /** @param base where the fields of the row begin in `starts` and `ends` */
  state(column: number, { starts, ends }: RecordBlock, base: number, line: number): number {
    const source = this.#sources[column];
    const place = base + (this.#fields[column] ?? 0);
    const start = starts[place] ?? 0;
    switch (source) {
      case ROW:
        if ((ends[place] ?? 0) > start) return PRESENT;
        return start === ABSENT ? IS_ABSENT : start === NULL ? IS_NULL : EMPTY;
      case QUALITY:
      case BEGIN:
        return PRESENT;
      case NOWHERE:
        return IS_ABSENT;
      default:
        if (source === END && this.#line.hasEnd(line)) return PRESENT;
        return start === ABSENT ? IS_ABSENT : IS_NULL;
    }
  }

  /** Writes a value that is there. @returns where it ends */
  put(column: number, source: RowSource, row: number, line: number, to: RowTarget, at: number): number {
    switch (this.#sources[column]) {
      case ROW:
        return this.#range(column, source, row, to, at);
      case QUALITY:
        return this.#line.quality(line, to.bytes, at);
      case BEGIN:
        return this.#line.begin(line, this.#dayForms[column] ?? 'yyyy-MM-dd', to.bytes, at);
      case END:
        return this.#line.end(line, this.#dayForms[column] ?? 'yyyy-MM-dd', to.bytes, at);
      default:
        return at;
    }
  }

  #range(column: number, { block, words }: RowSource, row: number, to: RowTarget, at: number): number {
    const place = row * block.fields + (this.#fields[column] ?? 0);
    const from = block.starts[place] ?? 0;
    const until = block.ends[place] ?? 0;
    const form = this.#forms[column];
    if (form !== AS_IT_IS) return copyForm(form, block.bytes, from, until, to.bytes, at);
    const escapes = this.#escapes[column];
    if (escapes !== undefined) return copyEscaped(escapes, block.bytes, from, until, to.bytes, at);
    // PLAIN: all of it is ASCII.
    if (block.plain[row] === 1) return copyWords(words, from, until, to.words, at);
    return copyBytes(block.bytes, from, until, to.bytes, at);
  }
}

function sourceOf(column: RowColumn): number {
  switch (column.from) {
    case 'row':
      return ROW;
    case 'line':
      return column.part === 'quality' ? QUALITY : column.part === 'begin' ? BEGIN : END;
    case 'nothing':
      return NOTHING;
    case 'nowhere':
      return NOWHERE;
  }
}

function copyForm(
  form: number | undefined,
  source: Uint8Array,
  from: number,
  until: number,
  target: Uint8Array,
  start: number,
): number {
  let at = start;
  for (let next = from; next < until; next += 1) {
    const byte = source[next] ?? 0;
    if (form === WITHOUT_HYPHENS && byte === HYPHEN) continue;
    if (form === WITH_HYPHENS && (next - from === YEAR_END || next - from === MONTH_END)) {
      target[at] = HYPHEN;
      at += 1;
    }
    target[at] = byte === COMMA ? POINT : byte;
    at += 1;
  }
  return at;
}

function copyEscaped(
  escapes: Escapes,
  source: Uint8Array,
  from: number,
  until: number,
  target: Uint8Array,
  start: number,
): number {
  let at = start;
  for (let next = from; next < until; next += 1) {
    const byte = source[next] ?? 0;
    const written = escapes[byte];
    if (written === undefined) {
      target[at] = byte;
      at += 1;
    } else at = copyBytes(written, 0, written.length, target, at);
  }
  return at;
}

/** @param escapes by ASCII character */
export function escapeTable(escapes: Readonly<Record<string, string>>): Escapes {
  const table = new Array<Uint8Array | undefined>(256).fill(undefined);
  for (const [character, text] of Object.entries(escapes)) {
    table[character.charCodeAt(0)] = Uint8Array.from(Buffer.from(text));
  }
  return table;
}

/** Takes the zeros off that stand before a number of digits, but for the last digit. @returns where the number ends */
export function withoutZeros(target: Uint8Array, start: number, end: number): number {
  const digits = target[start] === HYPHEN ? start + 1 : start;
  let first = digits;
  while (first < end - 1 && target[first] === ZERO) first += 1;
  if (first === digits) return end;
  target.copyWithin(digits, first, end);
  return end - (first - digits);
}
