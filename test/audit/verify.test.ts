import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { AuditLog } from '../../src/audit/audit-log.ts';
import { type Head, readHeads } from '../../src/audit/heads.ts';
import { type AuditVerdict, auditLinesOf, type VerifyOptions, verifyAudit } from '../../src/audit/verify.ts';
import { systemClock } from '../../src/domain/clock.ts';
import { chainHash } from '../../src/storage/audit-chain.ts';
import type { ChainedLine } from '../../src/storage/commands.ts';
import { openSqliteLedger } from '../../src/storage/sqlite-ledger.ts';
import { tempFolder } from '../storage/temp-folder.ts';

const LINES = 1050; // heads after line 1000 and after the last one
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const checkSignature: VerifyOptions['checkSignature'] = async (data, signature) =>
  verify(null, data, publicKey, signature);

function throwIt(error: Error): never {
  throw error;
}

/** A ledger with audit lines and signed heads, closed. */
async function makeLog(): Promise<string> {
  const folder = await tempFolder();
  const ledger = await openSqliteLedger({ file: join(folder, 'ledger.db'), onBroken: throwIt });
  const log = await AuditLog.open({
    ledger,
    directory: folder,
    clock: systemClock,
    sign: async (data) => sign(null, data, privateKey),
    onBroken: throwIt,
  });
  for (let n = 1; n <= LINES; n += 1) log.note({ kind: 'login', outcome: 'done', fields: { n, who: 'anna@rva' } });
  await log.close();
  await ledger.close();
  return folder;
}

/** Changes the file of the ledger as somebody with the disk in his hands would. */
function tamper(folder: string, statements: string): void {
  using database = new DatabaseSync(join(folder, 'ledger.db'));
  database.exec(`DROP TRIGGER audit_no_update; DROP TRIGGER audit_no_delete; ${statements}`);
}

async function verdictOf(
  folder: string,
  change: (heads: readonly Head[]) => readonly Head[] = (heads) => heads,
  options: VerifyOptions = { checkSignature },
): Promise<AuditVerdict> {
  const ledger = await openSqliteLedger({ file: join(folder, 'ledger.db'), onBroken: throwIt });
  try {
    return await verifyAudit(auditLinesOf(ledger), change(await readHeads(folder)), options);
  } finally {
    await ledger.close();
  }
}

test('a log that nobody touched is whole', async () => {
  expect(await verdictOf(await makeLog())).toEqual({
    lines: LINES,
    hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    fault: undefined,
  });
});

const SHIFT = 'UPDATE audit SET seq = -seq - 1 WHERE seq >= 500; UPDATE audit SET seq = -seq WHERE seq < 0;';
test.each([
  ['a field is altered', `UPDATE audit SET fields = replace(fields, 'anna', 'bram') WHERE seq = 500`, 500, 'altered'],
  ['an outcome is altered', `UPDATE audit SET outcome = 'refused' WHERE seq = 1`, 1, 'altered'],
  ['a time is altered', 'UPDATE audit SET at = at + 1 WHERE seq = 1050', 1050, 'altered'],
  ['a hash is altered', `UPDATE audit SET hash = previous WHERE seq = 500`, 500, 'altered'],
  ['a line is dropped', 'DELETE FROM audit WHERE seq = 500', 500, 'missing'],
  ['the first lines are dropped', 'DELETE FROM audit WHERE seq < 10', 1, 'missing'],
  [
    'a line is put in',
    `${SHIFT} INSERT INTO audit SELECT 500, at, kind, outcome, fields, previous, hash FROM audit WHERE seq = 499`,
    500,
    'altered',
  ],
  [
    'two lines change places',
    'UPDATE audit SET seq = 9999 WHERE seq = 500; UPDATE audit SET seq = 500 WHERE seq = 501; UPDATE audit SET seq = 501 WHERE seq = 9999',
    500,
    'altered',
  ],
  ['the tail is cut', 'DELETE FROM audit WHERE seq > 1020', 1021, 'cut'],
  ['everything is gone', 'DELETE FROM audit', 1, 'cut'],
] as const)('it is found when %s', async (_title, statements, seq, kind) => {
  const folder = await makeLog();
  tamper(folder, statements);
  expect((await verdictOf(folder)).fault).toMatchObject({ seq, kind });
});

/** Every line from one on with other fields and a chain that fits again. */
function rewrite(folder: string, from: number): void {
  using database = new DatabaseSync(join(folder, 'ledger.db'));
  database.exec('DROP TRIGGER audit_no_update; BEGIN');
  let previous = '';
  for (const row of database.prepare('SELECT * FROM audit WHERE seq >= ? ORDER BY seq').all(from)) {
    const { seq, at, kind, outcome, hash, fields } = parseRow(row);
    previous ||= parseRow(row).previous;
    const altered = { seq, at, kind, outcome, fields: { ...fields, who: 'nobody' } };
    const changed = chainHash(previous, altered);
    expect(changed).not.toBe(hash);
    database
      .prepare('UPDATE audit SET fields = ?, previous = ?, hash = ? WHERE seq = ?')
      .run(JSON.stringify(altered.fields), previous, changed, seq);
    previous = changed;
  }
  database.exec('COMMIT');
}

function parseRow(row: Record<string, unknown>): ChainedLine {
  return { ...row, fields: JSON.parse(String(row.fields)) } as unknown as ChainedLine;
}

test('it is found when the chain was made anew from some line on', async () => {
  const folder = await makeLog();
  rewrite(folder, 900);
  expect((await verdictOf(folder)).fault).toMatchObject({ seq: 1000, kind: 'rewritten' });
});

test('it is found when the heads were made anew too, without the key', async () => {
  const folder = await makeLog();
  rewrite(folder, 1010);
  const ledger = await openSqliteLedger({ file: join(folder, 'ledger.db'), onBroken: throwIt });
  const [last] = await ledger.read({ kind: 'auditLines', from: LINES, limit: 1 });
  await ledger.close();
  const forge = (heads: readonly Head[]) =>
    heads.map((head) => (head.seq === LINES ? { ...head, hash: last?.hash ?? '' } : head));
  expect((await verdictOf(folder, forge)).fault).toMatchObject({ seq: LINES, kind: 'head-forged' });
});

test('an older disk with older heads is found by the count kept elsewhere', async () => {
  const folder = await makeLog();
  tamper(folder, 'DELETE FROM audit WHERE seq > 1000');
  const older = (heads: readonly Head[]) => heads.filter((head) => head.seq <= 1000);
  expect((await verdictOf(folder, older)).fault).toBeUndefined();
  const fault = { seq: 1001, kind: 'cut' };
  expect((await verdictOf(folder, older, { checkSignature, atLeast: LINES })).fault).toMatchObject(fault);
});

test('lines handed over out of order, twice, or with a strange one between them are found', async () => {
  const folder = await makeLog();
  const ledger = await openSqliteLedger({ file: join(folder, 'ledger.db'), onBroken: throwIt });
  const lines = await ledger.read({ kind: 'auditLines', from: 1, limit: 3 });
  await ledger.close();
  const [one, two, three] = lines;
  if (one === undefined || two === undefined || three === undefined) throw new Error('three lines were written');
  const check = async (given: readonly ChainedLine[]) =>
    (
      await verifyAudit(
        (async function* () {
          yield* given;
        })(),
        [],
      )
    ).fault;
  expect(await check([one, two, three])).toBeUndefined();
  expect(await check([one, three, two])).toMatchObject({ seq: 2, kind: 'missing' });
  expect(await check([one, two, two])).toMatchObject({ seq: 2, kind: 'out-of-order' });
  const strange = { ...two, previous: three.hash };
  expect(await check([one, { ...strange, hash: chainHash(strange.previous, strange) }])).toMatchObject({
    seq: 2,
    kind: 'inserted',
  });
});
