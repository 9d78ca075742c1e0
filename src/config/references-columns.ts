import type { Columns } from '../domain/format.ts';
import { widthOf } from '../domain/format.ts';
import type { Problem } from './problems.ts';
import type { FlowFormatFile, OutputFormatFile } from './schema-format.ts';
import type { Path, Places } from './yaml-file.ts';

export type FixedWidthFile = (FlowFormatFile | OutputFormatFile) & { readonly kind: 'fixed-width' };

/** Something that stands in columns of one kind of record, and where the configuration says so. */
export type Placed = { readonly columns: Columns; readonly what: string; readonly path: Path };

/** A sum of a trailer has to be exact. */
export const MOST_SUM_DIGITS = 15;
const DAY_WIDTHS = ['yyyyMMdd'.length, 'yyyy-MM-dd'.length];

/** What is wrong with the shape of files of fixed width, whatever the fields of their details. */
export function shapeProblems(places: Places, path: Path, format: FixedWidthFile): Problem[] {
  return [
    ...lineEndProblems(places, path, format),
    ...recordTypeProblems(places, path, format),
    ...headerProblems(places, path, format),
    ...trailerProblems(places, path, format),
  ];
}

/** Columns that lie outside the record, or are taken twice. The record type takes its own in every record. */
export function columnProblems(places: Places, placed: readonly Placed[], format: FixedWidthFile): Problem[] {
  const problems: Problem[] = [];
  const { recordLength, recordType } = format;
  const before: Placed[] = recordType === undefined ? [] : [{ columns: recordType, what: 'the record type', path: [] }];
  for (const one of placed) {
    const other = before.find(({ columns }) => columns.first <= one.columns.last && one.columns.first <= columns.last);
    if (one.columns.last > recordLength) {
      const message = `${one.what} ends in column ${one.columns.last}, behind the record of ${recordLength}`;
      problems.push(places.at(one.path, message, 'correct the columns, or "recordLength"'));
    } else if (other !== undefined) {
      const message = `${one.what} and ${other.what} stand in the same columns`;
      problems.push(places.at(one.path, message, 'give each columns of its own'));
    }
    before.push(one);
  }
  return problems;
}

function lineEndProblems(places: Places, path: Path, { charset, lineEnd }: FixedWidthFile): Problem[] {
  if (lineEnd === 'nel' && charset !== 'cp500') {
    return [places.at([...path, 'lineEnd'], '"nel" is a line end of EBCDIC alone', 'write lf, crlf or none')];
  }
  if (charset !== 'utf-8' || lineEnd === 'lf' || lineEnd === 'crlf') return [];
  const remedy = 'write lf or crlf, or another charset';
  return [places.at([...path, 'lineEnd'], 'in utf-8 the length of a record in bytes varies', remedy)];
}

function recordTypeProblems(places: Places, path: Path, format: FixedWidthFile): Problem[] {
  const { recordType, header, detail, trailer } = format;
  const typed = [
    { key: 'header', type: header?.type },
    { key: 'detail', type: detail?.type },
    { key: 'trailer', type: trailer?.type },
  ].filter((one) => one.type !== undefined);
  if (typed.length === 0 && recordType === undefined) return [];
  if (recordType === undefined) {
    const message = 'records are of several types, and nothing says where the type stands';
    return [places.atKey(path, message, 'add "recordType" with its columns')];
  }
  if (detail === undefined) {
    return [places.atKey(path, 'the type of details is missing', 'add "detail" with its "type"')];
  }
  const problems = columnProblems(
    places,
    [{ columns: recordType, what: 'the record type', path: [...path, 'recordType'] }],
    { ...format, recordType: undefined },
  );
  for (const [index, { key, type }] of typed.entries()) {
    if (type?.length !== widthOf(recordType)) {
      const message = `the type "${type}" does not fill the ${widthOf(recordType)} columns of the record type`;
      problems.push(places.at([...path, key, 'type'], message, 'correct the type, or "recordType"'));
    } else if (typed.findIndex((one) => one.type === type) !== index) {
      problems.push(
        places.at([...path, key, 'type'], `the type "${type}" stands for two kinds of records`, 'give each its own'),
      );
    }
  }
  return problems;
}

function headerProblems(places: Places, path: Path, format: FixedWidthFile): Problem[] {
  const fields = format.header?.fields ?? [];
  const at = (index: number, key: string): Path => [...path, 'header', 'fields', index, key];
  const problems: Problem[] = [];
  for (const [index, { name, is, value, columns }] of fields.entries()) {
    const width = widthOf(columns);
    if (fields.findIndex((one) => one.name === name) !== index) {
      problems.push(places.at(at(index, 'name'), `the field "${name}" stands twice`, 'give each field its own name'));
    }
    if (is !== undefined && value !== undefined) {
      problems.push(places.at(at(index, 'value'), 'a field has either "is" or "value"', 'keep one of the two'));
    } else if (value !== undefined && value.length > width) {
      problems.push(places.at(at(index, 'value'), `"${value}" does not fit ${width} columns`, 'correct the columns'));
    } else if (is === 'date' && !DAY_WIDTHS.includes(width)) {
      problems.push(places.at(at(index, 'columns'), 'a day takes 8 or 10 columns', 'correct the columns'));
    } else if (is === 'environment' && width !== 1) {
      problems.push(places.at(at(index, 'columns'), 'an environment takes one column', 'correct the columns'));
    } else if (is === 'lot' && width > MOST_SUM_DIGITS) {
      const message = `the number of a lot takes more than ${MOST_SUM_DIGITS} columns`;
      problems.push(places.at(at(index, 'columns'), message, `use ${MOST_SUM_DIGITS} or fewer`));
    } else if (is === 'lot' && fields.findIndex((one) => one.is === 'lot') !== index) {
      problems.push(places.at(at(index, 'is'), 'a file has one lot', 'leave this out'));
    }
  }
  const placed = fields.map(({ name, columns }, index): Placed => {
    return { columns, what: `the field "${name}"`, path: at(index, 'columns') };
  });
  return [...problems, ...columnProblems(places, placed, format)];
}

function trailerProblems(places: Places, path: Path, format: FixedWidthFile): Problem[] {
  const { trailer } = format;
  if (trailer === undefined) return [];
  const count: Placed[] =
    trailer.count === undefined
      ? []
      : [{ columns: trailer.count, what: 'the count', path: [...path, 'trailer', 'count'] }];
  const sums = trailer.sums.map(({ field, columns }, index): Placed => {
    return { columns, what: `the sum of "${field}"`, path: [...path, 'trailer', 'sums', index, 'columns'] };
  });
  const tooWide = [...count, ...sums]
    .filter(({ columns }) => widthOf(columns) > MOST_SUM_DIGITS)
    .map(({ what, path: at }) =>
      places.at(at, `${what} takes more than ${MOST_SUM_DIGITS} columns`, `use ${MOST_SUM_DIGITS} or fewer`),
    );
  return [...tooWide, ...columnProblems(places, [...count, ...sums], format)];
}
