import { afterAll, beforeAll, expect, test } from 'vitest';
import type { HttpAnswer, HttpRequest } from '../../src/domain/http.ts';
import { locateTarget } from '../../src/domain/http.ts';
import { session } from '../support/generation.ts';
import { bodyOf } from '../support/http-body.ts';
import { type DavTree, openDavTree } from './tree-fixture.ts';

let tree: DavTree;

beforeAll(async () => {
  tree = await openDavTree();
});

afterAll(() => tree.close());

function request(method: string, target: string, headers: Record<string, string> = {}, text = ''): HttpRequest {
  const bytes = Buffer.from(text);
  const body = bodyOf(bytes);
  const map = new Map(Object.entries(headers));
  return {
    ...locateTarget(target),
    method,
    host: 'localhost',
    headers: map,
    body,
    session: session('batch@ksz', 'webdav'),
  };
}

async function textOf(answer: HttpAnswer): Promise<string> {
  if (answer.body === undefined || typeof answer.body === 'string') return answer.body ?? '';
  let text = '';
  for await (const chunk of answer.body instanceof Uint8Array ? [answer.body] : answer.body) {
    text += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
  }
  return text;
}

async function find(target: string, depth: '0' | '1', inner?: string): Promise<string> {
  const body = inner === undefined ? '' : `<propfind xmlns="DAV:" xmlns:x="urn:x">${inner}</propfind>`;
  const answer = await tree.handler(request('PROPFIND', target, { depth }, body));
  expect(answer.status).toBe(207);
  return textOf(answer);
}

const hrefs = (xml: string): string[] => [...xml.matchAll(/<D:href>(.*?)<\/D:href>/g)].map((match) => match[1] ?? '');

test('the host is a folder with one child, the tree, whose top folders are those of the partner', async () => {
  expect(hrefs(await find('/', '1', '<propname/>'))).toEqual(['/', '/files/']);
  expect(hrefs(await find('/', '0', '<propname/>'))).toEqual(['/']);
  expect(hrefs(await find('/files', '1', '<propname/>'))).toEqual([
    '/files/',
    '/files/IN/',
    '/files/INTEST/',
    '/files/INTEST-S/',
    '/files/OUT/',
    '/files/OUTTEST/',
    '/files/SHARED/',
  ]);
});

const NAMES = ['# ?%&.txt', '<b>"x"<b>', 'caf\u00e9', '\u{1f600}', '\uffff', 'n'.repeat(255)];

test('names come back exactly, escaped for URL, XML and page', async () => {
  expect((await tree.handler(request('MKCOL', '/files/SHARED/work/names'))).status).toBe(201);
  const encoded = NAMES.map(encodeURIComponent);
  for (const name of encoded) {
    const put = await tree.handler(request('PUT', `/files/SHARED/work/names/${name}`, {}, 'x'));
    expect(put.status).toBe(201);
  }
  const xml = await find('/files/SHARED/work/names/', '1', '<prop><displayname/></prop>');
  const found = hrefs(xml).map((href) => href.replace('/files/SHARED/work/names/', ''));
  expect(new Set(found)).toEqual(new Set(['', ...encoded]));
  expect(xml).toContain('<D:displayname>&lt;b&gt;&quot;x&quot;&lt;b&gt;</D:displayname>');
  expect(xml).toContain('<D:displayname>\ufffd</D:displayname>'); // U+FFFF can not stand in XML
  const page = await textOf(await tree.handler(request('GET', '/files/SHARED/work/names/')));
  expect(page).toContain('<a href="./%3Cb%3E%22x%22%3Cb%3E">&lt;b&gt;&quot;x&quot;&lt;b&gt;</a>');
  expect(page).toContain('<a href="./%23%20%3F%25%26.txt"># ?%&amp;.txt</a>');
  expect(page).not.toMatch(/<script|javascript:|<b>/);
});

test('prop answers what is there with 200 and the rest with 404, whatever the namespace', async () => {
  await tree.handler(request('PUT', '/files/SHARED/work/f.bin', { 'x-oc-mtime': '784111777' }, 'four'));
  const xml = await find(
    '/files/SHARED/work/f.bin',
    '0',
    '<prop><getcontentlength/><getlastmodified/><x:colour/><nothing xmlns=""/><resourcetype/><x:colour/></prop>',
  );
  expect(xml).toBe(
    '<?xml version="1.0" encoding="utf-8"?>\n<D:multistatus xmlns:D="DAV:">\n' +
      '<D:response><D:href>/files/SHARED/work/f.bin</D:href><D:propstat><D:prop>' +
      '<D:getcontentlength>4</D:getcontentlength>' +
      '<D:getlastmodified>Sun, 06 Nov 1994 08:49:37 GMT</D:getlastmodified><D:resourcetype/>' +
      '</D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat><D:propstat><D:prop>' +
      '<P:colour xmlns:P="urn:x"></P:colour><nothing/>' +
      '</D:prop><D:status>HTTP/1.1 404 Not Found</D:status></D:propstat></D:response>\n</D:multistatus>\n',
  );
});

test('allprop brings the properties of RFC 4918, include more; propname their names alone', async () => {
  const all = await find('/files/SHARED/work/f.bin', '0');
  for (const name of ['displayname', 'getetag', 'creationdate', 'getcontenttype', 'supportedlock', 'lockdiscovery']) {
    expect(all).toContain(`<D:${name}`);
  }
  expect(all).not.toContain('current-user-principal');
  const more = await find('/files/SHARED/work/f.bin', '0', '<allprop/><include><current-user-principal/></include>');
  expect(more).toContain('<D:current-user-principal><D:href>/principals/batch%40ksz/</D:href>');
  expect(await find('/files/SHARED/work/f.bin', '0', '<propname/>')).toContain('<D:getcontentlength/>');
  expect(await find('/files/SHARED/work', '0', '<prop><resourcetype/></prop>')).toContain(
    '<D:resourcetype><D:collection/></D:resourcetype>',
  );
});

test('a listing of everything is refused with the element that says so', async () => {
  const answer = await tree.handler(request('PROPFIND', '/files/', { depth: 'infinity' }));
  expect(answer.status).toBe(403);
  expect(await textOf(answer)).toContain('<D:error xmlns:D="DAV:"><D:propfind-finite-depth/>');
});

test('XML in UTF-16 is read', async () => {
  const text = '\ufeff<?xml version="1.0" encoding="utf-16"?><propfind xmlns="DAV:"><propname/></propfind>';
  const body = Buffer.from(text, 'utf16le');
  const asked = request('PROPFIND', '/files/', { depth: '0' });
  const answer = await tree.handler({
    ...asked,
    body: bodyOf(body),
  });
  expect(answer.status).toBe(207);
});

test('a folder is shown as a page, under a URL that ends in a slash', async () => {
  const moved = await tree.handler(request('GET', '/files/SHARED'));
  expect([moved.status, moved.headers.Location]).toEqual([302, '/files/SHARED/']);
  expect((await tree.handler(request('GET', '/'))).headers.Location).toBe('/files/');
  expect((await tree.handler(request('GET', '/files/SHARED/work/f.bin/'))).status).toBe(404);
});

test('a short listing is sent whole, so that a client that stops at the last tag can use its connection again', async () => {
  const answer = await tree.handler(request('PROPFIND', '/files/SHARED/work/', { depth: '0' }));
  expect(answer.body).toMatch(/<\/D:multistatus>\n$/);
});

test('a long listing is sent while it is made, and all of it', async () => {
  const { headers } = await tree.handler(request('MKCOL', '/files/SHARED/work/many'));
  expect(headers).toEqual({});
  const names = Array.from({ length: 120 }, (_, index) => `file-${String(index).padStart(3, '0')}`);
  for (const name of names) await tree.handler(request('PUT', `/files/SHARED/work/many/${name}`));
  const answer = await tree.handler(request('PROPFIND', '/files/SHARED/work/many/', { depth: '1' }));
  expect(typeof answer.body).toBe('object');
  const paths = names.map((name) => `/files/SHARED/work/many/${name}`);
  expect(hrefs(await textOf(answer))).toEqual(['/files/SHARED/work/many/', ...paths]);
});
