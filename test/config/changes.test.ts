import { expect, test } from 'vitest';
import { changesBetween } from '../../src/config/changes.ts';
import { loadTree } from '../../src/config/load.ts';
import { readTree } from '../../src/config/tree.ts';
import { ConfigCopy } from './config-copy.ts';

type Edit = readonly [file: string, from: string, to: string];

async function shape(directory: string) {
  const { loaded, source } = await loadTree(directory, await readTree(directory), { keyFiles: 'may-be-absent' });
  if (source === undefined) throw new Error(JSON.stringify(loaded));
  return source.shape;
}

/** What an edit changes after others were made: its places, those that need a second person with an exclamation mark. */
async function changes(edit: Edit, ...first: readonly Edit[]): Promise<readonly string[]> {
  await using copy = await ConfigCopy.make();
  for (const one of first) await copy.edit(...one);
  const before = await shape(copy.directory);
  await copy.edit(...edit);
  const found = changesBetween(before, await shape(copy.directory));
  return found.map(({ file, path, needsApproval }) => `${needsApproval ? '!' : ''}${file} ${path}`);
}

const KSZ = 'partners/ksz.yaml';
const ROLE: Edit = [KSZ, 'name: Bram Demo', 'name: Bram Demo\n    roles: [approver]'];

test.each<[string, Edit, readonly string[]]>([
  ['a limit of room', ['gateway.yaml', 'quotaBytes: 1', 'quotaBytes: 2'], ['gateway.yaml limits/quotaBytes']],
  ['a limit that is tightened', ['gateway.yaml', 'loginTries: 3', 'loginTries: 2'], ['gateway.yaml limits/loginTries']],
  ['a telephone number', [KSZ, '+32 2 000 00 01', '+32 2 000 00 09'], ['partners/ksz.yaml helpdesk/telephone']],
  ['a note on the contract', [KSZ, 'DEMO-KSZ-2020', 'DEMO-KSZ-2021'], ['partners/ksz.yaml contract/reference']],
  ['a flow’s days', ['flows/ADRM.yaml', 'code: ADRM', 'code: ADRM\nholdDays: 31'], ['flows/ADRM.yaml holdDays']],
  [
    'a person shut out',
    [KSZ, '  - id: anna\n', '  - id: anna\n    disabled: true\n'],
    ['partners/ksz.yaml persons/anna/disabled'],
  ],
  ['a partner shut out', [KSZ, 'network: primary', 'network: primary\ndisabled: true'], ['partners/ksz.yaml disabled']],
  [
    'a mandate that ends',
    [KSZ, 'mandate:\n        from: 2020-01-01', 'mandate:\n        from: 2020-01-01\n        until: 2030-01-01'],
    ['partners/ksz.yaml officials/localAdministrators/0/mandate/until'],
  ],
  [
    'a mandate that is withdrawn',
    [KSZ, 'mandate:\n        from: 2020-01-01', 'mandate:\n        from: 2020-01-01\n        withdrawn: 2026-01-01'],
    ['partners/ksz.yaml officials/localAdministrators/0/mandate/withdrawn'],
  ],
])('one person may change alone: %s', async (_, edit, places) => {
  expect(await changes(edit)).toEqual(places);
});

test.each<[string, Edit, readonly string[]]>([
  [
    'a right',
    ['folders.yaml', 'rights: all', 'rights: [list]'],
    ['!folders.yaml ∕SHARED∕work/grants/0/rights', '!folders.yaml ∕SHARED∕work/grants/0/rights/0'],
  ],
  [
    'a legal act',
    ['authorizations/adrm-ksz-rjv.yaml', 'from: 2020-01-01', 'from: 2019-01-01'],
    ['!authorizations/adrm-ksz-rjv.yaml from'],
  ],
  ['a role', ROLE, ['!partners/ksz.yaml persons/bram/roles', '!partners/ksz.yaml persons/bram/roles/0']],
  ['a way in', [KSZ, 'address: 127.0.0.1', 'address: 127.0.0.2'], ['!partners/ksz.yaml accessMethods/0/address']],
  [
    'a flow that is received',
    ['partners/ksz.yaml', 'receives: []', 'receives: [ADRM]'],
    ['!partners/ksz.yaml receives', '!partners/ksz.yaml receives/0'],
  ],
  [
    'a mandate',
    [KSZ, 'mandate:\n        from: 2020', 'mandate:\n        from: 2019'],
    ['!partners/ksz.yaml officials/localAdministrators/0/mandate/from'],
  ],
  ['who protects data', [KSZ, 'email: dpo@ksz', 'email: other@ksz'], ['!partners/ksz.yaml officials/dpo/email']],
  ['the hub', ['gateway.yaml', 'hub: ksz', 'hub: rva'], ['!gateway.yaml hub']],
  ['a limit that is loosened', ['gateway.yaml', 'loginTries: 3', 'loginTries: 4'], ['!gateway.yaml limits/loginTries']],
  [
    'how long what is revoked goes unnoticed',
    ['gateway.yaml', 'pki:\n', 'pki:\n  revocation: { revocationMaxAgeMinutes: 1440, graceMinutes: 10080 }\n'],
    ['!gateway.yaml pki/revocation/graceMinutes', '!gateway.yaml pki/revocation/revocationMaxAgeMinutes'],
  ],
  [
    'whose clock may go wrong',
    ['gateway.yaml', 'pki:\n', 'pki:\n  clockToleranceSeconds: 300\n'],
    ['!gateway.yaml pki/clockToleranceSeconds'],
  ],
  ['a listener', ['gateway.yaml', 'port: 8444', 'port: 8445'], ['!gateway.yaml listeners/1/port']],
])('a second person is needed for: %s', async (_, edit, places) => {
  expect(await changes(edit)).toEqual(places);
});

test('the keys of somebody without a role are his institution’s matter, those of an approver are not', async () => {
  const edit: Edit = [KSZ, 'email: bram@ksz.example', 'email: other@ksz.example'];
  expect(await changes(edit)).toEqual(['partners/ksz.yaml persons/bram/certificates/0/email']);
  expect(await changes(edit, ROLE)).toEqual(['!partners/ksz.yaml persons/bram/certificates/0/email']);
});

test('an approver is shut out at once, and let in again by two', async () => {
  const out: Edit = [KSZ, '  - id: bram\n', '  - id: bram\n    disabled: true\n'];
  expect(await changes(out, ROLE)).toEqual(['partners/ksz.yaml persons/bram/disabled']);
  const back: Edit = [KSZ, '    disabled: true\n', ''];
  expect(await changes(back, ROLE, out)).toEqual(['!partners/ksz.yaml persons/bram/disabled']);
});

test('what proves an approver stands with another partner and needs two there as well', async () => {
  const proofs =
    '    certificates:\n      - kind: subject\n        email: bram@ksz.example\n    sshKeys:\n      - file: ../certs/demo/bram@ksz.ssh.pub\n';
  const same: Edit = [KSZ, proofs, '    samePersonAs: bram@rjv\n'];
  const edit: Edit = ['partners/rjv.yaml', 'email: bram@rjv.example', 'email: other@rjv.example'];
  expect(await changes(edit, same)).toContain('partners/ksz.yaml persons/bram/proofs/certificates/0/email');
  expect(await changes(edit, same, ROLE)).toContain('!partners/ksz.yaml persons/bram/proofs/certificates/0/email');
});

test('words in other order, comments and moved lines change nothing', async () => {
  expect(await changes([KSZ, 'language: nl', 'language: "nl" # Dutch'])).toEqual([]);
});

const ANNA = '  - id: anna\n';
const OUT_BY_HUB: Edit = [KSZ, ANNA, `${ANNA}    disabled: hub\n`];

test('whom the hub disabled, two let in again; whom his institution did, one', async () => {
  expect(await changes(OUT_BY_HUB)).toEqual(['partners/ksz.yaml persons/anna/disabled']);
  expect(await changes([KSZ, '    disabled: hub\n', ''], OUT_BY_HUB)).toEqual([
    '!partners/ksz.yaml persons/anna/disabled',
  ]);
  const mine: Edit = [KSZ, ANNA, `${ANNA}    disabled: true\n`];
  expect(await changes([KSZ, '    disabled: true\n', ''], mine)).toEqual(['partners/ksz.yaml persons/anna/disabled']);
  expect(await changes([KSZ, 'disabled: true', 'disabled: hub'], mine)).toEqual([
    'partners/ksz.yaml persons/anna/disabled',
  ]);
  const softer: Edit = [KSZ, 'disabled: hub', 'disabled: true'];
  expect(await changes(softer, OUT_BY_HUB)).toEqual(['!partners/ksz.yaml persons/anna/disabled']);
});

test.each<[string, Edit, string]>([
  ['under another name', [KSZ, '  - id: anna\n    disabled: hub\n', '  - id: annie\n'], 'disabled'],
  ['with another certificate', [KSZ, 'email: anna@ksz.example', 'email: other@ksz.example'], 'certificates/0/email'],
  [
    'with another act',
    [KSZ, 'Designation by the leading official', 'Another by the leading official'],
    'designation/act',
  ],
])('nobody whom the hub disabled is changed by one: %s', async (_, edit, place) => {
  expect(await changes(edit, OUT_BY_HUB)).toContain(`!partners/ksz.yaml persons/anna/${place}`);
});

test('a machine account that the hub disabled is not let in by one', async () => {
  const out: Edit = [KSZ, '  - id: batch\n', '  - id: batch\n    disabled: hub\n'];
  expect(await changes(out)).toEqual(['partners/ksz.yaml machines/batch/disabled']);
  expect(await changes([KSZ, '    disabled: hub\n', ''], out)).toEqual(['!partners/ksz.yaml machines/batch/disabled']);
});

test('a partner that was shut out is let in by two', async () => {
  const out: Edit = [KSZ, 'network: primary', 'network: primary\ndisabled: true'];
  expect(await changes([KSZ, 'disabled: true\n', ''], out)).toEqual(['!partners/ksz.yaml disabled']);
});

/** Somebody of KSZ may come in over the internet. */
const exception = (state: string): Edit => [
  KSZ,
  '\nofficials:',
  `
exceptions:
  - id: home
    state: ${state}
    flow: ADRM
    persons: [anna]
    use: attended
    act: consult
    aim: to look at answers
    reason: no line at home
    measures: [a card]
    requested: 2026-01-01
    advised: 2026-01-02
    granted: 2026-01-03
    grantedBy: Security Officer
    documentSha256: ${'ab'.repeat(32)}
    from: 2026-01-04
    until: 2099-12-31

officials:`,
];

test('what proves somebody who may come in over the internet is part of his exception', async () => {
  const other: Edit = [KSZ, 'email: anna@ksz.example', 'email: other@ksz.example'];
  expect(await changes(other, exception('active'))).toEqual(['!partners/ksz.yaml persons/anna/certificates/0/email']);
  expect(await changes(other, exception('ended'))).toEqual(['partners/ksz.yaml persons/anna/certificates/0/email']);
  const name: Edit = [KSZ, 'name: Anna Demo', 'name: Somebody Else'];
  expect(await changes(name, exception('active'))).toEqual(['!partners/ksz.yaml persons/anna/name']);
  const bram: Edit = [KSZ, 'email: bram@ksz.example', 'email: other@ksz.example'];
  expect(await changes(bram, exception('active'))).toEqual(['partners/ksz.yaml persons/bram/certificates/0/email']);
});
