import { type Columns, type FlowFormat, widthOf } from '../domain/format.ts';
import { isNumber } from './columns.ts';
import { type BlankRecord, blankRecord, charsetOfRows, type FixedWidthOutput } from './fixed-width-blank.ts';
import { FixedWidthCopies } from './fixed-width-copies.ts';
import type { RowSums } from './fixed-width-sums.ts';
import { PLAIN, type RecordBlock } from './record-block.ts';
import type { RowSource, RowTarget, RowWriter } from './row-bytes.ts';
import { type RowColumn, type RowPlan, widestIn } from './row-columns.ts';
import { PRESENT, RowValues } from './row-values.ts';

const ZERO = 0x30;
const MINUS = 0x2d;

/**
 * @param sums what is added up of each row
 * @returns undefined where a value may not fit, or columns overlap
 */
export function fixedWidthRows(
  format: FixedWidthOutput,
  flow: FlowFormat,
  plan: RowPlan,
  columns: readonly RowColumn[],
  sums: RowSums,
): RowWriter | undefined {
  const blank = blankRecord(format);
  if (blank === undefined || !isRoom(format, plan, columns)) return undefined;
  const isSame = flow.kind === 'fixed-width' && FixedWidthCopies.canCopy(format, flow, plan, columns);
  return isSame
    ? new FixedWidthCopies(format, plan, columns, blank, sums)
    : new FixedWidthRows(format, plan, columns, blank, sums);
}

/** Records of one length from any row. The rules are those of `FixedWidthWriter`. */
class FixedWidthRows implements RowWriter {
  readonly #charset: string;
  readonly #blank: BlankRecord;
  readonly #sums: RowSums;
  readonly #values: RowValues;
  /** Those that are written. */
  readonly #columns: Int32Array;
  readonly #firsts: Int32Array;
  readonly #widths: Int32Array;
  readonly #isNumber: Uint8Array;

  constructor(
    format: FixedWidthOutput,
    plan: RowPlan,
    columns: readonly RowColumn[],
    blank: BlankRecord,
    sums: RowSums,
  ) {
    const { layout, mask, fileMask, line } = plan;
    const written = layout.fields.flatMap(({ name, type }, index) => {
      const place = format.columns[name];
      return mask[index] === true && fileMask[index] === true && place !== undefined ? [{ index, type, place }] : [];
    });
    this.#charset = charsetOfRows(format);
    this.#blank = blank;
    this.#sums = sums;
    this.#values = new RowValues(columns, line);
    this.#columns = Int32Array.from(written, ({ index }) => index);
    this.#firsts = Int32Array.from(written, ({ place }) => place.first - 1);
    this.#widths = Int32Array.from(written, ({ place }) => widthOf(place));
    this.#isNumber = Uint8Array.from(written, ({ type }) => (isNumber(type) ? 1 : 0));
  }

  takes({ plain, charset }: RecordBlock, row: number): boolean {
    return plain[row] === PLAIN || (charset === this.#charset && charset !== 'utf-8');
  }

  write(source: RowSource, row: number, line: number, to: RowTarget): void {
    const { block } = source;
    const values = this.#values;
    const start = this.#blank.begin(to);
    const base = row * block.fields;
    for (let index = 0; index < this.#columns.length; index += 1) {
      const column = this.#columns[index] ?? 0;
      if (values.state(column, block, base, line) !== PRESENT) continue;
      const at = start + (this.#firsts[index] ?? 0);
      const end = values.put(column, source, row, line, to, at);
      if (this.#isNumber[index] === 1) behindZeros(to.bytes, at, end, at + (this.#widths[index] ?? 0));
    }
    this.#blank.end(to);
    this.#sums.add(block, row);
  }
}

/** A number stands at the end of its columns, its sign at their beginning. */
function behindZeros(target: Uint8Array, start: number, end: number, limit: number): void {
  if (end === limit) return;
  const digits = target[start] === MINUS ? start + 1 : start;
  target.copyWithin(digits + limit - end, digits, end);
  target.fill(ZERO, digits, digits + limit - end);
}

/** Whether each value fits into its columns, which overlap no others. */
function isRoom(format: FixedWidthOutput, { layout }: RowPlan, columns: readonly RowColumn[]): boolean {
  const places: Columns[] = format.recordType === undefined ? [] : [format.recordType];
  for (const [index, field] of layout.fields.entries()) {
    const place = Object.hasOwn(format.columns, field.name) ? format.columns[field.name] : undefined;
    const column = columns[index];
    if (place === undefined || column === undefined || widestIn(column, field) > widthOf(place)) return false;
    places.push(place);
  }
  places.sort((one, other) => one.first - other.first);
  return places.every(({ first, last }, index) => {
    const before = places[index - 1]?.last ?? 0;
    return first > before && last >= first && last <= format.recordLength;
  });
}
