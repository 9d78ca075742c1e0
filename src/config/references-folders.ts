import { GatewayError } from '../domain/errors.ts';
import { institutionName } from '../domain/partner.ts';
import { parseVPath, partsOf, type VPath } from '../domain/vpath.ts';
import { type ConfigFiles, unknownName } from './parse.ts';
import { choose, type Problem } from './problems.ts';
import type { ReadFile } from './read-file.ts';
import type { FoldersFile } from './schema.ts';

type FolderEntry = FoldersFile['folders'][number];
type GrantEntry = FolderEntry['grants'][number];

/** Folders of `/SHARED` never go around the checks: what personal data passes through them is authorized. */
export function folderProblems(files: ConfigFiles): readonly Problem[] {
  const { folders } = files;
  if (folders === undefined) return [];
  const seen = new Set<string>();
  return folders.value.folders.flatMap((folder, index) => {
    const problems = pathProblems(folders, folder, index, seen);
    if (folder.content === 'reviewed' && folder.approver === undefined) {
      const message = 'a reviewed folder needs a person who answers for what is in it';
      problems.push(
        folders.places.at(
          ['folders', index, 'content'],
          message,
          'add "approver" with the name, or write non-personal',
        ),
      );
    }
    for (const [position, grant] of folder.grants.entries()) {
      problems.push(...grantProblems(files, folders, [index, position], folder, grant));
    }
    return problems;
  });
}

/** The trusted form of a path in `/SHARED`; undefined for every other. */
export function sharedPath(text: string): VPath | undefined {
  try {
    const path = parseVPath(text);
    const [top, name, ...rest] = partsOf(path);
    return top === 'SHARED' && name !== undefined && rest.length === 0 ? path : undefined;
  } catch (error) {
    if (error instanceof GatewayError) return undefined;
    throw error;
  }
}

function pathProblems(
  { places }: ReadFile<FoldersFile>,
  folder: FolderEntry,
  index: number,
  seen: Set<string>,
): Problem[] {
  const at = ['folders', index, 'path'];
  const path = sharedPath(folder.path);
  if (path === undefined) {
    const message = `"${folder.path}" is not a folder of /SHARED; nobody is let into the folders of another institution`;
    return [places.at(at, message, 'write /SHARED/ and one name')];
  }
  const twice = seen.has(path);
  seen.add(path);
  return twice ? [places.at(at, `${path} stands twice`, 'put the grants of both into one entry')] : [];
}

function grantProblems(
  files: ConfigFiles,
  { places }: ReadFile<FoldersFile>,
  [index, position]: readonly [number, number],
  folder: FolderEntry,
  grant: GrantEntry,
): Problem[] {
  const at = ['folders', index, 'grants', position];
  const partner = files.partners.get(grant.partner);
  const problems: Problem[] = [];
  if (!files.partners.has(grant.partner)) {
    problems.push(places.at([...at, 'partner'], ...unknownName('partner', grant.partner, files.partners)));
  } else if (partner?.whole === true && grant.account !== undefined) {
    const accounts = [...partner.value.persons, ...partner.value.machines].map((account) => account.id);
    if (!accounts.includes(grant.account)) {
      const message = `${grant.partner} has no account "${grant.account}"`;
      problems.push(places.at([...at, 'account'], message, choose(grant.account, accounts, 'account')));
    }
  }
  if (grant.authorization === undefined) {
    if (folder.content !== 'personal') return problems;
    const message = 'a grant on a folder with personal data needs an authorization';
    return [...problems, places.at(at, message, 'add "authorization" with the id of the legal act')];
  }
  return [
    ...problems,
    ...authorizationOf(files, grant.authorization, grant).map(([message, remedy]) =>
      places.at([...at, 'authorization'], message, remedy),
    ),
  ];
}

/** The act must exist and speak of the institution that is let in. */
function authorizationOf(files: ConfigFiles, id: string, grant: GrantEntry): [message: string, remedy: string][] {
  if (!files.authorizations.has(id)) return [unknownName('authorization', id, files.authorizations)];
  const act = files.authorizations.get(id);
  const partner = files.partners.get(grant.partner);
  if (act === undefined || !act.whole || partner?.whole !== true) return [];
  const own = institutionName(partner.value.institution);
  const named = [act.value.sender, ...act.value.receivers.map((receiver) => receiver.institution)].map(institutionName);
  const manages = named.some((name) => name.split('/')[0] === own.split('/')[0] && own.endsWith('/0'));
  if (named.includes(own) || manages) return [];
  return [[`the authorization ${id} does not speak of ${grant.partner} (${own})`, 'name one that does']];
}
