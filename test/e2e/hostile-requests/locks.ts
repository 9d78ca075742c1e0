import { type Cause, COMPOSED, FILE, FOLDER, INNER, is, LOCKED, once, request, TOKEN, WORK } from './case.ts';

const lockinfo = (inner: string): string => `<?xml version="1.0"?><D:lockinfo xmlns:D="DAV:">${inner}</D:lockinfo>`;
const SCOPE = '<D:lockscope><D:exclusive/></D:lockscope>';
const TYPE = '<D:locktype><D:write/></D:locktype>';
const INFO = lockinfo(`${SCOPE}${TYPE}`);
const SHARED = lockinfo(`<D:lockscope><D:shared/></D:lockscope>${TYPE}`);
const lock = (body: string, ...headers: readonly string[]) => request('LOCK', FILE, ['Depth: 0', ...headers], body);
const unlock = (target: string, ...headers: readonly string[]) => request('UNLOCK', target, headers);
const STRANGE = 'urn:uuid:00000000-0000-4000-8000-000000000000';
const wants = (timeout: string) => lock(SHARED, `Timeout: ${timeout}`);

/** RFC 4918 §6, §7, §9.10, §9.11, §10.5, §10.7. */
export const LOCKS: readonly Cause[] = [
  {
    cause: 'a lockinfo that is none',
    rule: 'RFC 4918 §14.11: lockscope, locktype, owner; 400',
    twin: is('one that is', request('LOCK', `${WORK}/lock-info.txt`, ['Depth: 0', 'Timeout: Second-60'], SHARED), 201),
    cases: [
      is('another root', lock('<D:propfind xmlns:D="DAV:"><D:allprop/></D:propfind>'), 400),
      is('another namespace', lock('<lockinfo xmlns="urn:x"/>'), 400),
      is('no scope', lock(lockinfo(TYPE)), 400),
      is('no type', lock(lockinfo(SCOPE)), 400),
      is('two scopes', lock(lockinfo(`${SCOPE}${SCOPE}${TYPE}`)), 400),
      is('a scope nobody knows', lock(lockinfo(`<D:lockscope><D:local/></D:lockscope>${TYPE}`)), 400),
      is('a type nobody knows', lock(lockinfo(`${SCOPE}<D:locktype><D:read/></D:locktype>`)), 400),
      is('an owner of 10 kB', lock(lockinfo(`${SCOPE}${TYPE}<D:owner>${'o'.repeat(10_000)}</D:owner>`)), 400),
    ],
  },
  {
    cause: 'a body of LOCK that is no XML, or too much of it',
    rule: 'RFC 4918 §8.2, §20.6: 400; more than 256 KiB is 413',
    twin: is(
      'in UTF-16',
      request('LOCK', `${WORK}/lock-16.txt`, ['Depth: 0'], Buffer.from(`\ufeff${SHARED}`, 'utf16le')),
      201,
    ),
    cases: [
      is('half of it', lock('<?xml version="1.0"?><D:lockinfo xmlns:D="DAV:"><D:lock'), 400),
      is('a DTD', lock(INFO.replace('?>', '?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>')), 400),
      is('an entity in the owner', lock(lockinfo(`${SCOPE}${TYPE}<D:owner>&b;</D:owner>`)), 400),
      is('text', lock('please'), 400),
      is('300 kB', lock(`${INFO}${' '.repeat(300_000)}`), 413),
      is('in gzip', lock(INFO, 'Content-Encoding: gzip'), 415),
    ],
  },
  {
    cause: 'a Depth that LOCK does not take',
    rule: 'RFC 4918 §9.10.3: 0 or infinity; 400',
    twin: is('infinity', request('LOCK', `${WORK}/lock-all.txt`, ['Depth: infinity'], SHARED), 201),
    cases: [
      is('1', request('LOCK', FOLDER, ['Depth: 1'], INFO), 400),
      is('2', request('LOCK', FOLDER, ['Depth: 2'], INFO), 400),
      is('empty', request('LOCK', FOLDER, ['Depth:'], INFO), 400),
      is('0 and infinity', request('LOCK', FOLDER, ['Depth: 0, infinity'], INFO), 400),
    ],
  },
  {
    cause: 'a Timeout that is none',
    rule: 'RFC 4918 §10.7: Second-1*DIGIT or Infinite; 400',
    twin: is(
      'several, the first one nobody knows',
      request('LOCK', `${WORK}/lock-time.txt`, ['Depth: 0', 'Timeout: Extend, Second-60'], SHARED),
      201,
    ),
    cases: [
      is('a word', wants('forever'), 400),
      is('empty', wants(''), 400),
      is('no number', wants('Second-'), 400),
      is('a negative one', wants('Second--1'), 400),
      is('a fraction', wants('Second-1.5'), 400),
      is('minutes', wants('Minute-5'), 400),
      is('a number alone', wants('60'), 400),
      is('twice', lock(SHARED, 'Timeout: Second-1', 'Timeout: Second-2'), 400),
    ],
  },
  {
    cause: 'the refresh of a lock that is not there, or not named',
    rule: 'RFC 4918 §9.10.2: one token in If; 400 without, 412 where it is not the lock of this name',
    twin: once('the lock that is there', request('LOCK', LOCKED, [`If: (<${TOKEN}>)`, 'Timeout: Second-600']), 200),
    cases: [
      is('no If', request('LOCK', FILE), 400),
      is('an If that is none', request('LOCK', LOCKED, ['If: nonsense']), 400),
      is('a token nobody has', request('LOCK', LOCKED, [`If: (<${STRANGE}>)`]), 412),
      is('the token of another name', request('LOCK', FILE, [`If: (<${TOKEN}>)`]), 412),
      is('the token without brackets', request('LOCK', LOCKED, [`If: (${TOKEN})`]), 400),
    ],
  },
  {
    cause: 'a lock where nothing can be locked',
    rule: 'RFC 4918 §9.10.6: no parent is 409; a place that is not visible looks absent, 404; / has no LOCK, 405',
    twin: is('a name where nothing stands', request('LOCK', `${WORK}/lock-new.txt`, ['Depth: 0'], SHARED), 201),
    cases: [
      is('no parent', request('LOCK', `${WORK}/none/x`, ['Depth: 0'], INFO), 409),
      is('a flow of another', request('LOCK', '/files/IN/WLAT/x', ['Depth: 0'], INFO), 404),
      is('a shared folder nobody has', request('LOCK', '/files/SHARED/other/x', ['Depth: 0'], INFO), 404),
      is('beside the tree', request('LOCK', '/evil', ['Depth: 0'], INFO), 404),
      is('the root', request('LOCK', '/', ['Depth: 0'], INFO), 405),
      is('a name with a control character', request('LOCK', `${WORK}/a%0ab`, ['Depth: 0'], INFO), 400),
      is('a name that ends in "/"', request('LOCK', `${WORK}/lock-folder/`, ['Depth: 0'], INFO), 409),
    ],
  },
  {
    cause: 'a change of what is locked, without its token',
    rule: 'RFC 4918 §7, §9.10.4: the owner of the lock shows the token too; 423',
    twin: once('with its token', request('PUT', LOCKED, [`If: (<${TOKEN}>)`], 'there'), 204),
    cases: [
      once('PUT', request('PUT', LOCKED, [], 'x'), 423),
      once('DELETE', request('DELETE', LOCKED), 423),
      once('MOVE away', request('MOVE', LOCKED, [`Destination: ${WORK}/n`]), 423),
      once('COPY on it', request('COPY', FILE, [`Destination: ${LOCKED}`]), 423),
      once('MOVE on it', request('MOVE', FILE, [`Destination: ${LOCKED}`]), 423),
      once(
        'PROPPATCH',
        request(
          'PROPPATCH',
          LOCKED,
          [],
          '<propertyupdate xmlns="DAV:"><set><prop><a xmlns="urn:x">1</a></prop></set></propertyupdate>',
        ),
        423,
      ),
      once('a second exclusive lock', request('LOCK', LOCKED, ['Depth: 0'], INFO), 423),
      once('a shared lock beside it', request('LOCK', LOCKED, ['Depth: 0'], SHARED), 423),
    ],
  },
  {
    cause: 'a change of what is locked, with another token',
    rule: 'RFC 4918 §10.4.1: a list that does not hold is 412; one that holds without the token is 423',
    twin: once('with its token about its name', request('PUT', LOCKED, [`If: <${LOCKED}> (<${TOKEN}>)`], 'there'), 204),
    cases: [
      once('a token nobody has', request('PUT', LOCKED, [`If: (<${STRANGE}>)`], 'x'), 412),
      once(
        'the token, and another condition that fails',
        request('PUT', LOCKED, [`If: (<${TOKEN}> ["no"])`], 'x'),
        412,
      ),
      once('the token, negated', request('PUT', LOCKED, [`If: (Not <${TOKEN}>)`], 'x'), 412),
      once('the token about another name', request('PUT', LOCKED, [`If: <${FILE}> (<${TOKEN}>)`], 'x'), 412),
      once('only that another is not there', request('PUT', LOCKED, [`If: (Not <${STRANGE}>)`], 'x'), 423),
      once('DAV:no-lock', request('DELETE', LOCKED, ['If: (Not <DAV:no-lock>)']), 423),
      once('in Lock-Token, where it does not count', request('PUT', LOCKED, [`Lock-Token: <${TOKEN}>`], 'x'), 423),
    ],
  },
  {
    cause: 'a Lock-Token that is none',
    rule: 'RFC 4918 §10.5, §9.11.1: Coded-URL; 400',
    twin: once('one that is, for a lock that was there', unlock(LOCKED, `Lock-Token: <${TOKEN}>`), 204),
    cases: [
      is('none', unlock(FILE), 400),
      is('empty', unlock(FILE, 'Lock-Token:'), 400),
      is('no brackets', unlock(FILE, `Lock-Token: ${STRANGE}`), 400),
      is('empty brackets', unlock(FILE, 'Lock-Token: <>'), 400),
      is('no URI', unlock(FILE, 'Lock-Token: <token>'), 400),
      is('half a bracket', unlock(FILE, `Lock-Token: <${STRANGE}`), 400),
      is('two', unlock(FILE, `Lock-Token: <${STRANGE}> <${STRANGE}>`), 400),
      is('a list', unlock(FILE, `Lock-Token: (<${STRANGE}>)`), 400),
    ],
  },
  {
    cause: 'the end of a lock that is not there',
    rule: 'RFC 4918 §9.11.1: 409; with a body 415; what is not visible is 404',
    twin: is('a name without a lock can be looked at', request('PROPFIND', FILE, ['Depth: 0']), 207),
    cases: [
      is('on a file', unlock(FILE, `Lock-Token: <${STRANGE}>`), 409),
      is('on a folder', unlock(FOLDER, `Lock-Token: <${STRANGE}>`), 409),
      is('of another name', unlock(INNER, `Lock-Token: <${TOKEN}>`), 409),
      is('on a composed name', unlock(COMPOSED, `Lock-Token: <${STRANGE}>`), 409),
      is('with a body', request('UNLOCK', FILE, [`Lock-Token: <${STRANGE}>`], 'x'), 415),
      is('where nothing is visible', unlock('/files/IN/WLAT/x', `Lock-Token: <${STRANGE}>`), 404),
      is('of /', unlock('/', `Lock-Token: <${STRANGE}>`), 405),
    ],
  },
];
