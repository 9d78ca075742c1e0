import { randomInt } from 'node:crypto';

/** Read out over a telephone: no letter looks or sounds like another or like a digit. */
const LETTERS = 'ACDEFHJKMNPRTWXY3479';
const LENGTH = 10;

/** Names one refusal, in the answer to whom it concerns and in the audit log: `ACDEF-34KMN`. */
export function newReference(): string {
  const letters = Array.from({ length: LENGTH }, () => LETTERS[randomInt(LETTERS.length)] ?? '');
  return `${letters.slice(0, LENGTH / 2).join('')}-${letters.slice(LENGTH / 2).join('')}`;
}
