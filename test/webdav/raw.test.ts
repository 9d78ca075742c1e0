import { afterAll, beforeAll, expect, test } from 'vitest';
import { type HttpsFixture, openHttps } from '../listen/https-fixture.ts';
import { type RawClient, rawClient } from './raw-client.ts';

let gateway: HttpsFixture;
let client: RawClient;

beforeAll(async () => {
  gateway = await openHttps();
  client = await rawClient(gateway.certs, gateway.port);
  expect((await client.ask(put('/files/SHARED/work/there.txt', 'there'))).status).toBe(201);
  expect((await client.ask(line('MKCOL', '/files/SHARED/work/dir'))).status).toBe(201);
});

afterAll(() => gateway.close());

const HOST = 'Host: localhost\r\n';
const WORK = '/files/SHARED/work';

function line(method: string, target: string, headers: readonly string[] = [], body = ''): string {
  const length = body === '' ? [] : [`Content-Length: ${Buffer.byteLength(body)}`];
  return `${method} ${target} HTTP/1.1\r\n${HOST}${[...headers, ...length].map((header) => `${header}\r\n`).join('')}\r\n${body}`;
}

function put(target: string, body: string, headers: readonly string[] = []): string {
  return line('PUT', target, headers, body);
}

const find = (body: string, headers: readonly string[] = ['Depth: 0']): string => line('PROPFIND', WORK, headers, body);
const propfind = (inner: string): string =>
  find(`<?xml version="1.0"?><D:propfind xmlns:D="DAV:">${inner}</D:propfind>`);
const move = (...headers: string[]): string => line('MOVE', `${WORK}/there.txt`, headers);
const copy = (...headers: string[]): string => line('COPY', `${WORK}/there.txt`, headers);
const many = (count: number): string[] => Array.from({ length: count }, (_, index) => `X-${index}: 1`);

type Case = readonly [title: string, request: string | Buffer, status: number];

const TARGETS: readonly Case[] = [
  ['a percent sign without digits', line('GET', '/files/%zz'), 400],
  ['a percent sign at the end', line('GET', '/files/a%'), 400],
  ['bytes that are not UTF-8', line('GET', '/files/%ff'), 400],
  ['an overlong "/"', line('GET', '/files/%c0%af'), 400],
  ['half of a surrogate pair', line('GET', '/files/%ed%a0%80'), 400],
  ['NUL', line('GET', '/files/a%00b'), 400],
  ['a newline in a name', line('PUT', '/files/SHARED/work/a%0ab'), 400],
  ['DEL in a name', line('MKCOL', '/files/SHARED/work/%7f'), 400],
  ['an encoded slash', line('GET', '/files/SHARED%2Fwork'), 400],
  ['a path that climbs', line('GET', '/files/../../etc/passwd'), 400],
  ['a path that climbs, encoded', line('GET', '/files/%2e%2e/%2e%2e/etc/passwd'), 400],
  ['a raw byte above ASCII', Buffer.from(`GET /files/\xe9 HTTP/1.1\r\n${HOST}\r\n`, 'latin1'), 400],
  ['a fragment', line('DELETE', `${WORK}/there.txt#x`), 400],
  ['a whole URL of another scheme as target', line('GET', 'ftp://localhost/files/'), 400],
  ['a target without slash', line('GET', 'files'), 400],
  ['an asterisk on GET', line('GET', '*'), 400],
  ['a name of 256 bytes', line('PUT', `${WORK}/${'n'.repeat(256)}`), 400],
  ['a path of 4097 bytes', line('GET', `/files/${'abcdefg/'.repeat(511)}abcdefghi`), 400],
  ['nothing under this name', line('GET', '/files/nothing'), 404],
  ['a place that is not the tree', line('GET', '/etc/passwd'), 404],
  ['a name that only begins like the tree', line('GET', '/filesystem'), 404],
];

const FRAMING: readonly Case[] = [
  ['a Content-Length of 2^53', line('PUT', `${WORK}/x`, ['Content-Length: 9007199254740992']), 413],
  ['a Content-Length of 2^63', line('PUT', `${WORK}/x`, ['Content-Length: 9223372036854775808']), 413],
  ['a Content-Length beyond 64 bits', line('PUT', `${WORK}/x`, ['Content-Length: 99999999999999999999999']), 413],
  ['a negative Content-Length', line('PUT', `${WORK}/x`, ['Content-Length: -1']), 400],
  ['a hexadecimal Content-Length', line('PUT', `${WORK}/x`, ['Content-Length: 0x10']), 400],
  ['two Content-Lengths', line('PUT', `${WORK}/x`, ['Content-Length: 1', 'Content-Length: 2'], ''), 400],
  ['a file above the limit', line('PUT', `${WORK}/x`, [`Content-Length: ${2 ** 33}`]), 413],
  ['length and chunks at once', line('PUT', `${WORK}/x`, ['Content-Length: 1', 'Transfer-Encoding: chunked']), 400],
  ['gzip as transfer coding', line('PUT', `${WORK}/x`, ['Transfer-Encoding: gzip, chunked']), 501],
  ['a chunk size that is no number', `${line('PUT', `${WORK}/x`, ['Transfer-Encoding: chunked'])}zz\r\n`, 400],
  ['a body on GET', line('GET', `${WORK}/there.txt`, [], 'body'), 400],
  ['a body on HEAD', line('HEAD', `${WORK}/there.txt`, [], 'body'), 400],
  ['a body on DELETE', line('DELETE', `${WORK}/there.txt`, [], 'body'), 415],
  ['a body on MKCOL', line('MKCOL', `${WORK}/new`, [], '<a/>'), 415],
  ['a body on MOVE', line('MOVE', `${WORK}/there.txt`, [`Destination: ${WORK}/x`], 'body'), 415],
  ['an expectation nobody knows', line('PUT', `${WORK}/x`, ['Expect: miracles', 'Content-Length: 1']), 417],
  ['no Host', 'GET /files/ HTTP/1.1\r\n\r\n', 400],
  ['two Hosts', line('GET', '/files/', ['Host: other']), 400],
  ['a Host with a path', 'GET /files/ HTTP/1.1\r\nHost: a/b\r\n\r\n', 400],
  ['101 headers', line('GET', '/files/', many(100)), 431],
  ['16 KiB of headers', line('GET', '/files/', [`X: ${'x'.repeat(16 * 1024)}`]), 431],
  ['a folded header', `GET /files/ HTTP/1.1\r\n${HOST}X: a\r\n b\r\n\r\n`, 400],
  ['a header without colon', `GET /files/ HTTP/1.1\r\n${HOST}nothing\r\n\r\n`, 400],
  ['a space before the colon', `GET /files/ HTTP/1.1\r\n${HOST}X : 1\r\n\r\n`, 400],
  ['NUL in a header', `GET /files/ HTTP/1.1\r\n${HOST}X: a\0b\r\n\r\n`, 400],
  ['HTTP/9.9', `GET /files/ HTTP/9.9\r\n${HOST}\r\n`, 505],
  ['bytes that are not HTTP', Buffer.from([0, 1, 2, 3, 0xff, 0xfe, 13, 10, 13, 10]), 400],
  ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 505],
  ['TRACE', line('TRACE', '/files/'), 501],
  ['SEARCH', line('SEARCH', '/files/'), 501],
  ['CONNECT', line('CONNECT', 'localhost:22'), 501],
  ['POST', line('POST', '/files/'), 405],
  ['LOCK without a body and without a token', line('LOCK', `${WORK}/there.txt`), 400],
  ['PROPPATCH of something else', line('PROPPATCH', `${WORK}/there.txt`, [], '<a/>'), 400],
];

const HEADERS: readonly Case[] = [
  ['an If without lists', line('GET', `${WORK}/there.txt`, ['If: nonsense']), 400],
  ['an If that never closes', line('PUT', `${WORK}/x`, ['If: (<urn:a:b>', 'Content-Length: 0']), 400],
  ['an If with a tag and no list', line('PUT', `${WORK}/x`, ['If: </files/x>', 'Content-Length: 0']), 400],
  ['an If-Match without quotes', line('PUT', `${WORK}/x`, ['If-Match: abc', 'Content-Length: 0']), 400],
  ['a token of a lock nobody holds', line('DELETE', `${WORK}/there.txt`, ['If: (<urn:uuid:1>)']), 412],
  ['no Destination', move(), 400],
  ['an empty Destination', move('Destination: '), 400],
  ['a Destination that is no URL', move('Destination: x'), 400],
  ['a Destination with a bad escape', move(`Destination: ${WORK}/%zz`), 400],
  ['a Destination with NUL', move(`Destination: ${WORK}/%00`), 400],
  ['a Destination that climbs', move(`Destination: ${WORK}/../../../x`), 400],
  ['a Destination with a user', move(`Destination: https://a:b@localhost${WORK}/x`), 400],
  ['a Destination on another host', move(`Destination: https://other.example${WORK}/x`), 502],
  ['a Destination on another port', move(`Destination: https://localhost:1${WORK}/x`), 502],
  ['a Destination of another scheme', move(`Destination: ftp://localhost${WORK}/x`), 502],
  ['a Destination without host', move('Destination: //x'), 400],
  ['a Destination outside the tree', move('Destination: /etc/passwd'), 403],
  ['a Destination that is the source', copy(`Destination: ${WORK}/there.txt`), 403],
  ['a Destination below a file', copy(`Destination: ${WORK}/there.txt/x`), 403],
  ['two Destinations', copy(`Destination: ${WORK}/x`, `Destination: ${WORK}/y`), 400],
  ['a Destination without parent', copy(`Destination: ${WORK}/none/x`), 409],
  ['an Overwrite that is neither', copy(`Destination: ${WORK}/x`, 'Overwrite: yes'), 400],
  ['a Depth that is none', find('', ['Depth: 2']), 400],
  ['MOVE with Depth 0', move(`Destination: ${WORK}/x`, 'Depth: 0'), 400],
  ['COPY with Depth 1', copy(`Destination: ${WORK}/x`, 'Depth: 1'), 400],
  ['DELETE with Depth 0', line('DELETE', `${WORK}/dir`, ['Depth: 0']), 400],
  ['a range beyond the end', line('GET', `${WORK}/there.txt`, ['Range: bytes=5-']), 416],
  ['PUT into the middle of a file', put(`${WORK}/there.txt`, 'x', ['Content-Range: bytes 1-1/5']), 400],
  ['PUT of compressed bytes', put(`${WORK}/there.txt`, 'x', ['Content-Encoding: gzip']), 415],
  ['PUT on a folder', put(`${WORK}/dir`, 'x'), 405],
  ['PUT on a name with a slash', put(`${WORK}/x/`, 'x'), 405],
  ['a digest that is none', put(`${WORK}/x`, 'x', ['Repr-Digest: sha-256=nonsense']), 400],
  ['a digest of other bytes', put(`${WORK}/x`, 'x', [`OC-Checksum: SHA256:${'0'.repeat(64)}`]), 400],
  ['a time that is none', put(`${WORK}/x`, 'x', ['X-OC-Mtime: yesterday']), 400],
  ['DELETE of /', line('DELETE', '/'), 403],
  ['DELETE of the tree', line('DELETE', '/files/'), 403],
  ['MKCOL on a folder', line('MKCOL', `${WORK}/dir`), 405],
  ['MKCOL without parent', line('MKCOL', `${WORK}/none/x`), 409],
];

const XML: readonly Case[] = [
  ['XML that is not closed', propfind('<D:prop>'), 400],
  ['XML with an unknown prefix', propfind('<X:prop/>'), 400],
  ['XML with a DTD', find('<!DOCTYPE a [<!ENTITY b "c">]><D:propfind xmlns:D="DAV:"><D:allprop/></D:propfind>'), 400],
  ['XML with an external entity', find('<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>'), 400],
  ['XML with an unknown entity', propfind('<D:allprop/>&b;'), 400],
  ['XML nested 40 deep', propfind(`<D:prop>${'<a>'.repeat(40)}${'</a>'.repeat(40)}</D:prop>`), 400],
  [
    'XML with 100 attributes',
    propfind(`<D:prop ${Array.from({ length: 100 }, (_, index) => `a${index}=""`).join(' ')}/>`),
    400,
  ],
  ['XML with 300 properties', propfind(`<D:prop>${nameList(300)}</D:prop>`), 400],
  [
    'XML that is not UTF-8',
    Buffer.from(`${find('', ['Content-Length: 8']).trimEnd()}\r\n\r\n<a>\xff</a>`, 'latin1'),
    400,
  ],
  ['another root element', find('<D:lockinfo xmlns:D="DAV:"/>'), 400],
  ['a propfind that asks nothing', propfind(''), 400],
  ['a propfind that asks two things', propfind('<D:allprop/><D:propname/>'), 400],
  ['JSON', find('{}'), 400],
  ['257 KiB of XML', find(`<a>${' '.repeat(257 * 1024)}</a>`), 413],
  ['a listing of everything', find('', ['Depth: infinity']), 403],
  ['a listing without Depth', find('', []), 403],
];

function nameList(count: number): string {
  return Array.from({ length: count }, (_, index) => `<p${index}/>`).join('');
}

for (const [title, request, status] of [...TARGETS, ...FRAMING, ...HEADERS, ...XML]) {
  test(`refused with ${status}: ${title}`, async () => {
    const answer = await client.ask(request);
    expect(answer.status, answer.text).toBe(status);
    expect(answer.text).not.toMatch(/node:|\/work\/|\.ts:|Error:/);
    expect((await client.ask(line('GET', `${WORK}/there.txt`))).text).toMatch(/\r\n\r\nthere$/);
    expect(gateway.tree.logger.errors).toEqual([]);
  });
}
