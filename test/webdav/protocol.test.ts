import { createHash, randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type HttpsFixture, openHttps } from '../listen/https-fixture.ts';
import { answerOn, type RawClient, rawClient } from './raw-client.ts';

let gateway: HttpsFixture;
let client: RawClient;

beforeAll(async () => {
  gateway = await openHttps();
  client = await rawClient(gateway.certs, gateway.port);
});

afterAll(async () => {
  expect(gateway.tree.logger.errors).toEqual([]);
  await gateway.close();
});

const WORK = '/files/SHARED/work';

function ask(method: string, target: string, headers: readonly string[] = [], body = '') {
  const length = body === '' ? [] : [`Content-Length: ${Buffer.byteLength(body)}`];
  const lines = ['Host: localhost', ...headers, ...length].map((header) => `${header}\r\n`).join('');
  return client.ask(`${method} ${target} HTTP/1.1\r\n${lines}\r\n${body}`);
}

const bodyOf = (text: string): string => text.slice(text.indexOf('\r\n\r\n') + 4);
const headerOf = (text: string, name: string): string | undefined =>
  new RegExp(`^${name}: (.*)\\r$`, 'im').exec(text)?.[1];
const withoutDate = (text: string): string => text.replace(/^Date: .*\r\n/m, '');
const openFiles = async (): Promise<number> => (await readdir('/proc/self/fd')).length;

test('a new file is 201, a replaced one 204, each with a strong ETag that changes', async () => {
  const first = await ask('PUT', `${WORK}/a.txt`, [], 'one');
  const second = await ask('PUT', `${WORK}/a.txt`, [], 'two');
  expect([first.status, second.status]).toEqual([201, 204]);
  const tags = [headerOf(first.text, 'ETag'), headerOf(second.text, 'ETag')];
  expect(tags[0]).toMatch(/^"[^"]+"$/);
  expect(tags[1]).not.toBe(tags[0]);
  expect(headerOf((await ask('HEAD', `${WORK}/a.txt`)).text, 'ETag')).toBe(tags[1]);
});

test('HEAD has the head of GET, which offers the digest of the whole file', async () => {
  await ask('PUT', `${WORK}/abc.txt`, [], 'abc');
  const get = await ask('GET', `${WORK}/abc.txt`);
  const head = await ask('HEAD', `${WORK}/abc.txt`);
  expect(bodyOf(get.text)).toBe('abc');
  expect(withoutDate(head.text)).toBe(withoutDate(get.text).slice(0, -3));
  expect(headerOf(get.text, 'Repr-Digest')).toBe('sha-256=:ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=:');
  expect(headerOf(get.text, 'X-Content-Type-Options')).toBe('nosniff');
  expect(get.text).not.toMatch(/Access-Control-Allow-Origin/i);
});

test('a page that is uploaded is never shown as one', async () => {
  await ask('PUT', `${WORK}/évil"%.html`.replace('é', '%C3%A9').replace('"%', '%22%25'), [], '<script>1</script>');
  const page = await ask('GET', `${WORK}/%C3%A9vil%22%25.html`);
  expect(headerOf(page.text, 'Content-Type')).toBe('application/octet-stream');
  expect(headerOf(page.text, 'Content-Disposition')).toBe(
    `attachment; filename="_vil__.html"; filename*=UTF-8''%C3%A9vil%22%25.html`,
  );
});

test('one range, several ranges, and a range that If-Range forbids', async () => {
  await ask('PUT', `${WORK}/digits`, [], '0123456789');
  const one = await ask('GET', `${WORK}/digits`, ['Range: bytes=2-4']);
  expect([one.status, headerOf(one.text, 'Content-Range'), bodyOf(one.text)]).toEqual([206, 'bytes 2-4/10', '234']);
  const last = await ask('GET', `${WORK}/digits`, ['Range: bytes=-2']);
  expect(bodyOf(last.text)).toBe('89');
  const two = await ask('GET', `${WORK}/digits`, ['Range: bytes=0-0,8-']);
  const boundary = /boundary=(\S+)\r/.exec(two.text)?.[1];
  const part = (range: string, bytes: string): string =>
    `\r\n--${boundary}\r\nContent-Type: application/octet-stream\r\nContent-Range: bytes ${range}/10\r\n\r\n${bytes}`;
  expect(bodyOf(two.text)).toBe(`${part('0-0', '0')}${part('8-9', '89')}\r\n--${boundary}--\r\n`);
  const stale = await ask('GET', `${WORK}/digits`, ['Range: bytes=0-0', 'If-Range: "other"']);
  expect([stale.status, bodyOf(stale.text)]).toEqual([200, '0123456789']);
  const current = await ask('GET', `${WORK}/digits`, ['Range: bytes=0-0', `If-Range: ${headerOf(one.text, 'ETag')}`]);
  expect(current.status).toBe(206);
});

test('a file that did not change is not sent again', async () => {
  const tag = headerOf((await ask('PUT', `${WORK}/same`, [], 'same')).text, 'ETag');
  const again = await ask('GET', `${WORK}/same`, [`If-None-Match: ${tag}`]);
  expect(again.status).toBe(304);
  expect(bodyOf(again.text)).toBe('');
});

test('conditions keep a writer from overwriting what it did not see', async () => {
  const tag = headerOf((await ask('PUT', `${WORK}/cond`, [], '1')).text, 'ETag');
  expect((await ask('PUT', `${WORK}/cond`, ['If-None-Match: *'], '2')).status).toBe(412);
  expect((await ask('PUT', `${WORK}/cond`, [`If-Match: ${tag}`], '3')).status).toBe(204);
  expect((await ask('PUT', `${WORK}/cond`, [`If-Match: ${tag}`], '4')).status).toBe(412);
  expect((await ask('DELETE', `${WORK}/cond`, [`If: ([${tag}])`])).status).toBe(412);
  expect((await ask('MOVE', `${WORK}/cond`, [`If-Match: ${tag}`, `Destination: ${WORK}/gone`])).status).toBe(412);
  expect(bodyOf((await ask('GET', `${WORK}/cond`)).text)).toBe('3');
});

test('bytes that arrive differently from their digest are refused, and nothing is left', async () => {
  const sha256 = createHash('sha256').update('good').digest('base64');
  const claim = [`Repr-Digest: sha-256=:${sha256}:`];
  expect((await ask('PUT', `${WORK}/digest`, claim, 'evil')).status).toBe(400);
  expect((await ask('GET', `${WORK}/digest`)).status).toBe(404);
  expect((await ask('PUT', `${WORK}/digest`, claim, 'good')).status).toBe(201);
});

test('the time a client sends along is kept', async () => {
  const put = await ask('PUT', `${WORK}/old`, ['X-OC-Mtime: 784111777'], 'old');
  expect(headerOf(put.text, 'X-OC-MTime')).toBe('accepted');
  expect(headerOf((await ask('HEAD', `${WORK}/old`)).text, 'Last-Modified')).toBe('Sun, 06 Nov 1994 08:49:37 GMT');
});

test('chunked bodies are taken like any other', async () => {
  const head = `PUT ${WORK}/chunked HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nX-Expected-Entity-Length: 6\r\n\r\n`;
  expect((await client.ask(`${head}3\r\nabc\r\n3;x=y\r\ndef\r\n0\r\n\r\n`)).status).toBe(201);
  expect(bodyOf((await ask('GET', `${WORK}/chunked`)).text)).toBe('abcdef');
});

test('100 Continue is said only to a client whose file will be taken', async () => {
  const head = (target: string): string =>
    `PUT ${target} HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 4\r\n`;
  const refused = await client.ask(`${head('/files/SHARED/hidden/x')}\r\n`);
  expect(refused.interim).toEqual([]);
  expect(refused.status).toBe(404);
  expect((await client.ask(`${head(`${WORK}/none/x`)}\r\n`)).interim).toEqual([]);
  expect((await client.ask(`${head(`${WORK}/old`)}If-None-Match: *\r\n\r\n`)).interim).toEqual([]);
  const socket = await client.open();
  const answer = answerOn(socket, `${head(`${WORK}/expected`)}\r\n`);
  await new Promise((resolve) => socket.once('data', resolve));
  socket.write('body');
  expect(await answer).toMatchObject({ status: 201, interim: [100] });
});

test('a name that may not be known answers like an absent one, for every verb', async () => {
  const destination = (path: string): string[] => [`Destination: ${path}`];
  for (const [method, headers, body] of [
    ['GET', [], ''],
    ['HEAD', [], ''],
    ['PUT', [], 'x'],
    ['DELETE', [], ''],
    ['MKCOL', [], ''],
    ['PROPFIND', ['Depth: 1'], ''],
    ['MOVE', destination(`${WORK}/y`), ''],
    ['COPY', destination(`${WORK}/y`), ''],
    ['OPTIONS', [], ''],
  ] as const) {
    const [hidden, absent] = await Promise.all(
      ['hidden', 'absent'].map((name) => ask(method, `/files/SHARED/${name}/f`, headers, body)),
    );
    expect(withoutDate(hidden?.text ?? ''), method).toBe(withoutDate(absent?.text ?? ''));
    expect(hidden?.status, method).toBe(method === 'OPTIONS' ? 200 : 404);
  }
  const targets = ['hidden', 'absent'].map((name) =>
    ask('COPY', `${WORK}/old`, destination(`/files/SHARED/${name}/f`)),
  );
  const [hidden, absent] = await Promise.all(targets);
  expect(withoutDate(hidden?.text ?? '')).toBe(withoutDate(absent?.text ?? ''));
});

test('a client that leaves in the middle of PUT or GET leaves nothing behind', async () => {
  const big = randomBytes(8 * 1024 * 1024)
    .toString('latin1')
    .replace(/[\x80-\xff]/g, 'x');
  expect((await ask('PUT', `${WORK}/big`, [], big)).status).toBe(201);
  await ask('GET', `${WORK}/big`, ['Range: bytes=0-0']);
  const before = await openFiles();
  for (let round = 0; round < 20; round += 1) {
    const writer = await client.open();
    writer.on('error', () => undefined);
    writer.write(
      `PUT ${WORK}/cut HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000000\r\n\r\n${'x'.repeat(300_000)}`,
    );
    const reader = await client.open();
    reader.on('error', () => undefined);
    reader.write(`GET ${WORK}/big HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    await new Promise((resolve) => reader.once('data', resolve));
    reader.destroy();
    writer.destroy();
  }
  await expect.poll(openFiles, { timeout: 5_000 }).toBeLessThanOrEqual(before);
  expect((await ask('GET', `${WORK}/cut`)).status).toBe(404);
});

test('a body that hardly comes is given up', { timeout: 30_000 }, async () => {
  const socket = await client.open();
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.on('error', () => undefined);
  socket.write(`PUT ${WORK}/slow HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n`);
  const drip = setInterval(() => socket.write('x'), 500);
  await new Promise((resolve) => socket.once('close', resolve));
  clearInterval(drip);
  expect(Buffer.concat(chunks).toString()).toMatch(/^HTTP\/1\.1 408 /);
  expect((await ask('GET', `${WORK}/slow`)).status).toBe(404);
});
