import { PERSON_KEYS, type PersonKey } from '../domain/person-key.ts';
import { CodeTable } from './code-table.ts';
import { dayIndexOf } from './day-index.ts';
import { ABSENT_FLAG, FIRST_MASK, type FlatLayer, NO_KEY, REPLACED_FLAG } from './flat-directory.ts';
import { DOSSIER_BYTES, OPEN_END, PART_BITS, unpackDossier } from './pack.ts';

const FIRST_PERSONS = 1024;
/** Some buckets for each person, and between 256 and a million keys in each. */
const [MIN_SHIFT, MAX_SHIFT] = [8, 20];

/** The persons of a layer as a file has them: keys, and the first dossier of each, with one more that tells the end. */
export type FlatColumns = { readonly keys: Uint32Array; readonly firsts: Uint32Array };

/** Takes the persons of a layer in the order of their keys, and their dossiers as they come or in blocks. */
export class FlatBuilder {
  #keys = sharedWords(FIRST_PERSONS);
  #firsts = sharedWords(FIRST_PERSONS);
  #persons = 0;
  #count = 0;
  readonly #links: number[] = [];

  /** @param dossiers how many it has; their words follow elsewhere, in this order */
  add(key: PersonKey, dossiers: number): void {
    this.#person(key, this.#count);
    this.#count += dossiers;
    if (this.#count > FIRST_MASK) throw new RangeError('more dossiers than a flat directory can hold');
  }

  addReplaced(key: PersonKey, by: PersonKey): void {
    this.#person(key, this.#count | REPLACED_FLAG);
    this.#links.push(key, by);
  }

  /** A person the base may know and this version does not. */
  addAbsent(key: PersonKey): void {
    this.#person(key, this.#count | ABSENT_FLAG);
  }

  get dossiers(): number {
    return this.#count;
  }

  /** All but the dossiers and the codes in them. */
  finish(): FlatColumns & Pick<FlatLayer, 'shift' | 'buckets' | 'links'> {
    const keys = this.#keys.subarray(0, this.#persons);
    if (this.#firsts.length === this.#persons) this.#grow();
    this.#firsts[this.#persons] = this.#count;
    const firsts = this.#firsts.subarray(0, this.#persons + 1);
    const links = sharedWords(this.#links.length);
    links.set(this.#links);
    return { keys, firsts, links, ...bucketsOf(keys) };
  }

  #person(key: PersonKey, first: number): void {
    if (this.#persons === this.#keys.length) this.#grow();
    this.#keys[this.#persons] = key;
    this.#firsts[this.#persons] = first;
    this.#persons += 1;
  }

  #grow(): void {
    const keys = sharedWords(this.#keys.length * 2);
    keys.set(this.#keys);
    this.#keys = keys;
    const firsts = sharedWords(this.#firsts.length * 2);
    firsts.set(this.#firsts);
    this.#firsts = firsts;
  }
}

/** A small layer: packed dossiers of persons that come in the order of their keys. */
export class LayerBuilder {
  readonly #builder = new FlatBuilder();
  readonly #institutions = new CodeTable();
  readonly #qualities = new CodeTable();
  readonly #words: number[] = [];

  /** @param packed dossiers as `pack.ts` has them, from `from` on */
  add(key: PersonKey, packed: Buffer, from: number, count: number): void {
    this.#builder.add(key, count);
    for (let index = 0; index < count; index += 1) {
      const { institution, quality, phase, begin, end } = unpackDossier(packed, from + index * DOSSIER_BYTES);
      this.#words.push(
        this.#institutions.codeOf((institution.sector << PART_BITS) | institution.type),
        this.#qualities.codeOf((quality << PART_BITS) | phase),
        begin,
        end ?? OPEN_END,
      );
    }
  }

  addReplaced(key: PersonKey, by: PersonKey): void {
    this.#builder.addReplaced(key, by);
  }

  addAbsent(key: PersonKey): void {
    this.#builder.addAbsent(key);
  }

  finish(): FlatLayer {
    const dossiers = new Uint16Array(new SharedArrayBuffer(this.#words.length * 2));
    dossiers.set(this.#words);
    const [institutions, qualities] = [this.#institutions.values(), this.#qualities.values()];
    const { keys, firsts, ...found } = this.#builder.finish();
    return { ...found, persons: inPairs({ keys, firsts }), days: dayIndexOf(keys), dossiers, institutions, qualities };
  }
}

export const EMPTY_LAYER: FlatLayer = {
  persons: inPairs({ keys: sharedWords(0), firsts: sharedWords(1) }),
  shift: MAX_SHIFT,
  buckets: sharedWords((PERSON_KEYS >>> MAX_SHIFT) + 2),
  days: sharedWords(0),
  dossiers: new Uint16Array(new SharedArrayBuffer(0)),
  institutions: sharedWords(0),
  qualities: sharedWords(0),
  links: sharedWords(0),
};

/** As `FlatLayer.persons` has them. */
export function inPairs({ keys, firsts }: FlatColumns): Uint32Array {
  const pairs = sharedWords(firsts.length * 2);
  for (let person = 0; person < firsts.length; person += 1) {
    pairs[person * 2] = keys[person] ?? NO_KEY;
    pairs[person * 2 + 1] = firsts[person] ?? 0;
  }
  return pairs;
}

export function sharedWords(length: number): Uint32Array {
  return new Uint32Array(new SharedArrayBuffer(length * 4));
}

function bucketsOf(keys: Uint32Array): Pick<FlatLayer, 'shift' | 'buckets'> {
  const wanted = Math.ceil(Math.log2(PERSON_KEYS / Math.max(1, keys.length / 2)));
  const shift = Math.min(MAX_SHIFT, Math.max(MIN_SHIFT, wanted));
  const buckets = sharedWords((PERSON_KEYS >>> shift) + 2);
  let person = 0;
  for (let bucket = 0; bucket < buckets.length; bucket += 1) {
    // The last bucket begins above every key, and 2³² is not passed: PERSON_KEYS is below 2³¹.
    while (person < keys.length && (keys[person] ?? 0) >>> shift < bucket) person += 1;
    buckets[bucket] = person;
  }
  return { shift, buckets };
}
