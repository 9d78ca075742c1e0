import type { Charset } from '../domain/charset.ts';
import type { Environment, LayoutVersion } from '../domain/flow.ts';
import { dayOf, daysInMonth, monthOf, yearOf } from './identifier-matchers.ts';
import { type Condition, NO_NUMBER, plainConditions, positionOf } from './plain-conditions.ts';
import { type BlockEnd, NOT_PLAIN, OPEN_END, PLAIN, PLAIN_BEYOND_ASCII, type RecordBlock } from './record-block.ts';
import type { ParsedRecord } from './record-format.ts';
import type { ByteClasses } from './text-matcher.ts';
import { type Matcher, valueMatcher } from './value-matchers.ts';

const FIRST_ROWS = 1024;
const FIRST_YEAR = 1900;
const DAYS_BEFORE_MONTH = daysBeforeMonths();

export type RowFacts = {
  readonly layout: LayoutVersion;
  readonly environment: Environment;
  readonly charset: Charset;
  readonly classes: ByteClasses;
  /** What a format asks of a value beside its type. */
  readonly inFormat?: ((matcher: Matcher, field: number) => Matcher) | undefined;
};

/** Whether rows of this layout can be plain at all. */
export function hasPlainRows(layout: LayoutVersion): boolean {
  const { person, periodBegin } = layout.roles;
  const kindOf = (name: string) => layout.fields[positionOf(layout, name)]?.type.kind;
  return kindOf(person) === 'insz' && kindOf(periodBegin) === 'date' && plainConditions(layout) !== undefined;
}

/** The rows of one chunk while they are read. A format puts down the ranges of a row, then asks `close` what it is. */
export class BlockRows {
  readonly fields: number;
  /** By field of the layout. */
  readonly matchers: readonly Matcher[];
  /** By field: whether a row without its value is not plain. */
  readonly required: readonly boolean[];
  rowStarts = new Int32Array(FIRST_ROWS + 1);
  starts: Int32Array<ArrayBuffer>;
  ends: Int32Array<ArrayBuffer>;
  plain = new Uint8Array(FIRST_ROWS);
  asWritten = new Uint8Array(FIRST_ROWS);
  persons = new Uint32Array(FIRST_ROWS);
  periodBegins = new Int32Array(FIRST_ROWS);
  periodEnds = new Int32Array(FIRST_ROWS);
  count = 0;
  bytes: Uint8Array = new Uint8Array(0);
  readonly numbers: Int32Array;
  readonly #beyondAscii = new Uint8Array(1);
  readonly #charset: Charset;
  readonly #conditions: readonly Condition[];
  readonly #person: number;
  readonly #begin: number;
  readonly #end: number;

  constructor({ layout, environment, charset, classes, inFormat }: RowFacts) {
    const { roles } = layout;
    this.#charset = charset;
    this.fields = layout.fields.length;
    this.numbers = new Int32Array(this.fields);
    this.starts = new Int32Array(FIRST_ROWS * this.fields);
    this.ends = new Int32Array(FIRST_ROWS * this.fields);
    const context = { environment, charset, classes, numbers: this.numbers, beyondAscii: this.#beyondAscii };
    this.matchers = layout.fields.map(({ type }, slot) => {
      const matcher = valueMatcher(type, slot, context);
      return inFormat === undefined ? matcher : inFormat(matcher, slot);
    });
    this.required = layout.fields.map(
      ({ name, required }) => required === true || name === roles.person || name === roles.periodBegin,
    );
    this.#conditions = plainConditions(layout) ?? [() => false];
    this.#person = positionOf(layout, roles.person);
    this.#begin = positionOf(layout, roles.periodBegin);
    this.#end = roles.periodEnd === undefined ? this.#begin : positionOf(layout, roles.periodEnd);
  }

  reset(bytes: Uint8Array): void {
    this.bytes = bytes;
    this.count = 0;
  }

  /** A row begins here; answers where its ranges go. */
  open(start: number): number {
    if (this.count === this.plain.length) this.#grow();
    this.rowStarts[this.count] = start;
    this.#beyondAscii[0] = 0;
    return this.count * this.fields;
  }

  /** A value that is there, right by itself. */
  put(at: number, start: number, end: number): void {
    this.starts[at] = start;
    this.ends[at] = end;
  }

  /** There is no value: `''`, or ABSENT or NULL as `start`. @returns whether the row may still be plain */
  empty(base: number, field: number, start: number): boolean {
    this.starts[base + field] = start;
    this.ends[base + field] = start;
    this.numbers[field] = NO_NUMBER;
    return this.required[field] === false;
  }

  /** The row ends and its values are right each by itself, or not. */
  close(base: number, areRight: boolean): void {
    const row = this.count;
    this.count += 1;
    if (!areRight || !this.#holds(base)) {
      this.plain[row] = NOT_PLAIN;
      return;
    }
    const { numbers } = this;
    this.plain[row] = this.#beyondAscii[0] === 1 ? PLAIN_BEYOND_ASCII : PLAIN;
    this.persons[row] = numbers[this.#person] ?? 0;
    this.periodBegins[row] = dayNumber(numbers[this.#begin] ?? NO_NUMBER);
    this.periodEnds[row] = dayNumber(numbers[this.#end] ?? NO_NUMBER);
  }

  /** All rows end here. */
  finish(end: number): void {
    this.rowStarts[this.count] = end;
  }

  /** The bytes of a row, its line end included. */
  rowBytes(row: number): Uint8Array {
    return this.bytes.subarray(this.rowStarts[row], this.rowStarts[row + 1]);
  }

  /** What was read. @param read a row by the record-at-a-time format */
  block(
    read: (row: number) => ParsedRecord | undefined,
    { hasQuotes = false, ...end }: Partial<BlockEnd> & { readonly hasQuotes?: boolean } = {},
  ): RecordBlock {
    const { bytes, count, fields, rowStarts, starts, ends, plain, asWritten } = this;
    const { persons, periodBegins, periodEnds } = this;
    return {
      ...{ bytes, charset: this.#charset, count, fields, rowStarts, starts, ends },
      ...{ plain, asWritten, persons, periodBegins, periodEnds, hasQuotes },
      end: { count, sums: [], trailer: undefined, ...end },
      record(row, number) {
        const record = row < count ? read(row) : undefined;
        if (record === undefined) throw new TypeError('a row of a block was no record');
        return { ...record, number };
      },
    };
  }

  #holds(base: number): boolean {
    const conditions = this.#conditions;
    for (let index = 0; index < conditions.length; index += 1)
      if (conditions[index]?.(this, base) === false) return false;
    return true;
  }

  #grow(): void {
    const rows = this.plain.length * 2;
    const grown = <T extends Int32Array | Uint32Array | Uint8Array>(to: T, from: T): T => {
      to.set(from);
      return to;
    };
    this.rowStarts = grown(new Int32Array(rows + 1), this.rowStarts);
    this.starts = grown(new Int32Array(rows * this.fields), this.starts);
    this.ends = grown(new Int32Array(rows * this.fields), this.ends);
    this.plain = grown(new Uint8Array(rows), this.plain);
    this.asWritten = grown(new Uint8Array(rows), this.asWritten);
    this.persons = grown(new Uint32Array(rows), this.persons);
    this.periodBegins = grown(new Int32Array(rows), this.periodBegins);
    this.periodEnds = grown(new Int32Array(rows), this.periodEnds);
  }
}

/** Days since 1900-01-01 of a packed date; from OPEN_END on all the same. */
function dayNumber(date: number): number {
  if (date === NO_NUMBER) return OPEN_END;
  const year = yearOf(date);
  const known = DAYS_BEFORE_MONTH[(year - FIRST_YEAR) * 12 + monthOf(date) - 1];
  if (known !== undefined) return Math.min(known + dayOf(date) - 1, OPEN_END);
  return year < FIRST_YEAR ? -1 : OPEN_END;
}

/** By month since 1900-01, as far as `OPEN_END`. */
function daysBeforeMonths(): Int32Array {
  const days = new Int32Array(180 * 12);
  for (let month = 1; month < days.length; month += 1) {
    const before = month - 1;
    const year = FIRST_YEAR + Math.floor(before / 12);
    days[month] = (days[before] ?? 0) + daysInMonth(year, (before % 12) + 1);
  }
  return days;
}
