import { createHmac } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

const STEP_MS = 30_000;

/** The code of a time step by RFC 4226 §5.3, written without the library that the gateway uses. */
export function codeOf(secret: Uint8Array, counter: number): string {
  const message = Buffer.alloc(8);
  message.writeBigUInt64BE(BigInt(counter));
  const digest = createHmac('sha1', secret).update(message).digest();
  const offset = (digest.at(-1) ?? 0) & 0xf;
  return String((digest.readUInt32BE(offset) & 0x7f_ff_ff_ff) % 1_000_000).padStart(6, '0');
}

/** An authenticator that never shows a code twice: it uses the step before and the step after as well, then waits. */
export class Authenticator {
  readonly #secret: Uint8Array;
  #last = 0;

  constructor(secret: Uint8Array) {
    this.#secret = secret;
  }

  /** A code that the gateway has not seen. */
  async next(): Promise<string> {
    const step = () => Math.floor(Date.now() / STEP_MS);
    this.#last = Math.max(this.#last + 1, step() - 1);
    // A step that is about to end would be two steps away when the code arrives.
    while (this.#last > step() + 1 || Date.now() % STEP_MS > STEP_MS - 2000) {
      await pause(200);
      this.#last = Math.max(this.#last, step() - 1);
    }
    return codeOf(this.#secret, this.#last);
  }

  /** The last code once more. */
  again(): string {
    return codeOf(this.#secret, this.#last);
  }
}
