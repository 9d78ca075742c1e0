import { giveBack } from './give-back.ts';

type Received = { readonly bytes: Buffer; readonly isOwn: boolean; isHeld: boolean };

/**
 * The bytes that came, in the buffers they came in. The memory of each goes back when all of it is dealt with. The garbage
 * collector would have to find it first: among what is young after some MB, and much later what has outlived that, as on a
 * slow disk nearly all has.
 */
export class ReceivedBuffers {
  readonly #queue: Received[] = [];
  /** Bytes of the first one that are dealt with. */
  #done = 0;

  /** @param isOwn nothing else lies in its memory */
  came(bytes: Buffer, isOwn: boolean): void {
    this.#queue.push({ bytes, isOwn, isHeld: false });
  }

  /** So many bytes more are dealt with. @param isFree nobody holds any of them, and no thread works on them */
  dealtWith(bytes: number, isFree: boolean): void {
    let left = bytes;
    for (let first = this.#queue[0]; first !== undefined; first = this.#queue[0]) {
      first.isHeld ||= !isFree;
      const rest = first.bytes.length - this.#done;
      if (left < rest) {
        this.#done += left;
        return;
      }
      left -= rest;
      this.#done = 0;
      this.#queue.shift();
      if (first.isOwn && !first.isHeld) giveBack(first.bytes);
      if (left === 0) return;
    }
  }
}
