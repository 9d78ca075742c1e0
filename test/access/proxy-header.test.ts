import { describe, expect, test } from 'vitest';
import { crc32c } from '../../src/access/crc32c.ts';
import { beginsHeader, readProxyHeader } from '../../src/access/proxy-header.ts';
import { headerV2, IPV4, IPV6, SIGNATURE, tlv, withSum } from '../support/proxy-headers.ts';

const text = (line: string) => Buffer.from(line, 'latin1');
const whole = (line: string) => text(`${line}\r\n`);
const MAPPED = Buffer.concat([Buffer.from('00000000000000000000ffffc0000207', 'hex'), IPV6.subarray(16)]);

describe('a header that is right tells the address of the client', () => {
  test.each<[string, Buffer, string]>([
    ['v1 over IPv4', whole('PROXY TCP4 192.0.2.7 192.0.2.1 56324 443'), '192.0.2.7'],
    ['v1 with the smallest and the largest port', whole('PROXY TCP4 192.0.2.7 192.0.2.1 0 65535'), '192.0.2.7'],
    ['v1 over IPv6', whole('PROXY TCP6 2001:db8::7 2001:db8::1 56324 443'), '2001:db8::7'],
    ['v1 over IPv6 in another spelling', whole('PROXY TCP6 2001:0DB8:0:0:0:0:0:7 ::1 1 2'), '2001:db8::7'],
    ['v1 with IPv4 inside IPv6', whole('PROXY TCP6 ::ffff:192.0.2.7 ::1 1 2'), '::ffff:192.0.2.7'],
    [
      'v1 with the longest addresses',
      whole(`PROXY TCP6 ${'ffff:'.repeat(7)}ffff ${'ffff:'.repeat(7)}ffff 65535 65535`),
      `${'ffff:'.repeat(7)}ffff`,
    ],
    ['v2 over IPv4', headerV2(IPV4), '192.0.2.7'],
    ['v2 over IPv6', headerV2(IPV6, { family: 0x21 }), '2001:db8::7'],
    ['v2 with IPv4 inside IPv6', headerV2(MAPPED, { family: 0x21 }), '::ffff:192.0.2.7'],
    [
      'v2 with TLVs nobody reads',
      headerV2(Buffer.concat([IPV4, tlv(0x04, Buffer.alloc(3)), tlv(0xe0, text('x'))])),
      '192.0.2.7',
    ],
    ['v2 with an empty TLV', headerV2(Buffer.concat([IPV4, tlv(0x05, Buffer.alloc(0))])), '192.0.2.7'],
    ['v2 with a sum', withSum(IPV4), '192.0.2.7'],
    ['v2 with as much as is read', headerV2(Buffer.concat([IPV4, tlv(0x04, Buffer.alloc(2048 - 15))])), '192.0.2.7'],
  ])('%s', (_, header, address) => {
    const behind = Buffer.concat([header, text('SSH-2.0-x\r\n')]);
    expect(readProxyHeader(behind)).toEqual({ kind: 'client', bytes: header.length, address });
    for (const length of [1, 6, 12, 13, header.length - 1]) {
      expect(readProxyHeader(header.subarray(0, length)), `${length} bytes`).toEqual({ kind: 'more' });
    }
  });
});

describe('a proxy that speaks for itself brings nobody', () => {
  test.each<[string, Buffer]>([
    ['v1 UNKNOWN alone', whole('PROXY UNKNOWN')],
    ['v1 UNKNOWN with addresses', whole('PROXY UNKNOWN ffff::1 ffff::2 1 2')],
    ['v2 LOCAL', headerV2(Buffer.alloc(0), { versionAndCommand: 0x20, family: 0 })],
    ['v2 LOCAL with addresses, which count for nothing', headerV2(IPV4, { versionAndCommand: 0x20 })],
    ['v2 LOCAL of a family that is not read', headerV2(text('anything'), { versionAndCommand: 0x20, family: 0x31 })],
    ['v2 of no family', headerV2(Buffer.alloc(0), { family: 0 })],
  ])('%s', (_, header) => {
    expect(readProxyHeader(Buffer.concat([header, text('x')]))).toEqual({ kind: 'local', bytes: header.length });
  });
});

const SUM_OFF_BY_ONE = withSum(IPV4);
SUM_OFF_BY_ONE.writeUInt8((SUM_OFF_BY_ONE.at(-1) ?? 0) ^ 1, SUM_OFF_BY_ONE.length - 1);
const SUM_OF_ANOTHER = withSum(IPV4);
SUM_OF_ANOTHER.writeUInt8(9, 19);

describe('a header that is wrong is told by its fault', () => {
  test.each<[string, Buffer, string]>([
    ['v1 longer than any', text(`PROXY TCP4 ${'1'.repeat(97)}`), 'a line that does not end'],
    ['v1 UNKNOWN longer than any', text(`PROXY UNKNOWN ${'x'.repeat(100)}\r\n`), 'a line that does not end'],
    ['v1 ended by LF alone', text('PROXY TCP4 192.0.2.7 192.0.2.1 1 2\n'), 'a line without CR'],
    ['v1 of UDP', whole('PROXY UDP4 192.0.2.7 192.0.2.1 1 2'), 'a protocol that is neither TCP4 nor TCP6'],
    ['v1 in lower case', whole('PROXY tcp4 192.0.2.7 192.0.2.1 1 2'), 'a protocol that is neither TCP4 nor TCP6'],
    ['v1 of nothing', whole('PROXY '), 'a protocol that is neither TCP4 nor TCP6'],
    ['v1 of UNKNOWN glued to more', whole('PROXY UNKNOWNX'), 'a protocol that is neither TCP4 nor TCP6'],
    ['v1 with two spaces', whole('PROXY  TCP4 192.0.2.7 192.0.2.1 1 2'), 'a protocol that is neither TCP4 nor TCP6'],
    ['v1 without a source', whole('PROXY TCP4'), 'a source that is no address of its family'],
    ['v1 with a name', whole('PROXY TCP4 localhost 192.0.2.1 1 2'), 'a source that is no address of its family'],
    [
      'v1 with a leading zero',
      whole('PROXY TCP4 192.0.02.7 192.0.2.1 1 2'),
      'a source that is no address of its family',
    ],
    ['v1 with three numbers', whole('PROXY TCP4 192.0.2 192.0.2.1 1 2'), 'a source that is no address of its family'],
    ['v1 with 256', whole('PROXY TCP4 192.0.2.256 192.0.2.1 1 2'), 'a source that is no address of its family'],
    [
      'v1 of IPv4 with IPv6',
      whole('PROXY TCP4 2001:db8::7 192.0.2.1 1 2'),
      'a source that is no address of its family',
    ],
    ['v1 of IPv6 with IPv4', whole('PROXY TCP6 192.0.2.7 ::1 1 2'), 'a source that is no address of its family'],
    ['v1 with a zone', whole('PROXY TCP6 fe80::1%eth0 ::1 1 2'), 'a source that is no address of its family'],
    ['v1 without a destination', whole('PROXY TCP4 192.0.2.7'), 'a destination that is no address of its family'],
    [
      'v1 with a destination of the other family',
      whole('PROXY TCP4 192.0.2.7 ::1 1 2'),
      'a destination that is no address of its family',
    ],
    ['v1 without ports', whole('PROXY TCP4 192.0.2.7 192.0.2.1'), 'not two ports'],
    ['v1 with one port', whole('PROXY TCP4 192.0.2.7 192.0.2.1 1'), 'not two ports'],
    ['v1 with three ports', whole('PROXY TCP4 192.0.2.7 192.0.2.1 1 2 3'), 'not two ports'],
    ['v1 with a port of 65536', whole('PROXY TCP4 192.0.2.7 192.0.2.1 65536 2'), 'not two ports'],
    ['v1 with a negative port', whole('PROXY TCP4 192.0.2.7 192.0.2.1 -1 2'), 'not two ports'],
    ['v1 with a port with a leading zero', whole('PROXY TCP4 192.0.2.7 192.0.2.1 01 2'), 'not two ports'],
    ['v1 with a space at its end', whole('PROXY TCP4 192.0.2.7 192.0.2.1 1 2 '), 'not two ports'],
    ['v1 with NUL in it', whole('PROXY TCP4 192.0.2.7\0 192.0.2.1 1 2'), 'a source that is no address of its family'],
    [
      'v1 with a CR inside',
      text('PROXY TCP4 192.0.2.7\r192.0.2.1 1 2\r\n'),
      'a source that is no address of its family',
    ],
    ['v2 of version 1', headerV2(IPV4, { versionAndCommand: 0x11 }), 'a version that is not 2'],
    ['v2 of version 3', headerV2(IPV4, { versionAndCommand: 0x31 }), 'a version that is not 2'],
    [
      'v2 with a command nobody knows',
      headerV2(IPV4, { versionAndCommand: 0x22 }),
      'a command that is neither LOCAL nor PROXY',
    ],
    ['v2 of UDP', headerV2(IPV4, { family: 0x12 }), 'a family and transport that are not TCP'],
    ['v2 of UDP over IPv6', headerV2(IPV6, { family: 0x22 }), 'a family and transport that are not TCP'],
    ['v2 of a Unix socket', headerV2(Buffer.alloc(216), { family: 0x31 }), 'a family and transport that are not TCP'],
    ['v2 of IPv4 without transport', headerV2(IPV4, { family: 0x10 }), 'a family and transport that are not TCP'],
    ['v2 of a family nobody knows', headerV2(IPV4, { family: 0x41 }), 'a family and transport that are not TCP'],
    ['v2 without addresses', headerV2(Buffer.alloc(0)), 'no room for its addresses'],
    ['v2 a byte short', headerV2(IPV4.subarray(0, 11)), 'no room for its addresses'],
    ['v2 of IPv6 with IPv4', headerV2(IPV4, { family: 0x21 }), 'no room for its addresses'],
    ['v2 longer than is read', headerV2(IPV4, { length: 2049 }), 'more than 2048 bytes'],
    ['v2 of the longest length', headerV2(IPV4, { length: 0xffff }), 'more than 2048 bytes'],
    ['v2 LOCAL longer than is read', headerV2(IPV4, { versionAndCommand: 0x20, length: 2049 }), 'more than 2048 bytes'],
    ['v2 with half a TLV', headerV2(Buffer.concat([IPV4, Buffer.from([4, 0])])), 'a TLV that is cut off'],
    [
      'v2 with a TLV beyond its end',
      headerV2(Buffer.concat([IPV4, tlv(0x04, Buffer.alloc(2), 3)])),
      'a TLV that is longer than the header',
    ],
    [
      'v2 with a sum of three bytes',
      headerV2(Buffer.concat([IPV4, tlv(0x03, Buffer.alloc(3))])),
      'a CRC32C that has not four bytes',
    ],
    [
      'v2 with two sums',
      headerV2(Buffer.concat([IPV4, tlv(0x03, Buffer.alloc(4)), tlv(0x03, Buffer.alloc(4))])),
      'two CRC32C',
    ],
    ['v2 with a sum off by one', SUM_OFF_BY_ONE, 'a CRC32C that is wrong'],
    ['v2 with the sum of another address', SUM_OF_ANOTHER, 'a CRC32C that is wrong'],
    ['v2 of no family with half a TLV', headerV2(Buffer.from([4]), { family: 0 }), 'a TLV that is cut off'],
  ])('%s', (_, header, fault) => {
    expect(readProxyHeader(header)).toEqual({ kind: 'bad', fault });
  });
});

test('TLS, SSH, HTTP and what only resembles a header are none', () => {
  const others = [
    '\x16\x03\x01',
    'SSH-2.0-x',
    'GET / HTTP/1.1',
    'PROPFIND /',
    'proxy TCP4',
    '\r\n\r\nGET',
    ' PROXY TCP4',
  ];
  for (const other of others) {
    expect(readProxyHeader(text(other)), other).toEqual({ kind: 'none' });
    expect(beginsHeader(text(other)), other).toBe('no');
  }
});

test('a header is known by its first bytes', () => {
  expect(['P', 'PROXY', '\r', '\r\n\r\n\0\r\nQUIT'].map((one) => beginsHeader(text(one)))).toEqual(
    Array.from({ length: 4 }, () => 'perhaps'),
  );
  expect([text('PROXY '), SIGNATURE, text('PROXY x')].map(beginsHeader)).toEqual(['yes', 'yes', 'yes']);
});

test('CRC32C is that of RFC 3720, appendix B.4', () => {
  expect(crc32c(Buffer.alloc(32)).toString(16)).toBe('8a9136aa');
  expect(crc32c(Buffer.alloc(32, 0xff)).toString(16)).toBe('62a8ab43');
  expect(crc32c(Buffer.from(Array.from({ length: 32 }, (_, index) => index))).toString(16)).toBe('46dd794e');
});
