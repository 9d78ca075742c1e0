import { expect, test } from 'vitest';
import { loadConfiguration } from '../../src/config/load.ts';
import { ConfigCopy } from './config-copy.ts';

/** One edit of a shipped file, and the one problem it makes: place and message. */
type Case = readonly [
  title: string,
  file: string,
  from: string,
  to: string,
  line: number,
  column: number,
  message: string,
];

const GATEWAY = 'gateway.yaml';
const KSZ = 'partners/ksz.yaml';
const ADRM = 'flows/ADRM.yaml';
const ACT = 'authorizations/adrm-ksz-rjv.yaml';
const FOLDERS = 'folders.yaml';

const FORM: readonly Case[] = [
  ['a key that nothing knows', GATEWAY, 'loginTries:', 'logonTries:', 56, 3, 'unknown key "logonTries"'],
  [
    'a word that is none of those',
    GATEWAY,
    'signers: accounts',
    'signers: all',
    77,
    12,
    '"signers" is "all", which is not allowed here',
  ],
  [
    'a list that is no issuers',
    GATEWAY,
    'trustedIssuers: all',
    'trustedIssuers: none',
    75,
    19,
    '"trustedIssuers" is "none", which is not allowed here',
  ],
  ['a key of the top that nothing knows', KSZ, 'contract:', 'contracts:', 81, 1, 'unknown key "contracts"'],
  ['a missing key', KSZ, 'kbo: "0900000147"\n', '', 2, 1, '"kbo" is missing'],
  [
    'a missing key of an item',
    GATEWAY,
    '    accessMethod: line\n',
    '',
    9,
    5,
    '"accessMethod" is missing in an item of "listeners"',
  ],
  ['a key without a value', KSZ, 'network: primary', 'network:', 6, 1, '"network" is empty'],
  ['a text where a number goes', GATEWAY, 'port: 9464', 'port: many', 31, 9, '"port" is "many"; expected is a number'],
  [
    'a part of a whole',
    GATEWAY,
    'loginTries: 3',
    'loginTries: 2.5',
    56,
    15,
    '"loginTries" is 2.5; expected is a whole number',
  ],
  [
    'a number where a text goes',
    KSZ,
    '["025000"]',
    '[025000]',
    10,
    17,
    'an item of "senderNumbers" is 025000; expected is a text',
  ],
  [
    'a text where true or false goes',
    GATEWAY,
    'demo: true',
    'demo: yes',
    2,
    7,
    '"demo" is "yes"; expected is true or false',
  ],
  [
    'a list where a text goes',
    KSZ,
    'language: nl',
    'language: [nl]',
    9,
    11,
    '"language" is a list; expected is one of: nl, fr, de, en',
  ],
  ['a text where a list goes', KSZ, 'sends: [ADRM]', 'sends: ADRM', 11, 8, '"sends" is "ADRM"; expected is a list'],
  [
    'none of the allowed values',
    KSZ,
    'layout: by-flow',
    'layout: byflow',
    7,
    9,
    '"layout" is "byflow", which is not allowed here',
  ],
  ['a number out of range', GATEWAY, 'port: 8022', 'port: 80220', 25, 11, '"port" is more than 65535'],
  [
    'zero, which never means off',
    GATEWAY,
    'goWaitSeconds: 600',
    'goWaitSeconds: 0',
    50,
    18,
    '"goWaitSeconds" is less than 0.1',
  ],
  [
    'an unknown protocol',
    GATEWAY,
    'protocol: sftp',
    'protocol: ftp',
    23,
    15,
    '"protocol" is "ftp", which is not allowed here',
  ],
  ['an unknown kind of rule', KSZ, 'kind: machine', 'kind: eid', 74, 15, '"kind" is "eid", which is not allowed here'],
  [
    'a certificate rule for machines on a person',
    KSZ,
    'kind: subject',
    'kind: machine',
    51,
    15,
    '"kind" is "machine", which is not allowed here',
  ],
  [
    'a list without items',
    ADRM,
    'triggers: [upload, go-file]',
    'triggers: []',
    5,
    11,
    '"triggers" needs at least 1 of its items',
  ],
  [
    'an item twice',
    ADRM,
    '[upload, go-file]',
    '[upload, upload]',
    5,
    20,
    'an item of "triggers" is wrong: "upload" stands twice in this list',
  ],
  [
    'a wrong item in a choice of all or a list',
    FOLDERS,
    'rights: all',
    'rights: [list, reed]',
    11,
    24,
    'an item of "rights" is "reed", which is not allowed here',
  ],
  [
    'a day that does not exist',
    ACT,
    '2020-01-01',
    '2023-02-29',
    18,
    7,
    '"from" is wrong: "2023-02-29" is not a day of the calendar',
  ],
  [
    'a KBO number whose check digits fail',
    KSZ,
    '"0900000147"',
    '"0900000100"',
    5,
    6,
    '"kbo" is wrong: "0900000100" is not a KBO number: ten digits whose last two are 97 − (the first eight mod 97)',
  ],
  ['an institution without type', KSZ, '25/0', '25', 4, 14, '"institution" is 25; expected is a text'],
  [
    'the sender number of the hub',
    KSZ,
    '"025000"',
    '"999999"',
    10,
    17,
    'an item of "senderNumbers" is wrong: "999999" is not a sender number',
  ],
  [
    'an account id with an upper-case letter',
    KSZ,
    'id: anna',
    'id: Anna',
    42,
    9,
    '"id" is wrong: "Anna" cannot be the id of an account',
  ],
  [
    'an address that is none',
    KSZ,
    '127.0.0.1',
    '127.0.0.256',
    17,
    14,
    '"address" is wrong: "127.0.0.256" is not an IP address or network',
  ],
  [
    'a listener by name',
    GATEWAY,
    'host: 127.0.0.1',
    'host: gateway.example',
    10,
    11,
    '"host" is wrong: "gateway.example" is not an address to listen on',
  ],
  [
    'a policy that is no object identifier',
    GATEWAY,
    'Oids: any',
    'Oids: ["class3"]',
    15,
    27,
    'an item of "allowedPolicyOids" is wrong: "class3" is not an object identifier',
  ],
  [
    'a quality of two digits',
    ACT,
    '["010"]',
    '["10"]',
    15,
    17,
    'an item of "qualities" is wrong: "10" is not a quality code',
  ],
  [
    'a digest that is too short',
    ACT,
    'textDigest: ab4c',
    'textDigest: ab4',
    7,
    13,
    '"textDigest" is wrong: "ab411dd3e3938042788181c0b152029479500f416b0501490f2ff2dd2d6b8f6" is not a SHA-256 digest',
  ],
  [
    'a pattern that does not compile',
    ADRM,
    ')?ADRM',
    '?ADRM',
    6,
    10,
    '"pattern" is wrong: "^(?:[0-9A-Za-z]+_?ADRM(?:[ _.-].*)?\\.csv$" is not a regular expression of up to 200 characters',
  ],
  [
    'no helpdesk',
    KSZ,
    'helpdesk:\n  name: Helpdesk of KSZ (demo)\n  email: helpdesk@ksz.example\n  telephone: "+32 2 000 00 01"\n',
    '',
    2,
    1,
    '"helpdesk" is missing',
  ],
  [
    'no data protection officer',
    KSZ,
    '  dpo:\n    name: Data protection officer of KSZ (demo)\n    email: dpo@ksz.example\n',
    '',
    19,
    1,
    '"dpo" is missing in "officials"',
  ],
];

const YAML: readonly Case[] = [
  ['a key twice', KSZ, 'network: primary', 'network: primary\nnetwork: secondary', 7, 1, 'this key stands twice'],
  [
    'a merge key',
    GATEWAY,
    'health:\n',
    'health:\n  <<: { host: 127.0.0.1 }\n',
    30,
    3,
    'merge keys ("<<") are not read',
  ],
  ['a tag', KSZ, 'language: nl', 'language: !lang nl', 9, 17, 'the tag !lang is not read'],
  ['an alias to nothing', KSZ, 'language: nl', 'language: *dutch', 9, 11, 'the alias "*dutch" leads nowhere'],
  ['another version of YAML', FOLDERS, '# Folders', '%YAML 1.1\n---\n# Folders', 1, 1, 'the file says it is YAML 1.1'],
  [
    'a second document',
    FOLDERS,
    'folders:\n',
    '---\nfolders: []\n---\nfolders:\n',
    7,
    1,
    'a second document begins here',
  ],
  [
    'a bracket left open',
    ADRM,
    '[upload, go-file]',
    '[upload, go-file',
    6,
    1,
    'the YAML is not sound: Flow sequence in block collection must be sufficiently indented and end with a ]',
  ],
  [
    'a tab that indents',
    GATEWAY,
    '  host: 127.0.0.1\n  port: 9464',
    '\thost: 127.0.0.1',
    30,
    1,
    'a tab stands where spaces indent',
  ],
];

for (const [title, file, from, to, line, column, message] of [...FORM, ...YAML]) {
  test(`${title}: ${file} is refused at ${line}:${column}`, async () => {
    await using copy = await ConfigCopy.make();
    await copy.edit(file, from, to);
    const loaded = await loadConfiguration(copy.directory);
    const problems = loaded.ok ? [] : loaded.problems.map(({ remedy: _, ...problem }) => problem);
    expect(problems).toContainEqual({ file, line, column, message });
    expect(new Set(problems.map((problem) => problem.file)), 'no other file is blamed').toEqual(new Set([file]));
  });
}

test('the same configuration without the fault is accepted', async () => {
  await using copy = await ConfigCopy.make();
  expect(await loadConfiguration(copy.directory)).toMatchObject({ ok: true });
});
