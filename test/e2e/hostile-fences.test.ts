import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { AuditTrail } from '../support/audit-trail.ts';
import { eventually } from '../support/eventually.ts';
import { makeFolder, type RunningGateway, removeFolder, startIn } from '../support/gateway.ts';
import { SftpClient } from '../support/partner-client.ts';
import { withoutPenalties } from '../support/settle.ts';
import { edKeyOf } from '../support/ssh-peer.ts';
import { CAUSES } from './hostile-ssh/all.ts';
import { type Case, CONTENT, FILE } from './hostile-ssh/case.ts';
import { conduct } from './hostile-ssh/conduct.ts';
import { FENCES, type Fence } from './hostile-ssh/fences.ts';
import { LOGIN } from './hostile-ssh/scene.ts';

const START = join(import.meta.dirname, 'hostile-ssh/without-fence.ts');
const SFTP_FOLDER = join(import.meta.dirname, '../../src/sftp');
/** `npm run fences` takes away every one; the suite only this one, which stands for all. */
const ALWAYS = 'messages of channels before the login';
const TAKEN_AWAY = FENCES.filter(({ fence }) => process.env.SLUIS_TEST_ALL_FENCES === '1' || fence === ALWAYS);

function caseOf({ cause, what }: Fence): Case {
  const found = CAUSES.find((one) => one.cause === cause)?.cases.find((one) => one.what === what);
  if (found === undefined) throw new Error(`there is no case ${cause}: ${what}`);
  return found;
}

/** A gateway with the fences it has, or without one of them. */
async function start(fence?: string): Promise<RunningGateway> {
  const folder = await makeFolder({
    'gateway.yaml': (text) => withoutPenalties(text).replace('banner: default', 'banner: none'),
    'partners/ksz.yaml': (text) => text.replace('address: 127.0.0.1', 'address: 127.0.0.0/8'),
  });
  const gateway = await startIn(folder, {
    nodeOptions: ['--import', START],
    environment: fence === undefined ? {} : { SLUIS_TEST_WITHOUT_FENCE: fence },
  });
  const client = await SftpClient.open(gateway, LOGIN);
  await client.put(FILE, Buffer.from(CONTENT));
  client.close();
  return gateway;
}

const due = (one: Case) => [...one.expected, one.to === undefined ? 'closed' : 'goes on', ...(one.audit ?? [])];

/** What came back of a case, and its lines in the audit log. */
async function seen(gateway: RunningGateway, one: Case, number: number): Promise<readonly string[]> {
  const key = edKeyOf(await readFile(join(gateway.certificates, `${LOGIN}.ssh`), 'utf8'));
  const place = { port: gateway.sftp, keys: new Map([[LOGIN, key]]), foreign: '' };
  const address = `127.2.0.${number + 1}`;
  const told = await conduct({ ...place, address }, one).then(
    (outcome) => outcome.told,
    (error: Error) => [`nothing: ${error.message}`],
  );
  return [...told, ...(await refusalsFrom(gateway, address))];
}

/** Lines of refusals are written in their order: behind that of the one who knocks now, there are none of the case. */
async function refusalsFrom(gateway: RunningGateway, address: string): Promise<readonly string[]> {
  const path = `/SHARED/none-${address}`;
  const client = await SftpClient.open(gateway, LOGIN);
  await client.list(path).catch(() => undefined);
  client.close();
  const trail = new AuditTrail(gateway);
  const lines = await eventually('the last line', async () => {
    const every = await trail.every();
    return every.some(({ fields }) => fields.path === path) ? every : undefined;
  });
  return lines
    .filter(({ outcome, fields }) => outcome === 'refused' && (fields.address ?? fields.remoteAddress) === address)
    .map(({ kind, fields }) => `${kind} ${fields.reason ?? fields.code}`);
}

describe('the table of fences', () => {
  test('has every fence that is put up, and every fault of a message that ends a connection', async () => {
    const source = await readFile(join(SFTP_FOLDER, 'message-fences.ts'), 'utf8');
    const put = [...source.matchAll(/^ {2}(fence\w+)\(/gm)].map(([, name]) => name ?? '');
    const inTable = FENCES.map(({ text }) => text).join('\n');
    expect(put.filter((name) => name !== 'fenceAll' && !inTable.includes(`${name}(`))).toEqual([]);
    const inAll = source.slice(source.indexOf('function fenceAll'), source.indexOf('/** SSH_MSG_UNIMPLEMENTED'));
    const faults = [...inAll.matchAll(/return broke\((.*)\);/g)].map(([, what]) => what ?? '');
    expect(faults.length).toBeGreaterThan(3);
    expect(faults.filter((what) => !inTable.includes(what) && !what.includes('no question'))).toEqual([]);
  });

  test('names texts that stand in the product once, and cases that there are', async () => {
    for (const fence of FENCES) {
      const source = await readFile(join(SFTP_FOLDER, fence.file), 'utf8');
      expect([fence.fence, source.split(fence.text).length - 1]).toEqual([fence.fence, 1]);
      expect(caseOf(fence).what).toBe(fence.what);
    }
  });
});

describe('the case of each fence', () => {
  test('holds where all fences are there', async () => {
    const gateway = await start();
    for (const [number, fence] of TAKEN_AWAY.entries()) {
      const one = caseOf(fence);
      expect([fence.fence, ...(await seen(gateway, one, number))]).toEqual([fence.fence, ...due(one)]);
    }
    await gateway.stop();
    await removeFolder(gateway);
  });

  test.each(TAKEN_AWAY)('fails without it: $fence', async (fence) => {
    const gateway = await start(fence.fence);
    const one = caseOf(fence);
    const told = await seen(gateway, one, 0);
    expect(told).not.toEqual(due(one));
    await gateway.stop('SIGKILL');
    await removeFolder(gateway);
  });
});
