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
  ['a limit', ['gateway.yaml', 'loginTries: 3', 'loginTries: 4'], ['gateway.yaml limits/loginTries']],
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
  [
    'a group of persons',
    ['folders.yaml', 'folders:\n', 'groups: { clerks: [anna@rva] }\nfolders:\n'],
    ['!folders.yaml groups/clerks/0'],
  ],
  [
    'a grant to a role',
    ['folders.yaml', 'partner: rjv\n        rights: all', 'role: operator\n        rights: [list]'],
    [
      '!folders.yaml \u2215SHARED\u2215work/grants/1/partner',
      '!folders.yaml \u2215SHARED\u2215work/grants/1/rights',
      '!folders.yaml \u2215SHARED\u2215work/grants/1/rights/0',
      '!folders.yaml \u2215SHARED\u2215work/grants/1/role',
    ],
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
