import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** After so many bytes the young buffers are collected; V8 itself would look at its whole heap after some 64 MB. */
const COLLECT_BYTES = 16 * 1024 * 1024;

type Collect = (options: { readonly type: 'minor' }) => void;

/**
 * Buffers that live for one packet. Their bytes lie outside the heap of V8, which does not count them as young: it waits for
 * 64 MB and then marks the whole heap, some 40 % of the processor's time of a large transfer. A collection of the young
 * part alone frees them in about a millisecond; who pays is a slow transfer, one such millisecond for each 16 MB.
 */
export class SpentBuffers {
  #bytes = 0;
  #collect: Collect | undefined;
  #asked = false;

  /** So many bytes of buffers were made that nobody needs any more soon. */
  spent(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes < COLLECT_BYTES) return;
    this.#bytes = 0;
    if (!this.#asked) {
      this.#asked = true;
      this.#collect = youngCollection();
    }
    this.#collect?.({ type: 'minor' });
  }
}

/** @returns undefined where this runtime has none: then V8 collects when it likes */
function youngCollection(): Collect | undefined {
  setFlagsFromString('--expose-gc');
  const gc: unknown = runInNewContext('globalThis.gc');
  return typeof gc === 'function' ? (options) => gc(options) : undefined;
}
