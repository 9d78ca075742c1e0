import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ProxyDoor } from '../../src/access/proxy-door.ts';
import type { Peer } from '../../src/access/waiting-room.ts';
import type { AuditLine } from '../../src/storage/commands.ts';
import { clientV2, headerV2 } from '../support/proxy-headers.ts';

const PROXY = '127.0.0.2';
const limits = { value: { headersTimeoutSeconds: 60, maxUnauthenticated: 1 } };

type Guest = { readonly peer: Peer; text: string };
let server: Server;
let door: ProxyDoor;
let guests: Guest[];
let lines: AuditLine[];
let sockets: Socket[];

beforeEach(async () => {
  [guests, lines, sockets] = [[], [], []];
  limits.value.headersTimeoutSeconds = 60;
  door = new ProxyDoor({
    listener: {
      value: {
        ...{ protocol: 'sftp', host: '127.0.0.1', port: 8022, accessMethod: 'line', level: 1 },
        ...{ rule: 'gateway.yaml#/listeners/2', proxies: [PROXY, '2001:db8::/32', '127.1.0.0/16'] },
      },
    },
    limits,
    audit: { note: (line) => void lines.push(line) },
  });
  server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sockets.push(socket);
    door.enter(socket, (peer) => {
      const guest: Guest = { peer, text: '' };
      guests.push(guest);
      socket.on('error', () => undefined);
      socket.on('data', (chunk: Buffer) => {
        guest.text += chunk.toString('latin1');
      });
      socket.resume();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(async () => {
  door.close();
  for (const socket of sockets) socket.destroy();
  server.close();
  await once(server, 'close');
});

function come(from: string, bytes?: string | Uint8Array): Socket {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const client = connect({ host: '127.0.0.1', port, localAddress: from, noDelay: true });
  sockets.push(client);
  client.on('error', () => undefined);
  if (bytes !== undefined) client.write(bytes);
  return client.resume();
}

const reasons = () => lines.map(({ fields }) => [fields.reason, fields.detail, fields.address]);

test.each<[string, string | Uint8Array, string]>([
  ['version 1', 'PROXY TCP4 192.0.2.7 192.0.2.1 56324 443\r\n', '192.0.2.7'],
  ['version 2', clientV2('192.0.2.7'), '192.0.2.7'],
])('a header of %s from a listed proxy is read, and what follows it is not lost', async (_, header, address) => {
  const client = come(PROXY, Buffer.concat([Buffer.from(header), Buffer.from('hello ')]));
  await expect.poll(() => guests[0]?.text).toBe('hello ');
  client.write('world');
  await expect.poll(() => guests[0]?.text).toBe('hello world');
  expect([guests[0]?.peer.remoteAddress, guests[0]?.peer.bytesRead, guests.length]).toEqual([address, 11, 1]);
  expect(lines).toEqual([]);
});

test('a header that comes byte by byte is read as one', async () => {
  const client = come('127.1.2.3');
  await once(client, 'connect');
  for (const byte of clientV2('192.0.2.7')) {
    const before = client.bytesWritten;
    client.write(Buffer.from([byte]));
    await expect.poll(() => client.bytesWritten).toBe(before + 1);
  }
  await expect.poll(() => guests.length).toBe(1);
  expect([guests[0]?.peer.remoteAddress, guests[0]?.peer.bytesRead]).toEqual(['192.0.2.7', 0]);
});

test('from anywhere else nobody waits for a header', async () => {
  come('127.0.0.3');
  await expect.poll(() => guests.length).toBe(1);
  expect(guests[0]?.peer.remoteAddress).toBe('127.0.0.3');
});

test.each<[string, string | Uint8Array, readonly unknown[]]>([
  ['no header but TLS', '\x16\x03\x01\x02', ['proxy-header-missing', undefined]],
  ['no header but SSH', 'SSH-2.0-x\r\n', ['proxy-header-missing', undefined]],
  [
    'a header that is wrong',
    'PROXY TCP4 a b 1 2\r\n',
    ['proxy-header-bad', 'a source that is no address of its family'],
  ],
])('a connection of a listed proxy with %s is refused', async (_, bytes, wanted) => {
  await once(come(PROXY, bytes), 'close');
  expect(reasons()).toEqual([[...wanted, PROXY]]);
  expect(lines[0]).toMatchObject({ kind: 'proxy-header', outcome: 'refused' });
  expect(lines[0]?.fields).toMatchObject({ protocol: 'sftp', accessMethod: 'line', port: 8022 });
  expect(guests).toEqual([]);
});

test('a header that does not come, or not whole, is waited for until its time is over', async () => {
  limits.value.headersTimeoutSeconds = 0.1;
  await once(come(PROXY), 'close');
  await once(come(PROXY, 'PROXY TCP4 192.'), 'close');
  expect(reasons()).toEqual([
    ['proxy-header-missing', undefined, PROXY],
    ['proxy-header-bad', 'a header that does not end', PROXY],
  ]);
});

test('a proxy that looks whether we are there is answered by the end of the connection, and leaves no line', async () => {
  for (const bytes of [headerV2(Buffer.alloc(0), { versionAndCommand: 0x20 }), 'PROXY UNKNOWN\r\n']) {
    await once(come(PROXY, bytes), 'close');
  }
  await once(come(PROXY).end(), 'close');
  expect([guests, lines]).toEqual([[], []]);
  await once(come(PROXY, 'PROXY').end(), 'close');
  expect(reasons()).toEqual([['proxy-header-bad', 'a header that does not end', PROXY]]);
});

test('of connections that do not say for whom they are, the oldest gives way', async () => {
  const waiting = [];
  for (let count = 0; count < 4; count += 1) {
    const client = come(PROXY);
    await once(client, 'connect');
    waiting.push(client);
  }
  const oldest = waiting[0];
  if (oldest === undefined) throw new Error('there is none');
  const closed = once(oldest, 'close');
  come(PROXY, clientV2('192.0.2.7'));
  await closed;
  await expect.poll(() => guests.length).toBe(1);
  expect(reasons()).toEqual([['proxy-header-missing', undefined, PROXY]]);
});
