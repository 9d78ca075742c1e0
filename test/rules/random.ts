/** A seeded source of chance (mulberry32): the same seed makes the same configurations, directories and files. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 up to, and without, 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let one = this.#state;
    one = Math.imul(one ^ (one >>> 15), one | 1);
    one ^= one + Math.imul(one ^ (one >>> 7), one | 61);
    return ((one ^ (one >>> 14)) >>> 0) / 4_294_967_296;
  }

  whole(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  chance(of: number): boolean {
    return this.next() < of;
  }

  of<T>(values: readonly T[]): T {
    const value = values[this.whole(0, values.length - 1)];
    if (value === undefined && values.length === 0) throw new RangeError('nothing to choose from');
    return value as T;
  }

  /** The usual one, and with this chance one of the others. */
  mostly<T>(usual: T, chance: number, ...others: readonly T[]): T {
    return this.chance(chance) ? this.of(others) : usual;
  }

  some<T>(values: readonly T[], atLeast = 0): readonly T[] {
    const chosen = values.filter(() => this.chance(0.5));
    return chosen.length >= atLeast ? chosen : [this.of(values)];
  }

  list<T>(from: number, to: number, make: (index: number) => T): readonly T[] {
    return Array.from({ length: this.whole(from, to) }, (_, index) => make(index));
  }
}
