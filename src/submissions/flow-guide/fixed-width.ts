import type { Columns, FileHeader, FixedWidthShape, HeaderField } from '../../domain/format.ts';
import { code, table } from './markdown.ts';

const LINE_ENDS = { lf: 'LF', crlf: 'CRLF', nel: 'NEL', none: 'nothing: records follow each other' } as const;

/** What stands in a field of the header, beside a fixed value. */
const FACTS: Readonly<Record<NonNullable<HeaderField['is']>, string>> = {
  version: 'version of the layout',
  environment: 'environment: R, T or S, as the folder',
  recordLength: 'length of a record',
  date: 'a day',
  senderSector: 'sector of the sender',
  senderType: 'type of the sender',
  receiverSector: 'sector of the receiver',
  receiverType: 'type of the receiver',
  lot: 'number of the lot: each is taken once, and each file has the next one',
};

/** Length, line ends, header and trailer of a file of fixed width. */
export function fixedWidthWords(format: FixedWidthShape): string {
  const { charset, recordLength, lineEnd, recordType, header, detail, trailer } = format;
  const types = [
    ...(header === undefined ? [] : [`${code(header.type)} the header`]),
    ...(detail === undefined ? [] : [`${code(detail.type)} a record`]),
    ...(trailer === undefined ? [] : [`${code(trailer.type)} the trailer`]),
  ];
  const typed = recordType === undefined ? '' : ` The type stands in ${columnsText(recordType)}: ${types.join(', ')}.`;
  const words = `Records of ${recordLength} positions in ${charset}, positions counted from 1, each followed by ${LINE_ENDS[lineEnd]}.${typed} Positions that are not below are blank.`;
  const parts = [words];
  if (header !== undefined) parts.push('The header:', headerTable(header));
  if (trailer !== undefined) {
    const rows = [
      ...(trailer.count === undefined ? [] : [[columnsText(trailer.count), 'how many records there are']]),
      ...trailer.sums.map(({ field, columns }) => {
        const digits = columns.last - columns.first + 1;
        return [columnsText(columns), `sum of ${code(field)} over all records, its last ${digits} digits`];
      }),
    ];
    parts.push('The trailer:', table(['Position', 'Content'], rows));
  }
  return parts.join('\n\n');
}

function headerTable({ fields }: FileHeader): string {
  const rows = fields.map(({ name, columns, is, value }) => {
    const content = value !== undefined ? code(value) : is === undefined ? 'goes to the receiver as it is' : FACTS[is];
    return [columnsText(columns), code(name), content];
  });
  return table(['Position', 'Field', 'Content'], rows);
}

export function columnsText({ first, last }: Columns): string {
  return first === last ? String(first) : `${first}–${last}`;
}
