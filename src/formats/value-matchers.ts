import type { Charset } from '../domain/charset.ts';
import type { Environment, FieldType } from '../domain/flow.ts';
import { dateMatcher, inszMatcher, kboMatcher } from './identifier-matchers.ts';
import { type ByteClasses, textMatcher } from './text-matcher.ts';

/**
 * Reads a value of one type that begins at `at` and ends before `limit`: where it ends, or -1 where it is not certainly
 * right. It ends as late as its type allows; the caller sees to it that what follows there belongs to the format.
 */
export type Matcher = (bytes: Uint8Array, at: number, limit: number) => number;

export type MatchContext = {
  readonly environment: Environment;
  readonly charset: Charset;
  readonly classes: ByteClasses;
  /** By field: what a matcher of a date or an INSZ puts down. */
  readonly numbers: Int32Array;
  /** Set to 1 by a text with characters beyond ASCII. */
  readonly beyondAscii: Uint8Array;
};

const ZERO = 0x30;
const MINUS = 0x2d;
const DASH = 0x2d;
const SLASH = 0x2f;
const QUARTER = 0x51;
/** Spaces around a value are taken off by some formats. */
const ASCII_WITHOUT_SPACES_AROUND = /^[!-~](?:[ -~]*[!-~])?$/;
/** Where the five parts of a UUID end. */
const UUID_PARTS = [8, 13, 18, 23, 36];
const HEX = Uint8Array.from({ length: 256 }, (_, byte) => (/[0-9a-f]/i.test(String.fromCharCode(byte)) ? 1 : 0));

/** How many digits a value of digits alone has; undefined of other types. */
export function digitRange(type: FieldType): { readonly least: number; readonly most: number } | undefined {
  switch (type.kind) {
    case 'integer':
      return { least: 1, most: type.maxDigits };
    case 'cents':
      return type.signed ? undefined : { least: 1, most: type.maxDigits };
    case 'digits':
      return { least: type.length, most: type.length };
    case 'sector':
      return { least: 1, most: 3 };
    default:
      return undefined;
  }
}

/** The rules are those of `typeCheck` in field-types.ts. @param slot the position of the field in the layout */
export function valueMatcher(type: FieldType, slot: number, context: MatchContext): Matcher {
  const { environment, numbers } = context;
  const range = digitRange(type);
  if (range !== undefined) return digits(range.least, range.most);
  switch (type.kind) {
    case 'cents':
      return signed(digits(1, type.maxDigits), type.signed);
    case 'decimal':
      return signed(decimal(type, context.classes), type.signed);
    case 'boolean':
      return oneOf(['true', 'false'], context.classes);
    case 'uuid':
      return uuid;
    case 'rsz':
      return rsz;
    case 'integer':
    case 'digits':
    case 'sector':
      return () => -1;
    case 'institution':
      return institution;
    case 'quarter':
      return quarter;
    case 'code':
      return oneOf(type.values, context.classes);
    case 'text':
      return textMatcher(type, context);
    case 'date':
      return dateMatcher(type.form === 'yyyyMMdd', false, numbers, slot);
    case 'incomplete-date':
      return dateMatcher(type.form === 'yyyyMMdd', true, numbers, slot);
    case 'kbo':
      return kboMatcher;
    case 'insz':
      return inszMatcher(environment, numbers, slot);
  }
}

function isDigit(byte: number | undefined): boolean {
  return ((byte ?? 0) - ZERO) >>> 0 <= 9;
}

function digits(least: number, most: number): Matcher {
  return (bytes, at, limit) => {
    let end = at;
    while (end < limit && ((bytes[end] ?? 0) - ZERO) >>> 0 <= 9) end += 1;
    return end - at < least || end - at > most ? -1 : end;
  };
}

function signed(matcher: Matcher, isSigned: boolean): Matcher {
  if (!isSigned) return matcher;
  return (bytes, at, limit) => matcher(bytes, bytes[at] === MINUS ? at + 1 : at, limit);
}

function decimal(
  { maxDigits, decimals, point }: FieldType & { readonly kind: 'decimal' },
  classes: ByteClasses,
): Matcher {
  const whole = digits(1, maxDigits);
  if (decimals === 0) return whole;
  const behind = digits(decimals, decimals);
  const code = point.charCodeAt(0);
  // A comma that separates columns is no decimal point.
  if (classes[code] !== 0) return () => -1;
  return (bytes, at, limit) => {
    const end = whole(bytes, at, limit);
    return end >= 0 && end < limit && bytes[end] === code ? behind(bytes, end + 1, limit) : -1;
  };
}

const uuid: Matcher = (bytes, at, limit) => {
  if (at + 36 > limit) return -1;
  let next = at;
  for (let part = 0; part < 5; part += 1) {
    const end = at + (UUID_PARTS[part] ?? 0);
    for (; next < end; next += 1) if (HEX[bytes[next] ?? 0] !== 1) return -1;
    if (part < 4 && bytes[end] !== DASH) return -1;
    next = part < 4 ? end + 1 : end;
  }
  return next;
};

const tenDigits = digits(10, 10);

/** `0` and nine digits, or `51` and eight. */
const rsz: Matcher = (bytes, at, limit) => {
  const isRsz = bytes[at] === ZERO || (bytes[at] === ZERO + 5 && bytes[at + 1] === ZERO + 1);
  return isRsz ? tenDigits(bytes, at, limit) : -1;
};

const upToThree = digits(1, 3);

const institution: Matcher = (bytes, at, limit) => {
  const end = upToThree(bytes, at, limit);
  return end >= 0 && end < limit && bytes[end] === SLASH ? upToThree(bytes, end + 1, limit) : -1;
};

const quarter: Matcher = (bytes, at, limit) => {
  if (at + 6 > limit || bytes[at + 4] !== QUARTER) return -1;
  for (let digit = 0; digit < 4; digit += 1) if (!isDigit(bytes[at + digit])) return -1;
  const number = (bytes[at + 5] ?? 0) - ZERO;
  return number >= 1 && number <= 4 ? at + 6 : -1;
};

/** The longest value first: `AB` must not be read as `A`. */
function oneOf(values: readonly string[], classes: ByteClasses): Matcher {
  const candidates = values
    .filter((value) => ASCII_WITHOUT_SPACES_AROUND.test(value))
    .toSorted((one, other) => other.length - one.length)
    .map((value) => Uint8Array.from(Buffer.from(value, 'latin1')))
    .filter((value) => value.every((byte) => classes[byte] === 0));
  // By first byte, so that a long list costs no more than a short one.
  const byFirst = Array.from({ length: 256 }, (_, byte) => candidates.filter((value) => value[0] === byte));
  return (bytes, at, limit) => {
    const candidatesHere = byFirst[bytes[at] ?? 0] ?? [];
    for (let index = 0; index < candidatesHere.length; index += 1) {
      const value = candidatesHere[index];
      if (value === undefined || at + value.length > limit) continue;
      let same = 1;
      while (same < value.length && value[same] === bytes[at + same]) same += 1;
      if (same === value.length) return at + same;
    }
    return -1;
  };
}
