import { LEVELS_OF_RECORDS, type Party, partyOf, RIGHTS_OF_PARTY } from '../domain/folder-act.ts';
import { institutionName } from '../domain/partner.ts';
import { type ConfigFiles, unknownName } from './parse.ts';
import type { Problem } from './problems.ts';
import type { ReadFile } from './read-file.ts';
import type { Grant } from './references-folder-grants.ts';
import type { AuthorizationFile } from './schema-flow.ts';
import type { PartnerFile } from './schema-partner.ts';

/**
 * A grant on a folder with personal data rests on a legal act that speaks of who gets it: all grants of a folder on the same
 * one, or what was put there under one act would be read under another.
 */
export function actProblems(files: ConfigFiles, one: Grant): Problem[] {
  const { folders, folder, grant, at } = one;
  const { authorization, role } = grant;
  if (role !== undefined) return [];
  if (authorization === undefined) {
    if (folder.content !== 'personal') return [];
    const message = 'a grant on a folder with personal data needs an authorization';
    return [folders.places.at(at, message, 'add "authorization" with the id of the legal act')];
  }
  const path = [...at, 'authorization'];
  if (!files.authorizations.has(authorization)) {
    return [folders.places.at(path, ...unknownName('authorization', authorization, files.authorizations))];
  }
  const act = files.authorizations.get(authorization);
  if (act?.whole !== true) return [];
  return [...partiesOf(files, one, act), ...(folder.content === 'personal' ? groundsOf(one, act) : [])];
}

/** The act must speak of the institution that is let in, and let it do this. */
function partiesOf(files: ConfigFiles, one: Grant, act: ReadFile<AuthorizationFile>): Problem[] {
  const partner = partnerOf(files, one);
  if (partner === undefined || files.sectors?.whole !== true) return [];
  const { folders, folder, grant, at } = one;
  const party = partyOf(act.value, partner, files.sectors.value.sectors);
  if (party === undefined) {
    const message = `the authorization ${act.value.id} does not speak of ${partner.id} (${institutionName(partner.institution)})`;
    return [folders.places.at([...at, 'authorization'], message, 'name one that does')];
  }
  if (folder.content !== 'personal' || grant.rights === 'all') return [];
  return grant.rights.flatMap((right, index) =>
    RIGHTS_OF_PARTY[party].includes(right) ? [] : [wrongWay(one, act.value, party, index)],
  );
}

function wrongWay(
  { folders, grant, at }: Grant,
  { id, sender }: AuthorizationFile,
  party: Party,
  index: number,
): Problem {
  const right = grant.rights === 'all' ? 'all' : grant.rights[index];
  const message = `by ${id} the data come from ${institutionName(sender)}; who gets them has no right to ${right}`;
  const allowed = RIGHTS_OF_PARTY[party].join(', ');
  return folders.places.at(
    [...at, 'rights', index],
    message,
    `write some of: ${allowed}; or a folder for an act of the other way`,
  );
}

/** What makes an act no ground for any grant of this folder. */
function groundsOf(
  { folders: { places }, folder, grant, at }: Grant,
  { value }: ReadFile<AuthorizationFile>,
): Problem[] {
  const path = [...at, 'authorization'];
  const problems: Problem[] = [];
  const first = folder.grants.find(({ authorization }) => authorization !== undefined)?.authorization;
  if (first !== grant.authorization) {
    const message = `this folder rests on ${first}: what is put there under one act is not read under another`;
    problems.push(places.at(path, message, `write ${first}, or make a folder for ${grant.authorization}`));
  }
  if (!value.environments.includes('R')) {
    const message = `${value.id} is for ${value.environments.join(' and ')}, and what lies in a shared folder is real`;
    problems.push(places.at(path, message, 'name an act with environment R'));
  }
  const level = LEVELS_OF_RECORDS.find((list) => value[list] !== undefined);
  if (level !== undefined) {
    const message = `${value.id} allows only some "${level}" of records, and a file in a folder does not say which it is of`;
    problems.push(places.at(path, message, 'send it as a flow, or name an act without them'));
  }
  return problems;
}

/** Whom the act must speak of; of a group, the institution of its persons. */
function partnerOf({ partners }: ConfigFiles, { folders, grant }: Grant): PartnerFile | undefined {
  const members = grant.group === undefined ? [] : (folders.value.groups?.[grant.group] ?? []);
  const id = grant.partner ?? members[0]?.split('@')[1];
  const partner = id === undefined ? undefined : partners.get(id);
  return partner?.whole === true ? partner.value : undefined;
}
