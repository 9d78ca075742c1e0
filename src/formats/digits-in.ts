const ZERO = 0x30;
/** So few digits are a small integer; two such numbers are read side by side, in integer arithmetic. */
const SMALL_DIGITS = 8;
const SMALL = 10 ** SMALL_DIGITS;

/** A whole number of up to fifteen digits, 0 where there is none; -1 where there is anything else. */
export function digitsIn(data: Uint8Array, from: number, to: number): number {
  const middle = Math.max(from, to - SMALL_DIGITS);
  const high = smallIn(data, from, middle);
  const low = smallIn(data, middle, to);
  return high < 0 || low < 0 ? -1 : high * SMALL + low;
}

function smallIn(data: Uint8Array, from: number, to: number): number {
  let number = 0;
  for (let at = from; at < to; at += 1) {
    const digit = (data[at] ?? 0) - ZERO;
    if (digit >>> 0 > 9) return -1;
    number = number * 10 + digit;
  }
  return number;
}
