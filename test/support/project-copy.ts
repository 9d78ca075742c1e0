import { cp, mkdir, mkdtemp, readFile, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureBuilt } from '../../src/portal/build/built.ts';
import { demoPki } from './demo-pki.ts';
import type { Change } from './gateway.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const COPIED = ['package.json', 'src', 'config', 'test/fixtures/demo'];
const PAGES = 'dist/portal';

/** The project in a folder of its own, with the demo keys, so that tests may change its samples and configuration. */
export async function copyProject(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sluis-project-'));
  for (const name of COPIED) await cp(join(ROOT, name), join(folder, name), { recursive: true });
  await ensureBuilt(); // once, and not for every copy
  await cp(join(ROOT, PAGES), join(folder, PAGES), { recursive: true });
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  await mkdir(join(folder, 'certs'));
  const filter = (from: string) => !basename(from).startsWith('.');
  await cp(await demoPki(), join(folder, 'certs', 'demo'), { recursive: true, filter });
  return folder;
}

/**
 * Changes files of such a copy.
 * @param changes by path in the project
 * @returns what puts them back as they were
 */
export async function changeFiles(
  folder: string,
  changes: Readonly<Record<string, Change>>,
): Promise<() => Promise<void>> {
  const before = new Map<string, string>();
  for (const [name, change] of Object.entries(changes)) {
    const file = join(folder, name);
    const text = await readFile(file, 'utf8');
    const edited = change(text);
    if (edited === text) throw new Error(`the change to ${name} changed nothing`);
    before.set(file, text);
    await writeFile(file, edited);
  }
  return async () => {
    for (const [file, text] of before) await writeFile(file, text);
  };
}
