import type { Columns, FileHeader, FixedWidthShape } from '../../domain/format.ts';
import type { Say } from '../../texts/flow-say.ts';
import { code, table } from './markdown.ts';

const LINE_ENDS = { lf: 'LF', crlf: 'CRLF', nel: 'NEL' } as const;

/** Length, line ends, header and trailer of a file of fixed width. */
export function fixedWidthWords(format: FixedWidthShape, say: Say): string {
  const { charset, recordLength, lineEnd, header, trailer } = format;
  const end = lineEnd === 'none' ? say('fixed-no-end') : LINE_ENDS[lineEnd];
  const words = [say('fixed', { length: recordLength, charset, end }), ...typeWords(format, say), say('fixed-blank')];
  const parts = [words.join(' ')];
  if (header !== undefined) parts.push(say('header'), headerTable(header, say));
  if (trailer !== undefined) {
    const rows = [
      ...(trailer.count === undefined ? [] : [[columnsText(trailer.count), say('count')]]),
      ...trailer.sums.map(({ field, columns }) => {
        const digits = columns.last - columns.first + 1;
        return [columnsText(columns), say('sum', { field: code(field), digits })];
      }),
    ];
    parts.push(say('trailer'), table([say('position'), say('content')], rows));
  }
  return parts.join('\n\n');
}

function typeWords({ recordType, header, detail, trailer }: FixedWidthShape, say: Say): readonly string[] {
  if (recordType === undefined) return [];
  const types = [
    ...(header === undefined ? [] : [say('type-header', { type: code(header.type) })]),
    ...(detail === undefined ? [] : [say('type-detail', { type: code(detail.type) })]),
    ...(trailer === undefined ? [] : [say('type-trailer', { type: code(trailer.type) })]),
  ];
  return [say('fixed-type', { columns: columnsText(recordType), types: types.join(', ') })];
}

function headerTable({ fields }: FileHeader, say: Say): string {
  const rows = fields.map(({ name, columns, is, value }) => {
    const content = value !== undefined ? code(value) : say(is === undefined ? 'header-passed' : `header-${is}`);
    return [columnsText(columns), code(name), content];
  });
  return table([say('position'), say('field'), say('content')], rows);
}

export function columnsText({ first, last }: Columns): string {
  return first === last ? String(first) : `${first}–${last}`;
}
