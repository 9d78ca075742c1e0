/** The polynomial of Castagnoli, reflected (RFC 3720 §12.1). */
const POLYNOMIAL = 0x82f63b78;
const BITS = 8;

/** CRC32C of a few bytes, as an unsigned number. Bit by bit: a header of the PROXY protocol has no more than some hundred. */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < BITS; bit += 1) crc = (crc & 1) === 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}
