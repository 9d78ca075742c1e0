import { FROM_2000, type PersonKey } from '../domain/person-key.ts';

/**
 * Synthetic persons by their number, so that a directory and a batch about it are made apart from each other. Their INSZ
 * are of series 900 to 998; where those of all birth days do not suffice, of lower series with births from 2027 on. Nobody
 * has such a number: these files are for benchmarks and tests.
 */
export type SyntheticDirectory = { readonly persons: number; readonly seed: number };

/** Who sends in every benchmark, and the quality of its lines. */
export const SENDER = { sector: 12, type: 0 };
export const SENDER_QUALITY = '030';
const SENDER_CODE = 30;
/** Who may receive, and the quality in which; a line in `OTHER_QUALITY` gives no right. */
export const RECEIVERS = 200;
export const RECEIVER_QUALITY = '010';
export const OTHER_QUALITY = '099';
const [RECEIVER_CODE, OTHER_CODE] = [10, 99];

/** The institutions of the receivers: twenty sectors with ten types. */
export function receiverInstitution(receiver: number): { readonly sector: number; readonly type: number } {
  return { sector: 100 + Math.floor(receiver / 10), type: receiver % 10 };
}

/** What the directory says of a person, as far as a batch asks for it. */
export type PersonClass = 'one-receiver' | 'three-receivers' | 'no-line' | 'not-authorized';
const CLASSES = 16;
const OF_CLASS: Readonly<Record<PersonClass, readonly [first: number, count: number]>> = {
  'one-receiver': [0, 6],
  'three-receivers': [6, 4],
  'no-line': [10, 5],
  'not-authorized': [15, 1],
};
/** Fewer persons would leave a class empty. */
export const MIN_PERSONS = CLASSES;

/** A line in numbers; it begins on the first of a month, and ends on the last day of a year or, where that is 0, never. */
export type SyntheticLine = {
  sector: number;
  type: number;
  quality: number;
  beginYear: number;
  beginMonth: number;
  endYear: number;
};

const DAY_MS = 86_400_000;
const [FIRST_SERIES, SERIES] = [900, 99];
/** 10.97 lines for each person, as in the network; three in a thousand are known without any. */
const MAX_LINES = 21;
const [ALONE_IN, ALONE] = [1000, 3];
const GOLDEN = 0.618_033_988_75;

export class SyntheticPersons {
  readonly persons: number;
  readonly #seed: number;
  readonly #days: Uint32Array;
  readonly #lateDays: Uint32Array;
  readonly #numbers: number;
  readonly #step: number;

  /** @throws RangeError for fewer than 16 persons, or more than there are numbers for */
  constructor({ persons, seed }: SyntheticDirectory) {
    this.persons = persons;
    this.#seed = seed >>> 0;
    this.#days = birthDays(1900);
    this.#lateDays = birthDays(2027);
    this.#numbers = this.#days.length * SERIES;
    const most = this.#numbers + this.#lateDays.length * (FIRST_SERIES - 1);
    if (persons < MIN_PERSONS || persons > most) throw new RangeError(`from ${MIN_PERSONS} to ${most} persons`);
    this.#step = coprime(Math.floor(this.#numbers * GOLDEN), this.#numbers);
  }

  /** @param person from 0 */
  keyOf(person: number): PersonKey {
    if (person >= this.#numbers) {
      const late = person - this.#numbers;
      const day = this.#lateDays[late % this.#lateDays.length] ?? 0;
      return day * 1000 + 1 + Math.floor(late / this.#lateDays.length);
    }
    // The product stays below 2⁵³: 22 million squared.
    const number = (person * this.#step + (this.#seed % this.#numbers)) % this.#numbers;
    return (this.#days[Math.floor(number / SERIES)] ?? 0) * 1000 + FIRST_SERIES + (number % SERIES);
  }

  /** One of the persons of a class, chosen by a random number. */
  ofClass(kind: PersonClass, random: number): number {
    const [first, count] = OF_CLASS[kind];
    const slot = random % (Math.floor(this.persons / CLASSES) * count);
    return Math.floor(slot / count) * CLASSES + first + (slot % count);
  }

  /** How many lines the directory has of a person; 0 for one that is known without any. */
  linesOf(person: number): number {
    const needed = this.#needed(person);
    const random = this.random(person, 1);
    if (needed === 0 && random % ALONE_IN < ALONE * (CLASSES / OF_CLASS['no-line'][1])) return 0;
    return Math.max(needed, 1 + ((random >>> 10) % MAX_LINES));
  }

  /** One line of a person, into a line that is there. @param line from 0 to `linesOf` */
  line(person: number, line: number, to: SyntheticLine): void {
    const random2 = this.random(person, 2);
    to.beginYear = 2000 + (random2 % 20);
    to.beginMonth = 1 + (person % 9);
    to.endYear = 0;
    if (line < this.#needed(person)) {
      this.#line(person, line, to);
      return;
    }
    const random = this.random(person, 3 + line);
    if (random % 4 === 0) to.endYear = 2021 + (random % 16);
    // A hundred sectors nobody asks for; of one person each once, so that no two lines overlap.
    to.sector = 300 + ((random2 + line * 7) % 100);
    to.type = (random >>> 8) % 10;
    to.quality = 100 + ((random >>> 12) % 700);
  }

  random(person: number, salt: number): number {
    let mixed = Math.imul(person ^ this.#seed, 0x9e37_79b1) + Math.imul(salt, 0x85eb_ca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0_aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a_2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  }

  /** The first receiver of a person; the others are 67 and 134 further on. */
  receiverOf(person: number): number {
    return this.random(person, 0) % RECEIVERS;
  }

  /** The line of the sender, then those of the receivers. */
  #line(person: number, line: number, to: SyntheticLine): void {
    if (line === 0) {
      to.sector = SENDER.sector;
      to.type = SENDER.type;
      to.quality = SENDER_CODE;
      return;
    }
    const { sector, type } = receiverInstitution((this.receiverOf(person) + (line - 1) * 67) % RECEIVERS);
    to.sector = sector;
    to.type = type;
    to.quality = person % CLASSES === OF_CLASS['not-authorized'][0] ? OTHER_CODE : RECEIVER_CODE;
  }

  #needed(person: number): number {
    const slot = person % CLASSES;
    if (slot >= OF_CLASS['no-line'][0] && slot < OF_CLASS['not-authorized'][0]) return 0;
    const isThree = slot >= OF_CLASS['three-receivers'][0] && slot < OF_CLASS['no-line'][0];
    return isThree ? 4 : 2;
  }
}

/** YYMMDD of each day from a year to 2099, those of BIS numbers too; 1,000,000 more from 2000 on, so that × 1000 is the key. */
function birthDays(from: number): Uint32Array {
  const days: number[] = [];
  for (let at = Date.UTC(from, 0, 1); at < Date.UTC(2100, 0, 1); at += DAY_MS) {
    const date = new Date(at);
    const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
    for (const shift of [0, 20, 40]) {
      days.push((year >= 2000 ? FROM_2000 / 1000 : 0) + (year % 100) * 10_000 + (month + shift) * 100 + day);
    }
  }
  return Uint32Array.from(days);
}

/** The first number from here on that shares no divisor with another. */
function coprime(from: number, other: number): number {
  let candidate = from;
  while (divisor(candidate, other) !== 1) candidate += 1;
  return candidate;
}

function divisor(one: number, other: number): number {
  return other === 0 ? one : divisor(other, one % other);
}
