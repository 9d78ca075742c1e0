import type { Field, LayoutVersion } from '../../../src/domain/flow.ts';
import type { FlowFormat, OutputFormat } from '../../../src/domain/format.ts';
import type { Values } from './fields.ts';
import { readFixed, writeFixed } from './fixed-width.ts';

import { readXml, writeXml } from './xml.ts';

/** Reads and writes whole files at once, as docs/domain.md §6 tells it. */

/** `undefined` is a row that could not be taken apart. */
export type ReadFile =
  | { readonly error: string }
  | { readonly layout: LayoutVersion; readonly records: readonly (Values | undefined)[] };

export function readFile(format: FlowFormat, layouts: readonly LayoutVersion[], text: string): ReadFile {
  const [first] = layouts;
  if (first === undefined) return { error: '088' };
  if (format.kind === 'json-lines') {
    const records = text.split('\n').filter((line) => line !== '');
    if (records.length === 0) return { error: '134' };
    return { layout: first, records: records.map((line) => fromJson(JSON.parse(line), first)) };
  }
  if (format.kind === 'fixed-width') return readFixed(format, first, text);
  if (format.kind === 'xml') return readXml(format, first, text);
  const rows = rowsOf(text, format.separator);
  let layout: LayoutVersion | undefined = first;
  if (format.header && rows.length > 0) {
    const header = rows.shift()?.join(format.separator);
    layout = layouts.find(({ fields }) => fields.map(({ name }) => name).join(format.separator) === header);
  }
  if (layout === undefined) return { error: '312' };
  if (rows.length === 0) return { error: '134' };
  const { fields } = layout;
  const records = rows.map((row) =>
    row.length === fields.length ? Object.fromEntries(fields.map(({ name }, index) => [name, row[index]])) : undefined,
  );
  return { layout, records };
}

function rowsOf(text: string, separator: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let value = '';
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const one = text[at] ?? '';
    if (isQuoted && one === '"' && text[at + 1] === '"') {
      value += '"';
      at += 1;
    } else if (one === '"') isQuoted = !isQuoted;
    else if (isQuoted) value += one;
    else if (one === separator || one === '\n') {
      row.push(value);
      value = '';
      if (one === '\n') {
        rows.push(row);
        row = [];
      }
    } else value += one;
  }
  if (value !== '' || row.length > 0) rows.push([...row, value]);
  return rows;
}

function fromJson(json: Record<string, unknown>, layout: LayoutVersion): Values {
  const values = layout.fields.map(({ name }) => {
    let value: unknown = json;
    for (const part of name.split('.')) value = (value as Record<string, unknown> | undefined)?.[part];
    return [name, value === undefined || value === null ? value : String(value)] as const;
  });
  return Object.fromEntries(values);
}

export type Writing = {
  readonly format: FlowFormat | OutputFormat;
  readonly fields: readonly Field[];
  /** Names of fields that stand in the file at all. */
  readonly inFile: ReadonlySet<string>;
};

/** A file of records, each with the names of the fields it may have. */
export function writeFile(
  { format, fields, inFile }: Writing,
  records: readonly (readonly [values: Values, mask: ReadonlySet<string>])[],
): string {
  if (format.kind === 'json-lines') {
    return records.map(([values, mask]) => `${JSON.stringify(toJson(values, fields, mask))}\n`).join('');
  }
  if (format.kind === 'xml') return writeXml(format, fields, records);
  if (format.kind === 'fixed-width') {
    const own = 'columns' in format ? format.columns : undefined;
    const columnsOf = (field: string) => own?.[field] ?? fields.find(({ name }) => name === field)?.columns;
    return writeFixed(format, fields, columnsOf, inFile, records);
  }
  const columns = fields.filter(({ name }) => inFile.has(name));
  const rows = records.map(([values, mask]) =>
    columns.map(({ name }) => (mask.has(name) ? quoted(values[name] ?? '', format.separator) : '')),
  );
  const header = format.header ? [columns.map(({ name }) => name)] : [];
  return [...header, ...rows].map((row) => `${row.join(format.separator)}\n`).join('');
}

function quoted(value: string, separator: string): string {
  return value.includes(separator) || /["\n\r]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

function toJson(values: Values, fields: readonly Field[], mask: ReadonlySet<string>): Record<string, unknown> {
  const json: Record<string, unknown> = {};
  for (const { name, type } of fields) {
    const value = values[name];
    if (!mask.has(name) || value === undefined) continue;
    const parts = name.split('.');
    const last = parts.pop() ?? '';
    let at = json;
    for (const part of parts) {
      at[part] ??= {};
      at = at[part] as Record<string, unknown>;
    }
    if (value === null || (value === '' && type.kind !== 'text')) at[last] = null;
    else if (['integer', 'cents', 'sector'].includes(type.kind)) at[last] = Number(value);
    else at[last] = type.kind === 'boolean' ? value === 'true' : value;
  }
  return json;
}
