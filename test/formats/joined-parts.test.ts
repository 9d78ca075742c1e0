import { describe, expect, test } from 'vitest';
import type { LayoutVersion } from '../../src/domain/flow.ts';
import { parseDate } from '../../src/domain/period.ts';
import { JoinedParts } from '../../src/formats/joined-parts.ts';
import type { FileError, HeaderValues } from '../../src/formats/record-format.ts';

function layout(version: string): LayoutVersion {
  const validFrom = parseDate('2020-01-01');
  if (validFrom === undefined) throw new Error();
  const roles = { person: 'ssin', periodBegin: 'begin' };
  return { version, validFrom, fields: [], roles, periods: [], totals: [], births: [] };
}

/** Parts with their header, layout and number of records; what a sink hears of them. */
function heard(
  parts: readonly { readonly header: HeaderValues; readonly version?: string; readonly records: number }[],
) {
  const numbers: number[] = [];
  const errors: FileError[] = [];
  const layouts: string[] = [];
  const joined = new JoinedParts(
    {
      layout: ({ version }) => void layouts.push(version),
      record: ({ number }) => void numbers.push(number),
      error: (error) => void errors.push(error),
    },
    parts.length,
  );
  for (const { header, version = '1', records } of parts) {
    joined.next();
    joined.layout(layout(version), header);
    for (let number = 1; number <= records; number += 1) joined.record({ number, values: [], faults: [] });
  }
  return { numbers, errors, layouts };
}

const LOT_7 = new Map([['lot', '00000007']]);

describe('the parts of a set', () => {
  test('are heard as one file: one layout, and records numbered on, also over a part without any', () => {
    const parts = [3, 0, 2].map((records) => ({ header: LOT_7, records }));
    expect(heard(parts)).toEqual({ numbers: [1, 2, 3, 4, 5], errors: [], layouts: ['1'] });
  });

  test('whose header says something else than that of the first are a fault of their file, and nothing follows', () => {
    const other = { header: new Map([['lot', '00000008']]), records: 1 };
    expect(heard([{ header: LOT_7, records: 1 }, other, { header: LOT_7, records: 1 }])).toEqual({
      numbers: [1],
      errors: [{ field: 'file', code: '312', detail: '2/3: lot ≠ 00000007' }],
      layouts: ['1'],
    });
  });

  test('follow one version of the layout', () => {
    const { errors } = heard([
      { header: LOT_7, records: 1 },
      { header: LOT_7, version: '2', records: 1 },
    ]);
    expect(errors).toEqual([{ field: 'file', code: '312', detail: '2/2: 2 ≠ 1' }]);
  });
});
