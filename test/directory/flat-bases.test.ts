import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { writeDirectory } from '../../src/bench/generate.ts';
import { FlatBases } from '../../src/directory/flat-bases.ts';
import { openDirectory, type ReferenceDirectory } from '../../src/directory/lmdb-directory.ts';
import { OpenStores } from '../../src/directory/open-stores.ts';
import { PERSON_LINES_HEADER } from '../../src/directory/person-lines.ts';
import { isInsz } from '../../src/domain/insz.ts';
import { eventually } from '../support/eventually.ts';
import { sizesOf } from './layer-keys.ts';

const A = '74031295170';

let folder: string;
let directory: ReferenceDirectory;
let stores: OpenStores;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluis-bases-'));
  directory = openDirectory({ directory: folder });
  stores = new OpenStores(join(folder, 'R'));
  const dump = join(folder, 'dump.csv');
  await writeDirectory(dump, { persons: 50, seed: 1 });
  await directory.load('R', dump, []);
  return async () => {
    await stores.close();
    await directory.close();
    await rm(folder, { recursive: true, force: true });
  };
});

async function load(...lines: readonly string[]): Promise<void> {
  const file = join(folder, 'lines.csv');
  await writeFile(file, `${[PERSON_LINES_HEADER, ...lines].join('\n')}\n`);
  expect(await directory.load('R', file, [])).toMatchObject({ loaded: true });
}

function current() {
  return stores.current() ?? expect.fail();
}

const basesOnDisk = async () => (await readdir(join(folder, 'R/store-1'))).filter((name) => /^flat-\d+$/.test(name));

const hasBase = (name: string) =>
  eventually(`the base ${name}`, async () => ((await basesOnDisk()).join() === name ? true : undefined));

test('a large directory gets its base in the background, and another one when many have changed', async () => {
  const bases = new FlatBases({ smallPersons: 10, manyChanged: 1 });
  // Nobody waits for the first one.
  expect(await bases.flat(current(), stores.folder)).toBeUndefined();
  await hasBase('flat-1');
  expect(await bases.flat(current(), stores.folder)).toMatchObject({ version: 1n });
  await load(`${A};7;1;101;0;2015-06-01;;`, '85113098277;;;;;;;');
  const changed = await bases.flat(current(), stores.folder);
  expect([changed?.version, sizesOf(changed)[1]]).toEqual([2n, 2]);
  await hasBase('flat-2');
  await load(`${A};7;1;102;0;2015-06-01;;`);
  const next = await bases.flat(current(), stores.folder);
  expect([next?.version, sizesOf(next)[1]]).toEqual([3n, 1]);
  const qualityIn = (flat: typeof next) => (isInsz(A) ? flat?.lookup(A)?.dossiers[0]?.quality : undefined);
  expect([qualityIn(changed), qualityIn(next)]).toEqual(['101', '102']);
  await bases.close();
});

test('a small directory needs none', async () => {
  const bases = new FlatBases();
  const flat = await bases.flat(current(), stores.folder);
  expect([flat?.version, await basesOnDisk()]).toEqual([1n, []]);
  // The same version is the same memory.
  expect(await bases.flat(current(), stores.folder)).toBe(flat);
  await bases.close();
});
