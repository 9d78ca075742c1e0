import { PLAIN, type RecordBlock } from './record-block.ts';
import { copyBytes, copyWords, type Literal, type RowSource, type RowTarget, type RowWriter } from './row-bytes.ts';
import { AS_IT_IS, type RowColumn, type RowPlan } from './row-columns.ts';

/** A field of the layout in the tree of its format: its name, and those of the objects or groups it lies in. */
export type Leaf = { readonly path: readonly string[]; readonly name: string; readonly index: number };

/** Fields next to each other in the layout that are all written. */
export type Run = { readonly first: Leaf; readonly last: Leaf };

export type RowRuns = {
  readonly runs: readonly Run[];
  /** What stands before each run, and behind the last. */
  readonly between: readonly Literal[];
  /** Fields that are written in another way where they are empty. */
  readonly notEmpty: readonly number[];
  /** Fields whose values may hold bytes that are written in another way, and those bytes. */
  readonly texts: readonly number[];
  readonly special: readonly number[];
};

/** Whether what is written of a row can be the bytes it came as. */
export function canCopyRuns({ from, layout, mask, fileMask }: RowPlan, columns: readonly RowColumn[]): boolean {
  const written = columns.filter((_, index) => mask[index] === true && fileMask[index] === true);
  const isCopied = (column: RowColumn) => column.from === 'row' && column.form === AS_IT_IS;
  return from === layout && written.length > 0 && written.every(isCopied);
}

/** @param leaves in the order in which they are written */
export function runsOf(leaves: readonly Leaf[], { mask, fileMask }: RowPlan): readonly Run[] {
  const runs: Run[] = [];
  for (const [at, leaf] of leaves.entries()) {
    if (mask[leaf.index] !== true || fileMask[leaf.index] !== true) continue;
    const last = runs.at(-1);
    const goesOn = last !== undefined && last.last === leaves[at - 1];
    if (goesOn) runs[runs.length - 1] = { ...last, last: leaf };
    else runs.push({ first: leaf, last: leaf });
  }
  return runs;
}

/** How many of the objects around one field are also around the other. */
export function sharedPath(one: Leaf | undefined, other: Leaf): number {
  const path = one?.path ?? [];
  const differs = path.findIndex((name, index) => other.path[index] !== name);
  return differs < 0 ? path.length : differs;
}

/**
 * Rows that stand as the writer of their format would put them: fields next to each other are copied with all that is
 * between them. Any other row is written field by field.
 */
export class RowCopies implements RowWriter {
  readonly #rows: RowWriter;
  readonly #between: readonly Literal[];
  readonly #firsts: Int32Array;
  readonly #lasts: Int32Array;
  readonly #notEmpty: Int32Array;
  readonly #texts: Int32Array;
  readonly #special = new Uint8Array(256);
  readonly #fixedBytes: number;

  constructor({ runs, between, notEmpty, texts, special }: RowRuns, rows: RowWriter) {
    this.#rows = rows;
    this.#between = between;
    this.#firsts = Int32Array.from(runs, ({ first }) => first.index);
    this.#lasts = Int32Array.from(runs, ({ last }) => last.index);
    this.#notEmpty = Int32Array.from(notEmpty);
    this.#texts = Int32Array.from(texts);
    for (const byte of special) this.#special[byte] = 1;
    this.#fixedBytes = between.reduce((sum, { bytes }) => sum + bytes.length, 0);
  }

  takes(block: RecordBlock, row: number): boolean {
    return this.#rows.takes(block, row);
  }

  write(source: RowSource, row: number, line: number, to: RowTarget): void {
    const { block, words } = source;
    const { bytes, rowStarts, starts, ends } = block;
    const base = row * block.fields;
    if (block.asWritten[row] !== 1 || !this.#canCopy(block, base)) {
      this.#rows.write(source, row, line, to);
      return;
    }
    to.reserve((rowStarts[row + 1] ?? 0) - (rowStarts[row] ?? 0) + this.#fixedBytes);
    const isAscii = block.plain[row] === PLAIN;
    const [firsts, lasts, between] = [this.#firsts, this.#lasts, this.#between];
    let at = to.length;
    for (let run = 0; run < firsts.length; run += 1) {
      at = between[run]?.copy(to.words, at) ?? at;
      const from = starts[base + (firsts[run] ?? 0)] ?? 0;
      const until = ends[base + (lasts[run] ?? 0)] ?? 0;
      at = isAscii ? copyWords(words, from, until, to.words, at) : copyBytes(bytes, from, until, to.bytes, at);
    }
    to.length = between[firsts.length]?.copy(to.words, at) ?? at;
  }

  /** Whether each run begins and ends with a value, and no value is written in another way. */
  #canCopy({ bytes, starts, ends }: RecordBlock, base: number): boolean {
    const [firsts, lasts, notEmpty, texts] = [this.#firsts, this.#lasts, this.#notEmpty, this.#texts];
    for (let run = 0; run < firsts.length; run += 1) {
      if ((starts[base + (firsts[run] ?? 0)] ?? -1) < 0 || (starts[base + (lasts[run] ?? 0)] ?? -1) < 0) return false;
    }
    for (let index = 0; index < notEmpty.length; index += 1) {
      const place = base + (notEmpty[index] ?? 0);
      if ((starts[place] ?? 0) >= 0 && starts[place] === ends[place]) return false;
    }
    for (let index = 0; index < texts.length; index += 1) {
      const place = base + (texts[index] ?? 0);
      const end = ends[place] ?? 0;
      for (let at = starts[place] ?? 0; at < end; at += 1) if (this.#special[bytes[at] ?? 0] === 1) return false;
    }
    return true;
  }
}
