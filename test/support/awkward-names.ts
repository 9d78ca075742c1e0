import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Names that clients and servers like to get wrong in URLs, shells and listings. */
export const AWKWARD = [
  'plain.txt',
  'a b  c.txt',
  "#?%&;+'.txt",
  '100%41.txt',
  '%2e%2e.txt',
  '~tilde (1) [2] {3}.txt',
  '!"$^`@=,.txt',
  '-dash.txt',
  'été Ærøskøbing ß.txt',
  '日本語 ファイル.txt',
  '🦢 emoji 👩‍👩‍👧.txt',
  `${'x'.repeat(251)}.txt`,
  `${'é'.repeat(125)}z.txt`,
  'trailing dots...',
  'Case.txt',
  'case.txt',
] as const;

/** In the form of a Mac: the accent is a character of its own. Listings have it composed (Unicode UAX #15, NFC). */
export const DECOMPOSED = 'Cafe\u0301 de\u0301compose\u0301.txt';

/** Fills a folder with that many small files, in two levels; each content is told by its name. */
export async function fillFolder(folder: string, count: number): Promise<void> {
  const folders = ['', 'deep #1', 'deep #1/deeper & deeper'];
  for (const name of folders) await mkdir(join(folder, name), { recursive: true });
  for (let index = 0; index < count; index += 1) {
    const base = AWKWARD[index % AWKWARD.length] ?? '';
    const isFirstRound = index < AWKWARD.length * folders.length;
    const numbered = `${index} ${base}`;
    const isTooLong = Buffer.byteLength(numbered) > 255; // NAME_MAX, linux/limits.h
    const name = isFirstRound ? base : isTooLong ? `${index}.txt` : numbered;
    const path = join(folders[Math.floor(index / AWKWARD.length) % folders.length] ?? '', name);
    await writeFile(join(folder, path), path.repeat(index % 50));
  }
}

/** Path and digest of every file below a folder, in order. */
export async function digestsOf(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const lines = files.map(async (file) => {
    const sha256 = createHash('sha256')
      .update(await readFile(file))
      .digest('hex');
    return `${file.slice(folder.length + 1)} ${sha256}`;
  });
  return (await Promise.all(lines)).toSorted();
}
