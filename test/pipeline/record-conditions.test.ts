import { describe, expect, test } from 'vitest';
import type { Field, FieldType, LayoutVersion } from '../../src/domain/flow.ts';
import type { RecordFault, Value } from '../../src/formats/record-format.ts';
import { RecordRules } from '../../src/pipeline/record-rules.ts';
import { date } from './run-batch-fixture.ts';

const ISO = { kind: 'date', form: 'yyyy-MM-dd' } as const;
const SHORT = { kind: 'date', form: 'yyyyMMdd' } as const;

function layout(fields: readonly [string, FieldType][], more: Partial<LayoutVersion> = {}): LayoutVersion {
  const field = ([name, type]: [string, FieldType]): Field => ({ name, type, required: false });
  const base: [string, FieldType][] = [
    ['person', { kind: 'insz' }],
    ['begin', ISO],
  ];
  return {
    version: '1',
    validFrom: date('2020-01-01'),
    fields: [...base, ...fields].map(field),
    roles: { person: 'person', periodBegin: 'begin' },
    periods: [],
    totals: [],
    births: [],
    ...more,
  };
}

const PERSON = '74031295170';
function check(of: LayoutVersion, values: readonly Value[], person = PERSON, faults: readonly RecordFault[] = []) {
  return new RecordRules(of, 'R').check({ number: 1, values: [person, '2026-01-01', ...values], faults });
}
function faultsOf(of: LayoutVersion, values: readonly Value[], person = PERSON, found: readonly RecordFault[] = []) {
  const result = check(of, values, person, found);
  return result.ok ? [] : result.faults.map(({ field, code, detail }) => `${field} ${code} ${detail}`);
}

describe('types', () => {
  const cases: readonly [string, FieldType, readonly string[], readonly string[], string][] = [
    [
      'cents',
      { kind: 'cents', maxDigits: 4, signed: false },
      ['0', '9999', '0012'],
      ['-1', '10000', '1.5', '+1'],
      '000050 N..4',
    ],
    [
      'cents with a sign',
      { kind: 'cents', maxDigits: 2, signed: true },
      ['-99', '99', '-0'],
      ['--1', '100', '-'],
      '000050 ±N..2',
    ],
    [
      'decimal',
      { kind: 'decimal', maxDigits: 3, decimals: 2, point: '.', signed: false },
      ['0.00', '999.99'],
      ['1', '1.5', '1,50', '.50', '1000.00', '-1.00', '1e2'],
      '000050 N..3.N2',
    ],
    [
      'decimal with a comma and a sign',
      { kind: 'decimal', maxDigits: 3, decimals: 1, point: ',', signed: true },
      ['-1,5', '0,0'],
      ['1.5', '1x5', '1,55'],
      '000050 ±N..3,N1',
    ],
    [
      'decimal without decimals',
      { kind: 'decimal', maxDigits: 3, decimals: 0, point: '.', signed: false },
      ['12'],
      ['12.'],
      '000050 N..3',
    ],
    [
      'date without hyphens',
      SHORT,
      ['20240229'],
      ['2024-02-29', '20230229', '2024029', '202402290', 'yyyymmdd'],
      'MSG00008 YYYYMMDD',
    ],
    [
      'incomplete date',
      { kind: 'incomplete-date', form: 'yyyy-MM-dd' },
      ['1974-03-12', '1974-03-00', '1974-00-00', '1974-12-00'],
      ['1974-00-12', '1974-13-00', '1974-02-30', '1974', '19740300', '1974-3-00'],
      'MSG00008 YYYY-MM-DD|YYYY-MM-00|YYYY-00-00',
    ],
    [
      'incomplete date without hyphens',
      { kind: 'incomplete-date', form: 'yyyyMMdd' },
      ['19740312', '19740300', '19740000'],
      ['1974-03-00', '19740012', '19741300'],
      'MSG00008 YYYYMMDD|YYYYMM00|YYYY0000',
    ],
    [
      'quarter',
      { kind: 'quarter' },
      ['2026Q1', '2026Q4'],
      ['2026Q5', '2026Q0', '26Q1', '2026q1', '2026-Q1'],
      'MSG00008 YYYYQ1|Q2|Q3|Q4',
    ],
    [
      'RSZ number',
      { kind: 'rsz' },
      ['0123456789', '5112345678'],
      ['1123456789', '5212345678', '012345678', '01234567890'],
      '000050 0+N9|51+N8',
    ],
    ['sector', { kind: 'sector' }, ['0', '25', '999', '007'], ['1000', '-1', '1/0'], '000050 N..3'],
    ['institution', { kind: 'institution' }, ['25/0', '7/101'], ['25', '25/', '1000/0', '25/0/1'], '000050 N..3/N..3'],
    [
      'text of ASCII',
      { kind: 'text', maxLength: 5, characters: 'ascii' },
      ['a ~!'],
      ['é', 'a\tb', 'a\nb', '\u007f'],
      '000050 A..5 ascii',
    ],
    [
      'text of ISO-8859-1',
      { kind: 'text', maxLength: 5, characters: 'iso-8859-1' },
      ['éÿ¤\xa0', "it's"],
      ['€', 'Œ', '\x80', 'a\nb', 'ā'],
      '000050 A..5 iso-8859-1',
    ],
    [
      'text of ISO-8859-15',
      { kind: 'text', maxLength: 5, characters: 'iso-8859-15' },
      ['é€ŒŸ'],
      ['¤', '¼', '„', '\x80'],
      '000050 A..5 iso-8859-15',
    ],
    [
      'text of windows-1252',
      { kind: 'text', maxLength: 5, characters: 'windows-1252' },
      ['é€¤„'],
      ['ā', '\x81', '𝒳'],
      '000050 A..5 windows-1252',
    ],
    ['text of any characters', { kind: 'text', maxLength: 5 }, ['ā𝒳\n'], ['\ufffe', 'a\uffff', '\x80'], '000050 A..5'],
  ];
  test.each(cases)('%s', (_title, type, good, bad, fault) => {
    const of = layout([['field', type]]);
    for (const value of good) expect([value, faultsOf(of, [value])]).toEqual([value, []]);
    for (const value of bad) expect([value, faultsOf(of, [value])]).toEqual([value, [`field ${fault}`]]);
  });
});

describe('after the check every value has the one form of its type', () => {
  const cases: readonly [string, FieldType, string, string][] = [
    ['dates', SHORT, '20260131', '2026-01-31'],
    ['incomplete dates', { kind: 'incomplete-date', form: 'yyyyMMdd' }, '19740000', '1974-00-00'],
    ['decimals', { kind: 'decimal', maxDigits: 3, decimals: 2, point: ',', signed: true }, '-1,50', '-1.50'],
    ['numbers stay as they are', { kind: 'integer', maxDigits: 3 }, '007', '007'],
  ];
  test.each(cases)('%s', (_title, type, written, one) => {
    expect(check(layout([['field', type]]), [written])).toMatchObject({
      ok: true,
      record: { values: [PERSON, '2026-01-01', one] },
    });
  });

  test('roles and periods understand the form of the flow', () => {
    const of: LayoutVersion = {
      ...layout([['end', SHORT]]),
      roles: { person: 'person', periodBegin: 'end' },
      periods: [{ begin: 'begin', end: 'end' }],
    };
    expect(check(of, ['20260131'])).toMatchObject({ record: { period: { begin: '2026-01-31' } } });
    expect(faultsOf(of, ['20251231'])).toEqual(['end MSG00008 2025-12-31 < 2026-01-01']);
  });
});

describe('a field that its group needs', () => {
  const TEXT: FieldType = { kind: 'text', maxLength: 5 };
  const of = layout([
    ['who.name.first', TEXT],
    ['who.name.last', TEXT],
    ['who.town', TEXT],
    ['note', TEXT],
  ]);
  const fields = of.fields.map((field) =>
    ['who.name.last', 'who.town'].includes(field.name) ? { ...field, required: 'in-group' as const } : field,
  );
  const cases: readonly [string, readonly Value[], readonly string[]][] = [
    ['whose group is not there at all', [undefined, undefined, undefined, 'x'], []],
    ['that is there', ['Jan', 'Maes', 'Gent', undefined], []],
    [
      'that is lacking, while another of its group is there',
      ['Jan', undefined, 'Gent', undefined],
      ['who.name.last 000050 A..5'],
    ],
    ['of an outer group', ['Jan', 'Maes', '', undefined], ['who.town 000050 A..5']],
    ['of an inner group that is not there', [undefined, null, 'Gent', undefined], []],
  ];
  test.each(cases)('%s', (_title, values, faults) => {
    expect(faultsOf({ ...of, fields }, values)).toEqual(faults);
  });
});

describe('totals', () => {
  const CENTS: FieldType = { kind: 'cents', maxDigits: 15, signed: true };
  const decimal = (decimals: number): FieldType => ({
    kind: 'decimal',
    maxDigits: 9,
    decimals,
    point: ',',
    signed: true,
  });
  const cents = layout(
    [
      ['a', CENTS],
      ['b', CENTS],
      ['total', CENTS],
    ],
    {
      totals: [{ sum: ['a', 'b'], equals: 'total' }],
    },
  );
  const mixed = layout(
    [
      ['a', decimal(2)],
      ['b', decimal(0)],
      ['total', decimal(1)],
    ],
    {
      totals: [{ sum: ['a', 'b'], equals: 'total' }],
    },
  );

  const cases: readonly [string, LayoutVersion, readonly Value[], readonly string[]][] = [
    ['that are right', cents, ['10', '32', '42'], []],
    ['that are wrong', cents, ['10', '32', '43'], ['total 000050 43 ≠ 42']],
    ['with a sign', cents, ['10', '-32', '-22'], []],
    [
      'of the largest numbers are exact',
      cents,
      ['999999999999999', '1', '999999999999999'],
      ['total 000050 999999999999999 ≠ 1000000000000000'],
    ],
    ['where an absent number counts as 0', cents, ['42', '', '42'], []],
    ['that are absent are not compared', cents, ['10', '32', ''], []],
    ['of a number that is wrong by itself are not compared', cents, ['1x', '32', '43'], ['a 000050 ±N..15']],
    ['of different decimals', mixed, ['1,50', '2', '3,5'], []],
    ['of different decimals that are wrong', mixed, ['-0,50', '0', '-0,4'], ['total 000050 -0.40 ≠ -0.50']],
  ];
  test.each(cases)('%s', (_title, of, values, faults) => {
    expect(faultsOf(of, values)).toEqual(faults);
  });

  test('of a number that the format could not read are not compared', () => {
    const found: RecordFault[] = [{ field: 'a', code: '000050', severity: 'fatal', detail: 'number' }];
    expect(faultsOf(cents, [undefined, '32', '43'], PERSON, found)).toEqual(['a 000050 number']);
  });
});

describe('a birth date against the number of the person', () => {
  const of = (form: 'yyyy-MM-dd' | 'yyyyMMdd') =>
    layout([['born', { kind: 'incomplete-date', form }]], { births: [{ date: 'born', insz: 'person' }] });
  const WRONG = ['person MSG00011 ≠ born'];

  const cases: readonly [string, string, string, readonly string[]][] = [
    ['that agrees', '74031295170', '1974-03-12', []],
    ['of the right century', '12070496422', '2012-07-04', []],
    ['of a child whose number lacks the 2: valid, and a hundred years older', '12070496490', '2012-07-04', WRONG],
    ['of another year', '74031295170', '1975-03-12', WRONG],
    ['of another month', '74031295170', '1974-04-12', WRONG],
    ['of another day', '74031295170', '1974-03-13', WRONG],
    ['without day', '74031295170', '1974-03-00', []],
    ['without day, of another month', '74031295170', '1974-04-00', WRONG],
    ['without month', '74031295170', '1974-00-00', []],
    ['without month, of another year', '74031295170', '1973-00-00', WRONG],
    ['of a BIS number', '68451597725', '1968-05-15', []],
    ['of a number that does not know day and month', '60000094128', '1960-11-30', []],
    ['of another year than a number that does not know day and month', '60000094128', '1961-11-30', WRONG],
    ['that is absent', '74031295170', '', []],
    ['that is no date', '74031295170', '1974-31-12', ['born MSG00008 YYYY-MM-DD|YYYY-MM-00|YYYY-00-00']],
    ['of a number with wrong check digits, which is told once', '74031295171', '1999-01-01', ['person MSG00011 N11']],
  ];
  test.each(cases)('%s', (_title, person, born, faults) => {
    expect(faultsOf(of('yyyy-MM-dd'), [born], person)).toEqual(faults);
    const short = faults.map((fault) =>
      fault.replace('YYYY-MM-DD|YYYY-MM-00|YYYY-00-00', 'YYYYMMDD|YYYYMM00|YYYY0000'),
    );
    expect(faultsOf(of('yyyyMMdd'), [born.replaceAll('-', '')], person)).toEqual(short);
  });
});
