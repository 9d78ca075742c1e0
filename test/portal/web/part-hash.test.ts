import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PartHash } from '../../../src/portal/web/uploads/part-hash.ts';

const BYTES = Uint8Array.from({ length: 3_000_000 }, (_, index) => (index * 7 + (index >> 9)) % 251);

function counted() {
  const blob = new Blob([BYTES]);
  const read = { bytes: 0 };
  const file = {
    slice: (from: number, to: number) => {
      read.bytes += to - from;
      return blob.slice(from, to);
    },
  };
  return { file, read };
}

const hexOf = (digest: Uint8Array) => Buffer.from(digest).toString('hex');
const expected = (end: number) => createHash('sha256').update(BYTES.subarray(0, end)).digest('hex');

test('the digest of the beginning of a file is that of its bytes, for any ends in any order', async () => {
  const ends = fc.array(fc.integer({ min: 0, max: BYTES.length }), { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(ends, async (list) => {
      const hash = new PartHash(counted().file);
      for (const end of list) expect(hexOf(await hash.digest(end))).toBe(expected(end));
    }),
    { numRuns: 25, seed: 9 },
  );
});

test('part after part, each byte is read once; a part that was cut costs no more than that part again', async () => {
  const { file, read } = counted();
  const hash = new PartHash(file);
  for (const end of [1_000_000, 2_000_000, 3_000_000]) await hash.digest(end);
  expect(read.bytes).toBe(3_000_000);
  expect(hexOf(await hash.digest(2_400_000))).toBe(expected(2_400_000));
  expect(read.bytes).toBe(3_400_000);
});
