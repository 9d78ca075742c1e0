import fc from 'fast-check';
import { CAUSES } from '../hostile-requests/all.ts';

/** One connection's worth of bytes, a character for a byte. */
export type FuzzRequest = string;

const SEEDS: readonly string[] = CAUSES.flatMap(({ twin, cases }) => [twin, ...cases])
  .map(({ bytes }) => bytes.toString('latin1'))
  .filter((text) => text.length < 4000);

const METHODS = [
  ...['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'POST', 'PATCH', 'MKCOL', 'COPY', 'MOVE'],
  ...['PROPFIND', 'PROPPATCH', 'LOCK', 'UNLOCK', 'TRACE', 'CONNECT', 'get', 'BREW'],
];

const PLAIN = ['a', 'b.txt', 'dir', 'there.txt', '%C3%A9', 'e%CC%81', '%F0%9F%98%80', 'x.part'];

const SEGMENTS = [
  ...['c d', '%20', '%2e', '%2e%2e', '..', '.', '', '%00', '%ff', '%2f', '%5c'],
  ...[
    '%C3%A9',
    'e%CC%81',
    '%F0%9F%98%80',
    '%ed%a0%80',
    '%c0%ae',
    '%252e',
    'CON',
    '~$x',
    '._x',
    'x.part',
    '%zz',
    '#',
    '?',
  ],
  ...['n'.repeat(255), 'n'.repeat(256), ';v=1', '*', '%0d%0a', 'GO', '1_ADRM_x.csv'],
];

const ROOTS = [
  ...[
    '/files/SHARED/work/',
    '/files/SHARED/work/',
    '/files/SHARED/work/',
    '/files/SHARED/canary/',
    '/files/SHARED/secret/',
  ],
  ...[
    '/files/IN/ADRM/',
    '/files/IN/WLAT/',
    '/files/OUT/ADRM/',
    '/files/',
    '/',
    '/files',
    '/step-up',
    '/api/v1/step-up',
    '',
  ],
];

const VALUES: Readonly<Record<string, readonly string[]>> = {
  Depth: ['0', '1', 'infinity', '2', '', '-1'],
  Overwrite: ['T', 'F', 'x'],
  Timeout: ['Second-1', 'Infinite', 'x'],
  'Lock-Token': ['<urn:uuid:00000000-0000-4000-8000-000000000000>', '<>', 'x'],
  If: [
    '(<urn:uuid:00000000-0000-4000-8000-000000000000>)',
    '(Not <urn:x:y>)',
    '(["a"])',
    '(',
    '</files/> (["a"])',
    '()',
  ],
  'If-Match': ['*', '"a"', 'W/"a"', 'a', '"'],
  'If-None-Match': ['*', '"a"', 'a'],
  'If-Modified-Since': ['Thu, 01 Jan 1970 00:00:00 GMT', 'x'],
  'If-Range': ['"a"', 'x'],
  Range: ['bytes=0-0', 'bytes=-1', 'bytes=0-,0-', 'bytes=9-', 'x', 'bytes=0-0,2-2'],
  'Content-Range': ['bytes 0-0/1', 'bytes 0-0/2', 'bytes */5', 'bytes 1-1/2', 'x'],
  'X-Update-Range': ['append', 'bytes=0-', ''],
  'Content-Type': ['application/x-sabredav-partialupdate', 'application/xml', 'application/json', 'x'],
  'Content-Encoding': ['identity', 'gzip'],
  'Repr-Digest': ['sha-256=:x:', 'x'],
  'OC-Checksum': ['SHA256:x', 'MD5:x'],
  'X-OC-Mtime': ['1', '-1', 'x'],
  'X-Expected-Entity-Length': ['5', '99999999999999', 'x'],
  Expect: ['100-continue', 'x'],
  Connection: ['close', 'keep-alive', 'Upgrade', 'TE, close'],
  Upgrade: ['websocket', 'h2c'],
  'Transfer-Encoding': ['chunked', 'gzip, chunked', 'x'],
  'Content-Length': ['0', '1', '5', '-1', '99999999999999999999', '8589934592'],
  Host: ['localhost', '', 'a b', 'localhost:1'],
  'Accept-Language': ['nl', 'fr;q=x', '*'],
};

const target = fc
  .tuple(
    fc.constantFrom(...ROOTS),
    fc.array(
      fc.oneof(
        { weight: 3, arbitrary: fc.constantFrom(...PLAIN) },
        { weight: 1, arbitrary: fc.constantFrom(...SEGMENTS) },
      ),
      { maxLength: 3 },
    ),
  )
  .map(([root, segments]) => `${root}${segments.join('/')}`);

const header = fc.oneof(
  {
    weight: 20,
    arbitrary: fc
      .constantFrom(...Object.keys(VALUES))
      .chain((name) => fc.constantFrom(...(VALUES[name] ?? ['']).map((value) => `${name}: ${value}`))),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom('Destination', 'If', 'X-Original-URL'), target)
      .map(([name, to]) => `${name}: ${to}`),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(...Object.keys(VALUES)), fc.string({ maxLength: 30 }))
      .map(([name, value]) => `${name}: ${value}`),
  },
  { weight: 1, arbitrary: fc.string({ maxLength: 40, unit: 'binary-ascii' }) },
);

const xml = fc
  .array(
    fc.constantFrom(
      ...['<D:prop>', '</D:prop>', '<D:allprop/>', '<D:propname/>', '<D:set>', '</D:set>', '<D:remove>', '</D:remove>'],
      ...['<D:lockscope><D:exclusive/></D:lockscope>', '<D:locktype><D:write/></D:locktype>', '<D:owner>o</D:owner>'],
      ...['<X:a xmlns:X="urn:x">1</X:a>', '<D:getetag/>', '&a;', '&#0;', '<![CDATA[', ']]>', '<!--', '-->', '<?a b?>'],
      ...['<!DOCTYPE a>', '\u0000', '\u00ff', ' xmlns:D="DAV:"', 'text'],
    ),
    { maxLength: 8 },
  )
  .chain((inner) =>
    fc
      .constantFrom('propfind', 'propertyupdate', 'lockinfo', 'x')
      .map((root) => `<D:${root} xmlns:D="DAV:">${inner.join('')}</D:${root}>`),
  );

const body = fc.oneof(
  { weight: 3, arbitrary: fc.constant('') },
  { weight: 3, arbitrary: xml },
  { weight: 2, arbitrary: fc.string({ maxLength: 60, unit: 'binary-ascii' }) },
  { weight: 1, arbitrary: fc.constant('5\r\nhello\r\n0\r\n\r\n') },
  { weight: 1, arbitrary: fc.constantFrom('5\r\nhel', 'zz\r\n', '0\r\n\r\n', 'ffffffffffffffff\r\n') },
);

/** Requests that are made of parts; many of them are well-formed. */
const built = fc
  .tuple(fc.constantFrom(...METHODS), target, fc.array(header, { maxLength: 3 }), body, fc.boolean())
  .map(([method, where, headers, content, honest]) => {
    const length = honest && content !== '' ? [`Content-Length: ${content.length}`] : [];
    const head = [`${method} ${where} HTTP/1.1`, 'Host: localhost', ...headers, ...length];
    return `${head.join('\r\n')}\r\n\r\n${content}`;
  });

const NAMES = [
  ...['work/a', 'work/b', 'work/c.txt', 'work/dir', 'work/dir/d', 'work/dir/e'],
  ...['canary/canary.txt', 'canary/a', 'secret/secret.txt', 'secret/a'],
];
const LOCKINFO = '<lockinfo xmlns="DAV:"><lockscope><shared/></lockscope><locktype><write/></locktype></lockinfo>';
const UPDATE = '<propertyupdate xmlns="DAV:"><set><prop><a xmlns="urn:x">1</a></prop></set></propertyupdate>';

/** What an ordinary client would send, so that the tree is never the same for long. */
const orderly = fc
  .tuple(
    fc.constantFrom('GET', 'PUT', 'PUT', 'DELETE', 'MKCOL', 'COPY', 'MOVE', 'PROPFIND', 'PROPPATCH', 'LOCK'),
    fc.constantFrom(...NAMES),
    fc.constantFrom(...NAMES),
    fc.array(header, { maxLength: 1 }),
  )
  .map(([method, name, other, headers]) => {
    const bodies: Readonly<Record<string, string>> = { PUT: name.repeat(20), PROPPATCH: UPDATE, LOCK: LOCKINFO };
    const content = bodies[method] ?? '';
    const head = [`${method} /files/SHARED/${name} HTTP/1.1`, 'Host: localhost', 'Depth: 0', 'Timeout: Second-1'];
    const framing = content === '' ? [] : [`Content-Length: ${content.length}`];
    const transfer = method === 'COPY' || method === 'MOVE' ? [`Destination: /files/SHARED/${other}`] : [];
    const depth = method === 'MOVE' || method === 'DELETE' ? head.filter((line) => line !== 'Depth: 0') : head;
    return `${[...depth, ...transfer, ...framing, ...headers].join('\r\n')}\r\n\r\n${content}`;
  });

type Mutation = (text: string) => string;

const at = (text: string, where: number): number => Math.floor(where * (text.length + 1));
const BITS = [
  '\r\n',
  '\n',
  '\r',
  '\0',
  ' ',
  '\t',
  ':',
  '%',
  '/',
  '..',
  '\xff',
  ',',
  ';',
  '"',
  '<',
  '>',
  '(',
  ')',
  '[',
  '\r\n\r\n',
  '0',
];
const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(place, fc.constantFrom(...BITS)).map(
    ([where, bit]): Mutation =>
      (text) =>
        text.slice(0, at(text, where)) + bit + text.slice(at(text, where)),
  ),
  fc.tuple(place, fc.integer({ min: 0, max: 255 })).map(
    ([where, code]): Mutation =>
      (text) =>
        text.slice(0, at(text, where)) + String.fromCharCode(code) + text.slice(at(text, where) + 1),
  ),
  fc.tuple(place, fc.integer({ min: 1, max: 20 })).map(
    ([where, count]): Mutation =>
      (text) =>
        text.slice(0, at(text, where)) + text.slice(at(text, where) + count),
  ),
  fc.tuple(place, fc.integer({ min: 1, max: 50 })).map(
    ([where, count]): Mutation =>
      (text) =>
        text.slice(0, at(text, where)) + text.slice(at(text, where) - count),
  ),
  place.map(
    (where): Mutation =>
      (text) =>
        text.slice(0, at(text, where)),
  ),
  fc.tuple(place, fc.constantFrom(...SEEDS), place).map(
    ([where, other, from]): Mutation =>
      (text) =>
        text.slice(0, at(text, where)) + other.slice(at(other, from)),
  ),
);

/** Requests of the table with some bytes changed. */
const mutated = fc
  .tuple(fc.constantFrom(...SEEDS), fc.array(mutation, { minLength: 1, maxLength: 4 }))
  .map(([seed, mutations]) => mutations.reduce((text, change) => change(text), seed));

const noise = fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes).toString('latin1'));

/** What a hostile client may send: built from parts, mutated, noise, or two of them behind each other. */
export const fuzzRequest: fc.Arbitrary<FuzzRequest> = fc.oneof(
  { weight: 4, arbitrary: orderly },
  { weight: 6, arbitrary: built },
  { weight: 6, arbitrary: mutated },
  { weight: 1, arbitrary: noise },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.oneof(orderly, built, mutated), fc.oneof(built, mutated)).map((two) => two.join('')),
  },
);
