import type { FileHandle } from 'node:fs/promises';
import { FROM_2000, type PersonKey } from '../domain/person-key.ts';
import type { SyntheticLine } from './generate-persons.ts';

const BYTES = 1024 * 1024;
/** Longer lines are not written. */
const ROOM = 4096;
const ZERO = 0x30;
const [LF, SEMICOLON, DASH] = [0x0a, 0x3b, 0x2d];
/** 2,000,000,000 mod 97, which the check digits of those born from 2000 on take in. */
const SHIFT_2000 = 68;

/** Collects lines of ASCII and writes them a megabyte at a time. */
export class LineBuffer {
  bytes = 0;
  readonly #file: FileHandle;
  readonly #buffer = Buffer.alloc(BYTES + ROOM);
  #used = 0;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  /** A number and what follows it on its line. @returns whether it is time to write */
  addLine(key: PersonKey, rest: string): boolean {
    this.#person(key);
    this.#used += this.#buffer.write(rest, this.#used, 'latin1');
    this.#byte(LF);
    return this.#used >= BYTES;
  }

  /** A person line with phase 0. @returns whether it is time to write */
  addDossier(key: PersonKey, line: SyntheticLine): boolean {
    this.#person(key);
    this.#byte(SEMICOLON);
    this.#digits(line.sector, line.sector > 99 ? 3 : 2);
    this.#byte(SEMICOLON);
    this.#digits(line.type, 1);
    this.#byte(SEMICOLON);
    this.#digits(line.quality, 3);
    this.#byte(SEMICOLON);
    this.#byte(ZERO);
    this.#byte(SEMICOLON);
    this.#day(line.beginYear, line.beginMonth, 1);
    this.#byte(SEMICOLON);
    if (line.endYear > 0) this.#day(line.endYear, 12, 31);
    this.#byte(SEMICOLON);
    this.#byte(LF);
    return this.#used >= BYTES;
  }

  async add(text: string): Promise<void> {
    this.#used += this.#buffer.write(text, this.#used, 'latin1');
    if (this.#used >= BYTES) await this.write();
  }

  async write(): Promise<void> {
    await this.#file.appendFile(this.#buffer.subarray(0, this.#used));
    this.bytes += this.#used;
    this.#used = 0;
  }

  #person(key: PersonKey): void {
    const nine = key < FROM_2000 ? key : key - FROM_2000;
    const rest = key < FROM_2000 ? nine % 97 : ((nine % 97) + SHIFT_2000) % 97;
    this.#digits(nine, 9);
    this.#digits(97 - rest, 2);
  }

  #day(year: number, month: number, day: number): void {
    this.#digits(year, 4);
    this.#byte(DASH);
    this.#digits(month, 2);
    this.#byte(DASH);
    this.#digits(day, 2);
  }

  #byte(byte: number): void {
    this.#buffer[this.#used] = byte;
    this.#used += 1;
  }

  #digits(value: number, count: number): void {
    let rest = value | 0;
    for (let at = this.#used + count - 1; at >= this.#used; at -= 1) {
      const tens = (rest / 10) | 0;
      this.#buffer[at] = ZERO + rest - tens * 10;
      rest = tens;
    }
    this.#used += count;
  }
}
