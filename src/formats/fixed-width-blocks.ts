import type { LayoutVersion } from '../domain/flow.ts';
import { type Columns, type FixedWidthShape, widthOf } from '../domain/format.ts';
import { BlockRows } from './block-rows.ts';
import { codecOf, latin1OfCp500 } from './charsets.ts';
import { digitsIn } from './digits-in.ts';
import { columnsOf, FixedWidthFormat, trailerCheck } from './fixed-width.ts';
import { FixedWidthFields } from './fixed-width-fields.ts';
import { summandIn, type TrailerCheck } from './fixed-width-trailer.ts';
import type { BlockCutter, BlockEnd, BlockEnds, BlockPlan, BlockReader, RecordBlock } from './record-block.ts';
import { NOWHERE, type RecordEnds, recordEnds } from './record-ends.ts';
import { lineEndBytes } from './records-of-length.ts';
import { RowAlone } from './row-alone.ts';
import { byteClasses } from './text-matcher.ts';

const LF = 0x0a;
const SPACE = 0x20;
const BEYOND_ASCII = String.fromCharCode(...Array.from({ length: 0x80 }, (_, index) => 0x80 + index));

/**
 * Records of one length by their bytes. Details are counted and added up here; those that are not plain are then read record
 * by record, as is every line of UTF-8 with a character beyond ASCII, since its columns are not its bytes.
 */
export class FixedWidthBlocks implements BlockReader {
  readonly #shape: FixedWidthShape;
  readonly #detail: Buffer | undefined;
  readonly #ends: RecordEnds;
  readonly #rows: BlockRows;
  readonly #fields: FixedWidthFields;
  readonly #alone: RowAlone;
  readonly #sums: DetailSums;
  #trailer: string | undefined;
  /** Where the details of the chunk end. */
  #end = 0;

  constructor({ layout, environment, facts }: BlockPlan, shape: FixedWidthShape) {
    this.#shape = shape;
    this.#detail = shape.detail === undefined ? undefined : Buffer.from(shape.detail.type);
    this.#ends = recordEnds(shape);
    const charset = shape.charset === 'cp500' ? 'iso-8859-1' : shape.charset;
    const classes = byteClasses(charset === 'utf-8' ? BEYOND_ASCII : '');
    this.#rows = new BlockRows({ layout, environment, charset, classes });
    this.#fields = new FixedWidthFields(layout, shape, this.#rows);
    this.#sums = new DetailSums(layout, shape);
    const alone = { ...shape, header: undefined, trailer: undefined };
    // A record before it: what is special about the first one of a file is not to be seen in the middle.
    this.#alone = new RowAlone(new FixedWidthFormat(alone, [layout], facts), blankDetail(shape));
  }

  read(chunk: Uint8Array, isLast: boolean): RecordBlock | undefined {
    const { charset, lineEnd, trailer } = this.#shape;
    const sent = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    // The next-line character is of no text: with it records are looked at one by one.
    if (lineEnd !== 'nel' && sent.length > 0 && codecOf(charset).decoderFor(sent) === undefined) return undefined;
    const data = charset === 'cp500' ? latin1OfCp500(sent) : sent;
    const rows = this.#rows;
    rows.reset(data);
    this.#trailer = undefined;
    this.#sums.reset();
    this.#end = data.length;
    for (let start = 0; start < data.length; ) {
      const next = this.#trailer === undefined ? this.#record(data, sent, start, isLast) : NOWHERE;
      if (next === NOWHERE) return undefined;
      start = next;
    }
    if ((this.#trailer === undefined) !== (trailer === undefined || !isLast)) return undefined;
    rows.finish(this.#end);
    const end: Partial<BlockEnd> = { sums: this.#sums.values, trailer: this.#trailer };
    return rows.block((row) => this.#alone.read(this.#ended(sent, row)), end);
  }

  #record(data: Buffer, sent: Buffer, start: number, isLast: boolean): number {
    const next = this.#ends.next(data, start, isLast);
    if (next !== NOWHERE && this.#isDetail(data, start)) {
      const base = this.#rows.open(start);
      if (this.#fields.match(data, start, base) && this.#sums.add(data, start)) {
        this.#rows.close(base, true);
        return next;
      }
    }
    return this.#carefully(sent, start, isLast);
  }

  /** A detail that is not plain, or the trailer. */
  #carefully(sent: Buffer, start: number, isLast: boolean): number {
    const { recordType, detail, trailer } = this.#shape;
    const cut = this.#ends.cut(sent, start, isLast);
    if (cut === undefined) return NOWHERE;
    const { text, next } = cut;
    const type = recordType === undefined ? undefined : text.slice(recordType.first - 1, recordType.last);
    if (type === undefined || type === detail?.type) {
      const base = this.#rows.open(start);
      if (!this.#sums.addOf(text)) return NOWHERE;
      this.#rows.close(base, false);
      return next;
    }
    if (type !== trailer?.type) return NOWHERE;
    this.#trailer = text;
    this.#end = start;
    return next;
  }

  #isDetail(data: Buffer, start: number): boolean {
    const { recordType } = this.#shape;
    if (recordType === undefined || this.#detail === undefined) return recordType === undefined;
    const from = start + recordType.first - 1;
    if (this.#detail.length !== widthOf(recordType)) return false;
    for (let at = 0; at < this.#detail.length; at += 1) if (data[from + at] !== this.#detail[at]) return false;
    return true;
  }

  #ended(sent: Buffer, row: number): Uint8Array {
    const bytes = sent.subarray(this.#rows.rowStarts[row], this.#rows.rowStarts[row + 1]);
    const { charset, lineEnd, recordLength } = this.#shape;
    if (charset !== 'utf-8' && bytes.length === recordLength) {
      return Buffer.concat([bytes, Buffer.from(lineEndBytes(charset, lineEnd))]);
    }
    return charset !== 'utf-8' || bytes.at(-1) === LF ? bytes : Buffer.concat([bytes, Buffer.from('\n')]);
  }
}

/** The sums of the trailer, over the details of a chunk; the rules are those of `TrailerCheck.add`. */
class DetailSums {
  readonly #places: readonly Columns[];
  readonly #froms: Int32Array;
  readonly #tos: Int32Array;
  readonly #moduli: Float64Array;
  readonly #numbers: Float64Array;
  readonly #values: Float64Array;

  constructor(layout: LayoutVersion, { trailer }: FixedWidthShape) {
    const sums = trailer?.sums ?? [];
    this.#places = sums.map(({ field }) => columnsOf(layout.fields.find(({ name }) => name === field)));
    this.#froms = Int32Array.from(this.#places, ({ first }) => first - 1);
    this.#tos = Int32Array.from(this.#places, ({ last }) => last);
    this.#moduli = Float64Array.from(sums, ({ columns }) => 10 ** widthOf(columns));
    this.#numbers = new Float64Array(sums.length);
    this.#values = new Float64Array(sums.length);
  }

  get values(): readonly number[] {
    return [...this.#values];
  }

  reset(): void {
    this.#values.fill(0);
  }

  /** Adds the numbers of a detail; false, and nothing is added, where one of them is not certain. */
  add(data: Uint8Array, start: number): boolean {
    const numbers = this.#numbers;
    const [froms, tos, values, moduli] = [this.#froms, this.#tos, this.#values, this.#moduli];
    for (let sum = 0; sum < numbers.length; sum += 1) {
      const from = start + (froms[sum] ?? 0);
      const to = start + (tos[sum] ?? 0);
      const number = digitsIn(data, from, to);
      if (number >= 0) numbers[sum] = number;
      else if (isBlank(data, from, to)) numbers[sum] = 0;
      else return false;
    }
    for (let sum = 0; sum < numbers.length; sum += 1) {
      values[sum] = addedTo(values[sum] ?? 0, numbers[sum] ?? 0, moduli[sum] ?? 1);
    }
    return true;
  }

  /** The same of a record that was cut out. */
  addOf(record: string): boolean {
    for (const [sum, place] of this.#places.entries()) {
      const number = summandIn(record, place);
      if (number === undefined) return false;
      this.#values[sum] = addedTo(this.#values[sum] ?? 0, number, this.#moduli[sum] ?? 1);
    }
    return true;
  }
}

/** Modulo; the remainder of a division is taken only where the number is larger, which costs more than all the rest. */
function addedTo(value: number, number: number, modulus: number): number {
  const sum = value + (number < modulus ? number : number % modulus);
  return sum < modulus ? sum : sum - modulus;
}

function isBlank(data: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) if (data[at] !== SPACE) return false;
  return true;
}

export class FixedWidthCutter implements BlockCutter {
  readonly #stride: number | undefined;

  constructor({ charset, recordLength, lineEnd }: FixedWidthShape) {
    this.#stride = charset === 'utf-8' ? undefined : recordLength + lineEndBytes(charset, lineEnd).length;
  }

  cut(bytes: Uint8Array): number {
    return this.#stride === undefined ? bytes.lastIndexOf(LF) + 1 : bytes.length - (bytes.length % this.#stride);
  }
}

/** Counts and sums of all chunks, held against the trailer. */
export class TrailerEnds implements BlockEnds {
  readonly #check: TrailerCheck | undefined;
  #fault: string | undefined;

  constructor(layout: LayoutVersion, shape: FixedWidthShape) {
    this.#check = trailerCheck(layout, shape);
  }

  add({ count, sums, trailer }: BlockEnd): void {
    this.#check?.addCounted(count, sums);
    if (trailer !== undefined) this.#fault = this.#check?.fault(trailer);
  }

  get agree(): boolean {
    return this.#fault === undefined;
  }
}

function blankDetail({ recordType, recordLength, detail, charset, lineEnd }: FixedWidthShape): Uint8Array {
  const before = ' '.repeat((recordType?.first ?? 1) - 1);
  const blank = `${before}${detail?.type ?? ''}`.padEnd(recordLength);
  const end = charset === 'utf-8' ? Buffer.from('\n') : Buffer.from(lineEndBytes(charset, lineEnd));
  return Buffer.concat([codecOf(charset).encode(blank), end]);
}
