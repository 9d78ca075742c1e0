import { isUtf8 } from 'node:buffer';
import { BlockRows } from './block-rows.ts';
import { ended } from './delimited-blocks.ts';
import { jsonAnatomy } from './json-anatomy.ts';
import { JsonLinesFormat, JsonLinesWriter } from './json-lines.ts';
import { type MemberKind, type MemberTree, memberTree, readMembers } from './json-members.ts';
import type { BlockCutter, BlockPlan, BlockReader, RecordBlock } from './record-block.ts';
import type { FieldMask } from './record-format.ts';
import { type Anatomy, NO_MATCH, Templates } from './record-template.ts';
import { RowAlone } from './row-alone.ts';
import { MAX_RECORD_BYTES } from './rows.ts';
import { byteClasses } from './text-matcher.ts';
import type { Matcher } from './value-matchers.ts';

const LF = 0x0a;
const CR = 0x0d;
const ZERO = 0x30;
const MINUS = 0x2d;
/** Whole numbers of so many digits are read exactly by JSON.parse. */
const MOST_DIGITS = 15;

/** JSON lines by templates: `JSON.parse` reads a line of each kind, and whatever is unusual. */
export class JsonBlocks implements BlockReader {
  readonly #rows: BlockRows;
  readonly #templates: Templates;
  readonly #alone: RowAlone;
  readonly #tree: MemberTree;
  readonly #writer: JsonLinesWriter;
  /** All fields. */
  readonly #mask: FieldMask;

  constructor({ layout, environment }: BlockPlan) {
    this.#tree = memberTree(layout.fields);
    this.#mask = layout.fields.map(() => true);
    this.#writer = new JsonLinesWriter(layout, this.#mask);
    const kinds = kindsOf(this.#tree);
    this.#rows = new BlockRows({
      ...{ layout, environment, charset: 'utf-8', classes: byteClasses('"\\') },
      inFormat: (matcher, field) => (kinds.get(field) === 'number' ? canonical(matcher) : matcher),
    });
    this.#templates = new Templates(this.#rows, (field) => kinds.get(field) === 'string');
    // A line before it: what is special about the first bytes of a file is not to be seen in the middle.
    this.#alone = new RowAlone(new JsonLinesFormat({}, [layout]), Buffer.from('{}\n'));
  }

  read(chunk: Uint8Array, isLast: boolean): RecordBlock | undefined {
    const data = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    if (!isUtf8(data) || (!isLast && data.at(-1) !== LF)) return undefined;
    const rows = this.#rows;
    rows.reset(data);
    this.#templates.reset();
    for (let start = 0; start < data.length; ) {
      const base = rows.open(start);
      const end = this.#templates.match(data, start);
      let next = end === NO_MATCH ? NO_MATCH : lineEnd(data, end);
      const isMatch = next !== NO_MATCH;
      if (!isMatch) next = this.#other(data, start);
      if (next - start > MAX_RECORD_BYTES) return undefined;
      rows.close(base, isMatch);
      start = next;
    }
    rows.finish(data.length);
    return rows.block((row) => this.#alone.read(ended(rows.rowBytes(row))));
  }

  /** Where a line ends that no template matches; from it one may be learned. */
  #other(data: Buffer, start: number): number {
    const feed = data.indexOf(LF, start);
    const next = feed < 0 ? data.length : feed + 1;
    if (this.#templates.learns && next - start <= MAX_RECORD_BYTES) {
      let end = feed < 0 ? data.length : feed;
      if (end > start && data[end - 1] === CR) end -= 1;
      const line = data.subarray(start, end);
      this.#templates.learn(line, this.#anatomyOf(line));
    }
    return next;
  }

  #anatomyOf(line: Buffer): Anatomy | undefined {
    const { fields } = this.#rows;
    const text = line.toString();
    const members = readMembers(text, this.#tree, fields);
    if (typeof members === 'string' || members.faults.length > 0) return undefined;
    const anatomy = jsonAnatomy(line, this.#tree, fields);
    const isAsWritten = this.#writer.record(members.values, this.#mask) === `${text}\n`;
    return anatomy === undefined ? undefined : { ...anatomy, isAsWritten };
  }
}

/** A number as JSON.parse gives it back: no zeros in front, and not so many digits that it is rounded. */
function canonical(matcher: Matcher): Matcher {
  return (bytes, at, limit) => {
    const end = matcher(bytes, at, limit);
    const first = bytes[at] === MINUS ? at + 1 : at;
    const isLong = end - first > MOST_DIGITS;
    return isLong || (bytes[first] === ZERO && (end > first + 1 || first > at)) ? -1 : end;
  };
}

function kindsOf(tree: MemberTree): ReadonlyMap<number, MemberKind> {
  const kinds = new Map<number, MemberKind>();
  for (const node of tree.values()) {
    if (node instanceof Map) for (const [index, kind] of kindsOf(node)) kinds.set(index, kind);
    else kinds.set(node.index, node.kind);
  }
  return kinds;
}

/** Behind LF, CRLF or the end of the file; NO_MATCH where the line goes on. */
function lineEnd(data: Uint8Array, at: number): number {
  const next = at < data.length && data[at] === CR ? at + 1 : at;
  if (next >= data.length) return data.length;
  return data[next] === LF ? next + 1 : NO_MATCH;
}

export class LineCutter implements BlockCutter {
  cut(bytes: Uint8Array): number {
    return bytes.lastIndexOf(LF) + 1;
  }
}
