import type { Charset } from './charset.ts';

/** Columns of a fixed-width record, counted from 1 as glossaries do, both included. */
export type Columns = { readonly first: number; readonly last: number };

/** CRLF, LF, the next-line character of EBCDIC, or records that follow one another. */
export type LineEnd = 'lf' | 'crlf' | 'nel' | 'none';

/** What a field of a header says that the gateway knows by itself: read, it is compared; written, it is filled in. */
export type HeaderFact =
  | 'version'
  | 'environment'
  | 'recordLength'
  | 'date'
  | 'senderSector'
  | 'senderType'
  | 'receiverSector'
  | 'receiverType'
  /** A number that each file of a sender has for itself, counted on from file to file. */
  | 'lot';

/** With `value` it holds always this text; with neither that nor `is`, what the sender writes goes to the receivers. */
export type HeaderField = {
  readonly name: string;
  readonly columns: Columns;
  readonly is?: HeaderFact | undefined;
  readonly value?: string | undefined;
};

export type FileHeader = { readonly type: string; readonly fields: readonly HeaderField[] };

/** Sums are taken modulo ten to the power of their width. */
export type FileTrailer = {
  readonly type: string;
  readonly count?: Columns | undefined;
  readonly sums: readonly { readonly field: string; readonly columns: Columns }[];
};

export type DelimitedShape = {
  readonly kind: 'delimited';
  readonly separator: string;
  readonly header: boolean;
  readonly charset: Charset;
};

/** Where the fields of a detail stand, its layout says. `recordType` and `detail` are there where types are told apart. */
export type FixedWidthShape = {
  readonly kind: 'fixed-width';
  readonly charset: Charset;
  readonly recordLength: number;
  readonly lineEnd: LineEnd;
  readonly recordType?: Columns | undefined;
  readonly detail?: { readonly type: string } | undefined;
  readonly header?: FileHeader | undefined;
  readonly trailer?: FileTrailer | undefined;
};

/** One element `record` for each record, or several, inside the element `root`; a field is the path of elements of its name. */
export type XmlShape = {
  readonly kind: 'xml';
  readonly root: string;
  readonly record: string;
  readonly namespace?: string | undefined;
  /** The attribute of the root that names the version of the layout. */
  readonly versionAttribute?: string | undefined;
  /** A group that may occur several times in an element `record`: each occurrence is a record, with all that stands around it. */
  readonly repeats?: string | undefined;
};

/** How the files of a flow come in. */
export type FlowFormat = DelimitedShape | FixedWidthShape | XmlShape | { readonly kind: 'json-lines' };

export type FormatKind = FlowFormat['kind'];

/** How a receiver wants the files of a flow. `columns` by name of field. */
export type OutputFormat =
  | DelimitedShape
  | (FixedWidthShape & { readonly columns: Readonly<Record<string, Columns>> })
  | (XmlShape & { readonly charset: 'utf-8' | 'iso-8859-1' })
  | { readonly kind: 'json-lines' };

/** How a receiver wants the file of a delivery packed. A ZIP holds exactly one file. */
export type Packaging = 'gzip' | 'zip';

export function widthOf({ first, last }: Columns): number {
  return last - first + 1;
}
