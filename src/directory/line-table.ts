import type { Insz } from '../domain/insz.ts';
import { DOSSIER_BYTES, inszOf, KEY_BYTES, packDossier, unpackDossier } from './pack.ts';
import type { PersonLine } from './person-lines.ts';

/** More lines of one person are a mistake of the file. */
export const MAX_LINES_PER_PERSON = 1000;

/** Row numbers have 27 bits beside the 37 bits of an INSZ. */
const ROW_BITS = 27n;
export const MAX_LINES = 2 ** 27;

const FIRST_LINE = 2; // the header is line 1
const FIRST_CAPACITY = 16_384;
const KIND = { dossier: 0, replaced: 1, known: 2 } as const;

export type LineProblem = { readonly line: number; readonly problem: string };

/** Everything a load file says of one number. */
export type PersonEntry =
  | { readonly kind: 'dossiers'; readonly insz: Insz; readonly count: number; readonly packed: Buffer }
  | { readonly kind: 'replaced'; readonly insz: Insz; readonly by: Insz; readonly line: number };

/**
 * The lines of a load file, 18 bytes each, in any order; `sort` brings the lines of one person together. A faulty line
 * takes a row too, so that a row tells its line number.
 */
export class LineTable {
  #rows = 0;
  #count = 0;
  #keys = new BigUint64Array(FIRST_CAPACITY);
  #kinds = new Uint8Array(FIRST_CAPACITY);
  #packed = Buffer.alloc(FIRST_CAPACITY * DOSSIER_BYTES);

  add(line: PersonLine): void {
    if (this.#rows === this.#kinds.length) this.#grow();
    const row = this.#rows;
    this.#keys[this.#count] = (BigInt(line.insz) << ROW_BITS) | BigInt(row);
    this.#kinds[row] = KIND[line.kind];
    const offset = row * DOSSIER_BYTES;
    if (line.kind === 'dossier') packDossier(this.#packed, offset, line.dossier);
    else if (line.kind === 'replaced') this.#packed.writeUIntBE(Number(line.by), offset, KEY_BYTES);
    this.#rows += 1;
    this.#count += 1;
  }

  /** Counts a line that was faulty. */
  skip(): void {
    if (this.#rows === this.#kinds.length) this.#grow();
    this.#rows += 1;
  }

  get isFull(): boolean {
    return this.#rows >= MAX_LINES;
  }

  sort(): void {
    this.#keys.subarray(0, this.#count).sort();
  }

  /** Numbers in ascending order, after `sort`. */
  *persons(): Generator<PersonEntry | readonly LineProblem[]> {
    let from = 0;
    while (from < this.#count) {
      const person = this.#personAt(from);
      let to = from + 1;
      while (to < this.#count && this.#personAt(to) === person) to += 1;
      yield this.#entry(person, from, to);
      from = to;
    }
  }

  #entry(person: bigint, from: number, to: number): PersonEntry | readonly LineProblem[] {
    const rows = Array.from(this.#keys.subarray(from, to), (key) => Number(BigInt.asUintN(Number(ROW_BITS), key)));
    const insz = inszOf(bytesOf(person), 0);
    const firstRow = rows[0] ?? 0;
    if (rows.length > MAX_LINES_PER_PERSON) {
      return [{ line: lineOf(firstRow), problem: `more than ${MAX_LINES_PER_PERSON} lines of one person` }];
    }
    const replaced = rows.find((row) => this.#kinds[row] === KIND.replaced);
    if (replaced !== undefined) {
      if (rows.length > 1) return [{ line: lineOf(replaced), problem: 'a replaced number has one line only' }];
      const by = inszOf(this.#packed, replaced * DOSSIER_BYTES);
      return { kind: 'replaced', insz, by, line: lineOf(replaced) };
    }
    const dossiers = rows.filter((row) => this.#kinds[row] === KIND.dossier);
    const problems = this.#doubles(dossiers);
    if (problems.length > 0) return problems;
    const packed = dossiers.map((row) => this.#packed.subarray(row * DOSSIER_BYTES, (row + 1) * DOSSIER_BYTES));
    return { kind: 'dossiers', insz, count: packed.length, packed: Buffer.concat(packed.sort(Buffer.compare)) };
  }

  /** No double inscription: one person, sector and quality has one line on any day. */
  #doubles(rows: readonly number[]): readonly LineProblem[] {
    const problems: LineProblem[] = [];
    const seen: { sector: number; quality: number; begin: number; end: number; line: number }[] = [];
    for (const row of rows) {
      const { institution, quality, begin, end = Number.POSITIVE_INFINITY } = this.#dossier(row);
      const { sector } = institution;
      const other = seen.find(
        (one) => one.sector === sector && one.quality === quality && one.begin <= end && begin <= one.end,
      );
      const line = lineOf(row);
      if (other === undefined) seen.push({ sector, quality, begin, end, line });
      else {
        const problem = `overlaps line ${other.line}: the same person, sector and quality has one line on any day`;
        problems.push({ line, problem });
      }
    }
    return problems;
  }

  #dossier(row: number) {
    return unpackDossier(this.#packed, row * DOSSIER_BYTES);
  }

  #personAt(index: number): bigint {
    return (this.#keys[index] ?? 0n) >> ROW_BITS;
  }

  #grow(): void {
    const capacity = this.#kinds.length * 2;
    const keys = new BigUint64Array(capacity);
    keys.set(this.#keys);
    const kinds = new Uint8Array(capacity);
    kinds.set(this.#kinds);
    const packed = Buffer.alloc(capacity * DOSSIER_BYTES);
    packed.set(this.#packed);
    this.#keys = keys;
    this.#kinds = kinds;
    this.#packed = packed;
  }
}

function lineOf(row: number): number {
  return row + FIRST_LINE;
}

function bytesOf(person: bigint): Buffer {
  const bytes = Buffer.allocUnsafe(KEY_BYTES);
  bytes.writeUIntBE(Number(person), 0, KEY_BYTES);
  return bytes;
}
