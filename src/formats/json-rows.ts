import { type MemberTree, memberTree } from './json-members.ts';
import { PLAIN, type RecordBlock } from './record-block.ts';
import { isAsciiText, Literal, type RowSource, type RowTarget, type RowWriter } from './row-bytes.ts';
import { mayHold, type RowColumn, type RowPlan, widestIn } from './row-columns.ts';
import { EMPTY, escapeTable, IS_ABSENT, IS_NULL, RowValues, withoutZeros } from './row-values.ts';

const OPEN = 0x7b;
const CLOSE = 0x7d;
const COMMA = 0x2c;
const QUOTE = 0x22;
const LF = 0x0a;

// Controls stand in no text that is certain.
const SPECIAL = /["\\]/;
const ESCAPES = escapeTable({ '"': '\\"', '\\': '\\\\' });
/** So much longer a value may become, at most. */
const MOST_ESCAPED = 2;

const BEGINS_OBJECT = 0;
const ENDS_OBJECT = 1;
const STRING = 2;
const NUMBER = 3;
const BOOLEAN = 4;

/** One step of writing a record: the beginning or end of an object, or a member with its value. */
type Step = { readonly kind: number; readonly name: Literal; readonly column: number; readonly isText: boolean };

const NO_NAME = new Literal('');
const NULL_WORD = new Literal('null');

/** The rules are those of `JsonLinesWriter`. */
export class JsonRows implements RowWriter {
  readonly #steps: readonly Step[];
  readonly #values: RowValues;
  readonly #fixedBytes: number;
  /** Where each object that is open began. */
  readonly #begun: Int32Array;

  /** @throws TypeError where a name of the layout is not ASCII */
  constructor(plan: RowPlan, columns: readonly RowColumn[]) {
    const { layout, mask, fileMask, line } = plan;
    this.#steps = stepsOf(memberTree(layout.fields), (index) => mask[index] === true && fileMask[index] === true);
    this.#values = new RowValues(columns, line, (index) => {
      const type = layout.fields[index]?.type;
      return type !== undefined && mayHold(type, SPECIAL) ? ESCAPES : undefined;
    });
    const widest = columns.map((column, index) => {
      const field = layout.fields[index];
      return field === undefined || column.from === 'row' ? 'yyyy-MM-dd'.length : widestIn(column, field);
    });
    this.#fixedBytes =
      this.#steps.reduce((sum, { name }) => sum + name.bytes.length + 'null'.length + 4, 0) +
      widest.reduce((sum, width) => sum + width, 0);
    this.#begun = new Int32Array(this.#steps.length);
  }

  takes({ plain, charset }: RecordBlock, row: number): boolean {
    return plain[row] === PLAIN || charset === 'utf-8';
  }

  write(source: RowSource, row: number, line: number, to: RowTarget): void {
    const { rowStarts, fields } = source.block;
    to.reserve(((rowStarts[row + 1] ?? 0) - (rowStarts[row] ?? 0)) * MOST_ESCAPED + this.#fixedBytes);
    const target = to.bytes;
    const steps = this.#steps;
    const base = row * fields;
    let depth = 0;
    let at = to.length;
    target[at++] = OPEN;
    for (let index = 0; index < steps.length; index += 1) {
      const step = steps[index];
      if (step === undefined) continue;
      if (step.kind === BEGINS_OBJECT) {
        this.#begun[depth] = at;
        depth += 1;
        if (target[at - 1] !== OPEN) target[at++] = COMMA;
        at = step.name.copy(to.words, at);
      } else if (step.kind === ENDS_OBJECT) {
        depth -= 1;
        // Nothing of it may be written or is there.
        if (target[at - 1] === OPEN) at = this.#begun[depth] ?? at;
        else target[at++] = CLOSE;
      } else at = this.#member(step, source, row, base, line, to, at);
    }
    target[at++] = CLOSE;
    target[at++] = LF;
    to.length = at;
  }

  #member(
    { kind, name, column, isText }: Step,
    source: RowSource,
    row: number,
    base: number,
    line: number,
    to: RowTarget,
    start: number,
  ): number {
    const values = this.#values;
    const target = to.bytes;
    const state = values.state(column, source.block, base, line);
    if (state === IS_ABSENT) return start;
    let at = start;
    if (target[at - 1] !== OPEN) target[at++] = COMMA;
    at = name.copy(to.words, at);
    if (state === IS_NULL || (state === EMPTY && !isText)) return NULL_WORD.copy(to.words, at);
    if (kind !== STRING) {
      const end = values.put(column, source, row, line, to, at);
      return kind === NUMBER ? withoutZeros(target, at, end) : end;
    }
    target[at++] = QUOTE;
    if (state !== EMPTY) at = values.put(column, source, row, line, to, at);
    target[at++] = QUOTE;
    return at;
  }
}

function stepsOf(tree: MemberTree, isWritten: (index: number) => boolean): Step[] {
  const steps: Step[] = [];
  for (const [name, node] of tree) {
    if (!isAsciiText(name)) throw new TypeError('a name is not ASCII');
    const text = `${JSON.stringify(name)}:`;
    if (node instanceof Map) {
      const inside = stepsOf(node, isWritten);
      if (inside.length === 0) continue;
      steps.push({ kind: BEGINS_OBJECT, name: new Literal(`${text}{`), column: -1, isText: false });
      steps.push(...inside, { kind: ENDS_OBJECT, name: NO_NAME, column: -1, isText: false });
    } else if (isWritten(node.index)) {
      const kind = { string: STRING, number: NUMBER, boolean: BOOLEAN }[node.kind];
      steps.push({ kind, name: new Literal(text), column: node.index, isText: node.isText });
    }
  }
  return steps;
}
