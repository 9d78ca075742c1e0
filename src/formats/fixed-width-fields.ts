import type { LayoutVersion } from '../domain/flow.ts';
import type { Columns, FixedWidthShape } from '../domain/format.ts';
import type { BlockRows } from './block-rows.ts';
import { hasNoZero, isNumber } from './columns.ts';
import { columnsOf, detailGaps } from './fixed-width.ts';

const SPACE = 0x20;
const ZERO = 0x30;
const MINUS = 0x2d;
const POINT = 0x2e;
const COMMA = 0x2c;

/** How a value stands in its columns. */
const LEFT = 0;
const LEFT_OR_ZEROS = 1;
const NUMBER = 2;

/** The fields of a detail, by its bytes. The rules are those of `columnReader`. */
export class FixedWidthFields {
  readonly #rows: BlockRows;
  readonly #froms: Int32Array;
  readonly #tos: Int32Array;
  readonly #kinds: Uint8Array;
  readonly #gaps: readonly Columns[];

  constructor(layout: LayoutVersion, shape: FixedWidthShape, rows: BlockRows) {
    const columns = layout.fields.map(columnsOf);
    this.#rows = rows;
    this.#froms = Int32Array.from(columns, ({ first }) => first - 1);
    this.#tos = Int32Array.from(columns, ({ last }) => last);
    this.#kinds = Uint8Array.from(layout.fields, ({ type, required }) => {
      if (isNumber(type)) return NUMBER;
      return required !== true && hasNoZero(type) ? LEFT_OR_ZEROS : LEFT;
    });
    this.#gaps = detailGaps(layout, shape);
  }

  /** Puts down the ranges of a row that begins at `start`; false where it may not be plain. */
  match(data: Uint8Array, start: number, base: number): boolean {
    const rows = this.#rows;
    const { matchers, fields } = rows;
    for (let field = 0; field < fields; field += 1) {
      const from = start + (this.#froms[field] ?? 0);
      const kind = this.#kinds[field];
      let begin = from;
      let end = start + (this.#tos[field] ?? 0);
      if (kind === NUMBER) begin = numberBegin(data, from, end);
      else while (end > from && data[end - 1] === SPACE) end -= 1;
      const isAbsent = end === from || (kind === LEFT_OR_ZEROS && areAll(ZERO, data, from, end));
      if (!isAbsent && begin >= 0 && matchers[field]?.(data, begin, end) === end) rows.put(base + field, begin, end);
      else if (!isAbsent && !(kind === NUMBER && areAll(SPACE, data, from, end))) return false;
      else if (!rows.empty(base, field, from)) return false;
    }
    for (const { first, last } of this.#gaps) if (!areAll(SPACE, data, start + first - 1, start + last)) return false;
    return true;
  }
}

/** Zeros before a number are taken off, but for one before the end or the point; -1 where what is left is not one range. */
function numberBegin(data: Uint8Array, from: number, to: number): number {
  if (data[from] === MINUS) return pastZeros(data, from + 1, to) === from + 1 ? from : -1;
  return pastZeros(data, from, to);
}

function pastZeros(data: Uint8Array, from: number, to: number): number {
  let zeros = from;
  while (zeros < to && data[zeros] === ZERO) zeros += 1;
  const isNeeded = zeros > from && (zeros === to || data[zeros] === POINT || data[zeros] === COMMA);
  return isNeeded ? zeros - 1 : zeros;
}

function areAll(byte: number, data: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) if (data[at] !== byte) return false;
  return true;
}
