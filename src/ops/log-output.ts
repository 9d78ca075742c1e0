import { writeSync } from 'node:fs';

/** For so long a line waits for an output that says it is full, in milliseconds; then it is lost. A pipe that blocks waits by itself. */
const MOST_WAIT_MS = 200;
const PAUSE_MS = 10;
const asleep = new Int32Array(new SharedArrayBuffer(4));

/**
 * Where lines of the log go. Who reads them may be gone, or without room: then lines are lost, and the gateway goes on. The writer
 * that pino brings along tries a line again for ever after some errors, and ends the process after others, as of a full disk.
 */
export class LogOutput {
  readonly #fd: number;

  /** @param fd 1 for standard output, 2 for that of errors */
  constructor(fd: number) {
    this.#fd = fd;
  }

  /** A whole line. Never throws. */
  write(line: string): void {
    let rest = Buffer.from(line);
    for (let waited = 0; rest.length > 0 && waited <= MOST_WAIT_MS; ) {
      const written = this.#some(rest);
      if (written === 'lost') return;
      rest = rest.subarray(written);
      if (written > 0) continue;
      Atomics.wait(asleep, 0, 0, PAUSE_MS);
      waited += PAUSE_MS;
    }
  }

  /** @returns how many bytes went; `lost` where none will */
  #some(bytes: Buffer): number | 'lost' {
    try {
      return writeSync(this.#fd, bytes);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      return code === 'EAGAIN' || code === 'EINTR' ? 0 : 'lost';
    }
  }
}
