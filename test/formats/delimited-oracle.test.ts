import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { codecOf } from '../../src/formats/charsets.ts';
import { DelimitedFormat } from '../../src/formats/delimited.ts';
import { collect, cut, textLayout } from './collect.ts';

const COLUMNS = 3;
const LAYOUT = textLayout(['a', 'b', 'c']);

/** What csv-parse makes of a text; undefined where it refuses it. */
function right(text: string, separator: string): readonly (readonly string[])[] | undefined {
  try {
    return parse(text, {
      delimiter: separator,
      record_delimiter: ['\n', '\r\n'],
      relax_column_count: true,
      skip_empty_lines: false,
      bom: true,
    });
  } catch {
    return undefined;
  }
}

function ours(
  bytes: Uint8Array,
  separator: string,
  places: readonly number[],
  charset: 'utf-8' | 'windows-1252' = 'utf-8',
) {
  const format = new DelimitedFormat({ separator, header: false, charset }, [LAYOUT]);
  return collect(format, cut(bytes, places));
}

/** What a text means once it was quoted, or left as it is where that is possible: an independent writer. */
const cell = (separator: string) =>
  fc
    .tuple(
      fc.string({ unit: fc.constantFrom('a', 'é', '€', ' ', '"', '\n', '\r\n', separator, "'"), maxLength: 6 }),
      fc.boolean(),
    )
    .map(([value, quoted]) => {
      const mustBeQuoted = value.includes('"') || value.includes('\n') || value.includes(separator);
      return quoted || mustBeQuoted ? `"${value.replaceAll('"', '""')}"` : value;
    });

describe.each([';', ',', '|', '\t'])('with the separator %j', (separator) => {
  const row = fc.array(cell(separator), { minLength: 1, maxLength: 4 }).map((cells) => cells.join(separator));
  const file = fc
    .tuple(fc.array(row, { minLength: 1, maxLength: 6 }), fc.constantFrom('\n', '\r\n'), fc.boolean(), fc.boolean())
    .map(([rows, end, isEnded, isMarked]) => `${isMarked ? '\ufeff' : ''}${rows.join(end)}${isEnded ? end : ''}`);
  const places = fc.array(fc.nat(300), { maxLength: 8 });

  test('sound files are read as csv-parse reads them', () => {
    fc.assert(
      fc.property(file, places, (text, at) => {
        const rows = right(text, separator);
        const { records, errors } = ours(Buffer.from(text), separator, at);
        expect(errors).toEqual([]);
        // A row of another number of fields is a fault here.
        const wanted = rows?.map((cells) => (cells.length === COLUMNS ? cells : []));
        expect(records.map(({ values }) => values)).toEqual(wanted);
      }),
      { numRuns: 1000 },
    );
  });

  test('what csv-parse refuses, is refused', () => {
    const piece = fc.constantFrom(separator, '"', '\n', 'x', '""', `"${separator}"`, '"x', 'x"');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), places, (pieces, at) => {
        const text = pieces.join('');
        const rows = right(text, separator);
        const { records, errors } = ours(Buffer.from(text), separator, at);
        const isRefused =
          errors.length > 0 || records.some(({ faults }) => faults.some(({ detail }) => detail === '"'));
        expect(isRefused).toBe(rows === undefined);
      }),
      { numRuns: 1000 },
    );
  });

  test('the same in windows-1252', () => {
    fc.assert(
      fc.property(file, places, (text, at) => {
        const bytes = codecOf('windows-1252').encode(text.replace('\ufeff', ''));
        const whole = ours(Buffer.from(text), separator, []);
        expect(ours(bytes, separator, at, 'windows-1252')).toEqual(whole);
      }),
      { numRuns: 300 },
    );
  });
});

test('a byte order mark of UTF-8 in a file of another charset is noticed', () => {
  const bytes = Buffer.from('\ufeff1;2;3\n');
  expect(ours(bytes, ';', [], 'windows-1252').errors).toEqual([
    { field: 'file', code: '138', detail: '#1, windows-1252' },
  ]);
  expect(ours(bytes, ';', [2], 'windows-1252').errors).toHaveLength(1);
  expect(ours(bytes, ';', []).errors).toEqual([]);
});
