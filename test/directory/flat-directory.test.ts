import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dayIndexOf } from '../../src/directory/day-index.ts';
import { EMPTY_LAYER, LayerBuilder } from '../../src/directory/flat-builder.ts';
import { ASK, FlatDirectory, UNKNOWN } from '../../src/directory/flat-directory.ts';
import { DOSSIER_BYTES, dayNumber, packDossier } from '../../src/directory/pack.ts';
import { isInsz } from '../../src/domain/insz.ts';
import { personKey } from '../../src/domain/person-key.ts';
import { keysOf } from './layer-keys.ts';

function insz(text: string) {
  if (!isInsz(text)) throw new Error(`${text} is no INSZ`);
  return text;
}

const [A, B, C] = [insz('74031295170'), insz('85113098277'), insz('00022993779')];
const D = insz('12070496422');

function packed(lines: readonly (readonly [sector: number, quality: number, begin: string, end?: string])[]): Buffer {
  const bytes = Buffer.alloc(lines.length * DOSSIER_BYTES);
  for (const [index, [sector, quality, begin, end]] of lines.entries()) {
    const days = { begin: dayNumber(begin) ?? 0, end: end === undefined ? undefined : dayNumber(end) };
    packDossier(bytes, index * DOSSIER_BYTES, { institution: { sector, type: 1 }, quality, phase: 2, ...days });
  }
  return bytes;
}

const LINES = packed([
  [7, 101, '2015-06-01'],
  [12, 30, '2020-01-01', '2020-12-31'],
]);

function directory(): FlatDirectory {
  const base = new LayerBuilder();
  base.add(personKey(A), LINES, 0, 2);
  base.addReplaced(personKey(B), personKey(C));
  base.add(personKey(C), LINES, DOSSIER_BYTES, 1);
  return new FlatDirectory({ version: 3n, base: base.finish(), changed: EMPTY_LAYER });
}

const DOSSIER_7 = { institution: { sector: 7, type: 1 }, quality: '101', phase: 2, period: { begin: '2015-06-01' } };
const DOSSIER_12 = {
  institution: { sector: 12, type: 1 },
  quality: '030',
  phase: 2,
  period: { begin: '2020-01-01', end: '2020-12-31' },
};

describe('a flat directory', () => {
  test('knows persons, replaced numbers, and nobody else', () => {
    const flat = directory();
    expect(flat.version).toBe(3n);
    expect(flat.lookup(A)).toEqual({ insz: A, dossiers: [DOSSIER_7, DOSSIER_12] });
    expect(flat.lookup(B)).toEqual({ insz: B, replacedBy: C, dossiers: [DOSSIER_12] });
    expect(flat.lookup(C)).toEqual({ insz: C, dossiers: [DOSSIER_12] });
    expect(flat.lookup(D)).toBeUndefined();
  });

  test('finds many at once; replaced numbers are to be looked up', () => {
    const flat = directory();
    const [firsts, counts] = [new Int32Array(4), new Int32Array(4)];
    flat.find(Uint32Array.of(personKey(C), personKey(B), personKey(D), personKey(A)), 4, firsts, counts);
    expect([...firsts]).toEqual([2, ASK, UNKNOWN, 0]);
    expect([...counts]).toEqual([1, 0, 0, 2]);
    const { dossiers, institutions, qualities } = flat.parts.base;
    expect(institutions[dossiers[2 * 4] ?? -1]).toBe((12 << 10) | 1);
    expect(qualities[dossiers[2 * 4 + 1] ?? -1]).toBe((30 << 10) | 2);
    expect(dossiers.slice(10, 12)).toEqual(Uint16Array.of(dayNumber('2020-01-01') ?? 0, dayNumber('2020-12-31') ?? 0));
  });

  test('who changed since the base is told by the changes alone, and to be looked up', () => {
    const changes = new LayerBuilder();
    changes.addAbsent(personKey(A));
    changes.add(personKey(B), LINES, 0, 1);
    changes.addReplaced(personKey(D), personKey(B));
    const flat = new FlatDirectory({ version: 4n, base: directory().parts.base, changed: changes.finish() });
    expect(flat.lookup(A)).toBeUndefined();
    expect(flat.lookup(B)).toEqual({ insz: B, dossiers: [DOSSIER_7] });
    expect(flat.lookup(C)?.dossiers).toEqual([DOSSIER_12]);
    expect(flat.lookup(D)).toEqual({ insz: D, replacedBy: B, dossiers: [DOSSIER_7] });
    const [firsts, counts] = [new Int32Array(4), new Int32Array(4)];
    flat.find(Uint32Array.of(personKey(A), personKey(B), personKey(C), personKey(D)), 4, firsts, counts);
    expect([...firsts]).toEqual([ASK, ASK, 2, ASK]);
  });

  test('an empty one knows nobody', () => {
    const flat = new FlatDirectory({ version: 0n, base: EMPTY_LAYER, changed: EMPTY_LAYER });
    const [firsts, counts] = [new Int32Array(1), new Int32Array(1)];
    flat.find(Uint32Array.of(personKey(A)), 1, firsts, counts);
    expect([flat.lookup(A), firsts[0], counts[0]]).toEqual([undefined, UNKNOWN, 0]);
  });

  // A large one guesses the place of a person by its day of birth, a small one halves.
  test.each([
    ['small', 100, (keys: Uint32Array) => dayIndexOf(keys)],
    ['large', 30, (keys: Uint32Array) => dayIndexOf(keys, 1)],
  ])('in a %s one find agrees with a map, whatever is in it and whoever is asked for', (_, numRuns, days) => {
    const key = fc.oneof(
      fc.integer({ min: 0, max: 1_999_999_999 }),
      fc.integer({ min: 740_312_000, max: 740_312_999 }),
    );
    fc.assert(
      fc.property(fc.uniqueArray(key, { maxLength: 300 }), fc.array(key, { maxLength: 200 }), (persons, others) => {
        const builder = new LayerBuilder();
        const expected = new Map<number, readonly [number, number]>();
        let first = 0;
        for (const person of persons.toSorted((one, other) => one - other)) {
          builder.add(person, LINES, 0, person % 3);
          expected.set(person, [first, person % 3]);
          first += person % 3;
        }
        const layer = builder.finish();
        const base = { ...layer, days: days(keysOf(layer)) };
        const flat = new FlatDirectory({ version: 1n, base, changed: EMPTY_LAYER });
        const asked = Uint32Array.from([...others, ...persons]);
        const [firsts, counts] = [new Int32Array(asked.length), new Int32Array(asked.length)];
        flat.find(asked, asked.length, firsts, counts);
        const found = [...asked].map((_, index) => [firsts[index], counts[index]]);
        expect(found).toEqual([...asked].map((one) => expected.get(one) ?? [UNKNOWN, 0]));
      }),
      { numRuns },
    );
  });
});
