import { afterAll, beforeAll, expect, test } from 'vitest';
import { GatewayError } from '../../src/domain/errors.ts';
import { FieldReader, type FieldWriter, PACKET } from '../../src/sftp/codec.ts';
import { refusalPacket, STATUS } from '../../src/sftp/errors.ts';
import type { Files } from '../../src/vfs/files.ts';
import { CREATE_NEW, OK, OPEN, RawSftp, readAnswer, uint64 } from './raw-client.ts';
import { type SftpFixture, startSftp } from './sftp-fixture.ts';

const reads: string[] = [];
let fixture: SftpFixture;
let sftp: RawSftp;
let other: RawSftp;

/** Counts the readings that would stand in the audit log. */
function watched(files: Files): Files {
  return new Proxy(files, {
    get: (target, name) => {
      if (name === 'read') {
        return (...call: Parameters<Files['read']>) => {
          reads.push(call[1]);
          return target.read(...call);
        };
      }
      const member: unknown = Reflect.get(target, name);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}

beforeAll(async () => {
  fixture = await startSftp({ wrapFiles: watched });
  [sftp, other] = await Promise.all([RawSftp.open(fixture), RawSftp.open(fixture, 'batch@rjv')]);
});
afterAll(() => fixture.close());

test('an upload is seen by its own session at once, by others only after CLOSE', async () => {
  const path = '/SHARED/work/own';
  const handle = await sftp.handle(path, CREATE_NEW);
  expect(await sftp.stat(path)).toMatchObject({ type: PACKET.ATTRS, size: 0 });
  await sftp.write(handle, 0, 'half');
  expect(await sftp.stat(path)).toMatchObject({ size: 4 });
  expect(await sftp.path(PACKET.FSTAT, handle)).toMatchObject({ size: 4 });
  expect(await sftp.ask(PACKET.SETSTAT, (w) => w.string(path).uint32(8).uint32(5).uint32(5))).toMatchObject({
    code: OK,
  });
  expect(await other.stat(path)).toMatchObject({ code: STATUS.NO_SUCH_FILE });
  expect(await sftp.close(handle)).toMatchObject({ code: OK });
  expect(await other.stat(path)).toMatchObject({ size: 4, modifiedSeconds: 5 });
});

test('OPEN, LSTAT, WRITEs and CLOSE sent in one go are carried out and answered in that order', async () => {
  const path = '/SHARED/work/pipelined';
  const open = sftp.send(PACKET.OPEN, (w) => w.string(path).uint32(CREATE_NEW).uint32(0));
  const stat = sftp.send(PACKET.LSTAT, (w) => w.string(path));
  const handle = readAnswer(await sftp.next()).handle ?? '';
  const writes = Array.from({ length: 200 }, (_, index) =>
    sftp.send(PACKET.WRITE, (w) =>
      w
        .string(handle)
        .bytes(uint64(index * 1000))
        .string(Buffer.alloc(1000, index)),
    ),
  );
  const close = sftp.send(PACKET.CLOSE, (w) => w.string(handle));
  const after = sftp.send(PACKET.LSTAT, (w) => w.string(path));
  const ids: number[] = [open];
  for (let left = writes.length + 3; left > 0; left -= 1) ids.push(readAnswer(await sftp.next()).id);
  expect(ids).toEqual([open, stat, ...writes, close, after]);
  expect(await sftp.stat(path)).toMatchObject({ size: 200_000 });
});

test('a file of zero bytes is published', async () => {
  expect(await sftp.close(await sftp.handle('/SHARED/work/empty', CREATE_NEW))).toMatchObject({ code: OK });
  expect(await other.stat('/SHARED/work/empty')).toMatchObject({ size: 0 });
});

test('writes out of order, overlapping and with gaps give what a disk would give', async () => {
  const handle = await sftp.handle('/SHARED/work/sparse', CREATE_NEW);
  await sftp.write(handle, 8, 'ijkl');
  await sftp.write(handle, 0, 'abcdXX');
  await sftp.write(handle, 4, 'ef');
  await sftp.close(handle);
  expect(await sftp.get('/SHARED/work/sparse')).toBe('abcdef\0\0ijkl');
});

test('APPEND writes at the end, whatever the offset; without TRUNC the old bytes stay', async () => {
  await sftp.put('/SHARED/work/grows', 'one');
  const append = await sftp.handle('/SHARED/work/grows', OPEN.WRITE | OPEN.CREATE | OPEN.APPEND);
  await sftp.write(append, 0, 'two');
  await sftp.write(append, 0, 'three');
  await sftp.close(append);
  expect(await sftp.get('/SHARED/work/grows')).toBe('onetwothree');
  const patch = await sftp.handle('/SHARED/work/grows', OPEN.WRITE);
  await sftp.write(patch, 0, 'ONE');
  await sftp.close(patch);
  expect(await sftp.get('/SHARED/work/grows')).toBe('ONEtwothree');
});

test('EXCL refuses a name that stands there, and no CREAT one that does not', async () => {
  await sftp.put('/SHARED/work/there', 'x');
  const exclusive = OPEN.WRITE | OPEN.CREATE | OPEN.EXCLUSIVE;
  expect(await sftp.open('/SHARED/work/there', exclusive)).toMatchObject({ code: STATUS.FAILURE });
  const fresh = await sftp.handle('/SHARED/work/fresh', exclusive);
  expect(await sftp.close(fresh)).toMatchObject({ code: OK });
  expect((await sftp.open('/SHARED/work/absent', OPEN.WRITE)).code).toBe(STATUS.NO_SUCH_FILE);
});

test('a size set on a published file and on an open handle cuts it', async () => {
  await sftp.put('/SHARED/work/cut', '0123456789');
  const size = (to: number) => (w: FieldWriter) => w.uint32(1).bytes(uint64(to));
  expect(await sftp.ask(PACKET.SETSTAT, (w) => size(6)(w.string('/SHARED/work/cut')))).toMatchObject({ code: OK });
  expect(await sftp.get('/SHARED/work/cut')).toBe('012345');
  const handle = await sftp.handle('/SHARED/work/cut', OPEN.WRITE);
  expect(await sftp.ask(PACKET.FSETSTAT, (w) => size(3)(w.string(handle)))).toMatchObject({ code: OK });
  await sftp.close(handle);
  expect(await sftp.get('/SHARED/work/cut')).toBe('012');
});

test('a file opened to read and write gives the old bytes until it is written, and stays as it is if it never is', async () => {
  await sftp.put('/SHARED/work/both', 'old');
  const handle = await sftp.handle('/SHARED/work/both', OPEN.READ | OPEN.WRITE);
  expect((await sftp.read(handle, 0, 10)).data?.toString()).toBe('old');
  expect(await sftp.close(handle)).toMatchObject({ code: OK });
  expect(await sftp.get('/SHARED/work/both')).toBe('old');
  const again = await sftp.handle('/SHARED/work/both', OPEN.READ | OPEN.WRITE);
  await sftp.write(again, 0, 'new');
  await sftp.write(again, 3, ' bytes');
  expect((await sftp.read(again, 1, 5)).data?.toString()).toBe('ew by');
  expect((await sftp.read(again, 4, 100)).data?.toString()).toBe('bytes');
  expect((await sftp.read(again, 9, 10)).code).toBe(STATUS.EOF);
  expect(await sftp.get('/SHARED/work/both')).toBe('old');
  await sftp.close(again);
  expect(await sftp.get('/SHARED/work/both')).toBe('new bytes');
});

test('what was written to a new file can be read through its handle, small or large, and not through one that only writes', async () => {
  const large = Buffer.alloc(100_000, 'large ');
  const handle = await sftp.handle('/SHARED/work/fresh', OPEN.READ | CREATE_NEW);
  expect((await sftp.read(handle, 0, 10)).code).toBe(STATUS.EOF);
  for (let at = 0; at < large.length; at += 25_000) await sftp.write(handle, at, large.subarray(at, at + 25_000));
  expect((await sftp.read(handle, 50_000, 30_000)).data?.equals(large.subarray(50_000, 80_000))).toBe(true);
  expect(await sftp.close(handle)).toMatchObject({ code: OK });
  const writes = await sftp.handle('/SHARED/work/fresh', CREATE_NEW);
  await sftp.write(writes, 0, 'x');
  expect((await sftp.read(writes, 0, 1)).code).toBe(STATUS.PERMISSION_DENIED);
  await sftp.close(writes);
});

test('READs are served from one reading, in order, neighbours mixed up, and to the end', async () => {
  const bytes = Buffer.from(Array.from({ length: 900_000 }, (_, index) => (index * 7 + (index >> 8)) & 255));
  const put = await sftp.handle('/SHARED/work/long', CREATE_NEW);
  for (let at = 0; at < bytes.length; at += 200_000) await sftp.write(put, at, bytes.subarray(at, at + 200_000));
  await sftp.close(put);
  reads.length = 0;
  const handle = await sftp.handle('/SHARED/work/long', OPEN.READ);
  const offsets = [0, 64_000, 32_000, 128_000, 96_000, 300_000, 160_000, 224_000, 270_000, 840_000, 700_000];
  const ids = offsets.map((at) => sftp.send(PACKET.READ, (w) => w.string(handle).bytes(uint64(at)).uint32(32_000)));
  for (const [index, at] of offsets.entries()) {
    const answer = readAnswer(await sftp.next());
    expect(answer.id).toBe(ids[index]);
    expect(answer.data?.equals(bytes.subarray(at, at + 32_000)), `at ${at}`).toBe(true);
  }
  expect((await sftp.read(handle, 899_990, 32_000)).data).toEqual(bytes.subarray(899_990));
  expect((await sftp.read(handle, 900_000, 1)).code).toBe(STATUS.EOF);
  expect((await sftp.read(handle, Number.MAX_SAFE_INTEGER - 1, 1)).code).toBe(STATUS.EOF);
  expect(reads).toEqual(['/SHARED/work/long']);
  await sftp.close(handle);
});

test('one handle reads one version: a file replaced meanwhile is not mixed in', async () => {
  await sftp.put('/SHARED/work/version', Buffer.alloc(3_000_000 / 20, 1));
  const grow = await sftp.handle('/SHARED/work/version', OPEN.WRITE);
  for (let at = 0; at < 3_000_000; at += 150_000) await sftp.write(grow, at, Buffer.alloc(150_000, 1));
  await sftp.close(grow);
  const handle = await sftp.handle('/SHARED/work/version', OPEN.READ);
  await sftp.read(handle, 0, 10);
  await other.put('/SHARED/work/version', 'other');
  expect((await sftp.read(handle, 2_900_000, 10)).code).toBe(STATUS.FAILURE);
  await sftp.close(handle);
});

test('folders are listed whole, in pages, and end with end of file', async () => {
  await sftp.ask(PACKET.MKDIR, (w) => w.string('/SHARED/work/many').uint32(0));
  for (let index = 0; index < 230; index += 1) await sftp.put(`/SHARED/work/many/f${index}`, '');
  const { handle = '' } = await sftp.path(PACKET.OPENDIR, '/SHARED/work/many');
  const names: string[] = [];
  for (let answer = await sftp.path(PACKET.READDIR, handle); ; answer = await sftp.path(PACKET.READDIR, handle)) {
    if (answer.names === undefined) {
      expect(answer.code).toBe(STATUS.EOF);
      break;
    }
    expect(answer.names.length).toBeLessThanOrEqual(200);
    names.push(...answer.names);
  }
  expect(new Set(names)).toEqual(new Set(Array.from({ length: 230 }, (_, index) => `f${index}`)));
  expect(await sftp.path(PACKET.OPENDIR, '/SHARED/work/there')).toMatchObject({ code: STATUS.NO_SUCH_FILE });
  expect(await sftp.path(PACKET.OPENDIR, '/SHARED/work/nothing')).toMatchObject({ code: STATUS.NO_SUCH_FILE });
  expect(await sftp.path(PACKET.RMDIR, '/SHARED/work/many')).toMatchObject({ code: STATUS.FAILURE });
  expect(await sftp.path(PACKET.REMOVE, '/SHARED/work/many')).toMatchObject({ code: STATUS.FAILURE });
});

test('RENAME does not replace, posix-rename does; RMDIR takes no file', async () => {
  await sftp.put('/SHARED/work/from', 'from');
  await sftp.put('/SHARED/work/to', 'to');
  const names = (w: FieldWriter) => w.string('/SHARED/work/from').string('/SHARED/work/to');
  expect(await sftp.ask(PACKET.RENAME, names)).toMatchObject({ code: STATUS.FAILURE });
  expect(await sftp.get('/SHARED/work/to')).toBe('to');
  const posix = (w: FieldWriter) => names(w.string('posix-rename@openssh.com'));
  expect(await sftp.ask(PACKET.EXTENDED, posix)).toMatchObject({ code: OK });
  expect(await sftp.get('/SHARED/work/to')).toBe('from');
  expect((await sftp.path(PACKET.RMDIR, '/SHARED/work/to')).code).not.toBe(OK);
  expect(await sftp.path(PACKET.REMOVE, '/SHARED/work/to')).toMatchObject({ code: OK });
});

test.each([
  ['.', '/'],
  ['', '/'],
  ['/IN/../OUT/./', '/OUT'],
  ['../../..', '/'],
  ['a//b', '/a/b'],
])('REALPATH of "%s" is "%s"', async (path, expected) => {
  expect((await sftp.path(PACKET.REALPATH, path)).names).toEqual([expected]);
});

test('extensions answer as OpenSSH describes them', async () => {
  const extended = (name: string, fields = (w: FieldWriter) => w) =>
    sftp.ask(PACKET.EXTENDED, (w) => fields(w.string(name)));
  const limits = new FieldReader((await extended('limits@openssh.com')).data ?? Buffer.alloc(0));
  expect([limits.uint64(), limits.uint64(), limits.uint64(), limits.uint64()]).toEqual([262144, 261120, 261120, 256]);
  const home = await extended('home-directory', (w) => w.string('batch'));
  expect(home.names).toEqual(['/']);
  expect((await extended('expand-path@openssh.com', (w) => w.string('~/IN'))).names).toEqual(['/IN']);
  const ids = (w: FieldWriter) =>
    w.string(Buffer.from('000003e800000001', 'hex')).string(Buffer.from('000003e8', 'hex'));
  const owners = new FieldReader((await extended('users-groups-by-id@openssh.com', ids)).data ?? Buffer.alloc(0));
  const users = new FieldReader(owners.string());
  expect([users.text(), users.text()]).toEqual(['batch', '']);
  expect((await extended('statvfs@openssh.com', (w) => w.string('/SHARED/work'))).data?.length).toBe(88);
  expect((await extended('statvfs@openssh.com', (w) => w.string('/nowhere'))).code).toBe(STATUS.NO_SUCH_FILE);
  expect((await extended('hardlink@openssh.com', (w) => w.string('/a').string('/b'))).code).toBe(STATUS.OP_UNSUPPORTED);
  expect((await sftp.path(PACKET.READLINK, '/SHARED')).code).toBe(STATUS.OP_UNSUPPORTED);
});

test('a refusal keeps its sentence: a file being processed names its ticket', () => {
  const error = new GatewayError('frozen', 'the file is being processed; ticket 0MHB2T0QK1A2B');
  const answer = readAnswer({ type: PACKET.STATUS, body: refusalPacket(1, error, 'en').subarray(5) });
  expect(answer).toMatchObject({ code: STATUS.PERMISSION_DENIED, message: error.message });
});

test('handles of another session, closed ones and invented ones are no handles', async () => {
  const handle = await sftp.handle('/SHARED/work/there', OPEN.READ);
  expect(await other.read(handle, 0, 1)).toMatchObject({ code: STATUS.FAILURE });
  await sftp.close(handle);
  expect(await sftp.read(handle, 0, 1)).toMatchObject({ code: STATUS.FAILURE });
  expect(await sftp.close('')).toMatchObject({ code: STATUS.FAILURE });
  expect(await sftp.write('../../etc', 0, 'x')).toMatchObject({ code: STATUS.FAILURE });
});

test('a session has 256 handles and no more, and closing one makes room', async () => {
  const many = await RawSftp.open(fixture);
  const handles: string[] = [];
  for (let index = 0; index < 256; index += 1) handles.push(await many.handle('/SHARED/work/there', OPEN.READ));
  expect((await many.open('/SHARED/work/there', OPEN.READ)).code).toBe(STATUS.FAILURE);
  expect((await many.open('/SHARED/work/no-room', CREATE_NEW)).code).toBe(STATUS.FAILURE);
  await many.close(handles[0] ?? '');
  expect((await many.open('/SHARED/work/there', OPEN.READ)).handle).toBeDefined();
  many.client.end();
});

test('a WRITE that failed makes CLOSE fail, and nothing is published', async () => {
  await sftp.put('/SHARED/work/kept', 'before');
  const handle = await sftp.handle('/SHARED/work/kept', CREATE_NEW);
  await sftp.write(handle, 0, 'after');
  expect((await sftp.write(handle, 2n ** 50n, 'x')).code).toBe(STATUS.FAILURE);
  expect((await sftp.close(handle)).code).toBe(STATUS.FAILURE);
  expect(await sftp.get('/SHARED/work/kept')).toBe('before');
});

test('a WRITE at 2^53 is refused and written nowhere', async () => {
  const handle = await sftp.handle('/SHARED/work/far', CREATE_NEW);
  await sftp.write(handle, 0, 'abc');
  expect((await sftp.write(handle, 2n ** 53n, 'x')).code).toBe(STATUS.FAILURE);
  expect((await sftp.write(handle, 2n ** 53n - 1n, 'x')).code).toBe(STATUS.FAILURE);
  expect(await sftp.path(PACKET.FSTAT, handle)).toMatchObject({ size: 3 });
  expect((await sftp.close(handle)).code).toBe(STATUS.FAILURE);
  expect((await sftp.stat('/SHARED/work/far')).code).toBe(STATUS.NO_SUCH_FILE);
});

test('a connection that dies before CLOSE leaves the old version, and no name for the new one', async () => {
  await sftp.put('/SHARED/work/cut-off', 'old');
  const dying = await RawSftp.open(fixture);
  const handle = await dying.handle('/SHARED/work/cut-off', CREATE_NEW);
  await dying.write(handle, 0, 'new');
  const lost = await dying.handle('/SHARED/work/lost', CREATE_NEW);
  await dying.write(lost, 0, 'new');
  dying.client.destroy();
  await expect.poll(() => fixture.listener.sessions().length).toBe(2);
  expect(await sftp.get('/SHARED/work/cut-off')).toBe('old');
  expect((await sftp.open('/SHARED/work/lost', OPEN.READ)).code).toBe(STATUS.NO_SUCH_FILE);
});
