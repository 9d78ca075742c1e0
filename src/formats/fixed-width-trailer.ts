import type { Columns } from '../domain/format.ts';
import { type FileTrailer, type FixedWidthShape, widthOf } from '../domain/format.ts';
import { columnsName, digitsIn, filledGap, gapsBetween } from './columns.ts';
import type { TotalsPart, WrittenTotals } from './record-format.ts';

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

  /** The sum, which begins anew. */
  take(): number {
    const value = this.#value;
    this.#value = 0;
    return value;
  }

  add(number: number): void {
    const rest = number < this.#modulus ? number : number % this.#modulus;
    const sum = this.#value + rest;
    this.#value = sum < this.#modulus ? sum : sum - this.#modulus;
  }
}

/** Counts and adds up the records that are written, for their trailer. */
export class TrailerTotals implements WrittenTotals {
  readonly #sums: readonly ModuloSum[];
  #count = 0;

  constructor({ sums }: FileTrailer) {
    this.#sums = sums.map(({ columns }) => new ModuloSum(columns));
  }

  count(): void {
    this.#count += 1;
  }

  add(sum: number, number: number): void {
    this.#sums[sum]?.add(number);
  }

  take(): TotalsPart {
    const count = this.#count;
    this.#count = 0;
    return { count, sums: this.#sums.map((sum) => sum.take()) };
  }

  addPart({ count, sums }: TotalsPart): void {
    this.#count += count;
    for (const [index, sum] of this.#sums.entries()) sum.add(sums[index] ?? 0);
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
      const number = summandIn(record, at);
      if (number === undefined) return `${field} N${widthOf(at)}`;
      sum.add(number);
    }
    return undefined;
  }

  /** Adds what was counted elsewhere. @param sums one for each of the trailer's, each modulo ten to the power of its width */
  addCounted(count: number, sums: readonly number[]): void {
    this.#count += count;
    for (const [index, { sum }] of this.#sums.entries()) sum.add(sums[index] ?? 0);
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

/** What a detail adds to a sum: nothing where its columns are blank; undefined where they hold no number. */
export function summandIn(record: string, at: Columns): number | undefined {
  return digitsIn(record, at) ?? (record.slice(at.first - 1, at.last).trim() === '' ? 0 : undefined);
}

function fault(record: string, columns: Columns, what: string, counted: number): string | undefined {
  const said = digitsIn(record, columns);
  if (said === undefined) return `${what} N${widthOf(columns)}`;
  const wanted = counted % 10 ** widthOf(columns);
  return said === wanted ? undefined : `${what} ${said} ≠ ${wanted}`;
}
