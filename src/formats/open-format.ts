import type { Field, LayoutVersion } from '../domain/flow.ts';
import { type FlowFormat, type OutputFormat, widthOf } from '../domain/format.ts';
import { DelimitedFormat, DelimitedWriter } from './delimited.ts';
import { type Form, isDate, shortOf, toFlowForm } from './field-forms.ts';
import { FixedWidthFormat } from './fixed-width.ts';
import type { HeaderFacts } from './fixed-width-header.ts';
import { FixedWidthWriter } from './fixed-width-writer.ts';
import { JsonLinesFormat, JsonLinesWriter } from './json-lines.ts';
import type { FieldMask, FileFacts, RecordFormat, RecordWriter } from './record-format.ts';
import { WriterInForms } from './writer-in-forms.ts';
import { XmlFormat } from './xml.ts';
import { XmlWriter } from './xml-writer.ts';

/** A reader of one file of this format. @param layouts the versions valid for the file, the preferred one first */
export function recordFormat(format: FlowFormat, layouts: readonly LayoutVersion[], facts: FileFacts): RecordFormat {
  switch (format.kind) {
    case 'delimited':
      return new DelimitedFormat(format, layouts);
    case 'fixed-width':
      return new FixedWidthFormat(format, layouts, facts);
    case 'xml':
      return new XmlFormat(format, layouts);
    case 'json-lines':
      return new JsonLinesFormat({}, layouts);
  }
}

/** What one output is written by. */
export type OutputPlan = {
  /** How the receiver wants it; undefined where it comes as the sender gave it. */
  readonly output: OutputFormat | undefined;
  readonly flow: FlowFormat;
  readonly layout: LayoutVersion;
  /** The fields that any record of the file may have. */
  readonly fileMask: FieldMask;
  readonly facts: HeaderFacts;
};

/** A writer of one file, of values that each have the one form of their type. */
export function recordWriter(plan: OutputPlan): RecordWriter {
  const { output, layout, fileMask, facts } = plan;
  const writer = plainWriter(outputFormat(plan), layout, fileMask, facts);
  const forms = layout.fields.map((field) => (output === undefined ? toFlowForm(field.type) : formIn(output, field)));
  return forms.some((form) => form !== undefined) ? new WriterInForms(writer, forms) : writer;
}

function plainWriter(
  format: OutputFormat,
  layout: LayoutVersion,
  fileMask: FieldMask,
  facts: HeaderFacts,
): RecordWriter {
  switch (format.kind) {
    case 'delimited':
      return new DelimitedWriter(format, layout, fileMask);
    case 'fixed-width':
      return new FixedWidthWriter(format, layout, fileMask, facts);
    case 'xml':
      return new XmlWriter(format, layout, fileMask);
    case 'json-lines':
      return new JsonLinesWriter(layout, fileMask);
  }
}

/** The format that an output is written in. */
export function outputFormat({ output, flow, layout }: OutputPlan): OutputFormat {
  return output ?? ownFormat(flow, layout);
}

/** The format of the flow, as one of outputs. */
function ownFormat(flow: FlowFormat, layout: LayoutVersion): OutputFormat {
  if (flow.kind === 'xml') return { ...flow, charset: 'utf-8' };
  if (flow.kind !== 'fixed-width') return flow;
  const columns = Object.fromEntries(
    layout.fields.flatMap((field) => (field.columns === undefined ? [] : [[field.name, field.columns]])),
  );
  return { ...flow, columns };
}

/** A receiver with a format of its own gets days as `yyyy-MM-dd`, or as `yyyyMMdd` where its columns are eight. */
function formIn(output: OutputFormat, { name, type }: Field): Form | undefined {
  if (output.kind !== 'fixed-width' || !isDate(type)) return undefined;
  const columns = output.columns[name];
  return columns !== undefined && widthOf(columns) === 'yyyyMMdd'.length ? shortOf : undefined;
}
