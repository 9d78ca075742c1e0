import { widestOf } from '../domain/field-width.ts';
import type { Field, LayoutVersion } from '../domain/flow.ts';
import { type FixedWidthShape, widthOf } from '../domain/format.ts';
import type { BlockRows } from './block-rows.ts';
import { hasNoZero, isNumber } from './columns.ts';
import { columnsOf, detailGaps } from './fixed-width.ts';
import { digitRange } from './value-matchers.ts';

const SPACE = 0x20;
const ZERO = 0x30;
const MINUS = 0x2d;
const POINT = 0x2e;
const COMMA = 0x2c;

/** How a value stands in its columns: a number behind zeros, any other before spaces. */
const LEFT = 0;
const NUMBER = 1;
/** Before spaces, and zeros stand for no value. */
const LEFT_OR_ZEROS = 2;
/** Usual cases of the first two, looked at first: a value of some type or of digits that fills its columns, a whole number. */
const FILLED = 3;
const DIGITS = 4;
const WHOLE = 5;

/** The fields of a detail, by its bytes. The rules are those of `columnReader`. */
export class FixedWidthFields {
  readonly #rows: BlockRows;
  readonly #froms: Int32Array;
  readonly #tos: Int32Array;
  readonly #usual: Uint8Array;
  readonly #kinds: Uint8Array;
  readonly #gapFroms: Int32Array;
  readonly #gapTos: Int32Array;

  constructor(layout: LayoutVersion, shape: FixedWidthShape, rows: BlockRows) {
    const columns = layout.fields.map(columnsOf);
    const gaps = detailGaps(layout, shape);
    this.#rows = rows;
    this.#froms = Int32Array.from(columns, ({ first }) => first - 1);
    this.#tos = Int32Array.from(columns, ({ last }) => last);
    this.#kinds = Uint8Array.from(layout.fields, kindOf);
    this.#usual = Uint8Array.from(layout.fields, usualKindOf);
    this.#gapFroms = Int32Array.from(gaps, ({ first }) => first - 1);
    this.#gapTos = Int32Array.from(gaps, ({ last }) => last);
  }

  /** Puts down the ranges of a row that begins at `start`; false where it may not be plain. */
  match(data: Uint8Array, start: number, base: number): boolean {
    const { matchers, fields, starts, ends } = this.#rows;
    const [froms, tos, usual] = [this.#froms, this.#tos, this.#usual];
    for (let field = 0; field < fields; field += 1) {
      const from = start + (froms[field] ?? 0);
      const to = start + (tos[field] ?? 0);
      const kind = usual[field];
      let begin = from;
      let isRight = false;
      if (kind === FILLED) isRight = matchers[field]?.(data, from, to) === to;
      else if (kind === DIGITS) isRight = areDigits(data, from, to);
      else if (kind === WHOLE) {
        while (begin < to - 1 && data[begin] === ZERO) begin += 1;
        isRight = areDigits(data, begin, to);
      }
      if (isRight) {
        starts[base + field] = begin;
        ends[base + field] = to;
      } else if (!this.#matches(data, field, from, to, base)) return false;
    }
    for (let gap = 0; gap < this.#gapFroms.length; gap += 1) {
      if (!areAll(SPACE, data, start + (this.#gapFroms[gap] ?? 0), start + (this.#gapTos[gap] ?? 0))) return false;
    }
    return true;
  }

  /** Any value. */
  #matches(data: Uint8Array, field: number, from: number, to: number, base: number): boolean {
    const kind = this.#kinds[field];
    const begin = kind === NUMBER ? numberBegin(data, from, to) : from;
    const end = kind === NUMBER ? to : endOfText(data, from, to);
    const isAbsent =
      end === from ||
      (kind === NUMBER && areAll(SPACE, data, from, to)) ||
      (kind === LEFT_OR_ZEROS && areAll(ZERO, data, from, end));
    if (isAbsent) return this.#rows.empty(base, field, from);
    if (begin < 0 || this.#rows.matchers[field]?.(data, begin, end) !== end) return false;
    this.#rows.put(base + field, begin, end);
    return true;
  }
}

function kindOf({ type, required }: Field): number {
  if (isNumber(type)) return NUMBER;
  return required !== true && hasNoZero(type) ? LEFT_OR_ZEROS : LEFT;
}

function usualKindOf(field: Field): number {
  const width = widthOf(columnsOf(field));
  const kind = kindOf(field);
  const range = digitRange(field.type);
  if (range !== undefined && range.most >= width) {
    if (kind === NUMBER) return WHOLE;
    return range.least === width ? DIGITS : kind;
  }
  const isFilled = kind === LEFT && field.type.kind !== 'text' && widestOf(field.type) === width;
  return isFilled ? FILLED : kind;
}

/** Zeros before a number are taken off, but for one before the end or the point; -1 where what is left is not one range. */
function numberBegin(data: Uint8Array, from: number, to: number): number {
  if (data[from] === MINUS) return pastZeros(data, from + 1, to) === from + 1 ? from : -1;
  const begin = pastZeros(data, from, to);
  return begin > from && data[begin] === MINUS ? -1 : begin;
}

function pastZeros(data: Uint8Array, from: number, to: number): number {
  let zeros = from;
  while (zeros < to && data[zeros] === ZERO) zeros += 1;
  const isNeeded = zeros > from && (zeros === to || data[zeros] === POINT || data[zeros] === COMMA);
  return isNeeded ? zeros - 1 : zeros;
}

function endOfText(data: Uint8Array, from: number, to: number): number {
  let end = to;
  while (end > from && data[end - 1] === SPACE) end -= 1;
  return end;
}

function areDigits(data: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) if (((data[at] ?? 0) - ZERO) >>> 0 > 9) return false;
  return true;
}

function areAll(byte: number, data: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) if (data[at] !== byte) return false;
  return true;
}
