import { get } from 'node:https';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AuditTrail } from '../support/audit-trail.ts';
import { runClient } from '../support/clients.ts';
import { type RunningGateway, removeFolder, startGateway } from '../support/gateway.ts';
import { type Ask, PortalClient } from '../support/portal.ts';

const SLUIS = join(import.meta.dirname, '../../src/sluis.js');
let gateway: RunningGateway;
let anna: PortalClient;
let audit: AuditTrail;

beforeAll(async () => {
  gateway = await startGateway();
  anna = await PortalClient.open(gateway, 'anna@ksz');
  audit = new AuditTrail(gateway);
  for (const name of ['kept.txt', 'other.txt']) await put(name);
});

afterAll(async () => {
  anna.close();
  await gateway.stop();
  await removeFolder(gateway);
});

const put = (name: string) => anna.ask('PUT', `/content?path=/SHARED/work/${name}`, { body: 'kept' });
const SAME = { 'Sec-Fetch-Site': 'same-origin', 'X-Sluis-Request': '1' };
const JSON_TYPE = { 'Content-Type': 'application/json' };
const MOVE = JSON.stringify({ from: '/SHARED/work/kept.txt', to: '/SHARED/work/moved.txt' });

type Case = readonly [what: string, method: string, path: string, asked: Omit<Ask, 'json'>, wanted: number];

const origin = () => `https://127.0.0.1:${gateway.https}`;

/** What a page of somebody else can make the browser of an employee send, whose certificate goes along by itself. */
const FOREIGN: readonly Case[] = [
  [
    'no header of ours',
    'POST',
    '/move',
    { headers: { ...JSON_TYPE, 'Sec-Fetch-Site': 'same-origin' }, body: MOVE },
    403,
  ],
  [
    'our header with another value',
    'POST',
    '/move',
    { headers: { ...SAME, ...JSON_TYPE, 'X-Sluis-Request': 'true' }, body: MOVE },
    403,
  ],
  [
    'our header, empty',
    'POST',
    '/move',
    { headers: { ...SAME, ...JSON_TYPE, 'X-Sluis-Request': '' }, body: MOVE },
    403,
  ],
  [
    'another site',
    'POST',
    '/move',
    { headers: { ...SAME, ...JSON_TYPE, 'Sec-Fetch-Site': 'cross-site' }, body: MOVE },
    403,
  ],
  [
    'a sub-domain of ours',
    'POST',
    '/move',
    { headers: { ...SAME, ...JSON_TYPE, 'Sec-Fetch-Site': 'same-site' }, body: MOVE },
    403,
  ],
  ["nobody's page", 'POST', '/move', { headers: { ...SAME, ...JSON_TYPE, 'Sec-Fetch-Site': 'none' }, body: MOVE }, 403],
  [
    'a word that Fetch Metadata does not know',
    'POST',
    '/move',
    { headers: { ...SAME, ...JSON_TYPE, 'Sec-Fetch-Site': 'same-origin, cross-site' }, body: MOVE },
    403,
  ],
  [
    'an origin of somebody else',
    'POST',
    '/move',
    { headers: { ...SAME, ...JSON_TYPE, Origin: 'https://evil.example' }, body: MOVE },
    403,
  ],
  [
    'an origin that is hidden',
    'POST',
    '/move',
    { headers: { ...SAME, ...JSON_TYPE, Origin: 'null' }, body: MOVE },
    403,
  ],
  [
    'our host over plain HTTP',
    'POST',
    '/move',
    { headers: { ...SAME, ...JSON_TYPE, Origin: 'http://127.0.0.1' }, body: MOVE },
    403,
  ],
  [
    'our host at another port',
    'POST',
    '/move',
    { headers: { ...SAME, ...JSON_TYPE, Origin: 'https://127.0.0.1:1' }, body: MOVE },
    403,
  ],
  [
    'a form',
    'POST',
    '/move',
    { headers: { ...SAME, 'Content-Type': 'application/x-www-form-urlencoded' }, body: 'from=/SHARED/work/kept.txt' },
    415,
  ],
  [
    'a form with files',
    'POST',
    '/move',
    { headers: { ...SAME, 'Content-Type': 'multipart/form-data; boundary=x' }, body: '--x--' },
    415,
  ],
  [
    'a form of plain text that is JSON',
    'POST',
    '/move',
    { headers: { ...SAME, 'Content-Type': 'text/plain' }, body: MOVE },
    415,
  ],
  ['no type', 'POST', '/move', { headers: SAME, body: MOVE }, 415],
  ['JSON by another name', 'POST', '/move', { headers: { ...SAME, 'Content-Type': 'text/json' }, body: MOVE }, 415],
  [
    'JSON in another charset',
    'POST',
    '/move',
    { headers: { ...SAME, 'Content-Type': 'application/json; charset=utf-7' }, body: MOVE },
    415,
  ],
  ['a body where none is taken', 'GET', '/session', { headers: SAME, body: 'x' }, 400],
  [
    'GET that is to change something',
    'GET',
    '/move?from=/SHARED/work/kept.txt&to=/SHARED/work/moved.txt',
    { headers: SAME },
    405,
  ],
  [
    'a method in a header',
    'GET',
    '/entry?path=/SHARED/work/kept.txt',
    { headers: { ...SAME, 'X-HTTP-Method-Override': 'DELETE' } },
    200,
  ],
  [
    'a method in another header',
    'POST',
    '/entry?path=/SHARED/work/kept.txt',
    { headers: { ...SAME, 'X-HTTP-Method': 'DELETE' } },
    405,
  ],
  ['a method in the query', 'GET', '/entry?path=/SHARED/work/kept.txt&_method=DELETE', { headers: SAME }, 400],
  [
    'PUT of another site',
    'PUT',
    '/content?path=/SHARED/work/new.txt',
    { headers: { ...SAME, 'Sec-Fetch-Site': 'cross-site' }, body: 'x' },
    403,
  ],
  ['PUT without our header', 'PUT', '/content?path=/SHARED/work/new.txt', { body: 'x' }, 403],
  [
    'DELETE without our header',
    'DELETE',
    '/entry?path=/SHARED/work/kept.txt',
    { headers: { 'Sec-Fetch-Site': 'same-origin' } },
    403,
  ],
  [
    'DELETE of another site',
    'DELETE',
    '/entry?path=/SHARED/work/kept.txt',
    { headers: { ...SAME, 'Sec-Fetch-Site': 'cross-site' } },
    403,
  ],
  [
    'an upload given up by another site',
    'DELETE',
    '/upload?path=/SHARED/work/kept.txt',
    { headers: { ...SAME, 'Sec-Fetch-Site': 'same-site' } },
    403,
  ],
  ['a question of another site', 'GET', '/session', { headers: { 'Sec-Fetch-Site': 'cross-site' } }, 403],
  ['a question of a sub-domain', 'GET', '/folder?path=/', { headers: { 'Sec-Fetch-Site': 'same-site' } }, 403],
  [
    'an image of another site',
    'GET',
    '/content?path=/SHARED/work/kept.txt',
    { headers: { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Dest': 'image' } },
    403,
  ],
  [
    'HEAD of another site',
    'HEAD',
    '/content?path=/SHARED/work/kept.txt',
    { headers: { 'Sec-Fetch-Site': 'cross-site' } },
    403,
  ],
  ['events for another site', 'GET', '/events', { headers: { 'Sec-Fetch-Site': 'cross-site' } }, 403],
  [
    'a question before a cross-site request',
    'OPTIONS',
    '/move',
    { headers: { Origin: 'https://evil.example', 'Access-Control-Request-Method': 'POST' } },
    403,
  ],
];

describe('a page of somebody else changes and learns nothing', () => {
  for (const [what, method, path, asked, wanted] of FOREIGN) {
    test(what, async () => {
      const answer = await anna.raw(method, `/api/v1${path}`, asked);
      expect(answer.status).toBe(wanted);
      expect(answer.headers['access-control-allow-origin']).toBeUndefined();
      if (wanted !== 403) return;
      expect(answer.headers['content-type']).toBe('application/problem+json');
      if (method !== 'HEAD') expect(answer.json).toMatchObject({ code: 'cross-site' });
    });
  }

  test('and nothing has changed', async () => {
    const { items } = (await anna.get('/folder?path=/SHARED/work')) as { items: { name: string; size: number }[] };
    expect(items.map(({ name, size }) => [name, size])).toEqual([
      ['kept.txt', 4],
      ['other.txt', 4],
    ]);
  });

  test('the same requests by our own page, and by a program that says nothing of sites, are done', async () => {
    const back = JSON.stringify({ from: '/SHARED/work/moved.txt', to: '/SHARED/work/kept.txt' });
    const own = { ...SAME, ...JSON_TYPE, Origin: origin() };
    expect((await anna.raw('POST', '/api/v1/move', { headers: own, body: MOVE })).status).toBe(201);
    const program = { ...JSON_TYPE, 'X-Sluis-Request': '1' };
    expect((await anna.raw('POST', '/api/v1/move', { headers: program, body: back })).status).toBe(201);
    const typed = { 'Sec-Fetch-Site': 'none' };
    expect((await anna.raw('GET', '/api/v1/session', { headers: typed })).status).toBe(200);
    expect((await anna.raw('GET', '/api/v1/session')).status).toBe(200);
    expect((await anna.raw('HEAD', '/api/v1/session')).status).toBe(200);
  });
});

type Malformed = readonly [what: string, method: string, path: string, body: unknown, pointer: string];
const long = 'x'.repeat(300);

const MALFORMED: readonly Malformed[] = [
  ['a body that is no JSON', 'POST', '/folder', '{"path":', '/body'],
  ['no body', 'POST', '/folder', '', '/body'],
  ['a body that is no UTF-8', 'POST', '/folder', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), '/body'],
  ['a body in UTF-16', 'POST', '/folder', Buffer.from('\ufeff{"path":"/SHARED/work/a"}', 'utf16le'), '/body'],
  ['too long a body', 'POST', '/folder', JSON.stringify({ path: '/', more: 'x'.repeat(600_000) }), '/body'],
  ['deep nesting', 'POST', '/folder', `${'['.repeat(50_000)}${']'.repeat(50_000)}`, '/body'],
  ['a list', 'POST', '/folder', '[]', '/body'],
  ['null', 'POST', '/folder', 'null', '/body'],
  ['a text', 'POST', '/folder', '"/SHARED/work/a"', '/body'],
  ['a member too few', 'POST', '/folder', '{}', '/body/path'],
  ['a member nobody asked for', 'POST', '/folder', '{"path":"/SHARED/work/a","mode":511}', '/body/mode'],
  ['a member of the prototype', 'POST', '/folder', '{"path":"/SHARED/work/a","__proto__":{}}', '/body/__proto__'],
  ['a number for a path', 'POST', '/folder', '{"path":1}', '/body/path'],
  ['a path that is not absolute', 'POST', '/folder', '{"path":"SHARED/work/a"}', '/body/path'],
  ['a path with ".."', 'POST', '/folder', '{"path":"/SHARED/work/../a"}', '/body/path'],
  ['a path with a NUL', 'POST', '/folder', '{"path":"/SHARED/work/a\\u0000"}', '/body/path'],
  ['a path with half a character', 'POST', '/folder', '{"path":"/SHARED/work/\\ud800"}', '/body/path'],
  ['a name that is too long', 'POST', '/folder', JSON.stringify({ path: `/SHARED/work/${long}` }), '/body/path'],
  ['a path that is too long', 'POST', '/folder', JSON.stringify({ path: `/${long}`.repeat(100) }), '/body/path'],
  ['a word for a truth value', 'POST', '/copy', '{"from":"/a","to":"/b","overwrite":"yes"}', '/body/overwrite'],
  ['no path', 'GET', '/folder', undefined, '/query/path'],
  ['a parameter that stands twice', 'GET', '/folder?path=/&path=/IN', undefined, '/query'],
  ['a parameter nobody asked for', 'GET', '/folder?path=/&recursive=1', undefined, '/query/recursive'],
  ['a limit of nothing', 'GET', '/folder?path=/&limit=0', undefined, '/query/limit'],
  ['a limit that is too high', 'GET', '/folder?path=/&limit=1001', undefined, '/query/limit'],
  ['a limit in hexadecimal', 'GET', '/folder?path=/&limit=0x10', undefined, '/query/limit'],
  ['a limit with a fraction', 'GET', '/folder?path=/&limit=1.5', undefined, '/query/limit'],
  ['a limit below nothing', 'GET', '/folder?path=/&limit=-1', undefined, '/query/limit'],
  ['a limit that is empty', 'GET', '/folder?path=/&limit=', undefined, '/query/limit'],
  ['an order nobody knows', 'GET', '/folder?path=/&sort=size', undefined, '/query/sort'],
  ['an empty cursor', 'GET', '/folder?path=/&cursor=', undefined, '/query/cursor'],
  ['a cursor that is too long', 'GET', `/folder?path=/&cursor=${'A'.repeat(3000)}`, undefined, '/query/cursor'],
  ['a query that is no percent-encoding', 'GET', '/folder?path=%zz', undefined, '/query'],
  ['a query that is no UTF-8', 'GET', '/folder?path=/%ff', undefined, '/query'],
  [
    'too many parameters',
    'GET',
    `/folder?${Array.from({ length: 30 }, (_, one) => `p${one}=1`).join('&')}`,
    undefined,
    '/query',
  ],
  ['a parameter of the prototype', 'GET', '/session?__proto__=1', undefined, '/query/__proto__'],
];

describe('a request without the form of its schema is refused, and is told where', () => {
  for (const [what, method, path, body, pointer] of MALFORMED) {
    test(what, async () => {
      const sent = body === undefined ? {} : { headers: JSON_TYPE, body: body as string };
      const { json } = await anna.ask(method, path, sent);
      expect(json).toMatchObject({ status: 400, code: 'invalid-request', type: 'urn:sluis:problem:invalid-request' });
      expect((json as { errors: { pointer: string }[] }).errors.map((one) => one.pointer)).toEqual(
        what === 'deep nesting' ? expect.arrayContaining(['/body']) : [pointer],
      );
    });
  }
});

test('what the API does not have is a problem, in the language of the page', async () => {
  for (const path of ['', '/nothing', '/session/', '/folder/x', '/Session', '/../files']) {
    const { status, json } = await anna.raw('GET', `/api/v1${path}`, { headers: { 'X-Sluis-Language': 'nl' } });
    if (path === '/../files') expect(status).toBe(400);
    else
      expect(json, path).toMatchObject({
        status: 404,
        code: 'no-such-page',
        title: 'Dit bestaat niet, of niet voor u.',
      });
  }
  const wrong = await anna.ask('DELETE', '/session');
  expect([wrong.status, wrong.headers.allow]).toEqual([405, 'GET, HEAD']);
});

test('every answer says that nobody else may use it', async () => {
  for (const path of ['/api/v1/session', '/api/v1/nothing', '/api/v1/content?path=/SHARED/work/kept.txt']) {
    expect((await anna.raw('GET', path)).headers, path).toMatchObject({
      'strict-transport-security': 'max-age=31536000',
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'permissions-policy': expect.stringContaining('camera=()'),
      'content-security-policy': expect.stringContaining("default-src 'none'"),
    });
  }
});

describe('who may not come in is told why, who helps, and a reference that the audit log has', () => {
  const titles = {
    nl: 'U kunt niet binnen',
    fr: 'Vous ne pouvez pas entrer',
    de: 'Sie können nicht eintreten',
    en: 'You cannot come in',
  };
  for (const [language, title] of Object.entries(titles)) {
    test(`in ${language}`, async () => {
      // No partner of the demo has the access method of this listener.
      const stranger = await PortalClient.open({ ...gateway, https: gateway.internet }, 'bram@ksz');
      const headers = { 'Accept-Language': language, Accept: 'text/html' };
      const page = await stranger.raw('GET', '/', { headers });
      const text = page.body.toString();
      expect(page.status).toBe(403);
      for (const piece of [
        `<html lang="${language}">`,
        title,
        'Helpdesk of KSZ (demo)',
        'mailto:helpdesk@ksz.example',
        'tel:+3220000001',
      ]) {
        expect(text).toContain(piece);
      }
      const reference = /<dd>([A-Z0-9]{5}-[A-Z0-9]{5})<\/dd>/.exec(text)?.[1] ?? '';
      await audit.line({ kind: 'login', outcome: 'refused', fields: { principal: 'bram@ksz', reference } });
      const words = ['audit', 'reference', reference, '--json', '--config', gateway.config, '--data', gateway.data];
      const { out } = await runClient(process.execPath, [SLUIS, ...words], { cwd: gateway.folder });
      expect(JSON.parse(out)).toMatchObject({ kind: 'login', outcome: 'refused', principal: 'bram@ksz', reference });
      const problem = await stranger.raw('GET', '/api/v1/session', { headers });
      expect(problem.json).toMatchObject({
        status: 403,
        title,
        reference: expect.stringMatching(/^[A-Z0-9]{5}-[A-Z0-9]{5}$/),
      });
      stranger.close();
    });
  }

  test("the hub's own helpdesk where nobody can tell whose certificate it is", async () => {
    const plain = await new Promise<string>((resolve, reject) => {
      const where = { host: '127.0.0.1', port: gateway.https, rejectUnauthorized: false, path: '/' };
      get(where, (answer) => answer.on('data', (bytes: Buffer) => resolve(bytes.toString()))).on('error', reject);
    });
    expect(plain).toMatch(
      /^U kunt niet binnen: .*\nWie helpt: Helpdesk of the hub\nE-mail: helpdesk@hub.example\n.*\nReferentie: /,
    );
  });
});
