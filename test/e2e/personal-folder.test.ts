import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BusySession } from '../../src/access/live-sessions.ts';
import { askGateway } from '../../src/ops/control-socket.ts';
import { AuditTrail } from '../support/audit-trail.ts';
import { runClient } from '../support/clients.ts';
import { eventually } from '../support/eventually.ts';
import { type RunningGateway, removeFolder, startGateway } from '../support/gateway.ts';
import { SftpClient, WebdavClient } from '../support/partner-client.ts';
import { takeUp } from '../support/reload.ts';
import {
  type RunningTransfer,
  sftpDownload,
  sftpUpload,
  webdavDownload,
  webdavUpload,
} from '../support/running-transfer.ts';

const ACT = 'authorizations/adrm-ksz-rjv.yaml';
const DAY_LATER = join(import.meta.dirname, '../support/day-later.ts');
const SLUIS = join(import.meta.dirname, '../../src/sluis.js');
const SOON_MS = 10_000;
/** More than sockets and buffers of both ends hold. */
const BIG = Buffer.alloc(24 * 1024 * 1024, 'y');
const TODAY = new Date().toISOString().slice(0, 10);
const FOLDER = `  - path: /SHARED/data
    content: personal
    grants:
      - { partner: ksz, rights: all, authorization: adrm-ksz-rjv }
      - { partner: rjv, rights: all, authorization: adrm-ksz-rjv }
`;
const WAYS = [
  { account: 'batch@ksz', begin: webdavUpload, path: '/SHARED/data/cut-by-webdav' },
  { account: 'batch@ksz', begin: sftpUpload, path: '/SHARED/data/cut-by-sftp' },
  { account: 'batch@rjv', begin: webdavDownload, path: '/SHARED/data/big' },
  { account: 'batch@rjv', begin: sftpDownload, path: '/SHARED/data/big' },
] as const;

let gateway: RunningGateway;
let audit: AuditTrail;
let sender: WebdavClient;
let receiver: WebdavClient;
let machine: SftpClient;

beforeAll(async () => {
  gateway = await startGateway({
    change: {
      'folders.yaml': (text) => `${text}${FOLDER}`,
      [ACT]: (text) => `${text}until: ${TODAY}\n`,
    },
    nodeOptions: ['--import', DAY_LATER],
  });
  audit = new AuditTrail(gateway);
  sender = await WebdavClient.open(gateway, 'anna@ksz');
  receiver = await WebdavClient.open(gateway, 'anna@rjv');
  machine = await SftpClient.open(gateway, 'batch@rjv');
});
afterAll(async () => {
  for (const client of [sender, receiver, machine]) client.close();
  await gateway.stop();
  await removeFolder(gateway);
});

test('the sender of the act puts files there, and its receiver takes them, over both protocols', async () => {
  const uploads = await SftpClient.open(gateway, 'batch@ksz');
  await sender.put('/SHARED/data/a.zip', Buffer.from('504b0304', 'hex'));
  await uploads.put('/SHARED/data/b.csv', 'ssin\n74031295170\n');
  uploads.close();
  expect(await receiver.list('/SHARED/data')).toEqual(['a.zip', 'b.csv']);
  expect((await receiver.get('/SHARED/data/b.csv')).toString()).toBe('ssin\n74031295170\n');
  expect((await machine.get('/SHARED/data/a.zip')).toString('hex')).toBe('504b0304');
  for (const [kind, account, index] of [['publish', 'anna@ksz', 0] as const, ['read', 'batch@rjv', 1] as const]) {
    const rule = `folders.yaml#/folders/1/grants/${index} ${ACT}#version-1`;
    await audit.line({ kind, outcome: 'done', fields: { principal: account, path: '/SHARED/data/a.zip', rule } });
  }
});

test('nothing goes the other way, and nobody else sees the folder', async () => {
  expect((await receiver.ask('PUT', '/SHARED/data/c.csv', { body: 'x' })).status).toBe(403);
  await expect(machine.put('/SHARED/data/c.csv', 'x')).rejects.toThrow();
  const move = { headers: { Destination: '/files/SHARED/data/c.csv' } };
  expect((await receiver.ask('MOVE', '/SHARED/data/a.zip', move)).status).toBe(403);
  const other = await WebdavClient.open(gateway, 'anna@kbf');
  expect((await other.ask('GET', '/SHARED/data/a.zip')).status).toBe(404);
  other.close();
  expect(await receiver.list('/SHARED/data')).toEqual(['a.zip', 'b.csv']);
});

test('what lies elsewhere is not moved in, and what lies there gets other names', async () => {
  await sender.put('/SHARED/work/plan.txt', 'x');
  const to = (name: string) => ({ headers: { Destination: `/files/SHARED/data/${name}` } });
  expect((await sender.ask('COPY', '/SHARED/work/plan.txt', to('plan.txt'))).status).toBe(403);
  expect((await sender.ask('MOVE', '/SHARED/work/plan.txt', to('plan.txt'))).status).toBe(403);
  expect((await sender.ask('MOVE', '/SHARED/data/a.zip', to('c.zip'))).status).toBe(201);
  expect(await receiver.list('/SHARED/data')).toEqual(['b.csv', 'c.zip']);
});

test('sluis effective names the grant and the act', async () => {
  const words = [SLUIS, 'effective', 'batch@rjv', '/SHARED/data/a', '--config', gateway.config];
  const { out: stdout } = await runClient(process.execPath, words);
  expect(stdout).toContain(`  read        allowed, level 1      folders.yaml:19 ${ACT}#version-1\n`);
  expect(stdout).toContain(`  create      refused               folders.yaml:19 ${ACT}#version-1\n`);
});

async function beginAll(): Promise<readonly RunningTransfer[]> {
  await sender.put('/SHARED/data/big', BIG);
  return Promise.all(WAYS.map(({ begin, account, path }) => begin(gateway, account, path)));
}

/** Every transfer was cut, the folder looks absent to both, and nothing of the uploads is left. */
async function mustBeGone(running: readonly RunningTransfer[], began: number): Promise<void> {
  const under = { command: 'sessions', arguments: ['list'] };
  await eventually(
    'the end of every transfer',
    async () => {
      const open = (await askGateway(join(gateway.data, 'control.sock'), under)) as readonly BusySession[];
      return open.every(({ transfers }) => transfers.length === 0) ? true : undefined;
    },
    SOON_MS,
  );
  expect(performance.now() - began).toBeLessThan(SOON_MS);
  const ended = await Promise.all(running.map((transfer) => transfer.finish()));
  expect(ended.map(({ outcome }) => outcome)).toEqual(WAYS.map(() => 'refused'));
  for (const transfer of running) transfer.close();
  for (const client of [sender, receiver]) {
    expect((await client.ask('PROPFIND', '/SHARED/data/', { headers: { Depth: '1' } })).status).toBe(404);
    expect(await client.list('/SHARED')).toEqual(['work']);
  }
  await expect(machine.list('/SHARED/data')).rejects.toMatchObject({ code: 2 });
  const rule = `folders.yaml#/folders/1/grants/1 ${ACT}#not-in-force`;
  const fields = { principal: 'batch@rjv', reason: 'right-ended', rule };
  await audit.line({ kind: 'read', outcome: 'refused', fields });
}

test('an act that is withdrawn takes its grants along, and cuts what runs', async () => {
  const running = await beginAll();
  const began = performance.now();
  await takeUp(gateway, ACT, (text) => text.replace(`until: ${TODAY}`, 'until: 2025-12-31'));
  await mustBeGone(running, began);
  await takeUp(gateway, ACT, (text) => text.replace('until: 2025-12-31', `until: ${TODAY}`));
  expect(await receiver.list('/SHARED/data')).toEqual(['b.csv', 'big', 'c.zip']);
}, 60_000);

test('so does one whose last day passes, without anything being loaded', async () => {
  const running = await beginAll();
  const began = performance.now();
  gateway.process.kill('SIGUSR2');
  await mustBeGone(running, began);
}, 60_000);
