import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createConnection, type Socket } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import ssh2, { type Client, type ConnectConfig } from 'ssh2';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LiveSession } from '../../src/access/live-sessions.ts';
import { askGateway } from '../../src/ops/control-socket.ts';
import { AuditTrail } from '../support/audit-trail.ts';
import { eventually } from '../support/eventually.ts';
import { type RunningGateway, removeFolder, startGateway } from '../support/gateway.ts';

const REQUEST = 'GET /files/ HTTP/1.1\r\nHost: localhost\r\n\r\n';
let gateway: RunningGateway;
let audit: AuditTrail;

beforeAll(async () => {
  gateway = await startGateway({
    change: {
      'gateway.yaml': (text) =>
        text
          .replace('loginGraceSeconds: 20', 'loginGraceSeconds: 4')
          .replace('penaltySeconds: 15', 'penaltySeconds: 5')
          .replace('maxConnectionsPerPrincipal: 20', 'maxConnectionsPerPrincipal: 3'),
      // Each test comes from an address of its own, so that no penalty of one is seen by another.
      'partners/ksz.yaml': (text) => text.replace('address: 127.0.0.1', 'address: 127.0.0.0/8'),
    },
  });
  audit = new AuditTrail(gateway);
});
afterAll(async () => {
  await gateway.stop();
  await removeFolder(gateway);
});

type Visit = { readonly socket: Socket; readonly text: string };

/** One request on a connection of its own; empty where it is closed without an answer. */
async function visit(from: string, account?: string): Promise<Visit> {
  const file = (name: string) => readFile(join(gateway.certificates, name));
  const proof = account && { cert: await file(`${account}.pem`), key: await file(`${account}.key`) };
  const where = { host: '127.0.0.1', port: gateway.https, localAddress: from, rejectUnauthorized: false };
  const socket = connectTls({ ...where, ...proof });
  socket.on('error', () => undefined);
  socket.write(REQUEST);
  return new Promise((resolve) => {
    socket.once('data', (chunk: Buffer) => resolve({ socket, text: chunk.toString() }));
    socket.once('close', () => resolve({ socket, text: '' }));
  });
}

function silent(from: string, port: number): Socket {
  const socket = createConnection({ host: '127.0.0.1', port, localAddress: from });
  socket.on('error', () => undefined);
  return socket.resume();
}

/** Resolves with the client, or rejects with what the gateway said. */
async function sshLogin(from: string, keyOf: string, more: ConnectConfig = {}): Promise<Client> {
  const client = new ssh2.Client();
  const privateKey = await readFile(join(gateway.certificates, `${keyOf}.ssh`));
  return new Promise((resolve, reject) => {
    client.on('error', reject);
    client.on('close', () => reject(new Error('closed')));
    client.on('ready', () => resolve(client));
    const where = { host: '127.0.0.1', port: gateway.sftp, localAddress: from };
    client.connect({ ...where, username: 'batch@ksz', privateKey, ...more });
  });
}

async function sessions(): Promise<readonly LiveSession[]> {
  const answer = await askGateway(join(gateway.data, 'control.sock'), { command: 'sessions', arguments: ['list'] });
  return answer as readonly LiveSession[];
}

/** Whether a third handshake of this address is closed at once. */
async function closesTheThird(from: string): Promise<boolean> {
  const three = [1, 2, 3].map(() => silent(from, gateway.https));
  const closed = three.map((socket) => once(socket, 'close'));
  const answered = visit('127.0.0.1', 'anna@ksz'); // comes after them, so that they are decided when it is answered
  const isClosed = await Promise.race([Promise.any(closed).then(() => true), answered.then(() => false)]);
  for (const socket of [...three, (await answered).socket]) socket.destroy();
  await Promise.all(closed);
  return isClosed;
}

test('after four refusals an address has two handshakes at once, an honest neighbour comes in, and then it is over', async () => {
  const from = '127.0.0.31';
  for (const _ of [1, 2, 3]) expect((await visit(from)).text).toMatch(/^HTTP\/1.1 403(?!.*retry-after)/is);
  expect(await closesTheThird(from)).toBe(false);
  expect((await visit(from)).text).toMatch(/^HTTP\/1.1 403.*\r\nRetry-After: [1-5]\r\n/is);
  const line = await audit.line({ kind: 'penalty', fields: { of: 'address', address: from } });
  expect(line).toMatchObject({ outcome: 'refused', fields: { failures: 4, seconds: 5 } });
  expect(await closesTheThird(from)).toBe(true);
  const honest = await eventually('a login of the neighbour', async () => {
    const { socket, text } = await visit(from, 'batch@ksz');
    socket.destroy();
    return text === '' ? undefined : text;
  });
  expect(honest).toMatch(/^HTTP\/1.1 200/);
  (await eventually('a key of the neighbour', () => sshLogin(from, 'batch@ksz').catch(() => undefined))).end();
  await eventually('the end of the penalty', async () => ((await closesTheThird(from)) ? undefined : true));
  expect(await audit.all({ kind: 'penalty', fields: { address: from } })).toHaveLength(1);
});

test('a certificate that is refused again and again is penalised wherever it comes from', async () => {
  // The certificate of the server itself: no accepted issuer of clients.
  for (const last of [41, 42, 43, 44])
    expect((await visit(`127.0.0.${last}`, 'server')).text).toMatch(/^HTTP\/1.1 403/);
  const line = await audit.line({ kind: 'penalty', fields: { of: 'fingerprint' } });
  expect(line.fields).toMatchObject({ failures: 4, seconds: 5, fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/) });
  expect((await visit('127.0.0.45', 'server')).text).toMatch(/^HTTP\/1.1 403.*\r\nRetry-After: /is);
});

test('four connections with a wrong key are a penalty too, and count once each however often they try', async () => {
  const from = '127.0.0.32';
  for (const _ of [1, 2, 3, 4]) {
    await expect(sshLogin(from, 'batch@rva')).rejects.toThrow();
  }
  const line = await audit.line({ kind: 'penalty', fields: { of: 'address', address: from } });
  expect(line.fields).toMatchObject({ failures: 4 });
  (await eventually('the right key', () => sshLogin(from, 'batch@ksz').catch(() => undefined))).end();
});

test('the connections of a principal count together over HTTPS and SFTP', async () => {
  const from = '127.0.0.33';
  await eventually('an empty house', async () => ((await sessions()).length === 0 ? true : undefined));
  const inside = [await visit(from, 'batch@ksz'), await visit(from, 'batch@ksz')];
  const client = await sshLogin(from, 'batch@ksz');
  expect((await sessions()).map(({ principal, protocol }) => `${principal} ${protocol}`)).toEqual([
    ...['batch@ksz webdav', 'batch@ksz webdav', 'batch@ksz sftp'],
  ]);
  const refused = await visit(from, 'batch@ksz');
  expect(refused.text).toMatch(/^HTTP\/1.1 429.*te veel verbindingen tegelijk/s);
  await expect(sshLogin(from, 'batch@ksz')).rejects.toThrow(/too many connections at once/);
  const reason = 'too-many-connections';
  await audit.line({ kind: 'login', outcome: 'refused', fields: { protocol: 'webdav', reason, address: from } });
  await audit.line({ kind: 'login', outcome: 'refused', fields: { protocol: 'sftp', reason, login: 'batch@ksz' } });
  expect((await visit(from, 'anna@ksz')).text).toMatch(/^HTTP\/1.1 200/);
  client.end();
  await eventually('a free place', async () => ((await sessions()).length === 3 ? true : undefined));
  expect((await visit(from, 'batch@ksz')).text).toMatch(/^HTTP\/1.1 200/);
  for (const { id } of await sessions()) {
    await askGateway(join(gateway.data, 'control.sock'), { command: 'sessions', arguments: ['cut', id] });
  }
  for (const { socket } of inside) if (!socket.destroyed) await once(socket, 'close');
  expect(await sessions()).toEqual([]);
  const unknown = { command: 'sessions', arguments: ['cut', 'nobody'] };
  await expect(askGateway(join(gateway.data, 'control.sock'), unknown)).rejects.toThrow(/there is no session nobody/);
});

test('a connection that says nothing is ended after the grace time, on both protocols, and written down', async () => {
  const from = '127.0.0.34';
  const strangers = [silent(from, gateway.https), silent(from, gateway.sftp)];
  await Promise.all(strangers.map((socket) => once(socket, 'close')));
  for (const protocol of ['webdav', 'sftp']) {
    await audit.line({
      kind: 'login',
      outcome: 'refused',
      fields: { protocol, address: from, reason: 'grace-exceeded' },
    });
  }
});

test('a channel that is opened before login ends the connection, and counts as a failure', async () => {
  const from = '127.0.0.35';
  for (const _ of [1, 2, 3, 4]) {
    const client = new ssh2.Client();
    client.on('error', () => undefined);
    const opened = new Promise<void>((resolve) => {
      client.on('handshake', () => {
        const { _protocol } = client as unknown as { _protocol: { session(...numbers: number[]): void } };
        _protocol.session(0, 65_536, 32_768);
        resolve();
      });
    });
    const closed = new Promise<void>((resolve) => client.once('close', () => resolve()));
    const where = { host: '127.0.0.1', port: gateway.sftp, localAddress: from, username: 'batch@ksz' };
    client.connect({ ...where, authHandler: () => undefined });
    await opened;
    await closed;
  }
  await audit.line({ kind: 'penalty', fields: { of: 'address', address: from, failures: 4 } });
});
