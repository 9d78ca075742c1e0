import type { WriteStream } from 'node:tty';

const WIDTH = 30;
const BETWEEN_MS = 200;
const ERASE_LINE = '\r\u001b[K';

/** One line that tells how far something has come; silent where nobody looks at a terminal. */
export class ProgressBar {
  readonly #out: WriteStream;
  readonly #unit: string;
  #last = Number.NEGATIVE_INFINITY;

  constructor(out: WriteStream, unit: string) {
    this.#out = out;
    this.#unit = unit;
  }

  show(done: number, all: number, what = ''): void {
    if (!this.#out.isTTY) return;
    const now = performance.now();
    if (now - this.#last < BETWEEN_MS) return;
    this.#last = now;
    const part = all > 0 ? Math.min(1, done / all) : 0;
    const bar = '#'.repeat(Math.round(part * WIDTH)).padEnd(WIDTH, '.');
    const label = what === '' ? '' : `${what}, `;
    this.#out.write(`${ERASE_LINE}[${bar}] ${Math.floor(part * 100)} %  ${label}${Math.round(done)} ${this.#unit}`);
  }

  end(): void {
    if (this.#out.isTTY) this.#out.write(ERASE_LINE);
  }
}
