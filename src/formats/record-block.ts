import type { Charset } from '../domain/charset.ts';
import type { Environment, LayoutVersion } from '../domain/flow.ts';
import type { FlowFormat } from '../domain/format.ts';
import type { FileFacts, HeaderValues, ParsedRecord } from './record-format.ts';

/**
 * Records read in blocks, at the speed of their bytes. The record-at-a-time path (`RecordFormat` and the rules of the
 * pipeline) stays the truth; a block only tells which rows are *plain*: certainly accepted by their own rules, without a
 * warning, each value the bytes of one range. Every other row is handed to that path, in order. A file whose rows cannot be
 * told apart with certainty, or that is faulty as a whole, is left to it from its beginning.
 *
 *     head of the file → planBlocks → BlockPlan (plain data, for any thread)
 *     bytes from plan.start on → BlockCutter (one thread) → chunks → BlockReader (one per thread) → RecordBlock
 *     BlockEnd of each chunk, in order → BlockEnds (one thread): are count and sums of the trailer right?
 */
export type BlockPlan = {
  readonly format: FlowFormat;
  readonly layout: LayoutVersion;
  readonly header: HeaderValues;
  readonly environment: Environment;
  readonly facts: FileFacts;
  /** How many bytes stand before the first record: byte order mark, header, XML declaration and root. */
  readonly start: number;
  /** Those bytes. */
  readonly head: Uint8Array;
};

/** A row that the record-at-a-time path must read. */
export const NOT_PLAIN = 0;
/** A row that is certainly right, all of it ASCII. */
export const PLAIN = 1;
/** The same with other characters in its texts: its bytes are of `charset`, to be written in another one they are decoded. */
export const PLAIN_BEYOND_ASCII = 2;

/** In `starts`: a JSON member or XML element that is not there, and one that is null. An empty value is an empty range. */
export const ABSENT = -1;
export const NULL = -2;

/** In `periodEnds`: no end. Days are counted from 1900-01-01; later ones than this are told as this. */
export const OPEN_END = 0xffff;

/**
 * The rows of one chunk. All arrays belong to the reader and are valid until its next call; they are longer than what is
 * used of them.
 */
export interface RecordBlock {
  /** What the ranges are of: the chunk, or in CP500 the chunk in ISO-8859-1. */
  readonly bytes: Uint8Array;
  readonly charset: Charset;
  readonly count: number;
  /** Fields of the layout. */
  readonly fields: number;
  /** Where each row begins; one more than rows: a row ends, its line end included, where the next begins. */
  readonly rowStarts: Int32Array;
  /**
   * Ranges of the values of plain rows, at [row * fields + field]: as `ParsedRecord.values` has them (in the form of the
   * flow, without the quotes or the filling of their format), nothing in them to be unescaped.
   */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** NOT_PLAIN, PLAIN or PLAIN_BEYOND_ASCII. */
  readonly plain: Uint8Array;
  /**
   * Of plain rows: 1 where all from the first value to the last is as the writer of the flow's format puts it. Of JSON lines and XML.
   */
  readonly asWritten: Uint8Array;
  /** Of plain rows: the key of the person, see domain/person-key.ts. */
  readonly persons: Uint32Array;
  /** Of plain rows: the days of their period, see `OPEN_END`. Every day before 1900 is -1. */
  readonly periodBegins: Int32Array;
  readonly periodEnds: Int32Array;
  /** Whether a plain row may have quotes around values; else there is one separator between neighbours. Of delimited files. */
  readonly hasQuotes: boolean;
  readonly end: BlockEnd;
  /** Any row as the record-at-a-time format gives it. @param number of the record in the file, from 1 */
  record(row: number, number: number): ParsedRecord;
}

/** What a chunk adds to the file as a whole; plain data. */
export type BlockEnd = {
  readonly count: number;
  /** One for each sum of the trailer, modulo ten to the power of its width. */
  readonly sums: readonly number[];
  /** The record of the trailer, in the last chunk. */
  readonly trailer: string | undefined;
};

/** Reads chunks that begin and end at records; each reader is of one thread. */
export interface BlockReader {
  /**
   * @param isLast whether the file ends with these bytes
   * @returns undefined where the record-at-a-time path has to read the whole file: it alone can tell what is wrong
   */
  read(chunk: Uint8Array, isLast: boolean): RecordBlock | undefined;
}

/** Cuts a file where a record ends. */
export interface BlockCutter {
  /**
   * @param bytes from the beginning of a record on
   * @returns how many of them are whole records; 0 where more bytes are needed. Who has got many records' worth of bytes and
   * still hears 0 leaves the file to the record-at-a-time path.
   */
  cut(bytes: Uint8Array): number;
}

/** Adds up the ends of chunks. */
export interface BlockEnds {
  add(end: BlockEnd): void;
  /** Asked after the last chunk: false where the record-at-a-time path has to tell what is wrong with the file. */
  readonly agree: boolean;
}
