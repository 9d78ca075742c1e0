import type { Field, LayoutVersion } from '../../../src/domain/flow.ts';
import type { Columns, FixedWidthShape } from '../../../src/domain/format.ts';
import type { Values } from './fields.ts';
import type { ReadFile } from './files.ts';

/** Records of one length in lines of UTF-8, read and written at once, as docs/domain.md §6 tells it. */

const NUMBERS = ['integer', 'cents', 'decimal', 'sector'];
/** Zeros stand for none of these where they may be left out. */
const NEVER_ZERO = ['date', 'incomplete-date', 'insz', 'kbo', 'rsz'];

export function readFixed(format: FixedWidthShape, layout: LayoutVersion, text: string): ReadFile {
  const lines = text.split('\n').filter((line) => line !== '');
  if (lines.length === 0) return { error: '134' };
  if (format.trailer !== undefined && !isRight(format, layout, lines.splice(-1)[0] ?? '', lines))
    return { error: '312' };
  if (lines.length === 0) return { error: '134' };
  const records = lines.map((line) =>
    Object.fromEntries(layout.fields.map((field) => [field.name, valueIn(line, field)])),
  );
  return { layout, records };
}

function isRight(
  { trailer, recordType }: FixedWidthShape,
  layout: LayoutVersion,
  last: string,
  details: string[],
): boolean {
  if (trailer === undefined || cut(last, recordType) !== trailer.type) return false;
  if (trailer.count !== undefined && Number(cut(last, trailer.count)) !== details.length) return false;
  return trailer.sums.every(({ field, columns }) => {
    const place = layout.fields.find(({ name }) => name === field)?.columns;
    const numbers = details.map((line) => cut(line, place));
    if (numbers.some((number) => !/^(?:\d+| +)$/.test(number))) return false;
    return cut(last, columns) === sumOf(numbers, columns);
  });
}

/** Modulo ten to the power of the width. */
function sumOf(numbers: readonly string[], { first, last }: Columns): string {
  const width = last - first + 1;
  const sum = numbers.reduce((all, number) => all + BigInt(number.trim() || '0'), 0n);
  return String(sum % 10n ** BigInt(width)).padStart(width, '0');
}

function valueIn(line: string, { type, columns, required }: Field): string {
  const text = cut(line, columns);
  if (text.trim() === '') return '';
  if (NUMBERS.includes(type.kind)) return text.replace(/^(-?)0+(?=\d)/, '$1');
  const value = text.trimEnd();
  return required !== true && NEVER_ZERO.includes(type.kind) && /^0+$/.test(value) ? '' : value;
}

export type Written = readonly (readonly [values: Values, mask: ReadonlySet<string>])[];

/** @param columnsOf where each field stands @param inFile the fields that stand in the file at all */
export function writeFixed(
  { recordLength, recordType, detail, trailer }: FixedWidthShape,
  fields: readonly Field[],
  columnsOf: (field: string) => Columns | undefined,
  inFile: ReadonlySet<string>,
  records: Written,
): string {
  const lines = records.map(([values, mask]) => {
    const line = Array.from({ length: recordLength }, () => ' ');
    put(line, recordType, detail?.type ?? '');
    for (const field of fields) {
      if (mask.has(field.name))
        put(line, columnsOf(field.name), filled(field, values[field.name] ?? '', columnsOf(field.name)));
    }
    return line.join('');
  });
  if (trailer !== undefined) {
    const line = Array.from({ length: recordLength }, () => ' ');
    put(line, recordType, trailer.type);
    if (trailer.count !== undefined) put(line, trailer.count, sumOf([String(records.length)], trailer.count));
    for (const { field, columns } of trailer.sums) {
      const numbers = records.map(([values, mask]) => (mask.has(field) ? (values[field] ?? '') : ''));
      if (inFile.has(field)) put(line, columns, sumOf(numbers, columns));
    }
    lines.push(line.join(''));
  }
  return lines.map((line) => `${line}\n`).join('');
}

function filled({ type }: Field, value: string, columns: Columns | undefined): string {
  if (!NUMBERS.includes(type.kind) || value === '' || columns === undefined) return value;
  const width = columns.last - columns.first + 1;
  return value.startsWith('-') ? `-${value.slice(1).padStart(width - 1, '0')}` : value.padStart(width, '0');
}

function put(line: string[], columns: Columns | undefined, text: string): void {
  for (const [index, one] of [...text].entries()) line[(columns?.first ?? 1) - 1 + index] = one;
}

function cut(line: string, columns: Columns | undefined): string {
  return columns === undefined ? '' : line.slice(columns.first - 1, columns.last);
}
