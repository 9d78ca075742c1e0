import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { describe, expect, onTestFinished, test } from 'vitest';
import { keeping, refOf } from '../../src/storage/content-commands.ts';
import { SMALL_BYTES } from '../../src/storage/content-store.ts';
import { DiskStore } from '../../src/storage/disk-store.ts';
import { SmallStore } from '../../src/storage/small-store.ts';
import { openSqliteLedger } from '../../src/storage/sqlite-ledger.ts';
import { contentStoreContract, sha256 } from './content-store.contract.ts';
import { HandClock, publish } from './ledger-fixture.ts';
import { tempFolder } from './temp-folder.ts';

async function makePlace() {
  const folder = await tempFolder();
  const clock = new HandClock();
  const onBroken = (error: Error) => {
    throw error;
  };
  const ledger = await openSqliteLedger({ file: join(folder, 'ledger.sqlite'), clock, onBroken });
  onTestFinished(() => ledger.close());
  const directory = join(folder, 'content');
  const open = () => {
    const disk = new DiskStore({ directory });
    onTestFinished(() => disk.close());
    return new SmallStore({ disk, ledger: { ledger, clock } });
  };
  return { folder, directory, ledger, clock, open };
}

contentStoreContract(async () => {
  const { ledger, open } = await makePlace();
  return {
    store: open(),
    reopen: open,
    keep: async (content) => {
      await ledger.commit(keeping([content]));
      return refOf(content);
    },
  };
});

async function filesIn(directory: string): Promise<readonly string[]> {
  const found = await readdir(directory, { recursive: true }).catch(() => []);
  return found.filter((name) => name.length > 2);
}

describe('a store that holds small contents', () => {
  test.each([
    [0, 0],
    [1, 0],
    [SMALL_BYTES, 0],
    [SMALL_BYTES + 1, 1],
  ])('makes of %i bytes %i files', async (size, files) => {
    const { directory, open } = await makePlace();
    const store = open();
    const bytes = randomBytes(size);
    const upload = await store.begin();
    await store.writePart(upload, 0, bytes);
    const completed = await store.complete(upload);
    expect(completed).toMatchObject({ size, sha256: sha256(bytes) });
    expect(completed.bytes === undefined ? undefined : Buffer.from(completed.bytes)).toEqual(
      files === 0 ? bytes : undefined,
    );
    expect(await filesIn(directory)).toHaveLength(files);
    expect(await buffer(store.read(completed))).toEqual(bytes);
  });

  test('gives bytes of their own: what comes after changes none of them', async () => {
    const store = (await makePlace()).open();
    const upload = await store.begin();
    const piece = Buffer.from('one');
    await store.writePart(upload, 0, piece);
    piece.fill(0);
    await store.writePart(upload, 3, [Buffer.from(' t'), Buffer.from('wo')]);
    const { bytes } = await store.complete(upload);
    expect(String(Buffer.from(bytes ?? []))).toBe('one two');
    expect(bytes?.buffer.byteLength).toBe(7);
  });

  test('an upload that is extended beyond what is small goes on as a file', async () => {
    const { directory, open } = await makePlace();
    const store = open();
    const upload = await store.begin();
    await store.writePart(upload, 0, Buffer.from('begun'));
    await store.truncate(upload, SMALL_BYTES + 5);
    await store.truncate(upload, 7);
    expect(await store.complete(upload)).toEqual({
      contentId: upload.contentId,
      size: 7,
      sha256: sha256(Buffer.from('begun\0\0')),
    });
    expect(await filesIn(directory)).toHaveLength(1);
  });

  test('leaves nothing of an upload that is removed, small or large', async () => {
    const { directory, open } = await makePlace();
    const store = open();
    for (const size of [10, SMALL_BYTES + 1]) {
      const upload = await store.begin();
      await store.writePart(upload, 0, Buffer.alloc(size));
      await store.remove(upload.contentId);
      await expect(store.complete(upload)).rejects.toMatchObject({ code: 'content-missing' });
    }
    expect(await filesIn(directory)).toEqual([]);
  });

  test('removes no content that a name still needs, and sweeps it once its last name is gone', async () => {
    const { ledger, clock, open } = await makePlace();
    const store = open();
    const upload = await store.begin();
    await store.writePart(upload, 0, Buffer.from('two names'));
    const content = await store.complete(upload);
    const { contentId } = content;
    await ledger.commit([...keeping([content]), publish('/a/one', contentId), publish('/a/two', contentId)]);
    const sweep = () => store.sweep((contentIds) => ledger.read({ kind: 'namedContents', contentIds }), 1000);
    clock.at += 5000;
    await store.remove(contentId);
    expect(await sweep()).toBe(0);
    await ledger.commit([publish('/a/one', 'other')]);
    expect(await sweep()).toBe(0);
    expect(String(await buffer(store.read({ contentId })))).toBe('two names');
    await ledger.commit([publish('/a/two', 'other')]);
    expect(await sweep()).toBe(1);
    await expect(buffer(store.read({ contentId }))).rejects.toMatchObject({ code: 'content-missing' });
  });

  test('reads contents that an earlier version left on the disk', async () => {
    const { directory, open } = await makePlace();
    const disk = new DiskStore({ directory });
    const upload = await disk.begin();
    await disk.writePart(upload, 0, Buffer.from('small, in a file'));
    await disk.complete(upload);
    expect(String(await buffer(open().read(upload)))).toBe('small, in a file');
  });
});
