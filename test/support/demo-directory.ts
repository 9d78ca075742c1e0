import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const LINES = 'directory/person-lines.csv';

/**
 * Puts the shipped person lines, loaded, into a data folder whose configuration has not changed them. They are loaded once per
 * machine, by `directory load` as a gateway would at its first start, which is left to those tests that look at it.
 */
export async function placeDemoDirectory(config: string, data: string): Promise<void> {
  const [shipped, here] = await Promise.all([join(ROOT, 'config'), config].map((folder) => linesOf(folder)));
  if (shipped === undefined || here === undefined || !shipped.equals(here)) return;
  await mkdir(data, { recursive: true, mode: 0o700 });
  await cp(await loadedOnce(shipped), join(data, 'directory'), { recursive: true });
}

async function linesOf(config: string): Promise<Buffer | undefined> {
  const file = join(config, LINES);
  return existsSync(file) ? await readFile(file) : undefined;
}

/** By the digest of the lines and of the code that loads them. */
async function loadedOnce(lines: Buffer): Promise<string> {
  const hash = createHash('sha256').update(lines);
  const code = join(ROOT, 'src/directory');
  for (const name of (await readdir(code, { recursive: true })).sort())
    if (name.endsWith('.ts')) hash.update(await readFile(join(code, name)));
  const folder = join(tmpdir(), `sluis-test-directory-${hash.digest('hex').slice(0, 16)}-${process.getuid?.() ?? 0}`);
  if (existsSync(folder)) return folder;
  const made = await mkdtemp(`${folder}.`);
  await load(made);
  // Another test file may have been faster: its folder is as good.
  await rename(made, folder).catch(async (error) => {
    await rm(made, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  });
  return folder;
}

/** Most test files find it loaded, and need not load what does it. */
async function load(folder: string): Promise<void> {
  const { loadConfiguration } = await import('../../src/config/load.ts');
  const { openDirectory } = await import('../../src/directory/lmdb-directory.ts');
  const loaded = await loadConfiguration(join(ROOT, 'config'), { keyFiles: 'may-be-absent' });
  if (!loaded.ok) throw new Error('the shipped configuration has problems');
  const directory = openDirectory({ directory: folder });
  try {
    for (const environment of ['R', 'T'] as const) {
      const { sectors } = loaded.settings.generation;
      const result = await directory.load(environment, join(ROOT, 'config', LINES), sectors);
      if (!result.loaded) throw new Error('the shipped person lines have problems');
    }
  } finally {
    await directory.close();
  }
}
