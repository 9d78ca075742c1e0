import type { Field, FieldType, LayoutVersion } from '../../../src/domain/flow.ts';
import type { Columns, FixedWidthShape, HeaderField } from '../../../src/domain/format.ts';
import { fatal, isThere, type Values } from './fields.ts';
import type { FileFacts, ReadFile, ReadRecord, Writing } from './files.ts';

/** Files of fixed width, as docs/domain.md §6 tells them: one line after the other, one field after the other. */

const ENDS = { lf: '\n', crlf: '\r\n', nel: '\x85', none: '' } as const;

const cut = (line: string, { first, last }: Columns) => line.slice(first - 1, last);
const widthOf = ({ first, last }: Columns) => last - first + 1;

export function readFixedWidth(
  shape: FixedWidthShape,
  layouts: readonly LayoutVersion[],
  text: string,
  facts: FileFacts,
): ReadFile {
  const lines = text.split(ENDS[shape.lineEnd]);
  if (lines.pop() !== '') return { error: '312' };
  if (lines.length === 0) return { error: '134' };
  if (lines.some((line) => line.length !== shape.recordLength)) return { error: '312' };
  const typeOf = (line: string) => (shape.recordType === undefined ? '' : cut(line, shape.recordType));
  let [layout] = layouts;
  if (shape.header !== undefined) {
    const header = lines.shift() ?? '';
    if (typeOf(header) !== shape.header.type) return { error: '312' };
    for (const field of shape.header.fields) {
      const said = cut(header, field.columns);
      if (field.is === 'version') layout = layouts.find(({ version }) => version === said.trim());
      const error = headerError(field, said, shape, facts, layout !== undefined);
      if (error !== undefined) return { error };
    }
  }
  if (layout === undefined) return { error: '088' };
  const trailer = shape.trailer === undefined ? undefined : lines.pop();
  if (trailer !== undefined && typeOf(trailer) !== shape.trailer?.type) return { error: '312' };
  if (shape.detail !== undefined && lines.some((line) => typeOf(line) !== shape.detail?.type)) return { error: '312' };
  const of = layout;
  const records = lines.map((line) => recordOf(line, of, shape));
  if (trailer !== undefined && !isTrue(trailer, shape, records)) return { error: '312' };
  return lines.length === 0 ? { error: '134' } : { layout, records };
}

function headerError(
  { is, value }: HeaderField,
  said: string,
  { recordLength }: FixedWidthShape,
  { environment }: FileFacts,
  isVersionKnown: boolean,
): string | undefined {
  if (value !== undefined) return said.trimEnd() === value ? undefined : '312';
  switch (is) {
    case 'version':
      return isVersionKnown ? undefined : '088';
    case 'environment':
      if (!['R', 'T', 'S'].includes(said)) return '117';
      return said === environment ? undefined : { R: '118', T: '119', S: '257' }[said];
    case 'recordLength':
      return Number(said) === recordLength ? undefined : '312';
    default:
      throw new Error(`the reference knows no header field ${is}`);
  }
}

function recordOf(line: string, { fields }: LayoutVersion, shape: FixedWidthShape): ReadRecord {
  const values: Record<string, string> = {};
  const used = new Set<number>();
  const use = ({ first, last }: Columns) => {
    for (let column = first; column <= last; column += 1) used.add(column);
  };
  if (shape.recordType !== undefined) use(shape.recordType);
  for (const field of fields) {
    const columns = field.columns ?? { first: 0, last: -1 };
    use(columns);
    values[field.name] = valueIn(field, cut(line, columns));
  }
  // Columns that no field has must be blank, or data would be lost.
  const isLost = [...line].some((character, index) => character !== ' ' && !used.has(index + 1));
  return { values, faults: isLost ? [fatal('record', '000050')] : [] };
}

/** Numbers stand behind zeros, all else before spaces. Blank is absent; so are zeros where no value is zero. */
function valueIn({ type, required }: Field, text: string): string {
  const value = text.trimEnd();
  if (value === '') return '';
  if (isNumber(type)) return text.replace(/^(-?)0+(?=\d)/, '$1');
  const hasNoZero = ['date', 'incomplete-date', 'insz', 'kbo'].includes(type.kind);
  return required !== true && hasNoZero && /^0+$/.test(value) ? '' : value;
}

function isNumber({ kind }: FieldType): boolean {
  return kind === 'integer' || kind === 'cents' || kind === 'sector';
}

function isTrue(trailer: string, shape: FixedWidthShape, records: readonly ReadRecord[]): boolean {
  const { count, sums = [] } = shape.trailer ?? {};
  if (count !== undefined && Number(cut(trailer, count)) !== records.length) return false;
  return sums.every(({ field, columns }) => {
    const sum = records.reduce((all, { values }) => all + BigInt(values?.[field] || '0'), 0n);
    return BigInt(cut(trailer, columns)) === sum % 10n ** BigInt(widthOf(columns));
  });
}

/** As a receiver gets it: with a header and a trailer of its own. */
export function writeFixedWidth(
  shape: FixedWidthShape,
  columnsOf: (field: Field) => Columns,
  { fields, inFile, version, environment }: Writing,
  records: readonly (readonly [values: Values, mask: ReadonlySet<string>])[],
): string {
  const end = ENDS[shape.lineEnd];
  const line = (type: string | undefined, placed: readonly (readonly [Columns, string])[]) => {
    const characters = Array<string>(shape.recordLength).fill(' ');
    const put = ({ first }: Columns, text: string) => {
      for (const [index, character] of [...text].entries()) characters[first - 1 + index] = character;
    };
    if (shape.recordType !== undefined && type !== undefined) put(shape.recordType, type);
    for (const [columns, text] of placed) put(columns, text);
    return characters.join('') + end;
  };
  const header = shape.header?.fields.map(({ is, value, columns }) => {
    const said = { version, environment, recordLength: String(shape.recordLength).padStart(widthOf(columns), '0') };
    return [columns, value ?? said[is as keyof typeof said]] as const;
  });
  const rows = records.map(([values, mask]) => {
    const own = fields.filter(({ name }) => mask.has(name) && isThere(values[name]));
    return own.map(
      (field) => [columnsOf(field), inColumns(field, values[field.name] ?? '', columnsOf(field))] as const,
    );
  });
  const number = (columns: Columns, value: bigint) => {
    const width = widthOf(columns);
    return [columns, String(value % 10n ** BigInt(width)).padStart(width, '0')] as const;
  };
  const { count, sums = [] } = shape.trailer ?? {};
  const totals = sums
    .filter(({ field }) => inFile.has(field))
    .map(({ field, columns }) => {
      const given = records.filter(([, mask]) => mask.has(field));
      return number(
        columns,
        given.reduce((all, [values]) => all + BigInt(values[field] || '0'), 0n),
      );
    });
  return [
    ...(header === undefined ? [] : [line(shape.header?.type, header)]),
    ...rows.map((row) => line(shape.detail?.type, row)),
    ...(shape.trailer === undefined
      ? []
      : [line(shape.trailer.type, [...(count ? [number(count, BigInt(records.length))] : []), ...totals])]),
  ].join('');
}

function inColumns({ type }: Field, value: string, columns: Columns): string {
  if (!isNumber(type)) return value;
  const width = widthOf(columns);
  return value.startsWith('-') ? `-${value.slice(1).padStart(width - 1, '0')}` : value.padStart(width, '0');
}
