import type { Field, LayoutVersion } from '../domain/flow.ts';
import { birthIn, dayOf, monthOf, yearOf } from './identifier-matchers.ts';

/** What the fields of a plain row are, while it is looked at. */
export type RowFields = {
  readonly bytes: Uint8Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** By field: its date or INSZ as matchers put it down; `NO_NUMBER` where there is no value. */
  readonly numbers: Int32Array;
};

/** Told by fields whose matchers put nothing down, too. */
export const NO_NUMBER = -1;

/** Whether a condition holds for certain. @param base where the fields of the row begin in `starts` and `ends` */
export type Condition = (row: RowFields, base: number) => boolean;

/** Sums are exact in this many digits. */
const MOST_DIGITS = 15;
const ZERO = 0x30;
const MINUS = 0x2d;

/**
 * The conditions of a layout on rows whose values are right each by itself; the rules are those of `RecordConditions`.
 * @returns undefined where they cannot be told by bytes
 */
export function plainConditions(layout: LayoutVersion): readonly Condition[] | undefined {
  const conditions: Condition[] = [];
  const { periodBegin, periodEnd } = layout.roles;
  const periods = periodEnd === undefined ? [] : [{ begin: periodBegin, end: periodEnd }];
  for (const { begin, end } of [...layout.periods, ...periods]) {
    if (typeOf(layout, begin) !== 'date' || typeOf(layout, end) !== 'date') return undefined;
    conditions.push(inOrder(positionOf(layout, begin), positionOf(layout, end)));
  }
  for (const { date, insz } of layout.births) {
    const isDate = ['date', 'incomplete-date'].includes(typeOf(layout, date));
    if (!isDate || typeOf(layout, insz) !== 'insz') return undefined;
    conditions.push(bornOn(positionOf(layout, date), positionOf(layout, insz)));
  }
  for (const { sum, equals } of layout.totals) {
    const total = totalOf(layout, sum, equals);
    if (total === undefined) return undefined;
    conditions.push(total);
  }
  for (const field of layout.fields) if (field.required === 'in-group') conditions.push(inGroup(layout, field));
  return conditions;
}

function inOrder(begin: number, end: number): Condition {
  return ({ numbers }) => {
    const until = numbers[end] ?? NO_NUMBER;
    return until === NO_NUMBER || until >= (numbers[begin] ?? NO_NUMBER);
  };
}

function bornOn(date: number, insz: number): Condition {
  return ({ numbers }) => {
    const written = numbers[date] ?? NO_NUMBER;
    const person = numbers[insz] ?? NO_NUMBER;
    if (written === NO_NUMBER || person === NO_NUMBER) return true;
    const birth = birthIn(person);
    const [month, bornMonth] = [monthOf(written), monthOf(birth)];
    if (yearOf(written) !== yearOf(birth)) return false;
    if (month === 0 || bornMonth === 0) return true;
    const [day, bornDay] = [dayOf(written), dayOf(birth)];
    return month === bornMonth && (day === 0 || bornDay === 0 || day === bornDay);
  };
}

function inGroup(layout: LayoutVersion, { name }: Field): Condition {
  const group = name.slice(0, name.lastIndexOf('.') + 1);
  const own = positionOf(layout, name);
  const others = layout.fields.flatMap((other, index) =>
    index !== own && other.name.startsWith(group) ? [index] : [],
  );
  return (row, base) => isFilled(row, base + own) || !others.some((other) => isFilled(row, base + other));
}

function totalOf(layout: LayoutVersion, sum: readonly string[], equals: string): Condition | undefined {
  const fields = [...sum, equals].map((name) => layout.fields[positionOf(layout, name)]);
  const decimals = fields.map((field) => (field?.type.kind === 'decimal' ? field.type.decimals : 0));
  const isExact = fields.every((field) => field !== undefined && digitsOf(field) + sum.length <= MOST_DIGITS);
  if (!isExact) return undefined;
  const most = Math.max(...decimals);
  const parts = sum.map((name, index) => ({
    at: positionOf(layout, name),
    scale: 10 ** (most - (decimals[index] ?? 0)),
  }));
  const [total, scale] = [positionOf(layout, equals), 10 ** (most - (decimals.at(-1) ?? 0))];
  return (row, base) => {
    if (!isFilled(row, base + total)) return true;
    let counted = 0;
    for (const part of parts) counted += numberAt(row, base + part.at) * part.scale;
    return counted === numberAt(row, base + total) * scale;
  };
}

/** The digits of a number as one, its point left out; 0 where there is none. */
function numberAt({ bytes, starts, ends }: RowFields, at: number): number {
  const start = starts[at] ?? 0;
  const end = ends[at] ?? 0;
  let value = 0;
  for (let next = start; next < end; next += 1) {
    const digit = (bytes[next] ?? 0) - ZERO;
    if (digit >= 0 && digit <= 9) value = value * 10 + digit;
  }
  return end > start && bytes[start] === MINUS ? -value : value;
}

function isFilled({ starts, ends }: RowFields, at: number): boolean {
  return (ends[at] ?? 0) > (starts[at] ?? 0);
}

function digitsOf({ type }: Field): number {
  switch (type.kind) {
    case 'integer':
    case 'cents':
      return type.maxDigits;
    case 'decimal':
      return type.maxDigits + type.decimals;
    default:
      return Number.POSITIVE_INFINITY;
  }
}

function typeOf(layout: LayoutVersion, name: string): string {
  return layout.fields[positionOf(layout, name)]?.type.kind ?? '';
}

/** @throws TypeError where the layout has no such field, which the configuration refuses before */
export function positionOf(layout: LayoutVersion, name: string): number {
  const index = layout.fields.findIndex((field) => field.name === name);
  if (index < 0) throw new TypeError(`the layout has no field ${name}`);
  return index;
}
