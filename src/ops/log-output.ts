import { writeSync } from 'node:fs';

/** For so long a line waits for a reader that is slow, in milliseconds; then it is lost. */
const MOST_WAIT_MS = 200;
const PAUSE_MS = 10;
const asleep = new Int32Array(new SharedArrayBuffer(4));

/**
 * Where lines of the log go. Who reads them may be gone, slow, or without room: then lines are lost, and the gateway goes on. What
 * pino writes by itself waits for ever where its reader is gone, and ends the process where the disk below is full.
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
