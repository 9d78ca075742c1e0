import { DETAIL_BYTES } from '../beside.ts';
import type { CodeTable } from '../code-table.ts';
import { MAX_LINES_PER_PERSON } from '../line-table.ts';
import { DOSSIER_BYTES, KIND_CANCELLED, KIND_DOSSIERS, KIND_REPLACED, OPEN_END } from '../pack.ts';
import { CANCELLED_SECTOR, DETAILED_WORDS, KEY_MASK, KNOWN_SECTOR, PLAIN_WORDS, REPLACED_SECTOR } from './records.ts';

/** The persons of one partition, sorted and ready to be appended; plain data, to be handed over. */
export type PartitionBlock = {
  readonly partition: number;
  readonly keys: Uint32Array;
  /** Where the value of each person ends (pack.ts); the first begins at 0. */
  readonly ends: Uint32Array;
  readonly values: Uint8Array;
  /** How many dossiers each has, and their words as flat-directory.ts has them. */
  readonly counts: Uint16Array;
  readonly flat: Uint16Array;
  /** Of a detailed dump: what lies beside each dossier (beside.ts). */
  readonly details: Uint8Array;
  /** Persons whose lines contradict each other. */
  readonly faulty: Uint32Array;
};

export type Codes = { readonly institutions: CodeTable; readonly qualities: CodeTable };

/** Writes the persons of a sorted partition into a block. */
export class BlockWriter {
  readonly #records: Uint32Array;
  readonly #words: number;
  readonly #codes: Codes;
  readonly #partition: number;
  readonly #keys: Uint32Array;
  readonly #ends: Uint32Array;
  readonly #counts: Uint16Array;
  readonly #values: Uint8Array;
  readonly #flat: Uint16Array;
  readonly #details: Uint8Array;
  readonly #faulty: number[] = [];
  #persons = 0;
  #end = 0;
  #words16 = 0;

  constructor(
    records: Uint32Array,
    words: number,
    codes: Codes,
    { partition, count, dossiers }: { readonly partition: number; readonly count: number; readonly dossiers: number },
  ) {
    this.#records = records;
    this.#words = words;
    this.#codes = codes;
    this.#partition = partition;
    // There are not more persons than records; what is not used is cut off.
    this.#keys = new Uint32Array(count);
    this.#ends = new Uint32Array(count);
    this.#counts = new Uint16Array(count);
    this.#values = new Uint8Array(dossiers * DOSSIER_BYTES + count * 5);
    this.#flat = new Uint16Array(dossiers * 4);
    this.#details = new Uint8Array(words === DETAILED_WORDS ? dossiers * DETAIL_BYTES : 0);
  }

  /** All records of one person. */
  person(from: number, to: number): void {
    const records = this.#records;
    const key = this.#partition * (KEY_MASK + 1) + ((records[from] ?? 0) >>> 9);
    const lines = (to - from) / this.#words;
    const last = sectorOf(records, to - this.#words);
    const isAlone = this.#isReplacedOrCancelled(from, to);
    if (lines > MAX_LINES_PER_PERSON || (isAlone && lines > 1) || (!isAlone && this.#isDouble(from, to))) {
      this.#faulty.push(key);
      return;
    }
    this.#keys[this.#persons] = key;
    if (last === REPLACED_SECTOR) this.#replaced(records[from + 1] ?? 0);
    else if (last === CANCELLED_SECTOR) this.#byte(KIND_CANCELLED);
    else this.#dossiers(from, to);
    this.#ends[this.#persons] = this.#end;
    this.#persons += 1;
  }

  /** By any of its lines: they stand behind the dossiers, and one that only says that the person is known may stand behind them. */
  #isReplacedOrCancelled(from: number, to: number): boolean {
    for (let at = to - this.#words; at >= from; at -= this.#words) {
      const sector = sectorOf(this.#records, at);
      if (sector === REPLACED_SECTOR || sector === CANCELLED_SECTOR) return true;
      if (sector < CANCELLED_SECTOR) return false;
    }
    return false;
  }

  finish(): PartitionBlock {
    return {
      partition: this.#partition,
      keys: this.#keys.slice(0, this.#persons),
      ends: this.#ends.slice(0, this.#persons),
      values: this.#values.subarray(0, this.#end),
      counts: this.#counts.slice(0, this.#persons),
      flat: this.#flat.subarray(0, this.#words16),
      details: this.#details,
      faulty: Uint32Array.from(this.#faulty),
    };
  }

  #byte(value: number): void {
    this.#values[this.#end] = value;
    this.#end += 1;
  }

  #replaced(by: number): void {
    this.#byte(KIND_REPLACED);
    for (const shift of [24, 16, 8, 0]) this.#byte((by >>> shift) & 0xff);
  }

  #dossiers(from: number, to: number): void {
    const records = this.#records;
    this.#byte(KIND_DOSSIERS);
    let count = 0;
    for (let at = from; at < to; at += this.#words) {
      const sector = sectorOf(records, at);
      if (sector >= KNOWN_SECTOR) continue;
      const [one, two] = [records[at + 1] ?? 0, records[at + 2] ?? 0];
      // The 72 bits behind the 23 of the key, in nine bytes.
      const high = ((sector << 22) | ((one & 0x7fff_ffff) >>> 9)) >>> 0;
      const low = ((one << 23) | (two >>> 9)) >>> 0;
      const [values, end] = [this.#values, this.#end];
      values[end] = high >>> 24;
      values[end + 1] = (high >>> 16) & 0xff;
      values[end + 2] = (high >>> 8) & 0xff;
      values[end + 3] = high & 0xff;
      values[end + 4] = low >>> 24;
      values[end + 5] = (low >>> 16) & 0xff;
      values[end + 6] = (low >>> 8) & 0xff;
      values[end + 7] = low & 0xff;
      values[end + 8] = (two >>> 1) & 0xff;
      this.#end += DOSSIER_BYTES;
      this.#words4(sector, one, two);
      if (this.#words === DETAILED_WORDS) this.#detail(at, (this.#words16 >>> 2) - 1);
      count += 1;
    }
    this.#counts[this.#persons] = count;
  }

  #words4(sector: number, one: number, two: number): void {
    const [flat, at] = [this.#flat, this.#words16];
    flat[at] = this.#codes.institutions.codeOf((sector << 10) | ((one >>> 21) & 0x3ff));
    flat[at + 1] = this.#codes.qualities.codeOf((one >>> 1) & 0xf_ffff);
    flat[at + 2] = ((one & 1) << 15) | (two >>> 17);
    flat[at + 3] = (two >>> 1) & 0xffff;
    this.#words16 += 4;
  }

  #detail(at: number, dossier: number): void {
    const [day, inscriber] = [(this.#records[at + PLAIN_WORDS] ?? 0) >>> 16, this.#records[at + PLAIN_WORDS + 1] ?? 0];
    const offset = dossier * DETAIL_BYTES;
    this.#details[offset] = day >>> 8;
    this.#details[offset + 1] = day & 0xff;
    this.#details[offset + 2] = (inscriber >>> 16) & 0xff;
    this.#details[offset + 3] = (inscriber >>> 8) & 0xff;
    this.#details[offset + 4] = inscriber & 0xff;
  }

  /** One person, sector and quality has one line on any day; lines of one sector stand together. */
  #isDouble(from: number, to: number): boolean {
    const records = this.#records;
    for (let at = from; at < to; at += this.#words) {
      const sector = sectorOf(records, at);
      if (sector >= KNOWN_SECTOR) return false;
      const [one, two] = [records[at + 1] ?? 0, records[at + 2] ?? 0];
      for (let next = at + this.#words; next < to && sectorOf(records, next) === sector; next += this.#words) {
        const [nextOne, nextTwo] = [records[next + 1] ?? 0, records[next + 2] ?? 0];
        if (((one ^ nextOne) & 0x1f_f800) !== 0) continue; // another quality
        const [begin, end] = [((one & 1) << 15) | (two >>> 17), (two >>> 1) & OPEN_END];
        const [nextBegin, nextEnd] = [((nextOne & 1) << 15) | (nextTwo >>> 17), (nextTwo >>> 1) & OPEN_END];
        if (begin <= nextEnd && nextBegin <= end) return true;
      }
    }
    return false;
  }
}

function sectorOf(records: Uint32Array, at: number): number {
  return (((records[at] ?? 0) & 0x1ff) << 1) | ((records[at + 1] ?? 0) >>> 31);
}
