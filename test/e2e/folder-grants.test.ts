import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BusySession } from '../../src/access/live-sessions.ts';
import { askGateway } from '../../src/ops/control-socket.ts';
import { AuditTrail } from '../support/audit-trail.ts';
import { runClient } from '../support/clients.ts';
import { eventually } from '../support/eventually.ts';
import { type RunningGateway, removeFolder, startGateway } from '../support/gateway.ts';
import { SftpClient, WebdavClient } from '../support/partner-client.ts';
import { editConfig, takeUp } from '../support/reload.ts';
import { sftpDownload, sftpUpload, webdavDownload, webdavUpload } from '../support/running-transfer.ts';

const SLUIS = join(import.meta.dirname, '../../src/sluis.js');
const SOON_MS = 10_000;
/** More than sockets and buffers of both ends hold. */
const BIG = Buffer.alloc(24 * 1024 * 1024, 'y');
const ROLE = '  - id: bram\n    roles: [operator]\n';
const GRANTS = `      - { group: clerks, rights: all, reason: they plan it together }
      - { role: operator, rights: [list, delete, move] }
groups:
  clerks: [anna@rva, anna@kbf]
`;
const CLERK = 'folders.yaml#/folders/0/grants/2 folders.yaml#/groups/clerks/0';
const OPERATOR = 'folders.yaml#/folders/0/grants/3 partners/ksz.yaml#/persons/1/roles';

let gateway: RunningGateway;
let audit: AuditTrail;
let witness: WebdavClient;

beforeAll(async () => {
  gateway = await startGateway({
    change: {
      'folders.yaml': (text) =>
        `${text.replace('- partner: ksz\n', '- partner: ksz\n        account: anna\n')}${GRANTS}`,
      'partners/ksz.yaml': (text) => text.replace('  - id: bram\n', ROLE),
    },
  });
  audit = new AuditTrail(gateway);
  witness = await WebdavClient.open(gateway, 'anna@rjv');
  await witness.put('/SHARED/work/big', BIG);
});
afterAll(async () => {
  witness.close();
  await gateway.stop();
  await removeFolder(gateway);
});

test('a grant to a group is for its persons, of whatever institution, and for nobody else', async () => {
  for (const [account, status] of [
    ['anna@rva', 201],
    ['anna@kbf', 201],
    ['bram@rva', 404],
    ['batch@rva', 404],
  ] as const) {
    const client = await WebdavClient.open(gateway, account);
    expect([account, (await client.ask('PUT', `/SHARED/work/${account}`, { body: 'x' })).status]).toEqual([
      account,
      status,
    ]);
    client.close();
  }
  const fields = { principal: 'anna@rva', path: '/SHARED/work/anna@rva', rule: CLERK };
  await audit.line({ kind: 'publish', outcome: 'done', fields });
});

test('a role at the hub does what it is granted and reads nothing, over both protocols', async () => {
  const pages = await WebdavClient.open(gateway, 'bram@ksz');
  const terminal = await SftpClient.open(gateway, 'bram@ksz');
  expect(await pages.list('/SHARED/work')).toEqual(['anna@kbf', 'anna@rva', 'big']);
  expect((await pages.ask('GET', '/SHARED/work/big')).status).toBe(403);
  await expect(terminal.get('/SHARED/work/big')).rejects.toMatchObject({ code: 3 });
  const own = { headers: { Destination: '/files/IN/ADRM/taken' } };
  for (const method of ['MOVE', 'COPY']) expect((await pages.ask(method, '/SHARED/work/big', own)).status).toBe(403);
  await expect(terminal.rename('/SHARED/work/big', '/IN/ADRM/taken')).rejects.toMatchObject({ code: 3 });
  await terminal.remove('/SHARED/work/anna@kbf');
  expect((await pages.ask('DELETE', '/SHARED/work/anna@rva')).status).toBe(204);
  await audit.line({ kind: 'delete', outcome: 'done', fields: { principal: 'bram@ksz', rule: OPERATOR } });
  pages.close();
  terminal.close();
});

async function sluis(...words: readonly string[]): Promise<string> {
  const { out } = await runClient(process.execPath, [SLUIS, ...words]);
  return out;
}

test('sluis effective names the line of the grant and of the person; check --diff tells who loses what', async () => {
  const text = await sluis('effective', 'anna@rva', '/SHARED/work/a', '--config', gateway.config);
  expect(text).toContain('  read        allowed, level 1      folders.yaml:16 folders.yaml:19\n');
  const pending = { ...gateway, config: join(gateway.folder, 'pending') };
  await cp(gateway.config, pending.config, { recursive: true });
  await editConfig(pending, 'folders.yaml', (now) => now.replace('[anna@rva, anna@kbf]', '[anna@kbf]'));
  const diff = await sluis('check', '--diff', '--config', pending.config, '--data', gateway.data);
  expect(diff).toContain('anna@rva\n');
  expect(diff).toContain('  - may read /SHARED/work/*\n');
  expect(diff).not.toContain('anna@kbf\n');
});

test('who leaves the group is cut within ten seconds, over both protocols', async () => {
  const running = await Promise.all([
    webdavUpload(gateway, 'anna@rva', '/SHARED/work/cut-by-webdav'),
    sftpUpload(gateway, 'anna@rva', '/SHARED/work/cut-by-sftp'),
    webdavDownload(gateway, 'anna@rva', '/SHARED/work/big'),
    sftpDownload(gateway, 'anna@rva', '/SHARED/work/big'),
  ]);
  const began = performance.now();
  await takeUp(gateway, 'folders.yaml', (text) => text.replace('[anna@rva, anna@kbf]', '[anna@kbf]'));
  const asked = { command: 'sessions', arguments: ['list'] };
  await eventually(
    'the end of every transfer',
    async () => {
      const open = (await askGateway(join(gateway.data, 'control.sock'), asked)) as readonly BusySession[];
      return open.every(({ transfers }) => transfers.length === 0) ? true : undefined;
    },
    SOON_MS,
  );
  expect(performance.now() - began).toBeLessThan(SOON_MS);
  const ended = await Promise.all(running.map((transfer) => transfer.finish()));
  expect(ended.map(({ outcome }) => outcome)).toEqual(['refused', 'refused', 'refused', 'refused']);
  for (const transfer of running) transfer.close();
  expect(await witness.list('/SHARED/work')).toEqual(['big']);
}, 60_000);

test('who loses the role loses its grants', async () => {
  await takeUp(gateway, 'partners/ksz.yaml', (text) => text.replace(ROLE, '  - id: bram\n'));
  const client = await WebdavClient.open(gateway, 'bram@ksz');
  expect((await client.ask('PROPFIND', '/SHARED/work/', { headers: { Depth: '1' } })).status).toBe(404);
  client.close();
});
