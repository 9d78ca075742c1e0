import type { DateForm, FieldType } from '../domain/flow.ts';
import { type IsoDate, parseDate } from '../domain/period.ts';

/** What of a value the flow chose the form of, and the one form it has between reading and writing. */
export type Form = (value: string) => string;

/** From the form of the flow to the one form; undefined where they are the same. To be used on values that passed their check. */
export function toOneForm(type: FieldType): Form | undefined {
  if (type.kind === 'decimal') return type.point === ',' ? (value) => value.replace(',', '.') : undefined;
  return isShortDate(type) ? isoOf : undefined;
}

/** From the one form to that of the flow. */
export function toFlowForm(type: FieldType): Form | undefined {
  if (type.kind === 'decimal') return type.point === ',' ? (value) => value.replace('.', ',') : undefined;
  return isShortDate(type) ? shortOf : undefined;
}

export function isDate(type: FieldType): boolean {
  return type.kind === 'date' || type.kind === 'incomplete-date';
}

function isShortDate(type: FieldType): boolean {
  return (type.kind === 'date' || type.kind === 'incomplete-date') && type.form === 'yyyyMMdd';
}

/** `yyyyMMdd` → `yyyy-MM-dd` */
export function isoOf(value: string): string {
  return `${value.slice(0, 4)}-${value.slice(4, 6)}-${value.slice(6)}`;
}

/** `yyyy-MM-dd` → `yyyyMMdd` */
export function shortOf(value: string): string {
  return value.replaceAll('-', '');
}

/** Days in any month of any year; 00 for what nobody knows. */
const UNKNOWN_DAY = /^(?!0000)\d{4}-(?:0[1-9]|1[0-2])-00$/;
const UNKNOWN_MONTH = /^(?!0000)\d{4}-00-00$/;
const MAX_KNOWN_DATES = 4096;

/** Dates repeat within a file: each is looked up in the calendar once. */
export class KnownDates {
  readonly #known = new Map<string, IsoDate>();

  parse(value: string, form: DateForm = 'yyyy-MM-dd'): IsoDate | undefined {
    // The two forms differ in length, so that one may not be taken for the other.
    if (value.length !== form.length) return undefined;
    const known = this.#known.get(value);
    if (known !== undefined) return known;
    const date = parseDate(form === 'yyyyMMdd' ? isoOf(value) : value);
    if (date === undefined) return undefined;
    if (this.#known.size >= MAX_KNOWN_DATES) this.#known.clear();
    this.#known.set(value, date);
    return date;
  }

  isIncompleteDate(value: string, form: DateForm): boolean {
    if (this.parse(value, form) !== undefined) return true;
    if (value.length !== form.length) return false;
    const iso = form === 'yyyyMMdd' ? isoOf(value) : value;
    return UNKNOWN_DAY.test(iso) || UNKNOWN_MONTH.test(iso);
  }
}
