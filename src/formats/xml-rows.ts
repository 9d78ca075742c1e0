import type { OutputFormat } from '../domain/format.ts';
import { PLAIN, type RecordBlock } from './record-block.ts';
import { isAsciiText, Literal, type RowSource, type RowTarget, type RowWriter } from './row-bytes.ts';
import { mayHold, type RowColumn, type RowPlan, widestIn } from './row-columns.ts';
import { escapeTable, PRESENT, RowValues } from './row-values.ts';
import { type XmlGroup, xmlTree } from './xml-tree.ts';

type XmlOutput = OutputFormat & { readonly kind: 'xml' };

const SPECIAL = /[&<>"]/;
// A carriage return stands in no text that is certain.
const ESCAPES = escapeTable({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' });
/** So much longer a value may become, at most. */
const MOST_ESCAPED = '&quot;'.length;

const BEGINS_GROUP = 0;
const ENDS_GROUP = 1;
const LEAF = 2;

/** One step of writing a record: the beginning or end of a group, or an element with its value. */
type Step = { readonly kind: number; readonly before: Literal; readonly behind: Literal; readonly column: number };

const NOTHING = new Literal('');

/** The rules are those of `XmlWriter`. */
export class XmlRows implements RowWriter {
  readonly #charset: string;
  readonly #before: Literal;
  readonly #behind: Literal;
  readonly #steps: readonly Step[];
  readonly #values: RowValues;
  readonly #fixedBytes: number;
  /** Behind the start tag of each group that is open. */
  readonly #begun: Int32Array;

  /** @throws TypeError where a name of the layout is not ASCII */
  constructor(format: XmlOutput, plan: RowPlan, columns: readonly RowColumn[]) {
    const { layout, mask, fileMask, line } = plan;
    this.#charset = format.charset;
    this.#before = startTag(format.record);
    this.#behind = new Literal(`</${format.record}>\n`);
    this.#steps = stepsOf(xmlTree(layout.fields), (index) => mask[index] === true && fileMask[index] === true);
    this.#values = new RowValues(columns, line, (index) => {
      const type = layout.fields[index]?.type;
      return type !== undefined && mayHold(type, SPECIAL) ? ESCAPES : undefined;
    });
    const widest = columns.map((column, index) => {
      const field = layout.fields[index];
      return field === undefined || column.from === 'row' ? 'yyyy-MM-dd'.length : widestIn(column, field);
    });
    this.#fixedBytes =
      this.#steps.reduce((sum, { before, behind }) => sum + before.bytes.length + behind.bytes.length, 0) +
      widest.reduce((sum, width) => sum + width, 0) +
      this.#before.bytes.length +
      this.#behind.bytes.length;
    this.#begun = new Int32Array(this.#steps.length);
  }

  takes({ plain, charset }: RecordBlock, row: number): boolean {
    return plain[row] === PLAIN || charset === this.#charset;
  }

  write(source: RowSource, row: number, line: number, to: RowTarget): void {
    const { block } = source;
    const { rowStarts, fields } = block;
    to.reserve(((rowStarts[row + 1] ?? 0) - (rowStarts[row] ?? 0)) * MOST_ESCAPED + this.#fixedBytes);
    const { words } = to;
    const steps = this.#steps;
    const values = this.#values;
    const base = row * fields;
    let depth = 0;
    let at = this.#before.copy(words, to.length);
    for (let index = 0; index < steps.length; index += 1) {
      const step = steps[index];
      if (step === undefined) continue;
      if (step.kind === BEGINS_GROUP) {
        at = step.before.copy(words, at);
        this.#begun[depth] = at;
        depth += 1;
      } else if (step.kind === ENDS_GROUP) {
        depth -= 1;
        // A group without any value is left out.
        if (at === this.#begun[depth]) at -= step.before.bytes.length;
        else at = step.behind.copy(words, at);
      } else if (values.state(step.column, block, base, line) === PRESENT) {
        at = step.before.copy(words, at);
        at = values.put(step.column, source, row, line, to, at);
        at = step.behind.copy(words, at);
      }
    }
    to.length = this.#behind.copy(words, at);
  }
}

function stepsOf({ children }: XmlGroup, isWritten: (index: number) => boolean): Step[] {
  const steps: Step[] = [];
  for (const [name, node] of children) {
    const before = startTag(name);
    const behind = new Literal(`</${name}>`);
    if (node.kind === 'leaf') {
      if (isWritten(node.index)) steps.push({ kind: LEAF, before, behind, column: node.index });
      continue;
    }
    const inside = stepsOf(node, isWritten);
    if (inside.length === 0) continue;
    steps.push({ kind: BEGINS_GROUP, before, behind: NOTHING, column: -1 });
    steps.push(...inside, { kind: ENDS_GROUP, before, behind, column: -1 });
  }
  return steps;
}

function startTag(name: string): Literal {
  if (!isAsciiText(name)) throw new TypeError('a name is not ASCII');
  return new Literal(`<${name}>`);
}
