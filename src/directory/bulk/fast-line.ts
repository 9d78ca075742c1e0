import { birthOfInsz } from '../../domain/insz.ts';
import { dayNumber, OPEN_END, PART_BITS } from '../pack.ts';
import type { LineRules } from '../person-lines.ts';

/** Bytes behind the last line that are read and never part of one. */
export const PADDING = 128;

const [ZERO, LF, CR, SEMICOLON, DASH] = [0x30, 0x0a, 0x0d, 0x3b, 0x2d];
const NO_DAY = 0xffff;
const [FIRST_YEAR, LAST_YEAR] = [1900, 2079];
const FROM_2000 = 1_000_000_000;
const SHIFT_2000 = 68;
const REPLACED_QUALITY = 999;
const [IN_1900, IN_2000] = [1, 2];
const MAX_DIGITS = 3;

/**
 * Reads lines of dossiers from their bytes, without a string. It takes a line only where `parsePersonLine` certainly takes
 * it too and with the same values; any other is left to that one: a fast path for the 99 % of a dump.
 */
export class FastLine {
  key = 0;
  /** sector << 10 | type, and quality << 10 | phase. */
  institution = 0;
  quality = 0;
  begin = 0;
  end = 0;
  readonly #isSyntheticOnly: boolean;
  readonly #isAnonymous: Uint8Array;
  readonly #births = birthTable();
  readonly #days = dayTable();
  #at = 0;

  constructor(rules: LineRules) {
    this.#isSyntheticOnly = rules.environment === 'T';
    this.#isAnonymous = Uint8Array.from({ length: 1024 }, (_, sector) => Number(rules.anonymousSectors.has(sector)));
  }

  /**
   * @param bytes with `PADDING` bytes of 0 behind the last line
   * @returns where the next line begins; -1 where this one is to be read otherwise
   */
  read(bytes: Uint8Array, at: number): number {
    if (!this.#person(bytes, at)) return -1;
    this.#at = at + 12;
    const sector = this.#number(bytes, 1);
    const type = this.#number(bytes, 1);
    const quality = this.#number(bytes, MAX_DIGITS);
    const phase = this.#number(bytes, 1);
    if (sector < 0 || type < 0 || quality < 0 || phase < 0) return -1;
    if (quality === REPLACED_QUALITY || (type !== 0 && this.#isAnonymous[sector] === 1)) return -1;
    this.institution = (sector << PART_BITS) | type;
    this.quality = (quality << PART_BITS) | phase;
    this.begin = this.#day(bytes);
    if (this.begin === NO_DAY) return -1;
    if (bytes[this.#at] === SEMICOLON) {
      this.end = OPEN_END;
      this.#at += 1;
    } else {
      this.end = this.#day(bytes);
      if (this.end === NO_DAY || this.end < this.begin) return -1;
    }
    // `replaced_by` is empty, and nothing follows.
    if (bytes[this.#at] === CR) this.#at += 1;
    return bytes[this.#at] === LF ? this.#at + 1 : -1;
  }

  /** The eleven digits and the separator; leaves the key. */
  #person(bytes: Uint8Array, at: number): boolean {
    let nine = 0;
    for (let index = at; index < at + 9; index += 1) {
      const digit = (bytes[index] ?? 0) - ZERO;
      if (digit < 0 || digit > 9) return false;
      nine = nine * 10 + digit;
    }
    const [tens, ones] = [(bytes[at + 9] ?? 0) - ZERO, (bytes[at + 10] ?? 0) - ZERO];
    if (tens < 0 || tens > 9 || ones < 0 || ones > 9 || bytes[at + 11] !== SEMICOLON) return false;
    const check = tens * 10 + ones;
    const series = nine % 1000;
    if (series === 0 || series === 999 || (this.#isSyntheticOnly && series < 900)) return false;
    const births = this.#births[(nine / 1000) | 0] ?? 0;
    const rest = nine % 97;
    if (check === 97 - rest) {
      this.key = nine;
      return (births & IN_1900) !== 0;
    }
    this.key = nine + FROM_2000;
    return check === 97 - ((rest + SHIFT_2000) % 97) && (births & IN_2000) !== 0;
  }

  /** A number of up to three digits and the separator behind it; -1 for anything else. */
  #number(bytes: Uint8Array, minDigits: number): number {
    const from = this.#at;
    let at = from;
    let value = 0;
    let byte = bytes[at] ?? 0;
    while (byte >= ZERO && byte <= ZERO + 9 && at < from + MAX_DIGITS) {
      value = value * 10 + byte - ZERO;
      at += 1;
      byte = bytes[at] ?? 0;
    }
    this.#at = at + 1;
    return byte === SEMICOLON && at - from >= minDigits ? value : -1;
  }

  /** `YYYY-MM-DD` and the separator behind it. */
  #day(bytes: Uint8Array): number {
    const at = this.#at;
    this.#at = at + 11;
    if (bytes[at + 4] !== DASH || bytes[at + 7] !== DASH || bytes[at + 10] !== SEMICOLON) return NO_DAY;
    const century = two(bytes, at);
    const years = two(bytes, at + 2);
    const month = two(bytes, at + 5);
    const day = two(bytes, at + 8);
    const year = century * 100 + years - FIRST_YEAR;
    if (century < 0 || years < 0 || month < 0 || day < 0 || month > 12 || day > 31) return NO_DAY;
    if (year < 0 || year > LAST_YEAR - FIRST_YEAR) return NO_DAY;
    return this.#days[(year << 9) | (month << 5) | day] ?? NO_DAY;
  }
}

/** Two digits; negative where one is none. */
function two(bytes: Uint8Array, at: number): number {
  const [tens, ones] = [(bytes[at] ?? 0) - ZERO, (bytes[at + 1] ?? 0) - ZERO];
  return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? -100_000 : tens * 10 + ones;
}

/** Of each YYMMDD, whether it is a birth day as `birthOfInsz` has it, in either century. */
function birthTable(): Uint8Array {
  const table = new Uint8Array(1_000_000);
  for (let day = 0; day < table.length; day += 1) {
    // Most of a million are no days for anybody; asking for each would take a second.
    if (day % 100 > 31 || Math.floor(day / 100) % 20 > 12) continue;
    const nine = day * 1000 + 1;
    const text = nine.toString().padStart(9, '0');
    const with1900 = birthOfInsz(`${text}${(97 - (nine % 97)).toString().padStart(2, '0')}`);
    const with2000 = birthOfInsz(`${text}${(97 - ((nine + 2 * FROM_2000) % 97)).toString().padStart(2, '0')}`);
    table[day] = (with1900 === undefined ? 0 : IN_1900) | (with2000 === undefined ? 0 : IN_2000);
  }
  return table;
}

/** The number of each day, at (year − 1900) << 9 | month << 5 | day. */
function dayTable(): Uint16Array {
  const table = new Uint16Array((LAST_YEAR - FIRST_YEAR + 1) << 9).fill(NO_DAY);
  const pad = (value: number, width: number) => value.toString().padStart(width, '0');
  for (let year = FIRST_YEAR; year <= LAST_YEAR; year += 1) {
    for (let month = 1; month <= 12; month += 1) {
      for (let day = 1; day <= 31; day += 1) {
        const number = dayNumber(`${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`);
        table[((year - FIRST_YEAR) << 9) | (month << 5) | day] = number ?? NO_DAY;
      }
    }
  }
  return table;
}
