import { createHash, randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import type { CompletedContent, ContentRef, ContentStore } from '../../src/storage/content-store.ts';

export type StoreFactory = () => Promise<{
  readonly store: ContentStore;
  /** Another store on the same contents, as after a restart or in another thread. */
  reopen(): ContentStore;
  /** Makes a completed content durable, as the commit that names it does; and what remains to be said of it. */
  keep(content: CompletedContent): Promise<ContentRef>;
}>;

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

const NONE: ReadonlySet<string> = new Set();
const LARGE = randomBytes(3 * 1024 * 1024 + 17);

/** Ways to write the same ten bytes. */
const WRITES = {
  'in order': [
    [0, '01234'],
    [5, '56789'],
  ],
  'out of order': [
    [5, '56789'],
    [0, '01234'],
  ],
  'with an overlap': [
    [0, '0123xxx'],
    [4, '456789'],
  ],
  'begun anew': [
    [0, 'xxxxxxxxxx'],
    [0, '0123456789'],
  ],
  'with a hole that is filled later': [
    [0, '01'],
    [6, '6789'],
    [2, '2345'],
  ],
} as const;

/** What every content store promises. */
export function contentStoreContract(make: StoreFactory): void {
  async function put({ store, keep }: Awaited<ReturnType<StoreFactory>>, bytes: Uint8Array): Promise<string> {
    const upload = await store.begin();
    await store.writePart(upload, 0, bytes);
    return (await keep(await store.complete(upload))).contentId;
  }

  describe('writing', () => {
    for (const [title, parts] of Object.entries(WRITES)) {
      test(`bytes written ${title} are read back with their digest`, async () => {
        const { store } = await make();
        const upload = await store.begin();
        await Promise.all(parts.map(([offset, text]) => store.writePart(upload, offset, Buffer.from(text))));
        const ref = await store.complete(upload);
        expect(ref).toMatchObject({ contentId: upload.contentId, size: 10, sha256: sha256(Buffer.from('0123456789')) });
        expect(String(await buffer(store.read(ref)))).toBe('0123456789');
      });
    }

    test('gaps read as zeros', async () => {
      const { store } = await make();
      const upload = await store.begin();
      await store.writePart(upload, 4, Buffer.from('x'));
      const ref = await store.complete(upload);
      expect(ref.size).toBe(5);
      expect(await buffer(store.read(ref))).toEqual(Buffer.from('\0\0\0\0x'));
    });

    test('an upload can be cut, and extended with zeros', async () => {
      const { store } = await make();
      const upload = await store.begin();
      await store.writePart(upload, 0, Buffer.from('0123456789'));
      await store.truncate(upload, 3);
      await store.truncate(upload, 5);
      const ref = await store.complete(upload);
      expect(ref).toMatchObject({ size: 5, sha256: sha256(Buffer.from('012\0\0')) });
    });

    test('an empty content is a content', async () => {
      const { store } = await make();
      const ref = await store.complete(await store.begin());
      expect(ref).toMatchObject({ size: 0, sha256: sha256(Buffer.alloc(0)) });
      expect(await buffer(store.read(ref))).toHaveLength(0);
    });

    test('an upload that grows keeps what came, in whatever pieces, and in the order they were written', async () => {
      const { store } = await make();
      const upload = await store.begin();
      const pieces = Array.from({ length: 40 }, (_, at) => LARGE.subarray(at * 5000, at * 5000 + 5003));
      await Promise.all(pieces.map((piece, at) => store.writePart(upload, at * 5000, piece)));
      expect(await store.complete(upload)).toMatchObject({ size: 200_003, sha256: sha256(LARGE.subarray(0, 200_003)) });
    });

    test('one part may be larger than any buffer', async () => {
      const place = await make();
      const { store } = place;
      const contentId = await put(place, LARGE);
      expect(sha256(await buffer(store.read({ contentId })))).toBe(sha256(LARGE));
    });

    test('another store goes on with an upload that was begun for that', async () => {
      const { store, reopen } = await make();
      const upload = await store.begin({ onDisk: true });
      await store.writePart(upload, 0, Buffer.from('begun '));
      const other = reopen();
      const known = JSON.parse(JSON.stringify(upload));
      await other.writePart(known, 6, Buffer.from('and ended'));
      expect(await other.complete(known)).toMatchObject({ size: 15, sha256: sha256(Buffer.from('begun and ended')) });
    });

    test('ids are never the same', async () => {
      const { store } = await make();
      const ids = await Promise.all(Array.from({ length: 50 }, () => store.begin()));
      expect(new Set(ids.map(({ contentId }) => contentId)).size).toBe(50);
    });
  });

  describe('an upload that is synced', () => {
    test('goes on, and may be synced again', async () => {
      const { store } = await make();
      const upload = await store.begin();
      await store.sync(upload);
      await store.writePart(upload, 0, Buffer.from('one '));
      await store.sync(upload);
      await store.writePart(upload, 4, Buffer.from('two'));
      await store.sync(upload);
      expect(await store.complete(upload)).toMatchObject({ size: 7, sha256: sha256(Buffer.from('one two')) });
      await store.sync(upload);
    });

    test('goes on after a restart from any byte, with the right digest', async () => {
      const { store, reopen } = await make();
      const upload = await store.begin();
      await store.writePart(upload, 0, Buffer.from('kept, and lost'));
      await store.sync(upload);
      const other = reopen();
      await other.truncate(upload, 4);
      await other.sync(upload);
      await other.writePart(upload, 4, Buffer.from(' on'));
      expect(await other.complete(upload)).toEqual({
        contentId: upload.contentId,
        size: 7,
        sha256: sha256(Buffer.from('kept on')),
      });
      expect(String(await buffer(other.read(upload)))).toBe('kept on');
    });

    test('is refused where it is not there', async () => {
      const { store } = await make();
      const upload = await store.begin();
      await store.remove(upload.contentId);
      for (const absent of [upload, { contentId: '../x' }]) {
        await expect(store.sync(absent)).rejects.toMatchObject({ code: 'content-missing' });
      }
    });
  });

  describe('completing', () => {
    test('is repeatable, also after a restart', async () => {
      const { store, reopen, keep } = await make();
      const upload = await store.begin();
      await store.writePart(upload, 0, Buffer.from('once'));
      const ref = await keep(await store.complete(upload));
      expect(await store.complete(upload)).toEqual(ref);
      expect(await reopen().complete(upload)).toEqual(ref);
    });

    test('checks size and digest, and the upload can go on after a mismatch', async () => {
      const { store } = await make();
      const upload = await store.begin();
      await store.writePart(upload, 0, Buffer.from('abc'));
      await expect(store.complete(upload, { size: 4 })).rejects.toMatchObject({ code: 'digest-mismatch' });
      await expect(store.complete(upload, { sha256: sha256(Buffer.from('abd')) })).rejects.toMatchObject({
        code: 'digest-mismatch',
      });
      await store.writePart(upload, 2, Buffer.from('d'));
      const digest = sha256(Buffer.from('abd'));
      expect(await store.complete(upload, { size: 3, sha256: digest.toUpperCase() })).toMatchObject({ sha256: digest });
    });

    test('a completed content is never written again', async () => {
      const { store, reopen, keep } = await make();
      const upload = await store.begin();
      await store.writePart(upload, 0, Buffer.from('final'));
      await keep(await store.complete(upload));
      for (const any of [store, reopen()]) {
        await expect(any.writePart(upload, 0, Buffer.from('F'))).rejects.toMatchObject({ code: 'precondition-failed' });
        await expect(any.truncate(upload, 1)).rejects.toMatchObject({ code: 'precondition-failed' });
      }
      expect(String(await buffer(store.read(upload)))).toBe('final');
    });
  });

  describe('reading', () => {
    test.each([
      [0, 4, '0123'],
      [3, 7, '3456'],
      [9, 10, '9'],
      [8, 99, '89'],
      [10, 20, ''],
      [5, 5, ''],
    ])('the range %i to %i is "%s"', async (start, end, text) => {
      const place = await make();
      const { store } = place;
      const contentId = await put(place, Buffer.from('0123456789'));
      expect(String(await buffer(store.read({ contentId }, { start, end })))).toBe(text);
    });

    test('a range of a large content holds exactly its bytes', async () => {
      const place = await make();
      const { store } = place;
      const contentId = await put(place, LARGE);
      const range = { start: 1_000_003, end: 2_500_001 };
      expect(sha256(await buffer(store.read({ contentId }, range)))).toBe(
        sha256(LARGE.subarray(range.start, range.end)),
      );
    });

    test.each(['0'.repeat(32), '../../etc/passwd', ''])('of the absent content "%s" is refused', async (contentId) => {
      const { store } = await make();
      await expect(buffer(store.read({ contentId }))).rejects.toMatchObject({ code: 'content-missing' });
    });
  });

  describe('removing', () => {
    test('takes a content away, and again is no error', async () => {
      const place = await make();
      const { store } = place;
      const contentId = await put(place, Buffer.from('gone'));
      await store.remove(contentId);
      await store.remove(contentId);
      await expect(buffer(store.read({ contentId }))).rejects.toMatchObject({ code: 'content-missing' });
    });

    test('ends an upload', async () => {
      const { store } = await make();
      const upload = await store.begin();
      await store.writePart(upload, 0, Buffer.from('half'));
      await store.remove(upload.contentId);
      await expect(store.writePart(upload, 4, Buffer.from('x'))).rejects.toMatchObject({ code: 'content-missing' });
      await expect(store.complete(upload)).rejects.toMatchObject({ code: 'content-missing' });
    });
  });

  describe('sweeping', () => {
    test('removes what no row names, once it is older than the grace', async () => {
      const place = await make();
      const { store } = place;
      const named = await put(place, Buffer.from('named'));
      const unnamed = await put(place, Buffer.from('unnamed'));
      const asked: string[] = [];
      const isNamed = async (ids: readonly string[]) => {
        asked.push(...ids);
        return new Set([named]);
      };
      expect(await store.sweep(isNamed, 3_600_000)).toBe(0);
      expect(asked).toEqual([]);
      expect(await store.sweep(isNamed, 0)).toBe(1);
      expect(asked.sort()).toEqual([named, unnamed].sort());
      expect(String(await buffer(store.read({ contentId: named })))).toBe('named');
      await expect(buffer(store.read({ contentId: unnamed }))).rejects.toMatchObject({ code: 'content-missing' });
    });

    test('of a store that holds nothing removes nothing', async () => {
      const { store } = await make();
      expect(await store.sweep(async () => NONE, 0)).toBe(0);
    });
  });
}
