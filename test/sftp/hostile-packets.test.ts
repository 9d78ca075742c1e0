import { afterAll, beforeAll, expect, test } from 'vitest';
import { FieldWriter, PACKET } from '../../src/sftp/codec.ts';
import { STATUS } from '../../src/sftp/errors.ts';
import { OPEN, RawSftp, readAnswer, uint64 } from './raw-client.ts';
import { type SftpFixture, startSftp } from './sftp-fixture.ts';

const FILE = '/SHARED/work/there';
let fixture: SftpFixture;
let bystander: RawSftp;
beforeAll(async () => {
  fixture = await startSftp();
  bystander = await RawSftp.open(fixture, 'batch@rjv');
  await bystander.put(FILE, 'untouched');
});
afterAll(() => fixture.close());

type Build = (w: FieldWriter) => FieldWriter;
const body = (type: number, build: Build) => build(new FieldWriter().byte(type).uint32(1));
const text =
  (value: string): Build =>
  (w) =>
    w.string(value);

/** Each request whole: cut at each of its fields, and with bytes behind it, nobody knows what it means. */
const WHOLE: readonly (readonly [string, number, Build])[] = [
  ['OPEN', PACKET.OPEN, (w) => w.string(FILE).uint32(OPEN.READ).uint32(0)],
  ['CLOSE', PACKET.CLOSE, text('0123456789abcdef')],
  ['READ', PACKET.READ, (w) => w.string('0123456789abcdef').bytes(uint64(0)).uint32(10)],
  ['WRITE', PACKET.WRITE, (w) => w.string('0123456789abcdef').bytes(uint64(0)).string('x')],
  ['LSTAT', PACKET.LSTAT, text(FILE)],
  ['FSTAT', PACKET.FSTAT, text('0123456789abcdef')],
  ['SETSTAT', PACKET.SETSTAT, (w) => w.string(FILE).uint32(8).uint32(1).uint32(1)],
  ['FSETSTAT', PACKET.FSETSTAT, (w) => w.string('0123456789abcdef').uint32(4).uint32(0o600)],
  ['OPENDIR', PACKET.OPENDIR, text('/SHARED/work')],
  ['READDIR', PACKET.READDIR, text('0123456789abcdef')],
  ['REMOVE', PACKET.REMOVE, text('/SHARED/work/none')],
  ['MKDIR', PACKET.MKDIR, (w) => w.string('/SHARED/none/none').uint32(0)],
  ['RMDIR', PACKET.RMDIR, text('/SHARED/work/none')],
  ['STAT', PACKET.STAT, text(FILE)],
  ['RENAME', PACKET.RENAME, (w) => w.string('/SHARED/work/none').string('/SHARED/work/none2')],
  ['EXTENDED statvfs', PACKET.EXTENDED, (w) => w.string('statvfs@openssh.com').string(FILE)],
  [
    'EXTENDED copy-data',
    PACKET.EXTENDED,
    (w) => w.string('copy-data').string('a').bytes(uint64(0)).bytes(uint64(0)).string('b').bytes(uint64(0)),
  ],
  [
    'EXTENDED check-file',
    PACKET.EXTENDED,
    (w) => w.string('check-file-name').string(FILE).string('sha256').bytes(uint64(0)).bytes(uint64(0)).uint32(0),
  ],
];
const MAY_TRAIL = new Set<number>([PACKET.WRITE, PACKET.EXTENDED]);

function framed(bytes: Buffer): Buffer {
  return new FieldWriter().bytes(bytes).packet();
}

async function closes(bytes: Buffer): Promise<void> {
  const sftp = await RawSftp.open(fixture);
  sftp.sendRaw(bytes);
  expect(await sftp.next()).toBeUndefined();
  sftp.client.end();
  expect((await bystander.stat(FILE)).size).toBe(9);
}

/** Where to cut: inside the id, at its end, inside the first length, inside the first string, before the last byte. */
const CUTS = WHOLE.flatMap(([name, type, build]) => {
  const whole = body(type, build).joined();
  const points = [1, 3, 5, 7, 9 + 2, whole.length - 1].filter((point) => point < whole.length);
  return [...new Set(points)].map((point) => [name, point, framed(whole.subarray(0, point))] as const);
});

test.each(CUTS)('%s cut after %i bytes closes the channel of its sender alone', (_name, _point, bytes) =>
  closes(bytes),
);

test.each(WHOLE.filter(([, type]) => !MAY_TRAIL.has(type)))(
  '%s with bytes behind it closes the channel',
  (_name, type, build) => closes(framed(Buffer.concat([body(type, build).joined(), Buffer.from('more')]))),
);

test.each(WHOLE)('%s whole is answered, whatever the answer, and the session goes on', async (_name, type, build) => {
  const sftp = await RawSftp.open(fixture);
  sftp.sendRaw(framed(body(type, build).joined()));
  expect(readAnswer(await sftp.next()).id).toBe(1);
  expect((await sftp.stat(FILE)).size).toBe(9);
  sftp.client.end();
});

/** A length that promises more than the packet has: of each string field in turn. */
const LIES = WHOLE.flatMap(([name, type, build]) =>
  [0xffffffff, 0x7fffffff, 70_000].map((length) => {
    const bytes = body(type, build).joined();
    bytes.writeUInt32BE(length, 5);
    return [name, length, framed(bytes)] as const;
  }),
);

test.each(LIES)('%s whose first string claims %i bytes closes the channel', (_name, _length, bytes) => closes(bytes));

const UNKNOWN = [0, 21, 22, 99, 101, 103, 199, 201, 202, 255];

test.each(UNKNOWN)('the packet type %i is answered as not supported, and the session goes on', async (type) => {
  const sftp = await RawSftp.open(fixture);
  expect((await sftp.ask(type, text('whatever'))).code).toBe(STATUS.OP_UNSUPPORTED);
  expect((await sftp.stat(FILE)).size).toBe(9);
  sftp.client.end();
});

const NO_HANDLES = [
  '',
  '0',
  '0123456789abcdef',
  'x'.repeat(256),
  'x'.repeat(5000),
  '../../x',
  '\0'.repeat(16),
  '\uffff',
];
const ON_HANDLE: readonly (readonly [string, number, Build])[] = [
  ['CLOSE', PACKET.CLOSE, (w) => w],
  ['FSTAT', PACKET.FSTAT, (w) => w],
  ['READDIR', PACKET.READDIR, (w) => w],
  ['READ', PACKET.READ, (w) => w.bytes(uint64(0)).uint32(1)],
  ['WRITE', PACKET.WRITE, (w) => w.bytes(uint64(0)).string('x')],
  ['FSETSTAT', PACKET.FSETSTAT, (w) => w.uint32(0)],
];

test.each(ON_HANDLE)('%s with what is no handle of this session is refused', async (_name, type, rest) => {
  const sftp = await RawSftp.open(fixture);
  const foreign = await bystander.handle(FILE, OPEN.READ);
  for (const handle of [...NO_HANDLES, foreign]) {
    expect((await sftp.ask(type, (w) => rest(w.string(handle)))).code, handle).toBe(STATUS.FAILURE);
  }
  expect((await bystander.read(foreign, 0, 9)).data?.toString()).toBe('untouched');
  await bystander.close(foreign);
  sftp.client.end();
});
