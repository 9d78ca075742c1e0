import { createHash, randomUUID } from 'node:crypto';
import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Document, parseDocument } from 'yaml';
import { GatewayError } from '../domain/errors.ts';
import { loadTree } from './load.ts';
import { inReadingOrder, type Problem } from './problems.ts';
import type { Settings } from './settings.ts';
import { readTree, type Tree } from './tree.ts';
import type { UnderstoodFiles } from './understood-files.ts';
import { readYaml } from './yaml-file.ts';

/** A change of one file; `make` gives the text of a file that is new. */
export type Edit =
  | { readonly file: string; readonly change: (document: Document) => void }
  | { readonly file: string; readonly make: string };

/** A file as it will be. Digests are SHA-256; a new file had none. */
export type EditedFile = {
  readonly file: string;
  readonly text: string;
  readonly before: string | undefined;
  readonly after: string;
};

export type Edited =
  | { readonly ok: true; readonly edited: EditedFile; readonly changed: boolean; readonly settings: Settings }
  | { readonly ok: false; readonly problems: readonly Problem[] };

const NEW_FILE_MODE = 0o644;

/**
 * What one file of the configuration would be after a change. Comments and order stay. The whole configuration is looked at
 * with it: it is sound, or every problem is told. Writes nothing.
 */
export async function editConfiguration(
  directory: string,
  { tree, understood }: { readonly tree: Tree; readonly understood?: UnderstoodFiles },
  edit: Edit,
): Promise<Edited> {
  const { file } = edit;
  const old = tree.files.get(file);
  const text = 'make' in edit ? edit.make : changedText(file, old, edit.change);
  if (typeof text !== 'string') return { ok: false, problems: inReadingOrder(text.problems) };
  const next: Tree = { ...tree, files: new Map([...tree.files, [file, text]]) };
  const { loaded } = await loadTree(directory, next, { keyFiles: 'may-be-absent', understood });
  if (!loaded.ok) return loaded;
  const before = old === undefined ? undefined : digestOf(old);
  const edited = { file, text, before, after: digestOf(text) };
  return { ok: true, edited, changed: before !== edited.after, settings: loaded.settings };
}

/**
 * Puts an edited file in its place, whole or not at all.
 * @throws GatewayError `precondition-failed` where somebody else has changed it in the meantime
 */
export async function writeEdited(directory: string, { file, text, before }: EditedFile): Promise<void> {
  const target = join(directory, file);
  const now = await readFile(target, 'utf8').catch(() => undefined);
  if ((now === undefined ? undefined : digestOf(now)) !== before) {
    throw new GatewayError('precondition-failed', `${file} was changed by somebody else in the meantime; try again`);
  }
  const mode = before === undefined ? NEW_FILE_MODE : (await stat(target)).mode & 0o777;
  const beside = join(dirname(target), `.${randomUUID()}.edit`); // nothing reads a name that begins with a dot
  try {
    const handle = await open(beside, 'wx', mode);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(beside, target);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
  const folder = await open(dirname(target), 'r');
  await folder.sync().finally(() => folder.close());
}

/** The configuration as it stands. */
export { readTree };

function changedText(
  file: string,
  old: string | undefined,
  change: (document: Document) => void,
): string | { readonly problems: readonly Problem[] } {
  if (old === undefined) throw new GatewayError('not-found', `there is no ${file}`);
  const read = readYaml(file, old);
  if ('problems' in read) return read;
  const document = parseDocument(old, { version: '1.2', schema: 'core', stringKeys: true, merge: false });
  change(document);
  // Written as its author writes lists: [A, B] or [ A, B ].
  return document.toString({ lineWidth: 0, flowCollectionPadding: /\[ \S/.test(old) });
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
