import type { Environment } from '../domain/flow.ts';
import { FROM_2000, keyOfDigits, type PersonKey } from '../domain/person-key.ts';
import type { Matcher } from './value-matchers.ts';

/** Identifiers and dates as bytes; the rules are those of domain/insz.ts, domain/kbo.ts and domain/period.ts. */

const ZERO = 0x30;
const DASH = 0x2d;
const INSZ_DIGITS = 11;
const KBO_DIGITS = 10;
const DAYS = Uint8Array.of(0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31);

/** Two digits; -1 where there is anything else. */
function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = (bytes[at] ?? 0) - ZERO;
  const ones = (bytes[at + 1] ?? 0) - ZERO;
  return tens >>> 0 > 9 || ones >>> 0 > 9 ? -1 : tens * 10 + ones;
}

export function daysInMonth(year: number, month: number): number {
  if (month === 2 && (year % 4 !== 0 || (year % 100 === 0 && year % 400 !== 0))) return 28;
  return DAYS[month] ?? 0;
}

/** Puts down the key of the person. */
export function inszMatcher(environment: Environment, numbers: Int32Array, slot: number): Matcher {
  const isTest = environment === 'T';
  return (bytes, at, limit) => {
    if (at + INSZ_DIGITS > limit) return -1;
    const year = twoDigits(bytes, at);
    const rawMonth = twoDigits(bytes, at + 2);
    const day = twoDigits(bytes, at + 4);
    const hundreds = (bytes[at + 6] ?? 0) - ZERO;
    const series = twoDigits(bytes, at + 7);
    const check = twoDigits(bytes, at + 9);
    if ((year | rawMonth | day | series | check) < 0 || hundreds >>> 0 > 9) return -1;
    const order = hundreds * 100 + series;
    if (order === 0 || order === 999 || (isTest && hundreds !== 9)) return -1;
    const person = keyOfDigits((year * 10_000 + rawMonth * 100 + day) * 1000 + order, check) ?? -1;
    if (person < 0) return -1;
    const month = rawMonth >= 40 ? rawMonth - 40 : rawMonth >= 20 ? rawMonth - 20 : rawMonth;
    if (month > 12) return -1;
    if (day > (month === 0 ? 31 : daysInMonth((person < FROM_2000 ? 1900 : 2000) + year, month))) return -1;
    numbers[slot] = person;
    return at + INSZ_DIGITS;
  };
}

/** A date in one number that is greater the later it is; month and day are 0 where unknown. */
export function packedDate(year: number, month: number, day: number): number {
  return (year << 9) | (month << 5) | day;
}

export function yearOf(date: number): number {
  return date >> 9;
}

export function monthOf(date: number): number {
  return (date >> 5) & 0xf;
}

export function dayOf(date: number): number {
  return date & 0x1f;
}

/** The birth in a person's key, packed; month and day 0 where unknown. */
export function birthIn(person: PersonKey): number {
  const isFrom2000 = person >= FROM_2000;
  const digits = Math.floor((isFrom2000 ? person - FROM_2000 : person) / 1000);
  const rawMonth = Math.floor(digits / 100) % 100;
  const month = rawMonth >= 40 ? rawMonth - 40 : rawMonth >= 20 ? rawMonth - 20 : rawMonth;
  return packedDate((isFrom2000 ? 2000 : 1900) + Math.floor(digits / 10_000), month, digits % 100);
}

/** Ten digits as they should be; other ways to write them are put right by the rules. */
export const kboMatcher: Matcher = (bytes, at, limit) => {
  if (at + KBO_DIGITS > limit || (bytes[at] ?? 0) > ZERO + 1) return -1;
  const one = twoDigits(bytes, at);
  const two = twoDigits(bytes, at + 2);
  const three = twoDigits(bytes, at + 4);
  const four = twoDigits(bytes, at + 6);
  const check = twoDigits(bytes, at + 8);
  if ((one | two | three | four | check) < 0) return -1;
  return check === 97 - (((one * 100 + two) * 10_000 + three * 100 + four) % 97) ? at + KBO_DIGITS : -1;
};

/** Puts down the packed date. @param isIncomplete whether day, or month and day, may be 00 */
export function dateMatcher(isShort: boolean, isIncomplete: boolean, numbers: Int32Array, slot: number): Matcher {
  const length = isShort ? 8 : 10;
  const [monthAt, dayAt] = isShort ? [4, 6] : [5, 8];
  return (bytes, at, limit) => {
    if (at + length > limit) return -1;
    const century = twoDigits(bytes, at);
    const years = twoDigits(bytes, at + 2);
    const month = twoDigits(bytes, at + monthAt);
    const day = twoDigits(bytes, at + dayAt);
    if ((century | years | month | day) < 0) return -1;
    if (!isShort && (bytes[at + 4] !== DASH || bytes[at + 7] !== DASH)) return -1;
    const year = century * 100 + years;
    if (day === 0 ? !isIncomplete || month > 12 : month === 0 || month > 12 || day > daysInMonth(year, month))
      return -1;
    numbers[slot] = packedDate(year, month, day);
    return at + length;
  };
}
