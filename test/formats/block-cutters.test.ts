import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DelimitedFormat } from '../../src/formats/delimited.ts';
import { DelimitedCutter } from '../../src/formats/delimited-blocks.ts';
import type { Value } from '../../src/formats/record-format.ts';
import { collect, textLayout } from './collect.ts';

/** The rows of a text by the record-at-a-time format; undefined where it refuses the file. */
function rowsOf(text: string): readonly (readonly Value[])[] | undefined {
  const format = new DelimitedFormat({ separator: ';', header: false, charset: 'utf-8' }, [textLayout(['a', 'b'])]);
  const { records, errors } = collect(format, [Buffer.from(text)]);
  return errors.length > 0 ? undefined : records.map(({ values, faults }) => [...values, ...faults.map(String)]);
}

describe('where delimited text is cut', () => {
  const text = fc
    .array(fc.constantFrom('a', ';', '"', '\n', '""', '"x\n"', ';"y";', '"z""\n"', '\r\n'), { maxLength: 24 })
    .map((parts) => parts.join(''));

  test('both parts have the rows of the whole, wherever the bytes at hand end', () => {
    fc.assert(
      fc.property(text, (whole) => {
        const rows = rowsOf(`${whole}\n`);
        if (rows === undefined) return;
        const bytes = Buffer.from(`${whole}\n`);
        for (let end = 1; end <= bytes.length; end += 1) {
          const size = new DelimitedCutter(';').cut(bytes.subarray(0, end));
          const [first, rest] = [bytes.subarray(0, size).toString(), bytes.subarray(size).toString()];
          expect([...(rowsOf(first) ?? ['?']), ...(rowsOf(rest) ?? ['?'])]).toEqual(rows);
        }
        // The line feed at the end is outside of quotes: nothing is left over.
        expect(new DelimitedCutter(';').cut(bytes)).toBe(bytes.length);
      }),
      { numRuns: 2000 },
    );
  });
});
