import { type Charset, canBeWritten } from '../domain/charset.ts';
import { valueAndGroup } from '../domain/field-path.ts';
import { widestOf } from '../domain/field-width.ts';
import { type Columns, widthOf } from '../domain/format.ts';
import { MOST_TICKET_CHARACTERS } from '../domain/question.ts';
import { fieldOf } from './flow-fields.ts';
import { type ConfigFiles, known } from './parse.ts';
import { choose, type Problem } from './problems.ts';
import type { ReadFile } from './read-file.ts';
import { columnProblems, type FixedWidthFile, type Placed, shapeProblems } from './references-columns.ts';
import { sumProblems } from './references-format.ts';
import type { FlowFile, LayoutFile } from './schema-flow.ts';
import type { OutputFormatFile } from './schema-format.ts';
import type { PartnerFile } from './schema-partner.ts';
import type { Path, Places } from './yaml-file.ts';

type FieldFile = LayoutFile['fields'][number];
type Entry = { readonly places: Places; readonly path: Path; readonly flow: FlowFile };

/** A partner gets flows it receives, in formats that can hold every record of them. */
export function outputProblems(files: ConfigFiles): readonly Problem[] {
  return known(files.partners).flatMap((partner) =>
    Object.entries(partner.value.outputs).flatMap(([code, { format }]) => {
      const path = ['outputs', code];
      if (!partner.value.receives.includes(code)) return notReceived(partner, path, code);
      const flow = files.flows.get(code);
      if (flow === undefined || !flow.whole || format === undefined) return []; // what is wrong with the flow is told there
      return formatProblemsOf({ places: partner.places, path: [...path, 'format'], flow: flow.value }, format);
    }),
  );
}

function notReceived({ places, value, whole }: ReadFile<PartnerFile>, path: Path, code: string): Problem[] {
  if (!whole) return [];
  const message = `${value.id} does not receive the flow "${code}"`;
  return [places.atKey(path, message, choose(code, value.receives, 'flow'))];
}

function formatProblemsOf(entry: Entry, format: OutputFormatFile): Problem[] {
  switch (format.kind) {
    case 'json-lines':
      return treeProblems(entry);
    case 'xml':
      return treeProblems(entry); // any character can be written by its number
    case 'delimited':
      return charsetProblems(entry, format.charset);
    case 'fixed-width':
      return [
        ...shapeProblems(entry.places, entry.path, format),
        ...charsetProblems(entry, format.charset),
        ...lineProblems(entry),
        ...outputColumnProblems(entry, format),
        ...entry.flow.layouts.flatMap((layout) => sumProblems(entry.places, entry.path, format, layout.fields)),
      ];
  }
}

/** With the ticket that the hub puts behind the fields of a question. */
function fieldsOf({ flow }: Entry): readonly FieldFile[] {
  const fields = flow.layouts.flatMap((layout) => layout.fields);
  const ticket = flow.asks?.ticketField?.name;
  if (ticket === undefined) return fields;
  const form = { type: 'text', maxLength: MOST_TICKET_CHARACTERS, characters: 'ascii' } as const;
  return [...fields, { name: ticket, required: true, ...form }];
}

function treeProblems({ places, path, flow }: Entry): Problem[] {
  return flow.layouts.flatMap((layout) => {
    const clash = valueAndGroup(layout.fields.map((field) => field.name));
    if (clash === undefined) return [];
    const message = `in flow ${flow.code} "${clash[0]}" is a value, and "${clash[1]}" would be inside it`;
    return [places.at([...path, 'kind'], message, 'write another kind of format')];
  });
}

/** No record may turn out not to fit when it is written: what the charset lacks is refused when it comes in. */
function charsetProblems(entry: Entry, charset: Charset): Problem[] {
  const { places, path, flow } = entry;
  const sent = 'charset' in flow.format ? flow.format.charset : 'utf-8';
  if (canBeWritten(sent, charset)) return [];
  const names = fieldsOf(entry).filter((field) => !isWithin(field, charset));
  if (names.length === 0) return [];
  const message = `${charset} does not have every character of ${listed(names)}, which come in ${sent}`;
  const remedy = `write another charset, or "characters" of those fields in flows/${flow.code}.yaml`;
  return [places.at([...path, 'charset'], message, remedy)];
}

function isWithin(field: FieldFile, charset: Charset): boolean {
  if (field.type === 'code') return field.values.every((value) => /^[ -~]*$/.test(value));
  if (field.type !== 'text') return true;
  return field.characters !== undefined && canBeWritten(field.characters, charset);
}

/** A line end inside a text would cut the record in two for whoever reads lines. */
function lineProblems(entry: Entry): Problem[] {
  const { places, path, flow } = entry;
  const names = fieldsOf(entry).filter((field) => field.type === 'text' && field.characters === undefined);
  if (names.length === 0) return [];
  const message = `${listed(names)} may hold line ends, which records of fixed width cannot`;
  return [places.at([...path, 'kind'], message, `write "characters" of those fields in flows/${flow.code}.yaml`)];
}

function outputColumnProblems(entry: Entry, format: FixedWidthFile & { columns: Record<string, Columns> }): Problem[] {
  const { places, path, flow } = entry;
  const problems: Problem[] = [];
  const placed: Placed[] = [];
  const fields = fieldsOf(entry);
  for (const [name, columns] of Object.entries(format.columns)) {
    const at = [...path, 'columns', name];
    if (!fields.some((field) => field.name === name)) {
      const names = [...new Set(fields.map((field) => field.name))];
      problems.push(places.atKey(at, `flow ${flow.code} has no field "${name}"`, choose(name, names, 'field')));
      continue;
    }
    placed.push({ columns, what: `the field "${name}"`, path: at });
    for (const field of fields) if (field.name === name) problems.push(...widthProblems(places, at, field, columns));
  }
  const lacking = fields.filter((field) => !Object.hasOwn(format.columns, field.name));
  if (lacking.length > 0) {
    const message = `${listed(lacking)} of flow ${flow.code} would get no columns`;
    problems.push(places.atKey([...path, 'columns'], message, 'add columns; the authorizations say who gets what'));
  }
  return [...problems, ...columnProblems(places, placed, format)];
}

/** Days are written in the form that fits: with hyphens in ten columns, without in eight. */
function widthProblems(places: Places, path: Path, field: FieldFile, columns: Columns): Problem[] {
  const width = widthOf(columns);
  const isDate = field.type === 'date' || field.type === 'incomplete-date';
  const widest = isDate ? 'yyyyMMdd'.length : widestOf(fieldOf(field).type);
  if (isDate && width !== widest && width < 'yyyy-MM-dd'.length) {
    return [places.at(path, `the day "${field.name}" takes 8 columns, or 10`, 'correct the columns')];
  }
  if (width >= widest) return [];
  const message = `the field "${field.name}" has up to ${widest} characters and ${width} columns`;
  return [places.at(path, message, 'give it more columns')];
}

function listed(fields: readonly FieldFile[]): string {
  return [...new Set(fields.map((field) => `"${field.name}"`))].join(', ');
}
