import { type Insz, isInsz } from '../domain/insz.ts';

/** What may be in a file of a folder for what is about nobody: text of at most so many bytes. */
export const MAX_PLAIN_TEXT_BYTES = 10_000_000;

/** Eleven digits by themselves, or as they are printed: 90.02.01-997.04. docs/domain.md §3 */
const NUMBERS = /(?<![0-9])(?:\d{11}|\d{2}\.\d{2}\.\d{2}-\d{3}\.\d{2})(?![0-9])/g;
/** Longer than any number is printed, with what stands before and after it. */
const CARRY = 32;
// biome-ignore lint/suspicious/noControlCharactersInRegex: no text has them, but for tab, line feed, form feed and return
const CONTROL = /[\u0000-\u0008\u000b\u000e-\u001f\u007f]/;

/** Reads a text piece by piece: whether it is one, and which numbers in it could be those of persons. */
export class PlainTextReader {
  readonly #decoder = new TextDecoder('utf-8', { fatal: true });
  readonly #found = new Set<Insz>();
  #carry = '';
  #isText = true;

  push(bytes: Uint8Array): void {
    this.#take(() => this.#decoder.decode(bytes, { stream: true }));
  }

  /** Nothing follows. @returns undefined where it is no text; else the numbers that pass every check, each once */
  end(): ReadonlySet<Insz> | undefined {
    this.#take(() => this.#decoder.decode());
    this.#look(this.#carry);
    return this.#isText ? this.#found : undefined;
  }

  #take(decode: () => string): void {
    if (!this.#isText) return;
    try {
      const text = decode();
      if (CONTROL.test(text)) this.#isText = false;
      const whole = this.#carry + text;
      // A number at the end of this piece may go on in the next one; it is looked at again with it.
      this.#look(whole.slice(0, Math.max(0, whole.length - CARRY)));
      this.#carry = whole.slice(-2 * CARRY);
    } catch {
      this.#isText = false;
    }
  }

  #look(text: string): void {
    for (const [number] of text.matchAll(NUMBERS)) {
      const digits = number.replaceAll(/\D/g, '');
      if (isInsz(digits)) this.#found.add(digits);
    }
  }
}
