import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { birthOfInsz, isInsz, isSynthetic } from '../../src/domain/insz.ts';
import { isKbo, normaliseKbo } from '../../src/domain/kbo.ts';

type InszVectors = {
  readonly valid: readonly { readonly insz: string; readonly says: string }[];
  readonly invalid: readonly { readonly insz: string; readonly why: string }[];
  readonly traps: readonly { readonly insz: string }[];
};
type KboVectors = {
  readonly valid: readonly string[];
  readonly invalid: readonly { readonly kbo: string; readonly why: string }[];
  readonly normalise: readonly { readonly in: string; readonly out: string }[];
};

const insz: InszVectors = JSON.parse(readFileSync('test/fixtures/vectors/insz.json', 'utf8'));
const kbo: KboVectors = JSON.parse(readFileSync('test/fixtures/vectors/kbo.json', 'utf8'));

describe('INSZ', () => {
  test.each(insz.valid)('$insz is valid: $says', ({ insz: number, says }) => {
    const birth = birthOfInsz(number);
    expect(birth).toBeDefined();
    expect(says).toContain(`birth ${birth?.year}`);
    const day = /birth (\d{4})-(\d\d)-(\d\d)/.exec(says);
    if (day !== null) expect([birth?.month, birth?.day]).toEqual([Number(day[2]), Number(day[3])]);
  });

  test.each(insz.invalid)('$insz is refused: $why', ({ insz: number }) => {
    expect(isInsz(number)).toBe(false);
  });

  test('the check digits tell the century: a forgotten "2" is a person of 1912', () => {
    expect(insz.traps.map((trap) => birthOfInsz(trap.insz)?.year)).toEqual([1912]);
    expect(birthOfInsz('12070496422')?.year).toBe(2012);
  });

  test('each single wrong digit is found', () => {
    const good = '74031295170';
    for (let at = 0; at < good.length; at += 1) {
      for (let digit = 0; digit <= 9; digit += 1) {
        const other = `${good.slice(0, at)}${digit}${good.slice(at + 1)}`;
        // A number of the other century may come out; then the year tells.
        if (other !== good && isInsz(other)) expect(birthOfInsz(other)?.year).toBeGreaterThanOrEqual(2000);
      }
    }
  });

  test.each(['', '7403129517', '740312951700', '7403129517a', ' 74031295170', '74.03.12-951.70', '７4031295170'])(
    '"%s" has not the form of a number',
    (text) => expect(isInsz(text)).toBe(false),
  );

  test('series 900 and up are synthetic', () => {
    const synthetic = (text: string) => isInsz(text) && isSynthetic(text);
    expect(synthetic('74031295170')).toBe(true);
    expect(isInsz('74031289925')).toBe(true);
    expect(synthetic('74031289925')).toBe(false);
  });
});

describe('KBO', () => {
  test.each(kbo.valid)('%s is valid', (number) => expect(isKbo(number)).toBe(true));
  test.each(kbo.invalid)('$kbo is refused: $why', ({ kbo: number }) => expect(isKbo(number)).toBe(false));
  test.each(kbo.normalise)('$in is read as $out', ({ in: text, out }) => expect(normaliseKbo(text)).toBe(out));
  test.each(kbo.invalid)('$kbo does not become valid by reading it kindly', ({ kbo: number, why }) => {
    if (why !== 'nine digits with a check that fails') expect(normaliseKbo(number)).toBeUndefined();
  });
});
