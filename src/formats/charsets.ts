import { isAscii, isUtf8 } from 'node:buffer';
import { type Charset, ISO_8859_15, WINDOWS_1252 } from '../domain/charset.ts';

/** Turns the bytes of one charset into text and back. */
export interface TextCodec {
  readonly charset: Charset;
  /** How to decode these bytes; undefined where they are not of this charset. */
  decoderFor(bytes: Uint8Array): Decoder | undefined;
  /** @throws TypeError for a character the charset does not have, which the configuration refuses before */
  encode(text: string): Buffer;
}

export type Decoder = (data: Buffer, start: number, end: number) => string;

const FIRST_C1 = 0x80;
const C1 = Array.from({ length: 0x20 }, (_, index) => FIRST_C1 + index);
const BYTES = 256;

/** The codec of a charset; each is made once. */
export function codecOf(charset: Charset): TextCodec {
  return CODECS[charset];
}

// ASCII is read as latin1, which Node copies fastest.
const latin1: Decoder = (data, start, end) => data.toString('latin1', start, end);
const utf8: Decoder = (data, start, end) => data.toString('utf8', start, end);

const UTF_8: TextCodec = {
  charset: 'utf-8',
  decoderFor: (bytes) => (isAscii(bytes) ? latin1 : isUtf8(bytes) ? utf8 : undefined),
  encode: (text) => Buffer.from(text),
};

/** A charset of one byte per character that has ASCII in its first half. */
function asciiBased(charset: Charset, others: ReadonlyMap<number, string>): TextCodec {
  // C1 controls stand in no partner's text: where they seem to, the file is of another charset (mostly windows-1252).
  const wrong = anyOf(C1.filter((byte) => !others.has(byte)));
  const decode = others.size === 0 ? latin1 : substituting(others);
  const codes = new Map([...others].map(([byte, character]) => [character, String.fromCharCode(byte)]));
  const replaced = new Set([...others.keys()].map((byte) => String.fromCharCode(byte)));
  return {
    charset,
    decoderFor(bytes) {
      if (isAscii(bytes)) return latin1;
      return wrong.test(asLatin1(bytes)) ? undefined : decode;
    },
    encode(text) {
      return latin1Bytes(mapped(text, codes, replaced));
    },
  };
}

/** Bytes as ISO-8859-1 has them, then the few characters in which the charset differs. */
function substituting(others: ReadonlyMap<number, string>): Decoder {
  const characters = new Map([...others].map(([byte, character]) => [String.fromCharCode(byte), character]));
  const differing = new RegExp(`[${[...characters.keys()].join('')}]`, 'g');
  return (data, start, end) =>
    data.toString('latin1', start, end).replace(differing, (character) => characters.get(character) ?? character);
}

// A regular expression over the bytes as text is as fast as a loop at its best, and is so from the first file on.
function anyOf(bytes: readonly number[]): RegExp {
  return new RegExp(`[${String.fromCharCode(...bytes)}]`);
}

function asLatin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

const NOT_IN_CHARSET = 'the text has characters its charset does not have';
const BEYOND_LATIN1 = /[^\0-\xff]/;
const BEYOND_ASCII = /[^\0-\x7f]/g;
const C1_OR_BEYOND_LATIN1 = /[^\0-\x7f\xa0-\xff]/;

/** Each character as the one of ISO-8859-1 that has its byte. */
function mapped(text: string, codes: ReadonlyMap<string, string>, replaced: ReadonlySet<string>): string {
  if (codes.size === 0) {
    if (C1_OR_BEYOND_LATIN1.test(text)) throw new TypeError(NOT_IN_CHARSET);
    return text;
  }
  return text.replace(BEYOND_ASCII, (character) => {
    const code = codes.get(character);
    if (code !== undefined) return code;
    if (replaced.has(character) || C1_OR_BEYOND_LATIN1.test(character)) {
      throw new TypeError(NOT_IN_CHARSET);
    }
    return character;
  });
}

function latin1Bytes(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

/** CP500 (IBM EBCDIC international): for each byte, from 0x00 to 0xFF, the code point in ISO-8859-1. */
const CP500_TO_LATIN1 = Buffer.from(
  '000102039c09867f978d8e0b0c0d0e0f' +
    '101112139d8508871819928f1c1d1e1f' +
    '80818283840a171b88898a8b8c050607' +
    '909116939495960498999a9b14159e1a' +
    '20a0e2e4e0e1e3e5e7f15b2e3c282b21' +
    '26e9eaebe8edeeefecdf5d242a293b5e' +
    '2d2fc2c4c0c1c3c5c7d1a62c255f3e3f' +
    'f8c9cacbc8cdcecfcc603a2340273d22' +
    'd8616263646566676869abbbf0fdfeb1' +
    'b06a6b6c6d6e6f707172aabae6b8c6a4' +
    'b57e737475767778797aa1bfd0dddeae' +
    'a2a3a5b7a9a7b6bcbdbeac7cafa8b4d7' +
    '7b414243444546474849adf4f6f2f3f5' +
    '7d4a4b4c4d4e4f505152b9fbfcf9faff' +
    '5cf7535455565758595ab2d4d6d2d3d5' +
    '30313233343536373839b3dbdcd9da9f',
  'hex',
);

/** Bytes of CP500 as ISO-8859-1 has the same characters. */
export function latin1OfCp500(bytes: Buffer): Buffer {
  return translated(bytes, CP500_TO_LATIN1);
}

function ebcdic(): TextCodec {
  const toCp500 = Buffer.alloc(BYTES);
  for (const [byte, code] of CP500_TO_LATIN1.entries()) toCp500[code] = byte;
  // As above: bytes that stand for C1 controls. ASCII digits are among them, so that a file in ASCII is noticed at once.
  const wrong = anyOf(C1.map((code) => toCp500[code] ?? 0));
  const decode: Decoder = (data, start, end) => latin1OfCp500(data.subarray(start, end)).toString('latin1');
  return {
    charset: 'cp500',
    decoderFor: (bytes) => (wrong.test(asLatin1(bytes)) ? undefined : decode),
    encode(text) {
      // Its line end is a C1 control, so that only what lies beyond ISO-8859-1 is refused here.
      if (BEYOND_LATIN1.test(text)) throw new TypeError(NOT_IN_CHARSET);
      return translated(latin1Bytes(text), toCp500);
    },
  };
}

function translated(bytes: Buffer, table: Buffer): Buffer {
  const result = Buffer.allocUnsafe(bytes.length);
  for (let at = 0; at < bytes.length; at += 1) result[at] = table[bytes[at] ?? 0] ?? 0;
  return result;
}

const windows1252 = [...WINDOWS_1252].flatMap((character, index): [number, string][] =>
  character === ' ' ? [] : [[FIRST_C1 + index, character]],
);

const CODECS: Readonly<Record<Charset, TextCodec>> = {
  'utf-8': UTF_8,
  'iso-8859-1': asciiBased('iso-8859-1', new Map()),
  'iso-8859-15': asciiBased('iso-8859-15', ISO_8859_15),
  'windows-1252': asciiBased('windows-1252', new Map(windows1252)),
  cp500: ebcdic(),
};
