import type { FieldType } from '../domain/flow.ts';
import { digitsIn } from './digits-in.ts';
import type { FixedWidthOutput } from './fixed-width-blank.ts';
import type { RecordBlock } from './record-block.ts';
import type { WrittenTotals } from './record-format.ts';
import type { RowColumn, RowPlan } from './row-columns.ts';

/** Of so few digits a number is exact. */
const MOST_DIGITS = 15;

/** What the trailer of a receiver's file counts, added up over rows; the rules are those of `FixedWidthWriter`. */
export class RowSums {
  readonly #totals: WrittenTotals | undefined;
  readonly #sums: readonly number[];
  readonly #fields: readonly number[];

  constructor(totals: WrittenTotals | undefined, fields: readonly { readonly sum: number; readonly field: number }[]) {
    this.#totals = totals;
    this.#sums = fields.map(({ sum }) => sum);
    this.#fields = fields.map(({ field }) => field);
  }

  add({ bytes, starts, ends, fields }: RecordBlock, row: number): void {
    const totals = this.#totals;
    if (totals === undefined) return;
    totals.count();
    for (let index = 0; index < this.#fields.length; index += 1) {
      const place = row * fields + (this.#fields[index] ?? 0);
      totals.add(this.#sums[index] ?? 0, digitsIn(bytes, starts[place] ?? 0, ends[place] ?? 0));
    }
  }
}

/** @returns undefined where a sum is of something else than digits of the row */
export function rowSums(
  { trailer }: FixedWidthOutput,
  { layout, mask }: RowPlan,
  columns: readonly RowColumn[],
  totals: WrittenTotals | undefined,
): RowSums | undefined {
  const fields: { sum: number; field: number }[] = [];
  for (const [sum, { field: name }] of (trailer?.sums ?? []).entries()) {
    const index = layout.fields.findIndex((field) => field.name === name);
    const [field, column] = [layout.fields[index], columns[index]];
    if (field === undefined || column === undefined) return undefined;
    if (mask[index] !== true || column.from === 'nowhere' || column.from === 'nothing') continue;
    if (column.from !== 'row' || !isDigits(field.type)) return undefined;
    fields.push({ sum, field: column.field });
  }
  return new RowSums(totals, fields);
}

/** Whether values of this type are digits alone, few enough to be added up, so that parts of a sum add up to it. */
export function isDigits(type: FieldType): boolean {
  switch (type.kind) {
    case 'integer':
      return type.maxDigits <= MOST_DIGITS;
    case 'cents':
      return !type.signed && type.maxDigits <= MOST_DIGITS;
    case 'digits':
      return type.length <= MOST_DIGITS;
    case 'insz':
      return true;
    default:
      return false;
  }
}
