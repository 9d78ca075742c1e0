import type { Columns } from '../domain/format.ts';
import { type FileTrailer, type FixedWidthShape, widthOf } from '../domain/format.ts';
import { columnsName, digitsIn, filledGap, gapsBetween } from './columns.ts';

/** A running sum modulo ten to the power of its width. Widths go up to fifteen digits, so that each step is exact. */
export class ModuloSum {
  readonly #modulus: number;
  #value = 0;

  constructor(columns: Columns) {
    this.#modulus = 10 ** widthOf(columns);
  }

  get value(): number {
    return this.#value;
  }

  add(number: number): void {
    this.#value = (this.#value + (number % this.#modulus)) % this.#modulus;
  }
}

type Sum = { readonly field: string; readonly at: Columns; readonly columns: Columns; readonly sum: ModuloSum };

/** Counts and adds up the details of a file, and holds its trailer against that. */
export class TrailerCheck {
  readonly #trailer: FileTrailer;
  readonly #gaps: readonly Columns[];
  readonly #sums: readonly Sum[];
  #count = 0;

  /** @param columnsOf where a field of a detail stands */
  constructor(trailer: FileTrailer, shape: FixedWidthShape, columnsOf: (field: string) => Columns) {
    const { count, sums } = trailer;
    this.#trailer = trailer;
    this.#sums = sums.map(({ field, columns }) => ({
      field,
      at: columnsOf(field),
      columns,
      sum: new ModuloSum(columns),
    }));
    const taken = [shape.recordType, count, ...sums.map((sum) => sum.columns)].filter((one) => one !== undefined);
    this.#gaps = gapsBetween(taken, shape.recordLength);
  }

  /** @returns the fault of a detail that cannot be added up, since then no sum can be held against the trailer's */
  add(record: string): string | undefined {
    this.#count += 1;
    for (const { field, at, sum } of this.#sums) {
      const number = digitsIn(record, at);
      if (number !== undefined) sum.add(number);
      else if (record.slice(at.first - 1, at.last).trim() !== '') return `${field} N${widthOf(at)}`;
    }
    return undefined;
  }

  /** @returns what does not agree: what the trailer says, and what was counted */
  fault(record: string): string | undefined {
    const { count } = this.#trailer;
    const counted = count === undefined ? undefined : fault(record, count, 'count', this.#count);
    if (counted !== undefined) return counted;
    for (const { field, columns, sum } of this.#sums) {
      const wrong = fault(record, columns, `sum ${field}`, sum.value);
      if (wrong !== undefined) return wrong;
    }
    const gap = filledGap(record, this.#gaps);
    return gap === undefined ? undefined : columnsName(gap);
  }
}

function fault(record: string, columns: Columns, what: string, counted: number): string | undefined {
  const said = digitsIn(record, columns);
  if (said === undefined) return `${what} N${widthOf(columns)}`;
  const wanted = counted % 10 ** widthOf(columns);
  return said === wanted ? undefined : `${what} ${said} ≠ ${wanted}`;
}
