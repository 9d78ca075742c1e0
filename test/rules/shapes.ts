import type { Field, FieldType, Flow, LayoutVersion } from '../../src/domain/flow.ts';
import type { Columns, FixedWidthShape } from '../../src/domain/format.ts';
import type { IsoDate } from '../../src/domain/period.ts';
import type { Random } from './random.ts';

/** In which form the files of a random flow come in, and which versions of its layout there are. */

export type Shaped = {
  readonly format: Flow['format'];
  readonly layouts: readonly LayoutVersion[];
  /** Where the hub's ticket of a question stands, in a fixed width. */
  readonly ticketColumns?: Columns | undefined;
};

const TICKET_CHARACTERS = 20;
const NOTE: Field = { name: 'note', type: { kind: 'text', maxLength: 5 }, required: false };

export function shaped(chance: Random, first: LayoutVersion): Shaped {
  const kind = chance.mostly('delimited', 0.5, 'json-lines', 'fixed-width', 'fixed-width', 'xml', 'xml');
  const isTold = kind !== 'json-lines' && chance.chance(0.6);
  const layouts = layoutsOf(chance, first, isTold);
  switch (kind) {
    case 'json-lines':
      return { format: { kind }, layouts };
    case 'xml':
      return {
        format: { kind, root: 'Rows', record: 'Row', ...(isTold ? { versionAttribute: 'version' } : {}) },
        layouts,
      };
    case 'fixed-width':
      return fixedWidth(chance, layouts, isTold);
    default:
      return {
        format: { kind: 'delimited', separator: chance.of([';', '|', ',']), header: isTold, charset: 'utf-8' },
        layouts,
      };
  }
}

/**
 * A second layout that is valid too: where the form of a file tells them apart it has one field more, else each is for
 * reference periods of its own.
 */
function layoutsOf(chance: Random, first: LayoutVersion, isTold: boolean): readonly LayoutVersion[] {
  if (chance.chance(0.7)) {
    return [{ ...first, validFrom: chance.mostly(first.validFrom, 0.05, '2026-01-21' as IsoDate) }];
  }
  const ended = chance.chance(0.3) ? { validUntil: chance.of(['2026-01-20', '2026-01-19']) as IsoDate } : {};
  if (isTold)
    return [
      { ...first, ...ended },
      { ...first, version: '2', fields: [...first.fields, NOTE] },
    ];
  return [
    { ...first, ...ended, referenceUntil: '2025-12-31' as IsoDate },
    { ...first, version: '2', referenceFrom: '2026-01-01' as IsoDate, totals: [] },
  ];
}

function fixedWidth(chance: Random, layouts: readonly LayoutVersion[], isTold: boolean): Shaped {
  const isTyped = isTold || chance.chance(0.5);
  let next = isTyped ? 2 : 1;
  const take = (width: number): Columns => {
    const columns = { first: next, last: next + width - 1 };
    next += width;
    return columns;
  };
  const columns = new Map<string, Columns>();
  for (const { name, type } of layouts.at(-1)?.fields ?? []) {
    if (chance.chance(0.1)) take(chance.whole(1, 2)); // a gap
    columns.set(name, take(widthOf(type)));
  }
  const ticketColumns = take(TICKET_CHARACTERS);
  const placed = layouts.map((layout) => ({
    ...layout,
    fields: layout.fields.map((field) => ({ ...field, columns: columns.get(field.name) })),
  }));
  const plain: FixedWidthShape = {
    ...{ kind: 'fixed-width', charset: 'utf-8', recordLength: next - 1 + chance.whole(0, 3) },
    lineEnd: chance.of(['lf', 'crlf']),
  };
  if (!isTyped) return { format: plain, layouts: placed, ticketColumns };
  const version = { name: 'version', columns: { first: 2, last: 3 }, is: 'version' } as const;
  const header = {
    type: 'H',
    fields: [
      ...(isTold ? [version] : []),
      { name: 'environment', columns: { first: 4, last: 4 }, is: 'environment' },
      { name: 'length', columns: { first: 5, last: 8 }, is: 'recordLength' },
      { name: 'name', columns: { first: 9, last: 11 }, value: 'RU' },
    ],
  } as const;
  const trailer = {
    ...{ type: 'T', count: { first: 2, last: 8 } },
    sums: chance.chance(0.7) ? [{ field: 'no', columns: { first: 9, last: 9 + chance.whole(1, 9) } }] : [],
  };
  const typed: FixedWidthShape = {
    ...plain,
    ...{ recordType: { first: 1, last: 1 }, detail: { type: 'D' } },
    ...(isTold || chance.chance(0.5) ? { header } : {}),
    ...(chance.chance(0.6) ? { trailer } : {}),
  };
  return { format: typed, layouts: placed, ticketColumns };
}

function widthOf(type: FieldType): number {
  switch (type.kind) {
    case 'integer':
      return type.maxDigits;
    case 'cents':
      return type.maxDigits + (type.signed ? 1 : 0);
    case 'text':
      return type.maxLength;
    case 'digits':
      return type.length;
    case 'code':
      return Math.max(...type.values.map(({ length }) => length));
    case 'quarter':
      return 6;
    case 'sector':
      return 3;
    case 'institution':
      return 7;
    case 'insz':
      return 11;
    case 'kbo':
      return 12; // as some write it, with dots
    default:
      return 10;
  }
}
