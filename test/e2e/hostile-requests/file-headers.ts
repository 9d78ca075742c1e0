import { createHash } from 'node:crypto';
import { type Cause, FILE, framed, get, is, join, many, put, raw, request, WORK } from './case.ts';

const range = (value: string) => get(`Range: ${value}`);
/** Of the body `x`. */
const SHA256 = createHash('sha256').update('x').digest();
const B64 = SHA256.toString('base64');

/** What may stand beside the bytes of a file: ranges, digests, times. */
export const FILE_HEADERS: readonly Cause[] = [
  {
    cause: 'a range beyond the end',
    rule: 'RFC 9110 §15.5.17: 416',
    twin: is('the last byte', range('bytes=4-'), 206),
    cases: [
      is('the first byte after it', range('bytes=5-'), 416),
      is('none of the last', range('bytes=-0'), 416),
      is('two, both beyond', range('bytes=5-6,7-8'), 416),
      is('2^53', range('bytes=9007199254740993-'), 416),
      is('30 digits', range(`bytes=${'9'.repeat(30)}-`), 416),
    ],
  },
  {
    cause: 'a range that is none',
    rule: 'RFC 9110 §14.2: passed over; the whole file is sent',
    twin: is('two ranges', range('bytes=0-0,4-4'), 206),
    cases: [
      is('backwards', range('bytes=3-1'), 200),
      is('letters', range('bytes=a-b'), 200),
      is('another unit', range('lines=1-2'), 200),
      is('nothing', range('bytes='), 200),
      is('minus alone', range('bytes=-'), 200),
      is('two minuses', range('bytes=--1'), 200),
      is('signs', range('bytes=+1-2'), 200),
      is('no equals sign', range('bytes 0-1'), 200),
    ],
  },
  {
    cause: 'ranges that ask for more than there is',
    rule: 'RFC 9110 §14.2, §17.15: many or overlapping ranges are an attack; the whole file is sent once',
    twin: is('the whole as a range', range('bytes=0-4'), 206),
    cases: [
      is('the whole, three times', range('bytes=0-,0-,0-'), 200),
      is('1000 times the first byte', range(`bytes=${many(1000, () => '0-0').join(',')}`), 200),
      is('1300 suffixes', range(`bytes=${many(1300, (index) => `-${index + 1}`).join(',')}`), 200),
      is('overlapping ones', range('bytes=0-3,1-4'), 200),
    ],
  },
  {
    cause: 'an If-Range that does not name these bytes',
    rule: 'RFC 9110 §13.1.5: the Range does not count; the whole file is sent',
    twin: is('a Range alone', range('bytes=0-1'), 206),
    cases: [
      is('another entity tag', get('Range: bytes=0-1', 'If-Range: "other"'), 200),
      is('a weak one', get('Range: bytes=0-1', 'If-Range: W/"other"'), 200),
      is('no date', get('Range: bytes=0-1', 'If-Range: yesterday'), 200),
      is('empty', get('Range: bytes=0-1', 'If-Range:'), 200),
      is('another date', get('Range: bytes=0-1', 'If-Range: Thu, 01 Jan 1970 00:00:00 GMT'), 200),
    ],
  },
  {
    cause: 'a date that is none',
    rule: 'RFC 9110 §13.1.3, §13.1.4: passed over',
    twin: is('a date', get('If-Modified-Since: Thu, 01 Jan 1970 00:00:00 GMT'), 200),
    cases: [
      is('a word', get('If-Modified-Since: yesterday'), 200),
      is('the 31st of February', get('If-Modified-Since: Sun, 31 Feb 2999 00:00:00 GMT'), 200),
      is('the year 10000', get('If-Modified-Since: Sat, 01 Jan 10000 00:00:00 GMT'), 200),
      is('seconds', get('If-Unmodified-Since: 1'), 200),
      is('another zone', get('If-Unmodified-Since: Thu, 01 Jan 1970 00:00:00 CET'), 200),
    ],
  },
  {
    cause: 'a digest that is none',
    rule: 'RFC 9530 §2, §3: a dictionary of byte sequences; 400',
    twin: is('a digest that is right', put('digest.txt', [`Repr-Digest: sha-256=:${B64}:`]), 201),
    cases: [
      is('a word', put('n', ['Repr-Digest: nonsense']), 400),
      is('no colons', put('n', [`Repr-Digest: sha-256=${B64}`]), 400),
      is('too short', put('n', ['Repr-Digest: sha-256=:AAAA:']), 400),
      is('no base64', put('n', [`Content-Digest: sha-256=:${'!'.repeat(44)}:`]), 400),
      is('hex', put('n', [`Content-Digest: sha-256=:${SHA256.toString('hex')}:`]), 400),
      is('empty', put('n', ['Content-Digest:']), 400),
      is('Digest without value', put('n', ['Digest: SHA-256=']), 400),
      is('OC-Checksum without value', put('n', ['OC-Checksum: SHA256:']), 400),
    ],
  },
  {
    cause: 'a digest of other bytes',
    rule: 'what came is not what was sent; 400, and nothing is kept',
    twin: is(
      'in every form at once',
      put('digests.txt', [`Digest: SHA-256=${B64}`, `OC-Checksum: SHA256:${SHA256.toString('hex')}`]),
      201,
    ),
    cases: [
      is('Repr-Digest', put('n', [`Repr-Digest: sha-256=:${B64}:`], 'y'), 400),
      is('Content-Digest', put('n', [`Content-Digest: sha-256=:${B64}:`], 'y'), 400),
      is('Digest', put('n', [`Digest: SHA-256=${B64}`], 'y'), 400),
      is('OC-Checksum', put('n', [`OC-Checksum: SHA256:${'0'.repeat(64)}`]), 400),
      is('two that differ', put('n', [`Digest: SHA-256=${B64}`, `OC-Checksum: SHA256:${'0'.repeat(64)}`]), 400),
      is('two members that differ', put('n', [`Repr-Digest: sha-256=:${B64}:, sha-256=:${'A'.repeat(43)}=:`]), 400),
    ],
  },
  {
    cause: 'a time that is none',
    rule: 'X-OC-Mtime is a number of seconds; 400',
    twin: is('a time', put('mtime.txt', ['X-OC-Mtime: 1700000000']), 201),
    cases: [
      is('a word', put('n', ['X-OC-Mtime: yesterday']), 400),
      is('before 1970', put('n', ['X-OC-Mtime: -1']), 400),
      is('empty', put('n', ['X-OC-Mtime:']), 400),
      is('1e9', put('n', ['X-OC-Mtime: 1e9']), 400),
      is('hexadecimal', put('n', ['X-OC-Mtime: 0x65']), 400),
      is('NaN', put('n', ['X-OC-Mtime: NaN']), 400),
      is('beyond all years', put('n', [`X-OC-Mtime: ${'9'.repeat(20)}`]), 400),
    ],
  },
  {
    cause: 'a second request behind the first that is none',
    rule: 'RFC 9112 §9.3.2: answers come in order; the broken one is answered last, then closed',
    twin: is('two that are whole', join(get(), request('GET', `${WORK}/nothing`)), 200, 404),
    cases: [
      is('noise', join(get(), 'noise\r\n\r\n'), 200, 400),
      is('no Host', join(get(), raw(`GET ${FILE} HTTP/1.1`)), 200, 400),
      is('two lengths', join(get(), request('PUT', `${WORK}/n`, ['Content-Length: 1', 'Content-Length: 2'])), 200, 400),
      is('behind a PUT', join(put('pipelined.txt'), 'noise\r\n\r\n'), 201, 400),
      is('behind three', join(get(), get(), get(), 'noise\r\n\r\n'), 200, 200, 200, 400),
      is('HTTP/2', join(get(), 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), 200, 505),
      is('too many headers', join(get(), raw(`GET ${FILE} HTTP/1.1`, 'Host: a', ...many(101, () => 'X: 1'))), 200, 431),
      is('an unknown method', join(get(), `BREW ${FILE} HTTP/1.1\r\nHost: localhost\r\n\r\n`), 200, 501),
    ],
  },
  {
    cause: 'a request behind one that is refused',
    rule: 'RFC 9112 §9.3, §9.6: after a broken head nobody knows where the next begins; closed, the rest is not read',
    twin: is('behind one that is only absent', join(request('GET', `${WORK}/nothing`), get()), 404, 200),
    cases: [
      is('behind noise', join('noise\r\n\r\n', request('DELETE', FILE)), 400),
      is(
        'behind two lengths',
        join(framed('n', ['Content-Length: 1', 'Content-Length: 30'], 'x'), request('DELETE', FILE)),
        400,
      ),
      is(
        'behind length and chunks',
        join(framed('n', ['Content-Length: 4', 'Transfer-Encoding: chunked'], '0\r\n\r\n'), request('DELETE', FILE)),
        400,
      ),
      is('behind a GET with a body', join(request('GET', FILE, ['Content-Length: 60']), request('DELETE', FILE)), 400),
      is(
        'behind a length that is too short',
        join(framed('short.txt', ['Content-Length: 1'], 'xtoo long'), '\r\n\r\n'),
        201,
        400,
      ),
      is('behind CONNECT', join(raw('CONNECT localhost:22 HTTP/1.1', 'Host: localhost'), request('DELETE', FILE)), 501),
      is('behind a close', join(get('Connection: close'), request('DELETE', FILE)), 200),
    ],
  },
];
