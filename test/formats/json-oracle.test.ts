import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Field, LayoutVersion } from '../../src/domain/flow.ts';
import { JsonLinesFormat } from '../../src/formats/json-lines.ts';
import { collect, cut, textLayout } from './collect.ts';

const FIELDS: readonly Field[] = [
  { name: 'a', type: { kind: 'text', maxLength: 100 }, required: false },
  { name: 'n', type: { kind: 'integer', maxDigits: 15 }, required: false },
  { name: 'o.t', type: { kind: 'boolean' }, required: false },
  { name: 'o.p.q', type: { kind: 'text', maxLength: 100 }, required: false },
];
const LAYOUT: LayoutVersion = { ...textLayout(['x']), fields: FIELDS };
const KINDS: Readonly<Record<string, string>> = { a: 'string', n: 'number', 'o.t': 'boolean', 'o.p.q': 'string' };
const GROUPS = ['o', 'o.p'];

/** What one line must give: its values, or the detail of its fault, or some fault. */
type Right = { readonly values: readonly unknown[] } | { readonly detail: string } | 'faulty';

function right(line: string): Right {
  let root: unknown;
  try {
    root = JSON.parse(line);
  } catch {
    return { detail: '{…}' };
  }
  if (!isObject(root)) return { detail: '{…}' };
  const values = new Map<string, unknown>();
  if (!flatten(root, '', values)) return 'faulty';
  if (hasNameTwice(line)) return { detail: '2×' };
  const number = [...line.matchAll(/"(?:[^"\\]|\\.)*"|[-+.\w]+/g)]
    .map(([token]) => token)
    .filter((token) => /^[-\d]/.test(token));
  if (!number.every((token) => /^(0|-?[1-9]\d*)$/.test(token) && Number.isSafeInteger(Number(token)))) return 'faulty';
  return {
    values: FIELDS.map(({ name }) =>
      typeof values.get(name) === 'string' ? values.get(name) : textOf(values.get(name)),
    ),
  };
}

function textOf(value: unknown): unknown {
  return value === undefined || value === null ? value : String(value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @returns false where a member is not known, or of another type */
function flatten(object: Record<string, unknown>, prefix: string, values: Map<string, unknown>): boolean {
  return Object.entries(object).every(([name, value]) => {
    const path = prefix + name;
    if (GROUPS.includes(path)) return value === null || (isObject(value) && flatten(value, `${path}.`, values));
    if (name.includes('.') || !Object.hasOwn(KINDS, path)) return false;
    values.set(path, value);
    if (typeof value === 'number' && !Number.isSafeInteger(value)) return false;
    return value === null || typeof value === KINDS[path];
  });
}

/** Looks at every name of every object, in a text that is valid JSON. */
function hasNameTwice(line: string): boolean {
  const open: Set<string>[] = [];
  const tokens = [...line.matchAll(/"(?:[^"\\]|\\.)*"|[{}:]/g)].map(([token]) => token);
  return tokens.some((token, index) => {
    if (token === '{') open.push(new Set());
    if (token === '}') open.pop();
    if (!token.startsWith('"') || tokens[index + 1] !== ':') return false;
    const [name, names] = [String(JSON.parse(token)), open.at(-1)];
    if (names?.has(name)) return true;
    names?.add(name);
    return false;
  });
}

const name = fc.constantFrom(
  '"a"',
  '"n"',
  '"o"',
  '"a"',
  '"n"',
  '"\\u0061"',
  '"x"',
  '"__proto__"',
  '"constructor"',
  '""',
  '"o.t"',
);
const string = fc.constantFrom(
  '""',
  '"x"',
  '"é€😀"',
  '"\\"\\\\\\/\\n\\u00e9"',
  '"\\ud800"',
  '"a:{,}"',
  '"-1.5e3"',
  '"\u2028"',
  '"\x7f"',
);
const number = fc.constantFrom(
  '0',
  '1',
  '-1',
  '123456789012345',
  '-0',
  '1.0',
  '1e2',
  '1E2',
  '1.5',
  '01',
  '.5',
  '9007199254740993',
  '1e400',
  '0x1',
);
const scalar = fc.oneof(
  string,
  number,
  fc.constantFrom('null', 'true', 'false', '[]', '[1]', '{}', 'nul', "'x'", '"', ''),
);
const space = fc.constantFrom('', '', '', ' ', '\t', '\r');
const member = (value: fc.Arbitrary<string>, names: fc.Arbitrary<string> = name) =>
  fc.tuple(space, names, space, value, space).map(([a, key, b, held, c]) => `${a}${key}${b}:${c}${held}`);
const object = (members: fc.Arbitrary<string>, maxLength: number) =>
  fc.array(members, { maxLength }).map((list) => `{${list.join(',')}}`);
const good = fc.oneof(
  member(string, fc.constantFrom('"a"', '"\\u0061"')),
  member(fc.constantFrom('0', '7', '-12', 'null', '1.0', '3e1'), fc.constant('"n"')),
  member(
    object(
      fc.oneof(
        member(fc.constantFrom('true', 'false', 'null'), fc.constant('"t"')),
        member(object(member(string, fc.constant('"q"')), 2), fc.constant('"p"')),
      ),
      2,
    ),
    fc.constant('"o"'),
  ),
);
const line = fc.oneof(
  { weight: 5, arbitrary: object(good, 3) },
  { weight: 2, arbitrary: object(member(scalar), 3) },
  { weight: 1, arbitrary: scalar },
  { weight: 1, arbitrary: fc.tuple(object(good, 2), scalar).map((pair) => pair.join('')) },
  { weight: 1, arbitrary: fc.tuple(object(good, 3), fc.nat(60)).map(([text, at]) => text.slice(0, at)) },
);

describe('JSON lines of any kind, cut anywhere', () => {
  test('give the values that JSON.parse gives, and a fault where it refuses or keeps one of two', () => {
    const seen = { values: 0, '{…}': 0, '2×': 0, faulty: 0 };
    const file = fc.tuple(fc.array(line, { minLength: 1, maxLength: 8 }), fc.array(fc.nat(2000), { maxLength: 8 }));
    fc.assert(
      fc.property(file, ([lines, at]) => {
        const text = lines.map((one) => `${one}\n`).join('');
        const { records, errors } = collect(new JsonLinesFormat({}, [LAYOUT]), cut(Buffer.from(text), at));
        expect([errors, records.length]).toEqual([[], lines.length]);
        for (const [index, one] of lines.entries()) {
          const record = records[index];
          // The carriage return before a line feed belongs to the line end.
          const wanted = right(one.replace(/\r$/, ''));
          if (wanted === 'faulty') expect(record?.faults.length, one).toBeGreaterThan(0);
          else if ('detail' in wanted)
            expect(
              record?.faults.map(({ field, detail }) => [field, detail]),
              one,
            ).toEqual([['record', wanted.detail]]);
          else expect([record?.faults, record?.values], one).toEqual([[], wanted.values]);
          seen[wanted === 'faulty' ? 'faulty' : 'detail' in wanted ? (wanted.detail as '2×') : 'values'] += 1;
        }
      }),
      { numRuns: 2000 },
    );
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(100);
  });
});
