/** Buffers of a file that are kept to be read into again: those of one piece that is sent, one that is read, and one behind. */
const MOST_SPARE = 3;

type Piece = {
  readonly bytes: Buffer;
  /** Reads that were answered by a part of it and have not left. */
  users: number;
  isForgotten: boolean;
};

/** Bytes of a file, and what is to be called when nobody reads them any more. */
export type LentBytes = { readonly bytes: readonly Buffer[]; readonly done: () => void };

/**
 * Consecutive bytes of a file in the buffers they were read into. A buffer is used again once its bytes are forgotten, and all
 * that was sent of them has left.
 */
export class LentPieces {
  #pieces: Piece[] = [];
  #start = 0;
  #end = 0;
  readonly #spare: Buffer[] = [];

  /** The first byte there is. */
  get start(): number {
    return this.#start;
  }

  /** The first byte behind those there are. */
  get end(): number {
    return this.#end;
  }

  /** Memory that nobody uses. */
  room(bytes: number): Buffer {
    const spare = this.#spare.pop();
    return spare !== undefined && spare.length >= bytes ? spare : Buffer.allocUnsafeSlow(bytes);
  }

  /** What was read into a buffer that `room` gave. */
  add(bytes: Buffer): void {
    this.#pieces.push({ bytes, users: 0, isForgotten: false });
    this.#end += bytes.length;
  }

  /** Bytes that are there. */
  lend(from: number, to: number): LentBytes {
    const bytes: Buffer[] = [];
    const used: Piece[] = [];
    let position = this.#start;
    for (const piece of this.#pieces) {
      const part = piece.bytes.subarray(Math.max(from - position, 0), Math.max(to - position, 0));
      position += piece.bytes.length;
      if (part.length > 0) {
        bytes.push(part);
        used.push(piece);
        piece.users += 1;
      }
      if (position >= to) break;
    }
    return { bytes, done: () => this.#left(used) };
  }

  /** Whole pieces before an offset. */
  forget(before: number): void {
    for (let first = this.#pieces[0]; first !== undefined; first = this.#pieces[0]) {
      const end = this.#start + first.bytes.length;
      if (end > before) return;
      this.#pieces.shift();
      this.#start = end;
      first.isForgotten = true;
      this.#keep(first);
    }
  }

  /** All of them; the next piece begins here. */
  beginAt(offset: number): void {
    this.forget(this.#end);
    this.#start = offset;
    this.#end = offset;
  }

  #left(used: readonly Piece[]): void {
    for (const piece of used) {
      piece.users -= 1;
      this.#keep(piece);
    }
  }

  #keep({ bytes, users, isForgotten }: Piece): void {
    if (users === 0 && isForgotten && this.#spare.length < MOST_SPARE) this.#spare.push(Buffer.from(bytes.buffer));
  }
}
