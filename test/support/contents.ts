import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** How many contents a gateway keeps: files on its disk, whole or not, and small ones in its ledger. */
export async function contentCount(data: string): Promise<number> {
  using ledger = new DatabaseSync(join(data, 'ledger.sqlite'), { readOnly: true });
  const small = Number(ledger.prepare('SELECT count(*) AS count FROM content').get()?.count);
  return small + (await contentFiles(data)).length;
}

/** The bytes of one content, wherever it lies. */
export async function contentBytes(data: string, contentId: string): Promise<Buffer> {
  const file = (await contentFiles(data)).find((path) => path.endsWith(contentId));
  if (file !== undefined) return readFile(file);
  using ledger = new DatabaseSync(join(data, 'ledger.sqlite'), { readOnly: true });
  const bytes = ledger.prepare('SELECT bytes FROM content WHERE content_id = ?').get(contentId)?.bytes;
  if (!(bytes instanceof Uint8Array)) throw new Error(`there is no content ${contentId}`);
  return Buffer.from(bytes);
}

/** The folder is made with the first content that is not small. */
async function contentFiles(data: string): Promise<readonly string[]> {
  const entries = await readdir(join(data, 'content'), { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
