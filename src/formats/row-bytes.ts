import type { DateForm } from '../domain/flow.ts';
import type { RecordBlock } from './record-block.ts';

/** A block, and its bytes to be read eight at once. */
export type RowSource = { readonly block: RecordBlock; readonly words: DataView };

/** Bytes that grow. Who writes into them calls `reserve` first and sets `length` after. */
export type RowTarget = {
  readonly bytes: Uint8Array;
  readonly words: DataView;
  length: number;
  reserve(more: number): void;
};

/** What the receiver's own line in the directory says, as bytes. @returns where what was written ends */
export interface LineBytes {
  quality(line: number, target: Uint8Array, at: number): number;
  begin(line: number, form: DateForm, target: Uint8Array, at: number): number;
  hasEnd(line: number): boolean;
  /** Nothing where the end is open. */
  end(line: number, form: DateForm, target: Uint8Array, at: number): number;
}

/** Writes plain rows of a block as the writer of a format does, without a string in between. */
export interface RowWriter {
  /** Whether it can write this row; any other goes through the writer of the format. */
  takes(block: RecordBlock, row: number): boolean;
  /** @param line where the dossier stands that fills in the quality */
  write(source: RowSource, row: number, line: number, to: RowTarget): void;
}

const WORD = 8;

export function wordsOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

/** Eight bytes at once as a number that no ASCII makes a NaN, whose bits might change on the way. @returns where it ends */
export function copyWords(source: DataView, from: number, until: number, target: DataView, start: number): number {
  const end = start + until - from;
  let at = start;
  let next = from;
  for (; next + WORD <= until; next += WORD, at += WORD) target.setFloat64(at, source.getFloat64(next, true), true);
  // The last eight overlap those before.
  if (at > start && at < end) target.setFloat64(end - WORD, source.getFloat64(until - WORD, true), true);
  else for (; next < until; next += 1, at += 1) target.setUint8(at, source.getUint8(next));
  return end;
}

export function copyBytes(source: Uint8Array, from: number, until: number, target: Uint8Array, start: number): number {
  let at = start;
  for (let next = from; next < until; next += 1, at += 1) target[at] = source[next] ?? 0;
  return at;
}

/** ASCII that a format writes around values. */
export class Literal {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly #words: DataView;

  constructor(text: string) {
    this.bytes = Uint8Array.from(Buffer.from(text));
    this.#words = new DataView(this.bytes.buffer);
  }

  copy(target: DataView, at: number): number {
    return copyWords(this.#words, 0, this.bytes.length, target, at);
  }
}

export function isAsciiText(text: string): boolean {
  return /^[ -~]*$/.test(text);
}
