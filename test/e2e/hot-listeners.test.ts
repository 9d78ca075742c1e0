import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect as connectPlain, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { askGateway } from '../../src/ops/control-socket.ts';
import { AuditTrail } from '../support/audit-trail.ts';
import { eventually } from '../support/eventually.ts';
import { type RunningGateway, removeFolder, startGateway } from '../support/gateway.ts';
import { WebdavClient } from '../support/partner-client.ts';
import { openTls } from '../support/raw-sockets.ts';
import { editConfig, takeUp } from '../support/reload.ts';
import { webdavUpload } from '../support/running-transfer.ts';
import { withoutPenalties } from '../support/settle.ts';

const GATEWAY = 'gateway.yaml';
/** A change must be in effect within this. */
const SOON_MS = 10_000;
const HEAD = 'OPTIONS /files/ HTTP/1.1\r\nHost: sluis\r\n\r\n';

let gateway: RunningGateway;
let audit: AuditTrail;

beforeAll(async () => {
  gateway = await startGateway({ change: { [GATEWAY]: withoutPenalties } });
  audit = new AuditTrail(gateway);
}, 180_000);
afterAll(async () => {
  await gateway.stop();
  await removeFolder(gateway);
});

/** A port that nobody holds. */
async function freePort(): Promise<number> {
  const server = createServer();
  await listen(server, 0);
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
}

/** One more listener at the end of the list. */
function withListener(port: number, protocol: 'https' | 'sftp', more = ''): (yaml: string) => string {
  const lines = `  - protocol: ${protocol}\n    host: 127.0.0.1\n    port: ${port}\n    accessMethod: line\n${more}`;
  return (yaml) => yaml.replace('\n# Health and metrics', `${lines}\n# Health and metrics`);
}

const CLASS3 = '    class3: { requireExtendedKeyUsage: true, allowedPolicyOids: any }\n';

function withoutListener(port: number): (yaml: string) => string {
  return (yaml) =>
    yaml.replace(new RegExp(`  - protocol: \\w+\\n    host: 127.0.0.1\\n    port: ${port}\\n[^#]*?\\n(?=\\n#)`), '');
}

async function openPorts(): Promise<readonly number[]> {
  const answer = await askGateway(join(gateway.data, 'control.sock'), { command: 'status', arguments: [] });
  return (answer as { readonly ports: { readonly listeners: readonly number[] } }).ports.listeners;
}

/** Somebody who came in and stays. `alive` asks once more; `closed` waits for the end. */
async function comeIn(port: number, account: string) {
  return staying(await openTls({ ...gateway, https: port }, account));
}

/** From 127.0.0.2, which says that it is 127.0.0.1. */
async function throughProxy(port: number, account: string): Promise<Socket> {
  const plain = connectPlain({ host: '127.0.0.1', port, localAddress: '127.0.0.2' });
  plain.write('PROXY TCP4 127.0.0.1 127.0.0.1 4000 443\r\n');
  const names = ['server-ca.pem', `${account}.pem`, `${account}.key`];
  const [ca, cert, key] = await Promise.all(names.map((name) => readFile(join(gateway.certificates, name))));
  const socket = connectTls({ socket: plain, host: '127.0.0.1', ca, cert, key });
  await once(socket, 'secureConnect');
  return socket;
}

async function staying(socket: Socket) {
  socket.on('error', () => socket.destroy());
  const closed = new Promise<'closed'>((resolve) => socket.once('close', () => resolve('closed')));
  const alive = async () => {
    const answered = once(socket, 'data');
    socket.write(HEAD);
    return String((await answered)[0]).slice(0, 12);
  };
  expect(await alive()).toBe('HTTP/1.1 200');
  const late = () => delay(SOON_MS, 'still open' as const, { ref: false });
  return { socket, alive, end: () => Promise.race([closed, late()]) };
}

async function statusAt(port: number): Promise<number | string> {
  const client = await WebdavClient.open({ ...gateway, https: port }, 'anna@ksz');
  const answer = await client.ask('GET', '/IN/').then(
    ({ status }) => status,
    (error: NodeJS.ErrnoException) => error.code ?? error.message,
  );
  client.close();
  return answer;
}

/** Word of a change that is not taken up. */
async function refusal(change: (yaml: string) => string): Promise<string> {
  const known = gateway.log.length;
  await editConfig(gateway, GATEWAY, change);
  return eventually('a refusal', () =>
    gateway.log.slice(known).find((line) => line.includes('the old generation stays in force')),
  );
}

test('a listener that is added serves, and one that is taken away is closed with who is in it', async () => {
  const port = await freePort();
  expect(await statusAt(port)).toBe('ECONNREFUSED');
  await takeUp(gateway, GATEWAY, withListener(port, 'https', CLASS3));
  expect(await statusAt(port)).toBe(200);
  expect(await openPorts()).toEqual([gateway.https, gateway.internet, gateway.sftp, port]);
  const inside = await comeIn(port, 'anna@ksz');
  const running = await webdavUpload({ ...gateway, https: port }, 'bram@ksz', '/SHARED/work/on-its-way');
  const elsewhere = await comeIn(gateway.https, 'anna@ksz');
  await takeUp(gateway, GATEWAY, withoutListener(port));
  expect(await inside.end()).toBe('closed');
  await running.ended;
  expect(await running.finish()).toMatchObject({ outcome: 'refused' });
  running.close();
  expect(await statusAt(port)).toBe('ECONNREFUSED');
  for (const principal of ['anna@ksz', 'bram@ksz']) {
    await audit.line({ kind: 'login', outcome: 'refused', fields: { principal, reason: 'listener-removed', port } });
  }
  expect(await elsewhere.alive()).toBe('HTTP/1.1 200');
  elsewhere.socket.destroy();
});

test('a port that is taken refuses the whole generation: nothing of it is open, and what was in force serves on', async () => {
  const other = createServer();
  await listen(other, 0);
  const address = other.address();
  const taken = typeof address === 'object' && address !== null ? address.port : 0;
  const free = await freePort();
  const before = await openPorts();
  const known = (await audit.all({ kind: 'generation', outcome: 'done' })).length;
  const line = await refusal((yaml) =>
    withListener(
      taken,
      'https',
      CLASS3,
    )(withListener(free, 'sftp')(yaml)).replace('settleSecondsWebdav: 2', 'settleSecondsWebdav: 3'),
  );
  const { first } = JSON.parse(line);
  expect(first).toMatchObject({ file: GATEWAY, line: expect.any(Number), column: 11 });
  expect(first.message).toBe(`port ${taken} of 127.0.0.1 can not be opened (EADDRINUSE)`);
  expect(first.remedy).toBe('end what uses it, or write another port; save the file again then');
  expect(await statusAt(free)).toBe('ECONNREFUSED');
  expect(await openPorts()).toEqual(before);
  expect(await statusAt(gateway.https)).toBe(200);
  const fields = { reason: 'does-not-fit', place: 'gateway.yaml#/listeners/4/port' };
  await audit.line({ kind: 'generation', outcome: 'refused', fields });
  expect(await audit.all({ kind: 'generation', outcome: 'done' })).toHaveLength(known);
  await new Promise((resolve) => other.close(resolve));
  await takeUp(gateway, GATEWAY, (yaml) => `${yaml}\n# saved again\n`);
  expect(await statusAt(taken)).toBe(200);
  expect(await openPorts()).toEqual([...before, free, taken]);
  await takeUp(gateway, GATEWAY, (yaml) => withoutListener(free)(withoutListener(taken)(yaml)));
  expect(await openPorts()).toEqual(before);
});

test('another access method on the same port counts for who comes and for who is in', async () => {
  const port = await freePort();
  await takeUp(gateway, GATEWAY, withListener(port, 'https', CLASS3));
  const inside = await comeIn(port, 'anna@ksz');
  await takeUp(gateway, GATEWAY, (yaml) =>
    yaml.replace(`port: ${port}\n    accessMethod: line`, `port: ${port}\n    accessMethod: vpn`),
  );
  expect(await inside.end()).toBe('closed');
  expect(await statusAt(port)).toBe(403);
  const fields = { principal: 'anna@ksz', reason: 'access-method-not-registered', accessMethod: 'vpn' };
  await audit.line({ kind: 'login', outcome: 'refused', fields });
  expect(await openPorts()).toContain(port);
  await takeUp(gateway, GATEWAY, withoutListener(port));
});

test('proxies that are listed or not any more: headers are asked for at once, and who is in by the old rule is cut', async () => {
  const port = await freePort();
  await takeUp(gateway, GATEWAY, withListener(port, 'https', CLASS3));
  const direct = await comeIn(port, 'anna@ksz');
  const at = `port: ${port}\n`;
  await takeUp(gateway, GATEWAY, (yaml) => yaml.replace(at, `${at}    proxies: [127.0.0.1]\n`));
  expect(await direct.end()).toBe('closed');
  const reason = 'proxy-header-missing';
  await audit.line({ kind: 'proxy-header', outcome: 'refused', fields: { reason, port, address: '127.0.0.1' } });
  await takeUp(gateway, GATEWAY, (yaml) => yaml.replace('proxies: [127.0.0.1]', 'proxies: [127.0.0.2]'));
  const told = await staying(await throughProxy(port, 'anna@ksz'));
  expect(await told.alive()).toBe('HTTP/1.1 200');
  await takeUp(gateway, GATEWAY, (yaml) => yaml.replace('    proxies: [127.0.0.2]\n', ''));
  expect(await told.end()).toBe('closed');
  const forgotten = { reason: 'proxy-not-listed', detail: '127.0.0.2', address: '127.0.0.1', port };
  await audit.line({ kind: 'proxy-header', outcome: 'refused', fields: forgotten });
  expect(await statusAt(port)).toBe(200);
  await takeUp(gateway, GATEWAY, withoutListener(port));
});

test('health and metrics move to another port; one that is taken refuses the generation', async () => {
  const port = await freePort();
  const health = (to: number) => (yaml: string) =>
    yaml.replace(/(health:\n {2}host: 127.0.0.1\n {2}port: )\d+/, `$1${to}`);
  const line = await refusal(health(gateway.sftp));
  expect(JSON.parse(line).first).toMatchObject({ file: GATEWAY, column: 9 });
  expect((await fetch(`http://127.0.0.1:${gateway.health}/healthz`)).status).toBe(200);
  await takeUp(gateway, GATEWAY, health(port));
  expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
  await expect(fetch(`http://127.0.0.1:${gateway.health}/healthz`)).rejects.toThrow();
});
