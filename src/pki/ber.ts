import { derElement } from './der.ts';

const CONSTRUCTED = 0x20;
const INDEFINITE = 0x80;
const MAX_DEPTH = 64;

/**
 * Whether bytes are exactly one element of BER (X.690 §8.1) each of whose parts ends where it says. asn1js is content with
 * parts that reach beyond the whole, and then two readers could read two things.
 */
export function isOneElement(bytes: Uint8Array): boolean {
  return endOf(bytes, 0, bytes.length, 0) === bytes.length;
}

/** Where the element at `offset` ends; undefined where it does not end by `limit`. Tags of one byte only. */
function endOf(bytes: Uint8Array, offset: number, limit: number, depth: number): number | undefined {
  const tag = bytes[offset];
  if (tag === undefined || depth > MAX_DEPTH) return undefined;
  const isConstructed = (tag & CONSTRUCTED) !== 0;
  if (bytes[offset + 1] === INDEFINITE) return isConstructed ? endOfIndefinite(bytes, offset, limit, depth) : undefined;
  const element = derElement(bytes, offset, limit);
  if (element === undefined || !isConstructed) return element?.end;
  let at: number | undefined = element.contents;
  while (at !== undefined && at < element.end) at = endOf(bytes, at, element.end, depth + 1);
  return at;
}

/** Ends with two zeros: X.690 §8.1.5 */
function endOfIndefinite(bytes: Uint8Array, offset: number, limit: number, depth: number): number | undefined {
  let at: number | undefined = offset + 2;
  while (at !== undefined && at + 2 <= limit) {
    if (bytes[at] === 0 && bytes[at + 1] === 0) return at + 2;
    at = endOf(bytes, at, limit, depth + 1);
  }
  return undefined;
}
