import { PERSON_KEYS, type PersonKey } from '../domain/person-key.ts';

/**
 * Where a person stands is guessed by the day of birth and by the serial number among those of that day; the guess is
 * seldom off by more than a few. A search by halves would wait for the memory once for each half.
 *
 *     days[2 * day] = the first person of that day (key / 1000) or of a later one
 *     days[2 * day + 1] = lowest serial number of the day | distance to its highest << 10
 */
const KEYS_PER_DAY = 1000;
const SERIAL_BITS = 10;
const SERIAL_MASK = 0x3ff;
const DAYS = Math.ceil(PERSON_KEYS / KEYS_PER_DAY);
/** The index takes 16 MB: of fewer persons it would be larger than what it is of. */
const FEWEST_PERSONS = 1_000_000;

/** @returns empty where there are too few persons for it */
export function dayIndexOf(keys: Uint32Array, fewest = FEWEST_PERSONS): Uint32Array {
  const length = keys.length < fewest ? 0 : (DAYS + 1) * 2;
  const days = new Uint32Array(new SharedArrayBuffer(length * Uint32Array.BYTES_PER_ELEMENT));
  if (length === 0) return days;
  let next = 0;
  for (let at = 0; at < keys.length; ) {
    const day = dayOf(keys[at] ?? 0);
    for (; next <= day; next += 1) days[next * 2] = at;
    const lowest = serialOf(keys[at] ?? 0);
    while (at < keys.length && dayOf(keys[at] ?? 0) === day) at += 1;
    days[day * 2 + 1] = lowest | ((serialOf(keys[at - 1] ?? 0) - lowest) << SERIAL_BITS);
  }
  for (; next <= DAYS; next += 1) days[next * 2] = keys.length;
  return days;
}

/** The place where a person would stand if serial numbers were given evenly; some place where nobody was born that day. */
export function guessedPlace(days: Uint32Array, key: PersonKey): number {
  const day = dayOf(key);
  const first = days[day * 2] ?? 0;
  const last = (days[day * 2 + 2] ?? 0) - 1;
  const spread = days[day * 2 + 1] ?? 0;
  const serial = key - day * KEYS_PER_DAY - (spread & SERIAL_MASK);
  const distance = spread >>> SERIAL_BITS;
  if (serial <= 0 || last <= first) return first;
  return serial >= distance ? last : first + Math.trunc((serial * (last - first)) / distance);
}

function dayOf(key: PersonKey): number {
  return Math.trunc(key / KEYS_PER_DAY);
}

function serialOf(key: PersonKey): number {
  return key % KEYS_PER_DAY;
}
