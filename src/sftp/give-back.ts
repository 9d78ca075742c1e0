/** Smaller ones are left to the garbage collector: to give one back costs about a microsecond. */
const WORTH_BYTES = 2048;
/** What a packet has before and behind its data: more than this is memory that others have a part of. */
const AROUND_BYTES = 64;

/**
 * Frees the memory of a buffer that nobody uses any more, at once: memory that moved elsewhere is no longer its own, and it is
 * empty from here on. The garbage collector would have to find it first, and V8 marks its whole heap for each 64 MB of them.
 */
export function giveBack({ buffer, length }: Buffer): void {
  if (length < WORTH_BYTES || buffer.byteLength > length + AROUND_BYTES) return;
  if (buffer instanceof ArrayBuffer) buffer.transfer(0);
}
