import type { Charset } from '../domain/charset.ts';
import type { Finding } from '../domain/finding.ts';
import type { Environment, LayoutVersion } from '../domain/flow.ts';
import type { Institution } from '../domain/partner.ts';

/**
 * One value as it stands in a file. `undefined` is a member that is not there, `null` one without a value, `''` an empty
 * column; the rules take all three as absent, the writers keep them apart.
 */
export type Value = string | null | undefined;

/** A fault that a format finds in one record. */
export type RecordFault = Omit<Finding, 'record'>;

/** A fault of the whole file: reading stops there. */
export type FileError = Omit<Finding, 'record' | 'severity'>;

/**
 * One record. `number` counts from 1 in the order of the file, faulty records included. `values` follow the fields of
 * the layout; there are none where the record could not be taken apart, and then `faults` says why.
 */
export type ParsedRecord = {
  readonly number: number;
  readonly values: readonly Value[];
  readonly faults: readonly RecordFault[];
};

/** What the header of a file says, by the names of its fields; empty where a format has none. */
export type HeaderValues = ReadonlyMap<string, string>;

/** What is known of a file before it is read; its header must say the same. */
export type FileFacts = { readonly environment: Environment; readonly sender: Institution };

export interface RecordSink {
  /** Called once, before the first record: the layout version this file follows. */
  layout(layout: LayoutVersion, header: HeaderValues): void;
  record(record: ParsedRecord): void;
  /** Called at most once; nothing follows it. */
  error(error: FileError): void;
}

/** Reads one file; chunks may be cut anywhere. */
export interface RecordFormat {
  readonly name: string;
  parse(chunk: Uint8Array, sink: RecordSink): void;
  end(sink: RecordSink): void;
}

/** Which fields of a layout may be written, by position. */
export type FieldMask = readonly boolean[];

/** What the trailer of a file is told by: its records, counted and added up. Parts of a file are written apart from each other. */
export interface WrittenTotals {
  /** One more record. */
  count(): void;
  /** @param number of the field that the sum of this index is of */
  add(sum: number, number: number): void;
  /** What was counted since this was last asked; nothing of it stays here. */
  take(): TotalsPart;
  /** Adds what was counted elsewhere. */
  addPart(part: TotalsPart): void;
}

/** Plain data. `sums`: one for each of the trailer's, each modulo ten to the power of its width. */
export type TotalsPart = { readonly count: number; readonly sums: readonly number[] };

/** Writes one file. What it answers is text, to be written in its charset. */
export interface RecordWriter {
  readonly charset: Charset;
  /** Undefined where nothing is counted behind the records. */
  readonly totals: WrittenTotals | undefined;
  /** What stands before the first record: the header, or nothing. */
  begin(): string;
  /** One record with its line end; only fields of the file's and this record's mask are in it. */
  record(values: readonly Value[], mask: FieldMask): string;
  /** What stands behind the last record: the trailer, or nothing. */
  end(): string;
}

/** The field name of a fault that concerns a record as a whole, and of one that concerns the file. */
export const WHOLE_RECORD = 'record';
export const WHOLE_FILE = 'file';

export const STRUCTURE = '000050';
export const LAYOUT_INVALID = '312';
export const CHARSET_UNSUPPORTED = '138';
export const LAYOUT_UNKNOWN = '088';
export const XML_SYNTAX = '102';
export const NO_DATA = '134';

export const NO_HEADER: HeaderValues = new Map();

/**
 * @param detail what was expected, without words, so that it fits a sentence of any language: `N..7`, `ADR|NAM`, `15/16`
 */
export function structureFault(field: string, detail: string): RecordFault {
  return { field, code: STRUCTURE, severity: 'fatal', detail };
}
