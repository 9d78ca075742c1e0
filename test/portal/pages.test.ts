import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type HttpAnswer, locateTarget } from '../../src/domain/http.ts';
import { type BuildPlace, ensureBuilt, readBuilt } from '../../src/portal/build/built.ts';
import { pagesInFrontOf, pagesOf } from '../../src/portal/pages.ts';
import { session } from '../support/generation.ts';
import { bodyOf } from '../support/http-body.ts';

const OTHER: HttpAnswer = { status: 299, headers: {} };
let place: BuildPlace;
let folder: string;
let handler: ReturnType<typeof pagesInFrontOf>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluis-pages-'));
  place = { sources: join(folder, 'sources'), builds: join(folder, 'builds') };
  const files = new Map([
    ['/index.html', Buffer.from('<!doctype html>')],
    ['/assets/main-AbCd.js', Buffer.from('let x')],
  ]);
  handler = pagesInFrontOf(pagesOf(files), async () => OTHER);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function ask(method: string, target: string, headers: Record<string, string> = {}): Promise<HttpAnswer> {
  const map = new Map(Object.entries({ accept: 'text/html,*/*;q=0.8', ...headers }));
  const request = { ...locateTarget(target), method, host: 'localhost', headers: map, body: bodyOf(Buffer.alloc(0)) };
  return handler({ ...request, session: session('anna@ksz', 'webdav') });
}

test.each([
  '/',
  '/browse',
  '/browse/IN/ADRM',
  '/submissions',
  '/submissions/0000000000001',
  '/check',
  '/rights',
  '/expected',
  '/flows/ADRM',
  '/help/expired',
])('%s is the page, with a policy that lets nothing in from elsewhere', async (target) => {
  const answer = await ask('GET', target);
  expect(answer.status).toBe(200);
  expect(Buffer.from(answer.body as Uint8Array).toString()).toBe('<!doctype html>');
  expect(answer.headers['Cache-Control']).toBe('no-cache');
  const policy = String(answer.headers['Content-Security-Policy']);
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toContain('unsafe');
  expect(answer.headers['Cross-Origin-Opener-Policy']).toBe('same-origin');
});

test.each([
  ['GET', '/', { accept: '*/*' }],
  ['PROPFIND', '/', {}],
  ['OPTIONS', '/', {}],
  ['GET', '/files/', {}],
  ['GET', '/files/assets/main-AbCd.js', {}],
  ['GET', '/index.html', {}],
  ['GET', '/assets/other.js', {}],
  ['GET', '/assets', {}],
  ['GET', '/browsers', {}],
  ['GET', '/api/v1/session', {}],
  ['GET', '/step-up', {}],
])('%s %s %o is not for the pages', async (method, target, headers) => {
  expect(await ask(method, target, headers)).toBe(OTHER);
});

test('a file whose name holds the digest of its content is kept for ever, and a known one is not sent again', async () => {
  const first = await ask('GET', '/assets/main-AbCd.js');
  expect(first.headers['Cache-Control']).toBe('public, max-age=31536000, immutable');
  expect(first.headers['Content-Type']).toBe('text/javascript; charset=utf-8');
  const again = await ask('GET', '/assets/main-AbCd.js', { 'if-none-match': String(first.headers.ETag) });
  expect([again.status, again.body]).toEqual([304, undefined]);
  expect((await ask('GET', '/assets/main-AbCd.js', { 'if-none-match': '"other"' })).status).toBe(200);
  const head = await ask('HEAD', '/assets/main-AbCd.js');
  expect([head.status, head.body, head.headers['Content-Length']]).toEqual([200, undefined, 5]);
  expect((await ask('POST', '/browse')).status).toBe(405);
});

test('starts at the same moment build the pages once, and changed sources are built anew', async () => {
  await mkdir(place.sources);
  await writeFile(join(place.sources, 'index.html'), '<script type="module" src="./main.ts"></script>');
  await writeFile(join(place.sources, 'main.ts'), "document.title = 'one' satisfies string;");
  const folders = await Promise.all(Array.from({ length: 4 }, () => ensureBuilt(place)));
  expect(new Set(folders).size).toBe(1);
  expect(await readdir(place.builds)).toHaveLength(1); // no lock and nothing unfinished is left
  const names = [...(await readBuilt(folders[0] ?? '')).keys()].sort();
  expect(names).toEqual([expect.stringMatching(/^\/assets\/index-[\w-]{8}\.js$/), '/index.html']);
  await writeFile(join(place.sources, 'main.ts'), "document.title = 'two';");
  expect(await ensureBuilt(place)).not.toBe(folders[0]);
});

test('sources that cannot be built are told, and leave nothing', async () => {
  await writeFile(join(place.sources, 'main.ts'), 'import "./nowhere.ts";');
  const before = await readdir(place.builds);
  await expect(ensureBuilt(place)).rejects.toThrow('the pages could not be built');
  expect(await readdir(place.builds)).toEqual(before);
});
