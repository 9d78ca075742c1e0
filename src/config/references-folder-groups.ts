import { type ConfigFiles, unknownName } from './parse.ts';
import { choose, type Problem } from './problems.ts';
import type { ReadFile } from './read-file.ts';
import type { FoldersFile } from './schema.ts';
import type { Path } from './yaml-file.ts';

/** A group has persons, and all of them exist. */
export function groupProblems(files: ConfigFiles, folders: ReadFile<FoldersFile>): readonly Problem[] {
  const { places, value, whole } = folders;
  return Object.entries(value.groups ?? {}).flatMap(([name, members]) => {
    if (members.length === 0 && whole) {
      const message = `nobody is in the group ${name}, so its grants would give nothing`;
      return [
        places.at(['groups', name], message, 'name persons, as in [anna@ksz], or remove the group and its grants'),
      ];
    }
    return members.flatMap((member, index) => memberProblems(files, folders, ['groups', name, index], member));
  });
}

function memberProblems(
  { partners }: ConfigFiles,
  { places }: ReadFile<FoldersFile>,
  path: Path,
  member: string,
): Problem[] {
  const [id = '', of = ''] = member.split('@', 2);
  const partner = partners.get(of);
  if (!partners.has(of)) return [places.at(path, ...unknownName('partner', of, partners))];
  if (partner?.whole !== true) return [];
  const persons = partner.value.persons.map((person) => person.id);
  if (persons.includes(id)) return [];
  if (partner.value.machines.some((machine) => machine.id === id)) {
    const message = `${member} is a machine account, and groups are of persons`;
    return [places.at(path, message, `give it a grant of its own: partner: ${of}, account: ${id}`)];
  }
  return [places.at(path, `${of} has no person "${id}"`, choose(id, persons, 'person'))];
}
