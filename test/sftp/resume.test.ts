import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseVPath } from '../../src/domain/vpath.ts';
import { PACKET } from '../../src/sftp/codec.ts';
import { STATUS } from '../../src/sftp/errors.ts';
import { session } from '../support/generation.ts';
import { CREATE_NEW, gone, OK, OPEN, RawSftp } from './raw-client.ts';
import { type SftpFixture, startSftp } from './sftp-fixture.ts';

const { NO_SUCH_FILE, FAILURE } = STATUS;
/** As OpenSSH's `reput` opens; as curl's `-C -`; as lftp's `put -c`. */
const [REPUT, CURL, LFTP] = [OPEN.WRITE | OPEN.CREATE | OPEN.APPEND, OPEN.WRITE, OPEN.WRITE | OPEN.CREATE];

let fixture: SftpFixture;
/** Of the same principal, another person of the same partner, and another partner. */
let own: RawSftp;
let colleague: RawSftp;
let partner: RawSftp;
let files = 0;

beforeAll(async () => {
  fixture = await startSftp();
  own = await RawSftp.open(fixture);
  colleague = await RawSftp.open(fixture, 'anna@ksz');
  partner = await RawSftp.open(fixture, 'batch@rjv');
});
afterAll(() => fixture.close());

type Piece = readonly [offset: number, bytes: string];

/** A connection writes these pieces and dies before CLOSE. */
async function cut(path: string, pieces: readonly Piece[], flags: number = CREATE_NEW): Promise<void> {
  const dying = await RawSftp.open(fixture);
  const handle = await dying.handle(path, flags);
  for (const [offset, bytes] of pieces) expect((await dying.write(handle, offset, bytes)).code).toBe(OK);
  dying.client.destroy();
  await expect.poll(() => fixture.listener.sessions().length).toBe(3);
}

function freshName(): string {
  files += 1;
  return `/SHARED/work/file-${files}`;
}

async function names(sftp: RawSftp): Promise<readonly string[]> {
  const { handle = '' } = await sftp.path(PACKET.OPENDIR, '/SHARED/work');
  const { names: found = [] } = await sftp.path(PACKET.READDIR, handle);
  await sftp.close(handle);
  return found;
}

/** Sends the rest from where the server says that it stands. */
async function goOn(path: string, whole: string, flags: number): Promise<number> {
  const { size = 0 } = await own.path(PACKET.STAT, path);
  const handle = await own.handle(path, flags);
  expect((await own.write(handle, size, whole.slice(size))).code).toBe(OK);
  expect((await own.close(handle)).code).toBe(OK);
  return size;
}

test('what came before a cut is told to its principal alone, stands in no listing, can not be read and is no arrival', async () => {
  const path = '/IN/ADRM/FI.cut.txt';
  const arrivals = fixture.tree.arrivals.count;
  await cut(path, [[0, 'hello wor']]);
  expect(await own.path(PACKET.STAT, path)).toMatchObject({ size: 8 });
  expect(await own.path(PACKET.LSTAT, path)).toMatchObject({ size: 8 });
  for (const sftp of [colleague, partner]) {
    for (const type of [PACKET.STAT, PACKET.LSTAT]) expect((await sftp.path(type, path)).code).toBe(NO_SUCH_FILE);
  }
  expect((await own.open(path, OPEN.READ)).code).toBe(NO_SUCH_FILE);
  expect((await colleague.open(path, CURL)).code).toBe(NO_SUCH_FILE);
  const { handle = '' } = await own.path(PACKET.OPENDIR, '/IN/ADRM');
  expect((await own.path(PACKET.READDIR, handle)).code).toBe(STATUS.EOF);
  expect(fixture.tree.arrivals.count).toBe(arrivals);
  expect(await goOn(path, 'hello world', REPUT)).toBe(8);
  expect(await own.get(path)).toBe('hello world');
  expect(fixture.tree.arrivals.count).toBe(arrivals + 1);
});

test.each([
  ['OpenSSH, which opens to append', REPUT],
  ['curl, which opens what is there', CURL],
  ['lftp, which creates and sends offsets', LFTP],
])('%s goes on where the server says', async (_, flags) => {
  const path = freshName();
  await cut(path, [
    [0, 'one '],
    [4, 'two '],
  ]);
  expect(await goOn(path, 'one two three', flags)).toBe(7);
  expect(await colleague.get(path)).toBe('one two three');
  expect(await own.path(PACKET.STAT, path)).toMatchObject({ size: 13 });
});

test('of a file that came whole and was not closed, one byte is asked for again: it never looks finished', async () => {
  const path = freshName();
  await cut(path, [[0, 'whole']]);
  expect(await goOn(path, 'whole', REPUT)).toBe(4);
  expect(await own.get(path)).toBe('whole');
});

test('it may be cut and gone on with again and again', async () => {
  const path = freshName();
  await cut(path, [[0, 'abcd']]);
  await cut(path, [[3, 'defg']], LFTP);
  await cut(path, [[6, 'ghij']], REPUT);
  expect(await goOn(path, 'abcdefghijkl', REPUT)).toBe(9);
  expect(await own.get(path)).toBe('abcdefghijkl');
});

test('what came behind a gap is asked for again, what was written out of order without one is not', async () => {
  const [gap, mixed] = [freshName(), freshName()];
  await cut(gap, [
    [0, 'abc'],
    [5, 'fgh'],
  ]);
  expect(await goOn(gap, 'abcdefgh', LFTP)).toBe(2);
  await cut(mixed, [
    [3, 'def'],
    [6, 'ghi'],
    [0, 'abc'],
  ]);
  expect(await goOn(mixed, 'abcdefghijk', LFTP)).toBe(8);
  expect([await own.get(gap), await own.get(mixed)]).toEqual(['abcdefgh', 'abcdefghijk']);
});

test('over an older version: everybody reads that until the new one is whole', async () => {
  const path = freshName();
  await own.put(path, 'the old version');
  await cut(path, [[0, 'the new']]);
  expect(await colleague.path(PACKET.STAT, path)).toMatchObject({ size: 15 });
  expect([await own.get(path), await partner.get(path)]).toEqual(['the old version', 'the old version']);
  expect(await goOn(path, 'the new one', REPUT)).toBe(6);
  expect(await partner.get(path)).toBe('the new one');
});

test('when somebody else put a version there meanwhile, that stands, and who appends adds to it', async () => {
  const path = freshName();
  await cut(path, [[0, 'mine, in part']]);
  await colleague.put(path, 'theirs');
  expect(await own.path(PACKET.STAT, path)).toMatchObject({ size: 6 });
  const handle = await own.handle(path, REPUT);
  await own.write(handle, 6, ' and mine');
  await own.close(handle);
  expect(await partner.get(path)).toBe('theirs and mine');
});

test('a file that is sent from its beginning takes the place of what was held, also when it is cut at once', async () => {
  const path = freshName();
  await cut(path, [[0, 'first try']]);
  const handle = await own.handle(path, CREATE_NEW);
  expect((await colleague.path(PACKET.STAT, path)).code).toBe(NO_SUCH_FILE);
  await own.write(handle, 0, 'other');
  await own.close(handle);
  expect(await own.get(path)).toBe('other');
  const again = freshName();
  await cut(again, [[0, 'first try']]);
  await cut(again, []);
  expect((await own.path(PACKET.STAT, again)).code).toBe(NO_SUCH_FILE);
});

test('who opens it and writes nothing, or only sets a time, leaves it held', async () => {
  const path = freshName();
  await cut(path, [[0, 'kept so far']]);
  for (const touch of [false, true]) {
    const handle = await own.handle(path, LFTP);
    // ATTRS: uint32 flags (times) | uint32 atime | uint32 mtime
    if (touch) await own.ask(PACKET.FSETSTAT, (w) => w.string(handle).uint32(8).uint32(1).uint32(1));
    expect((await own.close(handle)).code).toBe(OK);
    expect(await own.path(PACKET.STAT, path)).toMatchObject({ size: 10 });
    expect((await colleague.path(PACKET.STAT, path)).code).toBe(NO_SUCH_FILE);
  }
  expect(await goOn(path, 'kept so far and now done', REPUT)).toBe(10);
});

test('an offset that an older answer said is refused when it is not the end; without one the server appends', async () => {
  const path = freshName();
  await cut(path, [[0, '0123456789']]);
  const stale = await own.handle(path, REPUT);
  expect(await own.write(stale, 5, '56789!')).toMatchObject({
    code: FAILURE,
    message: expect.stringContaining('byte 9'),
  });
  expect((await own.close(stale)).code).toBe(FAILURE);
  expect(await own.path(PACKET.STAT, path)).toMatchObject({ size: 9 });
  const blind = await own.handle(path, REPUT);
  expect((await own.write(blind, 0, '9!')).code).toBe(OK);
  expect((await own.close(blind)).code).toBe(OK);
  expect(await own.get(path)).toBe('0123456789!');
});

test('it can be removed, alone and together with the version that stands there', async () => {
  const [alone, above] = [freshName(), freshName()];
  // The session is gone a moment before its part is kept. The last byte of a part is held back.
  const isKept = async (path: string) =>
    expect.poll(async () => (await own.path(PACKET.STAT, path)).size).toBe('in part'.length - 1);
  await cut(alone, [[0, 'in part']]);
  await isKept(alone);
  expect((await colleague.path(PACKET.REMOVE, alone)).code).toBe(NO_SUCH_FILE);
  expect((await own.path(PACKET.REMOVE, alone)).code).toBe(OK);
  expect((await own.path(PACKET.STAT, alone)).code).toBe(NO_SUCH_FILE);
  await own.put(above, 'old');
  await cut(above, [[0, 'in part']]);
  await isKept(above);
  expect((await own.path(PACKET.REMOVE, above)).code).toBe(OK);
  expect((await own.path(PACKET.STAT, above)).code).toBe(NO_SUCH_FILE);
  expect(await names(own)).not.toContain(above.slice('/SHARED/work/'.length));
});

test('of somebody who is cut by an operator nothing is kept', async () => {
  const path = freshName();
  const expelled = await RawSftp.open(fixture);
  const handle = await expelled.handle(path, CREATE_NEW);
  await expelled.write(handle, 0, 'what came');
  const left = gone(expelled.client);
  fixture.listener.cut(fixture.listener.sessions().at(-1)?.id ?? '');
  await left;
  await expect.poll(() => fixture.listener.sessions().length).toBe(3);
  expect((await own.path(PACKET.STAT, path)).code).toBe(NO_SUCH_FILE);
});

test('where a connection says nothing more and is not gone, another one of its principal takes over', async () => {
  const path = freshName();
  const silent = await RawSftp.open(fixture);
  const handle = await silent.handle(path, CREATE_NEW);
  await silent.write(handle, 0, 'what came');
  expect((await own.path(PACKET.STAT, path)).code).toBe(NO_SUCH_FILE);
  await expect.poll(async () => (await own.path(PACKET.STAT, path)).size, { timeout: 20_000, interval: 200 }).toBe(8);
  expect(await goOn(path, 'what came and what follows', REPUT)).toBe(8);
  expect((await silent.write(handle, 9, ' too late')).code).toBe(FAILURE);
  expect((await silent.close(handle)).code).toBe(FAILURE);
  expect(await own.get(path)).toBe('what came and what follows');
  silent.client.end();
});

test('WebDAV goes on with it, or begins anew', async () => {
  const { uploads } = fixture.tree.vfs;
  const who = session('batch@ksz');
  const [goesOn, anew] = [freshName(), freshName()];
  await cut(goesOn, [[0, 'one two']]);
  expect(await uploads.held(who, parseVPath(goesOn))).toEqual({ held: 6, total: undefined });
  const part = await uploads.resume(who, parseVPath(goesOn), { condition: 'any', offset: 6, total: 13 });
  await part.write(Buffer.from('o three'));
  await part.end({});
  await cut(anew, [[0, 'one two']]);
  const first = await uploads.resume(who, parseVPath(anew), { condition: 'any', offset: 0, total: 4 });
  await first.write(Buffer.from('four'));
  await first.end({});
  expect([await own.get(goesOn), await own.get(anew)]).toEqual(['one two three', 'four']);
});
