import { type PersonKey, personKey } from '../domain/person-key.ts';
import { besideValue, DETAIL_BYTES, type LineDetail, NOTHING_BESIDE, readDetail } from './beside.ts';
import { DOSSIER_BYTES, packDossier, unpackDossier } from './pack.ts';
import type { PersonLine } from './person-lines.ts';

/** More lines of one person are a mistake of the file. */
export const MAX_LINES_PER_PERSON = 1000;

/** Row numbers have 27 bits beside the 31 bits of a person key. */
const ROW_BITS = 27n;
export const MAX_ROWS = 2 ** 27;

const FIRST_CAPACITY = 1024;
/** What follows a packed dossier in a row: what lies beside it. */
const ROW_BYTES = DOSSIER_BYTES + DETAIL_BYTES;
const KIND = { dossier: 0, replaced: 1, known: 2, cancelled: 3 } as const;

export type LineProblem = { readonly line: number; readonly problem: string };

/** Everything a load file says of one number. */
export type PersonEntry =
  | {
      readonly kind: 'dossiers';
      readonly key: PersonKey;
      readonly count: number;
      readonly packed: Buffer;
      readonly details: readonly LineDetail[];
    }
  | { readonly kind: 'replaced'; readonly key: PersonKey; readonly by: PersonKey; readonly line: number }
  | { readonly kind: 'cancelled'; readonly key: PersonKey };

/** The sound lines of a load file, in any order; `sort` brings the lines of one person together. */
export class LineTable {
  #count = 0;
  #keys = new BigUint64Array(FIRST_CAPACITY);
  #lines = new Uint32Array(FIRST_CAPACITY);
  #kinds = new Uint8Array(FIRST_CAPACITY);
  #packed = Buffer.alloc(FIRST_CAPACITY * ROW_BYTES);

  /** @param number of the line in its file, from 1 */
  add(line: PersonLine, number: number): void {
    if (this.#count === this.#kinds.length) this.#grow();
    const row = this.#count;
    this.#keys[row] = (BigInt(personKey(line.insz)) << ROW_BITS) | BigInt(row);
    this.#lines[row] = number;
    this.#kinds[row] = KIND[line.kind];
    const offset = row * ROW_BYTES;
    if (line.kind === 'dossier') {
      packDossier(this.#packed, offset, line.dossier);
      besideValue({ ...NOTHING_BESIDE, details: [line.detail] }).copy(this.#packed, offset + DOSSIER_BYTES, 2);
    } else if (line.kind === 'replaced') this.#packed.writeUInt32BE(personKey(line.by), offset);
    this.#count += 1;
  }

  get isFull(): boolean {
    return this.#count >= MAX_ROWS;
  }

  sort(): void {
    this.#keys.subarray(0, this.#count).sort();
  }

  /** Persons in ascending order of their keys, after `sort`. */
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

  #entry(key: PersonKey, from: number, to: number): PersonEntry | readonly LineProblem[] {
    const rows = Array.from(this.#keys.subarray(from, to), (one) => Number(BigInt.asUintN(Number(ROW_BITS), one)));
    const firstRow = rows[0] ?? 0;
    if (rows.length > MAX_LINES_PER_PERSON) {
      return [{ line: this.#lineOf(firstRow), problem: `more than ${MAX_LINES_PER_PERSON} lines of one person` }];
    }
    const alone = rows.find((row) => this.#kinds[row] === KIND.replaced || this.#kinds[row] === KIND.cancelled);
    if (alone !== undefined) {
      const line = this.#lineOf(alone);
      const isReplaced = this.#kinds[alone] === KIND.replaced;
      const what = isReplaced ? 'replaced' : 'cancelled';
      if (rows.length > 1) return [{ line, problem: `a ${what} number has one line only` }];
      if (!isReplaced) return { kind: 'cancelled', key };
      return { kind: 'replaced', key, by: this.#packed.readUInt32BE(alone * ROW_BYTES), line };
    }
    const dossiers = rows.filter((row) => this.#kinds[row] === KIND.dossier);
    const problems = this.#doubles(dossiers);
    return problems.length > 0 ? problems : this.#dossiers(key, dossiers);
  }

  #dossiers(key: PersonKey, rows: readonly number[]): PersonEntry {
    const sorted = rows
      .map((row) => this.#packed.subarray(row * ROW_BYTES, (row + 1) * ROW_BYTES))
      .sort(Buffer.compare);
    const packed = Buffer.concat(sorted.map((row) => row.subarray(0, DOSSIER_BYTES)));
    const details = sorted.map((row) => readDetail(row, DOSSIER_BYTES));
    return { kind: 'dossiers', key, count: sorted.length, packed, details };
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
      const line = this.#lineOf(row);
      if (other === undefined) seen.push({ sector, quality, begin, end, line });
      else {
        const problem = `overlaps line ${other.line}: the same person, sector and quality has one line on any day`;
        problems.push({ line, problem });
      }
    }
    return problems;
  }

  #dossier(row: number) {
    return unpackDossier(this.#packed, row * ROW_BYTES);
  }

  #lineOf(row: number): number {
    return this.#lines[row] ?? 0;
  }

  #personAt(index: number): PersonKey {
    return Number((this.#keys[index] ?? 0n) >> ROW_BITS);
  }

  #grow(): void {
    const capacity = this.#kinds.length * 2;
    const keys = new BigUint64Array(capacity);
    keys.set(this.#keys);
    this.#keys = keys;
    const lines = new Uint32Array(capacity);
    lines.set(this.#lines);
    this.#lines = lines;
    const kinds = new Uint8Array(capacity);
    kinds.set(this.#kinds);
    this.#kinds = kinds;
    const packed = Buffer.alloc(capacity * ROW_BYTES);
    packed.set(this.#packed);
    this.#packed = packed;
  }
}
