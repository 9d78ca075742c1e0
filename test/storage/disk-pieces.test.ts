import { createHash, randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { LendsBytes } from '../../src/domain/http.ts';
import { DiskStore } from '../../src/storage/disk-store.ts';
import { tempFolder } from './temp-folder.ts';

const MIB = 1024 * 1024;

async function openStore(): Promise<{ readonly store: DiskStore; readonly directory: string }> {
  const directory = join(await tempFolder(), 'content');
  const store = new DiskStore({ directory });
  onTestFinished(() => store.close());
  return { store, directory };
}

async function put(store: DiskStore, pieces: readonly Uint8Array[]): Promise<string> {
  const upload = await store.begin();
  await store.writePart(upload, 0, pieces);
  const { contentId, sha256, size } = await store.complete(upload);
  const whole = Buffer.concat(pieces);
  expect({ sha256, size }).toEqual({ sha256: createHash('sha256').update(whole).digest('hex'), size: whole.length });
  return contentId;
}

/** Copies each piece before it asks for the next, as a socket does. */
async function borrow(source: LendsBytes): Promise<Buffer> {
  const copies: Buffer[] = [];
  for await (const piece of source.lend()) copies.push(Buffer.from(piece));
  return Buffer.concat(copies);
}

describe('bytes in pieces', () => {
  test.each([
    [
      'of one byte, more than one call of the kernel takes',
      Array.from({ length: 2500 }, (_, i) => Buffer.from([i % 251])),
    ],
    ['of 16 KiB, more than are digested at once', Array.from({ length: 150 }, () => randomBytes(16 * 1024))],
    [
      'larger and smaller than what is digested at once',
      [randomBytes(7), randomBytes(3 * MIB + 1), randomBytes(MIB - 5)],
    ],
    ['of which some are empty', [Buffer.alloc(0), Buffer.from('a'), Buffer.alloc(0), Buffer.from('b')]],
    ['of which there are none', []],
  ])('%s are written in order and digested on the way', async (_title, pieces) => {
    const { store } = await openStore();
    const contentId = await put(store, pieces);
    expect((await borrow(readable(store, contentId))).equals(Buffer.concat(pieces))).toBe(true);
  });
});

function readable(store: DiskStore, contentId: string, range?: { start: number; end: number }): LendsBytes {
  const source = store.read({ contentId }, range);
  if (!('lend' in source)) throw new Error('a file of a disk store lends its bytes');
  return source as typeof source & LendsBytes;
}

describe('a file that lends its bytes', () => {
  const bytes = randomBytes(2 * MIB + 77);

  test.each([
    [0, 10],
    [0, 16 * 1024],
    [5, 16 * 1024 + 5],
    [16 * 1024 - 1, 300_000],
    [1_000_000, 1_000_000],
    [2 * MIB, 9 * MIB],
  ])('gives the range %i to %i', async (start, end) => {
    const { store } = await openStore();
    const contentId = await put(store, [bytes]);
    expect((await borrow(readable(store, contentId, { start, end }))).equals(bytes.subarray(start, end))).toBe(true);
  });

  test('uses the same memory again', async () => {
    const { store } = await openStore();
    const contentId = await put(store, [bytes]);
    const memories = new Set<ArrayBufferLike>();
    let pieces = 0;
    for await (const piece of readable(store, contentId).lend()) {
      memories.add(piece.buffer);
      pieces += 1;
    }
    expect(pieces).toBeGreaterThan(memories.size);
    expect(memories.size).toBeLessThanOrEqual(3);
  });

  test('says so where its content is gone, and is closed where nobody asks on', async () => {
    const { store } = await openStore();
    const gone = await put(store, [bytes]);
    await store.remove(gone);
    await expect(borrow(readable(store, gone))).rejects.toMatchObject({ code: 'content-missing' });
    const source = store.read({ contentId: await put(store, [bytes]) });
    for await (const _piece of (source as typeof source & LendsBytes).lend()) break;
    await expect.poll(() => source.closed).toBe(true);
  });
});

test('contents begun one after the other lie in one folder, each under an id of its own', async () => {
  const { store, directory } = await openStore();
  const ids = await Promise.all(Array.from({ length: 50 }, () => put(store, [randomBytes(10)])));
  expect(new Set(ids).size).toBe(50);
  expect(await readdir(directory)).toEqual([ids[0]?.slice(0, 2)]);
});
