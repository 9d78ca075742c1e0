import type { FileHandle } from 'node:fs/promises';
import { FROM_2000, type PersonKey } from '../domain/person-key.ts';

const BYTES = 1024 * 1024;
/** Longer lines are not written. */
const ROOM = 4096;
const ZERO = 0x30;
const LF = 0x0a;

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
    const nine = key < FROM_2000 ? key : key - FROM_2000;
    const check = 97 - ((key < FROM_2000 ? nine : nine + 2 * FROM_2000) % 97);
    this.#digits(nine, 9);
    this.#digits(check, 2);
    this.#used += this.#buffer.write(rest, this.#used, 'latin1');
    this.#buffer[this.#used] = LF;
    this.#used += 1;
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

  #digits(value: number, count: number): void {
    let rest = value;
    for (let at = this.#used + count - 1; at >= this.#used; at -= 1) {
      this.#buffer[at] = ZERO + (rest % 10);
      rest = Math.floor(rest / 10);
    }
    this.#used += count;
  }
}
