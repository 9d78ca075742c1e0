import { randomBytes } from 'node:crypto';
import type { Clock } from './domain/clock.ts';

const NONCE_BYTES = 16;
const LIFE_MS = 10 * 60_000;
/** Of one purpose, and of all together; the oldest make room. */
const MAX_OPEN = 8;
const MAX_ALL = 200;

export type Challenge = { readonly toSign: string; readonly nonce: string };
type Open = Challenge & { readonly purpose: string; readonly until: number };

/**
 * Texts that somebody signs now, to do one thing once: a signature of before opens nothing, and none opens something twice.
 * They are kept in memory; after a restart a new one is asked for.
 */
export class Challenges {
  readonly #clock: Pick<Clock, 'now'>;
  #open: readonly Open[] = [];

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  /** @param purpose lines that say what it is for; they stand above the nonce */
  issue(purpose: string): Challenge {
    const now = this.#clock.now();
    const nonce = randomBytes(NONCE_BYTES).toString('hex');
    const toSign = `${purpose}\nnonce ${nonce}\nat ${new Date(now).toISOString()}\n`;
    const others = this.#alive().filter((one) => one.purpose !== purpose);
    const same = this.#alive().filter((one) => one.purpose === purpose);
    const made = { toSign, nonce, purpose, until: now + LIFE_MS };
    this.#open = [...others.slice(-(MAX_ALL - MAX_OPEN)), ...same.slice(-(MAX_OPEN - 1)), made];
    return { toSign, nonce };
  }

  /** Finds the text that was signed; it is open no more then. @returns undefined where none was */
  async take<T>(purpose: string, verified: (toSign: string) => Promise<T | undefined>): Promise<T | undefined> {
    for (const one of this.#alive().filter((open) => open.purpose === purpose)) {
      const found = await verified(one.toSign);
      // Somebody else may have taken it meanwhile.
      if (found === undefined || !this.#open.includes(one)) continue;
      this.#open = this.#open.filter((open) => open !== one);
      return found;
    }
    return undefined;
  }

  #alive(): readonly Open[] {
    const now = this.#clock.now();
    return this.#open.filter(({ until }) => now < until);
  }
}
