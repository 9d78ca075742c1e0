import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { CheckpointThread } from '../../src/storage/checkpoints.ts';
import { openSqliteLedger } from '../../src/storage/sqlite-ledger.ts';
import { content } from './ledger-fixture.ts';
import { tempFolder } from './temp-folder.ts';

const CONTENT_BYTES = 65_536;
const AT_ONCE = 64;
/** 340 MB: far more than the log ever holds, which is copied from 64 MiB on before anything else. */
const ROUNDS = 80;
/** What comes while a copy runs is added to it, and on a busy machine a copy takes long. */
const MOST_LOG_BYTES = 250_000_000;

/** Of rounds, after which a copy is due. */
const WARM_UP = 5;
const POLL = { timeout: 20_000 };

function sizeOf(file: string): () => Promise<number> {
  return async () => (await stat(file)).size;
}

test('the log is copied into the ledger while commits go on, and never grows beyond what is copied at once', {
  timeout: 60_000,
}, async () => {
  const file = join(await tempFolder(), 'ledger.db');
  const broken: Error[] = [];
  const ledger = await openSqliteLedger({ file, onBroken: (error) => broken.push(error) });
  onTestFinished(() => ledger.close());
  const bytes = new Uint8Array(CONTENT_BYTES).fill(7);
  let longest = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const commits = Array.from({ length: AT_ONCE }, (_, index) =>
      ledger.commit([{ kind: 'keepContent', content: content(`${round}-${index}`), bytes }]),
    );
    await Promise.all(commits);
    longest = Math.max(longest, (await stat(`${file}-wal`)).size);
    // The thread takes its time to start where the machine is busy; from then on it copies as fast as others write.
    if (round === WARM_UP) await expect.poll(sizeOf(file), POLL).toBeGreaterThan(AT_ONCE * CONTENT_BYTES);
  }
  expect(longest).toBeLessThan(MOST_LOG_BYTES);
  // Copied while the ledger was open; all of it was committed before.
  expect((await stat(file)).size).toBeGreaterThan(ROUNDS * AT_ONCE * CONTENT_BYTES - MOST_LOG_BYTES);
  await ledger.close();
  // The last connection has copied the rest, so none was left open by the thread that copies.
  await expect(stat(`${file}-wal`)).rejects.toThrow('ENOENT');
  expect((await stat(file)).size).toBeGreaterThan(ROUNDS * AT_ONCE * CONTENT_BYTES);
  expect(broken).toEqual([]);
});

test('where the thread can not open the ledger, the writer is told to copy the log itself, and another is tried', async () => {
  const folder = await tempFolder();
  const file = join(folder, 'not-there', 'ledger.db');
  const broken: unknown[] = [];
  const thread = new CheckpointThread(file, (failure) => broken.push(failure));
  onTestFinished(() => thread.close());
  expect(thread.frames).toBe(0);
  thread.begin();
  await expect.poll(() => thread.frames).toBe(Number.POSITIVE_INFINITY);
  // It is there now.
  await mkdir(join(folder, 'not-there'));
  const ledger = await openSqliteLedger({ file, onBroken: (error) => broken.push(error) });
  onTestFinished(() => ledger.close());
  await ledger.commit([{ kind: 'keepContent', content: content('one'), bytes: new Uint8Array(CONTENT_BYTES) }]);
  thread.begin();
  await expect.poll(() => thread.frames).toBeLessThan(1000);
  expect(thread.frames).toBeGreaterThan(CONTENT_BYTES / 4096);
  expect(broken).toEqual([]);
});
