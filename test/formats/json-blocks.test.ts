import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readBothWays, type Told } from './blocks-against-records.ts';
import { EVERY_TYPE, FIELDS, pieces, similarRows, soundRow } from './rows-of-every-type.ts';

type Member = { [name: string]: Member | string };

/** How the members of one line are written. */
type Style = {
  /** What stands for a value that is not there. */
  readonly empty: 'absent' | 'null' | 'empty' | 'nothing';
  readonly space: string;
  readonly isEscaped: boolean;
  readonly isReversed: boolean;
};

const NUMBERS = ['integer', 'cents', 'sector', 'boolean'];

/** The text of a value: JSON of the type the layout asks for, whether the value is one or not. */
function scalar(index: number, value: string, style: Style): string | undefined {
  const { name, type } = FIELDS[index] ?? { name: '', type: { kind: 'uuid' } };
  const isBare = NUMBERS.includes(type.kind) || name === 'status';
  if (value !== '') {
    if (isBare) return value;
    const text = JSON.stringify(value);
    return style.isEscaped ? text.replace(/[a-z]/, (one) => `\\u00${one.charCodeAt(0).toString(16)}`) : text;
  }
  if (style.empty === 'absent') return undefined;
  if (style.empty === 'null') return 'null';
  if (style.empty === 'nothing') return isBare ? '' : '""';
  return isBare ? 'null' : '""';
}

function line(values: readonly string[], style: Style): string {
  const root: Member = {};
  const order = values.map((_, index) => index);
  for (const index of style.isReversed ? order.toReversed() : order) {
    const text = scalar(index, values[index] ?? '', style);
    if (text === undefined) continue;
    const path = (FIELDS[index]?.name ?? '').split('.');
    const last = path.pop() ?? '';
    const [group] = path;
    const known = group === undefined ? root : root[group];
    const inside: Member = typeof known === 'object' ? known : {};
    inside[last] = text;
    if (group !== undefined) root[group] = inside;
  }
  return written(root, style.space);
}

function written(member: Member, space: string): string {
  const parts = Object.entries(member).map(
    ([name, value]) => `"${name}":${space}${typeof value === 'string' ? value : written(value, space)}`,
  );
  return `{${parts.join(`,${space}`)}}`;
}

const style: fc.Arbitrary<Style> = fc.record({
  empty: fc.constantFrom('absent', 'absent', 'absent', 'null', 'empty', 'nothing'),
  space: fc.constantFrom('', '', '', ' '),
  isEscaped: fc.nat(20).map((one) => one === 0),
  isReversed: fc.nat(10).map((one) => one === 0),
});

const ODD = [
  '{}',
  '',
  '[]',
  '{"seq":1,"seq":2}',
  '{"seq":',
  'null',
  '{"__proto__":1}',
  '{"period":null}',
  '{"x":1}',
  '{"seq":1e0}',
];

function read(lines: readonly string[], sizes: readonly number[], end = '\n'): Told {
  const bytes = Buffer.from(lines.join(end));
  return readBothWays({
    format: { kind: 'json-lines' },
    layouts: [EVERY_TYPE],
    environment: 'R',
    bytes,
    pieces: sizes,
  });
}

/** Lines that are written mostly alike, something odd among them. */
const lines = fc
  .tuple(similarRows, style, fc.array(style, { maxLength: 2 }), fc.array(fc.constantFrom(...ODD), { maxLength: 1 }))
  .map(([rows, how, others, odd]) => {
    const all = rows.map((row, index) => line(row, others[index - 2] ?? how));
    return [...all.slice(0, 3), ...odd, ...all.slice(3)];
  });

test('blocks tell of every line what the record-at-a-time path tells', () => {
  let plain = 0;
  fc.assert(
    fc.property(lines, pieces, fc.constantFrom('\n', '\r\n'), fc.boolean(), (all, sizes, end, isMarked) => {
      const [first = '', ...rest] = all;
      const told = read(
        [`${isMarked ? '\ufeff' : ''}${first}`, ...rest, ''],
        sizes.map((size) => size * 4),
        end,
      );
      expect(told.left).toBe(told.faulty);
      plain += told.plain;
    }),
    { numRuns: 500 },
  );
  expect(plain).toBeGreaterThan(400);
});

test('of lines put together alike, all without a fault are plain but the first', () => {
  const how: Style = { empty: 'empty', space: '', isEscaped: false, isReversed: false };
  fc.assert(
    fc.property(fc.array(soundRow, { minLength: 3, maxLength: 6 }), (rows) => {
      // The same members are without a value.
      const [model = []] = rows;
      const alike = rows.map((row) =>
        row.map((value, index) => (model[index] === '' || value === '' ? (model[index] ?? '') : value)),
      );
      const told = read([...alike.map((row) => line(row, how)), ''], []);
      expect(told).toEqual({ left: false, faulty: false, rows: rows.length, plain: rows.length - 1 });
    }),
  );
});

const [SOUND = []] = fc.sample(soundRow, { numRuns: 1, seed: 1 });
const LINE = line(SOUND, { empty: 'empty', space: '', isEscaped: false, isReversed: false });

test.each([
  ['a number without digits', LINE.replace(/"two":\d+/, '"two":')],
  ['a number with a zero in front', LINE.replace(/"two":\d+/, '"two":03')],
  ['a number that is minus zero', LINE.replace(/"cents":-?\d+/, '"cents":-0')],
  ['a number with an exponent', LINE.replace(/"two":\d+/, '"two":3e0')],
  ['a doubled member', LINE.replace(/"two":\d+/, '"two":3,"two":3')],
  ['an unknown member', LINE.replace(/"two":\d+/, '"two":3,"four":4')],
  ['an escape', LINE.replace('"ascii":"a', '"ascii":"\\u0061')],
  ['a control', LINE.replace('"ascii":"a', '"ascii":"\ta')],
  ['text behind the object', `${LINE} x`],
])('%s is not plain', (_, other) => {
  expect(other).not.toBe(LINE);
  expect(read([LINE, LINE, other, LINE, ''], [])).toMatchObject({ rows: 4, plain: 2 });
});

test('bytes that are not UTF-8 leave a file to the record-at-a-time path', () => {
  const bytes = Buffer.concat([Buffer.from(`${LINE}\n`), Buffer.from('"\xff"\n', 'latin1')]);
  const file = { format: { kind: 'json-lines' }, layouts: [EVERY_TYPE], environment: 'R', pieces: [] } as const;
  expect(readBothWays({ ...file, bytes })).toMatchObject({ left: true, faulty: true });
});
