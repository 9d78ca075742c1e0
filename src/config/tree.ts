import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { choose, type Problem } from './problems.ts';

/** A file as it was read. */
export type TextFile = { readonly file: string; readonly text: string };

/** What stands in the configuration folder. */
export type Tree = { readonly files: ReadonlyMap<string, string>; readonly problems: readonly Problem[] };

export const TOP_FILES = ['gateway.yaml', 'sectors.yaml', 'folders.yaml', 'availability.yaml'] as const;
export const FOLDERS = ['partners', 'flows', 'authorizations'] as const;

/** Lines of persons for the reference directory: data that is loaded by hand, not configuration. */
const DATA_FOLDER = 'directory';

const MAX_FILES = 10_000;
const MAX_FILE_BYTES = 1_048_576;
const NOT_CONFIGURATION = 'README.md';

/** Reads every file of the folder. Names that begin with a dot are not configuration. Never throws. */
export async function readTree(directory: string): Promise<Tree> {
  const files = new Map<string, string>();
  const problems: Problem[] = [];
  const top = await namesIn(directory);
  if (top === undefined) {
    const remedy = 'name the folder that holds gateway.yaml with --config';
    return { files, problems: [whole('.', `the configuration folder ${directory} cannot be read`, remedy)] };
  }
  for (const file of TOP_FILES)
    if (!top.includes(file)) problems.push(whole(file, 'the file is missing', `add ${file}`));
  for (const folder of FOLDERS) {
    if (!top.includes(folder)) problems.push(whole(folder, 'the folder is missing', `add the folder ${folder}`));
  }
  for (const name of top) {
    if (isOneOf(FOLDERS, name)) await readFolder(directory, name, files, problems);
    else if (isOneOf(TOP_FILES, name)) await readOne(directory, name, files, problems);
    else if (name !== NOT_CONFIGURATION && name !== DATA_FOLDER)
      problems.push(unknownFile(name, [...TOP_FILES, ...FOLDERS]));
  }
  return { files, problems };
}

async function readFolder(
  directory: string,
  folder: string,
  files: Map<string, string>,
  problems: Problem[],
): Promise<void> {
  const names = await namesIn(join(directory, folder));
  if (names === undefined) {
    problems.push(
      whole(folder, 'this is not a folder that can be read', 'make it a folder and give the gateway read access'),
    );
    return;
  }
  for (const name of names) {
    const file = `${folder}/${name}`;
    if (files.size >= MAX_FILES) {
      problems.push(whole(file, `the configuration has more than ${MAX_FILES} files`, 'remove what is not needed'));
      return;
    }
    if (name.endsWith('.yaml')) await readOne(directory, file, files, problems);
    else if (name !== NOT_CONFIGURATION) problems.push(unknownFile(file, []));
  }
}

async function readOne(
  directory: string,
  file: string,
  files: Map<string, string>,
  problems: Problem[],
): Promise<void> {
  try {
    const facts = await stat(join(directory, file));
    if (!facts.isFile()) {
      problems.push(whole(file, 'this is not a file', 'put the YAML file itself here'));
    } else if (facts.size > MAX_FILE_BYTES) {
      problems.push(whole(file, `the file is larger than ${MAX_FILE_BYTES} bytes`, 'split it'));
    } else {
      const bytes = await readFile(join(directory, file));
      files.set(file, new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    problems.push(whole(file, `the file cannot be read: ${why}`, 'save it as UTF-8 and give the gateway read access'));
  }
}

async function namesIn(folder: string): Promise<readonly string[] | undefined> {
  try {
    return (await readdir(folder)).filter((name) => !name.startsWith('.')).sort();
  } catch {
    return undefined;
  }
}

function unknownFile(file: string, known: readonly string[]): Problem {
  const wrongEnding = /\.ya?ml$/i.test(file) ? 'end the name in .yaml' : 'remove it, or begin its name with a dot';
  return whole(file, 'nothing reads this file', known.length > 0 ? choose(file, known, 'file') : wrongEnding);
}

function whole(file: string, message: string, remedy: string): Problem {
  return { file, line: 1, column: 1, message, remedy };
}

function isOneOf<Name extends string>(names: readonly Name[], name: string): name is Name {
  return names.some((known) => known === name);
}
