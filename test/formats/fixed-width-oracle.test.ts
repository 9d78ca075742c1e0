import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Field, FieldType, LayoutVersion } from '../../src/domain/flow.ts';
import type { FixedWidthShape, LineEnd } from '../../src/domain/format.ts';
import { FixedWidthFormat } from '../../src/formats/fixed-width.ts';
import { collect, cut, textLayout } from './collect.ts';

const FACTS = { environment: 'R', sender: { sector: 25, type: 0 } } as const;
const TYPES: Readonly<Record<string, FieldType>> = {
  text: { kind: 'text', maxLength: 10 },
  integer: { kind: 'integer', maxDigits: 9 },
  decimal: { kind: 'decimal', maxDigits: 9, decimals: 2, point: ',', signed: true },
  date: { kind: 'date', form: 'yyyyMMdd' },
  kbo: { kind: 'kbo' },
};

/** Fields side by side, each with a blank column behind it where the number is odd. */
const layouts = fc.array(fc.tuple(fc.constantFrom(...Object.keys(TYPES)), fc.integer({ min: 1, max: 9 })), {
  minLength: 1,
  maxLength: 6,
});

type Place = { readonly kind: string; readonly first: number; readonly last: number };

function placesOf(widths: readonly (readonly [string, number])[]): {
  readonly places: readonly Place[];
  readonly length: number;
} {
  const places: Place[] = [];
  let next = 1;
  for (const [kind, width] of widths) {
    places.push({ kind, first: next, last: next + width - 1 });
    next += width + (width % 2);
  }
  return { places, length: next - 1 };
}

function layoutOf(places: readonly Place[]): LayoutVersion {
  const fields = places.map(({ kind, first, last }, index): Field => {
    const type = TYPES[kind];
    if (type === undefined) throw new Error(kind);
    return { name: `f${index}`, type, required: false, columns: { first, last } };
  });
  return { ...textLayout(['x']), fields };
}

/** The value in these columns of a line, by the rules of docs/domain.md as plainly as they can be said. */
function right(line: string, { kind, first, last }: Place): string {
  const columns = line.slice(first - 1, last);
  if (columns.trim() === '' && /^ *$/.test(columns)) return '';
  if (kind === 'integer' || kind === 'decimal') {
    return /^(0+|-0*)-/.test(columns) ? columns : columns.replace(/^(-?)0+(?=[^.,])/, '$1');
  }
  const text = columns.replace(/ +$/, '');
  if ((kind === 'date' || kind === 'kbo') && /^0+$/.test(text)) return '';
  return kind === 'kbo' ? text.trimStart() : text;
}

const ENDS: Readonly<Record<LineEnd, string>> = { lf: '\n', crlf: '\r\n', nel: '\x85', none: '' };
const character = fc.constantFrom('0', '0', '0', '1', '7', ' ', ' ', '-', ',', '.', 'a', 'é', '+');

describe.each(['lf', 'crlf', 'nel', 'none'] as const)('lines of one length, ended by %s, cut anywhere', (lineEnd) => {
  test.each(['iso-8859-1', 'utf-8'] as const)('in %s give what stands in their columns', (charset) => {
    // Lines of UTF-8 end with LF or CRLF whatever the flow says.
    const end = charset === 'utf-8' && (lineEnd === 'nel' || lineEnd === 'none') ? '\n' : ENDS[lineEnd];
    fc.assert(
      fc.property(
        layouts.chain((widths) => {
          const { places, length } = placesOf(widths);
          const line = fc.array(character, { minLength: length, maxLength: length }).map((all) => all.join(''));
          return fc.tuple(fc.constant({ places, length }), fc.array(line, { minLength: 1, maxLength: 5 }));
        }),
        fc.array(fc.nat(400), { maxLength: 8 }),
        fc.boolean(),
        ([{ places, length }, lines], at, isEnded) => {
          const shape: FixedWidthShape = { kind: 'fixed-width', charset, recordLength: length, lineEnd };
          const text = lines.join(end) + (isEnded ? end : '');
          const bytes = Buffer.from(text, charset === 'utf-8' ? 'utf8' : 'latin1');
          const { records, errors } = collect(new FixedWidthFormat(shape, [layoutOf(places)], FACTS), cut(bytes, at));
          expect(errors).toEqual([]);
          expect(records.map(({ values }) => values)).toEqual(
            lines.map((line) => places.map((place) => right(line, place))),
          );
          const isFilled = lines.map((line) => gapsOf(line, places).some((gap) => /[^ ]/.test(gap)));
          expect(records.map(({ faults }) => faults.length)).toEqual(isFilled.map((filled) => (filled ? 1 : 0)));
        },
      ),
      { numRuns: 500 },
    );
  });
});

/** What stands between the fields and behind the last. */
function gapsOf(line: string, places: readonly Place[]): readonly string[] {
  return places.map(({ last }, index) => line.slice(last, (places[index + 1]?.first ?? line.length + 1) - 1));
}

describe('a trailer, cut anywhere', () => {
  const SHAPE: FixedWidthShape = {
    ...{
      kind: 'fixed-width',
      charset: 'iso-8859-1',
      recordLength: 12,
      lineEnd: 'lf',
      recordType: { first: 1, last: 1 },
    },
    detail: { type: 'D' },
    trailer: { type: 'T', count: { first: 2, last: 3 }, sums: [{ field: 'f0', columns: { first: 4, last: 8 } }] },
  };
  const layout: LayoutVersion = {
    ...textLayout(['x']),
    fields: [{ name: 'f0', type: { kind: 'integer', maxDigits: 9 }, required: false, columns: { first: 2, last: 10 } }],
  };

  test('is right where its count and its sum are those of the details, modulo what its columns hold', () => {
    let [right, wrong] = [0, 0];
    fc.assert(
      fc.property(
        fc.array(fc.nat(999_999_999), { maxLength: 150 }),
        fc.constantFrom(0, 0, 1, 99),
        fc.constantFrom(0n, 0n, 1n, 99_999n, 100_000n),
        fc.array(fc.nat(2000), { maxLength: 6 }),
        (numbers, more, moreSum, at) => {
          const details = numbers.map((number) => `D${String(number).padStart(9, '0')}  \n`);
          const count = String((numbers.length + more) % 100).padStart(2, '0');
          const total = numbers.reduce((sum, number) => sum + BigInt(number), 0n);
          const sum = String((total + moreSum) % 100_000n).padStart(5, '0');
          const text = `${details.join('')}T${count}${sum}    \n`;
          const { errors } = collect(new FixedWidthFormat(SHAPE, [layout], FACTS), cut(Buffer.from(text), at));
          const isRight = more === 0 && moreSum % 100_000n === 0n;
          expect(errors.map(({ code }) => code)).toEqual(isRight ? [] : ['312']);
          if (isRight) right += 1;
          else wrong += 1;
        },
      ),
      { numRuns: 300 },
    );
    expect(Math.min(right, wrong)).toBeGreaterThan(50);
  });
});
