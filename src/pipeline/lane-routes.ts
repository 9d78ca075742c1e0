import type { CodedDossiers } from '../directory/flat-directory.ts';
import { OPEN_END, PART_BITS, PART_MASK } from '../directory/pack.ts';
import type { Institution } from '../domain/partner.ts';
import type { Destination, Group } from './route.ts';

/** What `LaneRoutes.route` answers where the record goes nowhere. */
export const NO_LINE = -1;
export const LINE_TOO_NARROW = -2;

/** Beside the place of destinations, of which there are fewer. */
const OF_SENDER = 0x1_0000;

/** Numbers of a dossier in `FlatLayer.dossiers`. */
const WORDS = 4;

/** Some destinations of one group that are reached together: what a record of theirs gets. */
export type LanePlan<T> = { readonly group: number; readonly of: T };

type CompiledGroup<T> = {
  readonly destinations: readonly number[];
  /** By the only destination reached, and by all that were. */
  readonly ofOne: Map<number, LanePlan<T>>;
  readonly ofMany: Map<string, LanePlan<T>>;
};

type Options<T> = {
  readonly groups: readonly Group[];
  /** Whose line the sender needs; undefined where it needs none. */
  readonly senderHolder: Institution | undefined;
  /** Compiles what the destinations get together; asked once for each set of them that occurs. */
  readonly planOf: (group: Group, allowed: readonly Destination[]) => T;
};

/**
 * The rules of `SenderCheck` and `Router` over the codes of the flat directory: the dossiers of a person are looked at
 * once, in their order, and most lead nowhere.
 */
export class LaneRoutes<T> {
  /**
   * What the last record asked about gets, in the order of the receivers' ids, and the dossier that fills in the quality.
   * As many are valid as `route` answered.
   */
  readonly plans: LanePlan<T>[] = [];
  readonly lines: number[] = [];
  readonly #layer: CodedDossiers;
  readonly #options: Options<T>;
  readonly #destinations: readonly Destination[];
  readonly #groups: readonly CompiledGroup<T>[];
  readonly #groupOf: Int32Array;
  /**
   * By code of the institution: one more than the place of the destinations whose lines it holds, with `OF_SENDER` where
   * the sender's line is one of it; 0 where it is neither.
   */
  #roles = new Uint32Array(0);
  readonly #held: Int32Array[] = [];
  /** By destination: which codes of quality and phase it may have. */
  #qualities: readonly Uint8Array[] = [];
  /** The codes that both know. */
  #institutionCodes: Uint32Array | undefined;
  #qualityCodes: Uint32Array | undefined;
  /** By destination: the last record that reached it, and by which dossier. */
  readonly #reached: Float64Array;
  readonly #by: Int32Array;
  readonly #groupReached: Float64Array;
  /** The groups that the record reaches. */
  readonly #touched: Int32Array;
  #touchedCount = 0;
  #count = 0;
  #record = 0;

  constructor(layer: CodedDossiers, options: Options<T>) {
    const { groups } = options;
    this.#layer = layer;
    this.#options = options;
    this.#destinations = groups.flatMap((group) => group.destinations);
    this.#groupOf = Int32Array.from(groups.flatMap(({ destinations }, index) => destinations.map(() => index)));
    this.#groups = groups.map((_, index) => ({
      destinations: this.#destinations.flatMap((__, place) => (this.#groupOf[place] === index ? [place] : [])),
      ofOne: new Map(),
      ofMany: new Map(),
    }));
    this.#reached = new Float64Array(this.#destinations.length);
    this.#by = new Int32Array(this.#destinations.length);
    this.#groupReached = new Float64Array(groups.length);
    this.#touched = new Int32Array(groups.length);
    this.learn();
  }

  /** Takes up the codes that the layer has got since the last time; to be called before records that have them. */
  learn(): void {
    const { institutions, qualities } = this.#layer;
    if (institutions !== this.#institutionCodes) this.#learnInstitutions(institutions);
    if (qualities === this.#qualityCodes) return;
    this.#qualityCodes = qualities;
    const texts = Array.from(qualities, qualityText);
    this.#qualities = this.#destinations.map((one) =>
      Uint8Array.from(texts, (text) => (one.qualities.has(text) ? 1 : 0)),
    );
  }

  /**
   * @param first the person's first dossier, of `count`; days as the directory has them
   * @returns how many receivers there are, or why the sender may not send this
   */
  route(first: number, count: number, begin: number, end: number): number {
    this.#record += 1;
    this.#count = 0;
    const needsLine = this.#options.senderHolder !== undefined;
    let isKnown = !needsLine;
    let isCovered = !needsLine;
    this.#touchedCount = 0;
    const { dossiers } = this.#layer;
    const roles = this.#roles;
    const last = (first + count) * WORDS;
    for (let at = first * WORDS; at < last; at += WORDS) {
      const role = roles[dossiers[at] ?? 0] ?? 0;
      if (role === 0) continue;
      const isSender = role >= OF_SENDER;
      isKnown ||= isSender;
      if ((dossiers[at + 2] ?? 0) > begin) continue;
      const until = dossiers[at + 3] ?? 0;
      if (until !== OPEN_END && (end === OPEN_END || end > until)) continue;
      isCovered ||= isSender;
      const place = role & ~OF_SENDER;
      if (place > 0) this.#touch(this.#held[place - 1] ?? NONE, at);
    }
    if (!isKnown) return NO_LINE;
    if (!isCovered) return LINE_TOO_NARROW;
    const touched = this.#touchedCount;
    if (touched > 1) sortFirst(this.#touched, touched);
    for (let index = 0; index < touched; index += 1) this.#reach(this.#touched[index] ?? 0);
    return this.#count;
  }

  #learnInstitutions(codes: Uint32Array): void {
    const { senderHolder } = this.#options;
    const held = Map.groupBy(this.#destinations.keys(), (index) => bitsOf(this.#destinations[index]?.holder));
    this.#institutionCodes = codes;
    this.#held.length = 0;
    this.#roles = Uint32Array.from(codes, (code) => {
      const place = this.#place(held.get(code) ?? []);
      return senderHolder !== undefined && bitsOf(senderHolder) === code ? place | OF_SENDER : place;
    });
  }

  #place(held: readonly number[]): number {
    if (held.length === 0) return 0;
    this.#held.push(Int32Array.from(held));
    return this.#held.length;
  }

  /** The line reaches those destinations that may have its quality. */
  #touch(held: Int32Array, at: number): void {
    const quality = this.#layer.dossiers[at + 1] ?? 0;
    for (let index = 0; index < held.length; index += 1) {
      const destination = held[index] ?? 0;
      if (this.#reached[destination] === this.#record || this.#qualities[destination]?.[quality] !== 1) continue;
      this.#reached[destination] = this.#record;
      this.#by[destination] = at;
      const group = this.#groupOf[destination] ?? 0;
      if (this.#groupReached[group] === this.#record) continue;
      this.#groupReached[group] = this.#record;
      this.#touched[this.#touchedCount] = group;
      this.#touchedCount += 1;
    }
  }

  /** As `Router.route` has it: the first institution of the partner that was reached decides. */
  #reach(group: number): void {
    const compiled = this.#groups[group];
    if (compiled === undefined) return;
    let first = -1;
    let allowed: number[] | undefined;
    for (const destination of compiled.destinations) {
      if (this.#reached[destination] !== this.#record) continue;
      if (first < 0) first = destination;
      else if (this.#isSame(first, destination)) {
        allowed ??= [first];
        allowed.push(destination);
      }
    }
    if (first < 0) return;
    this.plans[this.#count] =
      allowed === undefined ? this.#ofOne(compiled, group, first) : this.#ofMany(compiled, group, allowed);
    this.lines[this.#count] = this.#by[first] ?? 0;
    this.#count += 1;
  }

  #isSame(one: number, other: number): boolean {
    const [first, second] = [this.#destinations[one]?.institution, this.#destinations[other]?.institution];
    return first !== undefined && first.sector === second?.sector && first.type === second.type;
  }

  #ofOne(compiled: CompiledGroup<T>, group: number, destination: number): LanePlan<T> {
    const known = compiled.ofOne.get(destination);
    if (known !== undefined) return known;
    const plan = this.#plan(group, [destination]);
    compiled.ofOne.set(destination, plan);
    return plan;
  }

  #ofMany(compiled: CompiledGroup<T>, group: number, allowed: readonly number[]): LanePlan<T> {
    const key = allowed.join();
    const known = compiled.ofMany.get(key);
    if (known !== undefined) return known;
    const plan = this.#plan(group, allowed);
    compiled.ofMany.set(key, plan);
    return plan;
  }

  #plan(group: number, allowed: readonly number[]): LanePlan<T> {
    const own = this.#options.groups[group];
    if (own === undefined) throw new TypeError('a destination is of no group');
    return {
      group,
      of: this.#options.planOf(
        own,
        allowed.flatMap((place) => this.#destinations[place] ?? []),
      ),
    };
  }
}

const NONE = new Int32Array(0);

/** A handful of numbers, most often in order already. */
function sortFirst(numbers: Int32Array, count: number): void {
  for (let index = 1; index < count; index += 1) {
    const number = numbers[index] ?? 0;
    let at = index;
    for (; at > 0 && (numbers[at - 1] ?? 0) > number; at -= 1) numbers[at] = numbers[at - 1] ?? 0;
    numbers[at] = number;
  }
}

/** An institution as `FlatLayer.institutions` has it; -1 where no directory could have it. */
function bitsOf(institution: Institution | undefined): number {
  if (institution === undefined || institution.type > PART_MASK) return -1;
  return (institution.sector << PART_BITS) | institution.type;
}

/** The three digits of a code of quality and phase. */
export function qualityText(code: number): string {
  return qualityNumber(code).toString().padStart(3, '0');
}

export function qualityNumber(code: number): number {
  return code >>> PART_BITS;
}
