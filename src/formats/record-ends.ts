import type { FixedWidthShape } from '../domain/format.ts';
import { codecOf, type TextCodec } from './charsets.ts';
import { lineEndBytes } from './records-of-length.ts';

const LF = 0x0a;
const CR = 0x0d;
const SURROGATE = /[\ud800-\udfff]/;

/** There is no such place, or it is not to be told. */
export const NOWHERE = -1;

/** One record as the record-at-a-time format cuts it. */
export type CutRecord = { readonly text: string; readonly next: number };

/** Where records of one length end. */
export interface RecordEnds {
  /** Where the next record begins if this one is ASCII and has no control inside; NOWHERE where its end stands elsewhere. */
  next(data: Buffer, start: number, isLast: boolean): number;
  /** Any record; undefined where it has another length, another line end, or bytes that are not of the charset. */
  cut(sent: Buffer, start: number, isLast: boolean): CutRecord | undefined;
}

export function recordEnds(shape: FixedWidthShape): RecordEnds {
  return shape.charset === 'utf-8' ? new LineEnds(shape.recordLength) : new LengthEnds(shape);
}

/** A charset of one byte per character; the rules are those of `LengthCutter`. */
class LengthEnds implements RecordEnds {
  readonly #length: number;
  readonly #codec: TextCodec;
  /** As `next` sees them, and as they were sent. */
  readonly #end: readonly number[];
  readonly #sentEnd: readonly number[];

  constructor({ charset, recordLength, lineEnd }: FixedWidthShape) {
    this.#length = recordLength;
    this.#codec = codecOf(charset);
    this.#end = lineEndBytes('iso-8859-1', lineEnd);
    this.#sentEnd = lineEndBytes(charset, lineEnd);
  }

  next(data: Buffer, start: number, isLast: boolean): number {
    return this.#next(data, start, isLast, this.#end);
  }

  cut(sent: Buffer, start: number, isLast: boolean): CutRecord | undefined {
    const next = this.#next(sent, start, isLast, this.#sentEnd);
    if (next === NOWHERE) return undefined;
    const stop = start + this.#length;
    const last = this.#sentEnd.at(-1);
    if (last !== undefined && sent.subarray(start, next).indexOf(last) !== (next === stop ? -1 : next - start - 1)) {
      return undefined;
    }
    const text = this.#codec.decoderFor(sent.subarray(start, stop))?.(sent, start, stop);
    return text === undefined ? undefined : { text, next };
  }

  /** The last record of a file may lack its line end. */
  #next(data: Buffer, start: number, isLast: boolean, end: readonly number[]): number {
    const stop = start + this.#length;
    if (stop === data.length && isLast) return stop;
    if (stop + end.length > data.length) return NOWHERE;
    for (let at = 0; at < end.length; at += 1) if (data[stop + at] !== end[at]) return NOWHERE;
    return stop + end.length;
  }
}

/** Lines of UTF-8, whose length is one of characters; the rules are those of `LinesOfLength`. */
class LineEnds implements RecordEnds {
  readonly #length: number;

  constructor(length: number) {
    this.#length = length;
  }

  next(data: Buffer, start: number, isLast: boolean): number {
    const stop = start + this.#length;
    if (stop > data.length) return NOWHERE;
    const feed = stop < data.length && data[stop] === CR ? stop + 1 : stop;
    if (feed >= data.length) return isLast ? data.length : NOWHERE;
    return data[feed] === LF ? feed + 1 : NOWHERE;
  }

  cut(sent: Buffer, start: number, isLast: boolean): CutRecord | undefined {
    const feed = sent.indexOf(LF, start);
    if (feed < 0 && !isLast) return undefined;
    const end = feed < 0 ? sent.length : feed;
    const text = sent.toString('utf8', start, end > start && sent[end - 1] === CR ? end - 1 : end);
    if (text.length !== this.#length || SURROGATE.test(text)) return undefined;
    return { text, next: feed < 0 ? sent.length : feed + 1 };
  }
}
