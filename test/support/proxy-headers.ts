import { crc32c } from '../../src/access/crc32c.ts';

export const SIGNATURE = Buffer.from('0d0a0d0a000d0a515549540a', 'hex');

/** A header of version 2 around these bytes. */
export function headerV2(
  body: Buffer,
  { versionAndCommand = 0x21, family = 0x11, length = body.length }: Readonly<Record<string, number>> = {},
): Buffer {
  const head = Buffer.from([versionAndCommand, family, length >> 8, length & 0xff]);
  return Buffer.concat([SIGNATURE, head, body]);
}

/** Source 192.0.2.7 port 56324, destination 192.0.2.1 port 443. */
export const IPV4 = Buffer.from('c0000207c0000201dc0401bb', 'hex');

/** Source 2001:db8::7 port 56324, destination 2001:db8::1 port 443. */
export const IPV6 = Buffer.from('20010db800000000000000000000000720010db8000000000000000000000001dc0401bb', 'hex');

/** A header that says this IPv4 address is the client. */
export function clientV2(address: string, more: Buffer = Buffer.alloc(0)): Buffer {
  return headerV2(Buffer.concat([Buffer.from(address.split('.').map(Number)), IPV4.subarray(4), more]));
}

export function tlv(type: number, value: Buffer, length = value.length): Buffer {
  return Buffer.concat([Buffer.from([type, length >> 8, length & 0xff]), value]);
}

/** A header with a sum that is right, as TLV 0x03 behind the addresses. */
export function withSum(addresses: Buffer): Buffer {
  const header = headerV2(Buffer.concat([addresses, tlv(0x03, Buffer.alloc(4))]));
  header.writeUInt32BE(crc32c(header), header.length - 4);
  return header;
}
