import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { makeFullFolder } from '../support/full-folder.ts';
import { makeFolder, type RunningGateway, removeFolder, startIn } from '../support/gateway.ts';
import { PortalClient } from '../support/portal.ts';

const MANY = Array.from({ length: 10_000 }, (_, index) => `${String(index).padStart(5, '0')}é.txt`);
let gateway: RunningGateway;
let anna: PortalClient;
let rjv: PortalClient;

beforeAll(async () => {
  const folder = await makeFolder();
  await makeFullFolder(join(folder, 'var'), '/SHARED/work/many', MANY, 'one of many\n');
  gateway = await startIn(folder);
  anna = await PortalClient.open(gateway, 'anna@ksz');
  rjv = await PortalClient.open(gateway, 'anna@rjv');
});

afterAll(async () => {
  anna.close();
  rjv.close();
  await gateway.stop();
  await removeFolder(gateway);
});

const at = (path: string) => `path=${encodeURIComponent(path)}`;
const put = (path: string, body: string, headers: Readonly<Record<string, string>> = {}, by = anna) =>
  by.ask('PUT', `/content?${at(path)}`, { body, headers });
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const names = (folder: unknown) => (folder as { items: { name: string }[] }).items.map(({ name }) => name);

test('the session tells who asks, for whom, how he came in, and who helps', async () => {
  expect(await anna.get('/session')).toMatchObject({
    principal: { kind: 'person', id: 'anna', name: 'anna@ksz', partner: 'ksz' },
    designations: [{ partner: 'ksz' }],
    level: 1,
    levelUntil: null,
    offers: [],
    accessMethod: 'line',
    remoteAddress: '127.0.0.1',
    languages: ['nl', 'fr', 'de', 'en'],
    language: 'en',
    contact: { email: 'helpdesk@ksz.example' },
    limits: { maxFileBytes: 10_000_000_000, settleSeconds: 0 },
    certificate: { subject: expect.stringContaining('CN='), issuer: expect.stringContaining('CN=') },
  });
  expect(await anna.get('/session', { 'X-Sluis-Language': 'fr' })).toMatchObject({ language: 'fr' });
});

test('the tree is seen folder by folder, with flow, environment and rights', async () => {
  expect(await anna.get(`/folder?${at('/')}`)).toMatchObject({
    kind: 'root',
    flow: null,
    environment: null,
    next: null,
  });
  expect(names(await anna.get(`/folder?${at('/')}`))).toEqual(['IN', 'INTEST', 'INTEST-S', 'OUT', 'OUTTEST', 'SHARED']);
  expect(await anna.get(`/folder?${at('/IN/ADRM')}`)).toMatchObject({
    kind: 'intake',
    flow: 'ADRM',
    environment: 'R',
    rights: ['list', 'create', 'view'],
    items: [],
  });
  expect(await anna.get(`/folder?${at('/OUTTEST/ADRM')}`)).toMatchObject({ kind: 'mailbox', environment: null });
  expect(await anna.get(`/folder?${at('/SHARED/work')}`)).toMatchObject({ kind: 'shared', flow: null });
});

test('a file is written, looked at, read in part, and comes back as it was', async () => {
  const made = await put('/SHARED/work/één.txt', 'hello world\n', {
    'Repr-Digest': `sha-256=:${Buffer.from(sha256('hello world\n'), 'hex').toString('base64')}:`,
  });
  expect(made.status).toBe(201);
  expect(made.json).toMatchObject({ name: 'één.txt', size: 12, sha256: sha256('hello world\n'), frozen: null });
  expect(made.json).toEqual(await anna.get(`/entry?${at('/SHARED/work/één.txt')}`));
  const { etag } = made.json as { etag: string };
  expect(made.headers.etag).toBe(`"${etag}"`);
  const whole = await anna.ask('GET', `/content?${at('/SHARED/work/één.txt')}`);
  expect([whole.status, whole.body.toString()]).toEqual([200, 'hello world\n']);
  expect(whole.headers['content-disposition']).toBe(
    `attachment; filename="__n.txt"; filename*=UTF-8''%C3%A9%C3%A9n.txt`,
  );
  expect(whole.headers['content-security-policy']).toContain('sandbox');
  const head = await anna.ask('HEAD', `/content?${at('/SHARED/work/één.txt')}`);
  expect([head.status, head.headers['content-length'], head.body.length]).toEqual([200, '12', 0]);
  const part = await anna.ask('GET', `/content?${at('/SHARED/work/één.txt')}&inline=1`, {
    headers: { Range: 'bytes=6-10' },
  });
  expect([part.status, part.body.toString(), part.headers['content-range']]).toEqual([206, 'world', 'bytes 6-10/12']);
  expect(part.headers['content-disposition']).toMatch(/^inline/);
  const same = await anna.ask('GET', `/content?${at('/SHARED/work/één.txt')}`, {
    headers: { 'If-None-Match': `"${etag}"` },
  });
  expect(same.status).toBe(304);
  const beyond = await anna.ask('GET', `/content?${at('/SHARED/work/één.txt')}`, { headers: { Range: 'bytes=50-' } });
  expect([beyond.status, beyond.headers['content-range']]).toEqual([416, 'bytes */12']);
});

test('who takes the place of a file says which; whoever is late is told', async () => {
  const path = '/SHARED/work/version.txt';
  const first = (await put(path, 'one')).json as { etag: string };
  expect((await put(path, 'two')).json).toMatchObject({ status: 428, code: 'precondition-required' });
  const second = await put(path, 'two', { 'If-Match': `"${first.etag}"` });
  expect([second.status, (await anna.ask('GET', `/content?${at(path)}`)).body.toString()]).toEqual([200, 'two']);
  for (const [headers, what] of [
    [{ 'If-Match': `"${first.etag}"` }, 'the version before'],
    [{ 'If-None-Match': '*' }, 'no version'],
  ] as const) {
    expect((await put(path, 'three', headers)).json, what).toMatchObject({ status: 412, code: 'precondition-failed' });
    const removed = await anna.ask('DELETE', `/entry?${at(path)}`, { headers });
    expect(removed.json, what).toMatchObject({ status: 412 });
    const moved = await anna.ask('POST', '/move', { headers, json: { from: path, to: '/SHARED/work/elsewhere.txt' } });
    expect(moved.json, what).toMatchObject({ status: 412 });
  }
  const { etag } = second.json as { etag: string };
  expect((await anna.ask('DELETE', `/entry?${at(path)}`, { headers: { 'If-Match': `"${etag}"` } })).status).toBe(204);
  expect((await anna.ask('GET', `/entry?${at(path)}`)).json).toMatchObject({ status: 404, code: 'not-found' });
});

test('folders are made, renamed, copied and removed', async () => {
  const json = (from: string, to: string, overwrite = false) => ({
    json: { from: `/SHARED/work/${from}`, to: `/SHARED/work/${to}`, overwrite },
  });
  const made = await anna.ask('POST', '/folder', { json: { path: '/SHARED/work/a' } });
  expect([made.status, made.json]).toMatchObject([201, { kind: 'folder', etag: null, sha256: null }]);
  expect((await anna.ask('POST', '/folder', { json: { path: '/SHARED/work/a' } })).json).toMatchObject({ status: 409 });
  await put('/SHARED/work/a/x.txt', 'x');
  expect((await anna.ask('POST', '/move', json('a', 'b'))).status).toBe(201);
  expect((await anna.ask('POST', '/copy', json('b', 'c'))).status).toBe(201);
  expect(names(await anna.get(`/folder?${at('/SHARED/work/c')}`))).toEqual(['x.txt']);
  expect((await anna.ask('POST', '/copy', json('b', 'c'))).json).toMatchObject({ status: 409, code: 'already-exists' });
  expect((await anna.ask('POST', '/copy', json('b', 'c', true))).status).toBe(200);
  expect((await anna.ask('POST', '/move', json('b', 'b'))).json).toMatchObject({ status: 400 });
  expect((await anna.ask('DELETE', `/entry?${at('/SHARED/work/c')}`)).json).toMatchObject({
    status: 409,
    code: 'not-empty',
  });
  expect((await anna.ask('DELETE', `/entry?${at('/SHARED/work/c')}&recursive=1`)).status).toBe(204);
  expect((await anna.ask('DELETE', `/entry?${at('/IN/ADRM')}`)).json).toMatchObject({
    status: 403,
    code: 'not-allowed',
  });
});

test('a folder of 10,000 comes in pages, each name once and in order', async () => {
  const seen: string[] = [];
  for (let next: string | null = ''; next !== null; ) {
    const page = `&limit=1000${next === '' ? '' : `&cursor=${next}`}`;
    const folder = (await anna.get(`/folder?${at('/SHARED/work/many')}${page}`)) as { next: string | null };
    seen.push(...names(folder));
    next = folder.next;
  }
  expect(seen).toEqual(MANY);
});

test('what is handed in is frozen at once, with its ticket, and the answer lies in the mailbox', async () => {
  const made = await put('/IN/ADRM/portal.csv', 'no;such;layout\n');
  expect(made.status).toBe(201);
  const { frozen } = made.json as { frozen: { ticket: string } | null };
  expect(frozen?.ticket).toMatch(/^[0-9A-Z]{13}$/);
  const receipt = await eventually('the receipt', async () => {
    const found = names(await anna.get(`/folder?${at('/OUT/ADRM')}`)).find((name) => name.endsWith('.receipt.json'));
    return found;
  });
  expect(receipt).toContain(frozen?.ticket ?? 'a ticket');
  expect((await anna.ask('POST', '/folder', { json: { path: '/IN/ADRM/sub' } })).json).toMatchObject({ status: 403 });
});

test('a preview shows text, rows, XML and JSON, and nothing of what is none', async () => {
  const cases = [
    ['t.txt', 'één regel\n', { kind: 'text', charset: 'utf-8', truncated: false, text: 'één regel\n' }],
    [
      'c.csv',
      'a;b\n"1;2";3\n',
      {
        kind: 'csv',
        rows: [
          ['a', 'b'],
          ['1;2', '3'],
        ],
      },
    ],
    [
      'c.dat',
      'a|b|c\n1|2|3\n',
      {
        kind: 'csv',
        rows: [
          ['a', 'b', 'c'],
          ['1', '2', '3'],
        ],
      },
    ],
    ['x.xml', '<?xml version="1.0"?><a/>', { kind: 'xml' }],
    ['j.json', '{"a":1}', { kind: 'json' }],
    ['b.bin', 'a\u0000b', { kind: 'binary', charset: null }],
  ] as const;
  for (const [name, text, wanted] of cases) {
    await put(`/SHARED/work/${name}`, text);
    expect(await anna.get(`/preview?${at(`/SHARED/work/${name}`)}`), name).toMatchObject(wanted);
  }
  expect(await anna.get(`/preview?${at('/SHARED/work/t.txt')}&bytes=1`)).toMatchObject({ truncated: true, text: '' });
});

test('everything of another partner looks like a name that is absent', async () => {
  const paths = ['/partners/ksz/IN/ADRM', '/partners/ksz', '/ksz/IN/ADRM', '/IN/WLAT', '/OUT/WLAT', '/SHARED/other'];
  const absent = (await rjv.ask('GET', `/entry?${at('/IN/NEVER')}`)).json;
  for (const path of paths) {
    const asked = [
      await rjv.ask('GET', `/folder?${at(path)}`),
      await rjv.ask('GET', `/entry?${at(path)}`),
      await rjv.ask('GET', `/content?${at(`${path}/portal.csv`)}`),
      await rjv.ask('GET', `/preview?${at(`${path}/portal.csv`)}`),
      await rjv.ask('GET', `/upload?${at(`${path}/portal.csv`)}`),
      await rjv.ask('DELETE', `/upload?${at(`${path}/portal.csv`)}`),
      await rjv.ask('DELETE', `/entry?${at(`${path}/portal.csv`)}`),
      await put(`${path}/portal.csv`, 'x', {}, rjv),
      await rjv.ask('POST', '/folder', { json: { path: `${path}/new` } }),
      await rjv.ask('POST', '/move', { json: { from: `${path}/portal.csv`, to: '/SHARED/work/stolen' } }),
      await rjv.ask('POST', '/copy', { json: { from: `${path}/portal.csv`, to: '/SHARED/work/stolen' } }),
    ];
    for (const answer of asked) expect(answer.json, path).toEqual(absent);
  }
});
