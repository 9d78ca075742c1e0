import { type Insz, isInsz } from './insz.ts';

/**
 * An INSZ as one number below 2³¹: its first nine digits, plus 1,000,000,000 where the check digits are those of a birth
 * from 2000 on (docs/domain.md §3). The check digits follow from the rest, so the key leads back to the number.
 */
export type PersonKey = number;

/** Added to the nine digits of those born from 2000 on. */
export const FROM_2000 = 1_000_000_000;

/** Above every person key. */
export const PERSON_KEYS = 2 * FROM_2000;

/** 2,000,000,000 mod 97: what the "2" before the nine digits adds. Not 0, so both centuries never share check digits. */
const SHIFT_2000 = 68;

/** The key of a number that passed every check. */
export function personKey(insz: Insz): PersonKey {
  const nine = Number(insz.slice(0, 9));
  return keyOfDigits(nine, Number(insz.slice(9))) ?? nine;
}

/** @returns the key of nine digits and two check digits, or undefined where the check digits are of neither century */
export function keyOfDigits(nine: number, check: number): PersonKey | undefined {
  const rest = nine % 97;
  if (check === 97 - rest) return nine;
  return check === 97 - ((rest + SHIFT_2000) % 97) ? nine + FROM_2000 : undefined;
}

/** The number a key stands for. @throws TypeError where it stands for none */
export function inszOfKey(key: PersonKey): Insz {
  const nine = key < FROM_2000 ? key : key - FROM_2000;
  const rest = key < FROM_2000 ? nine % 97 : (nine + 2 * FROM_2000) % 97;
  const text = `${nine.toString().padStart(9, '0')}${(97 - rest).toString().padStart(2, '0')}`;
  if (!isInsz(text)) throw new TypeError('a person key that stands for no INSZ');
  return text;
}
