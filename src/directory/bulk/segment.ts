import { isUtf8 } from 'node:buffer';
import { closeSync, fdatasyncSync, openSync, readSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type PersonKey, personKey } from '../../domain/person-key.ts';
import { NO_DAY, NO_INSCRIBER } from '../beside.ts';
import type { LineProblem } from '../line-table.ts';
import { MAX_LINE_BYTES, NO_TEXT_PROBLEM, Problems } from '../load.ts';
import { OPEN_END, PART_BITS } from '../pack.ts';
import { type LineRules, type PersonLine, parsePersonLine } from '../person-lines.ts';
import { FastLine, PADDING } from './fast-line.ts';
import {
  CANCELLED_SECTOR,
  DETAILED_WORDS,
  KNOWN_SECTOR,
  PLAIN_WORDS,
  REPLACED_SECTOR,
  RecordBuffer,
} from './records.ts';

/** A part of a dump: the lines that begin in it. */
export type SegmentRange = { readonly index: number; readonly start: number; readonly end: number };

/** What one part of a dump holds; written beside its records when they are on the disk. Lines count from 0 in the part. */
export type Segment = {
  readonly index: number;
  readonly lines: number;
  /** Records of each partition; they lie one partition behind the other. */
  readonly counts: readonly number[];
  readonly dossiers: readonly number[];
  readonly institutions: readonly number[];
  readonly qualities: readonly number[];
  /** Pairs of a replaced key and the one that replaces it. */
  readonly links: readonly number[];
  readonly problems: readonly LineProblem[];
  readonly moreProblems: number;
};

const READ_BYTES = 4 * 1024 * 1024;
const LF = 0x0a;
const CR = 0x0d;

export function segmentPath(folder: string, index: number): string {
  return join(folder, `segment-${index}`);
}

/** Reads parts of one dump into files of records, sorted into partitions. */
export class SegmentReader {
  readonly #fd: number;
  readonly #rules: LineRules;
  readonly #isDetailed: boolean;
  readonly #fast: FastLine;
  readonly #records: RecordBuffer;
  #institutions = new Uint8Array(0);
  #qualities = new Uint8Array(0);
  #problems = new Problems();
  #links: number[] = [];
  #lines = 0;

  constructor(file: string, rules: LineRules, isDetailed: boolean) {
    this.#fd = openSync(file, 'r');
    this.#rules = rules;
    this.#isDetailed = isDetailed;
    this.#fast = new FastLine(rules);
    this.#records = new RecordBuffer(isDetailed ? DETAILED_WORDS : PLAIN_WORDS);
  }

  close(): void {
    closeSync(this.#fd);
  }

  /** Done, and durable, on return. */
  read(range: SegmentRange, folder: string): Segment {
    this.#records.clear();
    this.#institutions = new Uint8Array(1 << (2 * PART_BITS));
    this.#qualities = new Uint8Array(1 << (2 * PART_BITS));
    this.#problems = new Problems();
    this.#links = [];
    this.#lines = range.start === 0 ? 1 : 0;
    this.#readLines(range);
    const path = segmentPath(folder, range.index);
    writeDurably(path, this.#records.inPartitions());
    const segment = {
      index: range.index,
      lines: this.#lines,
      counts: [...this.#records.counts],
      dossiers: [...this.#records.dossiers],
      institutions: used(this.#institutions),
      qualities: used(this.#qualities),
      links: this.#links,
      problems: this.#problems.list,
      moreProblems: this.#problems.more,
    };
    writeFileSync(`${path}.new`, JSON.stringify(segment), { flush: true });
    renameSync(`${path}.new`, `${path}.json`);
    return segment;
  }

  /** A line belongs to the part its first byte is in. */
  #readLines({ start, end }: SegmentRange): void {
    const buffer = Buffer.alloc(MAX_LINE_BYTES + READ_BYTES + PADDING);
    // The line that holds the byte before the part is of the part before; the first line of all is the header.
    let skips: 'nothing' | 'line-of-other' | 'long-line' = 'line-of-other';
    let position = Math.max(0, start - 1);
    let kept = 0;
    for (;;) {
      const read = readSync(this.#fd, buffer, kept, READ_BYTES, position);
      const base = position - kept; // of the first byte of the buffer
      let filled = kept + read;
      if (read === 0 && filled === 0) {
        if (skips === 'long-line') this.#problem(NO_TEXT_PROBLEM);
        return;
      }
      if (read === 0) {
        buffer[filled] = LF; // the last line may have no end
        filled += 1;
      }
      buffer.fill(0, filled, filled + PADDING);
      let at = 0;
      for (let next = lineEnd(buffer, at, filled); next > 0; next = lineEnd(buffer, at, filled)) {
        if (skips === 'nothing') at = this.#linesFrom(buffer, at, filled, end - base);
        else {
          if (skips === 'long-line') this.#problem(NO_TEXT_PROBLEM);
          skips = 'nothing';
          at = next;
        }
        if (base + at >= end) return;
      }
      if (read === 0) return;
      position += read;
      kept = filled - at;
      if (kept <= MAX_LINE_BYTES && skips !== 'long-line') buffer.copyWithin(0, at, filled);
      else {
        kept = 0;
        if (skips === 'nothing') skips = 'long-line';
      }
    }
  }

  /** Reads lines from here as long as they are plain, then one that may be any. @returns behind them */
  #linesFrom(buffer: Buffer, from: number, filled: number, end: number): number {
    let at = from;
    const fast = this.#fast;
    if (!this.#isDetailed) {
      for (let next = fast.read(buffer, at); next > 0 && next <= filled; next = fast.read(buffer, at)) {
        this.#records.addDossier(fast.key, fast.institution, fast.quality, fast.begin, fast.end);
        this.#institutions[fast.institution] = 1;
        this.#qualities[fast.quality] = 1;
        this.#lines += 1;
        at = next;
        if (at >= end) return at;
      }
    }
    const next = lineEnd(buffer, at, filled);
    if (next === 0) return at;
    this.#slow(buffer.subarray(at, next - 1));
    return next;
  }

  #slow(bytes: Buffer): void {
    if (bytes.length > MAX_LINE_BYTES || !isUtf8(bytes)) {
      this.#problem(NO_TEXT_PROBLEM);
      return;
    }
    const text = bytes.toString('utf8', 0, bytes[bytes.length - 1] === CR ? bytes.length - 1 : bytes.length);
    const parsed = parsePersonLine(text, this.#rules, this.#isDetailed);
    if (!('kind' in parsed)) {
      for (const problem of parsed) this.#problems.add(this.#lines, problem);
      this.#lines += 1;
      return;
    }
    this.#add(parsed);
    this.#lines += 1;
  }

  #problem(problem: string): void {
    this.#problems.add(this.#lines, problem);
    this.#lines += 1;
  }

  #add(line: PersonLine): void {
    const key = personKey(line.insz);
    if (line.kind === 'dossier') this.#addDossier(key, line);
    else if (line.kind === 'known') this.#records.addOther(key, KNOWN_SECTOR, 0);
    else if (line.kind === 'cancelled') this.#records.addOther(key, CANCELLED_SECTOR, 0);
    else if (line.kind === 'replaced') {
      const by = personKey(line.by);
      this.#links.push(key, by);
      this.#records.addOther(key, REPLACED_SECTOR, by);
    }
  }

  #addDossier(key: PersonKey, { dossier, detail }: PersonLine & { readonly kind: 'dossier' }): void {
    const { institution, quality, phase, begin, end } = dossier;
    const [of, as] = [(institution.sector << PART_BITS) | institution.type, (quality << PART_BITS) | phase];
    this.#records.addDossier(key, of, as, begin, end ?? OPEN_END);
    this.#institutions[of] = 1;
    this.#qualities[as] = 1;
    if (!this.#isDetailed) return;
    const { lastChange, inscriber } = detail;
    const by = inscriber === undefined ? NO_INSCRIBER : (inscriber.sector << PART_BITS) | inscriber.type;
    this.#records.addDetail(lastChange ?? NO_DAY, by);
  }
}

/** Behind the end of a line that is whole; 0 where there is none. */
function lineEnd(buffer: Buffer, at: number, filled: number): number {
  const next = buffer.indexOf(LF, at) + 1;
  return next > filled ? 0 : next;
}

function used(marks: Uint8Array): readonly number[] {
  const values: number[] = [];
  for (const [value, mark] of marks.entries()) if (mark === 1) values.push(value);
  return values;
}

function writeDurably(path: string, records: Uint32Array): void {
  const fd = openSync(path, 'w', 0o600);
  try {
    const bytes = new Uint8Array(records.buffer, records.byteOffset, records.byteLength);
    for (let from = 0; from < bytes.length; ) from += writeSync(fd, bytes, from, bytes.length - from);
    fdatasyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
