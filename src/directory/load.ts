import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { GatewayError } from '../domain/errors.ts';
import { type LineProblem, LineTable, type PersonEntry } from './line-table.ts';
import { DETAILED_HEADER, type LineRules, PERSON_LINES_HEADER, parsePersonLine } from './person-lines.ts';

/** So many problems of one file are named; a file with more is another kind of file. */
export const MAX_PROBLEMS = 1000;

/** What is wrong with a file or a line as such. */
export const HEADER_PROBLEM = `the first line must be ${PERSON_LINES_HEADER}, or those columns and last_change;inscriber`;
export const EMPTY_PROBLEM = 'the file is empty';
export const NO_TEXT_PROBLEM = 'not UTF-8, or too long';

/** Bytes of a line, without its end. */
export const MAX_LINE_BYTES = 1024;
const LF = 0x0a;

/** What a load did, or every problem of its file; then nothing was changed. */
export type LoadResult =
  | {
      readonly loaded: true;
      readonly version: bigint;
      readonly lines: number;
      readonly persons: number;
      readonly dossiers: number;
      readonly replaced: number;
      readonly cancelled: number;
    }
  | { readonly loaded: false; readonly problems: readonly LineProblem[]; readonly moreProblems: number };

/** Collects problems up to a limit and counts the rest. */
export class Problems {
  readonly list: LineProblem[] = [];
  more = 0;

  add(line: number, problem: string): void {
    if (this.list.length < MAX_PROBLEMS) this.list.push({ line, problem });
    else this.more += 1;
  }

  get found(): boolean {
    return this.list.length > 0;
  }

  result(): LoadResult {
    return this.refused();
  }

  /** In the order of the lines. */
  refused(): LoadResult & { readonly loaded: false } {
    const problems = this.list.toSorted((one, other) => one.line - other.line);
    return { loaded: false, problems, moreProblems: this.more };
  }
}

/** One load file, checked as far as it can be without the directory. */
export type PersonFile = { readonly lines: number; readonly entries: () => Iterable<PersonEntry> };

/**
 * Reads and checks every line of a file of person lines.
 * @throws GatewayError `not-found` where the file can't be read
 */
export async function readPersonFile(file: string, rules: LineRules, problems: Problems): Promise<PersonFile> {
  const table = new LineTable();
  let line = 0;
  let isDetailed = false;
  for await (const text of linesOf(file)) {
    line += 1;
    if (line === 1) {
      isDetailed = text === DETAILED_HEADER;
      if (isDetailed || text === PERSON_LINES_HEADER) continue;
      problems.add(1, HEADER_PROBLEM);
      break; // a file of another kind: its lines would tell nothing
    }
    if (table.isFull) {
      problems.add(line, 'the file has too many lines; load it in parts');
      break;
    }
    const parsed = text === undefined ? [NO_TEXT_PROBLEM] : parsePersonLine(text, rules, isDetailed);
    if ('kind' in parsed) table.add(parsed, line);
    else for (const problem of parsed) problems.add(line, problem);
  }
  if (line === 0) problems.add(1, EMPTY_PROBLEM);
  table.sort();
  for (const entry of table.persons()) {
    if (!('kind' in entry)) for (const { line: at, problem } of entry) problems.add(at, problem);
  }
  return { lines: Math.max(0, line - 1), entries: () => entriesOf(table) };
}

function* entriesOf(table: LineTable): Generator<PersonEntry> {
  for (const entry of table.persons()) if ('kind' in entry) yield entry;
}

/** Lines without their LF or CRLF; undefined for one that is too long or not UTF-8. */
export async function* linesOf(file: string): AsyncGenerator<string | undefined> {
  const stream = createReadStream(file);
  let pending = Buffer.alloc(0);
  try {
    for await (const chunk of stream) {
      let data: Buffer = Buffer.concat([pending, chunk]);
      let start = 0;
      for (let end = data.indexOf(LF); end >= 0; end = data.indexOf(LF, start)) {
        yield lineText(data.subarray(start, end));
        start = end + 1;
      }
      data = data.subarray(start);
      // Of a line that is too long, enough is kept to know that it is.
      pending = Buffer.from(data.subarray(0, MAX_LINE_BYTES + 1));
    }
  } catch (error) {
    throw new GatewayError('not-found', 'the file cannot be read', { cause: error });
  }
  if (pending.length > 0) yield lineText(pending);
}

function lineText(bytes: Buffer): string | undefined {
  if (bytes.length > MAX_LINE_BYTES || !isUtf8(bytes)) return undefined;
  const text = bytes.toString();
  return text.endsWith('\r') ? text.slice(0, -1) : text;
}
