import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Packaging } from '../../src/domain/format.ts';
import { packed } from '../../src/pipeline/packaging.ts';
import { DiskStore } from '../../src/storage/disk-store.ts';
import { SmallStore } from '../../src/storage/small-store.ts';
import { hasTool } from '../support/tools.ts';

const run = promisify(execFile);

let folder: string;
let store: SmallStore;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluis-packaging-'));
  store = new SmallStore({ disk: new DiskStore({ directory: join(folder, 'content') }) });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function pack(bytes: Uint8Array, packaging: Packaging, name = 'ADRM.csv'): Promise<Buffer> {
  const upload = await store.begin();
  if (bytes.length > 0) await store.writePart(upload, 0, bytes);
  const content = await packed(store, await store.complete(upload), packaging, name);
  const made = await buffer(store.read(content));
  expect(content).toMatchObject({
    size: made.length,
    sha256: createHash('sha256').update(made).digest('hex'),
  });
  return made;
}

/** Several pieces of any reader, and nothing a compressor could shorten much. */
const MUCH = Buffer.from(
  Array.from({ length: 20_000 }, (_, row) => createHash('sha256').update(`${row}`).digest('hex')).join('\n'),
);
const CONTENTS = [
  ['one byte', Buffer.from('x')],
  ['a megabyte', MUCH],
  ['a text that shrinks', Buffer.alloc(3_000_000, 'Proefstraat;')],
] as const;

describe('a packed content', () => {
  test.each(CONTENTS)('gzip: %s comes out as it went in, and is the same bytes every time', async (_what, bytes) => {
    const made = await pack(bytes, 'gzip');
    expect(gunzipSync(made).equals(bytes)).toBe(true);
    expect((await pack(bytes, 'gzip')).equals(made)).toBe(true);
  });

  test.skipIf(!hasTool('unzip')).each(CONTENTS)(
    'zip: %s is the one file in it, as unzip reads it',
    async (_what, bytes) => {
      const made = await pack(bytes, 'zip', 'ADRM é.csv');
      const file = join(folder, 'made.zip');
      await writeFile(file, made);
      expect((await run('unzip', ['-t', file])).stdout).toContain('No errors detected');
      const { stdout } = await run('unzip', ['-p', file], { encoding: 'buffer', maxBuffer: 10_000_000 });
      expect(stdout.equals(bytes)).toBe(true);
      expect((await pack(bytes, 'zip', 'ADRM é.csv')).equals(made)).toBe(true);
    },
  );
});
