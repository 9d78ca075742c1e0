import type { Field, FieldType } from '../domain/flow.ts';
import type { Columns } from '../domain/format.ts';

const SPACE = 0x20;
const ZERO = 0x30;
const MINUS = 0x2d;

/** Takes the value of a field out of a record; `''` where the columns are blank. */
export type ColumnReader = (record: string) => string;

/**
 * Numbers are right-aligned behind zeros, everything else left-aligned before spaces. Blank columns are an absent value;
 * so are zeros, in an optional field whose values are never zero.
 */
export function columnReader(field: Field, { first, last }: Columns): ColumnReader {
  const from = first - 1;
  if (isNumber(field.type)) return (record) => numberIn(record, from, last);
  const zerosAreAbsent = field.required !== true && hasNoZero(field.type);
  const isTrimmed = field.type.kind === 'kbo';
  return (record) => {
    const end = endOfText(record, from, last);
    if (end === from) return '';
    if (zerosAreAbsent && zerosUntil(record, from, end) === end) return '';
    const value = record.slice(from, end);
    return isTrimmed ? value.trimStart() : value;
  };
}

/** A value in so many columns. @throws TypeError where it has too many characters, which the configuration refuses before */
export function inColumns(value: string, type: FieldType, width: number): string {
  if (value.length > width) throw new TypeError(`a value of ${value.length} characters stands in ${width} columns`);
  if (!isNumber(type) || value === '') return value.padEnd(width);
  return value.startsWith('-') ? `-${value.slice(1).padStart(width - 1, '0')}` : value.padStart(width, '0');
}

export function isNumber({ kind }: FieldType): boolean {
  return kind === 'integer' || kind === 'cents' || kind === 'decimal' || kind === 'sector';
}

export function hasNoZero({ kind }: FieldType): boolean {
  return kind === 'date' || kind === 'incomplete-date' || kind === 'insz' || kind === 'kbo' || kind === 'rsz';
}

/** The zeros in front are taken off; what is not written as a number should be stays as it is, for the check to see. */
function numberIn(record: string, from: number, to: number): string {
  if (endOfText(record, from, to) === from) return '';
  const isNegative = record.charCodeAt(from) === MINUS;
  const digits = isNegative ? from + 1 : from;
  const start = pastZeros(record, digits, to);
  // A sign behind zeros would become one before the number.
  if (record.charCodeAt(start) === MINUS) return record.slice(from, to);
  return isNegative ? `-${record.slice(start, to)}` : record.slice(start, to);
}

/** The zeros in front left out; one stays before the end or the point. */
function pastZeros(record: string, from: number, to: number): number {
  const zeros = zerosUntil(record, from, to);
  const next = record[zeros];
  return zeros === to || next === '.' || next === ',' ? Math.max(zeros - 1, from) : zeros;
}

function endOfText(record: string, from: number, to: number): number {
  let end = to;
  while (end > from && record.charCodeAt(end - 1) === SPACE) end -= 1;
  return end;
}

function zerosUntil(record: string, from: number, to: number): number {
  let at = from;
  while (at < to && record.charCodeAt(at) === ZERO) at += 1;
  return at;
}

/** The columns that nothing describes. */
export function gapsBetween(taken: readonly Columns[], recordLength: number): readonly Columns[] {
  const gaps: Columns[] = [];
  let next = 1;
  for (const { first, last } of taken.toSorted((one, other) => one.first - other.first)) {
    if (first > next) gaps.push({ first: next, last: first - 1 });
    next = Math.max(next, last + 1);
  }
  if (next <= recordLength) gaps.push({ first: next, last: recordLength });
  return gaps;
}

/** The first gap that is not blank: data there would be lost. */
export function filledGap(record: string, gaps: readonly Columns[]): Columns | undefined {
  return gaps.find(({ first, last }) => endOfText(record, first - 1, last) > first - 1);
}

/** `2-8`, or `87` for a single one. */
export function columnsName({ first, last }: Columns): string {
  return first === last ? String(first) : `${first}-${last}`;
}

/** A whole number of digits only; undefined where there is anything else. Exact up to fifteen digits. */
export function digitsIn(record: string, { first, last }: Columns): number | undefined {
  let value = 0;
  for (let at = first - 1; at < last; at += 1) {
    const digit = record.charCodeAt(at) - ZERO;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  return value;
}
