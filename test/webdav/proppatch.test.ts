import { afterAll, beforeAll, expect, test } from 'vitest';
import { type HttpsFixture, openHttps } from '../listen/https-fixture.ts';
import { bodyOf, headerOf } from './ask.ts';
import { type RawClient, rawClient } from './raw-client.ts';

const WORK = '/files/SHARED/work';
const FILE = `${WORK}/props.txt`;

let gateway: HttpsFixture;
let client: RawClient;

beforeAll(async () => {
  gateway = await openHttps();
  client = await rawClient(gateway.certs, gateway.port);
  await ask('PUT', FILE, [], 'x');
});

afterAll(async () => {
  expect(gateway.tree.logger.errors).toEqual([]);
  await gateway.close();
});

function ask(method: string, target: string, headers: readonly string[] = [], body = '') {
  const length = body === '' ? [] : [`Content-Length: ${Buffer.byteLength(body)}`];
  const lines = ['Host: localhost', ...headers, ...length].map((header) => `${header}\r\n`).join('');
  return client.ask(`${method} ${target} HTTP/1.1\r\n${lines}\r\n${body}`);
}

const update = (inner: string, attributes = ''): string =>
  `<?xml version="1.0" encoding="utf-8"?><D:propertyupdate xmlns:D="DAV:" ${attributes}>${inner}</D:propertyupdate>`;
const set = (properties: string): string => `<D:set><D:prop>${properties}</D:prop></D:set>`;
const remove = (properties: string): string => `<D:remove><D:prop>${properties}</D:prop></D:remove>`;

async function patched(body: string, target = FILE): Promise<string> {
  const answer = await ask('PROPPATCH', target, [], body);
  expect(answer.status, answer.text).toBe(207);
  return bodyOf(answer.text);
}

async function found(names: string, target = FILE): Promise<string> {
  const body = `<D:propfind xmlns:D="DAV:"><D:prop>${names}</D:prop></D:propfind>`;
  return bodyOf(Buffer.from((await ask('PROPFIND', target, ['Depth: 0'], body)).text, 'latin1').toString());
}

test('what a client stores comes back as it was: namespaces, attributes, mixed content, language', async () => {
  const value =
    '<z:note xmlns:z="urn:z" z:kind="a&lt;b&#9;c" plain="é">one <b xmlns="urn:b"><z:i/> two</b> &amp; &lt;three&gt; 😀</z:note>';
  await patched(update(set(value), 'xml:lang="nl"'));
  const answer = await found('<z:note xmlns:z="urn:z"/>');
  expect(answer).toContain(
    '<z:note xmlns:z="urn:z" z:kind="a&lt;b&#9;c" plain="é" xml:lang="nl">one <b xmlns="urn:b"><z:i/> two</b> &amp; &lt;three&gt; 😀</z:note>',
  );
});

test('a property of a prefix that was declared far above stands by itself', async () => {
  await patched(update(set('<q:far><q:inner/></q:far>'), 'xmlns:q="urn:q"'));
  expect(await found('<far xmlns="urn:q"/>')).toContain('<q:far xmlns:q="urn:q"><q:inner/></q:far>');
});

test('steps are done in the order they stand in', async () => {
  await patched(update(set('<a xmlns="urn:o">1</a>') + remove('<a xmlns="urn:o"/>')));
  expect(await found('<a xmlns="urn:o"/>')).toContain('HTTP/1.1 404 Not Found');
  await patched(update(remove('<a xmlns="urn:o"/>') + set('<a xmlns="urn:o">2</a>')));
  expect(await found('<a xmlns="urn:o"/>')).toContain('>2</a>');
});

test('one step that is refused undoes all others', async () => {
  const answer = await patched(update(set('<good xmlns="urn:g">1</good>') + set('<D:getetag>mine</D:getetag>')));
  expect(answer).toMatch(
    /<D:prop><D:getetag\/><\/D:prop><D:status>HTTP\/1.1 403 Forbidden<\/D:status><D:error><D:cannot-modify-protected-property\/>/,
  );
  expect(answer).toMatch(/<P:good [^>]*><\/P:good><\/D:prop><D:status>HTTP\/1.1 424 Failed Dependency/);
  expect(await found('<good xmlns="urn:g"/>')).toContain('HTTP/1.1 404 Not Found');
});

test('one name holds 64 KiB and no more', async () => {
  const big = (bytes: number): string => update(set(`<big xmlns="urn:x">${'b'.repeat(bytes)}</big>`));
  await ask('PUT', `${WORK}/big`, [], 'x');
  expect(await patched(big(60_000), `${WORK}/big`)).toContain('HTTP/1.1 200 OK');
  expect(await patched(big(66_000), `${WORK}/big`)).toContain('HTTP/1.1 507 Insufficient Storage');
  expect(await found('<big xmlns="urn:x"/>', `${WORK}/big`)).toContain('b'.repeat(60_000));
});

test('properties stay when the bytes change, move and are copied with the file, and go with it', async () => {
  const name = '<tag xmlns="urn:t"/>';
  await ask('PUT', `${WORK}/p1`, [], '1');
  const tag = headerOf((await ask('HEAD', `${WORK}/p1`)).text, 'ETag');
  await patched(update(set('<tag xmlns="urn:t">kept</tag>')), `${WORK}/p1`);
  expect(headerOf((await ask('HEAD', `${WORK}/p1`)).text, 'ETag')).toBe(tag);
  await ask('PUT', `${WORK}/p1`, [], '2');
  expect(await found(name, `${WORK}/p1`)).toContain('kept');
  await ask('COPY', `${WORK}/p1`, [`Destination: ${WORK}/p2`]);
  await ask('MOVE', `${WORK}/p1`, [`Destination: ${WORK}/p3`]);
  for (const copy of ['p2', 'p3']) expect(await found(name, `${WORK}/${copy}`)).toContain('kept');
  await ask('DELETE', `${WORK}/p2`);
  await ask('PUT', `${WORK}/p2`, [], 'another file');
  expect(await found(name, `${WORK}/p2`)).toContain('404 Not Found');
});

test('allprop and propname tell of stored properties too', async () => {
  await ask('MKCOL', `${WORK}/coloured`);
  await patched(update(set('<colour xmlns="urn:c">red</colour>')), `${WORK}/coloured/`);
  const all = await ask('PROPFIND', `${WORK}/coloured/`, ['Depth: 0']);
  expect(all.text).toContain('<colour xmlns="urn:c">red</colour>');
  const body = '<propfind xmlns="DAV:"><propname/></propfind>';
  const names = await ask('PROPFIND', `${WORK}/coloured/`, ['Depth: 0'], body);
  expect(names.text).toContain('<P:colour xmlns:P="urn:c"></P:colour>');
  expect(names.text).not.toContain('>red<');
});

test('the time that Windows keeps in a property becomes the time of the file', async () => {
  const time = 'Tue, 03 Mar 2026 10:20:30 GMT';
  await patched(
    update(set(`<Z:Win32LastModifiedTime xmlns:Z="urn:schemas-microsoft-com:">${time}</Z:Win32LastModifiedTime>`)),
  );
  expect(headerOf((await ask('HEAD', FILE)).text, 'Last-Modified')).toBe(time);
});

const REFUSED: readonly (readonly [title: string, target: string, body: string, status: number])[] = [
  ['a name that is not there', `${WORK}/absent`, update(set('<a xmlns="urn:a"/>')), 404],
  ['a folder of the configuration', `${WORK}/`, update(set('<a xmlns="urn:a"/>')), 403],
  ['nothing to do', FILE, update(''), 400],
  ['set without prop', FILE, update('<D:set/>'), 400],
  ['another document', FILE, '<D:propfind xmlns:D="DAV:"><D:allprop/></D:propfind>', 400],
  ['a prefix that was never declared', FILE, update(set('<q:a/>')), 400],
];
for (const [title, target, body, status] of REFUSED) {
  test(`refused with ${status}: ${title}`, async () => {
    expect((await ask('PROPPATCH', target, [], body)).status).toBe(status);
  });
}

test('supportedlock and the room that is left are told to who asks', async () => {
  const answer = await found('<D:supportedlock/><D:quota-available-bytes/><D:quota-used-bytes/>', `${WORK}/`);
  expect(answer).toContain('<D:lockscope><D:exclusive/></D:lockscope><D:locktype><D:write/></D:locktype>');
  const used = Number(/quota-used-bytes>(\d+)</.exec(answer)?.[1]);
  const available = Number(/quota-available-bytes>(\d+)</.exec(answer)?.[1]);
  expect([used > 0, used + available]).toEqual([true, 100_000_000_000]);
});
