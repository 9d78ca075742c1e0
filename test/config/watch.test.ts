import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { loadConfiguration } from '../../src/config/load.ts';
import type { Problem } from '../../src/config/problems.ts';
import type { Settings } from '../../src/config/settings.ts';
import { ConfigurationWatcher, type WatchOptions } from '../../src/config/watch.ts';
import { ConfigCopy } from './config-copy.ts';

type Told = { settings: Settings[]; problems: (readonly Problem[])[]; errors: string[] };

const NEVER_MS = 2_000_000_000;

async function watching(copy: ConfigCopy, options: Partial<WatchOptions> = {}) {
  const loaded = await loadConfiguration(copy.directory);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  const told: Told = { settings: [], problems: [], errors: [] };
  const quiet = () => undefined;
  const watcher = ConfigurationWatcher.start({
    directory: copy.directory,
    keyFiles: 'may-be-absent',
    inForce: loaded.settings,
    onGeneration: async (settings) => {
      told.settings.push(settings);
      return 'in-force';
    },
    onProblems: (problems) => void told.problems.push(problems),
    logger: {
      debug: quiet,
      info: quiet,
      warn: quiet,
      error: (fields) => void told.errors.push(JSON.stringify(fields)),
    },
    ...options,
  });
  return { watcher, told, inForce: loaded.settings, [Symbol.asyncDispose]: () => watcher.close() };
}

/** A public key of OpenSSH, Ed25519 (RFC 8709). */
function keyLine(filler: number): string {
  const kind = Buffer.from('ssh-ed25519');
  const blob = Buffer.concat([Buffer.from([0, 0, 0, 11]), kind, Buffer.from([0, 0, 0, 32]), Buffer.alloc(32, filler)]);
  return `ssh-ed25519 ${blob.toString('base64')} batch@ksz\n`;
}

const soon = { timeout: 20_000, interval: 10 };

test('a change is taken up as a new generation by the sweep alone', async () => {
  await using copy = await ConfigCopy.make();
  await using run = await watching(copy, { sweepMs: 20, quietMs: NEVER_MS });
  await copy.edit('gateway.yaml', 'loginTries: 3', 'loginTries: 4');
  await vi.waitFor(() => expect(run.told.settings).toHaveLength(1), soon);
  expect(run.told.settings[0]?.generation.limits.loginTries).toBe(4);
  expect(run.told.settings[0]?.generation.id).not.toBe(run.inForce.generation.id);
});

test('a change is noticed before the next sweep, also one that is made while it begins to watch', async () => {
  await using copy = await ConfigCopy.make();
  await using run = await watching(copy, { sweepMs: NEVER_MS, quietMs: 10 });
  await copy.edit('gateway.yaml', 'loginTries: 3', 'loginTries: 4');
  await vi.waitFor(() => expect(run.told.settings).toHaveLength(1), soon);
  await copy.edit('gateway.yaml', 'loginTries: 4', 'loginTries: 5');
  await vi.waitFor(() => expect(run.told.settings).toHaveLength(2), soon);
});

test('a wrong change is told once and leaves the old generation; setting it right is told too', async () => {
  await using copy = await ConfigCopy.make();
  await using run = await watching(copy, { sweepMs: NEVER_MS, quietMs: NEVER_MS });
  await run.watcher.look();
  expect(run.told).toEqual({ settings: [], problems: [], errors: [] });
  await copy.edit('partners/ksz.yaml', 'sends: [ADRM]', 'sends: [NONE]');
  await run.watcher.look();
  await run.watcher.look();
  expect(run.told.problems).toHaveLength(1);
  expect(run.told.problems[0]).toMatchObject([
    { file: 'partners/ksz.yaml', line: 11, message: 'there is no flow "NONE"' },
  ]);
  expect(run.told.settings).toEqual([]);
  await copy.edit('partners/ksz.yaml', 'sends: [NONE]', 'sends: [ADRM]');
  await run.watcher.look();
  expect(run.told.settings.map((settings) => settings.generation.id)).toEqual([run.inForce.generation.id]);
});

test('a comment makes no new generation', async () => {
  await using copy = await ConfigCopy.make();
  await using run = await watching(copy, { sweepMs: NEVER_MS, quietMs: NEVER_MS });
  await copy.edit('gateway.yaml', 'demo: true', 'demo: true # still');
  await run.watcher.look();
  expect(run.told).toEqual({ settings: [], problems: [], errors: [] });
});

test('a key file that appears makes a new generation', async () => {
  await using copy = await ConfigCopy.make();
  await using run = await watching(copy, { sweepMs: NEVER_MS, quietMs: NEVER_MS });
  await run.watcher.look();
  await mkdir(join(copy.root, 'certs/demo'), { recursive: true });
  await writeFile(join(copy.root, 'certs/demo/batch@ksz.ssh.pub'), keyLine(7));
  await run.watcher.look();
  expect(run.told.settings).toHaveLength(1);
});

test('a key file that is renewed under its old name is noticed before the next sweep', async () => {
  await using copy = await ConfigCopy.make();
  await using run = await watching(copy, { sweepMs: NEVER_MS, quietMs: 10 });
  await mkdir(join(copy.root, 'certs/demo'), { recursive: true });
  await run.watcher.look();
  for (const [index, filler] of [7, 8].entries()) {
    const file = join(copy.root, 'certs/demo/batch@ksz.ssh.pub');
    await writeFile(`${file}.new`, keyLine(filler));
    await rename(`${file}.new`, file);
    await vi.waitFor(() => expect(run.told.settings).toHaveLength(index + 1), soon);
  }
});

test('a folder that goes away and comes back is told and harms nothing', async () => {
  await using copy = await ConfigCopy.make();
  await using run = await watching(copy, { sweepMs: 20 });
  await rename(copy.directory, `${copy.directory}-away`);
  await vi.waitFor(() => expect(run.told.problems.flat()).toContainEqual(expect.objectContaining({ file: '.' })), soon);
  await rename(`${copy.directory}-away`, copy.directory);
  await vi.waitFor(() => expect(run.told.settings.at(-1)?.generation.id).toBe(run.inForce.generation.id), soon);
});

test('an owner who fails is logged, and the watcher goes on', async () => {
  await using copy = await ConfigCopy.make();
  await using run = await watching(copy, {
    sweepMs: NEVER_MS,
    quietMs: NEVER_MS,
    onGeneration: () => Promise.reject(new Error('the owner failed')),
  });
  await copy.edit('gateway.yaml', 'loginTries: 3', 'loginTries: 4');
  await run.watcher.look();
  expect(run.told.errors).toEqual([expect.stringContaining('the owner failed')]);
  await copy.edit('gateway.yaml', 'loginTries: 4', 'loginTries: none');
  await run.watcher.look();
  expect(run.told.problems).toHaveLength(1);
});

test('nothing is told after closing', async () => {
  await using copy = await ConfigCopy.make();
  const run = await watching(copy, { sweepMs: 20 });
  await copy.edit('gateway.yaml', 'loginTries: 3', 'loginTries: 4');
  const looking = run.watcher.look();
  await run.watcher.close();
  await looking;
  const count = run.told.settings.length;
  await copy.edit('gateway.yaml', 'loginTries: 4', 'loginTries: 5');
  await run.watcher.look();
  expect(run.told.settings).toHaveLength(count);
});
