import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Field, FieldType, LayoutVersion } from '../../src/domain/flow.ts';
import type { Columns, FixedWidthShape } from '../../src/domain/format.ts';
import { FixedWidthFormat } from '../../src/formats/fixed-width.ts';
import { generationOf, networkOfFormats } from '../support/network-of-formats.ts';
import { collect, cut, textLayout } from './collect.ts';

const at = (first: number, last: number): Columns => ({ first, last });
const field = (name: string, type: FieldType, columns: Columns, required = false): Field => ({
  name,
  type,
  required,
  columns,
});
const FACTS = { environment: 'R', sender: { sector: 12, type: 0 } } as const;

/** A record type, a number, a text, an amount with a sign, and a day that may be zeros. */
const LAYOUT: LayoutVersion = {
  ...textLayout(['x']),
  fields: [
    field('no', { kind: 'integer', maxDigits: 3 }, at(2, 4), true),
    field('name', { kind: 'text', maxLength: 4 }, at(5, 8)),
    field('amount', { kind: 'cents', maxDigits: 4, signed: true }, at(9, 13)),
    field('day', { kind: 'date', form: 'yyyyMMdd' }, at(14, 21)),
  ],
};
const SHAPE: FixedWidthShape = {
  kind: 'fixed-width',
  charset: 'iso-8859-1',
  recordLength: 22,
  lineEnd: 'lf',
  recordType: at(1, 1),
  header: {
    type: 'H',
    fields: [
      { name: 'version', columns: at(2, 3), is: 'version' },
      { name: 'lot', columns: at(20, 22) },
    ],
  },
  detail: { type: 'D' },
  trailer: { type: 'T', count: at(2, 4), sums: [{ field: 'no', columns: at(5, 6) }] },
};
const NO_TRAILER: FixedWidthShape = { ...SHAPE, trailer: undefined };
const PLAIN: FixedWidthShape = { ...NO_TRAILER, header: undefined, detail: undefined, recordType: undefined };

const line = (text: string) => text.padEnd(22);
const HEADER = line('H1');
const ONE = line('D001Jan 0012320260101');
const TWO = line('D002    -012300000000');
const TRAILER = line('T00203');
const FILE = [HEADER, ONE, TWO, TRAILER].map((one) => `${one}\n`).join('');

function read(
  text: string,
  shape: FixedWidthShape = SHAPE,
  layouts = [LAYOUT],
  encoding: 'latin1' | 'utf8' = 'latin1',
) {
  const {
    records,
    errors,
    layouts: followed,
  } = collect(new FixedWidthFormat(shape, layouts, FACTS), [Buffer.from(text, encoding)]);
  return {
    values: records.map(({ values }) => values),
    faults: records.flatMap(({ number, faults }) => faults.map((fault) => `${number} ${fault.field} ${fault.detail}`)),
    errors: errors.map(({ code, detail }) => `${code} ${detail}`),
    layouts: followed,
  };
}

describe('what stands in the columns', () => {
  test('zeros before numbers, spaces behind texts and blank columns are no part of a value', () => {
    expect(read(FILE)).toEqual({
      values: [
        ['1', 'Jan', '123', '20260101'],
        ['2', '', '-123', ''],
      ],
      faults: [],
      errors: [],
      layouts: ['1'],
    });
  });

  const single: readonly [string, string, FieldType, string][] = [
    ['zero', '0000', { kind: 'integer', maxDigits: 4 }, '0'],
    ['a blank number', '    ', { kind: 'integer', maxDigits: 4 }, ''],
    ['spaces before a number stay, to be refused', '  12', { kind: 'integer', maxDigits: 4 }, '  12'],
    ['spaces behind a number stay, to be refused', '12  ', { kind: 'integer', maxDigits: 4 }, '12  '],
    [
      'a decimal keeps one zero before its point',
      '0.50',
      { kind: 'decimal', maxDigits: 1, decimals: 2, point: '.', signed: false },
      '0.50',
    ],
    [
      'zeros before a decimal',
      '01,5',
      { kind: 'decimal', maxDigits: 2, decimals: 1, point: ',', signed: false },
      '1,5',
    ],
    ['a negative zero', '-000', { kind: 'cents', maxDigits: 3, signed: true }, '-0'],
    ['spaces before a text are part of it', ' ab ', { kind: 'text', maxLength: 4 }, ' ab'],
    ['zeros of a code are part of it', '0010', { kind: 'digits', length: 4 }, '0010'],
    ['the zeros of a sector are not', '0012', { kind: 'sector' }, '12'],
  ];
  test.each(single)('%s', (_title, text, type, value) => {
    const layout = { ...LAYOUT, fields: [field('x', type, at(1, 4))] };
    expect(read(text, { ...PLAIN, recordLength: 4, lineEnd: 'none' }, [layout]).values).toEqual([[value]]);
  });

  test('zeros in a field that is required are a value, and no day', () => {
    const layout = { ...LAYOUT, fields: [field('day', { kind: 'date', form: 'yyyyMMdd' }, at(1, 8), true)] };
    expect(read('00000000', { ...PLAIN, recordLength: 8 }, [layout]).values).toEqual([['00000000']]);
  });

  test('data in columns that no field has is a fault of the record, since it would be lost', () => {
    const { faults, values } = read(FILE.replace(ONE, `${ONE.slice(0, 21)}X`));
    expect([faults, values.length]).toEqual([['1 record 22 = ∅'], 2]);
  });
});

describe('the file as a whole', () => {
  const cases: readonly [string, string, string][] = [
    ['a record too short', FILE.replace(ONE, ONE.slice(1)), '312 #2 21/22'],
    ['a record too long', FILE.replace(ONE, `${ONE} `), '312 #2 > 22'],
    ['a file cut inside its last record', FILE.slice(0, -4), '312 #4 19/22'],
    ['CRLF where LF is asked for', FILE.replaceAll('\n', '\r\n'), '312 #1 > 22'],
    ['an empty line', FILE.replace('\n', '\n\n'), '312 #2 0/22'],
    ['no header', FILE.slice(23), '312 #1 "D" ≠ H'],
    ['two headers', `${HEADER}\n${FILE}`, '312 #2 "H" ≠ D|T'],
    ['a type there is not', FILE.replace('D002', 'X002'), '312 #3 "X" ≠ D|T'],
    ['no trailer', FILE.slice(0, 69), '312 #4 ∅ ≠ T'],
    ['something behind the trailer', `${FILE}${ONE}\n`, '312 #5 "D" ≠ ∅'],
    ['another count', FILE.replace('T002', 'T003'), '312 #4 count 3 ≠ 2'],
    ['a count that is no number', FILE.replace('T002', 'T  2'), '312 #4 count N3'],
    ['another sum', FILE.replace('T00203', 'T00204'), '312 #4 sum no 4 ≠ 3'],
    ['a field that cannot be added up', FILE.replace('D002', 'D0 2'), '312 #3 no N3'],
    ['data behind the fields of the header', FILE.replace(HEADER, line('H1  x')), '312 #1 4-19'],
    ['data behind the fields of the trailer', FILE.replace(TRAILER, line('T00203 x')), '312 #4 7-22'],
    [
      'a text for the receivers that not every charset has',
      FILE.replace(HEADER, line('H1').replace(/.$/, 'é')),
      '312 #1 lot A3 ascii',
    ],
    ['a version that is not valid', FILE.replace('H1 ', 'H2 '), '088 #1 version ≠ 1'],
    ['a byte of another charset', FILE.replace('Jan ', 'J\x80n '), '138 #2, iso-8859-1'],
    ['a byte order mark', `\xef\xbb\xbf${FILE.slice(3)}`, '138 #1, iso-8859-1'],
  ];
  test.each(cases)('%s', (_title, text, error) => {
    expect(read(text).errors).toEqual([error]);
  });

  test('the last record may lack its line end', () => {
    expect(read(FILE.slice(0, -1)).errors).toEqual([]);
  });

  test('no bytes at all are no fault of the layout', () => {
    expect(read('')).toEqual({ values: [], faults: [], errors: [], layouts: [] });
  });

  test('sums are taken modulo the width of their columns', () => {
    const many = Array.from({ length: 3 }, () => line('D050'));
    expect(read([HEADER, ...many, line('T00350')].map((one) => `${one}\n`).join('')).errors).toEqual([]);
  });

  test('sums stay exact where they pass what a floating-point number holds', () => {
    const layout = { ...LAYOUT, fields: [field('no', { kind: 'integer', maxDigits: 15 }, at(2, 16))] };
    const trailer = { type: 'T', sums: [{ field: 'no', columns: at(2, 16) }] };
    const details = Array.from({ length: 11 }, () => line(`D${'9'.repeat(15)}`));
    const file = (sum: string) => [HEADER, ...details, line(`T${sum}`)].map((one) => `${one}\n`).join('');
    // 11 × (10^15 − 1) modulo 10^15
    expect(read(file('999999999999989'), { ...SHAPE, trailer }, [layout]).errors).toEqual([]);
    expect(read(file('999999999999988'), { ...SHAPE, trailer }, [layout]).errors).toHaveLength(1);
  });

  test('the header chooses among the layouts that are valid', () => {
    const newer = { ...LAYOUT, version: '02', fields: LAYOUT.fields.slice(0, 1) };
    expect(read(FILE, SHAPE, [newer, LAYOUT]).layouts).toEqual(['1']);
    const short = [line('H02'), line('D001'), line('T00101')].map((one) => `${one}\n`).join('');
    expect(read(short, SHAPE, [newer, LAYOUT])).toMatchObject({ layouts: ['02'], values: [['1']], errors: [] });
  });
});

describe('line ends', () => {
  const rows = [ONE, TWO];
  const cases: readonly [FixedWidthShape['lineEnd'], string][] = [
    ['lf', '\n'],
    ['crlf', '\r\n'],
    ['none', ''],
  ];
  const layout = { ...LAYOUT, fields: [field('type', { kind: 'text', maxLength: 1 }, at(1, 1)), ...LAYOUT.fields] };
  test.each(cases)('%s', (lineEnd, end) => {
    const shape = { ...PLAIN, lineEnd };
    expect(read(rows.map((one) => one + end).join(''), shape, [layout])).toMatchObject({
      values: [
        ['D', '1'],
        ['D', '2'],
      ].map((start) => expect.arrayContaining(start)),
      errors: [],
    });
  });

  test('LF where CRLF is asked for is told as that', () => {
    expect(read(FILE, { ...SHAPE, lineEnd: 'crlf' }).errors).toEqual(['312 #1 ≠ CRLF']);
  });

  test('two short lines that together have the right length are not taken for one', () => {
    const text = `${'x'.repeat(10)}\n${'x'.repeat(11)}\n`;
    expect(read(text, PLAIN, [layout]).errors).toEqual(['312 #1 10/22']);
  });
});

describe('charsets', () => {
  const name = (shape: FixedWidthShape, bytes: Uint8Array) => {
    const layout = { ...LAYOUT, fields: [field('name', { kind: 'text', maxLength: 4 }, at(1, 4))] };
    const { records, errors } = collect(new FixedWidthFormat({ ...shape, recordLength: 4 }, [layout], FACTS), [bytes]);
    return [records[0]?.values[0], errors[0]?.code];
  };

  test('in UTF-8 columns are characters, with or without byte order mark', () => {
    const shape: FixedWidthShape = { ...PLAIN, charset: 'utf-8' };
    expect(name(shape, Buffer.from('€é  \n'))).toEqual(['€é', undefined]);
    expect(name(shape, Buffer.from('\ufeff€é  '))).toEqual(['€é', undefined]);
    expect(name(shape, Buffer.from('€é   \n'))).toEqual([undefined, '312']);
    expect(name(shape, Buffer.from('𝒳   \n'))).toEqual([undefined, '138']);
    expect(name(shape, Buffer.from('é   \n', 'latin1'))).toEqual([undefined, '138']);
  });

  test('EBCDIC with its own line end, or none', () => {
    const bytes = Buffer.from('c4855140', 'hex'); // D, e, é, space
    expect(name({ ...PLAIN, charset: 'cp500', lineEnd: 'none' }, bytes)).toEqual(['Deé', undefined]);
    const ended = Buffer.concat([bytes, Buffer.of(0x15)]);
    expect(name({ ...PLAIN, charset: 'cp500', lineEnd: 'nel' }, ended)).toEqual(['Deé', undefined]);
    expect(name({ ...PLAIN, charset: 'cp500', lineEnd: 'none' }, Buffer.from('1234'))).toEqual([undefined, '138']);
  });
});

describe('any bytes, cut anywhere', () => {
  test('the sample, cut at every place', async () => {
    await using copy = await networkOfFormats();
    const flow = (await generationOf(copy)).flows.find((one) => one.code === 'BBON');
    const { format, layouts } = flow ?? { layouts: [] };
    if (format?.kind !== 'fixed-width') throw new Error('BBON is of fixed width');
    const bytes = readFileSync('test/fixtures/samples/2_BBON_contribution_certificate.txt');
    const whole = collect(new FixedWidthFormat(format, layouts, FACTS), [bytes]);
    expect([whole.records.length, whole.errors]).toEqual([2, []]);
    for (let place = 0; place <= bytes.length; place += 1) {
      expect(collect(new FixedWidthFormat(format, layouts, FACTS), cut(bytes, [place]))).toEqual(whole);
    }
  });

  test.each(['iso-8859-1', 'utf-8', 'cp500'] as const)('%s: the same whole, cut, or byte by byte', (charset) => {
    const pieces = fc.constantFrom(HEADER, ONE, TWO, TRAILER, '\n', 'é', '\r', ONE.slice(3), '\x80', '\x15', '%');
    const shape = { ...SHAPE, charset };
    const make = () => new FixedWidthFormat(shape, [LAYOUT], FACTS);
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), fc.array(fc.nat(300), { maxLength: 8 }), (list, places) => {
        const bytes = Buffer.from(list.join(''), 'latin1');
        const once = collect(make(), [bytes]);
        expect(collect(make(), cut(bytes, places))).toEqual(once);
        expect(
          collect(
            make(),
            Array.from(bytes, (byte) => Uint8Array.of(byte)),
          ),
        ).toEqual(once);
      }),
      { numRuns: 500 },
    );
  });
});
