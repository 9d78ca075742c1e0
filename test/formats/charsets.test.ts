import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CHARSETS, type Charset, canBeWritten } from '../../src/domain/charset.ts';
import { codecOf } from '../../src/formats/charsets.ts';
import { hasTool } from '../support/tools.ts';

const ALL_BYTES = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));

function decode(charset: Charset, bytes: Uint8Array): string | undefined {
  const data = Buffer.from(bytes);
  return codecOf(charset).decoderFor(data)?.(data, 0, data.length);
}

describe('characters written by hand', () => {
  const cases: readonly [Charset, string, string][] = [
    ['utf-8', 'Café €', '436166c3a920e282ac'],
    ['iso-8859-1', 'Café ¤', '436166e920a4'],
    ['iso-8859-15', 'Café € Œuf', '436166e920a420bc7566'],
    ['windows-1252', 'Café € „x“', '436166e92080208478' + '93'],
    ['cp500', 'BBON 012 é\x85', 'c2c2d6d540f0f1f2405115'],
  ];
  test.each(cases)('%s', (charset, text, hex) => {
    expect(codecOf(charset).encode(text).toString('hex')).toBe(hex);
    if (charset !== 'cp500') expect(decode(charset, Buffer.from(hex, 'hex'))).toBe(text);
  });
});

describe('bytes of another charset are noticed', () => {
  const cases: readonly [Charset, string, string][] = [
    ['utf-8', 'é of ISO-8859-1', 'e9'],
    ['utf-8', 'an overlong form', 'c0af'],
    ['iso-8859-1', '€ of windows-1252', '80'],
    ['iso-8859-15', 'a quotation mark of windows-1252', '93'],
    ['windows-1252', 'a byte that has no character', '81'],
    ['cp500', 'digits of ASCII', '3031'],
  ];
  test.each(cases)('%s: %s', (charset, _title, hex) => {
    expect(decode(charset, Buffer.from(hex, 'hex'))).toBeUndefined();
  });
});

describe.skipIf(!hasTool('iconv'))('against iconv of the C library', () => {
  /** What each byte is; `''` where it has no character. A bar stands between them, so its own byte is left out. */
  function iconv(charset: Charset, bar: number): ReadonlyMap<number, string> {
    const bytes = [...ALL_BYTES].filter((byte) => byte !== bar);
    const input = Buffer.from(bytes.flatMap((byte) => [byte, bar]));
    const { stdout } = spawnSync('iconv', ['-c', '-f', charset, '-t', 'UTF-8'], { input });
    const characters = stdout.toString().split('|');
    return new Map(bytes.map((byte, index) => [byte, characters[index] ?? '']));
  }

  test.each(CHARSETS.filter((charset) => charset !== 'utf-8'))('%s: every byte', (charset) => {
    const right = iconv(charset, charset === 'cp500' ? 0xbb : 0x7c);
    expect(right.size).toBe(255);
    for (const [byte, character] of right) {
      const isText = character !== '' && !/[\x80-\x9f]/.test(character); // C1 controls are refused
      expect([byte, decode(charset, Uint8Array.of(byte))]).toEqual([byte, isText ? character : undefined]);
      if (isText) expect(codecOf(charset).encode(character)).toEqual(Buffer.of(byte));
    }
  });
});

test('every text of a charset comes back as it was, and goes into every charset that has its characters', () => {
  for (const from of CHARSETS.filter((charset) => charset !== 'utf-8')) {
    const bytes = ALL_BYTES.filter((byte) => decode(from, Uint8Array.of(byte)) !== undefined);
    const text = decode(from, bytes) ?? '';
    for (const to of CHARSETS) {
      const write = () => codecOf(to).encode(text);
      if (canBeWritten(from, to)) expect(decode(to, write())).toBe(text);
      else expect(write).toThrow(TypeError);
    }
  }
});

test('a character the charset lacks is never replaced in silence', () => {
  for (const charset of CHARSETS.filter((one) => one !== 'utf-8')) {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 8 }), (text) => {
        let bytes: Buffer | undefined;
        try {
          bytes = codecOf(charset).encode(text);
        } catch (error) {
          expect(error).toBeInstanceOf(TypeError);
        }
        if (bytes !== undefined) expect(decode(charset, bytes)).toBe(text);
      }),
    );
  }
});
