import type { FlatDirectory, FlatLayer } from '../../src/directory/flat-directory.ts';

/** Who stands in a layer, in its order. */
export function keysOf({ persons }: FlatLayer): Uint32Array {
  return persons.filter((_, index) => index % 2 === 0).subarray(0, -1);
}

/** How many stand in the base and among the changed. */
export function sizesOf(flat: FlatDirectory | undefined): readonly number[] {
  return flat === undefined ? [] : [keysOf(flat.parts.base).length, keysOf(flat.parts.changed).length];
}
