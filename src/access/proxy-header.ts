import { isIPv4, isIPv6, SocketAddress } from 'node:net';
import { crc32c } from './crc32c.ts';

/*
 * The PROXY protocol, versions 1 and 2, as HAProxy's doc/proxy-protocol.txt has it: what a proxy says about the client
 * before the first byte of the client.
 */

/** What the first bytes of a connection are. */
export type ProxyHeader =
  /** It may become one. */
  | { readonly kind: 'more' }
  /** TLS, SSH or something else: no header. */
  | { readonly kind: 'none' }
  | { readonly kind: 'bad'; readonly fault: string }
  /** The proxy speaks for itself, as in a health check, or does not say for whom. `bytes` is the length of the header. */
  | { readonly kind: 'local'; readonly bytes: number }
  | { readonly kind: 'client'; readonly bytes: number; readonly address: string };

const PREFIX_V1 = Buffer.from('PROXY ', 'latin1');
/** §2.1: the longest line, with CR LF. */
const MAX_V1_BYTES = 107;
/** §2.2: twelve bytes that are neither text nor TLS. */
const SIGNATURE_V2 = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');
const HEAD_V2_BYTES = 16;
/** After the first sixteen bytes. HAProxy with all it can say about a client of its own, certificate names included, needs some hundred. */
const MAX_V2_BYTES = 2048;

const MORE: ProxyHeader = { kind: 'more' };

/** Reads the header that the first bytes of a connection are, or says that they are none. Pure. */
export function readProxyHeader(bytes: Buffer): ProxyHeader {
  if (startsWith(bytes, SIGNATURE_V2)) return readV2(bytes);
  if (startsWith(bytes, PREFIX_V1)) return readV1(bytes);
  return { kind: 'none' };
}

/** Whether the first bytes of a connection begin a header, as far as one can tell. TLS and SSH begin otherwise. Pure. */
export function beginsHeader(bytes: Buffer): 'yes' | 'no' | 'perhaps' {
  const prefix = [SIGNATURE_V2, PREFIX_V1].find((one) => startsWith(bytes, one));
  if (prefix === undefined) return 'no';
  return bytes.length < prefix.length ? 'perhaps' : 'yes';
}

/** Whether they are equal as far as both go. */
function startsWith(bytes: Buffer, prefix: Buffer): boolean {
  const length = Math.min(bytes.length, prefix.length);
  return bytes.subarray(0, length).equals(prefix.subarray(0, length));
}

/** §2.1: "PROXY" SP ("TCP4" | "TCP6") SP source SP destination SP source port SP destination port CR LF, or "PROXY UNKNOWN" … CR LF */
function readV1(bytes: Buffer): ProxyHeader {
  const line = bytes.subarray(0, MAX_V1_BYTES).toString('latin1');
  const end = line.indexOf('\n');
  if (end < 0) return bytes.length < MAX_V1_BYTES ? MORE : bad('a line that does not end');
  if (line[end - 1] !== '\r') return bad('a line without CR');
  const whole = line.slice(0, end - 1);
  const length = end + 1;
  if (/^PROXY UNKNOWN(?: |$)/.test(whole)) return { kind: 'local', bytes: length };
  const [, family, source, destination, ...ports] = whole.split(' ');
  if (family !== 'TCP4' && family !== 'TCP6') return bad('a protocol that is neither TCP4 nor TCP6');
  const isAddress = family === 'TCP4' ? isIPv4 : isPlainIPv6;
  if (source === undefined || !isAddress(source)) return bad('a source that is no address of its family');
  if (destination === undefined || !isAddress(destination))
    return bad('a destination that is no address of its family');
  if (ports.length !== 2 || !ports.every(isPort)) return bad('not two ports');
  return { kind: 'client', bytes: length, address: canonical(source) };
}

/** §2.1: without leading zeros. */
function isPort(text: string): boolean {
  return /^(?:0|[1-9]\d{0,4})$/.test(text) && Number(text) <= 0xffff;
}

/** No zone (RFC 4007 §11): it means something on the proxy only. */
function isPlainIPv6(text: string): boolean {
  return isIPv6(text) && !text.includes('%');
}

/** The form in which the operating system writes the address of a socket. */
function canonical(address: string): string {
  return isIPv4(address) ? address : new SocketAddress({ address, family: 'ipv6' }).address;
}

/** Commands, the low four bits of the 13th byte. */
const [LOCAL, PROXY] = [0, 1] as const;
/** The 14th byte: family and transport. Other pairs are no TCP. */
const [UNSPECIFIED, TCP4, TCP6] = [0x00, 0x11, 0x21] as const;
const ADDRESS_BYTES: Readonly<Record<number, number>> = { [TCP4]: 12, [TCP6]: 36 };

/** §2.2: signature | version 2 and command | family and transport | uint16 length | addresses and ports | TLVs */
function readV2(bytes: Buffer): ProxyHeader {
  if (bytes.length < HEAD_V2_BYTES) return MORE;
  const [version, command] = [bytes.readUInt8(12) >> 4, bytes.readUInt8(12) & 0x0f];
  const family = bytes.readUInt8(13);
  const length = bytes.readUInt16BE(14);
  if (version !== 2) return bad('a version that is not 2');
  if (command !== LOCAL && command !== PROXY) return bad('a command that is neither LOCAL nor PROXY');
  if (length > MAX_V2_BYTES) return bad(`more than ${MAX_V2_BYTES} bytes`);
  const end = HEAD_V2_BYTES + length;
  if (bytes.length < end) return MORE;
  const header = bytes.subarray(0, end);
  if (command === LOCAL) return { kind: 'local', bytes: end };
  const addressBytes = family === UNSPECIFIED ? 0 : ADDRESS_BYTES[family];
  if (addressBytes === undefined) return bad('a family and transport that are not TCP');
  if (length < addressBytes) return bad('no room for its addresses');
  const fault = tlvFault(header, HEAD_V2_BYTES + addressBytes);
  if (fault !== undefined) return bad(fault);
  if (family === UNSPECIFIED) return { kind: 'local', bytes: end };
  return { kind: 'client', bytes: end, address: addressOf(header, family) };
}

/** TCP4: 4 bytes source, 4 destination, 2 ports; TCP6: 16 and 16. */
function addressOf(header: Buffer, family: number): string {
  const source = header.subarray(HEAD_V2_BYTES, HEAD_V2_BYTES + (family === TCP4 ? 4 : 16));
  if (family === TCP4) return source.join('.');
  const groups = Array.from({ length: 8 }, (_, index) => source.readUInt16BE(index * 2).toString(16));
  return canonical(groups.join(':'));
}

const TLV_HEAD_BYTES = 3;
const CRC32C_TLV = 0x03;
const CRC32C_BYTES = 4;

/** §2.2: uint8 type | uint16 length | value, over and over; none is used, but the sum of a header that has one must be right. */
function tlvFault(header: Buffer, begin: number): string | undefined {
  let sumAt: number | undefined;
  let at = begin;
  while (at < header.length) {
    if (at + TLV_HEAD_BYTES > header.length) return 'a TLV that is cut off';
    const [type, length] = [header.readUInt8(at), header.readUInt16BE(at + 1)];
    const value = at + TLV_HEAD_BYTES;
    if (value + length > header.length) return 'a TLV that is longer than the header';
    if (type === CRC32C_TLV) {
      if (length !== CRC32C_BYTES) return 'a CRC32C that has not four bytes';
      if (sumAt !== undefined) return 'two CRC32C';
      sumAt = value;
    }
    at = value + length;
  }
  return sumAt === undefined || sumIsRight(header, sumAt) ? undefined : 'a CRC32C that is wrong';
}

/** §2.2.4: over the whole header, with the four bytes of the sum itself as zeros. */
function sumIsRight(header: Buffer, at: number): boolean {
  const blank = Buffer.from(header).fill(0, at, at + CRC32C_BYTES);
  return crc32c(blank) === header.readUInt32BE(at);
}

function bad(fault: string): ProxyHeader {
  return { kind: 'bad', fault };
}
