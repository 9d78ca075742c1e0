import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open as openFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Ledger } from '../../src/storage/ledger.ts';
import { VERSION_1 } from '../../src/storage/schema.ts';
import { openSqliteLedger } from '../../src/storage/sqlite-ledger.ts';
import { ledgerContract } from './ledger.contract.ts';
import { audit, newLedger, type OpenLedger, partner, path, publish, tree } from './ledger-fixture.ts';
import { tempFolder } from './temp-folder.ts';

const FILE = 'ledger.db';
const open: OpenLedger = ({ folder, clock }) =>
  openSqliteLedger({ file: join(folder, FILE), clock, onBroken: throwIt });

function throwIt(error: Error): never {
  throw error;
}

async function ledgerIn(folder: string, onCommit?: (calls: number) => void): Promise<Ledger> {
  const ledger = await openSqliteLedger({
    file: join(folder, FILE),
    onBroken: throwIt,
    ...(onCommit === undefined ? {} : { onCommit }),
  });
  onTestFinished(() => ledger.close());
  return ledger;
}

/** Replaces everything after the first bytes of a file. */
async function overwrite(file: string, from: number, value: number): Promise<void> {
  await using handle = await openFile(file, 'r+');
  const { size } = await handle.stat();
  await handle.write(Buffer.alloc(size - from, value), 0, size - from, from);
}

ledgerContract(open);

describe('transactions', () => {
  test('are shared by all calls that came while the last one ran', async () => {
    const shared: number[] = [];
    const ledger = await ledgerIn(await tempFolder(), (calls) => shared.push(calls));
    const worker = async (name: number) => {
      for (let n = 0; n < 25; n += 1) await ledger.commit([publish(`/f${name}-${n}`), audit()]);
    };
    await Promise.all(Array.from({ length: 8 }, (_, name) => worker(name)));
    expect(shared.reduce((sum, calls) => sum + calls, 0)).toBe(200);
    expect(shared.length).toBeLessThanOrEqual(50);
  });

  test('do not hold up readers', async () => {
    const { ledger } = await newLedger(open);
    await ledger.commit([publish('/a')]);
    const order: string[] = [];
    const references = JSON.stringify(Array.from({ length: 200_000 }, (_, n) => `r${n}`));
    const originals = [{ references, receivers: ['kbf'], count: 200_000 }];
    const of = { flow: 'ADDR', environment: 'R', partner: partner('rva') } as const;
    const large = ledger.commit([{ kind: 'rememberOriginals', ...of, originals }]).then(() => order.push('commit'));
    const small = ledger.read({ kind: 'entry', path: path('/a') }).then(() => order.push('read'));
    await Promise.all([large, small]);
    expect(order).toEqual(['read', 'commit']);
  });
});

describe('the ledger file', () => {
  test('is the work of one gateway at a time', async () => {
    const folder = await tempFolder();
    const ledger = await ledgerIn(folder);
    const second = openSqliteLedger({ file: join(folder, FILE), onBroken: throwIt });
    await expect(second).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('another gateway'),
    });
    await ledger.commit([publish('/still-works')]);
    await ledger.close();
    expect(await tree(await ledgerIn(folder))).toEqual({ '/still-works': '/still-works' });
  });

  test('is readable for its owner alone', async () => {
    const folder = await tempFolder();
    await ledgerIn(folder);
    for (const name of [FILE, `${FILE}-wal`, `${FILE}-shm`, `${FILE}.lock`]) {
      expect((await stat(join(folder, name))).mode & 0o077).toBe(0);
    }
  });

  test('is refused where it is damaged', async () => {
    const folder = await tempFolder();
    await writeFile(join(folder, FILE), 'this is no ledger, and it never was one; '.repeat(200));
    await expect(openSqliteLedger({ file: join(folder, FILE), onBroken: throwIt })).rejects.toMatchObject({
      code: 'broken',
    });
  });

  test('is refused where a newer program wrote it', async () => {
    const folder = await tempFolder();
    await (await ledgerIn(folder)).close();
    using database = new DatabaseSync(join(folder, FILE));
    database.exec('INSERT INTO migration (version, at) VALUES (99, 0)');
    const opening = openSqliteLedger({ file: join(folder, FILE), onBroken: throwIt });
    await expect(opening).rejects.toMatchObject({ code: 'unavailable', message: expect.stringContaining('newer') });
  });

  test('of version 1 is taken over, and knows at once what lies where', async () => {
    const folder = await tempFolder();
    const old = new DatabaseSync(join(folder, FILE));
    old.exec(`${VERSION_1}
      CREATE TABLE migration (version INTEGER PRIMARY KEY, at INTEGER NOT NULL) STRICT;
      INSERT INTO migration VALUES (1, 0);
      INSERT INTO entry (folder, name, kind, version, content_id, size, sha256, created_at, modified_at) VALUES
        ('/partners/ksz/IN/ADRM', 'a', 'file', 1, 'c1', 10, 'd', 0, 0),
        ('/partners/ksz/IN/ADRM', 'b', 'file', 2, 'c2', 5, 'd', 0, 0),
        ('/partners/ksz/IN', 'c', 'file', 3, 'c3', 1, 'd', 0, 0),
        ('/partners/ksz/OUT', 'd', 'file', 4, 'c4', 100, 'd', 0, 0),
        ('/SHARED', 'work', 'folder', 5, '', 0, '', 0, 0),
        ('/SHARED/work', 'e', 'file', 6, 'c5', 7, 'd', 0, 0),
        ('/SHARED', 'alone', 'file', 7, 'c6', 3, 'd', 0, 0),
        ('/', 'top', 'file', 8, 'c7', 1000, 'd', 0, 0);
      UPDATE sequence SET value = 8 WHERE name = 'version'`);
    old.close();
    const ledger = await ledgerIn(folder);
    const usage = (...areas: string[]) => ledger.read({ kind: 'usage', areas: areas.map(path) });
    expect(await usage('/partners/ksz/IN')).toEqual({ bytes: 16, files: 3 });
    expect(await usage('/partners/ksz/OUT')).toEqual({ bytes: 100, files: 1 });
    expect(await usage('/SHARED/work')).toEqual({ bytes: 7, files: 1 });
    expect(await usage('/SHARED/alone')).toEqual({ bytes: 3, files: 1 });
    const entry = await ledger.read({ kind: 'entry', path: path('/partners/ksz/IN/ADRM/a') });
    expect(entry).toMatchObject({ version: 1, contentId: 'c1', size: 10 });
    await ledger.commit([publish('/partners/ksz/IN/ADRM/a', 'new')]);
    expect(await usage('/partners/ksz/IN')).toEqual({ bytes: 9, files: 3 });
    await ledger.close();
    using database = new DatabaseSync(join(folder, FILE));
    expect(database.prepare('SELECT version FROM migration ORDER BY version').all()).toEqual([
      { version: 1 },
      { version: 2 },
      { version: 3 },
      { version: 4 },
      { version: 5 },
      { version: 6 },
      { version: 7 },
      { version: 8 },
      { version: 9 },
      { version: 10 },
      { version: 11 },
      { version: 12 },
    ]);
  });

  test('of a version that did not count what is held of uploads does so when it is taken over', async () => {
    const folder = await tempFolder();
    await (await ledgerIn(folder)).close();
    const old = new DatabaseSync(join(folder, FILE));
    old.exec(`DELETE FROM migration WHERE version > 10;
      DROP TABLE original_stage;
      DROP TABLE staged_original;
      INSERT INTO partial (principal, path, content_id, size, total, base, started_at, touched_at) VALUES
        ('anna@ksz', '/SHARED/work/a', 'c1', 30, 100, NULL, 0, 0), ('bram@ksz', '/SHARED/work/a', 'c2', 4, -1, 0, 0, 0)`);
    old.close();
    const ledger = await ledgerIn(folder);
    expect(await ledger.read({ kind: 'usage', areas: [path('/SHARED/work')] })).toEqual({ bytes: 34, files: 0 });
    await ledger.close();
  });

  test('refuses to change or remove audit lines', async () => {
    const folder = await tempFolder();
    const ledger = await ledgerIn(folder);
    await ledger.commit([audit()]);
    await ledger.close();
    using database = new DatabaseSync(join(folder, FILE));
    for (const statement of ["UPDATE audit SET kind = 'x'", 'DELETE FROM audit', 'DELETE FROM used_ticket']) {
      if (statement.includes('used_ticket')) database.exec("INSERT INTO used_ticket VALUES ('T')");
      expect(() => database.exec(statement)).toThrow(/only added to|used once/);
    }
  });
});

describe('a ledger that can not go on', () => {
  test('refuses every caller and says so once', async () => {
    const folder = await tempFolder();
    const told: string[] = [];
    const file = join(folder, FILE);
    const before = await ledgerIn(folder);
    await before.commit([publish('/a')]);
    await before.close();
    const ledger = await openSqliteLedger({ file, onBroken: (error) => told.push(error.code) });
    onTestFinished(() => ledger.close());
    // Another writer makes the ledger read its pages again, and those are nonsense now.
    using database = new DatabaseSync(file);
    database.exec("INSERT INTO counter VALUES ('other', 1)");
    await overwrite(file, 4096, 0xff);
    const calls = await Promise.allSettled([ledger.commit([publish('/b')]), ledger.commit([audit()])]);
    expect(calls.map((call) => call.status)).toEqual(['rejected', 'rejected']);
    await expect(ledger.commit([audit()])).rejects.toMatchObject({ code: 'broken' });
    expect(told).toEqual(['broken']);
  });
});

describe('kill -9', () => {
  test('loses nothing that was acknowledged, and frees the lock', { timeout: 60_000 }, async () => {
    const folder = await tempFolder();
    const script = fileURLToPath(new URL('./committing-child.ts', import.meta.url));
    const child = spawn(process.execPath, [script, join(folder, FILE)], { stdio: ['ignore', 'pipe', 'inherit'] });
    const acknowledged: string[] = [];
    const ended = once(child, 'exit');
    for await (const line of createInterface({ input: child.stdout })) {
      acknowledged.push(line);
      if (acknowledged.length === 2000) child.kill('SIGKILL');
    }
    expect(await ended).toEqual([null, 'SIGKILL']);
    expect(acknowledged.length).toBeGreaterThanOrEqual(2000);

    const ledger = await ledgerIn(folder);
    const entries = new Map<string, number>();
    for (let after = ''; ; ) {
      const page = await ledger.read({ kind: 'children', folder: path('/'), after, limit: 1000 });
      for (const entry of page) entries.set(entry.path, entry.version);
      const last = page.at(-1);
      if (last === undefined) break;
      after = last.path.slice(1);
    }
    expect(acknowledged.filter((name) => !entries.has(name))).toEqual([]);
    const lines = await ledger.read({ kind: 'auditLines', from: 1, limit: 1_000_000 });
    expect(lines.map((line) => line.fields.path).sort()).toEqual([...entries.keys()].sort());
  });
});
