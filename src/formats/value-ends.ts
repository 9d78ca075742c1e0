import type { FieldType, LayoutVersion } from '../domain/flow.ts';
import { BEYOND, type ByteClasses, ORDINARY } from './text-matcher.ts';
import { digitRange, type Matcher } from './value-matchers.ts';

const BY_MATCHER = 0;
const TEXT = 1;
const DIGITS = 2;
const ZERO = 0x30;

/** The matchers of a layout, the commonest of them without a call: most fields are texts and digits. */
export class ValueEnds {
  readonly #matchers: readonly Matcher[];
  readonly #classes: ByteClasses;
  readonly #kinds: Uint8Array;
  readonly #least: Int32Array;
  readonly #most: Int32Array;

  constructor({ fields }: LayoutVersion, matchers: readonly Matcher[], classes: ByteClasses) {
    this.#matchers = matchers;
    this.#classes = classes;
    const ranges = fields.map(({ type }) => rangeOf(type));
    this.#kinds = Uint8Array.from(ranges, ({ kind }) => kind);
    this.#least = Int32Array.from(ranges, ({ least }) => least);
    this.#most = Int32Array.from(ranges, ({ most }) => most);
  }

  /** As `Matcher` has it. */
  of(field: number, bytes: Uint8Array, at: number, limit: number): number {
    const kind = this.#kinds[field];
    let end = at;
    if (kind === TEXT) {
      const classes = this.#classes;
      while (end < limit && classes[bytes[end] ?? 0] === ORDINARY) end += 1;
      if (end < limit && classes[bytes[end] ?? 0] === BEYOND) return this.#byMatcher(field, bytes, at, limit);
    } else if (kind === DIGITS) {
      while (end < limit && ((bytes[end] ?? 0) - ZERO) >>> 0 <= 9) end += 1;
    } else return this.#byMatcher(field, bytes, at, limit);
    const length = end - at;
    return length < (this.#least[field] ?? 0) || length > (this.#most[field] ?? 0) ? -1 : end;
  }

  #byMatcher(field: number, bytes: Uint8Array, at: number, limit: number): number {
    return this.#matchers[field]?.(bytes, at, limit) ?? -1;
  }
}

type Range = { readonly kind: number; readonly least: number; readonly most: number };

function rangeOf(type: FieldType): Range {
  if (type.kind === 'text' && type.pattern === undefined) return { kind: TEXT, least: 0, most: type.maxLength };
  const digits = digitRange(type);
  return digits === undefined ? { kind: BY_MATCHER, least: 0, most: 0 } : { kind: DIGITS, ...digits };
}
