import { expect, test } from 'vitest';
import { formatProblem } from '../../src/config/problems.ts';
import { ConfigCopy, load } from './config-copy.ts';

type Edit = readonly [file: string, from: string, to: string];

const ACT = 'authorizations/adrm-ksz-rjv.yaml';
const WORK = '  - path: /SHARED/work\n';
const PERSONAL: Edit = [
  'folders.yaml',
  WORK,
  `  - path: /SHARED/data
    content: personal
    grants:
      - { partner: ksz, rights: all, authorization: adrm-ksz-rjv }
      - { group: clerks, rights: [list, read], authorization: adrm-ksz-rjv }
${WORK}`,
];
const group = (members: string): Edit => ['folders.yaml', 'folders:\n', `groups: { clerks: [${members}] }\nfolders:\n`];

async function told(edits: readonly Edit[]): Promise<readonly string[]> {
  await using copy = await ConfigCopy.make();
  for (const edit of edits) await copy.edit(...edit);
  const loaded = await load(copy);
  return loaded.ok ? [] : loaded.problems.map(formatProblem);
}

test.each<[string, readonly Edit[], string | undefined]>([
  ['a group of one institution that the act names', [PERSONAL, group('anna@rjv, bram@rjv')], undefined],
  [
    'a group of two institutions where an act is asked for',
    [PERSONAL, group('anna@rjv, anna@rva')],
    `folders.yaml:11:18  the group clerks has persons of rjv and rva; an act speaks of one institution at a time
    make a group for each institution, and give each a grant`,
  ],
  [
    'the same in a folder without personal data',
    [group('anna@rjv, anna@rva'), ['folders.yaml', 'partner: rjv', 'group: clerks']],
    undefined,
  ],
  [
    'a group of an institution that the act does not name',
    [PERSONAL, group('anna@rva')],
    `folders.yaml:11:63  the authorization adrm-ksz-rjv does not speak of rva (18/0)
    name one that does`,
  ],
  [
    'an act that is for tests',
    [PERSONAL, group('anna@rjv'), [ACT, 'environments: [R, T, S]', 'environments: [T, S]']],
    `folders.yaml:10:53  adrm-ksz-rjv is for T and S, and what lies in a shared folder is real
    name an act with environment R`,
  ],
  [
    'an act that allows some records only',
    [PERSONAL, group('anna@rjv'), [ACT, 'environments:', 'applications: [HOLIDAY]\nenvironments:']],
    `folders.yaml:10:53  adrm-ksz-rjv allows only some "applications" of records, and a file in a folder does not say which it is of
    send it as a flow, or name an act without them`,
  ],
  [
    'an act that is not there',
    [
      PERSONAL,
      group('anna@rjv'),
      ['folders.yaml', 'all, authorization: adrm-ksz-rjv', 'all, authorization: adrm-ksz-rjw'],
    ],
    `folders.yaml:10:53  there is no authorization "adrm-ksz-rjw"
    did you mean "adrm-ksz-rjv"?`,
  ],
  [
    'a role where no partner is the hub',
    [
      ['gateway.yaml', 'hub: ksz', ''],
      ['folders.yaml', 'partner: rjv\n        rights: all', 'role: operator\n        rights: [list]'],
    ],
    `folders.yaml:12:15  roles are held at the hub, and no partner is the hub
    say in gateway.yaml which partner is, as in "hub: ksz"`,
  ],
])('%s', async (_, edits, problem) => {
  const problems = await told(edits);
  if (problem === undefined) expect(problems).toEqual([]);
  else expect(problems.join('\n')).toContain(problem);
});
