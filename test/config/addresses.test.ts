import { expect, test } from 'vitest';
import { ConfigCopy, load } from './config-copy.ts';

const LINES = '  - method: line\n    address: 127.0.0.1\n';

/** What RJV and RVA write under "accessMethods:", and what is told of it. */
type Case = readonly [title: string, rjv: string, rva: string, told: readonly string[]];

const one = (method: string, address: string, more = '') => `  - method: ${method}\n    address: ${address}\n${more}`;
const SHARED = '    shared: true\n';
const at = (line: number, column: number, message: string) => `partners/rva.yaml:${line}:${column} ${message}`;

const CASES: readonly Case[] = [
  [
    'one address of two partners',
    one('vpn', '192.0.2.7'),
    one('vpn', '192.0.2.7'),
    [at(17, 14, '192.0.2.7 (vpn) overlaps 192.0.2.7 of partners/rjv.yaml')],
  ],
  [
    'an address in the network of another',
    one('line', '192.0.2.0/24'),
    one('line', '192.0.2.7'),
    [at(17, 14, '192.0.2.7 (line) overlaps 192.0.2.0/24 of partners/rjv.yaml')],
  ],
  [
    'a network around the network of another',
    one('private-network', '10.1.0.0/16'),
    one('private-network', '10.0.0.0/8'),
    [at(17, 14, '10.0.0.0/8 (private-network) overlaps 10.1.0.0/16 of partners/rjv.yaml')],
  ],
  [
    'IPv4 inside IPv6',
    one('vpn', '192.0.2.7'),
    one('vpn', '"::ffff:192.0.2.7"'),
    [at(17, 14, '::ffff:192.0.2.7 (vpn) overlaps 192.0.2.7 of partners/rjv.yaml')],
  ],
  [
    'a network that one of the two calls shared',
    one('vpn', '10.0.0.0/8', SHARED),
    one('vpn', '10.1.0.0/16'),
    [at(17, 14, '10.1.0.0/16 (vpn) overlaps 10.0.0.0/8 of partners/rjv.yaml')],
  ],
  [
    'a line that is called shared',
    one('line', '192.0.2.7'),
    one('line', '192.0.2.8', SHARED),
    [at(18, 5, 'the method "line" is not shared: only a private network or a VPN carries several partners')],
  ],
  ['a network that both call shared', one('vpn', '10.0.0.0/8', SHARED), one('vpn', '10.1.0.0/16', SHARED), []],
  ['networks beside each other', one('vpn', '192.0.2.0/25'), one('vpn', '192.0.2.128/25'), []],
  ['one address by two methods', one('vpn', '192.0.2.7'), one('line', '192.0.2.7'), []],
  ['addresses of this machine', one('vpn', '127.0.0.1'), one('vpn', '127.0.0.0/8'), []],
];

test.each(CASES)('%s', async (_, rjv, rva, told) => {
  await using copy = await ConfigCopy.make();
  await copy.edit('partners/rjv.yaml', LINES, rjv);
  await copy.edit('partners/rva.yaml', LINES, rva);
  const loaded = await load(copy);
  const problems = loaded.ok ? [] : loaded.problems;
  expect(problems.map(({ file, line, column, message }) => `${file}:${line}:${column} ${message}`)).toEqual(told);
});

test.each([
  ['an address', '[192.0.2.1]', []],
  ['a network and an address', '["2001:db8::/32", 192.0.2.1]', []],
  ['a name', '[proxy.example]', ['an item of "proxies" is wrong: "proxy.example" is not an IP address or network']],
  [
    'one address twice',
    '[192.0.2.1, 192.0.2.1]',
    ['an item of "proxies" is wrong: "192.0.2.1" stands twice in this list'],
  ],
])('proxies of a listener: %s', async (_, proxies, told) => {
  await using copy = await ConfigCopy.make();
  await copy.edit(
    'gateway.yaml',
    '    accessMethod: internet\n',
    `    accessMethod: internet\n    proxies: ${proxies}\n`,
  );
  const loaded = await load(copy);
  expect(loaded.ok ? [] : loaded.problems.map(({ message }) => message)).toEqual(told);
});
