import { widestOf } from '../../src/domain/field-width.ts';
import type { Field, Flow } from '../../src/domain/flow.ts';
import type { Columns } from '../../src/domain/format.ts';
import type { Random } from './random.ts';

/** Random formats of flows, and where fields stand in them. */

export function formatFor(chance: Random): Flow['format'] {
  const kind = chance.of(['delimited', 'delimited', 'json-lines', 'fixed-width', 'xml'] as const);
  switch (kind) {
    case 'delimited':
      return { kind, separator: chance.of([';', '|', ',']), header: chance.chance(0.6), charset: 'utf-8' };
    case 'fixed-width':
      return fixedWidth(chance.chance(0.5));
    case 'xml':
      return { kind, root: 'Forms', record: 'Form' };
    case 'json-lines':
      return { kind };
  }
}

const RECORD_LENGTH = 320;

/** Lines of one length, with or without a trailer that adds up the persons. */
export function fixedWidth(hasTrailer: boolean) {
  const [recordType, columns] = [
    { first: 1, last: 1 },
    { first: 9, last: 18 },
  ];
  const trailer = { type: 'T', count: { first: 2, last: 8 }, sums: [{ field: 'ssin', columns }] };
  return {
    ...({ kind: 'fixed-width', charset: 'utf-8', recordLength: RECORD_LENGTH, lineEnd: 'lf', recordType } as const),
    detail: { type: 'D' },
    ...(hasTrailer ? { trailer } : {}),
  };
}

/** Each field behind the one before it, wide enough for what may be written into it. */
export function inColumns(fields: readonly Field[]): readonly Field[] {
  let next = 2;
  return fields.map((field) => {
    const first = next;
    // A person's number fills its columns, so that it can be added up.
    const spare = field.type.kind === 'insz' ? 0 : field.type.kind === 'kbo' ? 'BE'.length : 1;
    next += widestOf(field.type) + spare;
    return { ...field, columns: { first, last: next - 1 } };
  });
}

/** As the widest layout has them, one column further. */
export function columnsOf({ layouts }: Flow): Readonly<Record<string, Columns>> {
  const fields = layouts.map((layout) => layout.fields).toSorted((one, other) => other.length - one.length)[0] ?? [];
  return Object.fromEntries(
    fields.map(({ name, columns = { first: 1, last: 1 } }) => [
      name,
      { first: columns.first + 1, last: columns.last + 1 },
    ]),
  );
}
