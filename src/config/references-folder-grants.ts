import { type ConfigFiles, unknownName } from './parse.ts';
import { choose, type Problem } from './problems.ts';
import type { ReadFile } from './read-file.ts';
import { actProblems } from './references-folder-acts.ts';
import type { FoldersFile } from './schema.ts';
import type { Path } from './yaml-file.ts';

type GrantEntry = FoldersFile['folders'][number]['grants'][number];

/** A grant as it stands: its folder, and where it is in the file. */
export type Grant = {
  readonly folders: ReadFile<FoldersFile>;
  readonly folder: FoldersFile['folders'][number];
  readonly grant: GrantEntry;
  readonly at: Path;
};

const WHO = ['partner', 'role', 'group'] as const;

/** To whom rights on a folder are given, and on which ground. */
export function grantProblems(files: ConfigFiles, one: Grant): readonly Problem[] {
  return [
    ...whoProblems(one),
    ...partnerProblems(files, one),
    ...groupProblems(one),
    ...roleProblems(files, one),
    ...actProblems(files, one),
  ];
}

function whoProblems({ folders: { places }, grant, at }: Grant): Problem[] {
  const [first, ...more] = WHO.filter((key) => grant[key] !== undefined);
  if (first === undefined) {
    const remedy = 'write partner: and the id of one, role: and a role at the hub, or group: and a group of this file';
    return [places.at(at, 'this grant does not say to whom', remedy)];
  }
  const others = more.map((key) =>
    places.atKey(
      [...at, key],
      `this grant names a ${first} already`,
      `remove this line, or give the ${key} a grant of its own`,
    ),
  );
  if (grant.account === undefined || first === 'partner') return others;
  return [
    ...others,
    places.atKey(
      [...at, 'account'],
      `an account is one of a partner, and this grant is for a ${first}`,
      'remove this line',
    ),
  ];
}

function partnerProblems({ partners }: ConfigFiles, { folders: { places }, grant, at }: Grant): Problem[] {
  if (grant.partner === undefined) return [];
  const partner = partners.get(grant.partner);
  if (!partners.has(grant.partner))
    return [places.at([...at, 'partner'], ...unknownName('partner', grant.partner, partners))];
  if (partner?.whole !== true || grant.account === undefined) return [];
  const accounts = [...partner.value.persons, ...partner.value.machines].map((account) => account.id);
  if (accounts.includes(grant.account)) return [];
  const message = `${grant.partner} has no account "${grant.account}"`;
  return [places.at([...at, 'account'], message, choose(grant.account, accounts, 'account'))];
}

function groupProblems({ folders: { places, value }, folder, grant, at }: Grant): Problem[] {
  if (grant.group === undefined) return [];
  const groups = new Map(Object.entries(value.groups ?? {}));
  const members = groups.get(grant.group);
  const path = [...at, 'group'];
  if (members === undefined) return [places.at(path, ...unknownName('group', grant.group, groups))];
  const institutions = new Set(members.map((member) => member.split('@')[1]));
  if (folder.content !== 'personal' || institutions.size < 2) return [];
  const message = `the group ${grant.group} has persons of ${[...institutions].join(' and ')}; an act speaks of one institution at a time`;
  return [places.at(path, message, 'make a group for each institution, and give each a grant')];
}

/** Whoever reads what partners exchange in a role at the hub does so by break-glass. */
function roleProblems({ gateway }: ConfigFiles, { folders: { places }, folder, grant, at }: Grant): Problem[] {
  const { role, rights } = grant;
  if (role === undefined) return [];
  const problems: Problem[] = [];
  if (gateway?.whole === true && gateway.value.hub === undefined) {
    const message = 'roles are held at the hub, and no partner is the hub';
    problems.push(places.at([...at, 'role'], message, 'say in gateway.yaml which partner is, as in "hub: ksz"'));
  }
  if (rights === 'all' || rights.includes('read')) {
    const message = `no role at the hub reads content, and ${rights === 'all' ? '"all" includes it' : 'this grant lets it'}`;
    problems.push(
      places.at([...at, 'rights'], message, 'list the rights without read; content is read by break-glass only'),
    );
  } else if (folder.content === 'personal' && !rights.every((right) => right === 'list' || right === 'view')) {
    const message = 'a role at the hub sees of personal data that they are there, and changes nothing';
    problems.push(places.at([...at, 'rights'], message, 'write [list, view]'));
  }
  if (grant.authorization !== undefined) {
    const message = 'a role at the hub is no party to a legal act';
    problems.push(places.atKey([...at, 'authorization'], message, 'remove this line'));
  }
  return problems;
}
