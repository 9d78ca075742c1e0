/** How the characters of a record file are written as bytes. CP500 is the EBCDIC of the network's mainframes. */
export const CHARSETS = ['utf-8', 'iso-8859-1', 'iso-8859-15', 'windows-1252', 'cp500'] as const;

export type Charset = (typeof CHARSETS)[number];

/** A set of printable characters that a text may be held to. */
export const CHARACTER_CLASSES = ['ascii', 'iso-8859-1', 'iso-8859-15', 'windows-1252'] as const;

export type CharacterClass = (typeof CHARACTER_CLASSES)[number];

/** What each set is part of. CP500 has the characters of ISO-8859-1 in another order. */
const WITHIN: Readonly<Record<CharacterClass | Charset, readonly Charset[]>> = {
  ascii: CHARSETS,
  'iso-8859-1': ['iso-8859-1', 'cp500', 'windows-1252', 'utf-8'],
  cp500: ['iso-8859-1', 'cp500', 'windows-1252', 'utf-8'],
  'iso-8859-15': ['iso-8859-15', 'windows-1252', 'utf-8'],
  'windows-1252': ['windows-1252', 'utf-8'],
  'utf-8': ['utf-8'],
};

/** Whether every character of one set can be written in a charset. */
export function canBeWritten(characters: CharacterClass | Charset, charset: Charset): boolean {
  return WITHIN[characters].includes(charset);
}

/** Where windows-1252 differs from ISO-8859-1: the characters of the bytes 0x80–0x9F; a space where a byte has none. */
export const WINDOWS_1252 = '€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ';

/** Where ISO-8859-15 differs from ISO-8859-1: byte and character. */
export const ISO_8859_15: ReadonlyMap<number, string> = new Map([
  [0xa4, '€'],
  [0xa6, 'Š'],
  [0xa8, 'š'],
  [0xb4, 'Ž'],
  [0xb8, 'ž'],
  [0xbc, 'Œ'],
  [0xbd, 'œ'],
  [0xbe, 'Ÿ'],
]);
