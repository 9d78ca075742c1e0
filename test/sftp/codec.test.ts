import { expect, test } from 'vitest';
import {
  FieldReader,
  FieldWriter,
  MAX_PACKET_BYTES,
  PACKET,
  PacketParser,
  statusPacket,
} from '../../src/sftp/codec.ts';
import { readRequest } from '../../src/sftp/request-packets.ts';

/** A request as it lies in a packet, without length: id 7 and then the fields. */
function body(fields: (writer: FieldWriter) => FieldWriter): Buffer {
  return fields(new FieldWriter().uint32(7)).joined();
}

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

test('a status reply has the bytes of the draft', () => {
  expect(statusPacket(7, 2, 'no')).toEqual(hex('00000015 65 00000007 00000002 00000002 6e6f 00000002 656e'));
});

test('packets are found whatever the chunks they come in', () => {
  const wire = Buffer.concat([
    hex('00000005 01 00000003'),
    hex('00000009 0b 00000001 00000000'),
    hex('00000005 01 00000004'),
  ]);
  for (let size = 1; size <= wire.length; size += 1) {
    const parser = new PacketParser();
    const types: number[] = [];
    for (let at = 0; at < wire.length; at += size) {
      parser.add(wire.subarray(at, at + size));
      for (let packet = parser.next(); packet; packet = parser.next()) types.push(packet.type);
    }
    expect(types, `chunks of ${size}`).toEqual([1, 11, 1]);
  }
});

test.each([
  ['nothing at all', 0],
  ['more than a packet may hold', MAX_PACKET_BYTES + 1025],
  ['four gigabytes', 0xffffffff],
])('a packet that claims %s is refused at its length', (_, length) => {
  const parser = new PacketParser();
  const claim = Buffer.alloc(5);
  claim.writeUInt32BE(length);
  parser.add(claim);
  expect(() => parser.next()).toThrow(/length/);
});

test('the largest packet of OpenSSH is taken', () => {
  const parser = new PacketParser();
  const packet = Buffer.alloc(4 + MAX_PACKET_BYTES);
  packet.writeUInt32BE(MAX_PACKET_BYTES);
  parser.add(packet);
  expect(parser.next()?.body.length).toBe(MAX_PACKET_BYTES - 1);
});

test('fields that a number can not hold are remembered, not thrown', () => {
  const reader = new FieldReader(hex('0020000000000000'));
  expect(reader.uint64()).toBe(Number.POSITIVE_INFINITY);
  expect(reader.refusal?.code).toBe('bad-request');
  const largest = new FieldReader(hex('001fffffffffffff'));
  expect(largest.uint64()).toBe(Number.MAX_SAFE_INTEGER);
  expect(largest.refusal).toBeUndefined();
});

const GOOD = [
  [
    'OPEN',
    PACKET.OPEN,
    body((w) => w.string('/a').uint32(0x1a).uint32(4).uint32(0o644)),
    { kind: 'open', flags: 0x1a },
  ],
  ['CLOSE', PACKET.CLOSE, body((w) => w.string('h')), { kind: 'close', handle: 'h' }],
  ['READ', PACKET.READ, body((w) => w.string('h').uint64(5).uint32(9)), { kind: 'read', offset: 5, length: 9 }],
  ['WRITE', PACKET.WRITE, body((w) => w.string('h').uint64(5).string('abc')), { kind: 'write', offset: 5 }],
  ['LSTAT', PACKET.LSTAT, body((w) => w.string('/é')), { kind: 'stat', path: '/é' }],
  [
    'SETSTAT of times',
    PACKET.SETSTAT,
    body((w) => w.string('/a').uint32(8).uint32(1).uint32(2)),
    {
      kind: 'setstat',
      attributes: { size: undefined, modifiedAt: 2000 },
    },
  ],
  [
    'FSETSTAT of everything',
    PACKET.FSETSTAT,
    body((w) =>
      w
        .string('h')
        .uint32(0x8000000f)
        .uint64(3)
        .uint32(1)
        .uint32(1)
        .uint32(0o600)
        .uint32(1)
        .uint32(2)
        .uint32(1)
        .string('user.x')
        .string('y'),
    ),
    { kind: 'fsetstat', attributes: { size: 3, modifiedAt: 2000 } },
  ],
  ['MKDIR', PACKET.MKDIR, body((w) => w.string('/a').uint32(0)), { kind: 'mkdir', path: '/a' }],
  ['RENAME', PACKET.RENAME, body((w) => w.string('/a').string('/b')), { kind: 'rename', overwrite: false }],
  [
    'posix-rename',
    PACKET.EXTENDED,
    body((w) => w.string('posix-rename@openssh.com').string('/a').string('/b')),
    {
      kind: 'rename',
      overwrite: true,
    },
  ],
  ['READLINK', PACKET.READLINK, body((w) => w.string('/a')), { kind: 'unsupported' }],
  ['SYMLINK', PACKET.SYMLINK, body((w) => w.string('/a').string('/b')), { kind: 'unsupported' }],
  [
    'hardlink',
    PACKET.EXTENDED,
    body((w) => w.string('hardlink@openssh.com').string('/a').string('/b')),
    {
      kind: 'unsupported',
    },
  ],
  ['a type nobody knows', 99, body((w) => w.string('x')), { kind: 'unsupported' }],
  [
    'REALPATH with the fields of later drafts',
    PACKET.REALPATH,
    body((w) => w.string('.').byte(1)),
    {
      kind: 'realpath',
    },
  ],
  [
    'a WRITE of rclone with its whole buffer behind it',
    PACKET.WRITE,
    body((w) => w.string('h').uint64(0).string('abc').bytes(Buffer.alloc(99))),
    { kind: 'write', data: [Buffer.from('abc')] },
  ],
] as const;

test.each(GOOD)('%s is read', (_, type, bytes, expected) => {
  expect(readRequest({ type, body: bytes })).toMatchObject({ id: 7, ...expected });
});

test.each(GOOD)('%s cut anywhere is refused or is another request, and never read beyond its end', (_, type, bytes) => {
  for (let length = 0; length < bytes.length; length += 1) {
    const cut = { type, body: bytes.subarray(0, length) };
    let kind = 'malformed';
    try {
      kind = readRequest(cut).kind;
    } catch (error) {
      expect(error).toMatchObject({ code: 'bad-request' });
    }
    if (length < 4) expect(kind).toBe('malformed');
  }
});

const MALFORMED = [
  ['without an id', PACKET.STAT, hex('0000')],
  ['whose string is longer than the packet', PACKET.STAT, hex('00000007 00000005 2f61')],
  ['whose string claims four gigabytes', PACKET.STAT, hex('00000007 ffffffff 2f61')],
  ['whose data is longer than the packet', PACKET.WRITE, hex('00000007 00000001 68 0000000000000000 00000009 61')],
  ['whose attributes end early', PACKET.SETSTAT, hex('00000007 00000001 61 00000001 000000')],
  ['that counts attributes it does not hold', PACKET.SETSTAT, hex('00000007 00000001 61 80000000 ffffffff')],
  ['with bytes behind its fields', PACKET.CLOSE, hex('00000007 00000001 68 00')],
  ['of an extension whose fields are missing', PACKET.EXTENDED, body((w) => w.string('statvfs@openssh.com'))],
] as const;

test.each(MALFORMED)('a request %s ends the session', (_, type, bytes) => {
  expect(() => readRequest({ type, body: bytes })).toThrow(expect.objectContaining({ code: 'bad-request' }));
});

const REFUSED = [
  ['a READ at 2^64 - 1', PACKET.READ, hex('00000007 00000001 68 ffffffffffffffff 00000001')],
  ['a size of 2^63', PACKET.SETSTAT, hex('00000007 00000001 61 00000001 8000000000000000')],
  ['a path that is not UTF-8', PACKET.STAT, hex('00000007 00000002 2fe9')],
] as const;

test.each(REFUSED)('%s is answered with an error and the session goes on', (_, type, bytes) => {
  expect(readRequest({ type, body: bytes })).toMatchObject({ id: 7, kind: 'refused' });
});

test('a WRITE at 2^53 reaches its handle with an offset that no file has', () => {
  const bytes = hex('00000007 00000001 68 0020000000000000 00000001 61');
  expect(readRequest({ type: PACKET.WRITE, body: bytes })).toMatchObject({ kind: 'write', offset: Infinity });
});
