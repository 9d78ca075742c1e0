import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { holdFirstBytes } from '../../src/listen/first-bytes.ts';

type Release = (begin: () => void) => void;
let server: Server;
let client: Socket;
let peer: Socket;
let releases: Release[];
let forged: number;

beforeEach(async () => {
  server = createServer({ allowHalfOpen: true, noDelay: true });
  const came = once(server, 'connection') as Promise<[Socket]>;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  client = connect({ port: typeof address === 'object' ? (address?.port ?? 0) : 0, host: '127.0.0.1', noDelay: true });
  client.on('error', () => undefined);
  [peer] = await came;
  releases = [];
  forged = 0;
  holdFirstBytes(
    peer,
    (release) => void releases.push(release),
    () => {
      forged += 1;
    },
  );
});
afterEach(async () => {
  client.destroy();
  peer.destroy();
  server.close();
  await once(server, 'close');
});

test('what a client says before its turn is read afterwards, whole and in order', async () => {
  client.write('one ');
  await expect.poll(() => peer.bytesRead).toBe(4);
  client.write('two ');
  await expect.poll(() => peer.bytesRead).toBe(8);
  expect(releases).toHaveLength(1);
  let read = '';
  releases[0]?.(() => peer.on('data', (chunk: Buffer) => (read += chunk.toString())).resume());
  client.end('three');
  await once(peer, 'end');
  expect(read).toBe('one two three');
});

test('who hangs up before its turn is gone, and does not begin', async () => {
  client.end('hello');
  await once(peer, 'close');
  let begun = false;
  for (const release of releases) release(() => (begun = true));
  expect([releases.length, begun]).toEqual([1, false]);
});

test('a client that goes on before its turn is read no further than a little', async () => {
  const chunk = Buffer.alloc(64 * 1024);
  const total = 256 * chunk.length;
  for (let index = 0; index < 256; index += 1) client.write(chunk);
  await expect.poll(() => peer.isPaused()).toBe(true);
  const before = peer.bytesRead;
  expect(before).toBeLessThan(1024 * 1024);
  let read = 0;
  releases[0]?.(() => peer.on('data', (bytes: Buffer) => (read += bytes.length)).resume());
  await expect.poll(() => read, { timeout: 10_000 }).toBe(total);
});

test('a header of the PROXY protocol is told once, however it comes, and nothing begins', async () => {
  client.write('PRO');
  await expect.poll(() => peer.bytesRead).toBe(3);
  expect([releases.length, forged]).toEqual([0, 0]);
  client.write('XY TCP4 127.0.0.9 ');
  await expect.poll(() => forged).toBe(1);
  client.write('127.0.0.1 1 2\r\n');
  await expect.poll(() => peer.bytesRead).toBe(36);
  expect([releases.length, forged]).toEqual([0, 1]);
});

test('what begins like a header and goes on otherwise is passed on whole', async () => {
  client.write('PRO');
  await expect.poll(() => peer.bytesRead).toBe(3);
  client.write('PFIND');
  await expect.poll(() => releases.length).toBe(1);
  let read = '';
  releases[0]?.(() => peer.on('data', (chunk: Buffer) => (read += chunk.toString())).resume());
  client.end();
  await once(peer, 'end');
  expect([read, forged]).toEqual(['PROPFIND', 0]);
});
