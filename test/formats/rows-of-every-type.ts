import fc from 'fast-check';
import type { Field, FieldType, LayoutVersion } from '../../src/domain/flow.ts';
import { parseDate } from '../../src/domain/period.ts';

/** One field of a test layout: values it takes, and values that are wrong, unusual, or at an edge. */
type TestField = {
  readonly name: string;
  readonly type: FieldType;
  readonly required: Field['required'];
  readonly good: readonly string[];
  readonly other: readonly string[];
  /** Columns it takes in a record of fixed width. */
  readonly width: number;
};

const ISO = { kind: 'date', form: 'yyyy-MM-dd' } as const;
const SHORT = { kind: 'date', form: 'yyyyMMdd' } as const;
const SOME_DATES = ['0000-02-29', '1900-02-29', '2023-02-29', '2024-02-30', '2024-13-01', '2024-00-10', '2024-1-1'];
// Both centuries, BIS numbers, unknown days: docs/domain.md §3.
const PERSONS = ['74031295170', '00022993779', '85113098277', '12070496422', '60000094128', '79400091257'];
const NO_PERSONS = [
  '74031295171',
  '7403129517',
  '740312951700',
  '00000000097',
  '74031299925',
  'x4031295170',
  ' 74031295170',
];

// Written out by hand from docs/domain.md §3; the rules of the pipeline say which are right.
export const FIELDS: readonly TestField[] = [
  field(
    'seq',
    { kind: 'integer', maxDigits: 7 },
    true,
    ['1', '42', '9999999'],
    ['007', '12345678', '-1', '1.0', ' 1', '1 '],
    9,
  ),
  field(
    'ticket',
    { kind: 'uuid' },
    false,
    ['7d1c0b8e-0000-4000-8000-00000000000a', '7D1C0B8E-0000-4000-8000-00000000000B'],
    ['7d1c0b8e-0000-4000-8000-00000000000', '7d1c0b8e00004000800000000000000a1234', 'g'],
  ),
  field('ssin', { kind: 'insz' }, true, PERSONS, NO_PERSONS, 11),
  field('replaced', { kind: 'insz' }, false, ['', '68451597725'], [...NO_PERSONS, '00000000000'], 12),
  field(
    'birth',
    { kind: 'incomplete-date', form: 'yyyy-MM-dd' },
    false,
    [''],
    ['1974-03-12', '1974-03-00', '1974-00-00', '2000-02-29', '1974-00-12', '1974-03-13', '1900-02-29'],
  ),
  field(
    'period.begin',
    ISO,
    true,
    ['2026-01-05', '2024-02-29', '1901-12-31', '2000-02-29'],
    [...SOME_DATES, '1899-12-31', '9999-12-31'],
  ),
  field(
    'period.end',
    ISO,
    false,
    ['', '2026-12-31', '2079-06-05', '2079-06-06', '9999-12-31'],
    [...SOME_DATES, '1899-12-31', '2024-02-28'],
  ),
  field('short', SHORT, false, ['20260105', '20240229'], ['20230229', '2026-01-05', '2026010', '00000000'], 10),
  field(
    'employer',
    { kind: 'kbo' },
    false,
    ['0900000147', '0912345673'],
    ['900000147', 'BE0900000147', '0900.000.147', '0900000148', '2900000147', '0000000000'],
    12,
  ),
  field('rsz', { kind: 'rsz' }, false, ['0123456789', '5112345678'], ['5212345678', '012345678', '0000000000']),
  field('quarter', { kind: 'quarter' }, false, ['2026Q1', '2025Q4'], ['2026Q5', '2026q1', '202Q1', '2026Q11'], 7),
  field('by.sector', { kind: 'sector' }, false, ['7', '12', '0'], ['1234', '018', 'x', '00'], 4),
  field('by.institution', { kind: 'institution' }, false, ['25/0', '7/1'], ['25', '25/', '/0', '1234/0']),
  field('flag', { kind: 'boolean' }, false, ['true', 'false'], ['True', 'tru', 'falsee', '1'], 5),
  field(
    'code',
    { kind: 'code', values: ['A', 'AB', 'B C', 'É'] },
    true,
    ['A', 'AB', 'B C'],
    ['ABC', 'É', 'a', 'B  C', ' A'],
  ),
  field('status', { kind: 'code', values: ['0', '1', '10'] }, false, ['0', '1', '10'], ['2', '01', '100']),
  field(
    'cents',
    { kind: 'cents', maxDigits: 6, signed: true },
    false,
    ['12', '-345', '0'],
    ['1234567', '+1', '-', '-0', '0012', '-0012'],
  ),
  field(
    'one',
    { kind: 'decimal', maxDigits: 4, decimals: 2, point: ',', signed: true },
    false,
    ['1,50', '-0,25', '12,00'],
    ['1.50', '1,5', '12345,00', '0001,00', '-0001,00', ',50'],
  ),
  field('two', { kind: 'integer', maxDigits: 4 }, false, ['3', '0'], ['04', '10']),
  field(
    'sum',
    { kind: 'decimal', maxDigits: 5, decimals: 2, point: ',', signed: true },
    false,
    [''],
    ['4,50', '2,75', '15,00', '1,23'],
  ),
  field('three', { kind: 'digits', length: 3 }, false, ['010', '999'], ['10', '1010', '١٢٣', '000'], 3),
  field(
    'name',
    { kind: 'text', maxLength: 8 },
    false,
    ['Luik', 'Liège', 'Zoë O', "d'Or", '€', ''],
    [
      '123456789',
      'ééééééééé',
      '𝒳𝒳𝒳𝒳𝒳𝒳𝒳𝒳',
      'a\tb',
      'a\u0085b',
      '\ufeffx',
      'x\ufffe',
      'a"b',
      'a;b',
      'a<b',
      'a&b',
      'a\\b',
      '\u007f',
      'a]]>b',
      ' a',
      'a ',
    ],
    10,
  ),
  field(
    'class',
    { kind: 'text', maxLength: 6, characters: 'iso-8859-1' },
    false,
    ['abc', 'Été'],
    ['€', 'Žena', 'a\rb', 'ça va bien'],
  ),
  field('ascii', { kind: 'text', maxLength: 6, characters: 'ascii' }, false, ['abc', 'a b'], ['é']),
  field(
    'ref',
    { kind: 'text', maxLength: 8, pattern: '[A-Z]+-\\d+' },
    false,
    ['AB-1', 'X-22', ''],
    ['ab-1', 'É-1', 'AB-1x'],
  ),
  field('group.x', { kind: 'integer', maxDigits: 2 }, 'in-group', [''], ['5', '7']),
  field('group.y', { kind: 'text', maxLength: 4 }, false, [''], ['y', 'yy']),
];

function field(
  name: string,
  type: FieldType,
  required: Field['required'],
  good: readonly string[],
  other: readonly string[],
  width = Math.max(...good.map((value) => value.length), ...other.map((value) => value.length)),
): TestField {
  return { name, type, required, good, other, width };
}

const validFrom = parseDate('2020-01-01');
if (validFrom === undefined) throw new Error('no such day');

export const EVERY_TYPE: LayoutVersion = {
  version: '1',
  validFrom,
  fields: FIELDS.map(({ name, type, required }) => ({ name, type, required })),
  roles: { person: 'ssin', periodBegin: 'period.begin', periodEnd: 'period.end' },
  periods: [{ begin: 'short', end: 'period.end' }],
  totals: [{ sum: ['one', 'two'], equals: 'sum' }],
  births: [{ date: 'birth', insz: 'ssin' }],
};

/** Values by the fields of the layout: mostly right ones. */
export const rowOfEveryType: fc.Arbitrary<readonly string[]> = fc.tuple(
  ...FIELDS.map(({ good, other, required }) =>
    fc.oneof(
      { weight: 40, arbitrary: fc.constantFrom(...good) },
      { weight: 1, arbitrary: fc.constantFrom(...other) },
      { weight: required === true ? 0 : 2, arbitrary: fc.constant('') },
    ),
  ),
);

/** A row without any fault, with every kind of value. */
export const soundRow: fc.Arbitrary<readonly string[]> = fc.tuple(
  ...FIELDS.map(({ good }) => fc.constantFrom(...good)),
);

/** Rows of one file that differ in a few values, right or wrong. */
export const similarRows: fc.Arbitrary<readonly (readonly string[])[]> = fc
  .tuple(soundRow, fc.array(fc.tuple(rowOfEveryType, fc.uniqueArray(fc.nat(FIELDS.length - 1), { maxLength: 5 }))))
  .map(([first, others]) => [
    first,
    ...others.map(([row, edited]) =>
      first.map((value, index) => (edited.includes(index) ? (row[index] ?? '') : value)),
    ),
  ]);

export const pieces = fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 12 });
