import { afterAll, beforeAll, expect, test } from 'vitest';
import { FieldReader, type FieldWriter, PACKET } from '../../src/sftp/codec.ts';
import { STATUS } from '../../src/sftp/errors.ts';
import { CREATE_NEW, OK, OPEN, RawSftp } from './raw-client.ts';
import { type SftpFixture, startSftp } from './sftp-fixture.ts';

let fixture: SftpFixture;
let sftp: RawSftp;
beforeAll(async () => {
  fixture = await startSftp();
  sftp = await RawSftp.open(fixture);
  await sftp.put('/SHARED/work/abc', 'abc');
  await sftp.ask(PACKET.MKDIR, (w) => w.string('/SHARED/work/folder').uint32(0));
  await sftp.put(
    '/SHARED/work/blocks',
    Buffer.concat([Buffer.alloc(256, 'a'), Buffer.alloc(256, 'b'), Buffer.from('c')]),
  );
});
afterAll(() => fixture.close());

const SHA256 = {
  abc: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad', // FIPS 180-2, B.1
  bc: '1e0bbd6c686ba050b8eb03ffeedc64fdc9d80947fce821abbe5d6dc8d252c5ac', // printf bc | sha256sum
} as const;

const extended = (name: string, fields: (w: FieldWriter) => FieldWriter) =>
  sftp.ask(PACKET.EXTENDED, (w) => fields(w.string(name)));

async function check(fields: (w: FieldWriter) => FieldWriter, name = 'check-file-name'): Promise<readonly string[]> {
  const answer = await extended(name, fields);
  if (answer.data === undefined) throw new Error(`refused: ${answer.code} ${answer.message}`);
  const reader = new FieldReader(answer.data);
  expect([reader.text(), reader.text()]).toEqual(['check-file', 'sha256']);
  const digests = answer.data.subarray(answer.data.length - reader.remaining);
  return Array.from({ length: digests.length / 32 }, (_, index) =>
    digests.toString('hex', index * 32, index * 32 + 32),
  );
}

test('check-file gives the SHA-256 of a whole file, of a part, and of a handle', async () => {
  const path = (w: FieldWriter) => w.string('/SHARED/work/abc').string('md5,sha256');
  expect(await check((w) => path(w).uint64(0).uint64(0).uint32(0))).toEqual([SHA256.abc]);
  expect(await check((w) => path(w).uint64(1).uint64(2).uint32(0))).toEqual([SHA256.bc]);
  const handle = await sftp.handle('/SHARED/work/abc', OPEN.READ);
  const whole = (w: FieldWriter) => w.string(handle).string('sha256').uint64(0).uint64(0).uint32(0);
  expect(await check(whole, 'check-file')).toEqual([SHA256.abc]);
  expect(await check(whole, 'check-file-handle')).toEqual([SHA256.abc]);
  await sftp.close(handle);
});

test('check-file of blocks gives one digest for each, the last one of what is left', async () => {
  const digests = await check((w) => w.string('/SHARED/work/blocks').string('sha256').uint64(0).uint64(0).uint32(256));
  expect(digests).toHaveLength(3);
  // printf c | sha256sum
  expect(digests[2]).toBe('2e7d2c03a9507ae265ecf5b5356885a53393a2029d241394997265a1a25aefc6');
});

test.each([
  ['an algorithm that is broken', '/SHARED/work/abc', 'md5', 0, STATUS.OP_UNSUPPORTED],
  ['blocks that are too small', '/SHARED/work/abc', 'sha256', 255, STATUS.FAILURE],
  ['a file that is not there', '/SHARED/work/nothing', 'sha256', 0, STATUS.NO_SUCH_FILE],
  ['a folder', '/SHARED/work/folder', 'sha256', 0, STATUS.FAILURE],
  ['a folder of the configuration', '/SHARED/work', 'sha256', 0, STATUS.FAILURE],
  ['the root', '/', 'sha256', 0, STATUS.FAILURE],
  ['a folder of another partner', '/IN/WLAT', 'sha256', 0, STATUS.NO_SUCH_FILE],
] as const)('check-file refuses %s', async (_, path, algorithm, block, code) => {
  const fields = (w: FieldWriter) => w.string(path).string(algorithm).uint64(0).uint64(0).uint32(block);
  expect((await extended('check-file-name', fields)).code).toBe(code);
});

test('copy-data puts bytes of one file into another, which is seen after its CLOSE', async () => {
  const from = await sftp.handle('/SHARED/work/blocks', OPEN.READ);
  const to = await sftp.handle('/SHARED/work/copied', CREATE_NEW);
  const copy = (start: number, length: number, at: number) => (w: FieldWriter) =>
    w.string(from).uint64(start).uint64(length).string(to).uint64(at);
  expect(await extended('copy-data', copy(255, 2, 0))).toMatchObject({ code: OK });
  expect(await extended('copy-data', copy(511, 0, 2))).toMatchObject({ code: OK });
  await sftp.close(to);
  expect(await sftp.get('/SHARED/work/copied')).toBe('abbc');
});

test('copy-data refuses a file into itself, and a handle that is not for writing', async () => {
  const from = await sftp.handle('/SHARED/work/blocks', OPEN.READ);
  const copy = (one: string, two: string) => (w: FieldWriter) =>
    w.string(one).uint64(0).uint64(0).string(two).uint64(0);
  expect((await extended('copy-data', copy(from, from))).code).toBe(STATUS.FAILURE);
  const other = await sftp.handle('/SHARED/work/abc', OPEN.READ);
  expect((await extended('copy-data', copy(from, other))).code).toBe(STATUS.PERMISSION_DENIED);
  expect((await extended('copy-data', copy('none', other))).code).not.toBe(OK);
});
