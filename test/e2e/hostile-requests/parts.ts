import { createHash } from 'node:crypto';
import { APPENDED, type Cause, FILE, FOLDER, framed, is, put, request, WORK } from './case.ts';

const part = (range: string, body = 'x', ...headers: readonly string[]) =>
  put('part', [`Content-Range: ${range}`, ...headers], body);
const TYPE = 'Content-Type: application/x-sabredav-partialupdate';
const APPEND = 'X-Update-Range: append';
const patch = (...headers: readonly string[]) => request('PATCH', FILE, headers, 'x');
const OTHER = createHash('sha256').update('other').digest('base64');

/** Uploads in parts: PUT with Content-Range (RFC 9110 §14.5), PATCH (RFC 5789, sabre/dav's partial update). */
export const PARTS: readonly Cause[] = [
  {
    cause: 'a Content-Range that is none',
    rule: 'RFC 9110 §14.4, and "bytes a-b/total" or "bytes */total" only; 400',
    twin: is('the whole as one part', put('part-whole.txt', ['Content-Range: bytes 0-0/1']), 201),
    cases: [
      is('a word', part('nonsense'), 400),
      is('empty', part(''), 400),
      is('no total', part('bytes 0-0'), 400),
      is('an unknown total', part('bytes 0-0/*'), 400),
      is('another unit', part('items 0-0/1'), 400),
      is('an equals sign', part('bytes=0-0/1'), 400),
      is('a negative start', part('bytes -1-0/1'), 400),
      is(
        'two',
        framed('part', ['Content-Range: bytes 0-0/2', 'Content-Range: bytes 1-1/2', 'Content-Length: 1'], 'x'),
        400,
      ),
    ],
  },
  {
    cause: 'a Content-Range whose numbers do not go together',
    rule: 'RFC 9110 §14.4: last ≥ first, both < total; and the body is that long; 400, beyond any file 413',
    twin: is(
      'a range that fits, chunked',
      framed('part-chunked.txt', ['Content-Range: bytes 0-1/2', 'Transfer-Encoding: chunked'], '2\r\nxy\r\n0\r\n\r\n'),
      201,
    ),
    cases: [
      is('backwards', part('bytes 1-0/2'), 400),
      is('an end beyond the total', part('bytes 0-5/3', 'xxxxxx'), 400),
      is('a total of 0', part('bytes 0-0/0'), 400),
      is('a body that is too short', part('bytes 0-4/5', 'xx'), 400),
      is('a body that is too long', part('bytes 0-0/5', 'xx'), 400),
      is('16 digits', part('bytes 0-0/9007199254740992'), 400),
      is('more than any file has', part('bytes 0-0/10000000001'), 413),
      is('a question with a body', part('bytes */5'), 400),
    ],
  },
  {
    cause: 'a part that does not begin where the upload is',
    rule: 'the first byte is the number of bytes held; 416 with Upload-Offset',
    twin: is('a question how far it is', put('part', ['Content-Range: bytes */5'], ''), 202),
    cases: [
      is('ahead of it', part('bytes 1-1/2'), 416),
      is('far ahead of it', part('bytes 999999999-999999999/1000000000'), 416),
    ],
  },
  {
    cause: 'a part inside a file that stands there, or behind it',
    rule: 'a file is never replaced by a fragment and never patched in place; 400',
    twin: is('a new version in one part', request('PUT', APPENDED, ['Content-Range: bytes 0-4/5'], 'there'), 204),
    cases: [
      is('in the middle', put('there.txt', ['Content-Range: bytes 2-2/5']), 400),
      is('at its end', put('there.txt', ['Content-Range: bytes 4-4/5']), 400),
      is('behind it', put('there.txt', ['Content-Range: bytes 5-5/6']), 400),
    ],
  },
  {
    cause: 'a part for a place where nothing may be put',
    rule: 'as every PUT: 404 where nothing is visible, 403 where it is, 405 on a folder, 409 without parent',
    twin: is('a place where it may', put('part-place.txt', ['Content-Range: bytes 0-0/1']), 201),
    cases: [
      is('a flow of another', request('PUT', '/files/IN/WLAT/x', ['Content-Range: bytes 0-0/2'], 'x'), 404),
      is('a question about it', request('PUT', '/files/IN/WLAT/x', ['Content-Range: bytes */2']), 404),
      is('a mailbox', request('PUT', '/files/OUT/ADRM/x', ['Content-Range: bytes 0-0/2'], 'x'), 403),
      is('a folder', put('dir', ['Content-Range: bytes 0-0/2']), 405),
      is('a name that ends in "/"', put('part/', ['Content-Range: bytes 0-0/2']), 405),
      is('no parent', put('none/part', ['Content-Range: bytes 0-0/2']), 409),
      is('a condition that does not hold', put('part', ['Content-Range: bytes 0-0/2', 'If-Match: *']), 412),
      is('a coding', put('part', ['Content-Range: bytes 0-0/2', 'Content-Encoding: gzip']), 415),
    ],
  },
  {
    cause: 'a PATCH of a kind nobody knows',
    rule: 'RFC 5789 §2.2: 415 with Accept-Patch',
    twin: is('the kind that is known', request('PATCH', APPENDED, [TYPE, APPEND], '!'), 204),
    cases: [
      is('no type', patch(APPEND), 415),
      is('JSON patch', patch('Content-Type: application/json-patch+json', APPEND), 415),
      is('a diff', patch('Content-Type: text/x-diff', APPEND), 415),
      is('an empty type', patch('Content-Type:', APPEND), 415),
      is('a coding', patch(TYPE, APPEND, 'Content-Encoding: gzip'), 415),
    ],
  },
  {
    cause: 'a PATCH of something else than the end',
    rule: 'a file is never changed in the middle; 400',
    twin: is('the end, in capitals', request('PATCH', APPENDED, [TYPE, 'X-Update-Range: APPEND'], '!'), 204),
    cases: [
      is('no range', patch(TYPE), 400),
      is('the beginning', patch(TYPE, 'X-Update-Range: bytes=0-0'), 400),
      is('from somewhere on', patch(TYPE, 'X-Update-Range: bytes=2-'), 400),
      is('the last bytes', patch(TYPE, 'X-Update-Range: bytes=-1'), 400),
      is('empty', patch(TYPE, 'X-Update-Range:'), 400),
      is('two', patch(TYPE, APPEND, APPEND), 400),
      is('a digest of other bytes', patch(TYPE, APPEND, `Content-Digest: sha-256=:${OTHER}:`), 400),
    ],
  },
  {
    cause: 'a PATCH of what cannot be changed',
    rule: 'RFC 5789 §2.2: 404 where nothing stands or is visible, 405 on a folder, 412, 413',
    twin: is('a condition that holds', request('PATCH', APPENDED, [TYPE, APPEND, 'If-Match: *'], '!'), 204),
    cases: [
      is('a name where nothing stands', request('PATCH', `${WORK}/nothing`, [TYPE, APPEND], 'x'), 404),
      is('a flow of another', request('PATCH', '/files/IN/WLAT/x', [TYPE, APPEND], 'x'), 404),
      is('a folder', request('PATCH', FOLDER, [TYPE, APPEND], 'x'), 405),
      is('/', request('PATCH', '/', [TYPE, APPEND], 'x'), 405),
      is('a condition that does not hold', patch(TYPE, APPEND, 'If-Match: "x"'), 412),
      is('more than any file has', request('PATCH', FILE, [TYPE, APPEND, 'Content-Length: 10000000000']), 413),
    ],
  },
];
