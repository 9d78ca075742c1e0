import { appendFile, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AuditTrail } from '../support/audit-trail.ts';
import { runClient } from '../support/clients.ts';
import { eventually } from '../support/eventually.ts';
import { type RunningGateway, removeFolder, startGateway } from '../support/gateway.ts';
import { SftpClient, WebdavClient } from '../support/partner-client.ts';
import { withoutPenalties } from '../support/settle.ts';

const SLUIS = join(import.meta.dirname, '../../src/sluis.js');
let gateway: RunningGateway;
let audit: AuditTrail;

beforeAll(async () => {
  gateway = await startGateway({ change: { 'gateway.yaml': withoutPenalties } });
  audit = new AuditTrail(gateway);
});
afterAll(async () => {
  await gateway.stop();
  await removeFolder(gateway);
});

function sluis(...words: readonly string[]) {
  const places = ['--config', gateway.config, '--data', gateway.data];
  return runClient(process.execPath, [SLUIS, 'cert', ...words, ...places]);
}

async function statusOf(account: string): Promise<number> {
  const client = await WebdavClient.open(gateway, account);
  try {
    return (await client.ask('PROPFIND', '/', { headers: { Depth: '0' } })).status;
  } finally {
    client.close();
  }
}

test('a certificate that was revoked here opens nothing any more, on connections that are open neither; another does', async () => {
  const open = await WebdavClient.open(gateway, 'anna@ksz');
  expect(await open.list('/IN')).toContain('ADRM');
  const pem = join(gateway.certificates, 'anna@ksz.pem');
  const first = await sluis('revoke', pem, '--reason', 'lost token');
  expect([first.status, first.err]).toEqual([0, '']);
  expect(first.out).toMatch(/^revoked [0-9a-f]{64}\n$/);
  await eventually('the open connection to be refused', async () => {
    const answer = await open.ask('PROPFIND', '/IN/', { headers: { Depth: '1' } }).catch(() => undefined);
    return answer === undefined || answer.status === 403 ? true : undefined;
  });
  open.close();
  expect(await statusOf('anna@ksz')).toBe(403);
  await audit.line({ kind: 'login', outcome: 'refused', fields: { reason: 'revoked' } });
  await audit.line({ kind: 'proof-revoked', outcome: 'done', fields: { reason: 'lost token' } });
  expect(await statusOf('bram@ksz')).toBe(207);
  expect((await sluis('revoke', pem, '--reason', 'again')).out).toMatch(/ was revoked before\n$/);
  const { out } = await sluis('list', '--json');
  expect(JSON.parse(out)).toMatchObject({ revoked: [{ reason: 'lost token' }] });
});

test('so does an SSH key, whose session is cut', async () => {
  const open = await SftpClient.open(gateway, 'batch@ksz');
  expect(await open.list('/IN')).toContain('ADRM');
  const told = await sluis('revoke', join(gateway.certificates, 'batch@ksz.ssh.pub'), '--reason', 'found in a mail');
  expect(told.out).toMatch(/^revoked [0-9a-f]{64}, of batch@ksz\n$/);
  const fields = { reason: 'key-revoked', principal: 'batch@ksz' };
  const line = await audit.line({ kind: 'login', outcome: 'refused', fields });
  expect(line.fields).toHaveProperty('session'); // of the one that was open
  await eventually('the session to be gone', async () => {
    const { out } = await runClient(process.execPath, [SLUIS, 'sessions', 'list', '--data', gateway.data]);
    return out.includes('batch@ksz') ? undefined : true;
  });
  open.cut();
  await expect(SftpClient.open(gateway, 'batch@ksz')).rejects.toThrow();
  (await SftpClient.open(gateway, 'batch@rjv')).close();
});

test('a list that is damaged goes on revoking what it did; without the list nothing is revoked', async () => {
  const file = join(gateway.data, 'revoked-proofs');
  const sound = await readFile(file, 'utf8');
  await appendFile(file, 'not a line\n');
  await eventually('the log to tell', async () =>
    gateway.log.some((line) => line.includes('"not-a-list"')) ? true : undefined,
  );
  expect(await statusOf('anna@ksz')).toBe(403);
  const refused = await sluis('revoke', 'a'.repeat(64), '--reason', 'x');
  expect([refused.status, refused.err]).toEqual([1, expect.stringContaining('is damaged')]);
  expect(sound.split('\n').filter((line) => line !== '')).toHaveLength(2);
  await rm(file);
  await eventually('anna to come in again', async () => ((await statusOf('anna@ksz')) === 207 ? true : undefined));
});

test('what is no certificate and no key is not revoked, and a reason is asked for', async () => {
  const file = join(gateway.config, 'gateway.yaml');
  const told = await sluis('revoke', file, '--reason', 'x');
  expect([told.status, told.err]).toEqual([1, expect.stringContaining('holds no certificate and no SSH public key')]);
  expect((await sluis('revoke', 'a'.repeat(64))).status).toBe(2);
  expect((await sluis('list')).out).toBe('nothing was revoked here\n');
});

test('the demo authority makes what is missing of an account', async () => {
  const pem = join(gateway.certificates, 'bram@kbf.pem');
  const before = await readFile(pem, 'utf8');
  expect((await sluis('issue', 'bram@kbf')).out).toBe('bram@kbf has its demo keys already\n');
  await Promise.all(
    ['bram@kbf.pem', 'bram@kbf.key', 'bram@kbf.p12'].map((name) => rm(join(gateway.certificates, name))),
  );
  expect((await sluis('issue', 'bram@kbf')).out).toContain(`made ${pem}\n`);
  expect(await readFile(pem, 'utf8')).not.toBe(before);
  expect(await statusOf('bram@kbf')).toBe(207);
  expect((await sluis('issue', 'carl@kbf')).status).toBe(1);
});
