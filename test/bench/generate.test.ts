import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type BatchForm,
  kindOf,
  RECEIVER_QUALITY,
  RECEIVERS,
  receiverInstitution,
  SENDER,
  SyntheticPersons,
  writeBatch,
  writeDirectory,
} from '../../src/bench/generate.ts';
import { openDirectory, type ReferenceDirectory } from '../../src/directory/lmdb-directory.ts';
import { isInsz, isSynthetic } from '../../src/domain/insz.ts';
import { inszOfKey } from '../../src/domain/person-key.ts';

const DIRECTORY = { persons: 2000, seed: 7 };
const RECORDS = 3000;

let folder: string;
let directory: ReferenceDirectory;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluis-generate-'));
  directory = openDirectory({ directory: folder });
});
afterAll(async () => {
  await directory.close();
  await rm(folder, { recursive: true, force: true });
});

const digest = async (file: string) =>
  createHash('sha256')
    .update(await readFile(file))
    .digest('hex');

describe('a synthetic directory', () => {
  test('loads without a problem, with what its writer says is in it', async () => {
    const file = join(folder, 'dump.csv');
    const written = await writeDirectory(file, DIRECTORY);
    const { persons, dossiers, replaced, lines } = written;
    expect(await directory.load('R', file, [])).toMatchObject({ loaded: true, persons, dossiers, replaced, lines });
    expect(persons).toBe(2000);
    expect(dossiers / persons).toBeGreaterThan(10.5);
    expect(dossiers / persons).toBeLessThan(11.5);
    expect(written.bytes).toBe((await readFile(file)).length);
    const text = await readFile(file, 'utf8');
    const people = text
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.slice(0, 11));
    expect(people.every((one) => isInsz(one) && isSynthetic(one))).toBe(true);
    expect(people.toSorted()).not.toEqual(people);
  });

  test('is the same for the same plan, and another one for another seed', async () => {
    const files = [1, 1, 2].map((_, index) => join(folder, `same-${index}.csv`));
    for (const [index, seed] of [1, 1, 2].entries()) await writeDirectory(files[index] ?? '', { persons: 200, seed });
    const [one, again, other] = await Promise.all(files.map(digest));
    expect([again === one, other === one]).toEqual([true, false]);
  });

  test('has numbers for far more persons than live in Belgium, each once', () => {
    const persons = new SyntheticPersons({ persons: 22_000_000, seed: 3 });
    const keys = new Set(Array.from({ length: 20_000 }, (_, index) => persons.keyOf(21_690_000 + index)));
    expect(keys.size).toBe(20_000);
    // Those of series 900 are used up: these are not born yet.
    expect(inszOfKey(persons.keyOf(21_999_999))).toMatch(/^(2[7-9]|[3-9]\d)/);
    expect(isSynthetic(inszOfKey(persons.keyOf(21_000_000)))).toBe(true);
    expect(() => new SyntheticPersons({ persons: 100_000_000, seed: 1 })).toThrow(RangeError);
  });
});

describe('a synthetic batch', () => {
  test('has the mix of the network', () => {
    const kinds = Array.from({ length: 1000 }, (_, index) => kindOf(index + 1));
    const count = (kind: string) => kinds.filter((one) => one === kind).length;
    expect(['routed', 'bad-insz', 'bad-date', 'not-authorized', 'without-line'].map(count)).toEqual([
      617, 10, 5, 29, 339,
    ]);
    expect(kinds.slice(0, 50).filter((kind) => kind === 'without-line').length).toBeGreaterThan(5);
  });

  test.each([1, 3] as const)(
    'speaks of persons that the directory knows as its kinds say, %i receivers',
    async (receivers) => {
      const file = join(folder, `batch-${receivers}.csv`);
      const plan = { form: 'delimited', records: RECORDS, seed: 5, directory: DIRECTORY, receivers } as const;
      expect(await writeBatch(file, plan)).toMatchObject({ records: RECORDS, kinds: { routed: 1851, 'bad-insz': 30 } });
      const may = new Set(Array.from({ length: RECEIVERS }, (_, index) => institutionName(receiverInstitution(index))));
      const snapshot = directory.snapshot('R');
      const [, ...lines] = (await readFile(file, 'utf8')).trim().split('\n');
      for (const [index, line] of lines.entries()) {
        const [, , ssin = '', , , day] = line.split(';');
        const kind = kindOf(index + 1);
        expect([isInsz(ssin), day === '2026-02-30']).toEqual([kind !== 'bad-insz', kind === 'bad-date']);
        if (!isInsz(ssin)) continue;
        const dossiers = snapshot.lookup(ssin)?.dossiers ?? [];
        const isSenders = dossiers.some(({ institution }) => institutionName(institution) === institutionName(SENDER));
        const receiving = dossiers.filter(
          ({ institution, quality }) => may.has(institutionName(institution)) && quality === RECEIVER_QUALITY,
        );
        const expected = kind === 'without-line' || kind === 'not-authorized' ? 0 : receivers;
        expect([kind, isSenders, receiving.length]).toEqual([kind, kind !== 'without-line', expected]);
      }
      snapshot.close();
    },
  );

  test.each<[BatchForm, number]>([
    ['delimited', 115],
    ['fixed-width', 102],
    ['json-lines', 260],
    ['xml', 650],
  ])('%s records have about %i bytes', async (form, bytes) => {
    const file = join(folder, `batch.${form}`);
    const written = await writeBatch(file, { form, records: 1000, seed: 5, directory: DIRECTORY, receivers: 1 });
    expect(written.bytes / 1000).toBeGreaterThan(bytes * 0.85);
    expect(written.bytes / 1000).toBeLessThan(bytes * 1.15);
  });
});

function institutionName({ sector, type }: { readonly sector: number; readonly type: number }): string {
  return `${sector}/${type}`;
}
