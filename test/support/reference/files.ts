import type { Environment, Field, LayoutVersion } from '../../../src/domain/flow.ts';
import type { Columns, FlowFormat, OutputFormat } from '../../../src/domain/format.ts';
import { dayIn, type Fault, fatal, isThere, type Values } from './fields.ts';
import { readFixedWidth, writeFixedWidth } from './fixed-width.ts';
import { isDay, quarterOf } from './identifiers.ts';
import { readXml, writeXml } from './xml.ts';

/** Reads and writes whole files at once, as docs/domain.md §6 tells it. */

/** Without values it could not be taken apart. `faults` of its structure. */
export type ReadRecord = { readonly values?: Values | undefined; readonly faults: readonly Fault[] };
export type ReadFile =
  | { readonly error: string }
  | { readonly layout: LayoutVersion; readonly records: readonly ReadRecord[] };

/** What a header is held against. */
export type FileFacts = { readonly environment: Environment };

/** The parts of a set are one file: each is whole, of one version, and its records are numbered on. */
export function readFiles(
  format: FlowFormat,
  layouts: readonly LayoutVersion[],
  parts: readonly string[],
  facts: FileFacts,
): ReadFile {
  const read = parts.map((part) => readFile(format, layouts, part, facts));
  const records: ReadRecord[] = [];
  let layout: LayoutVersion | undefined;
  for (const one of read) {
    if ('error' in one) return one;
    layout ??= one.layout;
    if (one.layout !== layout) return { error: '312' };
    records.push(...one.records);
  }
  if (layout === undefined) return { error: '134' };
  return { layout: byReferencePeriod(layout, layouts, records), records };
}

/** Where the form tells nothing, the period of the first record that can be read tells the version. */
function byReferencePeriod(
  told: LayoutVersion,
  layouts: readonly LayoutVersion[],
  records: readonly ReadRecord[],
): LayoutVersion {
  const names = ({ fields }: LayoutVersion) => fields.map(({ name }) => name).join();
  const alike = [told, ...layouts.filter((one) => one !== told && names(one) === names(told))];
  for (const { values } of records) {
    const day = values === undefined ? undefined : referenceDay(told, values);
    if (day !== undefined) return alike.find((one) => isOfPeriod(one, day)) ?? told;
  }
  return told;
}

/** The first day a record speaks of, where that can be read. */
export function referenceDay(layout: LayoutVersion, values: Values): string | undefined {
  const value = values[layout.roles.periodBegin];
  if (!isThere(value)) return undefined;
  const day = quarterOf(value)?.begin ?? dayIn(layout, values, layout.roles.periodBegin) ?? '';
  return isDay(day) ? day : undefined;
}

export function isOfPeriod({ referenceFrom, referenceUntil }: LayoutVersion, day: string): boolean {
  return (referenceFrom ?? '') <= day && day <= (referenceUntil ?? '9');
}

function readFile(format: FlowFormat, layouts: readonly LayoutVersion[], text: string, facts: FileFacts): ReadFile {
  const [first] = layouts;
  if (first === undefined) return { error: '088' };
  if (format.kind === 'fixed-width') return readFixedWidth(format, layouts, text, facts);
  if (format.kind === 'xml') return readXml(format, layouts, text);
  if (format.kind === 'json-lines') {
    const lines = text.split('\n').filter((line) => line !== '');
    if (lines.length === 0) return { error: '134' };
    return { layout: first, records: lines.map((line) => ({ values: fromJson(JSON.parse(line), first), faults: [] })) };
  }
  const rows = rowsOf(text, format.separator);
  let layout: LayoutVersion | undefined = first;
  if (format.header && rows.length > 0) {
    const header = rows.shift()?.join(format.separator);
    layout = layouts.find(({ fields }) => fields.map(({ name }) => name).join(format.separator) === header);
  }
  if (layout === undefined) return { error: '312' };
  if (rows.length === 0) return { error: '134' };
  const { fields } = layout;
  const records = rows.map((row): ReadRecord => {
    if (row.length !== fields.length) return { faults: [fatal('record', '000050')] };
    return { values: Object.fromEntries(fields.map(({ name }, index) => [name, row[index]])), faults: [] };
  });
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
  readonly version: string;
  readonly environment: Environment;
};

/** A file of records, each with the names of the fields it may have. */
export function writeFile(
  writing: Writing,
  records: readonly (readonly [values: Values, mask: ReadonlySet<string>])[],
): string {
  const { format, fields, inFile } = writing;
  if (format.kind === 'json-lines') {
    return records.map(([values, mask]) => `${JSON.stringify(toJson(values, fields, mask))}\n`).join('');
  }
  if (format.kind === 'xml') return writeXml(format, writing, records);
  if (format.kind === 'fixed-width') {
    const placed = 'columns' in format ? format.columns : {};
    const columnsOf = ({ name, columns }: Field): Columns => placed[name] ?? columns ?? { first: 1, last: 0 };
    return writeFixedWidth(format, columnsOf, writing, records);
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
