import { GatewayError } from '../domain/errors.ts';
import { parseVPath, partsOf, type VPath } from '../domain/vpath.ts';
import type { ConfigFiles } from './parse.ts';
import type { Problem } from './problems.ts';
import type { ReadFile } from './read-file.ts';
import { grantProblems } from './references-folder-grants.ts';
import { groupProblems } from './references-folder-groups.ts';
import type { FoldersFile } from './schema.ts';

type FolderEntry = FoldersFile['folders'][number];

/** Folders of `/SHARED` never go around the checks: what personal data passes through them is authorized. */
export function folderProblems(files: ConfigFiles): readonly Problem[] {
  const { folders } = files;
  if (folders === undefined) return [];
  const seen = new Set<string>();
  const ofFolders = folders.value.folders.flatMap((folder, index) => {
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
      problems.push(...grantProblems(files, { folders, folder, grant, at: ['folders', index, 'grants', position] }));
    }
    return problems;
  });
  return [...groupProblems(files, folders), ...ofFolders];
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
