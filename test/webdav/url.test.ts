import { expect, test } from 'vitest';
import { decodeUrlPath, encodeUrlPath, locateReference, locateTarget } from '../../src/domain/http.ts';
import { parseVPath } from '../../src/domain/vpath.ts';

const NAMES: readonly (readonly [string, string])[] = [
  ['/a b', '/files/a%20b'],
  ['/50%', '/files/50%25'],
  ['/a#b?c&d', '/files/a%23b%3Fc%26d'],
  ['/é', '/files/%C3%A9'],
  ['/😀', '/files/%F0%9F%98%80'],
  ["/it's (1)!", "/files/it's%20(1)!"],
  ['/a;b=c,d', '/files/a%3Bb%3Dc%2Cd'],
  ['/a:b@c', '/files/a%3Ab%40c'],
  ['/a\\b', '/files/a%5Cb'],
];

for (const [name, url] of NAMES) {
  test(`${name} is ${url} and back`, () => {
    expect(encodeUrlPath(parseVPath(name), 'file')).toBe(url);
    expect(encodeUrlPath(parseVPath(name), 'folder')).toBe(`${url}/`);
    expect(decodeUrlPath(url)).toBe(`/files${name}`);
  });
}

test('a decomposed name becomes a composed one', () => {
  expect(decodeUrlPath('/e%CC%81')).toBe('/\u00e9');
});

for (const broken of [
  '/%',
  '/%a',
  '/%zz',
  '/%ff',
  '/%c0%ae',
  '/%ed%a0%80',
  '/%00',
  '/%0a',
  '/a%2fb',
  '/a%2Fb',
  '/é',
  '/a b',
  '/..',
  '/%2e%2e',
]) {
  test(`${JSON.stringify(broken)} is no path`, () => {
    expect(() => decodeUrlPath(broken)).toThrowError(expect.objectContaining({ code: 'bad-path' }));
  });
}

const TARGETS = [
  ['/', 'root', '/', true],
  ['//', 'root', '/', true],
  ['/files', 'files', '/', false],
  ['/files/', 'files', '/', true],
  ['/%66iles/a', 'files', '/a', false],
  ['/files//a/', 'files', '/a', true],
  ['/files/a?b/', 'files', '/a', false],
  ['/Files/a', 'elsewhere', '/Files/a', false],
  ['/filesystem', 'elsewhere', '/filesystem', false],
] as const;

for (const [target, place, path, trailingSlash] of TARGETS) {
  test(`the target ${target} lies in ${place}`, () => {
    expect(locateTarget(target)).toMatchObject({ place, path, trailingSlash });
  });
}

const REFERENCES = [
  ['/files/a', 'host:8443', '/a'],
  ['https://host:8443/files/a', 'host:8443', '/a'],
  ['HTTPS://HOST:8443/files/a', 'host:8443', '/a'],
  ['http://host:8443/files/a', 'host:8443', '/a'],
  ['https://host/files/a', 'host:443', '/a'],
  ['https://host:443/files/a', 'host', '/a'],
  ['https://[::1]:8443/files/a', '[::1]:8443', '/a'],
  ['https://host/files/a', 'host:8443', 'other-host'],
  ['https://other:8443/files/a', 'host:8443', 'other-host'],
  ['urn:a:b', 'host', undefined],
  ['files/a', 'host', undefined],
  ['//host/files/a', 'host', undefined],
  ['https://user@host/files/a', 'host', undefined],
  ['https://host:port/files/a', 'host', undefined],
  ['https://host/files/a#b', 'host', undefined],
  ['https:///files/a', 'host', undefined],
  ['', 'host', undefined],
] as const;

for (const [reference, host, expected] of REFERENCES) {
  test(`on ${host}, ${JSON.stringify(reference)} means ${expected ?? 'nothing'}`, () => {
    const locate = () => locateReference(reference, host);
    if (expected === undefined) expect(locate).toThrowError(expect.objectContaining({ code: 'bad-request' }));
    else if (expected === 'other-host') expect(locate()).toBe('other-host');
    else expect(locate()).toMatchObject({ place: 'files', path: expected });
  });
}
