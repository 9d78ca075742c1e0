import { createHash, randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { childOf, parseVPath } from '../../src/domain/vpath.ts';
import type { LedgerCommand } from '../../src/storage/commands.ts';
import { openSqliteLedger } from '../../src/storage/sqlite-ledger.ts';

/**
 * Makes a shared folder with these names, all of one small content, in the ledger of a gateway that does not run:
 * thousands of uploads would take longer than what is tested of them.
 */
export async function makeFullFolder(data: string, path: string, names: readonly string[], text: string) {
  await mkdir(data, { recursive: true });
  const failures: Error[] = [];
  const ledger = await openSqliteLedger({
    file: join(data, 'ledger.sqlite'),
    onBroken: (error) => failures.push(error),
  });
  const folder = parseVPath(path);
  const bytes = Buffer.from(text);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const content = { contentId: randomUUID(), size: bytes.length, sha256 };
  const at = Date.now();
  const files = names.map(
    (name): LedgerCommand => ({
      ...{ kind: 'publish', path: childOf(folder, name), content },
      ...{ expect: 'absent', parentMustExist: false, at },
    }),
  );
  await ledger.commit([
    { kind: 'keepContent', content, bytes },
    { kind: 'makeFolder', path: folder, parentMustExist: false, at },
    ...files,
  ]);
  await ledger.close();
  if (failures[0] !== undefined) throw failures[0];
}
