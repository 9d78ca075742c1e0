import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

type Place = { readonly data: string };

/** Contents that are still being written: a finished one is read-only. */
export async function unfinishedContents({ data }: Place): Promise<number> {
  const entries = await readdir(join(data, 'content'), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const modes = await Promise.all(
    files.map(({ parentPath, name }) =>
      stat(join(parentPath, name)).then(
        ({ mode }) => mode,
        () => 0,
      ),
    ),
  );
  return modes.filter((mode) => (mode & 0o200) !== 0).length;
}

/** Uploads that are held so that their principal can go on with them. */
export function heldUploads({ data }: Place): number {
  const ledger = new DatabaseSync(join(data, 'ledger.sqlite'), { readOnly: true });
  try {
    return Number(ledger.prepare('SELECT count(*) AS held FROM partial').get()?.held);
  } finally {
    ledger.close();
  }
}
