import type { CharacterClass, Charset } from '../domain/charset.ts';
import type { FieldType } from '../domain/flow.ts';
import { codecOf } from './charsets.ts';
import type { MatchContext, Matcher } from './value-matchers.ts';

const BYTES = 256;
const ASCII = 128;
const SPACE = 0x20;
const DELETE = 0x7f;
const FIRST_OF_LATIN1 = 0xa0;

export const ORDINARY = 0;
export const STOP = 1;
export const BEYOND = 2;

/** What is to be done with each byte of a text: those that may end it or mean something in its format end it here too. */
export type ByteClasses = Uint8Array;

/** Controls, tab and line ends among them, are certain in no text. @param special what the format gives a meaning */
export function byteClasses(special: string): ByteClasses {
  const classes = new Uint8Array(BYTES);
  for (let byte = 0; byte < BYTES; byte += 1) {
    if (byte < SPACE || byte === DELETE || special.includes(String.fromCharCode(byte))) classes[byte] = STOP;
    else if (byte >= ASCII) classes[byte] = BEYOND;
  }
  return classes;
}

/** The rule is `textCheck` of field-types.ts. The chunk is known to be of its charset. */
export function textMatcher(type: FieldType & { readonly kind: 'text' }, context: MatchContext): Matcher {
  const { maxLength, pattern, characters } = type;
  const { classes, charset } = context;
  const form = pattern === undefined ? undefined : new RegExp(`^(?:${pattern})$`, 'u');
  const beyond = charset === 'utf-8' ? utf8Text(context, characters) : singleByteText(context, characters);
  const text: Matcher = (bytes, at, limit) => {
    let end = at;
    while (end < limit && classes[bytes[end] ?? 0] === ORDINARY) end += 1;
    if (end < limit && classes[bytes[end] ?? 0] === BEYOND) return beyond(bytes, at, end, limit, maxLength);
    return end - at > maxLength ? -1 : end;
  };
  if (form === undefined) return text;
  return (bytes, at, limit) => {
    const end = text(bytes, at, limit);
    return end >= 0 && (end === at || form.test(decoded(bytes, at, end, charset))) ? end : -1;
  };
}

/** Goes on behind the ASCII with which a text began. */
type Beyond = (bytes: Uint8Array, at: number, from: number, limit: number, maxLength: number) => number;

function singleByteText(
  { classes, charset, beyondAscii }: MatchContext,
  characters: CharacterClass | undefined,
): Beyond {
  const isOpen = characters === undefined;
  const isOfClass = characters === charset || (charset === 'iso-8859-1' && characters === 'windows-1252');
  return (bytes, at, from, limit, maxLength) => {
    if (!isOpen && !isOfClass) return -1;
    let end = from;
    for (; end < limit; end += 1) {
      const byte = bytes[end] ?? 0;
      if (classes[byte] === STOP) break;
      // Where these bytes are characters at all is a matter of windows-1252 alone.
      if (byte >= ASCII && byte < FIRST_OF_LATIN1 && charset !== 'windows-1252') return -1;
    }
    beyondAscii[0] = 1;
    return end - at > maxLength ? -1 : end;
  };
}

/** In UTF-8: controls U+0080–009F, U+FEFF, U+FFFE and U+FFFF are not certain; nor, with a class, what is not in ISO-8859-1. */
function utf8Text({ classes, beyondAscii }: MatchContext, characters: CharacterClass | undefined): Beyond {
  const isLatin1Only = characters === 'iso-8859-1' || characters === 'windows-1252';
  const isAsciiOnly = characters !== undefined && !isLatin1Only;
  return (bytes, at, from, limit, maxLength) => {
    if (isAsciiOnly) return -1;
    let continuing = 0;
    let end = from;
    for (; end < limit; end += 1) {
      const byte = bytes[end] ?? 0;
      if (byte < ASCII) {
        if (classes[byte] === STOP) break;
      } else if (byte < 0xc0) continuing += 1;
      else if (byte === 0xc2 && (bytes[end + 1] ?? 0) < FIRST_OF_LATIN1) return -1;
      else if (isLatin1Only && byte > 0xc3) return -1;
      else if (byte === 0xef && isUncertain(bytes[end + 1] ?? 0, bytes[end + 2] ?? 0)) return -1;
    }
    beyondAscii[0] = 1;
    return end - at - continuing > maxLength ? -1 : end;
  };
}

/** Behind 0xEF: U+FEFF is EF BB BF, U+FFFE EF BF BE, U+FFFF EF BF BF. */
function isUncertain(second: number, third: number): boolean {
  return (second === 0xbb && third === 0xbf) || (second === 0xbf && third >= 0xbe);
}

function decoded(bytes: Uint8Array, start: number, end: number, charset: Charset): string {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return codecOf(charset).decoderFor(data.subarray(start, end))?.(data, start, end) ?? '\0';
}
