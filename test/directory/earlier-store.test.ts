import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { open } from 'lmdb';
import { expect, onTestFinished, test } from 'vitest';
import { openDirectory } from '../../src/directory/lmdb-directory.ts';
import { isInsz } from '../../src/domain/insz.ts';

const [A, B, C] = ['74031295170', '00022993779', '12070496422'] as const;

/** A store as version 0.1.0 wrote it, before numbers had keys of four bytes. */
async function writeEarlier(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const store = open<Buffer, Buffer>({ path: folder, noSubdir: false, keyEncoding: 'binary', encoding: 'binary' });
  const key = (insz: string) => {
    const bytes = Buffer.alloc(5);
    bytes.writeUIntBE(Number(insz), 0, 5);
    return bytes;
  };
  // 7/1, quality 101, phase 2, from 1900-01-02, open.
  const dossier = Buffer.from('01c01194020001ffff', 'hex');
  const stats = Buffer.alloc(32);
  for (const [index, value] of [4n, 2n, 1n, 1n].entries()) stats.writeBigUInt64BE(value, index * 8);
  store.transactionSync(() => {
    store.putSync(Buffer.from([0]), stats);
    store.putSync(key(A), Buffer.concat([Buffer.from([1]), dossier]));
    store.putSync(key(B), Buffer.from([1]));
    store.putSync(key(C), Buffer.concat([Buffer.from([2]), key(A)]));
  });
  await store.close();
}

test('a directory that an earlier version wrote is taken over when it is first looked into', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sluis-earlier-'));
  const directory = openDirectory({ directory: folder });
  onTestFinished(async () => {
    await directory.close();
    await rm(folder, { recursive: true, force: true });
  });
  await writeEarlier(join(folder, 'R'));
  expect(directory.stats('R')).toEqual({ version: 4n, persons: 2, dossiers: 1, replaced: 1, cancelled: 0 });
  expect((await readdir(join(folder, 'R'))).toSorted()).toEqual(['current', 'store-1']);
  const snapshot = directory.snapshot('R');
  const dossiers = [{ institution: { sector: 7, type: 1 }, quality: '101', phase: 2, period: { begin: '1900-01-02' } }];
  const found = [A, B, C].map((text) => (isInsz(text) ? snapshot.lookup(text) : undefined));
  expect(found).toEqual([
    { insz: A, dossiers },
    { insz: B, dossiers: [] },
    { insz: C, replacedBy: A, dossiers },
  ]);
  const flat = await directory.flat('R');
  expect([A, B, C].map((text) => (isInsz(text) ? flat?.lookup(text) : undefined))).toEqual(found);
  snapshot.close();
  expect(directory.stats('T').version).toBe(0n);
});
