import { type Cause, FILE, FOLDER, get, is, join, many, raw, request, WORK } from './case.ts';

const line = `GET ${FILE} HTTP/1.1`;
const H = 'Host: localhost';
const host = (...lines: readonly string[]): Buffer => raw(line, ...lines);
const text = (lines: string): Buffer => join(`${line}\r\n${H}\r\n${lines}\r\n\r\n`);

/** RFC 9112 §5, RFC 9110 §5, §7.2. */
export const HEADERS: readonly Cause[] = [
  {
    cause: 'no Host, or more than one',
    rule: 'RFC 9112 §3.2: 400',
    twin: is('one', host('Host: localhost'), 200),
    cases: [
      is('none', raw(line), 400),
      is('none, but another header', raw(line, 'X-Host: localhost'), 400),
      is('two', host('Host: localhost', 'Host: other'), 400),
      is('two that are equal', host('Host: localhost', 'Host: localhost'), 400),
      is('two in different case', host('Host: localhost', 'HOST: other'), 400),
      is('a list', host('Host: localhost, other'), 400),
    ],
  },
  {
    cause: 'a Host that is no host',
    rule: 'RFC 9112 §3.2: uri-host [ ":" port ] (RFC 3986 §3.2.2); 400',
    twin: is('IPv6 with a port', host('Host: [::1]:8443'), 200),
    cases: [
      is('empty', host('Host:'), 400),
      is('a path', host('Host: localhost/files'), 400),
      is('a space', host('Host: local host'), 400),
      is('a user', host('Host: anna@localhost'), 400),
      is('a scheme', host('Host: https://localhost'), 400),
      is('half a bracket', host('Host: [::1'), 400),
      is('IPv6 without brackets', host('Host: ::1'), 400),
      is('bytes above ASCII', host('Host: h\xf4te'), 400),
    ],
  },
  {
    cause: 'a port that is none',
    rule: 'RFC 3986 §3.2.3: port = *DIGIT, and TCP has 65535 of them; 400',
    twin: is('an empty port', host('Host: localhost:'), 200),
    cases: [
      is('letters', host('Host: localhost:https'), 400),
      is('65536', host('Host: localhost:65536'), 400),
      is('99999', host('Host: localhost:99999'), 400),
      is('minus', host('Host: localhost:-1'), 400),
      is('two', host('Host: localhost:1:2'), 400),
      is('no host before it', host('Host: :443'), 400),
    ],
  },
  {
    cause: 'more headers than are read',
    rule: 'RFC 6585 §5: 431',
    twin: is('100 of them', host(H, ...many(99, (index) => `X-${index}: 1`)), 200),
    cases: [
      is('101', host(H, ...many(100, (index) => `X-${index}: 1`)), 431),
      is('101 of one name', host(H, ...many(100, () => 'X: 1')), 431),
      is('3000', host(H, ...many(3000, () => 'X:1')), 431),
    ],
  },
  {
    cause: 'headers that are too large',
    rule: 'RFC 6585 §5: 431',
    twin: is('one of 15,000 bytes', host(H, `X: ${'x'.repeat(15_000)}`), 200),
    cases: [
      is('one of 16 KiB', host(H, `X: ${'x'.repeat(16 * 1024)}`), 431),
      is('one of 100 kB', host(H, `X: ${'x'.repeat(100_000)}`), 431),
      is('a name of 16 KiB', host(H, `${'X'.repeat(16 * 1024)}: 1`), 431),
      is('many that add up', host(H, ...many(90, () => `X: ${'x'.repeat(200)}`)), 431),
      is('a million bytes', host(H, `X: ${'x'.repeat(1_000_000)}`), 431),
    ],
  },
  {
    cause: 'a folded header',
    rule: 'RFC 9112 §5.2: 400',
    twin: is('the same on one line', text('X: a b'), 200),
    cases: [
      is('a space', text('X: a\r\n b'), 400),
      is('a tab', text('X: a\r\n\tb'), 400),
      is('nothing before the fold', text('X:\r\n b'), 400),
      is('nothing after it', text('X: a\r\n '), 400),
      is('a Host', join(`${line}\r\nHost:\r\n localhost\r\n\r\n`), 400),
    ],
  },
  {
    cause: 'white space before the first header',
    rule: 'RFC 9112 §2.2: rejected as invalid; 400',
    twin: is('none', text('X: a'), 200),
    cases: [
      is('a space', raw(line, ` ${H}`), 400),
      is('a tab', raw(line, `\t${H}`), 400),
      is('a line of spaces', raw(line, '  ', H), 400),
    ],
  },
  {
    cause: 'a header name that is none',
    rule: 'RFC 9112 §5.1: token, no space before the colon; 400',
    twin: is('a token of marks', text("!#$%&'*+-.^_`|~: a"), 200),
    cases: [
      is('a space before the colon', text('X : a'), 400),
      is('a tab before the colon', text('X\t: a'), 400),
      is('empty', text(': a'), 400),
      is('no colon', text('nothing'), 400),
      is('a byte above ASCII', text('X\xe9: a'), 400),
      is('brackets', text('X(): a'), 400),
      is('NUL', text('X\0: a'), 400),
      is('a space inside', text('X Y: a'), 400),
    ],
  },
  {
    cause: 'a header value that is none',
    rule: 'RFC 9110 §5.5: CR, LF, NUL and other controls are invalid; 400',
    twin: is('a tab, and bytes above ASCII', text('X: a\tb \xe9'), 200),
    cases: [
      is('NUL', text('X: a\0b'), 400),
      is('CR', text('X: a\rb'), 400),
      is('CR at the end', text('X: a\r'), 400),
      is('LF', text('X: a\nY: b'), 400),
      is('escape', text('X: \x1b[2J'), 400),
      is('DEL', text('X: a\x7fb'), 400),
      is('a backspace', text('X: a\x08b'), 400),
    ],
  },
  {
    cause: 'a header that has one value and stands twice',
    rule: 'RFC 9110 §5.3: only lists may be repeated; what can be read in two ways is 400',
    twin: is('a list that stands twice', get('If-None-Match: "a"', 'If-None-Match: "b"'), 200),
    cases: [
      is('Depth', request('PROPFIND', FOLDER, ['Depth: 0', 'Depth: 1']), 400),
      is('Range', get('Range: bytes=0-0', 'Range: bytes=1-1'), 400),
      is('Overwrite', request('COPY', FILE, [`Destination: ${WORK}/n`, 'Overwrite: T', 'Overwrite: F']), 400),
      is('Expect', request('PUT', `${WORK}/n`, ['Expect: 100-continue', 'Expect: 100-continue'], 'x'), 400),
      is('If', get('If: (["a"])', 'If: (["b"])'), 400),
      is(
        'Content-Type',
        request('PUT', `${WORK}/n`, ['Content-Type: text/plain', 'Content-Type: text/html'], 'x'),
        400,
      ),
      is('If-Modified-Since', get('If-Modified-Since: 0', 'If-Modified-Since: 1'), 400),
      is('X-OC-Mtime', request('PUT', `${WORK}/n`, ['X-OC-Mtime: 1', 'X-OC-Mtime: 2'], 'x'), 400),
    ],
  },
  {
    cause: 'an upgrade that is asked for',
    rule: 'RFC 9110 §7.8: passed over; the request is answered as it stands, never 101',
    twin: is('none', get('Connection: close'), 200),
    cases: [
      is(
        'WebSocket',
        get(
          'Connection: Upgrade',
          'Upgrade: websocket',
          'Sec-WebSocket-Version: 13',
          'Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==',
        ),
        200,
      ),
      is(
        'h2c',
        get('Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA'),
        200,
      ),
      is('TLS/1.0', request('OPTIONS', FILE, ['Connection: Upgrade', 'Upgrade: TLS/1.0']), 200),
      is('anything', get('Connection: upgrade', 'Upgrade: anything'), 200),
      is('on PUT', request('PUT', `${WORK}/upgrade.txt`, ['Connection: Upgrade', 'Upgrade: websocket'], 'x'), 201),
    ],
  },
  {
    cause: 'headers by which others are told who somebody is',
    rule: 'RFC 9110 §7.4, RFC 7239 §8.1: nothing a client says of itself counts; the certificate does',
    twin: is('without them', request('PROPFIND', '/files/IN/', ['Depth: 1']), 207),
    cases: [
      is('X-Forwarded-For', request('GET', '/files/IN/WLAT/', ['X-Forwarded-For: 10.0.0.1']), 404),
      is('Forwarded', request('GET', '/files/IN/WLAT/', ['Forwarded: for=10.0.0.1;proto=https']), 404),
      is('X-Original-URL', request('GET', '/files/nothing', ['X-Original-URL: /files/SHARED/work/there.txt']), 404),
      is('X-HTTP-Method-Override', get('X-HTTP-Method-Override: DELETE'), 200),
      is(
        'X-Client-Cert',
        request('GET', '/files/IN/WLAT/', ['X-Client-Cert: batch@rva', 'X-SSL-Client-Verify: SUCCESS']),
        404,
      ),
      is('Authorization', request('GET', '/files/IN/WLAT/', ['Authorization: Basic cnZhOnJ2YQ==']), 404),
      is('Cookie', request('GET', '/files/IN/WLAT/', ['Cookie: session=admin']), 404),
      is('Origin', get('Origin: https://evil.example'), 200),
    ],
  },
];
