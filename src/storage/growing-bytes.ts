const FIRST_BYTES = 64 * 1024;

/**
 * Bytes that grow and are used again: what is appended thousands of times a millisecond makes no garbage. Callers that
 * write into `bytes` themselves call `reserve` first and set `length` after.
 */
export class GrowingBytes {
  bytes: Buffer;
  /** The same bytes, to be written eight at once. */
  words: DataView;
  length = 0;

  constructor(firstBytes = FIRST_BYTES) {
    this.bytes = Buffer.allocUnsafeSlow(firstBytes);
    this.words = new DataView(this.bytes.buffer);
  }

  /** Makes room for so many more bytes; `bytes` may be another buffer afterwards. */
  reserve(more: number): void {
    const needed = this.length + more;
    if (needed <= this.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.bytes.length * 2));
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
    this.words = new DataView(larger.buffer);
  }

  append(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** What was collected; a view that the next append may overwrite. */
  view(): Buffer {
    return this.bytes.subarray(0, this.length);
  }

  /** Takes so many off the beginning. */
  drop(bytes: number): void {
    this.bytes.copyWithin(0, bytes, this.length);
    this.length -= bytes;
  }

  /** What was collected, as bytes of its own; it is empty afterwards. */
  take(): Buffer {
    const taken = Buffer.from(this.view());
    this.length = 0;
    return taken;
  }
}
