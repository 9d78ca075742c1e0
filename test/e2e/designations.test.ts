import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { List } from '../../src/portal/schemas/common.ts';
import type { Flows } from '../../src/portal/schemas/flows.ts';
import type { Rights } from '../../src/portal/schemas/rights.ts';
import type { Submission } from '../../src/portal/schemas/submissions.ts';
import { AuditTrail } from '../support/audit-trail.ts';
import { sftpBatch } from '../support/clients.ts';
import { Listener } from '../support/event-source.ts';
import { eventually } from '../support/eventually.ts';
import { type RunningGateway, removeFolder, startGateway } from '../support/gateway.ts';
import { type Answer, WebdavClient } from '../support/partner-client.ts';
import { PortalClient } from '../support/portal.ts';
import { takeUp } from '../support/reload.ts';
import { hasTool } from '../support/tools.ts';

/** RVA designated Anna before; KBF and RJV now do so as well. */
const FURTHER = `  - id: anna-of-rva
    name: Anna Demo
    samePersonAs: anna@rva
    designation: { act: Designation by a second leading official (demo), from: 2020-01-01 }
    userRegulation: { version: "1", accepted: 2020-01-01 }
`;
const withAnna = (text: string) => text.replace('persons:\n', `persons:\n${FURTHER}`);
const SAMPLE = join(import.meta.dirname, '../fixtures/demo/samples/4_WLAT_original.jsonl');

let gateway: RunningGateway;
let audit: AuditTrail;
let anna: WebdavClient;

beforeAll(async () => {
  gateway = await startGateway({ change: { 'partners/kbf.yaml': withAnna, 'partners/rjv.yaml': withAnna } });
  audit = new AuditTrail(gateway);
  anna = await WebdavClient.open(gateway, 'anna@rva');
});
afterAll(async () => {
  anna.close();
  await gateway.stop();
  await removeFolder(gateway);
});

function hrefs({ body }: Answer): readonly (string | undefined)[] {
  return [...body.toString().matchAll(/<D:href>([^<]*)</g)].map(([, href]) => href);
}

function look(path: string, depth = '1'): Promise<Answer> {
  return anna.ask('PROPFIND', path, { headers: { Depth: depth } });
}

describe('a person whom three partners designated, over WebDAV', () => {
  test('sees one top folder for each of them, and in each that partner’s tree', async () => {
    expect(hrefs(await look('/'))).toEqual(['/files/', '/files/kbf/', '/files/rjv/', '/files/rva/']);
    expect(hrefs(await look('/rva/'))).toEqual([
      ...['/files/rva/', '/files/rva/IN/', '/files/rva/INTEST/', '/files/rva/INTEST-S/'],
      ...['/files/rva/OUT/', '/files/rva/OUTTEST/'],
    ]);
    expect(hrefs(await look('/kbf/OUT/'))).toContain('/files/kbf/OUT/WLAT/');
    expect(hrefs(await look('/rjv/SHARED/'))).toEqual(['/files/rjv/SHARED/', '/files/rjv/SHARED/work/']);
    const line = await audit.line({ kind: 'login', outcome: 'done', fields: { principal: 'anna@rva' } });
    expect(line.fields).toMatchObject({ designations: 'rva kbf rjv' });
  });

  test('finds nothing outside of them', async () => {
    const absent = await look('/none');
    expect(absent.status).toBe(404);
    for (const path of ['/IN', '/SHARED/work', '/ksz', '/ksz/IN/ADRM', '/rva/SHARED/work', '/rva/kbf/OUT']) {
      const answer = await look(path);
      expect([path, answer.status, answer.body.toString()]).toEqual([path, 404, absent.body.toString()]);
    }
    for (const [method, path] of [
      ['PUT', '/a.txt'],
      ['MKCOL', '/ksz'],
      ['DELETE', '/rva'],
      ['PUT', '/rva'],
    ] as const) {
      expect((await anna.ask(method, path, method === 'PUT' ? { body: 'x' } : {})).status).toBeGreaterThanOrEqual(403);
    }
  });

  test('hands in for one of them: decision, log and answers are that one’s', async () => {
    await anna.put('/rva/IN/4_WLAT_original.jsonl', await readFile(SAMPLE));
    const line = await audit.line({ kind: 'publish', fields: { principal: 'anna@rva' } });
    expect(line.fields).toMatchObject({ path: '/IN/4_WLAT_original.jsonl' });
    await eventually('answers for RVA', async () => {
      const names = await anna.list('/rva/OUT');
      return names.some((name) => name.startsWith('GO.NOTI')) ? names : undefined;
    });
    const delivered = await anna.list('/kbf/OUT/WLAT');
    expect(delivered.length).toBeGreaterThan(0);
    const name = delivered.find((one) => one.endsWith('.manifest.json')) ?? '';
    expect(JSON.parse((await anna.get(`/kbf/OUT/WLAT/${name}`)).toString())).toMatchObject({ flow: 'WLAT' });
    const read = await audit.line({ kind: 'read', fields: { path: `/OUT/WLAT/${name}` } });
    expect(read.fields).toMatchObject({ principal: 'anna-of-rva@kbf' });
  });

  test('moves and copies within one tree, and from one into another nowhere', async () => {
    await anna.put('/rjv/SHARED/work/a.txt', 'a');
    const to = (path: string) => ({ headers: { Destination: `https://127.0.0.1:${gateway.https}/files${path}` } });
    const moved = await anna.ask('MOVE', '/rjv/SHARED/work/a.txt', to('/rjv/SHARED/work/b.txt'));
    expect(moved.status).toBe(201);
    const foreign = await anna.ask('MOVE', '/rjv/SHARED/work/b.txt', to('/ksz/IN/ADRM/b.txt'));
    for (const method of ['MOVE', 'COPY']) {
      for (const target of [
        '/rva/IN/b.txt',
        '/kbf/OUT/WLAT/b.txt',
        '/b.txt',
        '/kbf/IN/ADRM/b.txt',
        '/kbf/SHARED/work/c.txt',
      ]) {
        const answer = await anna.ask(method, '/rjv/SHARED/work/b.txt', to(target));
        expect([method, target, answer.status]).toEqual([method, target, foreign.status]);
      }
    }
    expect((await anna.get('/rjv/SHARED/work/b.txt')).toString()).toBe('a');
    expect(foreign.status).toBeGreaterThanOrEqual(400);
  });

  test('locks are named as he names the path', async () => {
    const body = `<D:lockinfo xmlns:D="DAV:"><D:lockscope><D:exclusive/></D:lockscope><D:locktype><D:write/></D:locktype></D:lockinfo>`;
    const locked = await anna.ask('LOCK', '/rjv/SHARED/work/b.txt', { body, headers: { Depth: '0' } });
    expect(locked.status).toBe(200);
    expect(locked.body.toString()).toMatch(/<D:lockroot>\s*<D:href>\/files\/rjv\/SHARED\/work\/b\.txt</);
    const refused = await anna.ask('PUT', '/rjv/SHARED/work/b.txt', { body: 'b' });
    expect(refused.status).toBe(423);
    expect(refused.body.toString()).toContain('/files/rjv/SHARED/work/b.txt');
    const token = String(locked.headers['lock-token']);
    expect((await anna.ask('UNLOCK', '/rjv/SHARED/work/b.txt', { headers: { 'Lock-Token': token } })).status).toBe(204);
    expect((await anna.ask('PUT', '/rjv/SHARED/work/b.txt', { body: 'b' })).status).toBe(204);
  });
});

test('over the portal she sees the submissions, flows and rights of each of them', async () => {
  const portal = await PortalClient.open(gateway, 'anna@rva');
  const { items } = (await portal.get('/submissions')) as List<Submission>;
  expect(items.map(({ file, flow }) => [file, flow])).toEqual([['4_WLAT_original.jsonl', 'WLAT']]);
  const [notification] = items[0]?.notification ?? [];
  expect(notification?.path).toBe(`/rva/OUT/${notification?.name}`);
  const flows = ((await portal.get('/flows')) as Flows).items.map(({ code, sends, receives }) => [
    code,
    sends,
    receives,
  ]);
  expect(flows).toEqual([
    ['ADRM', true, true],
    ['WLAT', true, true],
  ]);
  const paths = ((await portal.get('/rights')) as Rights).folders.map(({ path }) => path);
  expect(paths).toEqual(expect.arrayContaining(['/rva/IN', '/kbf/OUT/WLAT', '/rjv/OUT/ADRM']));
  portal.close();
});

test.skipIf(!hasTool('sftp'))(
  'over SFTP the login name says for which partner, and its tree is the plain one',
  async () => {
    const cwd = gateway.folder;
    const asKbf = await sftpBatch(gateway, 'anna-of-rva@kbf', ['ls /OUT'], { cwd, keyOf: 'anna@rva' });
    expect(asKbf.err).toBe('');
    expect(asKbf.out).toContain('/OUT/WLAT');
    const asRva = await sftpBatch(gateway, 'anna@rva', ['ls /', '-ls /kbf'], { cwd });
    expect(asRva.out).toContain('/INTEST-S');
    expect(asRva.err).toContain('/kbf');
    const key = { cwd, keyOf: 'bram@kbf' };
    expect((await sftpBatch(gateway, 'anna-of-rva@kbf', ['ls /OUT'], key)).status).not.toBe(0);
  },
);

describe('the same person in the portal', () => {
  let portal: PortalClient;
  beforeAll(async () => {
    portal = await PortalClient.open(gateway, 'anna@rva');
  });
  afterAll(() => portal.close());

  test('is told for whom she acts, and sees the same trees', async () => {
    const { designations } = (await portal.get('/session')) as { designations: { partner: string; root: string }[] };
    expect(designations.map(({ partner, root }) => [partner, root]).toSorted()).toEqual([
      ['kbf', '/kbf'],
      ['rjv', '/rjv'],
      ['rva', '/rva'],
    ]);
    expect(await portal.get('/folder?path=/')).toMatchObject({
      kind: 'root',
      items: [{ path: '/kbf', rights: ['list', 'view'] }, { path: '/rjv' }, { path: '/rva' }],
    });
    expect(await portal.get('/folder?path=/rva/IN')).toMatchObject({ path: '/rva/IN', kind: 'intake' });
    for (const path of ['/ksz', '/ksz/IN', '/IN', '/rva/kbf']) {
      expect((await portal.ask('GET', `/folder?path=${path}`)).status, path).toBe(404);
    }
  });

  test('writes for one of them, hears of it, and finds what was cut under its own name', async () => {
    const listening = await Listener.open(gateway, 'anna@rva');
    const made = await portal.ask('PUT', '/content?path=/rva/IN/portal.part', { body: 'x' });
    expect([made.status, made.json]).toMatchObject([201, { path: '/rva/IN/portal.part', name: 'portal.part' }]);
    await listening.first('folder', ({ path }) => path === '/rva/IN');
    listening.close();
    const part = { headers: { 'Content-Range': 'bytes 0-2/9' }, body: 'abc' };
    expect((await portal.ask('PUT', '/content?path=/rjv/SHARED/work/cut.part', part)).status).toBe(202);
    expect(await portal.get('/uploads')).toMatchObject({
      items: [{ path: '/rjv/SHARED/work/cut.part', offset: 3, total: 9 }],
    });
    expect((await portal.ask('DELETE', '/upload?path=/rjv/SHARED/work/cut.part')).status).toBe(204);
  });
});

test('a designation that has ended takes its top folder away, and the others stay', async () => {
  await takeUp(gateway, 'partners/kbf.yaml', (text) =>
    text.replace('from: 2020-01-01 }', 'from: 2020-01-01, until: 2020-12-31 }'),
  );
  await eventually('the folder of KBF to be gone', async () =>
    (await anna.list('/')).join(' ') === 'rjv rva' ? true : undefined,
  );
  expect((await look('/kbf/OUT')).status).toBe(404);
});
