import { PART_BITS } from './pack.ts';

/** Codes have 16 bits. */
const MAX_CODES = 0x1_0000;

/** Gives the pairs (sector, type) or (quality, phase) that a directory uses small codes, in the order they come. */
export class CodeTable {
  /** Code + 1 of each pair; 0 where it has none yet. */
  readonly #codes = new Uint32Array(1 << (2 * PART_BITS));
  readonly #values: number[] = [];

  constructor(values: Iterable<number> = []) {
    for (const value of values) this.codeOf(value);
  }

  /** @throws RangeError where more than 65,536 pairs are in use */
  codeOf(value: number): number {
    const known = this.#codes[value] ?? 0;
    if (known !== 0) return known - 1;
    if (this.#values.length === MAX_CODES) throw new RangeError('more institutions or qualities than there are codes');
    this.#values.push(value);
    this.#codes[value] = this.#values.length;
    return this.#values.length - 1;
  }

  values(): Uint32Array {
    const values = new Uint32Array(new SharedArrayBuffer(this.#values.length * 4));
    values.set(this.#values);
    return values;
  }
}
