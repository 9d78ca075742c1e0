import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FileHints } from '../../src/config/file-hints.ts';

let folder: string;
let count: number;
let hints: FileHints;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluis-hints-'));
  count = 0;
  hints = new FileHints(() => {
    count += 1;
  });
});
afterEach(async () => {
  hints.close();
  await rm(folder, { recursive: true });
});

const inFolder = (name: string) => join(folder, name);
const put = (name: string) => writeFile(inFolder(name), `${Math.random()}`);

/** Waits for a hint that comes after now. @param what makes it come */
async function hintAfter(what: () => Promise<void>): Promise<void> {
  const before = count;
  await what();
  await vi.waitFor(() => expect(count).toBeGreaterThan(before), { timeout: 10_000, interval: 5 });
}

test('a file that appears, is written, is replaced by another or goes away is told', async () => {
  hints.follow([inFolder('key.pem')]);
  await hintAfter(() => put('key.pem'));
  await hintAfter(() => put('key.pem'));
  await put('key.pem.new');
  await hintAfter(() => rename(inFolder('key.pem.new'), inFolder('key.pem')));
  await hintAfter(() => rm(inFolder('key.pem')));
});

/** Changes a file, and waits until another who follows it was told. @returns how often the one under test was told */
async function toldWhile(name: string): Promise<number> {
  const before = count;
  const seen = Promise.withResolvers<void>();
  const witness = new FileHints(() => seen.resolve());
  witness.follow([inFolder(name)]);
  await put(name);
  await seen.promise;
  witness.close();
  await nextTurn();
  return count - before;
}

test('other files of the same folder are not told, nor one that is followed no more, nor any after the end', async () => {
  await mkdir(inFolder('deeper'));
  hints.follow([inFolder('a'), inFolder('deeper/b')]);
  expect(await toldWhile('beside')).toBe(0);
  expect(await toldWhile('deeper/b')).toBeGreaterThan(0);
  hints.follow([inFolder('a')]);
  expect(await toldWhile('deeper/b')).toBe(0);
  expect(await toldWhile('a')).toBeGreaterThan(0);
  hints.close();
  hints.follow([inFolder('a')]);
  expect(await toldWhile('a')).toBe(0);
});

test('a folder that goes is told, and one that comes in its place is followed again', async () => {
  const key = inFolder('keys/key.pem');
  await mkdir(inFolder('keys'));
  await put('keys/key.pem');
  hints.follow([key]);
  await rm(inFolder('keys'), { recursive: true });
  // That the file is gone, and that its folder is.
  await vi.waitFor(() => expect(count).toBeGreaterThanOrEqual(2), { timeout: 10_000, interval: 5 });
  await mkdir(inFolder('keys'));
  hints.follow([key]);
  await hintAfter(() => put('keys/key.pem'));
});

test('a folder that is not there, or more folders than may be watched, are no fault', async () => {
  hints.follow([
    inFolder('nowhere/key.pem'),
    ...Array.from({ length: 300 }, (_, index) => inFolder(`${index}/key.pem`)),
  ]);
  hints.follow([inFolder('key.pem')]);
  await hintAfter(() => put('key.pem'));
});
