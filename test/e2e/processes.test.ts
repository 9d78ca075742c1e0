import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AuditTrail } from '../support/audit-trail.ts';
import { eventually } from '../support/eventually.ts';
import { adrm, goodRow } from '../support/exchange-place.ts';
import { type RunningGateway, removeFolder, startGateway } from '../support/gateway.ts';
import { SftpClient, WebdavClient } from '../support/partner-client.ts';
import { PortalClient } from '../support/portal.ts';
import { type Connection, connectOn, processesOf, servingAgain, sessionsOf, sftpOn } from '../support/processes.ts';
import { openPlain, untilClosed } from '../support/raw-sockets.ts';
import { editConfig } from '../support/reload.ts';

const WORK = '/SHARED/work';
const MIB = 1024 * 1024;
const run = promisify(execFile);
let gateway: RunningGateway;
let audit: AuditTrail;

beforeAll(async () => {
  gateway = await startGateway({
    change: {
      'gateway.yaml': (text) =>
        text
          .replace(/^processes: 1$/m, 'processes: 3')
          .replace('loginGraceSeconds: 20', 'loginGraceSeconds: 3')
          .replace('headersTimeoutSeconds: 10', 'headersTimeoutSeconds: 2')
          .replace('maxConnectionsPerPrincipal: 20', 'maxConnectionsPerPrincipal: 4'),
      'partners/kbf.yaml': (text) => text.replace('address: 127.0.0.1', 'address: 127.0.0.2'),
    },
  });
  audit = new AuditTrail(gateway);
});
afterAll(async () => {
  await gateway.stop();
  await removeFolder(gateway);
});

async function verified(...more: readonly string[]): Promise<string> {
  const sluis = join(import.meta.dirname, '../../src/sluis.js');
  const places = ['--config', gateway.config, '--data', gateway.data];
  return (await run(process.execPath, [sluis, 'audit', 'verify', ...places, ...more])).stdout;
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

test('status names every process, health and metrics are those of all', async () => {
  expect(Object.keys(await processesOf(gateway))).toEqual(['supervisor', 'owner', 'worker-1', 'worker-2']);
  expect((await processesOf(gateway)).supervisor).toBe(gateway.process.pid);
  const health = await (await fetch(`http://127.0.0.1:${gateway.health}/healthz`)).json();
  expect(health).toEqual({ ok: true, parts: { audit: 'ok', ledger: 'ok', workers: 'ok' } });
  const metrics = await (await fetch(`http://127.0.0.1:${gateway.health}/metrics`)).text();
  const resident = Number(/^process_resident_memory_bytes (\d+)/m.exec(metrics)?.[1]);
  expect(resident).toBeGreaterThan(150 * MIB); // three processes, of which none is that large
});

test('connections of a principal to different processes share one cap', async () => {
  const clients: SftpClient[] = [];
  for (const _ of [1, 2, 3, 4]) clients.push(await SftpClient.open(gateway, 'batch@rjv'));
  const inside = (await sessionsOf(gateway)).filter(({ principal }) => principal === 'batch@rjv');
  expect(inside.map((one) => one.process).sort()).toEqual(['worker-1', 'worker-1', 'worker-2', 'worker-2']);
  for (const _ of [1, 2]) await expect(SftpClient.open(gateway, 'batch@rjv')).rejects.toThrow();
  const webdav = await WebdavClient.open(gateway, 'batch@rjv');
  expect((await webdav.ask('OPTIONS', WORK)).status).toBe(429);
  webdav.close();
  clients.pop()?.close();
  await eventually('a place', async () => {
    const client = await SftpClient.open(gateway, 'batch@rjv').catch(() => undefined);
    if (client !== undefined) clients.push(client);
    return client;
  });
  for (const client of clients) client.close();
});

test('a lock taken through one process is seen by the other, over WebDAV and SFTP', async () => {
  const path = `${WORK}/locked.txt`;
  const anna = await connectOn(gateway, 'worker-1', 'anna@ksz');
  const info =
    '<D:lockinfo xmlns:D="DAV:"><D:lockscope><D:exclusive/></D:lockscope><D:locktype><D:write/></D:locktype></D:lockinfo>';
  const taken = await anna.ask('LOCK', path, [], info);
  expect(taken.status).toBe(201);
  const [token] = /urn:uuid:[0-9a-f-]{36}/.exec(taken.head) ?? [];
  const rjv = await connectOn(gateway, 'worker-2', 'anna@rjv');
  expect((await rjv.ask('PUT', path, [], 'mine')).status).toBe(423);
  const sftp = await sftpOn(gateway, 'worker-2', 'batch@rjv');
  await expect(sftp.put(path, 'mine')).rejects.toThrow();
  const same = await connectOn(gateway, 'worker-2', 'anna@ksz');
  expect((await same.ask('UNLOCK', path, [`Lock-Token: <${token}>`])).status).toBe(204);
  await sftp.put(path, 'mine');
  expect((await anna.ask('GET', path)).body.toString()).toBe('mine');
  for (const one of [anna, rjv, same, sftp]) one.close();
});

test('an upload in parts goes on through another process, and the first request takes no more', async () => {
  const path = `${WORK}/parts.bin`;
  const bytes = randomBytes(3 * MIB);
  const first = await connectOn(gateway, 'worker-1', 'bram@ksz');
  first.begin('PUT', path, [
    `Content-Range: bytes 0-${bytes.length - 1}/${bytes.length}`,
    `Content-Length: ${bytes.length}`,
  ]);
  first.socket.write(bytes.subarray(0, MIB));
  const second = await connectOn(gateway, 'worker-2', 'bram@ksz');
  const last = await eventually('the rest to be taken', async () => {
    const asked = await second.ask('PUT', path, [`Content-Range: bytes */${bytes.length}`]);
    const held = Number(/^upload-offset: (\d+)/im.exec(asked.head)?.[1]);
    if (held === 0) return undefined;
    const range = `Content-Range: bytes ${held}-${bytes.length - 1}/${bytes.length}`;
    const rest = await second.ask('PUT', path, [range], bytes.subarray(held));
    return rest.status === 416 ? undefined : rest; // more had come than was told
  });
  expect(last.status).toBe(201);
  first.socket.write(bytes.subarray(MIB));
  expect((await first.answer()).status).toBe(503);
  expect(sha256((await second.ask('GET', path)).body)).toBe(sha256(bytes));
  for (const one of [first, second]) one.close();
});

test('a page is served by any process: one fetches what was named through another, and tells what changed there', async () => {
  const one = await connectOn(gateway, 'worker-1', 'bram@ksz');
  const two = await connectOn(gateway, 'worker-2', 'bram@ksz');
  await one.ask('PUT', `${WORK}/page.txt`, [], 'mine');
  const json = ['X-Sluis-Request: 1', 'Content-Type: application/json'];
  const body = JSON.stringify({ paths: [`${WORK}/page.txt`] });
  const named = await one.ask('POST', '/api/v1/archive', json, body);
  expect(named.status).toBe(201);
  const { url } = JSON.parse(named.body.toString()) as { url: string };
  let heard = '';
  two.socket.on('data', (bytes: Buffer) => {
    heard += bytes.toString('latin1');
  });
  two.begin('GET', url, []);
  await eventually(
    'the archive, to its end',
    () => (/^HTTP\/1.1 200 /.test(heard) && heard.endsWith('0\r\n\r\n')) || undefined,
  );
  expect(heard).toContain('page.txt');
  two.begin('GET', '/api/v1/events', []);
  await eventually('the first event', () => heard.includes('event: session') || undefined);
  await one.ask('PUT', `${WORK}/page.txt`, [], 'changed');
  await eventually('the change', () => heard.includes(`data: {"path":"${WORK}"}`) || undefined);
  for (const connection of [one, two]) connection.close();
});

test('a file is only checked through any process: the owner judges it, and nothing is handed in', async () => {
  const anna = await PortalClient.open(gateway, 'anna@ksz');
  for (const _ of [1, 2, 3]) {
    // one more than run at once: each makes room when it ends
    const answer = await anna.ask('POST', '/dry-runs?name=ADRM%20tried.csv', { body: adrm(goodRow(1)) });
    expect([answer.status, answer.json]).toMatchObject([200, { state: 'accepted', records: { total: 1 } }]);
  }
  expect(await anna.get('/submissions?q=tried')).toEqual({ items: [], next: null });
  anna.close();
});

test('who says nothing is ended when its grace is over, and who stops in the middle of a head is told so', async () => {
  const silent = [await openPlain(gateway.sftp), await openPlain(gateway.https)].map((one) => untilClosed(one, ''));
  const anna = await connectOn(gateway, 'worker-1', 'anna@ksz');
  anna.socket.write('GET /files/ HTTP/1.1\r\nHost: lo');
  expect((await anna.answer()).status).toBe(408);
  await Promise.all(silent);
  await audit.line({ kind: 'login', fields: { reason: 'grace-exceeded', protocol: 'sftp' } });
  anna.close();
});

test('refusals through different processes count together', async () => {
  const file = (name: string) => readFile(join(gateway.certificates, name));
  const proof = { cert: await file('bram@kbf.pem'), key: await file('bram@kbf.key') };
  const refusal = async (): Promise<string> => {
    const where = { host: '127.0.0.1', port: gateway.https, localAddress: '127.0.0.31', rejectUnauthorized: false };
    const socket = connectTls({ ...where, ...proof });
    socket.on('error', () => undefined);
    socket.write('GET /files/ HTTP/1.1\r\nHost: localhost\r\n\r\n');
    const [chunk] = await once(socket, 'data');
    socket.destroy();
    return String(chunk);
  };
  for (const _ of [1, 2, 3]) expect(await refusal()).toMatch(/^HTTP\/1.1 403(?!.*retry-after)/is);
  expect(await refusal()).toMatch(/^HTTP\/1.1 403.*\r\nRetry-After: \d+\r\n/is);
  await audit.line({ kind: 'penalty', fields: { of: 'address', address: '127.0.0.31', failures: 4 } });
});

test('who is disabled in the configuration is cut in every process, and nobody else', async () => {
  const cut = [await connectOn(gateway, 'worker-1', 'bram@ksz'), await connectOn(gateway, 'worker-2', 'bram@ksz')];
  const stays = await connectOn(gateway, 'worker-2', 'anna@ksz');
  for (const one of cut) {
    one.begin('PUT', `${WORK}/of-bram-${one.session.process}.bin`, [`Content-Length: ${MIB}`]);
    one.socket.write(Buffer.alloc(MIB / 2));
  }
  const edit = (text: string) => text.replace('  - id: bram\n', '  - id: bram\n    disabled: true\n');
  await editConfig(gateway, 'partners/ksz.yaml', edit);
  await eventually('both to be cut', () => (cut.every(({ socket }) => socket.destroyed) ? true : undefined), 10_000);
  const listing = await stays.ask('PROPFIND', `${WORK}/`, ['Depth: 0']);
  expect(listing.status).toBe(207);
  for (const { session } of cut)
    expect((await stays.ask('GET', `${WORK}/of-bram-${session.process}.bin`)).status).toBe(404);
  expect((await sessionsOf(gateway)).filter(({ principal }) => principal === 'bram@ksz')).toEqual([]);
  stays.close();
  await editConfig(gateway, 'partners/ksz.yaml', (text) => text.replace('    disabled: true\n', ''));
});

test('a worker that is killed takes its own connections with it, and the ports stay open', async () => {
  const [large, half] = [randomBytes(12 * MIB), randomBytes(2 * MIB)];
  const writer = await connectOn(gateway, 'worker-1', 'anna@ksz');
  expect((await writer.ask('PUT', `${WORK}/large.bin`, [], large)).status).toBe(201);
  writer.close();
  const open = async (worker: string, account: string): Promise<{ up: Connection; down: Connection }> => {
    const [up, down] = [await connectOn(gateway, worker, account), await connectOn(gateway, worker, account)];
    up.begin('PUT', `${WORK}/up-${worker}.bin`, [`Content-Length: ${half.length}`]);
    up.socket.write(half.subarray(0, MIB));
    down.socket.pause();
    down.begin('GET', `${WORK}/large.bin`, []);
    return { up, down };
  };
  const dies = await open('worker-1', 'anna@rjv');
  const lives = await open('worker-2', 'anna@ksz');
  const before = await processesOf(gateway);
  process.kill(before['worker-1'] ?? 0, 'SIGKILL');
  dies.down.socket.resume();
  await eventually('its connections to end', () =>
    dies.up.socket.destroyed && dies.down.socket.destroyed ? true : undefined,
  );
  const newcomer = await connectOn(gateway, 'worker-2', 'anna@rjv');
  lives.up.socket.write(half.subarray(MIB));
  expect((await lives.up.answer()).status).toBe(201);
  lives.down.socket.resume();
  expect(sha256((await lives.down.answer()).body)).toBe(sha256(large));
  expect((await newcomer.ask('GET', `${WORK}/up-worker-1.bin`)).status).toBe(404);
  expect(sha256((await newcomer.ask('GET', `${WORK}/up-worker-2.bin`)).body)).toBe(sha256(half));
  await servingAgain(gateway, before, ['worker-1']);
  const again = await connectOn(gateway, 'worker-1', 'anna@rjv');
  expect((await again.ask('PUT', `${WORK}/up-worker-1.bin`, [], half)).status).toBe(201);
  for (const one of [lives.up, lives.down, newcomer, again]) one.close();
});

test('an owner that is killed is started again: everything acknowledged is there, and the log verifies', async () => {
  const before = await processesOf(gateway);
  const acknowledged = new Map<string, string>();
  const clients = [
    await sftpOn(gateway, 'worker-1', 'batch@ksz'),
    await sftpOn(gateway, 'worker-2', 'batch@ksz'),
    await WebdavClient.open(gateway, 'anna@ksz'),
    await WebdavClient.open(gateway, 'anna@rjv'),
  ];
  const uploads = clients.map(async (client, of) => {
    for (let n = 0; n < 500; n += 1) {
      const bytes = randomBytes(n % 5 === 4 ? 200_000 : 3_000);
      await client.put(`${WORK}/ack-${of}-${n}.bin`, bytes);
      acknowledged.set(`ack-${of}-${n}.bin`, sha256(bytes));
    }
  });
  const ends = Promise.allSettled(uploads);
  await eventually('uploads to be acknowledged', () => (acknowledged.size > 40 ? true : undefined));
  process.kill(before.owner ?? 0, 'SIGKILL');
  expect((await ends).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected', 'rejected']);
  for (const client of clients) client.close();
  // The port is still there: who comes now waits for the next owner.
  const reader = await eventually('somebody to be let in', async () => {
    const client = await WebdavClient.open(gateway, 'anna@ksz');
    return (await client.ask('OPTIONS', WORK).catch(() => undefined))?.status === 200 ? client : undefined;
  });
  const after = await servingAgain(gateway, before, ['owner', 'worker-1', 'worker-2']);
  expect(after.supervisor).toBe(before.supervisor);
  for (const [name, digest] of acknowledged) expect(sha256(await reader.get(`${WORK}/${name}`)), name).toBe(digest);
  reader.close();
  expect(await verified()).toMatch(/unaltered/);
});

test('SIGTERM ends all of them in order with exit 0, also while somebody uploads', async () => {
  const pids = Object.values(await processesOf(gateway));
  const anna = await connectOn(gateway, 'worker-1', 'anna@ksz');
  anna.begin('PUT', `${WORK}/last.bin`, [`Content-Length: ${MIB}`]);
  anna.socket.write(Buffer.alloc(MIB / 2));
  const ended = gateway.stop('SIGTERM');
  anna.socket.write(Buffer.alloc(MIB / 2));
  expect((await anna.answer()).status).toBe(201);
  expect(await ended).toBe(0);
  for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  expect(JSON.parse(await verified('--json'))).toMatchObject({ ok: true });
});
