import type { Field, LayoutVersion } from '../domain/flow.ts';
import type { Columns, FixedWidthShape } from '../domain/format.ts';
import type { BlockRows } from './block-rows.ts';
import { hasNoZero, isNumber } from './columns.ts';
import { columnsOf, detailGaps } from './fixed-width.ts';
import type { Matcher } from './value-matchers.ts';

const SPACE = 0x20;
const ZERO = 0x30;
const MINUS = 0x2d;
const POINT = 0x2e;
const COMMA = 0x2c;

/** Takes a value out of its columns; whether it is certainly right. The rules are those of `columnReader`. */
type ColumnMatcher = (data: Uint8Array, start: number, base: number) => boolean;

/** The fields of a detail, by its bytes. */
export class FixedWidthFields {
  readonly #fields: readonly ColumnMatcher[];
  readonly #gaps: readonly Columns[];

  constructor(layout: LayoutVersion, shape: FixedWidthShape, rows: BlockRows) {
    this.#fields = layout.fields.map((field, index) => columnMatcher(field, index, rows));
    this.#gaps = detailGaps(layout, shape);
  }

  /** Puts down the ranges of a row that begins at `start`; false where it may not be plain. */
  match(data: Uint8Array, start: number, base: number): boolean {
    for (const field of this.#fields) if (!field(data, start, base)) return false;
    for (const { first, last } of this.#gaps) {
      if (endOfText(data, start + first - 1, start + last) > start + first - 1) return false;
    }
    return true;
  }
}

function columnMatcher(field: Field, index: number, rows: BlockRows): ColumnMatcher {
  const { first, last } = columnsOf(field);
  const matcher = rows.matchers[index] ?? (() => -1);
  const place = { index, from: first - 1, to: last };
  if (isNumber(field.type)) return numberMatcher(place, matcher, rows);
  return textMatcher(place, matcher, rows, field.required !== true && hasNoZero(field.type));
}

type Place = { readonly index: number; readonly from: number; readonly to: number };

function numberMatcher({ index, from, to }: Place, matcher: Matcher, rows: BlockRows): ColumnMatcher {
  return (data, start, base) => {
    const begin = start + from;
    const end = start + to;
    if (data[begin] === SPACE) return endOfText(data, begin, end) === begin && rows.empty(base, index, begin);
    const value = pastZeros(data, begin, end);
    // Behind a sign zeros are taken off too: what is left is not one range.
    if (data[begin] === MINUS && pastZeros(data, begin + 1, end) !== begin + 1) return false;
    if (matcher(data, value, end) !== end) return false;
    rows.put(base + index, value, end);
    return true;
  };
}

function textMatcher(place: Place, matcher: Matcher, rows: BlockRows, zerosAreAbsent: boolean): ColumnMatcher {
  const { index, from, to } = place;
  return (data, start, base) => {
    const begin = start + from;
    const end = endOfText(data, begin, start + to);
    if (end === begin) return rows.empty(base, index, begin);
    if (zerosAreAbsent && data[begin] === ZERO && zerosUntil(data, begin, end) === end) {
      return rows.empty(base, index, begin);
    }
    if (matcher(data, begin, end) !== end) return false;
    rows.put(base + index, begin, end);
    return true;
  };
}

/** One zero stays before the end or the point. */
function pastZeros(data: Uint8Array, from: number, to: number): number {
  if (data[from] !== ZERO) return from;
  const zeros = zerosUntil(data, from, to);
  return zeros === to || data[zeros] === POINT || data[zeros] === COMMA ? zeros - 1 : zeros;
}

function zerosUntil(data: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && data[at] === ZERO) at += 1;
  return at;
}

function endOfText(data: Uint8Array, from: number, to: number): number {
  let end = to;
  while (end > from && data[end - 1] === SPACE) end -= 1;
  return end;
}
