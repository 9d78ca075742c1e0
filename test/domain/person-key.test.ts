import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isInsz } from '../../src/domain/insz.ts';
import { inszOfKey, keyOfDigits, PERSON_KEYS, personKey } from '../../src/domain/person-key.ts';

const VECTORS: readonly [string, number][] = [
  ['74031295170', 740_312_951],
  ['85113098277', 851_130_982],
  ['00022993779', 1_000_229_937],
  ['12070496422', 1_120_704_964],
  ['12070496490', 120_704_964],
  ['05523198637', 1_055_231_986],
  ['60000094128', 600_000_941],
];

test.each(VECTORS)('%s has the key %i, and the key leads back to it', (text, key) => {
  if (!isInsz(text)) throw new Error(`${text} is no INSZ`);
  expect([personKey(text), inszOfKey(key)]).toEqual([key, text]);
});

test('the check digits of both centuries differ for any nine digits', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 999_999_999 }), (nine) => {
      const of = (century: number) => 97 - ((century + nine) % 97);
      expect([keyOfDigits(nine, of(0)), keyOfDigits(nine, of(2_000_000_000))]).toEqual([nine, nine + 1_000_000_000]);
    }),
  );
});

test.each([
  [740_312_951, 99],
  [740_312_951, 0],
  [740_312_951, 98],
])('%i with the check digits %i is no number of any century', (nine, check) =>
  expect(keyOfDigits(nine, check)).toBeUndefined(),
);

test.each([740_312_000, 741_312_951, 740_312_999, PERSON_KEYS])('the key %i stands for no number', (key) =>
  expect(() => inszOfKey(key)).toThrow(TypeError),
);
