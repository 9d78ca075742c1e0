import { z } from 'zod';
import { CHARSETS } from '../domain/charset.ts';
import type { Columns } from '../domain/format.ts';
import { line, listOf, matching, parsed, strict, word } from './schema-values.ts';

export const fieldName = matching(
  /^[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z][A-Za-z0-9_]*){0,3}$/,
  'is not the name of a field',
  'write a column, or a member with dots as in period.begin',
);

const MOST_COLUMNS = 32_760; // the longest record of a mainframe data set

const columnsText = parsed<Columns>(columnsOf, 'are no columns', 'write the first and the last, as in 2-8');
const column = z
  .int()
  .min(1)
  .max(MOST_COLUMNS)
  .transform((only): Columns => ({ first: only, last: only }));

/** `2-8`, or a single number. */
export const columns = z.union([column, columnsText], { error: 'columns as in 2-8' });

/** Texts that stand in headers and record types; ASCII, so that every charset has them. */
const plainText = matching(/^[!-~](?:[ -~]{0,62}[!-~])?$/, 'is not plain text', 'write 1 to 64 ASCII characters');
const recordType = matching(/^[0-9A-Za-z]{1,8}$/, 'is not a type of records', 'write 1 to 8 letters or digits');

const headerField = strict({
  name: word,
  columns,
  is: z
    .enum([
      'version',
      'environment',
      'recordLength',
      'date',
      'senderSector',
      'senderType',
      'receiverSector',
      'receiverType',
      'lot',
    ])
    .optional(),
  value: plainText.optional(),
});

const xmlName = matching(
  /^(?![Xx][Mm][Ll])[A-Za-z_][A-Za-z0-9_.-]{0,63}$/,
  'is not the name of an element or attribute',
  'write a letter, then letters, digits, dots, hyphens or underscores',
);

const delimited = {
  kind: z.literal('delimited'),
  separator: matching(/^[;,|\t]$/, 'is not a separator', 'write one of ";" "," "|" "\\t", between double quotes'),
  header: z.boolean(),
  charset: z.enum(['utf-8', 'iso-8859-1', 'iso-8859-15', 'windows-1252']).default('utf-8'),
};

const fixedWidth = {
  kind: z.literal('fixed-width'),
  charset: z.enum(CHARSETS),
  /** Without the line end. */
  recordLength: z.int().min(1).max(MOST_COLUMNS),
  lineEnd: z.enum(['lf', 'crlf', 'nel', 'none']),
  recordType: columns.optional(),
  detail: strict({ type: recordType }).optional(),
  header: strict({ type: recordType, fields: z.array(headerField).default([]) }).optional(),
  trailer: strict({
    type: recordType,
    count: columns.optional(),
    sums: z.array(strict({ field: fieldName, columns })).default([]),
  }).optional(),
};

const xml = {
  kind: z.literal('xml'),
  root: xmlName,
  record: xmlName,
  namespace: line().optional(),
  versionAttribute: xmlName.optional(),
};

const jsonLines = strict({ kind: z.literal('json-lines') });

/** How the files of a flow come in. */
export const flowFormat = z.discriminatedUnion('kind', [
  strict(delimited),
  strict(fixedWidth),
  strict({ ...xml, repeats: fieldName.optional() }),
  jsonLines,
]);

/** How a receiver wants them. */
export const outputFormat = z.discriminatedUnion('kind', [
  strict(delimited),
  strict({ ...fixedWidth, columns: z.record(fieldName, columns) }),
  strict({ ...xml, charset: z.enum(['utf-8', 'iso-8859-1']).default('utf-8') }),
  jsonLines,
]);

export const totals = z.array(strict({ sum: listOf(fieldName, 1), equals: fieldName })).default([]);
export const births = z.array(strict({ date: fieldName, insz: fieldName })).default([]);

export type FlowFormatFile = z.infer<typeof flowFormat>;
export type OutputFormatFile = z.infer<typeof outputFormat>;

function columnsOf(text: string): Columns | undefined {
  const [, from, to] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
  if (from === undefined) return undefined;
  const [first, last] = [Number(from), Number(to ?? from)];
  return first >= 1 && first <= last && last <= MOST_COLUMNS ? { first, last } : undefined;
}
