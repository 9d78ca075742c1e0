import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** The form addresses are compared and logged in: IPv4 inside IPv6 as IPv4, no zone. RFC 4291 §2.5.5.2, RFC 4007 §11 */
export function normaliseAddress(address: string): string {
  const bare = address.split('%', 1)[0] ?? '';
  const dotted = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare)?.[1];
  if (dotted !== undefined && isIPv4(dotted)) return dotted;
  const hex = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/i.exec(bare);
  if (hex === null) return bare.toLowerCase();
  const [high, low] = [Number.parseInt(hex[1] ?? '', 16), Number.parseInt(hex[2] ?? '', 16)];
  return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.');
}

/** `address` is one address or a network with a prefix length; what is neither covers nothing. */
export function coversAddress(address: string, remoteAddress: string): boolean {
  return standsIn(normaliseAddress(remoteAddress), networksOf([address]));
}

/** A list of addresses and networks to look addresses up in; what is neither is left out. */
export function networksOf(addresses: readonly string[]): BlockList {
  const list = new BlockList();
  for (const address of addresses) {
    const [network = '', prefix] = address.split('/', 2);
    const base = normaliseAddress(network);
    const family = familyOf(base);
    if (family === undefined) continue;
    if (prefix === undefined) list.addAddress(base, family);
    else if (isPrefix(prefix, family)) list.addSubnet(base, Number(prefix), family);
  }
  return list;
}

/** @param address as `normaliseAddress` has it */
export function standsIn(address: string, networks: BlockList): boolean {
  const family = familyOf(address);
  return family !== undefined && networks.check(address, family);
}

function familyOf(address: string): 'ipv4' | 'ipv6' | undefined {
  if (isIPv4(address)) return 'ipv4';
  return isIPv6(address) ? 'ipv6' : undefined;
}

function isPrefix(prefix: string, family: 'ipv4' | 'ipv6'): boolean {
  return /^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 'ipv4' ? 32 : 128);
}
