import { PERSON_KEYS } from '../../domain/person-key.ts';

/**
 * A line of a dump as the load sorts it, in words of 32 bits, most significant first:
 *
 *     23 bits of the person key (the other 8 are its partition)
 *     72 bits of the dossier as pack.ts has it | 1 bit 0
 *     in a dump that tells what lies beside the lines, two words more: last change << 16, and the inscriber
 *
 * Compared word by word, records of one partition come in the order of persons, and of the bytes of their dossiers.
 * A sector above 999 stands for a line without a dossier.
 */
export const PARTITION_SHIFT = 23;
export const PARTITIONS = (PERSON_KEYS >>> PARTITION_SHIFT) + 1;
export const KEY_MASK = (1 << PARTITION_SHIFT) - 1;

export const PLAIN_WORDS = 3;
export const DETAILED_WORDS = 5;

/** The key that replaces this one stands in the two words behind. */
export const REPLACED_SECTOR = 1022;
export const KNOWN_SECTOR = 1020;
export const CANCELLED_SECTOR = 1018;

const FIRST_RECORDS = 4096;

/** Records as they come, and how many there are in each partition. */
export class RecordBuffer {
  readonly words: number;
  count = 0;
  /** All records, and among them those that are dossiers. */
  readonly counts = new Uint32Array(PARTITIONS);
  readonly dossiers = new Uint32Array(PARTITIONS);
  #partitions = new Uint8Array(FIRST_RECORDS);
  #records: Uint32Array;
  #target = new Uint32Array(0);

  constructor(words: number) {
    this.words = words;
    this.#records = new Uint32Array(FIRST_RECORDS * words);
  }

  clear(): void {
    this.count = 0;
    this.counts.fill(0);
    this.dossiers.fill(0);
  }

  addDossier(key: number, institution: number, quality: number, begin: number, end: number): void {
    const at = this.#next(key);
    const sector = institution >>> 10;
    this.#records[at] = ((key & KEY_MASK) << 9) | (sector >>> 1);
    this.#records[at + 1] = (institution << 21) | (quality << 1) | (begin >>> 15);
    this.#records[at + 2] = ((begin & 0x7fff) << 17) | (end << 1);
    const partition = key >>> PARTITION_SHIFT;
    this.dossiers[partition] = (this.dossiers[partition] ?? 0) + 1;
  }

  /** What lies beside the dossier added last. */
  addDetail(lastChange: number, inscriber: number): void {
    const at = (this.count - 1) * this.words + PLAIN_WORDS;
    this.#records[at] = lastChange << 16;
    this.#records[at + 1] = inscriber;
  }

  /** @param by the key that replaces this one; 0 in the other cases */
  addOther(key: number, sector: number, by: number): void {
    const at = this.#next(key);
    this.#records[at] = ((key & KEY_MASK) << 9) | (sector >>> 1);
    this.#records[at + 1] = by;
    this.#records[at + 2] = 0;
  }

  /** The records, partition after partition; valid until the next call. */
  inPartitions(): Uint32Array {
    const { words } = this;
    if (this.#target.length < this.count * words) this.#target = new Uint32Array(this.#records.length);
    const target = this.#target.subarray(0, this.count * words);
    const next = new Uint32Array(PARTITIONS);
    let sum = 0;
    for (const [partition, count] of this.counts.entries()) {
      next[partition] = sum;
      sum += count * words;
    }
    for (let record = 0; record < this.count; record += 1) {
      const partition = this.#partitions[record] ?? 0;
      const to = next[partition] ?? 0;
      next[partition] = to + words;
      const from = record * words;
      for (let word = 0; word < words; word += 1) target[to + word] = this.#records[from + word] ?? 0;
    }
    return target;
  }

  #next(key: number): number {
    if (this.count === this.#partitions.length) this.#grow();
    const partition = key >>> PARTITION_SHIFT;
    this.#partitions[this.count] = partition;
    this.counts[partition] = (this.counts[partition] ?? 0) + 1;
    this.count += 1;
    return (this.count - 1) * this.words;
  }

  #grow(): void {
    const partitions = new Uint8Array(this.#partitions.length * 2);
    partitions.set(this.#partitions);
    this.#partitions = partitions;
    const records = new Uint32Array(partitions.length * this.words);
    records.set(this.#records);
    this.#records = records;
  }
}
