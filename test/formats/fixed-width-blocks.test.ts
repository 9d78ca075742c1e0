import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LayoutVersion } from '../../src/domain/flow.ts';
import type { Columns, FixedWidthShape } from '../../src/domain/format.ts';
import { codecOf } from '../../src/formats/charsets.ts';
import { readBothWays, type Told } from './blocks-against-records.ts';
import { EVERY_TYPE, FIELDS, pieces, rowOfEveryType, soundRow } from './rows-of-every-type.ts';

const TYPE: Columns = { first: 1, last: 1 };
/** After the type, one field behind the other, with one blank column in between. */
const PLACES: readonly Columns[] = FIELDS.map(({ width }, index) => {
  const first = FIELDS.slice(0, index).reduce((next, before) => next + before.width + 1, 3);
  return { first, last: first + width - 1 };
});
const LENGTH = (PLACES.at(-1)?.last ?? 0) + 3;
const LAYOUT: LayoutVersion = {
  ...EVERY_TYPE,
  fields: EVERY_TYPE.fields.map((field, index) => ({ ...field, columns: PLACES[index] })),
};
const COUNT: Columns = { first: 2, last: 8 };
const SUM_OF_SSIN: Columns = { first: 9, last: 18 };
const SUM_OF_SEQ: Columns = { first: 19, last: 20 };
const SHAPE: FixedWidthShape = {
  kind: 'fixed-width',
  charset: 'iso-8859-1',
  recordLength: LENGTH,
  lineEnd: 'crlf',
  recordType: TYPE,
  header: { type: 'H', fields: [{ name: 'flow', columns: { first: 2, last: 5 }, value: 'BBON' }] },
  detail: { type: 'D' },
  trailer: {
    type: 'T',
    count: COUNT,
    sums: [
      { field: 'ssin', columns: SUM_OF_SSIN },
      { field: 'seq', columns: SUM_OF_SEQ },
    ],
  },
};
const ENDS = { crlf: '\r\n', lf: '\n', nel: '\x85', none: '' } as const;
const KINDS = ['integer', 'cents', 'decimal', 'sector'];
const [SSIN, SEQ] = [FIELDS.findIndex(({ name }) => name === 'ssin'), 0];

type Style = { readonly zeros: boolean; readonly gap: boolean };

/** A value in its columns: numbers mostly behind zeros; now and then something in a column nothing describes. */
function detail(values: readonly string[], style: Style): string {
  let line = 'D';
  for (const [index, { type, width }] of FIELDS.entries()) {
    const value = (values[index] ?? '').slice(0, width);
    const isNumber = KINDS.includes(type.kind) && value !== '' && (style.zeros || index === SEQ);
    line += ` ${isNumber ? behindZeros(value, width) : value.padEnd(width)}`;
  }
  return line.padEnd(LENGTH, style.gap ? '.' : ' ').slice(0, LENGTH);
}

/** A sign stands before the zeros. */
function behindZeros(value: string, width: number): string {
  return value.startsWith('-') ? `-${value.slice(1).padStart(width - 1, '0')}` : value.padStart(width, '0');
}

const digitsIn = (line: string, { first, last }: Columns) => {
  const text = line.slice(first - 1, last);
  return /^\d+$/.test(text) ? BigInt(text) : 0n;
};

function trailer(details: readonly string[], isWrong: boolean): string {
  const sum = (place: number, { first, last }: Columns) => {
    const at = PLACES[place] ?? TYPE;
    const total = details.reduce((counted, line) => counted + digitsIn(line, at), isWrong ? 1n : 0n);
    const width = last - first + 1;
    return String(total % 10n ** BigInt(width)).padStart(width, '0');
  };
  return `T${String(details.length).padStart(7, '0')}${sum(SSIN, SUM_OF_SSIN)}${sum(SEQ, SUM_OF_SEQ)}`.padEnd(LENGTH);
}

const style = fc.record({
  zeros: fc.boolean(),
  gap: fc.nat(40).map((one) => one === 0),
});
const details = (row: fc.Arbitrary<readonly string[]>) =>
  fc.array(
    fc.tuple(row, style).map(([values, how]) => detail(values, how)),
    { minLength: 1, maxLength: 8 },
  );

function read(lines: readonly string[], shape: FixedWidthShape, sizes: readonly number[], isEnded = true): Told {
  const end = ENDS[shape.lineEnd];
  const text = lines.map((line) => line + end).join('');
  const whole = isEnded ? text : text.slice(0, text.length - end.length);
  const bytes = shape.charset === 'utf-8' ? Buffer.from(whole) : encoded(whole, shape.charset);
  return readBothWays({ format: shape, layouts: [LAYOUT], environment: 'R', bytes, pieces: sizes });
}

function encoded(text: string, charset: FixedWidthShape['charset']): Buffer {
  const inLatin1 = text.replace(/[^\0-\xff]/g, '?');
  return charset === 'cp500' ? codecOf('cp500').encode(inLatin1) : Buffer.from(inLatin1, 'latin1');
}

const HEADER = 'HBBON'.padEnd(LENGTH);
const SHAPES = [
  ['iso-8859-1', 'crlf'],
  ['windows-1252', 'lf'],
  ['iso-8859-15', 'none'],
  ['cp500', 'none'],
  ['cp500', 'nel'],
  ['cp500', 'crlf'],
  ['utf-8', 'lf'],
  ['utf-8', 'crlf'],
] as const;

describe.each(SHAPES)('fixed width in %s with line end %s', (charset, lineEnd) => {
  const shape: FixedWidthShape = { ...SHAPE, charset, lineEnd };

  test('blocks tell of every record what the record-at-a-time path tells, sums and count included', () => {
    let plain = 0;
    let sound = 0;
    const rare = fc.nat(12).map((one) => one === 0);
    fc.assert(
      fc.property(
        details(rowOfEveryType),
        pieces,
        rare,
        rare,
        fc.boolean(),
        (lines, sizes, isWrong, isShort, isEnded) => {
          const all = [HEADER, ...lines, trailer(lines, isWrong)];
          if (isShort) all[1] = all[1]?.slice(1) ?? '';
          const told = read(
            all,
            shape,
            sizes.map((size) => size * 4),
            isEnded,
          );
          expect(told.left).toBe(told.faulty);
          plain += told.plain;
          if (!told.left) sound += 1;
        },
      ),
      { numRuns: 300 },
    );
    // In UTF-8 only rows of ASCII are plain.
    expect([plain > (charset === 'utf-8' ? 10 : 40), sound > 50]).toEqual([true, true]);
  });

  test('the same without header, types and trailer', () => {
    const bare = { ...shape, recordType: undefined, header: undefined, detail: undefined, trailer: undefined };
    fc.assert(
      fc.property(details(rowOfEveryType), pieces, (lines, sizes) => {
        const told = read(
          lines.map((line) => ` ${line.slice(1)}`),
          bare,
          sizes,
        );
        expect(told.left).toBe(told.faulty);
      }),
      { numRuns: 100 },
    );
  });
});

test('every record without a fault is plain', () => {
  fc.assert(
    fc.property(fc.array(soundRow, { minLength: 1, maxLength: 5 }), (rows) => {
      const lines = rows.map((row) =>
        detail(
          row.map((value) => value.replace(/^-\d+/, '12').replace('€', 'E')),
          { zeros: true, gap: false },
        ),
      );
      const told = read([HEADER, ...lines, trailer(lines, false)], SHAPE, []);
      expect(told).toEqual({ left: false, faulty: false, rows: rows.length, plain: rows.length });
    }),
  );
});

const [SOUND = []] = fc.sample(soundRow, { numRuns: 1, seed: 1 });
const ONE = detail(SOUND, { zeros: true, gap: false });

test.each([
  ['no trailer', [HEADER, ONE]],
  ['a record behind the trailer', [HEADER, ONE, trailer([ONE], false), ONE]],
  ['a record of another type', [HEADER, ONE, `X${ONE.slice(1)}`, trailer([ONE, ONE], false)]],
  ['a header in the middle', [HEADER, ONE, HEADER, trailer([ONE], false)]],
  ['a record one column too long', [HEADER, `${ONE} `, trailer([ONE], false)]],
  ['a wrong count', [HEADER, ONE, ONE, trailer([ONE], false)]],
])('%s: the file is left to the record-at-a-time path', (_, lines) => {
  for (const shape of [SHAPE, { ...SHAPE, charset: 'utf-8' }] as const) {
    expect(read(lines, shape, [])).toMatchObject({ left: true, faulty: true });
    expect(read([HEADER, ONE, trailer([ONE], false)], shape, [])).toMatchObject({ left: false, faulty: false });
  }
});
