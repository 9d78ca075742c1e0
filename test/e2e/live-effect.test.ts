import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BusySession } from '../../src/access/live-sessions.ts';
import { askGateway } from '../../src/ops/control-socket.ts';
import { AuditTrail } from '../support/audit-trail.ts';
import { eventually } from '../support/eventually.ts';
import { type RunningGateway, removeFolder, startGateway } from '../support/gateway.ts';
import { WebdavClient } from '../support/partner-client.ts';
import { editConfig } from '../support/reload.ts';
import {
  type RunningTransfer,
  sftpDownload,
  sftpUpload,
  webdavDownload,
  webdavUpload,
} from '../support/running-transfer.ts';

const SOON_MS = 10_000;
/** More than sockets and buffers of both ends hold. */
const BIG = Buffer.alloc(24 * 1024 * 1024, 'y');
const RVA_GRANT = '      - partner: rva\n        rights: all\n';

const WAYS = [
  { protocol: 'webdav', direction: 'in', begin: webdavUpload },
  { protocol: 'webdav', direction: 'out', begin: webdavDownload },
  { protocol: 'sftp', direction: 'in', begin: sftpUpload },
  { protocol: 'sftp', direction: 'out', begin: sftpDownload },
] as const;

/** What ends for each, and what the log says of its session, where it is the session that ends. */
const CASES = [
  { account: 'bram@ksz', what: 'a person is disabled', webdav: 'account-disabled', sftp: 'account-disabled' },
  { account: 'anna@ksz', what: 'a designation ends', webdav: 'not-designated', sftp: 'not-designated' },
  { account: 'batch@ksz', what: 'certificate and key are taken away', webdav: 'no-person', sftp: 'unknown-key' },
  { account: 'batch@rva', what: 'a partner is disabled', webdav: 'partner-disabled', sftp: 'partner-disabled' },
  { account: 'batch@rjv', what: 'a right is removed', webdav: undefined, sftp: undefined },
] as const;

let gateway: RunningGateway;
let audit: AuditTrail;
let witness: WebdavClient;

beforeAll(async () => {
  gateway = await startGateway({ change: { 'folders.yaml': (text) => `${text}${RVA_GRANT}` } });
  audit = new AuditTrail(gateway);
  witness = await WebdavClient.open(gateway, 'anna@rjv');
  await witness.put('/SHARED/work/big', BIG);
});
afterAll(async () => {
  witness.close();
  await gateway.stop();
  await removeFolder(gateway);
});

async function sessions(...words: readonly string[]): Promise<readonly BusySession[]> {
  const answer = await askGateway(join(gateway.data, 'control.sock'), { command: 'sessions', arguments: words });
  return answer as readonly BusySession[];
}

function pathOf(direction: 'in' | 'out', account: string, protocol: string): string {
  return direction === 'out'
    ? '/SHARED/work/big'
    : `/SHARED/work/${protocol} of ${account.replace('@', ' ')}`.replaceAll(' ', '-');
}

test('an upload or download that nobody ends goes on to its end', async () => {
  const all = await Promise.all(
    WAYS.map(({ begin, direction, protocol }) => begin(gateway, 'anna@ksz', pathOf(direction, 'twin', protocol))),
  );
  const ended = await Promise.all(all.map((transfer) => transfer.finish()));
  expect(ended.map(({ outcome }) => outcome)).toEqual(['done', 'done', 'done', 'done']);
  for (const transfer of all) transfer.close();
  expect(await witness.list('/SHARED/work')).toEqual(['big', 'sftp-of-twin', 'webdav-of-twin']);
});

test('what runs when its right or its owner’s ends is cut within ten seconds, and leaves nothing behind', async () => {
  const running: { readonly name: string; readonly transfer: RunningTransfer; readonly isWhole: boolean }[] = [];
  for (const { account, webdav } of CASES) {
    for (const { begin, direction, protocol } of WAYS) {
      const transfer = await begin(gateway, account, pathOf(direction, account, protocol));
      running.push({ name: `${account} ${protocol} ${direction}`, transfer, isWhole: webdav !== undefined });
    }
  }
  const listed = (await sessions('list')).filter(({ transfers }) => transfers.length > 0);
  expect(listed).toHaveLength(CASES.length * WAYS.length);
  const began = performance.now();
  await editConfig(gateway, 'folders.yaml', (text) =>
    text.replace('rjv\n        rights: all', 'rjv\n        rights: [list]'),
  );
  await editConfig(gateway, 'partners/rva.yaml', (text) => `${text}disabled: true\n`);
  await editConfig(gateway, 'partners/ksz.yaml', (text) =>
    text
      .replace('  - id: bram\n', '  - id: bram\n    disabled: true\n')
      .replace(/(id: anna[\s\S]*?from: 2020-01-01\n)/, '$1      until: 2025-12-31\n')
      .replace('commonName: batch', 'commonName: another')
      .replace(/ {4}sshKeys:\n.*batch@ksz.*\n/, ''),
  );
  await eventually(
    'the end of every session that may not be here, and of every transfer',
    async () => {
      const left = (await sessions('list')).filter(({ principal }) => principal !== 'anna@rjv');
      const isRight = left.every(({ principal, transfers }) => principal === 'batch@rjv' && transfers.length === 0);
      return isRight ? true : undefined;
    },
    SOON_MS,
  );
  expect(performance.now() - began).toBeLessThan(SOON_MS);
  const ended = await Promise.all(running.map(async ({ name, transfer }) => [name, (await transfer.finish()).outcome]));
  expect(ended).toEqual(running.map(({ name }) => [name, 'refused']));
  for (const { transfer } of running) transfer.close();
  expect(await witness.list('/SHARED/work').catch(() => 'not seen')).toEqual(['big', 'sftp-of-twin', 'webdav-of-twin']);
}, 60_000);

test.each(CASES)('the log says why: $what', async ({ account, ...reasons }) => {
  for (const protocol of ['webdav', 'sftp'] as const) {
    const reason = reasons[protocol];
    if (reason === undefined) {
      const fields = { principal: account, protocol, reason: 'right-ended', rule: 'folders.yaml#/folders/0/grants/1' };
      await audit.line({ kind: 'publish', outcome: 'refused', fields });
      await audit.line({ kind: 'read', outcome: 'refused', fields });
    } else {
      await audit.line({ kind: 'login', outcome: 'refused', fields: { principal: account, protocol, reason } });
    }
  }
});

test('nothing of what was cut is held to go on with', async () => {
  await editConfig(gateway, 'folders.yaml', (text) => text.replace('rights: [list]', 'rights: all'));
  const batch = await WebdavClient.open(gateway, 'batch@rjv');
  const path = pathOf('in', 'batch@rjv', 'webdav');
  const ask = () => batch.ask('PUT', path, { headers: { 'Content-Range': 'bytes */1048576' } });
  const answer = await eventually('the right again', async () => {
    const now = await ask();
    return now.status === 404 || now.status === 403 ? undefined : now;
  });
  expect(answer.headers['upload-offset']).toBe('0');
  batch.close();
});
