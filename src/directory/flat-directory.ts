import type { Insz } from '../domain/insz.ts';
import { inszOfKey, type PersonKey, personKey } from '../domain/person-key.ts';
import { guessedPlace } from './day-index.ts';
import type { DirectorySnapshot, Dossier, Person } from './directory.ts';
import { DossierWords, OPEN_END, PART_BITS, PART_MASK } from './pack.ts';

/**
 * Persons in the order of their keys. All arrays are plain memory (shared memory, so that a thread that is handed them
 * copies nothing):
 *
 *     persons[2 * person] = key, persons[2 * person + 1] = its first dossier | flags: they come from the memory together.
 *         Behind them the next dossier stands beside NO_KEY, so that the next person tells the end
 *     buckets[key >>> shift] = the first person of that bucket or of a later one; one more than buckets
 *     dossiers[4 * dossier] = institution code | quality code | begin | end (days as pack.ts has them)
 *     institutions[code] = sector << 10 | type      qualities[code] = quality << 10 | phase
 *     links = pairs: replaced key, the key that replaces it; in the order of the first
 */
export type FlatLayer = {
  readonly persons: Uint32Array;
  readonly shift: number;
  readonly buckets: Uint32Array;
  /** See day-index.ts; empty in a small layer. */
  readonly days: Uint32Array;
  readonly dossiers: Uint16Array;
  readonly institutions: Uint32Array;
  readonly qualities: Uint32Array;
  readonly links: Uint32Array;
};

/** Dossiers in numbers, and what their codes stand for. */
export type CodedDossiers = Pick<FlatLayer, 'dossiers' | 'institutions' | 'qualities'>;

/** A version of the directory whose persons are found by key, and their dossiers as numbers. */
export interface CodedPersons extends DirectorySnapshot {
  readonly layer: CodedDossiers;
  /**
   * @param firsts gets the number of the first dossier of each (`dossier * 4` in `layer.dossiers`), UNKNOWN or ASK
   * @param counts gets how many dossiers there are
   */
  find(keys: Uint32Array, count: number, firsts: Int32Array, counts: Int32Array): void;
}

/** A flat directory as it goes to another thread. `changed`: what the directory says of who changed since the base. */
export type FlatParts = { readonly version: bigint; readonly base: FlatLayer; readonly changed: FlatLayer };

/** Behind all keys. */
export const NO_KEY = 0xffff_ffff;

/** Beside a key, above the number of a dossier: another number replaces this one; or it is not there any more. */
export const REPLACED_FLAG = 0x8000_0000;
export const ABSENT_FLAG = 0x4000_0000;
export const FIRST_MASK = 0x3fff_ffff;

/** What `find` writes for a person that is not known. */
export const UNKNOWN = -1;
/** What `find` writes for a person to be looked up one by one: replaced, or changed since the base. */
export const ASK = -2;

/** The longest chain is far shorter: a load refuses 32. */
const MAX_CHAIN = 1000;
/** So many searches go on side by side, so that the memory answers them together. */
const BLOCK = 64;

/**
 * One immutable version of the directory in memory, for large batches: the base, and who changed since. It is plain data:
 * `new FlatDirectory(parts)` in any thread looks at the same memory.
 */
export class FlatDirectory implements CodedPersons {
  readonly parts: FlatParts;
  readonly #words: DossierWords;
  readonly #lows = new Int32Array(BLOCK);
  readonly #highs = new Int32Array(BLOCK);
  readonly #isLarge: boolean;
  /** A sum that nobody keeps would be left out, and the reads with it. */
  readonly #touched = new Int32Array(1);

  constructor(parts: FlatParts) {
    this.parts = parts;
    this.#isLarge = parts.base.days.length > 0;
    this.#words = new DossierWords();
  }

  get version(): bigint {
    return this.parts.version;
  }

  get layer(): CodedDossiers {
    return this.parts.base;
  }

  lookup(person: Insz): Person | undefined {
    let found = this.#read(personKey(person));
    if (typeof found === 'object') return { insz: person, dossiers: found };
    for (let hops = 0; hops < MAX_CHAIN; hops += 1) {
      // Not known, or replaced by a number that was cancelled since: nobody is known under it.
      if (found === undefined) return undefined;
      const by: PersonKey = found;
      found = this.#read(by);
      if (typeof found === 'object') return { insz: person, replacedBy: inszOfKey(by), dossiers: found };
    }
    throw new TypeError('the flat directory holds a chain of replaced numbers without an end');
  }

  /** The dossiers of one person, or the key that replaces it; undefined where it is not known. */
  lookupKey(key: PersonKey): readonly Dossier[] | PersonKey | undefined {
    return this.#read(key);
  }

  /** Finds many persons of the base at once. Sorted keys are found faster, and any order is right. */
  find(keys: Uint32Array, count: number, firsts: Int32Array, counts: Int32Array): void {
    const { changed } = this.parts;
    for (let from = 0; from < count; from += BLOCK) {
      const size = Math.min(BLOCK, count - from);
      if (this.#isLarge) this.#guess(keys, from, size);
      else this.#search(keys, from, size);
      this.#answer(keys, from, size, firsts, counts);
    }
    if (personsOf(changed) === 0) return;
    for (let index = 0; index < count; index += 1) {
      if (placeOf(changed, keys[index] ?? 0) < 0) continue;
      firsts[index] = ASK;
      counts[index] = 0;
    }
  }

  close(): void {}

  /** Leaves in `lows` the person whose key it is, if there is one. */
  #guess(keys: Uint32Array, from: number, size: number): void {
    const { persons, days } = this.parts.base;
    const lows = this.#lows;
    let touched = 0;
    for (let index = 0; index < size; index += 1) {
      const guess = guessedPlace(days, keys[from + index] ?? 0);
      lows[index] = guess;
      // Asked for together, and before anything depends on them, they come together.
      touched |= persons[guess * 2] ?? 0;
    }
    this.#touched[0] = touched;
    for (let index = 0; index < size; index += 1) {
      const key = keys[from + index] ?? 0;
      let at = lows[index] ?? 0;
      while ((persons[at * 2] ?? NO_KEY) < key) at += 1;
      while (at > 0 && (persons[at * 2] ?? 0) > key) at -= 1;
      lows[index] = at;
    }
  }

  /** Leaves in `lows` the last person of the bucket whose key is not above the one sought. */
  #search(keys: Uint32Array, from: number, size: number): void {
    const { persons, buckets, shift } = this.parts.base;
    const [lows, highs] = [this.#lows, this.#highs];
    let widest = 0;
    for (let index = 0; index < size; index += 1) {
      const bucket = (keys[from + index] ?? 0) >>> shift;
      const low = buckets[bucket] ?? 0;
      const high = buckets[bucket + 1] ?? low;
      lows[index] = low;
      highs[index] = high;
      if (high - low > widest) widest = high - low;
    }
    // All searches of the block take a step, then all take the next: their misses of the cache overlap.
    for (let width = widest; width > 1; width = (width + 1) >>> 1) {
      for (let index = 0; index < size; index += 1) {
        const low = lows[index] ?? 0;
        const high = highs[index] ?? 0;
        const middle = (low + high) >>> 1;
        if ((persons[middle * 2] ?? 0) > (keys[from + index] ?? 0)) highs[index] = middle;
        else lows[index] = middle < high ? middle : low;
      }
    }
  }

  #answer(keys: Uint32Array, from: number, size: number, firsts: Int32Array, counts: Int32Array): void {
    const { persons } = this.parts.base;
    const lows = this.#lows;
    for (let index = 0; index < size; index += 1) {
      const at = (lows[index] ?? 0) * 2;
      const place = persons[at + 1] ?? 0;
      if (persons[at] !== keys[from + index]) {
        firsts[from + index] = UNKNOWN;
        counts[from + index] = 0;
      } else if (place > FIRST_MASK) {
        firsts[from + index] = ASK;
        counts[from + index] = 0;
      } else {
        firsts[from + index] = place;
        counts[from + index] = ((persons[at + 3] ?? 0) & FIRST_MASK) - place;
      }
    }
  }

  #read(key: PersonKey): readonly Dossier[] | PersonKey | undefined {
    const { base, changed } = this.parts;
    const place = placeOf(changed, key);
    if (place >= 0) return this.#at(changed, place);
    const inBase = placeOf(base, key);
    return inBase < 0 ? undefined : this.#at(base, inBase);
  }

  #at(layer: FlatLayer, place: number): readonly Dossier[] | PersonKey | undefined {
    const first = layer.persons[place * 2 + 1] ?? 0;
    if ((first & ABSENT_FLAG) !== 0) return undefined;
    if ((first & REPLACED_FLAG) !== 0) return linkOf(layer, layer.persons[place * 2] ?? 0);
    const dossiers: Dossier[] = [];
    const last = (layer.persons[place * 2 + 3] ?? 0) & FIRST_MASK;
    for (let dossier = first; dossier < last; dossier += 1) dossiers.push(this.#dossier(layer, dossier * 4));
    return dossiers;
  }

  #dossier({ dossiers, institutions, qualities }: FlatLayer, at: number): Dossier {
    const institution = institutions[dossiers[at] ?? 0] ?? 0;
    const quality = qualities[dossiers[at + 1] ?? 0] ?? 0;
    const end = dossiers[at + 3] ?? OPEN_END;
    return this.#words.dossier({
      institution: { sector: institution >>> PART_BITS, type: institution & PART_MASK },
      quality: quality >>> PART_BITS,
      phase: quality & PART_MASK,
      begin: dossiers[at + 2] ?? 0,
      end: end === OPEN_END ? undefined : end,
    });
  }
}

/** How many persons a layer has. */
export function personsOf({ persons }: Pick<FlatLayer, 'persons'>): number {
  return persons.length / 2 - 1;
}

/** Where a person stands in a layer; -1 where it doesn't. */
function placeOf({ persons, buckets, shift }: FlatLayer, key: PersonKey): number {
  let low = buckets[key >>> shift] ?? 0;
  let high = buckets[(key >>> shift) + 1] ?? low;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if ((persons[middle * 2] ?? 0) > key) high = middle;
    else low = middle;
  }
  return high > low && persons[low * 2] === key ? low : -1;
}

function linkOf({ links }: FlatLayer, key: PersonKey): PersonKey | undefined {
  let low = 0;
  let high = links.length / 2;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((links[middle * 2] ?? 0) < key) low = middle + 1;
    else high = middle;
  }
  return links[low * 2] === key ? links[low * 2 + 1] : undefined;
}
