import type { LayoutVersion } from '../domain/flow.ts';
import type { FixedWidthShape } from '../domain/format.ts';
import type { BlockRows } from './block-rows.ts';
import { hasNoZero, isNumber } from './columns.ts';
import { columnsOf, detailGaps } from './fixed-width.ts';
import { digitRange } from './value-matchers.ts';

const SPACE = 0x20;
const ZERO = 0x30;
const MINUS = 0x2d;
const POINT = 0x2e;
const COMMA = 0x2c;

/** How a value stands in its columns: a number behind zeros, another one before spaces. */
const LEFT = 0;
const NUMBER = 1;
/** The same where zeros stand for no value: told by what such a value begins with. */
const LEFT_OR_ZEROS = ZERO;

/** The fields of a detail, by its bytes. The rules are those of `columnReader`. */
export class FixedWidthFields {
  readonly #rows: BlockRows;
  readonly #froms: Int32Array;
  readonly #tos: Int32Array;
  readonly #kinds: Uint8Array;
  /** Digits alone are looked at here, which saves most fields a call; 0 for others. */
  readonly #least: Int32Array;
  readonly #most: Int32Array;
  readonly #gapFroms: Int32Array;
  readonly #gapTos: Int32Array;

  constructor(layout: LayoutVersion, shape: FixedWidthShape, rows: BlockRows) {
    const columns = layout.fields.map(columnsOf);
    this.#rows = rows;
    this.#froms = Int32Array.from(columns, ({ first }) => first - 1);
    this.#tos = Int32Array.from(columns, ({ last }) => last);
    this.#kinds = Uint8Array.from(layout.fields, ({ type, required }) => {
      if (isNumber(type)) return NUMBER;
      return required !== true && hasNoZero(type) ? LEFT_OR_ZEROS : LEFT;
    });
    this.#least = Int32Array.from(layout.fields, ({ type }) => digitRange(type)?.least ?? 0);
    this.#most = Int32Array.from(layout.fields, ({ type }) => digitRange(type)?.most ?? 0);
    const gaps = detailGaps(layout, shape);
    this.#gapFroms = Int32Array.from(gaps, ({ first }) => first - 1);
    this.#gapTos = Int32Array.from(gaps, ({ last }) => last);
  }

  /** Puts down the ranges of a row that begins at `start`; false where it may not be plain. */
  match(data: Uint8Array, start: number, base: number): boolean {
    const rows = this.#rows;
    const { matchers, fields, starts, ends } = rows;
    const [froms, tos, kinds, least, most] = [this.#froms, this.#tos, this.#kinds, this.#least, this.#most];
    for (let field = 0; field < fields; field += 1) {
      const from = start + (froms[field] ?? 0);
      let end = start + (tos[field] ?? 0);
      let begin = from;
      if (kinds[field] === NUMBER) begin = numberBegin(data, from, end);
      else if (data[end - 1] === SPACE) end = endOfText(data, from, end);
      const matcher = matchers[field];
      if (matcher === undefined || end === from || begin < 0 || data[from] === kinds[field]) {
        if (!this.#isUnusual(data, field, from, begin, end, base)) return false;
      } else if (
        (most[field] ?? 0) > 0
          ? end - begin >= (least[field] ?? 0) && end - begin <= (most[field] ?? 0) && areDigits(data, begin, end)
          : matcher(data, begin, end) === end
      ) {
        starts[base + field] = begin;
        ends[base + field] = end;
      } else if (!areAll(SPACE, data, from, end) || !rows.empty(base, field, from)) return false;
    }
    for (let gap = 0; gap < this.#gapFroms.length; gap += 1) {
      if (!areAll(SPACE, data, start + (this.#gapFroms[gap] ?? 0), start + (this.#gapTos[gap] ?? 0))) return false;
    }
    return true;
  }

  /** A value that is absent, or may be: zeros in a field whose values are never zero. */
  #isUnusual(data: Uint8Array, field: number, from: number, begin: number, end: number, base: number): boolean {
    if (end === from || (begin >= 0 && areAll(ZERO, data, from, end))) return this.#rows.empty(base, field, from);
    if (begin < 0 || this.#rows.matchers[field]?.(data, begin, end) !== end) return false;
    this.#rows.put(base + field, begin, end);
    return true;
  }
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
