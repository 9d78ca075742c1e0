import type { FolderGrant, SharedFolder } from '../domain/flow.ts';
import { ALL_RIGHTS, type PartnerId } from '../domain/principal.ts';
import type { SoundFiles } from './generation.ts';
import { known } from './parse.ts';
import { sharedPath } from './references-folders.ts';
import type { FoldersFile } from './schema.ts';

type FolderEntry = FoldersFile['folders'][number];
type GrantEntry = FolderEntry['grants'][number];

/** Whom a grant reaches: a partner with all its accounts, or one account; and the line that makes it so, beside the grant's. */
type Reached = {
  readonly partner: PartnerId;
  readonly account?: string | undefined;
  readonly line?: string | undefined;
};

/** The folders of `/SHARED`. Grants to a group or to a role are there once for each person, as the files say who that is. */
export function foldersOf(files: SoundFiles): readonly SharedFolder[] {
  return files.folders.value.folders.map((folder, index) => {
    const { path: text, content, approver, level, quotaBytes, maxFileBytes } = folder;
    const path = sharedPath(text);
    if (path === undefined) throw new Error(`a folder outside /SHARED passed the checks: ${text}`);
    const source = `folders.yaml#/folders/${index}`;
    const grants = folder.grants.flatMap((grant, position) => grantsOf(files, grant, `${source}/grants/${position}`));
    return { ...{ path, content, approver, level, quotaBytes, maxFileBytes }, source, grants };
  });
}

function grantsOf(files: SoundFiles, grant: GrantEntry, source: string): readonly FolderGrant[] {
  const { rights, authorization, until } = grant;
  return reachedBy(files, grant).map(({ partner, account, line }) => ({
    ...{ partner, account, authorization, until },
    rights: rights === 'all' ? ALL_RIGHTS : rights,
    rule: line === undefined ? source : `${source} ${line}`,
  }));
}

function reachedBy(files: SoundFiles, { partner, account, role, group }: GrantEntry): readonly Reached[] {
  if (partner !== undefined) return [{ partner, account }];
  if (group !== undefined) {
    const members = files.folders.value.groups?.[group] ?? [];
    return members.flatMap((member, index): readonly Reached[] => {
      const [id, of] = member.split('@', 2);
      const its = known(files.partners).find(({ value }) => value.id === of);
      return its === undefined
        ? []
        : [{ partner: its.value.id, account: id, line: `folders.yaml#/groups/${group}/${index}` }];
    });
  }
  const { hub } = files.gateway.value;
  return known(files.partners)
    .filter(({ value }) => value.id === hub)
    .flatMap(({ places, value }) =>
      value.persons.flatMap(({ id, roles }, index) =>
        role !== undefined && roles.includes(role)
          ? [{ partner: value.id, account: id, line: `${places.file}#/persons/${index}/roles` }]
          : [],
      ),
    );
}
