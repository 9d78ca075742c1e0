import { hash } from 'node:crypto';
import { type Bytes, type CompletedContent, type Expected, lengthOf, mustBeExpected } from './content-store.ts';

/** The bytes of a small content while they come in. */
export class HeldUpload {
  /** Longer than what came: most small files come in one piece and need no more room than that. */
  #room = new Uint8Array(0);
  #size = 0;

  /** Memory it takes. */
  get heldBytes(): number {
    return this.#room.length;
  }

  write(offset: number, bytes: Bytes): void {
    const end = offset + lengthOf(bytes);
    this.#reserve(end);
    if (offset > this.#size) this.#room.fill(0, this.#size, offset);
    let at = offset;
    for (const piece of bytes instanceof Uint8Array ? [bytes] : bytes) {
      this.#room.set(piece, at);
      at += piece.length;
    }
    this.#size = Math.max(this.#size, end);
  }

  truncate(size: number): void {
    this.#reserve(size);
    if (size > this.#size) this.#room.fill(0, this.#size, size);
    this.#size = size;
  }

  /** What came so far; a view that the next write may change. */
  view(): Uint8Array {
    return this.#room.subarray(0, this.#size);
  }

  /** The content, with bytes of its own. @throws GatewayError `digest-mismatch` */
  complete(contentId: string, expected: Expected): CompletedContent {
    const size = this.#size;
    const sha256 = hash('sha256', this.view(), 'hex');
    mustBeExpected(expected, size, sha256);
    // A view on a larger room would take all of it along to the thread that writes.
    const bytes = size === this.#room.length ? this.#room : this.#room.slice(0, size);
    return { contentId, size, sha256, bytes };
  }

  #reserve(end: number): void {
    if (end <= this.#room.length) return;
    const larger = new Uint8Array(this.#size === 0 ? end : Math.max(end, this.#room.length * 2));
    larger.set(this.view());
    this.#room = larger;
  }
}
