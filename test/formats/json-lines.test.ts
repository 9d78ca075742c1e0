import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Field, LayoutVersion } from '../../src/domain/flow.ts';
import { JsonLinesFormat, JsonLinesWriter } from '../../src/formats/json-lines.ts';
import { type Collected, collect, cut, textLayout } from './collect.ts';

const FIELDS: readonly Field[] = [
  { name: 'seq', type: { kind: 'integer', maxDigits: 7 }, required: true },
  { name: 'ssin', type: { kind: 'insz' }, required: true },
  { name: 'period.begin', type: { kind: 'date', form: 'yyyy-MM-dd' }, required: true },
  { name: 'period.end', type: { kind: 'date', form: 'yyyy-MM-dd' }, required: false },
  { name: 'status', type: { kind: 'code', values: ['0', '1', '3'] }, required: true },
  { name: 'attest', type: { kind: 'code', values: ['END', '1'] }, required: false },
  { name: 'longTerm', type: { kind: 'boolean' }, required: false },
];
const LAYOUT: LayoutVersion = { ...textLayout(['x']), fields: FIELDS };
const GOOD = '{"seq":1,"ssin":"74031295170","period":{"begin":"2026-01-01","end":null},"status":0,"longTerm":true}';
const GOOD_VALUES = ['1', '74031295170', '2026-01-01', null, '0', undefined, 'true'];

function read(text: string | Uint8Array, layouts = [LAYOUT], maxRecordBytes?: number): Collected {
  const options = maxRecordBytes === undefined ? {} : { maxRecordBytes };
  return collect(new JsonLinesFormat(options, layouts), [Buffer.from(text)]);
}

function faults(line: string): readonly unknown[] {
  return read(line).records[0]?.faults.map(({ field, code }) => [field, code]) ?? [];
}

describe('reading JSON lines', () => {
  test('members become values of their fields; absent, null and present stay apart', () => {
    expect(read(`${GOOD}\n`).records).toEqual([{ number: 1, values: GOOD_VALUES, faults: [] }]);
  });

  test('LF, CRLF, a byte order mark and a last line without end', () => {
    const { records } = read(`\ufeff${GOOD}\r\n${GOOD}\n${GOOD}`);
    expect(records.map(({ number, values }) => [number, values])).toEqual([1, 2, 3].map((n) => [n, GOOD_VALUES]));
  });

  test('the members may stand in any order, with any spaces', () => {
    const line =
      ' { "longTerm" : true , "status":0,"period":{"end":null,"begin":"2026-01-01"},"ssin":"74031295170","seq":1}\t';
    expect(read(line).records[0]?.values).toEqual(GOOD_VALUES);
  });

  const record: readonly [string, string][] = [
    ['no JSON', '{"seq":1'],
    ['an empty line', '\n'],
    ['a list', '[]'],
    ['a number', '1'],
    ['two objects', `${GOOD}${GOOD}`],
    ['a trailing comma', '{"seq":1,}'],
    ['a comment', '{"seq":1/**/}'],
    ['a doubled member', '{"seq":1,"seq":1}'],
    ['a doubled member, written in two ways', '{"seq":1,"s\\u0065q":2}'],
    ['a doubled member inside an object', '{"period":{"begin":"2026-01-01","begin":"2026-01-01"}}'],
    ['a doubled object', '{"period":{"begin":"2026-01-01"},"period":{"begin":"2026-01-01"}}'],
  ];
  test.each(record)('%s is a fault of the record', (_title, line) => {
    expect(faults(line)).toEqual([['record', '000050']]);
  });

  const member: readonly [string, string, string][] = [
    ['an unknown member', '{"nonsense":1}', 'nonsense'],
    ['an unknown member of an object', '{"period":{"begin":"2026-01-01","from":1}}', 'period.from'],
    ['__proto__', '{"__proto__":{"seq":1}}', '__proto__'],
    ['constructor', '{"constructor":{"prototype":{}}}', 'constructor'],
    ['a number in place of text', '{"ssin":74031295170}', 'ssin'],
    ['text in place of a number', '{"seq":"1"}', 'seq'],
    ['text in place of a code of integers', '{"status":"0"}', 'status'],
    ['a number in place of a code of words', '{"attest":1}', 'attest'],
    ['text in place of true or false', '{"longTerm":"true"}', 'longTerm'],
    ['a fraction', '{"seq":1.5}', 'seq'],
    ['an integer beyond what numbers hold', '{"seq":9007199254740993}', 'seq'],
    ['an integer with a point', '{"seq":1.0}', 'seq'],
    ['a fraction that a number does not hold', '{"seq":1.00000000000000000001}', 'seq'],
    ['an integer with an exponent', '{"seq":1e2}', 'seq'],
    ['an integer with a capital exponent', '{"status":1E0}', 'status'],
    ['a negative zero', '{"seq":-0}', 'seq'],
    ['an object in place of a value', '{"seq":{"begin":1}}', 'seq'],
    ['a value in place of an object', '{"period":"2026-01-01"}', 'period'],
    ['a list in place of a value', '{"seq":[1]}', 'seq'],
  ];
  test.each(member)('%s is a fault of that member', (_title, line, field) => {
    expect(faults(line)).toEqual([[field, '000050']]);
  });

  test('colons and quotes inside text are no members', () => {
    const layout = textLayout(['a', 'b']);
    const line = JSON.stringify({ a: '":{"a":1,\\', b: ':::"\\"' });
    expect(read(line, [layout]).records).toEqual([{ number: 1, values: ['":{"a":1,\\', ':::"\\"'], faults: [] }]);
  });

  test('points, exponents and negative zeros inside text are no numbers', () => {
    const layout = textLayout(['a', 'b']);
    const line = '{"a":"1.0, 1e2, -0","b":"true"}';
    expect(read(line, [layout]).records[0]).toEqual({ number: 1, values: ['1.0, 1e2, -0', 'true'], faults: [] });
  });

  test('a line longer than the limit is a fault, and the next line is read', () => {
    const layout = textLayout(['a']);
    const { records } = read('{"a":"0123"}\n{"a":"01234"}\n{"a":"0123"}\n', [layout], 12);
    expect(records.map(({ values }) => values)).toEqual([['0123'], [], ['0123']]);
  });

  test('invalid UTF-8 is a fault of the file', () => {
    const bytes = Buffer.concat([Buffer.from(`${GOOD}\n{"a":"`), Buffer.from([0xff]), Buffer.from('"}\n')]);
    const { records, errors } = read(bytes);
    expect({ count: records.length, codes: errors.map((error) => error.code) }).toEqual({ count: 1, codes: ['138'] });
  });

  test('the first line chooses among the layouts that are valid', () => {
    const older = { ...LAYOUT, version: 'old' };
    const newer = { ...LAYOUT, version: 'new', fields: [...FIELDS.slice(1)] };
    expect(read(GOOD, [newer, older]).layouts).toEqual(['old']);
  });
});

describe('any object, cut anywhere', () => {
  const scalar = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 8 }), fc.constant(null));
  const object = fc.record(
    { a: scalar, 'b c': scalar, n: fc.record({ d: scalar }, { requiredKeys: [] }) },
    { requiredKeys: [] },
  );
  const layout = textLayout(['a', 'b c', 'n.d']);

  test('gives what JSON.parse gives', () => {
    fc.assert(
      fc.property(fc.array(object), fc.array(fc.nat(400), { maxLength: 12 }), (objects, at) => {
        const text = objects.map((one) => `${JSON.stringify(one)}\n`).join('');
        const { records } = collect(new JsonLinesFormat({}, [layout]), cut(Buffer.from(text), at));
        const expected = objects.map((one) => JSON.parse(JSON.stringify(one)));
        expect(records.map((record) => record.values)).toEqual(expected.map((one) => [one.a, one['b c'], one.n?.d]));
        expect(records.flatMap((record) => record.faults)).toEqual([]);
      }),
    );
  });

  test('what JSON.parse refuses is a fault, whatever the text', () => {
    const piece = fc.constantFrom('{', '}', '"a"', ':', ',', '1', '"', '\\', 'null', ' ', '"b c"', '[', ']');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const line = pieces.join('');
        const [first] = read(`${line}\n`, [layout]).records;
        const parses = isObjectText(line);
        if (!parses) expect(first?.faults.length).toBeGreaterThan(0);
      }),
      { numRuns: 3000 },
    );
  });

  test('what was written is read again', () => {
    const all = [true, true, true];
    fc.assert(
      fc.property(fc.array(object), (objects) => {
        const writer = new JsonLinesWriter(layout, all);
        const source = objects.map((one) => `${JSON.stringify(one)}\n`).join('');
        const { records } = read(source, [layout]);
        const written = records.map((one) => writer.record(one.values, all)).join('');
        expect(read(written, [layout]).records).toEqual(records);
      }),
    );
  });
});

describe('writing JSON lines', () => {
  test('a record keeps its types, its order and what the sender left out', () => {
    const all = FIELDS.map(() => true);
    expect(new JsonLinesWriter(LAYOUT, all).record(GOOD_VALUES, all)).toBe(`${GOOD}\n`);
  });

  test('members outside the mask are not there, nor is an object without members', () => {
    const mask = FIELDS.map((field) => !field.name.startsWith('period') && field.name !== 'ssin');
    expect(new JsonLinesWriter(LAYOUT, mask).record(GOOD_VALUES, mask)).toBe('{"seq":1,"status":0,"longTerm":true}\n');
  });
});

function isObjectText(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
