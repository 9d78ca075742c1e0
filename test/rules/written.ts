import type { Field, Flow, LayoutVersion } from '../../src/domain/flow.ts';
import type { FixedWidthShape, XmlShape } from '../../src/domain/format.ts';
import type { Task } from '../support/reference/acts.ts';
import { escaped } from '../support/reference/xml.ts';
import type { Random } from './random.ts';

/** Rows as the files of a flow have them, now and then with a fault of the file as a whole. */

export type Row = Record<string, string>;

/** A row of this number lost a value, or has something that no field has. */
export const BROKEN = 'DROP';

export function written(
  chance: Random,
  { flow, environment }: Task,
  layout: LayoutVersion,
  rows: readonly Row[],
): string {
  const { format } = flow;
  switch (format.kind) {
    case 'json-lines':
      return rows.map((row) => `${json(chance, layout, row)}\n`).join('');
    case 'fixed-width':
      return fixedWidth(chance, format, environment, layout, rows);
    case 'xml':
      return xml(chance, format, layout, rows);
    default:
      return delimited(chance, format, layout, rows);
  }
}

function delimited(
  chance: Random,
  { separator, header }: Flow['format'] & { readonly kind: 'delimited' },
  { fields }: LayoutVersion,
  rows: readonly Row[],
): string {
  const names = fields.map(({ name }) => name);
  const lines = rows.map((row) => {
    const values = names.map((name) => quoted(row[name] ?? '', separator));
    return (row.no === BROKEN ? values.slice(1) : values).join(separator);
  });
  const head = header ? [chance.mostly(names.join(separator), 0.03, 'another;header')] : [];
  return [...head, ...lines].map((line) => `${line}\n`).join('');
}

function quoted(value: string, separator: string): string {
  return value.includes(separator) || value.includes('"') ? `"${value.replaceAll('"', '""')}"` : value;
}

function json(chance: Random, { fields }: LayoutVersion, row: Row): string {
  const members = fields.flatMap(({ name, type }): (readonly [string, string | number | null])[] => {
    const value = row[name] ?? '';
    if (value === '') return chance.chance(0.5) ? [] : [[name, null]];
    const isNumber = ['integer', 'cents', 'sector'].includes(type.kind) && /^(?:0|-?[1-9]\d*)$/.test(value);
    return [[name, isNumber ? Number(value) : value]];
  });
  return JSON.stringify(Object.fromEntries(members));
}

function xml(
  chance: Random,
  { root, record, versionAttribute }: XmlShape,
  layout: LayoutVersion,
  rows: readonly Row[],
) {
  const attribute = versionAttribute === undefined ? '' : ` ${versionAttribute}="${layout.version}"`;
  const elements = rows.map((row) => {
    const values = layout.fields.map(({ name, type }) => {
      const value = row.no === BROKEN && name === 'no' ? '1' : (row[name] ?? '');
      if (value === '') return chance.of(['', '', `<${name}/>`, `<${name}></${name}>`]);
      const around = type.kind !== 'text' && chance.chance(0.02) ? ' ' : '';
      return `<${name}>${around}${escaped(value)}${around}</${name}>`;
    });
    return `<${record}>${values.join('')}${row.no === BROKEN ? '<odd>1</odd>' : ''}</${record}>\n`;
  });
  const name = chance.mostly(root, 0.02, 'Other');
  const text = `<?xml version="1.0" encoding="UTF-8"?>\n<${name}${attribute}>\n${elements.join('')}</${name}>\n`;
  return chance.chance(0.02) ? text.slice(0, -root.length) : text;
}

function fixedWidth(
  chance: Random,
  shape: FixedWidthShape,
  environment: string,
  { fields, version }: LayoutVersion,
  rows: readonly Row[],
): string {
  const { recordLength, header, trailer } = shape;
  const end = shape.lineEnd === 'crlf' ? '\r\n' : '\n';
  const used = new Set(fields.flatMap(({ columns: { first, last } = { first: 1, last: 0 } }) => range(first, last)));
  const gap = range(shape.recordType === undefined ? 1 : 2, recordLength).find((column) => !used.has(column));
  const details = rows.map((row) => {
    const values = fields.map(
      (field) => [field.columns?.first ?? 1, inColumns(field, row, rows.indexOf(row))] as const,
    );
    const odd = row.no === BROKEN && gap !== undefined ? [[gap, 'x'] as const] : [];
    return line(recordLength, [...(shape.detail ? [[1, shape.detail.type] as const] : []), ...values, ...odd]);
  });
  const head =
    header &&
    line(recordLength, [
      [1, header.type],
      ...header.fields.map(({ columns, is, value }) => {
        const right = { version, environment, recordLength: String(recordLength).padStart(4, '0') };
        const said = value ?? right[is as keyof typeof right];
        const wrong = { version: '9', environment: chance.of(['R', 'T', 'S', 'X']), recordLength: '0007' };
        return [columns.first, chance.mostly(said, 0.02, wrong[is as keyof typeof wrong] ?? 'XX')] as const;
      }),
    ]);
  const sum = details.reduce(
    (all, text) => all + Number(text.slice((fields[0]?.columns?.first ?? 1) - 1, fields[0]?.columns?.last)),
    0,
  );
  const foot =
    trailer &&
    line(recordLength, [
      [1, trailer.type],
      [trailer.count?.first ?? 2, String(chance.mostly(details.length, 0.02, details.length + 1)).padStart(7, '0')],
      ...trailer.sums.map(({ columns: { first, last } }) => {
        const width = last - first + 1;
        const value = chance.mostly(sum, 0.02, sum + 1) % 10 ** width;
        return [first, String(value).padStart(width, '0')] as const;
      }),
    ]);
  const lines = [head, ...details, foot].filter((one) => one !== undefined);
  const text = lines.map((one) => one + end).join('');
  return chance.chance(0.01) ? text.slice(1) : text;
}

function inColumns({ name, type, columns = { first: 1, last: 0 } }: Field, row: Row, index: number): string {
  const width = columns.last - columns.first + 1;
  const value = row.no === BROKEN && name === 'no' ? String(index + 1) : (row[name] ?? '');
  const isNumber = ['integer', 'cents', 'sector'].includes(type.kind) && /^-?\d+$/.test(value);
  const sign = value.startsWith('-') ? '-' : '';
  const text = isNumber ? sign + value.slice(sign.length).padStart(width - sign.length, '0') : value.padEnd(width);
  return text.slice(0, width);
}

function line(length: number, placed: readonly (readonly [first: number, text: string])[]): string {
  const characters = Array<string>(length).fill(' ');
  for (const [first, text] of placed) for (const [at, one] of [...text].entries()) characters[first - 1 + at] = one;
  return characters.join('');
}

function range(first: number, last: number): readonly number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
}
