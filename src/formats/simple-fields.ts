import type { FieldType, LayoutVersion } from '../domain/flow.ts';
import { digitRange } from './value-matchers.ts';

/** A field that has to be matched by the matcher of its type. */
const BY_MATCHER = 0;
/** Text without a form of its own, and digits: most fields are. Their bytes are looked at without a call. */
export const TEXT = 1;
export const DIGITS = 2;
/** By field: what it is, and the fewest and most bytes it has. */
export const SIMPLE_WORDS = 3;

export function simpleFields({ fields }: LayoutVersion): Int32Array {
  return Int32Array.from(fields.flatMap(({ type }) => simple(type)));
}

function simple(type: FieldType): readonly [kind: number, least: number, most: number] {
  if (type.kind === 'text' && type.pattern === undefined) return [TEXT, 0, type.maxLength];
  const digits = digitRange(type);
  return digits === undefined ? [BY_MATCHER, 0, 0] : [DIGITS, digits.least, digits.most];
}
