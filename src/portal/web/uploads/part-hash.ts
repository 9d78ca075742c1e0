import { sha256 } from '@noble/hashes/sha2.js';

type Reads = { slice(from: number, to: number): { arrayBuffer(): Promise<ArrayBuffer> } };
type Running = { readonly offset: number; readonly hash: ReturnType<typeof sha256.create> };

const SLICE_BYTES = 1024 * 1024;
/** Points from which a digest of fewer bytes goes on: a part that was cut ends before the last one. */
const KEPT = 4;

/** SHA-256 of the beginning of a file, for ends that mostly grow: each byte is read once. */
export class PartHash {
  readonly #file: Reads;
  #kept: readonly Running[] = [{ offset: 0, hash: sha256.create() }];

  constructor(file: Reads) {
    this.#file = file;
  }

  /** The digest of the bytes before `end`. One call at a time. */
  async digest(end: number): Promise<Uint8Array> {
    const from = this.#kept.findLast(({ offset }) => offset <= end) ?? { offset: 0, hash: sha256.create() };
    const hash = from.hash.clone();
    for (let at = from.offset; at < end; at += SLICE_BYTES) {
      const bytes = await this.#file.slice(at, Math.min(at + SLICE_BYTES, end)).arrayBuffer();
      hash.update(new Uint8Array(bytes));
    }
    const before = this.#kept.filter(({ offset }) => offset < end);
    const [start, ...later] = before.length > 0 ? before : [{ offset: 0, hash: sha256.create() }];
    this.#kept = end === 0 ? this.#kept : [...(start ? [start] : []), ...later.slice(1 - KEPT), { offset: end, hash }];
    return hash.clone().digest();
  }
}
