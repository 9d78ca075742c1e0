import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BusySession } from '../../src/access/live-sessions.ts';
import { AuditTrail } from '../support/audit-trail.ts';
import { eventually } from '../support/eventually.ts';
import { type RunningGateway, removeFolder, startGateway } from '../support/gateway.ts';
import { CUT_MS, untilCut } from '../support/live-watch.ts';
import { WebdavClient } from '../support/partner-client.ts';
import { type Connection, connectOn, sessionsOf } from '../support/processes.ts';
import { editConfig } from '../support/reload.ts';
import { heldUploads, unfinishedContents } from '../support/remains.ts';
import { sluis } from '../support/sluis.ts';

const WORK = '/SHARED/work';
const HALF = Buffer.alloc(512 * 1024, 'x');
/** More than sockets and buffers of both ends hold. */
const BIG = Buffer.alloc(24 * 1024 * 1024, 'y');
const WORKERS = ['worker-1', 'worker-2'] as const;

let gateway: RunningGateway;
let audit: AuditTrail;
let witness: WebdavClient;

beforeAll(async () => {
  const processes = (text: string) => text.replace(/^processes: 1$/m, 'processes: 3');
  gateway = await startGateway({ change: { 'gateway.yaml': processes } });
  audit = new AuditTrail(gateway);
  witness = await WebdavClient.open(gateway, 'anna@ksz');
  await witness.put(`${WORK}/big`, BIG);
});
afterAll(async () => {
  witness.close();
  await gateway.stop();
  await removeFolder(gateway);
});

/** On each worker an upload of which half has come, and a download that nobody reads to its end. */
async function begin(account: string): Promise<readonly Connection[]> {
  const all: Connection[] = [];
  for (const worker of WORKERS) {
    const up = await connectOn(gateway, worker, account);
    up.begin('PUT', `${WORK}/${account}-${worker}`, [`Content-Length: ${HALF.length * 2}`]);
    up.socket.write(HALF);
    const down = await connectOn(gateway, worker, account);
    down.socket.pause();
    down.begin('GET', `${WORK}/big`, []);
    all.push(up, down);
  }
  return all;
}

function busyOf(account: string): Promise<readonly BusySession[]> {
  return eventually(`half of both uploads of ${account}, and both downloads`, async () => {
    const own = (await sessionsOf(gateway)).filter(({ principal }) => principal === account);
    const came = own.filter(({ transfers: [one] }) => one?.direction === 'in' && one.bytes === HALF.length);
    const went = own.filter(({ transfers: [one], bytesOut }) => one?.direction === 'out' && bytesOut > 0);
    return came.length === 2 && went.length === 2 ? own : undefined;
  });
}

async function expectCut(account: string, connections: readonly Connection[]): Promise<void> {
  expect(await untilCut(gateway, [])).toBeLessThan(CUT_MS);
  for (const { socket } of connections) socket.resume();
  await eventually('every connection to end', () =>
    connections.every(({ socket }) => socket.destroyed) ? true : undefined,
  );
  expect(await witness.list(WORK)).toEqual(['big']);
  await eventually('what came to be removed', async () =>
    (await unfinishedContents(gateway)) === 0 ? true : undefined,
  );
  expect(heldUploads(gateway)).toBe(0);
  for (const kind of ['publish', 'read'] as const) {
    await eventually(`two lines of kind ${kind}`, async () => {
      const lines = await audit.all({ kind, outcome: 'refused', fields: { principal: account, code: 'not-allowed' } });
      return lines.length === 2 ? true : undefined;
    });
  }
}

test('the list says of every connection, whichever process holds it, who it is and what passed', async () => {
  const connections = await begin('bram@rjv');
  const listed = await busyOf('bram@rjv');
  const text = await sluis(gateway, 'sessions', 'list');
  for (const worker of WORKERS) {
    const path = `${WORK}/bram@rjv-${worker}`;
    const one = listed.find(({ transfers: [transfer] }) => transfer?.path === path);
    expect(one).toMatchObject({
      ...{ principal: 'bram@rjv', partner: 'rjv', protocol: 'webdav', accessMethod: 'line', address: '127.0.0.1' },
      ...{ process: worker, bytesIn: HALF.length, transfers: [{ direction: 'in', path, bytes: HALF.length }] },
    });
    expect(text.out).toMatch(new RegExp(`^${one?.id} .*${worker}  in ${HALF.length} bytes, out \\d+ bytes$`, 'm'));
    expect(text.out).toContain(`    in   ${HALF.length} bytes  ${path}\n`);
  }
  for (const one of connections) one.close();
  await untilCut(gateway, []);
});

test('a certificate that is revoked by command is cut in every process, in both directions', async () => {
  const connections = await begin('bram@ksz');
  await busyOf('bram@ksz');
  const pem = join(gateway.certificates, 'bram@ksz.pem');
  expect((await sluis(gateway, 'cert', 'revoke', pem, '--reason', 'lost')).status).toBe(0);
  await expectCut('bram@ksz', connections);
  expect((await sessionsOf(gateway)).filter(({ principal }) => principal === 'bram@ksz')).toEqual([]);
  const again = await WebdavClient.open(gateway, 'bram@ksz');
  expect((await again.ask('PROPFIND', '/', { headers: { Depth: '0' } })).status).toBe(403);
  again.close();
});

test('a right in a shared folder that is taken away is cut in every process, and the sessions stay', async () => {
  const connections = await begin('anna@rjv');
  await busyOf('anna@rjv');
  const idle = await Promise.all(WORKERS.map((worker) => connectOn(gateway, worker, 'anna@rjv')));
  await editConfig(gateway, 'folders.yaml', (text) =>
    text.replace('rjv\n        rights: all', 'rjv\n        rights: [list]'),
  );
  await expectCut('anna@rjv', connections);
  for (const one of idle) {
    expect((await one.ask('PROPFIND', `${WORK}/`, ['Depth: 0'])).status).toBe(207);
    one.close();
  }
});
