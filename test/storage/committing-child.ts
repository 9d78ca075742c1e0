import { parseVPath } from '../../src/domain/vpath.ts';
import { openSqliteLedger } from '../../src/storage/sqlite-ledger.ts';

// Commits without end and writes the name of each file once its commit has returned; the test kills it.

const [file = ''] = process.argv.slice(2);
const ledger = await openSqliteLedger({ file, onBroken: () => process.exit(3) });

async function work(worker: number): Promise<void> {
  for (let n = 0; ; n += 1) {
    const path = parseVPath(`/f${worker}-${n}`);
    const content = { contentId: path, size: 1, sha256: 'a'.repeat(64) };
    await ledger.commit([
      { kind: 'publish', path, content, expect: 'absent', parentMustExist: false, at: n },
      { kind: 'audit', line: { kind: 'publish', outcome: 'done', fields: { path } } },
    ]);
    process.stdout.write(`${path}\n`);
  }
}

await Promise.all(Array.from({ length: 8 }, (_, worker) => work(worker)));
