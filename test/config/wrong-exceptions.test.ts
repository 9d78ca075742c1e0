import { type Refusal, testRefusals } from './refusals.ts';

const RJV = 'partners/rjv.yaml';

/** Edits of the exception that ships with RJV. */
const EXCEPTIONS: readonly Refusal[] = [
  [
    'a global exception',
    RJV,
    '    flow: ADRM\n',
    '    flow: all\n',
    `${RJV}:88:11`,
    '"flow" is wrong: "all" is not one flow, and an exception is never global',
  ],
  ['an unknown flow', RJV, '    flow: ADRM\n', '    flow: ADRN\n', `${RJV}:88:11`, 'there is no flow "ADRN"'],
  [
    'a flow that the partner does not exchange',
    RJV,
    '    flow: ADRM\n',
    '    flow: WLAT\n',
    `${RJV}:88:11`,
    'the exception is for flow "WLAT", which rjv neither sends nor receives',
  ],
  ['a person nobody knows', RJV, 'persons: [anna]', 'persons: [carl]', `${RJV}:89:15`, 'rjv has no person "carl"'],
  [
    'a machine account',
    RJV,
    'persons: [anna]',
    'persons: [anna, batch]',
    `${RJV}:89:21`,
    'batch is a machine account, and no application comes in over the internet',
  ],
  [
    'a program of two persons',
    RJV,
    'persons: [anna]\n    use: attended',
    'persons: [anna, bram]\n    use: automated-by-named-person',
    `${RJV}:89:21`,
    'a program works in the session of one named person',
  ],
  ['nobody', RJV, 'persons: [anna]', 'persons: []', `${RJV}:89:14`, '"persons" needs at least 1 of its items'],
  [
    'an active one that nobody signed',
    RJV,
    '    grantedBy: Leading official of KSZ (demo)\n',
    '',
    `${RJV}:87:12`,
    'an exception that is active needs "grantedBy"',
  ],
  [
    'an active one without document',
    RJV,
    'documentSha256: 6a',
    '# 6a',
    `${RJV}:87:12`,
    'an exception that is active needs "documentSha256"',
  ],
  [
    'an active one that was never granted',
    RJV,
    '    granted: 2020-01-20\n',
    '',
    `${RJV}:87:12`,
    'an exception that is active needs "granted"',
  ],
  ['one without end', RJV, '    until: 2099-12-31\n', '', `${RJV}:87:12`, 'an exception that is active needs "until"'],
  [
    'one that is only requested and was granted',
    RJV,
    'state: active',
    'state: requested',
    `${RJV}:87:12`,
    'the exception was granted on 2020-01-20, and its state is "requested"',
  ],
  [
    'granted before it was advised',
    RJV,
    'granted: 2020-01-20',
    'granted: 2020-01-12',
    `${RJV}:103:14`,
    '"granted", 2020-01-12, lies before "advised", 2020-01-13',
  ],
  [
    'in force before it was granted',
    RJV,
    'from: 2020-02-01',
    'from: 2020-01-19',
    `${RJV}:106:11`,
    '"from", 2020-01-19, lies before "granted", 2020-01-20',
  ],
  [
    'an end before its beginning',
    RJV,
    'until: 2099-12-31',
    'until: 2020-01-31',
    `${RJV}:107:12`,
    '"until", 2020-01-31, lies before "from", 2020-02-01',
  ],
  [
    'a consultation without aim',
    RJV,
    '    aim: Looking',
    '    # aim: Looking',
    `${RJV}:91:10`,
    'a consultation says what it is for',
  ],
  [
    'a consultation that hands in',
    RJV,
    'directions: [download]',
    'directions: [download, upload]',
    `${RJV}:99:30`,
    'who consults hands nothing in',
  ],
  [
    'files by an act nobody knows',
    RJV,
    'authorization: adrm-ksz-rjv',
    'authorization: adrm-ksz-rva',
    `${RJV}:98:22`,
    'there is no authorization "adrm-ksz-rva"',
  ],
  [
    'files by an act about another flow',
    RJV,
    'authorization: adrm-ksz-rjv',
    'authorization: wlat-rva-kbf',
    `${RJV}:98:22`,
    'the act "wlat-rva-kbf" is not about flow "ADRM"',
  ],
  [
    'twice the same id',
    RJV,
    'exceptions:\n',
    `exceptions:
  - id: adrm-consultation
    state: requested
    flow: ADRM
    persons: [bram]
    use: attended
    act: communicate
    reason: Demo
    measures: [Demo]
    requested: 2020-01-06
`,
    `${RJV}:95:9`,
    'the exception "adrm-consultation" stands twice',
  ],
];

/** Persons whom several partners designated, and mandates. */
const PERSONS: readonly Refusal[] = [
  [
    'the same person as nobody',
    RJV,
    'email: bram@rjv.example\n    sshKeys:\n      - file: ../certs/demo/bram@rjv.ssh.pub',
    'email: bram@rjv.example\n    samePersonAs: carl@ksz',
    `${RJV}:66:19`,
    'ksz has no person "carl"',
  ],
  [
    'the same person of a partner nobody knows',
    RJV,
    '    name: Bram Demo\n',
    '    name: Bram Demo\n    samePersonAs: bram@kszz\n',
    `${RJV}:57:19`,
    'there is no partner "kszz"',
  ],
  [
    'the same person as a machine',
    RJV,
    '    name: Bram Demo\n',
    '    name: Bram Demo\n    samePersonAs: batch@ksz\n',
    `${RJV}:57:19`,
    'ksz has no person "batch"',
  ],
  [
    'the same person of the same partner',
    RJV,
    '    name: Bram Demo\n',
    '    name: Bram Demo\n    samePersonAs: anna@rjv\n',
    `${RJV}:57:19`,
    'a partner designates a person once',
  ],
  [
    'a person who is proven twice',
    RJV,
    '    name: Bram Demo\n',
    '    name: Bram Demo\n    samePersonAs: bram@ksz\n',
    `${RJV}:64:5`,
    'what proves this person stands with bram@ksz',
  ],
  [
    'a mandate withdrawn before it began',
    RJV,
    'mandate:\n        from: 2020-01-01',
    'mandate:\n        from: 2020-01-01\n        withdrawn: 2019-01-01',
    `${RJV}:34:20`,
    'the end, 2019-01-01, lies before the beginning, 2020-01-01',
  ],
];

testRefusals([...EXCEPTIONS, ...PERSONS]);
