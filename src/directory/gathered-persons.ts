import type { Insz } from '../domain/insz.ts';
import type { DirectorySnapshot, Person } from './directory.ts';
import { ASK, type CodedDossiers, type CodedPersons, UNKNOWN } from './flat-directory.ts';
import { DOSSIER_BYTES, institutionBits, KIND_DOSSIERS, qualityBits } from './pack.ts';

/** Numbers of a dossier, as `FlatLayer.dossiers` has them. */
const WORDS = 4;
const FIRST_DOSSIERS = 4096;
const FIRST_CODES = 256;
/** Codes are numbers of 16 bits. */
const MOST_CODES = 0x1_0000;
/** An institution, or a quality and phase, has 20 bits. */
const VALUES = 1 << 20;

/** Values in the order they were met. The array is another one where a value is new. */
class Codes {
  values = new Uint32Array(0);
  /** By value: one more than its code. */
  readonly #codes = new Uint32Array(VALUES);
  #room = new Uint32Array(FIRST_CODES);

  /** @returns -1 where there are no codes left */
  of(value: number): number {
    const known = this.#codes[value] ?? 0;
    return known > 0 ? known - 1 : this.#add(value);
  }

  #add(value: number): number {
    const code = this.values.length;
    if (code === MOST_CODES) return -1;
    if (code === this.#room.length) {
      const room = new Uint32Array(2 * code);
      room.set(this.#room);
      this.#room = room;
    }
    this.#room[code] = value;
    this.values = this.#room.subarray(0, code + 1);
    this.#codes[value] = code + 1;
    return code;
  }
}

/**
 * The persons of one small batch after another, from the store, in the form a flat directory has them in: what decides by codes
 * needs no directory in memory for that. Codes stay as they are from batch to batch.
 */
export class GatheredPersons implements CodedPersons, CodedDossiers {
  dossiers = new Uint16Array(FIRST_DOSSIERS * WORDS);
  readonly #institutions = new Codes();
  readonly #qualities = new Codes();
  #snapshot: DirectorySnapshot | undefined;
  #count = 0;

  get layer(): CodedDossiers {
    return this;
  }

  get institutions(): Uint32Array {
    return this.#institutions.values;
  }

  get qualities(): Uint32Array {
    return this.#qualities.values;
  }

  /** Looks into this snapshot from now on, and forgets the persons of the one before. */
  begin(snapshot: DirectorySnapshot): void {
    this.#snapshot = snapshot;
    this.#count = 0;
  }

  get version(): bigint {
    return this.#open().version;
  }

  lookup(person: Insz): Person | undefined {
    return this.#open().lookup(person);
  }

  find(keys: Uint32Array, count: number, firsts: Int32Array, counts: Int32Array): void {
    const snapshot = this.#open();
    for (let index = 0; index < count; index += 1) {
      const value = snapshot.packed?.(keys[index] ?? 0);
      const first = this.#count;
      firsts[index] = value === undefined ? UNKNOWN : this.#add(value) ? first : ASK;
      counts[index] = this.#count - first;
    }
  }

  close(): void {
    this.#snapshot = undefined;
  }

  #open(): DirectorySnapshot {
    if (this.#snapshot === undefined) throw new TypeError('no batch is at hand');
    return this.#snapshot;
  }

  /** @returns false where it is no list of dossiers, or has no code */
  #add(value: Uint8Array): boolean {
    if (value[0] !== KIND_DOSSIERS) return false;
    const before = this.#count;
    this.#reserve(Math.ceil(value.length / DOSSIER_BYTES));
    const { dossiers } = this;
    for (let offset = 1; offset < value.length; offset += DOSSIER_BYTES) {
      const institution = this.#institutions.of(institutionBits(value, offset));
      const quality = this.#qualities.of(qualityBits(value, offset));
      if (institution < 0 || quality < 0) {
        this.#count = before;
        return false;
      }
      const at = this.#count * WORDS;
      dossiers[at] = institution;
      dossiers[at + 1] = quality;
      dossiers[at + 2] = ((value[offset + 5] ?? 0) << 8) | (value[offset + 6] ?? 0);
      dossiers[at + 3] = ((value[offset + 7] ?? 0) << 8) | (value[offset + 8] ?? 0);
      this.#count += 1;
    }
    return true;
  }

  #reserve(more: number): void {
    const needed = (this.#count + more) * WORDS;
    if (needed <= this.dossiers.length) return;
    const room = new Uint16Array(Math.max(needed, 2 * this.dossiers.length));
    room.set(this.dossiers);
    this.dossiers = room;
  }
}
