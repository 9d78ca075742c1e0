import type { BadInput } from './bad-input.ts';

const PERSONAL = `content: personal
    grants:
      - { partner: ksz, rights: all, authorization: adrm-ksz-rjv }
      - { partner: rjv, rights: [list, read], authorization: adrm-ksz-rjv }
  - path: /SHARED/work
    content: reviewed
    approver`;

/** The shipped folder with another before it, on lines 7 to 10; `to` replaces one part of that. */
function personal(from: string, to: string): readonly [from: string, to: string] {
  const text = PERSONAL.replace(from, to);
  if (text === PERSONAL) throw new Error(`nothing is replaced by ${to}`);
  return ['path: /SHARED/work\n    content: reviewed\n    approver', `path: /SHARED/data\n    ${text}`];
}

function grants(text: string): readonly [from: string, to: string] {
  return ['      - partner: rjv\n        rights: all\n        reason: common work on the demonstration\n', text];
}

function groups(members: string): readonly [from: string, to: string] {
  return ['folders:\n', `groups: { clerks: ${members} }\nfolders:\n`];
}

/** Who gets what in a shared folder, and on which ground. */
export const FOLDERS: readonly BadInput[] = [
  [
    'an act of a shared folder that is another one’s',
    'folders.yaml',
    ...personal('[list, read], authorization: adrm-ksz-rjv', '[list, read], authorization: intg-rjv'),
    'folders.yaml:10:62',
    'this folder rests on adrm-ksz-rjv: what is put there under one act is not read under another',
    'write adrm-ksz-rjv, or make a folder for intg-rjv',
  ],
  [
    'personal data that would go the other way',
    'folders.yaml',
    ...personal('[list, read]', '[list, create]'),
    'folders.yaml:10:40',
    'by adrm-ksz-rjv the data come from 25/0; who gets them has no right to create',
    'write some of: list, read, delete, view; or a folder for an act of the other way',
  ],
  [
    'a grant to nobody',
    'folders.yaml',
    'partner: rjv\n        rights',
    'rights',
    'folders.yaml:12:9',
    'this grant does not say to whom',
    'write partner: and the id of one, role: and a role at the hub, or group: and a group of this file',
  ],
  [
    'a grant to a partner and a role',
    'folders.yaml',
    'partner: rjv',
    'partner: rjv\n        role: helpdesk',
    'folders.yaml:13:9',
    'this grant names a partner already',
    'remove this line, or give the role a grant of its own',
  ],
  [
    'an account of a role',
    'folders.yaml',
    ...grants('      - { role: helpdesk, account: anna, rights: [list] }\n'),
    'folders.yaml:12:27',
    'an account is one of a partner, and this grant is for a role',
    'remove this line',
  ],
  [
    'a role that nobody has heard of',
    'folders.yaml',
    ...grants('      - { role: operater, rights: [list] }\n'),
    'folders.yaml:12:17',
    '"role" is "operater", which is not allowed here',
    'did you mean "operator"?',
  ],
  [
    'a role that reads',
    'folders.yaml',
    ...grants('      - { role: helpdesk, rights: [list, read] }\n'),
    'folders.yaml:12:35',
    'no role at the hub reads content, and this grant lets it',
    'list the rights without read; content is read by break-glass only',
  ],
  [
    'a role with all rights',
    'folders.yaml',
    ...grants('      - { role: operator, rights: all }\n'),
    'folders.yaml:12:35',
    'no role at the hub reads content, and "all" includes it',
    'list the rights without read; content is read by break-glass only',
  ],
  [
    'a role that changes personal data',
    'folders.yaml',
    ...personal(
      '{ partner: rjv, rights: [list, read], authorization: adrm-ksz-rjv }',
      '{ role: operator, rights: [list, delete] }',
    ),
    'folders.yaml:10:35',
    'a role at the hub sees of personal data that they are there, and changes nothing',
    'write [list, view]',
  ],
  [
    'a role as party to an act',
    'folders.yaml',
    ...grants('      - { role: operator, rights: [list], authorization: adrm-ksz-rjv }\n'),
    'folders.yaml:12:43',
    'a role at the hub is no party to a legal act',
    'remove this line',
  ],
  [
    'a grant to an unknown group',
    'folders.yaml',
    ...grants('      - { group: clerks, rights: all }\n'),
    'folders.yaml:12:18',
    'there is no group "clerks"',
    'there is none yet',
  ],
  [
    'a group of nobody',
    'folders.yaml',
    ...groups('[]'),
    'folders.yaml:5:19',
    'nobody is in the group clerks, so its grants would give nothing',
    'name persons, as in [anna@ksz], or remove the group and its grants',
  ],
  [
    'a group with somebody of an unknown partner',
    'folders.yaml',
    ...groups('[anna@kszz]'),
    'folders.yaml:5:20',
    'there is no partner "kszz"',
    'did you mean "ksz"?',
  ],
  [
    'a group with an unknown person',
    'folders.yaml',
    ...groups('[ana@ksz]'),
    'folders.yaml:5:20',
    'ksz has no person "ana"',
    'did you mean "anna"?',
  ],
  [
    'a group with a machine account',
    'folders.yaml',
    ...groups('[anna@ksz, batch@ksz]'),
    'folders.yaml:5:30',
    'batch@ksz is a machine account, and groups are of persons',
    'give it a grant of its own: partner: ksz, account: batch',
  ],
  [
    'somebody in a group twice',
    'folders.yaml',
    ...groups('[anna@ksz, anna@ksz]'),
    'folders.yaml:5:30',
    'an item of "clerks" is wrong: "anna@ksz" stands twice in this list',
    'remove one of the two',
  ],
  [
    'a group named by something else than a person',
    'folders.yaml',
    ...groups('[anna]'),
    'folders.yaml:5:20',
    'an item of "clerks" is wrong: "anna" is not a person of a partner',
    'write it as in anna@rva',
  ],
];
