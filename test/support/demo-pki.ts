import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Grows with what the demo's certificates say: files that are there are not made again. */
const PROFILE = 2;
const CONFIG = fileURLToPath(new URL('../../config', import.meta.url));

/**
 * A folder with demo keys for every account of the shipped configuration, made once per machine and user: making 20 RSA
 * keys takes seconds, and no test changes them. What it holds when it is whole stands in it, so that most test files need not load what makes it.
 */
export async function demoPki(): Promise<string> {
  const directory = join(tmpdir(), `sluis-test-pki-${PROFILE}-${process.getuid?.() ?? 0}`);
  const list = join(directory, `.whole-${await digestOfPartners()}`);
  if (await areThere(directory, list)) return directory;
  const { loadConfiguration } = await import('../../src/config/load.ts');
  const { makeDemoPki } = await import('../../src/pki/demo-ca.ts');
  const loaded = await loadConfiguration(CONFIG, { keyFiles: 'may-be-absent' });
  if (!loaded.ok) throw new Error('the shipped configuration has problems');
  const accounts = loaded.settings.generation.partners.flatMap((partner) =>
    partner.accounts.map(({ kind, id }) => ({ kind, id, partner: partner.id, kbo: partner.kbo })),
  );
  await makeDemoPki({ directory, accounts, sftpHosts: ['127.0.0.1', 'localhost'], now: Date.now() });
  await writeFile(list, (await namesIn(directory)).join('\n'));
  return directory;
}

async function areThere(directory: string, list: string): Promise<boolean> {
  if (!existsSync(list)) return false;
  const there = new Set(await namesIn(directory));
  return (await readFile(list, 'utf8')).split('\n').every((name) => there.has(name));
}

async function namesIn(directory: string): Promise<readonly string[]> {
  return (await readdir(directory, { recursive: true })).filter((name) => !name.startsWith('.'));
}

async function digestOfPartners(): Promise<string> {
  const hash = createHash('sha256');
  const folder = join(CONFIG, 'partners');
  for (const name of (await readdir(folder)).sort()) hash.update(await readFile(join(folder, name)));
  return hash.digest('hex').slice(0, 16);
}
