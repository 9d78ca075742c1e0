import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Charset } from '../../src/domain/charset.ts';
import { readBothWays, type Told } from './blocks-against-records.ts';
import { EVERY_TYPE, pieces, rowOfEveryType, soundRow } from './rows-of-every-type.ts';

const CHARSETS = ['utf-8', 'iso-8859-1', 'iso-8859-15', 'windows-1252'] as const;
/** The byte of the euro sign, which ISO-8859-1 does not have. */
const EURO: Readonly<Record<string, string>> = { 'iso-8859-15': '\xa4', 'windows-1252': '\x80', 'iso-8859-1': 'E' };

const SOUND = { left: false, faulty: false };

function encoded(text: string, charset: Charset): Buffer {
  if (charset === 'utf-8') return Buffer.from(text);
  return Buffer.from(text.replaceAll('€', EURO[charset] ?? ''), 'latin1');
}

function read(text: string, charset: Charset, sizes: readonly number[], separator = ';', header = false): Told {
  const format = { kind: 'delimited', separator, header, charset } as const;
  const bytes = encoded(text, charset);
  return readBothWays({ format, layouts: [EVERY_TYPE], environment: 'R', bytes, pieces: sizes });
}

const cell = (value: string, separator: string, style: number) => {
  const mustBeQuoted = /["\n\r]/.test(value) || value.includes(separator);
  return style === 0 || (mustBeQuoted && style < 9) ? `"${value.replaceAll('"', '""')}"` : value;
};

/** Rows of a file, with a little of everything that stands around values. */
const fileOf = (row: fc.Arbitrary<readonly string[]>, separator: string) => {
  const written = fc
    .tuple(row, fc.array(fc.nat(12), { minLength: 8, maxLength: 8 }), fc.constantFrom('\n', '\n', '\r\n'))
    .map(([values, styles, end]) => {
      const cells = values.map((value, index) => cell(value, separator, styles[index % styles.length] ?? 1));
      return cells.join(separator) + end;
    });
  const odd = fc.constantFrom('\n', ';;;\n', '"\n', 'a"b;c\n', '"a"b;c\n', '"a\n', '\r\n', '1;2\r');
  const line = fc.oneof({ weight: 60, arbitrary: written }, { weight: 1, arbitrary: odd });
  return fc.array(line, { minLength: 1, maxLength: 12 }).map((lines) => lines.join(''));
};

describe.each(CHARSETS)('delimited in %s', (charset) => {
  test.each([';', ',', '|', '\t'])(
    'blocks tell of every row what the record-at-a-time path tells, with %j',
    (separator) => {
      let plain = 0;
      fc.assert(
        fc.property(fileOf(rowOfEveryType, separator), pieces, fc.boolean(), (text, sizes, isEnded) => {
          const told = read(`;;;\n${isEnded ? text : text.replace(/\r?\n$/, '')}`, charset, sizes, separator);
          expect(told.left).toBe(told.faulty);
          plain += told.plain;
        }),
        { numRuns: 400 },
      );
      // Where nothing is plain, nothing was compared. A decimal comma is never plain where commas separate.
      if (separator !== ',') expect(plain).toBeGreaterThan(400);
    },
  );
});

test('every row without a fault is plain, quoted or not', () => {
  fc.assert(
    fc.property(fc.array(soundRow, { minLength: 1, maxLength: 5 }), fc.boolean(), (rows, isQuoted) => {
      const text = rows.map((row) => row.map((value) => cell(value, ';', isQuoted ? 0 : 1)).join(';')).join('\r\n');
      expect(read(`${text}\n`, 'utf-8', [])).toEqual({ ...SOUND, rows: rows.length, plain: rows.length });
    }),
  );
});

test.each([
  ['a byte order mark and a header', `\ufeff${EVERY_TYPE.fields.map(({ name }) => name).join(';')}\r\n`],
  ['a header', `${EVERY_TYPE.fields.map(({ name }) => `"${name}"`).join(';')}\n`],
])('%s stands before the first record', (_, head) => {
  const [row = []] = fc.sample(soundRow, { numRuns: 1, seed: 1 });
  expect(read(`${head}${row.join(';')}\n`, 'utf-8', [], ';', true)).toEqual({ ...SOUND, rows: 1, plain: 1 });
});

test.each([
  ['bytes of another charset', Buffer.from('1;\xff\n', 'latin1')],
  ['a quote that never closes', Buffer.from('1;2\n"3;4\n')],
  ['a row longer than a record may be', Buffer.from(`1;${'x'.repeat(1024 * 1024)}\n`)],
])('%s: the file is left to the record-at-a-time path', (_, bytes) => {
  const format = { kind: 'delimited', separator: ';', header: false, charset: 'utf-8' } as const;
  expect(readBothWays({ format, layouts: [EVERY_TYPE], environment: 'R', bytes, pieces: [] }).left).toBe(true);
});

test('environment T takes synthetic persons only', () => {
  const [row = []] = fc.sample(soundRow, { numRuns: 1, seed: 1 });
  const plainIn = (environment: 'R' | 'T', person: string) => {
    const values = row.map((value, index) => (index === 2 ? person : index === 3 || index === 4 ? '' : value));
    const format = { kind: 'delimited', separator: ';', header: false, charset: 'utf-8' } as const;
    const bytes = Buffer.from(`${values.join(';')}\n`);
    return readBothWays({ format, layouts: [EVERY_TYPE], environment, bytes, pieces: [] }).plain;
  };
  // The same day and century, series 951 and 1.
  expect([plainIn('T', '74031295170'), plainIn('R', '74031200150')]).toEqual([1, 1]);
  expect(plainIn('T', '74031200150')).toBe(0);
});
