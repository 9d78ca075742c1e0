import { nearest, type Problem } from './problems.ts';
import type { ReadFile } from './read-file.ts';
import type { AvailabilityFile, FoldersFile, GatewayFile, SectorsFile } from './schema.ts';
import type { AuthorizationFile, FlowFile } from './schema-flow.ts';
import type { PartnerFile } from './schema-partner.ts';
import type { Tree } from './tree.ts';
import { type Understood, UnderstoodFiles } from './understood-files.ts';

/** Files of one folder by their name without `.yaml`; undefined where the file could not be understood at all. */
export type Named<T> = ReadonlyMap<string, ReadFile<T> | undefined>;

/** Every file as its schema understands it, before they are compared with each other. */
export type ConfigFiles = {
  readonly gateway: ReadFile<GatewayFile> | undefined;
  readonly sectors: ReadFile<SectorsFile> | undefined;
  readonly folders: ReadFile<FoldersFile> | undefined;
  readonly availability: ReadFile<AvailabilityFile> | undefined;
  readonly partners: Named<PartnerFile>;
  readonly flows: Named<FlowFile>;
  readonly authorizations: Named<AuthorizationFile>;
};

type Kind<T> = { read(file: string, text: string): Understood<T> };

/** Reads all files by their schemas and reports every problem of every file. Those that are understood already are not read again. */
export function parseFiles(
  tree: Tree,
  understood = new UnderstoodFiles(),
): { files: ConfigFiles; problems: readonly Problem[] } {
  const problems: Problem[] = [];
  understood.begin();
  const read = <T>(file: string, kind: Kind<T>): ReadFile<T> | undefined => {
    const text = tree.files.get(file);
    if (text === undefined) return undefined;
    const outcome = kind.read(file, text);
    problems.push(...outcome.problems);
    return outcome.file;
  };
  const folder = <T>(name: string, kind: Kind<T>, idKey: string): Named<T> => {
    const files = [...tree.files.keys()].filter((file) => file.startsWith(`${name}/`));
    const named = new Map(files.map((file) => [file.slice(name.length + 1, -'.yaml'.length), read(file, kind)]));
    for (const [id, file] of named) if (file !== undefined) problems.push(...nameProblems(file, id, idKey));
    return named;
  };
  const files: ConfigFiles = {
    gateway: read('gateway.yaml', understood.gateway),
    sectors: read('sectors.yaml', understood.sectors),
    folders: read('folders.yaml', understood.folders),
    availability: read('availability.yaml', understood.availability),
    partners: folder('partners', understood.partners, 'id'),
    flows: folder('flows', understood.flows, 'code'),
    authorizations: folder('authorizations', understood.authorizations, 'id'),
  };
  return { files, problems };
}

/** The id inside a file is the file's name, so that a name found anywhere leads to its file. */
function nameProblems<T>({ places, value }: ReadFile<T>, name: string, idKey: string): Problem[] {
  const id: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, idKey) : undefined;
  if (id === name || (idKey === 'id' && isLaterVersion(value, name))) return [];
  return [
    places.at(
      [idKey],
      `"${idKey}" is "${id}" but the file is called ${name}.yaml`,
      `write ${name}, or rename the file`,
    ),
  ];
}

/** Versions of one act stand side by side while each is in force in its time: `<id>.v2.yaml` beside `<id>.yaml`. */
function isLaterVersion(value: unknown, name: string): boolean {
  if (typeof value !== 'object' || value === null || !('id' in value) || !('version' in value)) return false;
  return name === `${value.id}.v${value.version}`;
}

/** The files of a folder that could be understood. */
export function known<T>(named: Named<T>): readonly ReadFile<T>[] {
  return [...named.values()].filter((file) => file !== undefined);
}

/** A name that leads to no file, with the nearest one that does. */
export function unknownName(
  what: string,
  name: string,
  named: ReadonlyMap<string, unknown>,
): [message: string, remedy: string] {
  const names = [...named.keys()];
  const near = nearest(name, names);
  const all = names.length === 0 ? 'there is none yet' : `there are: ${names.join(', ')}`;
  return [`there is no ${what} "${name}"`, near === undefined ? all : `did you mean "${near}"?`];
}
