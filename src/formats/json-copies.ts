import type { FlowFormat } from '../domain/format.ts';
import { type MemberLeaf, type MemberTree, memberTree } from './json-members.ts';
import type { JsonRows } from './json-rows.ts';
import { PLAIN, type RecordBlock } from './record-block.ts';
import { copyBytes, copyWords, Literal, type RowSource, type RowTarget, type RowWriter } from './row-bytes.ts';
import { AS_IT_IS, type RowColumn, type RowPlan } from './row-columns.ts';

/** A member, and the objects it lies in. */
type Leaf = { readonly path: readonly string[]; readonly name: string; readonly leaf: MemberLeaf };

/** Members next to each other in the layout that are all written. */
type Run = { readonly first: Leaf; readonly last: Leaf };

/**
 * Rows that stand as `JsonLinesWriter` would put them: members next to each other are copied with all that is between them.
 * Any other row is written member by member.
 */
export class JsonCopies implements RowWriter {
  readonly #rows: JsonRows;
  /** What stands before each run, and behind the last. */
  readonly #before: readonly Literal[];
  readonly #firsts: Int32Array;
  readonly #lasts: Int32Array;
  /** Strings that are no text: an empty one is written as null. */
  readonly #notEmpty: Int32Array;
  readonly #fixedBytes: number;

  /** Whether the bytes of its rows can be those that are written. */
  static canCopy(flow: FlowFormat, { from, layout, mask, fileMask }: RowPlan, columns: readonly RowColumn[]): boolean {
    const written = columns.filter((_, index) => mask[index] === true && fileMask[index] === true);
    const isCopied = (column: RowColumn) => column.from === 'row' && column.form === AS_IT_IS;
    return flow.kind === 'json-lines' && from === layout && written.length > 0 && written.every(isCopied);
  }

  constructor({ layout, mask, fileMask }: RowPlan, rows: JsonRows) {
    const isWritten = ({ leaf }: Leaf) => mask[leaf.index] === true && fileMask[leaf.index] === true;
    const leaves = leavesOf(memberTree(layout.fields), []);
    const runs = runsOf(leaves, isWritten);
    this.#rows = rows;
    this.#before = [
      ...runs.map(({ first }, index) => between(runs[index - 1]?.last, first)),
      behind(runs.at(-1)?.last),
    ];
    this.#firsts = Int32Array.from(runs, ({ first }) => first.leaf.index);
    this.#lasts = Int32Array.from(runs, ({ last }) => last.leaf.index);
    const strings = leaves.filter((one) => isWritten(one) && one.leaf.kind === 'string' && !one.leaf.isText);
    this.#notEmpty = Int32Array.from(strings, ({ leaf }) => leaf.index);
    this.#fixedBytes = this.#before.reduce((sum, { bytes }) => sum + bytes.length, 0);
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
    const [firsts, lasts, before] = [this.#firsts, this.#lasts, this.#before];
    let at = to.length;
    for (let run = 0; run < firsts.length; run += 1) {
      at = before[run]?.copy(to.words, at) ?? at;
      const from = starts[base + (firsts[run] ?? 0)] ?? 0;
      const until = ends[base + (lasts[run] ?? 0)] ?? 0;
      at = isAscii ? copyWords(words, from, until, to.words, at) : copyBytes(bytes, from, until, to.bytes, at);
    }
    to.length = before[firsts.length]?.copy(to.words, at) ?? at;
  }

  /** Whether each run begins and ends with a value, and no value is written in another way. */
  #canCopy({ starts, ends }: RecordBlock, base: number): boolean {
    const [firsts, lasts, notEmpty] = [this.#firsts, this.#lasts, this.#notEmpty];
    for (let run = 0; run < firsts.length; run += 1) {
      if ((starts[base + (firsts[run] ?? 0)] ?? -1) < 0 || (starts[base + (lasts[run] ?? 0)] ?? -1) < 0) return false;
    }
    for (let index = 0; index < notEmpty.length; index += 1) {
      const place = base + (notEmpty[index] ?? 0);
      if ((starts[place] ?? 0) >= 0 && starts[place] === ends[place]) return false;
    }
    return true;
  }
}

function leavesOf(tree: MemberTree, path: readonly string[]): Leaf[] {
  return [...tree].flatMap(([name, node]) =>
    node instanceof Map ? leavesOf(node, [...path, name]) : [{ path, name, leaf: node }],
  );
}

function runsOf(leaves: readonly Leaf[], isWritten: (leaf: Leaf) => boolean): readonly Run[] {
  const runs: Run[] = [];
  for (const [index, leaf] of leaves.entries()) {
    if (!isWritten(leaf)) continue;
    const before = leaves[index - 1];
    const last = runs.at(-1);
    if (last !== undefined && before !== undefined && last.last === before)
      runs[runs.length - 1] = { ...last, last: leaf };
    else runs.push({ first: leaf, last: leaf });
  }
  return runs;
}

/** From the end of a value to the next one that is written; from the beginning of the record where there is none before. */
function between(before: Leaf | undefined, next: Leaf): Literal {
  const shared = before === undefined ? 0 : sharedObjects(before.path, next.path);
  const closed = before === undefined ? '{' : `${quoteOf(before)}${'}'.repeat(before.path.length - shared)},`;
  const opened = next.path.slice(shared).map((name) => `${JSON.stringify(name)}:{`);
  return new Literal(`${closed}${opened.join('')}${JSON.stringify(next.name)}:${quoteOf(next)}`);
}

function behind(last: Leaf | undefined): Literal {
  return new Literal(last === undefined ? '{}\n' : `${quoteOf(last)}${'}'.repeat(last.path.length)}}\n`);
}

function sharedObjects(one: readonly string[], other: readonly string[]): number {
  const differs = one.findIndex((name, index) => other[index] !== name);
  return differs < 0 ? one.length : differs;
}

/** Values are told without their quotes. */
function quoteOf({ leaf }: Leaf): string {
  return leaf.kind === 'string' ? '"' : '';
}
