import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { BatchContent } from '../../src/pipeline/batch-content.ts';
import { EarlySyncs } from '../../src/pipeline/early-syncs.ts';
import { IN_THIS_THREAD } from '../../src/storage/disk-access.ts';
import { DiskStore } from '../../src/storage/disk-store.ts';

const LARGE = Buffer.alloc(700_001, 'a');
const SMALL = Buffer.alloc(100_000, 'b');

async function contents() {
  const directory = await mkdtemp(join(tmpdir(), 'sluis-early-syncs-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const store = new DiskStore({ directory, access: IN_THIS_THREAD });
  const [large, small] = [new BatchContent(store), new BatchContent(store)];
  large.append(LARGE);
  small.append(SMALL);
  await Promise.all([large.drain(), small.drain()]);
  return { large, small, syncs: new EarlySyncs(() => [small, large]) };
}

test('what has grown large becomes durable before its batch ends, what is small does not', async () => {
  const { large, small, syncs } = await contents();
  const written = small.unsynced;
  expect(large.unsynced).toBeGreaterThan(600_000);
  syncs.nudge();
  await syncs.end();
  expect([large.unsynced, small.unsynced]).toEqual([0, written]);
  large.append(SMALL);
  const sha256 = createHash('sha256').update(LARGE).update(SMALL).digest('hex');
  expect(await large.complete()).toMatchObject({ size: 800_001, sha256 });
});

test('what cannot be made durable fails where it is completed', async () => {
  const { large, syncs } = await contents();
  await large.abandon();
  syncs.nudge();
  await syncs.end();
  await expect(large.complete()).rejects.toMatchObject({ code: 'content-missing' });
});

test('nothing begins once it has ended', async () => {
  const { large, syncs } = await contents();
  await syncs.end();
  syncs.nudge();
  expect(large.unsynced).toBeGreaterThan(600_000);
});
