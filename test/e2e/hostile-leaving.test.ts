import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AuditTrail } from '../support/audit-trail.ts';
import { eventually } from '../support/eventually.ts';
import { type RunningGateway, removeFolder, startGateway } from '../support/gateway.ts';
import { WebdavClient } from '../support/partner-client.ts';
import { descriptorsOf } from '../support/process-state.ts';
import { openTls, untilClosed } from '../support/raw-sockets.ts';
import { withoutPenalties } from '../support/settle.ts';

const ACCOUNT = 'anna@ksz';
const LARGE_BYTES = 20_000_000;
const ROUNDS = 10;
const LARGE = 'GET /files/SHARED/work/large.bin HTTP/1.1\r\nHost: localhost\r\n\r\n';
const put = (name: string, ...headers: readonly string[]): string =>
  [`PUT /files/SHARED/work/${name} HTTP/1.1`, 'Host: localhost', ...headers, '', ''].join('\r\n');
const find = (length: number): string =>
  `PROPFIND /files/SHARED/work/ HTTP/1.1\r\nHost: localhost\r\nDepth: 1\r\nContent-Length: ${length}\r\n\r\n`;

let gateway: RunningGateway;
let pid: number;
let before: { readonly descriptors: number; readonly contents: number };

beforeAll(async () => {
  const short = (text: string) =>
    withoutPenalties(text)
      .replace('headersTimeoutSeconds: 10', 'headersTimeoutSeconds: 2')
      .replace('idleTimeoutSeconds: 600', 'idleTimeoutSeconds: 10');
  gateway = await startGateway({ change: { 'gateway.yaml': short } });
  pid = gateway.process.pid ?? 0;
  const client = await WebdavClient.open(gateway, ACCOUNT);
  await client.put('/SHARED/work/large.bin', randomBytes(LARGE_BYTES));
  client.close();
  before = { descriptors: await descriptorsOf(pid), contents: await contents() };
});

afterAll(async () => {
  expect(await gateway.stop()).toBe(0);
  await removeFolder(gateway);
});

/** Files of the content store, whole or not. */
async function contents(): Promise<number> {
  const entries = await readdir(join(gateway.data, 'content'), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).length;
}

async function expectNothingLeft(): Promise<void> {
  await eventually('descriptors and contents as before', async () => {
    const isSettled = (await descriptorsOf(pid)) <= before.descriptors && (await contents()) === before.contents;
    return isSettled ? true : undefined;
  });
  const client = await WebdavClient.open(gateway, ACCOUNT);
  expect(await client.list('/SHARED/work')).toEqual(['large.bin']);
  client.close();
  expect([gateway.process.exitCode, gateway.process.signalCode]).toEqual([null, null]);
  expect(gateway.log.filter((line) => /"level":(50|60)/.test(line))).toEqual([]);
}

/** Sends bytes, waits for the first word of the answer where one comes before the client leaves, and cuts the connection. */
async function leaveAfter(bytes: string, waitsForAnswer: boolean): Promise<void> {
  const socket = await openTls(gateway, ACCOUNT);
  const written = new Promise((resolve) => socket.write(bytes, resolve));
  await (waitsForAnswer ? once(socket, 'data') : written);
  socket.destroy();
}

test.each([
  ['before it says anything', '', false],
  ['in the middle of a request line', 'GET /files/SHARED/wo', false],
  ['in the middle of a header', 'GET /files/ HTTP/1.1\r\nHost: loc', false],
  ['in the middle of a body', `${put('cut.bin', 'Content-Length: 1000000')}${'x'.repeat(100_000)}`, false],
  ['in the middle of a chunk', `${put('cut.bin', 'Transfer-Encoding: chunked')}fffff\r\n${'x'.repeat(100_000)}`, false],
  ['in the middle of an XML body', `${find(1000)}<propfind`, false],
  ['when it is told to go on', put('cut.bin', 'Expect: 100-continue', 'Content-Length: 1000000'), true],
  ['in the middle of an answer', LARGE, true],
  [
    'in the middle of an answer in ranges',
    LARGE.replace('\r\n\r\n', '\r\nRange: bytes=0-9999999,10000001-19999999\r\n\r\n'),
    true,
  ],
  ['with ten requests on their way', LARGE.repeat(10), false],
])('a client that leaves %s, again and again, leaves nothing behind', async (_when, bytes, waitsForAnswer) => {
  for (let round = 0; round < ROUNDS; round += 1) await leaveAfter(bytes, waitsForAnswer);
  await expectNothingLeft();
});

test('clients that are too slow are given up within their time, all at once, and others are served meanwhile', async () => {
  const audit = new AuditTrail(gateway);
  const deaf = await openTls(gateway, ACCOUNT);
  deaf.pause();
  deaf.write(LARGE);
  const isGivenUp = Promise.all([
    ask('GET /files/ HTTP/1.1\r\nX-Slow: '),
    ask(put('slow.bin', 'Content-Length: 1000000')),
    ask(`${put('slow.bin', 'Transfer-Encoding: chunked')}5\r\nhe`),
    ask(find(1000)),
    ask(put('slow.bin', 'Expect: 100-continue', 'Content-Length: 5')),
    ask(''),
  ]);
  const client = await WebdavClient.open(gateway, ACCOUNT);
  expect((await client.get('/SHARED/work/large.bin')).length).toBe(LARGE_BYTES);
  client.close();
  const [head, body, chunks, xml, promised, silent] = await isGivenUp;
  expect(head).toMatch(/^HTTP\/1\.1 408 /);
  for (const answer of [body, chunks, xml]) expect(answer).toMatch(/^(HTTP\/1\.1 408 |$)/);
  expect(promised).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\n(HTTP\/1\.1 408 |$)/);
  expect(silent).toMatch(/^(HTTP\/1\.1 408 |$)/);
  await expectNothingLeft();
  expect(await audit.all({ kind: 'publish', fields: { path: '/SHARED/work/slow.bin' }, outcome: 'done' })).toEqual([]);
  deaf.destroy();

  async function ask(bytes: string): Promise<string> {
    return untilClosed(await openTls(gateway, ACCOUNT), bytes, 40_000);
  }
});

test('a request that comes byte by byte, but steadily, is served', async () => {
  const socket = await openTls(gateway, ACCOUNT);
  for (const byte of 'GET /files/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n') socket.write(byte);
  expect(await untilClosed(socket, '')).toMatch(/^HTTP\/1\.1 200 /);
});
