import type { DelimitedShape } from '../domain/format.ts';
import { PLAIN, type RecordBlock } from './record-block.ts';
import type { RowSource, RowTarget, RowWriter } from './row-bytes.ts';
import { mayHold, type RowColumn, type RowPlan } from './row-columns.ts';
import { escapeTable, PRESENT, RowValues } from './row-values.ts';

const LF = 0x0a;
const QUOTE = 0x22;
/** A column takes no more beside the bytes of the row: separator, quotes, a date of the receiver's line. */
const MOST_PER_COLUMN = 16;
const DOUBLED = escapeTable({ '"': '""' });

/** Rows of another format, or another form of this one. The rules are those of `DelimitedWriter`. */
export class DelimitedRows implements RowWriter {
  readonly #charset: string;
  readonly #separator: number;
  /** Columns of the file; those this record may not have are empty. */
  readonly #columns: Int32Array;
  readonly #isWritten: Uint8Array;
  readonly #mayNeedQuotes: Uint8Array;
  readonly #values: RowValues;

  constructor({ separator, charset }: DelimitedShape, plan: RowPlan, columns: readonly RowColumn[]) {
    const { layout, mask, fileMask, line } = plan;
    this.#charset = charset;
    this.#separator = separator.charCodeAt(0);
    const special = new RegExp(`["\\r\\n${separator.replace(/[\\\]^-]/, '\\$&')}]`);
    this.#columns = Int32Array.from(layout.fields.flatMap((_, index) => (fileMask[index] === true ? [index] : [])));
    this.#isWritten = Uint8Array.from(layout.fields, (_, index) => (mask[index] === true ? 1 : 0));
    this.#mayNeedQuotes = Uint8Array.from(layout.fields, ({ type }, index) =>
      columns[index]?.from === 'row' && mayHold(type, special) ? 1 : 0,
    );
    this.#values = new RowValues(columns, line, (index) => (this.#mayNeedQuotes[index] === 1 ? DOUBLED : undefined));
  }

  takes({ plain, charset }: RecordBlock, row: number): boolean {
    return plain[row] === PLAIN || charset === this.#charset;
  }

  write(source: RowSource, row: number, line: number, to: RowTarget): void {
    const { block } = source;
    const { rowStarts, fields } = block;
    const columns = this.#columns;
    const values = this.#values;
    to.reserve(((rowStarts[row + 1] ?? 0) - (rowStarts[row] ?? 0)) * 2 + columns.length * MOST_PER_COLUMN + 1);
    const target = to.bytes;
    const base = row * fields;
    let at = to.length;
    for (let index = 0; index < columns.length; index += 1) {
      const column = columns[index] ?? 0;
      if (index > 0) target[at++] = this.#separator;
      if (this.#isWritten[column] !== 1 || values.state(column, block, base, line) !== PRESENT) continue;
      const start = at;
      at = values.put(column, source, row, line, to, at);
      if (this.#mayNeedQuotes[column] === 1 && this.#needsQuotes(target, start, at)) {
        target.copyWithin(start + 1, start, at);
        target[start] = QUOTE;
        target[at + 1] = QUOTE;
        at += 2;
      }
    }
    target[at++] = LF;
    to.length = at;
  }

  /** Line ends and byte order marks stand in no text that is certain. */
  #needsQuotes(target: Uint8Array, start: number, end: number): boolean {
    for (let at = start; at < end; at += 1) {
      if (target[at] === QUOTE || target[at] === this.#separator) return true;
    }
    return false;
  }
}
