import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Environment, Field, FieldType, LayoutVersion } from '../../src/domain/flow.ts';
import type { Value } from '../../src/formats/record-format.ts';
import { RecordRules } from '../../src/pipeline/record-rules.ts';
import { date } from './run-batch-fixture.ts';

type InszVectors = { readonly valid: readonly { insz: string }[]; readonly invalid: readonly { insz: string }[] };
type KboVectors = { readonly valid: readonly string[]; readonly normalise: readonly { in: string; out: string }[] };
const insz: InszVectors = JSON.parse(readFileSync('test/fixtures/vectors/insz.json', 'utf8'));
const kbo: KboVectors = JSON.parse(readFileSync('test/fixtures/vectors/kbo.json', 'utf8'));

const BASE: readonly Field[] = [
  { name: 'person', type: { kind: 'insz' }, required: true },
  { name: 'begin', type: { kind: 'date', form: 'yyyy-MM-dd' }, required: true },
  { name: 'end', type: { kind: 'date', form: 'yyyy-MM-dd' }, required: false },
];

function layout(type?: FieldType, required = false): LayoutVersion {
  return {
    version: '1',
    validFrom: date('2020-01-01'),
    fields: type === undefined ? BASE : [...BASE, { name: 'field', type, required }],
    roles: { person: 'person', periodBegin: 'begin', periodEnd: 'end' },
    periods: [],
    totals: [],
    births: [],
  };
}

function check(values: readonly Value[], of: LayoutVersion, environment: Environment = 'R') {
  return new RecordRules(of, environment).check({ number: 1, values, faults: [] });
}

/** Codes by field, or undefined where the record passes. */
function faults(values: readonly Value[], of: LayoutVersion, environment: Environment = 'R') {
  const result = check(values, of, environment);
  return result.ok ? undefined : result.faults.map(({ field, code }) => `${field} ${code}`);
}

const GOOD: readonly Value[] = ['74031295170', '2026-01-01', ''];
const withField = (value: Value, type: FieldType, required = false) => faults([...GOOD, value], layout(type, required));

describe('types', () => {
  const TEXT: FieldType = { kind: 'text', maxLength: 4 };
  const cases: readonly [string, FieldType, readonly string[], readonly string[], string][] = [
    [
      'integer',
      { kind: 'integer', maxDigits: 3 },
      ['0', '7', '999', '007'],
      ['1000', '-1', '1.0', '1e2', ' 1', 'x'],
      '000050',
    ],
    ['digits', { kind: 'digits', length: 3 }, ['000', '010'], ['10', '0100', '01a', '٠١٢'], '000050'],
    ['code', { kind: 'code', values: ['A', 'B'] }, ['A', 'B'], ['a', 'C', 'AB'], '000050'],
    ['boolean', { kind: 'boolean' }, ['true', 'false'], ['TRUE', '1', 'yes'], '000050'],
    [
      'uuid',
      { kind: 'uuid' },
      ['7d1c0b8e-0000-4000-8000-00000000000A'],
      ['7d1c0b8e00004000800000000000000a', 'x'],
      '000050',
    ],
    ['text', TEXT, ['a', 'abcd', '𝒳𝒳𝒳𝒳', 'a\nb', 'a\tb'], ['abcde', 'a\u0000', 'a\u0007', '\ud800'], '000050'],
    ['text of a form', { ...TEXT, pattern: '[A-Z]\\d' }, ['A1'], ['A12', 'xA1', 'a1'], '000050'],
    [
      'date',
      { kind: 'date', form: 'yyyy-MM-dd' },
      ['2024-02-29'],
      ['2026-02-29', '2026-00-00', '20260101', '2026-1-1'],
      'MSG00008',
    ],
    ['insz', { kind: 'insz' }, insz.valid.map((one) => one.insz), insz.invalid.map((one) => one.insz), 'MSG00011'],
    ['kbo', { kind: 'kbo' }, kbo.valid, ['0900000100', '2900000147', '0900000097', '09000001470', 'x'], 'MSG00011'],
  ];
  test.each(cases)('%s', (_title, type, good, bad, code) => {
    for (const value of good) expect([value, withField(value, type)]).toEqual([value, undefined]);
    for (const value of bad) expect([value, withField(value, type)]).toEqual([value, [`field ${code}`]]);
  });

  test.each([[undefined], [null], ['']])('an absent value (%j) is a fault only where it is required', (value) => {
    expect(withField(value, { kind: 'boolean' }, true)).toEqual(['field 000050']);
    expect(withField(value, { kind: 'boolean' })).toBeUndefined();
  });

  test('the person and the day are required whatever the layout says', () => {
    const loose = { ...layout(), fields: BASE.map((field) => ({ ...field, required: false })) };
    expect(faults(['', '', ''], loose)).toEqual(['person 000050', 'begin 000050']);
  });
});

describe('enterprise numbers', () => {
  test.each(kbo.normalise)('$in is taken as $out, with a warning', ({ in: written, out }) => {
    const result = check([...GOOD, written], layout({ kind: 'kbo' }));
    expect(result).toMatchObject({
      ok: true,
      record: {
        values: [...GOOD, out],
        warnings: [{ field: 'field', code: 'MSG00011', severity: 'warning', detail: out }],
      },
    });
  });

  test('one as it should be gives no warning', () => {
    expect(check([...GOOD, '0900000147'], layout({ kind: 'kbo' }))).toMatchObject({ record: { warnings: [] } });
  });
});

describe('periods', () => {
  test('one that ends before it begins is a fault, one of a day is not', () => {
    expect(faults(['74031295170', '2026-01-02', '2026-01-01'], layout())).toEqual(['end MSG00008']);
    expect(faults(['74031295170', '2026-01-02', '2026-01-02'], layout())).toBeUndefined();
  });

  test('a day that does not exist is told once', () => {
    expect(faults(['74031295170', '2026-01-02', '2025-02-30'], layout())).toEqual(['end MSG00008']);
  });

  test('an absent end is open; without a field for the end the record speaks of one day', () => {
    expect(check(GOOD, layout())).toMatchObject({ record: { period: { begin: '2026-01-01', end: undefined } } });
    const day = { ...layout(), roles: { person: 'person', periodBegin: 'begin' } };
    expect(check(GOOD, day)).toMatchObject({ record: { period: { begin: '2026-01-01', end: '2026-01-01' } } });
  });
});

describe('all faults together', () => {
  test('in the order of the layout, periods last', () => {
    expect(faults(['74031295199', '2026-13-01', '2026-13-02', 'x'], layout({ kind: 'boolean' }))).toEqual([
      'person MSG00011',
      'begin MSG00008',
      'end MSG00008',
      'field 000050',
    ]);
  });

  test('what the format found comes first, and a field is told once', () => {
    const rules = new RecordRules(layout({ kind: 'boolean' }, true), 'R');
    const found = [{ field: 'field', code: '000050', severity: 'fatal' as const, detail: 'boolean' }];
    const result = rules.check({ number: 1, values: ['74031295199', '2026-01-01', null, undefined], faults: found });
    expect(result).toMatchObject({ ok: false, faults: [found[0], { field: 'person', code: 'MSG00011' }] });
  });

  test('a record that could not be taken apart has only the fault of the format', () => {
    const found = [{ field: 'record', code: '000050', severity: 'fatal' as const, detail: '2/3' }];
    const result = new RecordRules(layout(), 'R').check({ number: 1, values: [], faults: found });
    expect(result).toEqual({ ok: false, faults: found });
  });
});

describe('environment T', () => {
  test('takes numbers of series 900 and up, in every field', () => {
    expect(faults(['74031289925', '2026-01-01', ''], layout(), 'T')).toEqual(['person MSG00005']);
    expect(faults(['74031289925', '2026-01-01', ''], layout(), 'R')).toBeUndefined();
    expect(faults([...GOOD, '74031289925'], layout({ kind: 'insz' }), 'T')).toEqual(['field MSG00005']);
    expect(faults(GOOD, layout(), 'T')).toBeUndefined();
  });
});
