import { closeSync, openSync, readSync } from 'node:fs';
import { BlockWriter, type Codes, type PartitionBlock } from './partition-block.ts';
import { DETAILED_WORDS, PLAIN_WORDS } from './records.ts';
import { type Segment, segmentPath } from './segment.ts';

const RADIX_BITS = 12;
const RADIX = 1 << RADIX_BITS;

/** Sorts partitions of a dump that was read into segments. */
export class PartitionSorter {
  readonly #folder: string;
  readonly #segments: readonly Segment[];
  readonly #words: number;
  readonly #codes: Codes;
  #records = new Uint32Array(0);
  #other = new Uint32Array(0);

  constructor(folder: string, segments: readonly Segment[], isDetailed: boolean, codes: Codes) {
    this.#folder = folder;
    this.#segments = segments;
    this.#words = isDetailed ? DETAILED_WORDS : PLAIN_WORDS;
    this.#codes = codes;
  }

  sort(partition: number): PartitionBlock {
    const count = this.#read(partition);
    this.#sortByPerson(count);
    const dossiers = this.#segments.reduce((sum, { dossiers }) => sum + (dossiers[partition] ?? 0), 0);
    return this.#block(partition, count, dossiers);
  }

  /** Brings the records of all segments together. @returns how many */
  #read(partition: number): number {
    const recordBytes = this.#words * 4;
    const all = this.#segments.reduce((sum, { counts }) => sum + (counts[partition] ?? 0), 0);
    if (this.#records.length < all * this.#words) {
      this.#records = new Uint32Array(all * this.#words);
      this.#other = new Uint32Array(all * this.#words);
    }
    const bytes = new Uint8Array(this.#records.buffer);
    let filled = 0;
    for (const { index, counts } of this.#segments) {
      const before = counts.slice(0, partition).reduce((sum, count) => sum + count, 0);
      const wanted = (counts[partition] ?? 0) * recordBytes;
      if (wanted === 0) continue;
      const fd = openSync(segmentPath(this.#folder, index), 'r');
      try {
        for (let read = 0; read < wanted; ) {
          const more = readSync(fd, bytes, filled + read, wanted - read, before * recordBytes + read);
          if (more === 0) throw new TypeError('a file of the load was cut short');
          read += more;
        }
      } finally {
        closeSync(fd);
      }
      filled += wanted;
    }
    return all;
  }

  /** By the 23 bits of the key, in two passes that keep the order of equals; then the lines of each person. */
  #sortByPerson(count: number): void {
    this.#pass(count, 9);
    this.#pass(count, 9 + RADIX_BITS);
    const { length } = { length: count * this.#words };
    for (let from = 0; from < length; ) {
      const person = (this.#records[from] ?? 0) >>> 9;
      let to = from + this.#words;
      while (to < length && (this.#records[to] ?? 0) >>> 9 === person) to += this.#words;
      this.#sortLines(from, to);
      from = to;
    }
  }

  #pass(count: number, shift: number): void {
    const words = this.#words;
    const [source, target] = [this.#records, this.#other];
    const next = new Uint32Array(RADIX + 1);
    for (let at = 0; at < count * words; at += words) {
      const digit = ((source[at] ?? 0) >>> shift) & (RADIX - 1);
      next[digit + 1] = (next[digit + 1] ?? 0) + words;
    }
    for (let digit = 1; digit < RADIX; digit += 1) next[digit] = (next[digit] ?? 0) + (next[digit - 1] ?? 0);
    for (let at = 0; at < count * words; at += words) {
      const digit = ((source[at] ?? 0) >>> shift) & (RADIX - 1);
      const to = next[digit] ?? 0;
      next[digit] = to + words;
      for (let word = 0; word < words; word += 1) target[to + word] = source[at + word] ?? 0;
    }
    this.#records = target;
    this.#other = source;
  }

  /** A person has some ten lines: insertion. */
  #sortLines(from: number, to: number): void {
    const [records, words] = [this.#records, this.#words];
    for (let at = from + words; at < to; at += words) {
      for (let before = at; before > from && isAbove(records, before - words, before); before -= words) {
        for (let word = 0; word < words; word += 1) {
          const kept = records[before + word] ?? 0;
          records[before + word] = records[before - words + word] ?? 0;
          records[before - words + word] = kept;
        }
      }
    }
  }

  #block(partition: number, count: number, dossiers: number): PartitionBlock {
    const writer = new BlockWriter(this.#records, this.#words, this.#codes, { partition, count, dossiers });
    const length = count * this.#words;
    for (let from = 0; from < length; ) {
      const person = (this.#records[from] ?? 0) >>> 9;
      let to = from + this.#words;
      while (to < length && (this.#records[to] ?? 0) >>> 9 === person) to += this.#words;
      writer.person(from, to);
      from = to;
    }
    return writer.finish();
  }
}

function isAbove(records: Uint32Array, one: number, other: number): boolean {
  for (let word = 0; word < PLAIN_WORDS; word += 1) {
    const [first, second] = [records[one + word] ?? 0, records[other + word] ?? 0];
    if (first !== second) return first > second;
  }
  return false;
}
