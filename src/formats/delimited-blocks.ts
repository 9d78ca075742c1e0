import type { DelimitedShape } from '../domain/format.ts';
import { birthOfInsz } from '../domain/insz.ts';
import { codecOf } from './charsets.ts';
import { DelimitedFormat } from './delimited.ts';
import { isoOf, KnownDates } from './field-forms.ts';
import { fieldCheck } from './field-types.ts';
import {
  type BlockCutter,
  type BlockEnd,
  type BlockPlan,
  type BlockReader,
  NOT_PLAIN,
  OPEN_END,
  PLAIN,
  type RecordBlock,
} from './record-block.ts';
import type { ParsedRecord, RecordSink } from './record-format.ts';
import { MAX_RECORD_BYTES } from './rows.ts';

const LF = 0x0a;
const CR = 0x0d;
const QUOTE = 0x22;
const DAY_MS = 86_400_000;
const FIRST_DAY_MS = Date.UTC(1900, 0, 1);

export class DelimitedCutter implements BlockCutter {
  readonly #separator: number;

  constructor(separator: string) {
    this.#separator = separator.charCodeAt(0);
  }

  cut(bytes: Uint8Array): number {
    const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return Math.max(0, rowsEnd(data, this.#separator));
  }
}

/** Behind the last line feed that ends a row; -1 where a quoted field is longer than a record may be. */
function rowsEnd(data: Buffer, separator: number): number {
  let outsideFrom = 0;
  let quote = data.indexOf(QUOTE);
  let lastEnd = 0;
  while (quote >= 0) {
    const before = data[quote - 1];
    let next = quote + 1;
    if (quote === 0 || before === separator || before === LF) {
      const feed = data.lastIndexOf(LF, quote) + 1;
      if (feed > outsideFrom) lastEnd = feed;
      next = behindQuoted(data, quote);
      if (next < 0) return data.length - quote > MAX_RECORD_BYTES ? -1 : lastEnd;
      outsideFrom = next;
    }
    quote = data.indexOf(QUOTE, next);
  }
  const feed = data.lastIndexOf(LF) + 1;
  return feed > outsideFrom ? feed : lastEnd;
}

/** Behind the quote that ends a quoted field; -1 where it does not end. */
function behindQuoted(data: Buffer, from: number): number {
  let at = data.indexOf(QUOTE, from + 1);
  while (at >= 0) {
    if (at + 1 === data.length) return -1;
    if (data[at + 1] !== QUOTE) return at + 1;
    at = data.indexOf(QUOTE, at + 2);
  }
  return -1;
}

/** Tells plain rows by the checks of the record-at-a-time path; rows without quotes only. */
export class DelimitedBlocks implements BlockReader {
  readonly #plan: BlockPlan;
  readonly #shape: DelimitedShape;

  constructor(plan: BlockPlan, shape: DelimitedShape) {
    this.#plan = plan;
    this.#shape = shape;
  }

  read(chunk: Uint8Array, _isLast: boolean): RecordBlock | undefined {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    if (codecOf(this.#shape.charset).decoderFor(bytes) === undefined) return undefined;
    if (bytes.includes(QUOTE)) return undefined;
    const { fields } = this.#plan.layout;
    const rowStarts = [0];
    for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1)) rowStarts.push(at + 1);
    if (rowStarts.at(-1) !== bytes.length) rowStarts.push(bytes.length);
    const count = rowStarts.length - 1;
    const end: BlockEnd = { count, sums: [], trailer: undefined };
    const starts = new Int32Array(count * fields.length);
    const ends = new Int32Array(count * fields.length);
    const plain = new Uint8Array(count);
    const persons = new Uint32Array(count);
    const periodBegins = new Int32Array(count);
    const periodEnds = new Int32Array(count);
    const record = (row: number, number: number): ParsedRecord => {
      const parsed: ParsedRecord[] = [];
      const sink: RecordSink = { layout: () => {}, record: (one) => parsed.push(one), error: () => {} };
      const format = new DelimitedFormat({ ...this.#shape, header: false }, [this.#plan.layout]);
      format.parse(Buffer.from('\n'), sink);
      format.parse(bytes.subarray(rowStarts[row], rowStarts[row + 1]), sink);
      format.end(sink);
      const [, one] = parsed;
      if (one === undefined) throw new TypeError('a row was no record');
      return { ...one, number };
    };
    const block = { bytes, charset: this.#shape.charset, count, fields: fields.length };
    const { roles } = this.#plan.layout;
    const dates = new KnownDates();
    const checks = fields.map((field) =>
      fieldCheck(
        field.type,
        field.required === true || field.name === roles.person || field.name === roles.periodBegin,
        this.#plan.environment,
        dates,
      ),
    );
    const at = (name: string | undefined) => fields.findIndex((field) => field.name === name);
    const day = (index: number, value: string) => {
      const type = fields[index]?.type;
      const iso = type?.kind === 'date' && type.form === 'yyyyMMdd' ? isoOf(value) : value;
      return Math.min(OPEN_END, (Date.parse(`${iso}T00:00:00Z`) - FIRST_DAY_MS) / DAY_MS);
    };
    for (let row = 0; row < count; row += 1) {
      const from = rowStarts[row] ?? 0;
      let until = rowStarts[row + 1] ?? 0;
      if (bytes[until - 1] === LF) until -= 1;
      if (bytes[until - 1] === CR) until -= 1;
      const text = bytes.toString('latin1', from, until);
      const values = text.split(this.#shape.separator);
      plain[row] = NOT_PLAIN;
      if (values.length !== fields.length || /[^ -~]/.test(text)) continue;
      if (this.#plan.layout.totals.length + this.#plan.layout.births.length > 0) continue;
      if (fields.some(({ required, type }) => required === 'in-group' || type.kind === 'kbo')) continue;
      if (values.some((value, index) => checks[index]?.(value) !== undefined)) continue;
      const one = (name: string | undefined) => {
        const index = at(name);
        const value = values[index] ?? '';
        return value === '' ? undefined : day(index, value);
      };
      const begin = one(roles.periodBegin) ?? 0;
      const periodEnd = roles.periodEnd === undefined ? begin : (one(roles.periodEnd) ?? OPEN_END);
      if (periodEnd < begin) continue;
      const isReversed = this.#plan.layout.periods.some((period) => {
        const [first, last] = [one(period.begin), one(period.end)];
        return first !== undefined && last !== undefined && last < first;
      });
      if (isReversed) continue;
      let start = from;
      for (const [index, value] of values.entries()) {
        starts[row * fields.length + index] = start;
        ends[row * fields.length + index] = start + value.length;
        start += value.length + 1;
      }
      const person = values[at(roles.person)] ?? '';
      const birth = birthOfInsz(person);
      if (birth === undefined) continue;
      persons[row] = Number(person.slice(0, 9)) + (birth.year >= 2000 ? 1_000_000_000 : 0);
      periodBegins[row] = begin;
      periodEnds[row] = periodEnd;
      plain[row] = PLAIN;
    }
    return {
      ...block,
      rowStarts: Int32Array.from(rowStarts),
      starts,
      ends,
      plain,
      persons,
      periodBegins,
      periodEnds,
      end,
      record,
    };
  }
}
