import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runClient } from '../support/clients.ts';
import { Listener } from '../support/event-source.ts';
import { eventually } from '../support/eventually.ts';
import { type RunningGateway, removeFolder, startGateway, startIn } from '../support/gateway.ts';
import { PortalClient } from '../support/portal.ts';

let gateway: RunningGateway;
let anna: PortalClient;

beforeAll(async () => {
  gateway = await startGateway();
  anna = await PortalClient.open(gateway, 'anna@ksz');
});

afterAll(async () => {
  anna.close();
  await gateway.stop();
  await removeFolder(gateway);
});

const at = (name: string) => `path=${encodeURIComponent(`/SHARED/work/${name}`)}`;
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
/** 3 MiB in which no two pieces are the same. */
const BYTES = Buffer.from(Uint32Array.from({ length: 786_432 }, (_, index) => index * 2_654_435_761).buffer);
const PART = 1_048_576;

const part = (name: string, first: number, end: number, headers: Readonly<Record<string, string>> = {}) =>
  anna.ask('PUT', `/content?${at(name)}`, {
    headers: { 'Content-Range': `bytes ${first}-${end - 1}/${BYTES.length}`, ...headers },
    body: BYTES.subarray(first, end),
  });

describe('an upload in parts', () => {
  test('goes on after a part, and is whole with the last one', async () => {
    const first = await part('parts.bin', 0, PART);
    expect([first.status, first.json, first.headers['upload-offset']]).toEqual([
      202,
      { offset: PART, total: BYTES.length },
      String(PART),
    ]);
    expect((await anna.ask('GET', `/entry?${at('parts.bin')}`)).status).toBe(404);
    expect(await anna.get(`/upload?${at('parts.bin')}`)).toMatchObject({
      path: '/SHARED/work/parts.bin',
      offset: PART,
      total: BYTES.length,
      sha256: sha256(BYTES.subarray(0, PART)),
    });
    expect(await anna.get('/uploads')).toMatchObject({ items: [{ path: '/SHARED/work/parts.bin', offset: PART }] });
    const wrong = await part('parts.bin', 2 * PART, BYTES.length);
    expect([wrong.status, wrong.headers['upload-offset']]).toEqual([416, String(PART)]);
    await part('parts.bin', PART, 2 * PART);
    const digest = `sha-256=:${createHash('sha256').update(BYTES).digest('base64')}:`;
    const last = await part('parts.bin', 2 * PART, BYTES.length, { 'Repr-Digest': digest });
    expect([last.status, last.json]).toMatchObject([201, { size: BYTES.length, sha256: sha256(BYTES) }]);
    expect((await anna.ask('GET', `/content?${at('parts.bin')}`)).body.equals(BYTES)).toBe(true);
    expect(await anna.get('/uploads')).toEqual({ items: [], next: null });
  });

  test('over a file wants to know which version it is; over none, that there is none', async () => {
    const { etag } = (await anna.get(`/entry?${at('parts.bin')}`)) as { etag: string };
    expect((await part('parts.bin', 0, PART)).status).toBe(428);
    expect((await part('parts.bin', 0, PART, { 'If-Match': '"another"' })).status).toBe(412);
    expect((await part('parts.bin', 0, PART, { 'If-None-Match': '*' })).status).toBe(412);
    expect((await part('parts.bin', 0, PART, { 'If-Match': `"${etag}"` })).status).toBe(202);
    expect((await anna.ask('DELETE', `/upload?${at('parts.bin')}`)).status).toBe(204);
    expect((await anna.ask('DELETE', `/upload?${at('parts.bin')}`)).status).toBe(404);
    expect((await part('fresh.bin', 0, PART, { 'If-None-Match': '*' })).status).toBe(202);
    await anna.ask('DELETE', `/upload?${at('fresh.bin')}`);
  });

  test("is nobody else's", async () => {
    await part('mine.bin', 0, PART);
    const others = await PortalClient.open(gateway, 'anna@rjv');
    expect((await others.ask('GET', `/upload?${at('mine.bin')}`)).status).toBe(404);
    expect(await others.get('/uploads')).toEqual({ items: [], next: null });
    others.close();
    await anna.ask('DELETE', `/upload?${at('mine.bin')}`);
  });

  test('that was cut in the middle of a part goes on byte for byte, also after the gateway was started anew', async () => {
    await part('cut.bin', 0, PART);
    await cutInTheMiddle('cut.bin', PART, 300_000);
    const held = await eventually('what came of the part', async () => {
      const { json } = await anna.ask('GET', `/upload?${at('cut.bin')}`);
      const { offset } = json as { offset: number };
      return offset > PART ? (json as { offset: number; sha256: string }) : undefined;
    });
    expect(held.sha256).toBe(sha256(BYTES.subarray(0, held.offset)));
    anna.close();
    await gateway.stop();
    gateway = await startIn(gateway.folder);
    anna = await PortalClient.open(gateway, 'anna@ksz');
    expect(await anna.get(`/upload?${at('cut.bin')}`)).toMatchObject(held);
    const last = await part('cut.bin', held.offset, BYTES.length);
    expect([last.status, last.json]).toMatchObject([201, { sha256: sha256(BYTES) }]);
  });
});

/** Sends so many bytes of a part that is larger, and is gone. */
async function cutInTheMiddle(name: string, first: number, bytes: number): Promise<void> {
  const [ca, cert, key] = await Promise.all(
    ['server-ca.pem', 'anna@ksz.pem', 'anna@ksz.key'].map((file) => readFile(join(gateway.certificates, file))),
  );
  const socket: TLSSocket = connect({ host: '127.0.0.1', port: gateway.https, ca, cert, key });
  await new Promise((resolve) => socket.once('secureConnect', resolve));
  socket.write(
    `PUT /api/v1/content?${at(name)} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Sluis-Request: 1\r\n` +
      `Content-Range: bytes ${first}-${BYTES.length - 1}/${BYTES.length}\r\nContent-Length: ${BYTES.length - first}\r\n\r\n`,
  );
  await new Promise((resolve) => socket.write(BYTES.subarray(first, first + bytes), resolve));
  socket.destroySoon();
}

describe('events', () => {
  test("tell what changes where the listener may look, and nobody else's submissions", async () => {
    const [listening, others, bram] = await Promise.all(
      ['anna@ksz', 'anna@rva', 'bram@ksz'].map((account) => Listener.open(gateway, account)),
    );
    if (listening === undefined || others === undefined || bram === undefined) throw new Error('nobody listens');
    expect(listening.told[0]).toMatchObject({ event: 'session', data: { level: 1 } });
    await anna.ask('PUT', `/content?path=/IN/ADRM/live.csv`, { body: 'no;such;layout\n' });
    const { data } = await listening.first('submission', ({ state }) => state === 'rejected');
    expect(data).toMatchObject({ file: 'live.csv', flow: 'ADRM', environment: 'R', records: null });
    await listening.first('folder', ({ path }) => path === '/IN/ADRM');
    await listening.first('folder', ({ path }) => path === '/OUT/ADRM');
    await bram.first('submission', ({ file }) => file === 'live.csv');
    // What comes after it has come: nothing before it was held back.
    const rva = await PortalClient.open(gateway, 'anna@rva');
    await rva.ask('PUT', '/content?path=/IN/nothing.txt', { body: 'x' });
    await others.first('folder', ({ path }) => path === '/IN');
    expect(others.told.filter(({ data: told }) => JSON.stringify(told).includes('ADRM'))).toEqual([]);
    expect(listening.told.filter(({ data: told }) => JSON.stringify(told).includes('nothing'))).toEqual([]);
    for (const one of [listening, others, bram, rva]) one.close();
  });

  test('go on where a listener was cut; who shows an id that is none asks anew', async () => {
    const before = await Listener.open(gateway, 'anna@ksz');
    const { id } = before.told[0] ?? { id: '' };
    before.close();
    await anna.ask('POST', '/folder', { json: { path: '/SHARED/work/missed' } });
    const again = await Listener.open(gateway, 'anna@ksz', id);
    await again.first('folder', ({ path }) => path === '/SHARED/work');
    expect(again.told.map(({ event }) => event)).not.toContain('reset');
    again.close();
    const wrong = await Listener.open(gateway, 'anna@ksz', 'AAAAAAAAAAAAAAAAAAAAAA');
    await wrong.first('reset');
    wrong.close();
  });

  test('have four listeners of one account at most, and a place is free when one has gone', async () => {
    const four = await Promise.all([1, 2, 3, 4].map(() => Listener.open(gateway, 'bram@ksz')));
    const fifth = await Listener.open(gateway, 'bram@ksz');
    expect(fifth.status).toBe(429);
    four[0]?.close();
    await eventually('a free place', async () => {
      const next = await Listener.open(gateway, 'bram@ksz');
      next.close();
      return next.status === 200 ? true : undefined;
    });
    for (const one of [...four, fifth]) one.close();
  });
});

describe('several files as one archive', () => {
  const fetched = async (paths: readonly string[]) => {
    const named = await anna.ask('POST', '/archive', { json: { paths } });
    return { named, url: (named.json as { url?: string }).url ?? '' };
  };

  test('hold the bytes of each, below the folder they have in common', async () => {
    await anna.ask('POST', '/folder', { json: { path: '/SHARED/work/set' } });
    await anna.ask('PUT', `/content?${at('set/één.txt')}`, { body: 'one\n' });
    await anna.ask('PUT', `/content?${at('empty.txt')}`, { body: '' });
    await anna.ask('PUT', `/content?${at('..\\..\\up.txt')}`, { body: '' });
    const { named, url } = await fetched([
      '/SHARED/work/set/één.txt',
      '/SHARED/work/empty.txt',
      '/SHARED/work/parts.bin',
      '/SHARED/work/..\\..\\up.txt',
    ]);
    expect([named.status, url]).toEqual([201, expect.stringMatching(/^\/api\/v1\/archive\/[\w-]{24}$/)]);
    const archive = await anna.raw('GET', url, { headers: { 'Sec-Fetch-Site': 'same-origin' } });
    expect(archive.headers).toMatchObject({ 'content-type': 'application/zip' });
    const folder = await mkdtemp(join(tmpdir(), 'sluis-archive-'));
    await writeFile(join(folder, 'all.zip'), archive.body);
    const script = `import json,sys,zipfile,hashlib
z=zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None
print(json.dumps({i.filename: hashlib.sha256(z.read(i)).hexdigest() for i in z.infolist()}))`;
    const { out } = await runClient('python3', ['-c', script, 'all.zip'], { cwd: folder });
    expect(JSON.parse(out)).toEqual({
      'set/één.txt': sha256(Buffer.from('one\n')),
      'empty.txt': sha256(Buffer.alloc(0)),
      'parts.bin': sha256(BYTES),
      '.._.._up.txt': sha256(Buffer.alloc(0)),
    });
    await rm(folder, { recursive: true });
    const bram = await PortalClient.open(gateway, 'bram@ksz');
    expect((await bram.raw('GET', url)).status).toBe(404);
    bram.close();
  });

  test('are refused at once where one of them cannot be had', async () => {
    expect((await fetched(['/SHARED/work/empty.txt', '/SHARED/work/never.txt'])).named.status).toBe(404);
    expect((await fetched(['/SHARED/work/set'])).named.json).toMatchObject({ code: 'is-folder' });
    expect((await fetched([])).named.status).toBe(400);
    expect((await anna.ask('GET', '/archive/AAAAAAAAAAAAAAAAAAAAAAAA')).status).toBe(404);
  });
});

// The last one: nothing answers after it.
test('events end when the gateway is stopped, which waits for nobody who only listens', async () => {
  const listening = await Listener.open(gateway, 'anna@ksz');
  const stopped = gateway.stop();
  await eventually('the end of the stream', () => listening.ended || undefined);
  expect(await stopped).toBe(0);
});
