import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { personLines } from '../../src/bench/person-lines.ts';
import { openDirectory } from '../../src/directory/lmdb-directory.ts';
import { isInsz, isSynthetic } from '../../src/domain/insz.ts';

const SHIPPED = 'config/directory/person-lines.csv';
const SECTORS = [11, 18].map((number) => ({ number, name: `sector ${number}`, anonymousMembers: true }));

test('the shipped directory is what its generator makes', async () => {
  const lines = personLines({ persons: 10_000, seed: 20_260_115 });
  expect(await readFile(SHIPPED, 'utf8')).toBe(`${lines.join('\n')}\n`);
});

test('it holds 10,000 synthetic persons', async () => {
  const lines = (await readFile(SHIPPED, 'utf8')).trim().split('\n').slice(1);
  const persons = new Set(lines.map((line) => line.slice(0, 11)));
  expect(persons.size).toBe(10_000);
  for (const person of persons) expect(isInsz(person) && isSynthetic(person)).toBe(true);
});

test.each(['R', 'T'] as const)(
  'it loads into environment %s, and the samples find their persons',
  async (environment) => {
    const folder = await mkdtemp(join(tmpdir(), 'sluis-shipped-'));
    const directory = openDirectory({ directory: folder });
    onTestFinished(async () => {
      await directory.close();
      await rm(folder, { recursive: true, force: true });
    });
    expect(await directory.load(environment, SHIPPED, SECTORS)).toMatchObject({ loaded: true, replaced: 1 });
    const snapshot = directory.snapshot(environment);
    const lines = (insz: string) =>
      (isInsz(insz) ? snapshot.lookup(insz) : undefined)?.dossiers.map(
        ({ institution, quality }) => `${institution.sector}/${institution.type} ${quality}`,
      );
    expect(lines('74031295170')).toEqual(expect.arrayContaining(['10/0 010', '7/1 101']));
    expect(lines('68451597725')).toEqual(expect.arrayContaining(['10/0 010']));
    expect(lines('85113098277')).toEqual(expect.arrayContaining(['7/1 102']));
    snapshot.close();
  },
);
