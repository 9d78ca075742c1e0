import type { FlowFormat, LayoutVersion } from '../domain/flow.ts';
import { DelimitedFormat, DelimitedWriter } from './delimited.ts';
import { JsonLinesFormat, JsonLinesWriter } from './json-lines.ts';
import type { FieldMask, RecordFormat, RecordWriter } from './record-format.ts';

/** A reader of one file of this format. @param layouts the versions valid for the file, the preferred one first */
export function recordFormat(format: FlowFormat, layouts: readonly LayoutVersion[]): RecordFormat {
  return format.kind === 'delimited' ? new DelimitedFormat(format, layouts) : new JsonLinesFormat({}, layouts);
}

/** A writer of one file of this format. @param fileMask the fields that any record of the file may have */
export function recordWriter(format: FlowFormat, layout: LayoutVersion, fileMask: FieldMask): RecordWriter {
  return format.kind === 'delimited'
    ? new DelimitedWriter(format, layout, fileMask)
    : new JsonLinesWriter(layout, fileMask);
}
