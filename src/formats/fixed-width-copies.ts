import { type FixedWidthShape, widthOf } from '../domain/format.ts';
import { hasNoZero, isNumber } from './columns.ts';
import { type BlankRecord, charsetOfRows, type FixedWidthOutput } from './fixed-width-blank.ts';
import type { RowSums } from './fixed-width-sums.ts';
import { PLAIN, type RecordBlock } from './record-block.ts';
import { copyBytes, copyWords, type RowSource, type RowTarget, type RowWriter } from './row-bytes.ts';
import { AS_IT_IS, type RowColumn, type RowPlan } from './row-columns.ts';
import { PRESENT, RowValues } from './row-values.ts';

const SPACE = 0x20;

/** Columns next to each other. */
type Range = { readonly from: number; until: number };

/**
 * Rows that stand in the same columns as they came: all that is written of them is copied at once. What is not one record
 * like the other is what the receiver may not have, its own line, and zeros that stand for no value.
 */
export class FixedWidthCopies implements RowWriter {
  readonly #charset: string;
  readonly #blank: BlankRecord;
  readonly #sums: RowSums;
  readonly #values: RowValues;
  readonly #froms: Int32Array;
  readonly #untils: Int32Array;
  /** Columns of the receiver's own line. */
  readonly #own: Int32Array;
  readonly #ownFirsts: Int32Array;
  /** Fields that may be zeros, and are blank then. */
  readonly #zeros: Int32Array;
  readonly #zeroFirsts: Int32Array;
  readonly #zeroLasts: Int32Array;

  /** Whether each column that is written stands where the flow has it, and is filled in the same way. */
  static canCopy(
    format: FixedWidthOutput,
    flow: FixedWidthShape,
    { from, layout }: RowPlan,
    columns: readonly RowColumn[],
  ): boolean {
    if (charsetOfRows(format) !== charsetOfRows(flow)) return false;
    return columns.every((column, index) => {
      const place = format.columns[layout.fields[index]?.name ?? ''];
      if (place === undefined) return false;
      if (column.from === 'line') return !isNumber(layout.fields[index]?.type ?? { kind: 'boolean' });
      if (column.from !== 'row') return true;
      const own = from.fields[column.field]?.columns;
      return column.form === AS_IT_IS && own?.first === place.first && own.last === place.last;
    });
  }

  constructor(
    format: FixedWidthOutput,
    plan: RowPlan,
    columns: readonly RowColumn[],
    blank: BlankRecord,
    sums: RowSums,
  ) {
    const { layout, mask, fileMask, line, from } = plan;
    const written = layout.fields.flatMap(({ name }, index) => {
      const place = format.columns[name];
      const column = columns[index];
      const isWritten = mask[index] === true && fileMask[index] === true;
      return isWritten && place !== undefined && column !== undefined ? [{ index, place, column }] : [];
    });
    const copied = written.filter(({ column }) => column.from === 'row');
    const ranges = rangesOf(copied.map(({ place }) => ({ from: place.first - 1, until: place.last })));
    const own = written.filter(({ column }) => column.from === 'line');
    const zeros = copied.flatMap(({ column, place }) => {
      const field = column.from === 'row' ? from.fields[column.field] : undefined;
      const mayBeZeros =
        field !== undefined && column.from === 'row' && field.required !== true && hasNoZero(field.type);
      return mayBeZeros ? [{ field: column.field, place }] : [];
    });
    this.#charset = charsetOfRows(format);
    this.#blank = blank;
    this.#sums = sums;
    this.#values = new RowValues(columns, line);
    this.#froms = Int32Array.from(ranges, (range) => range.from);
    this.#untils = Int32Array.from(ranges, (range) => range.until);
    this.#own = Int32Array.from(own, ({ index }) => index);
    this.#ownFirsts = Int32Array.from(own, ({ place }) => place.first - 1);
    this.#zeros = Int32Array.from(zeros, ({ field }) => field);
    this.#zeroFirsts = Int32Array.from(zeros, ({ place }) => place.first - 1);
    this.#zeroLasts = Int32Array.from(zeros, ({ place }) => place.first - 1 + widthOf(place));
  }

  takes({ plain, charset }: RecordBlock, row: number): boolean {
    return plain[row] === PLAIN || (charset === this.#charset && charset !== 'utf-8');
  }

  write(source: RowSource, row: number, line: number, to: RowTarget): void {
    const { block, words } = source;
    const { bytes, plain, rowStarts, starts, ends, fields } = block;
    const start = this.#blank.begin(to);
    const from = rowStarts[row] ?? 0;
    const isAscii = plain[row] === PLAIN;
    const [froms, untils] = [this.#froms, this.#untils];
    for (let index = 0; index < froms.length; index += 1) {
      const first = froms[index] ?? 0;
      const until = from + (untils[index] ?? 0);
      if (isAscii) copyWords(words, from + first, until, to.words, start + first);
      else copyBytes(bytes, from + first, until, to.bytes, start + first);
    }
    const base = row * fields;
    for (let index = 0; index < this.#zeros.length; index += 1) {
      const place = base + (this.#zeros[index] ?? 0);
      if ((ends[place] ?? 0) > (starts[place] ?? 0)) continue;
      to.bytes.fill(SPACE, start + (this.#zeroFirsts[index] ?? 0), start + (this.#zeroLasts[index] ?? 0));
    }
    for (let index = 0; index < this.#own.length; index += 1) {
      const column = this.#own[index] ?? 0;
      if (this.#values.state(column, block, base, line) !== PRESENT) continue;
      this.#values.put(column, source, row, line, to, start + (this.#ownFirsts[index] ?? 0));
    }
    this.#blank.end(to);
    this.#sums.add(block, row);
  }
}

/** Those that touch are one. */
function rangesOf(places: readonly Range[]): readonly Range[] {
  const ranges: Range[] = [];
  for (const { from, until } of places.toSorted((one, other) => one.from - other.from)) {
    const last = ranges.at(-1);
    if (last?.until === from) last.until = until;
    else ranges.push({ from, until });
  }
  return ranges;
}
