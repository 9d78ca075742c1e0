import { access, constants, readFile } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import type { SshKey } from '../domain/partner.ts';
import { type ConfigFiles, known } from './parse.ts';
import type { Problem } from './problems.ts';
import type { ReadFile } from './read-file.ts';
import type { PartnerFile } from './schema-partner.ts';
import { parseSshKey } from './ssh-key.ts';
import type { Path } from './yaml-file.ts';

/** Whether key files of the demo authority may not exist yet, as before the first start. */
export type KeyFiles = 'required' | 'may-be-absent';

/** Reads a file that the configuration names; undefined where it cannot be read. */
export type ReadText = (file: string) => Promise<string | undefined>;

/** What the key files that partners name hold, by absolute path; undefined where a file cannot be read. */
export type KeyTexts = ReadonlyMap<string, string | undefined>;

/** The SSH keys of all accounts, by the place where the configuration names them. */
export type KeyRing = { readonly keys: ReadonlyMap<string, SshKey>; readonly texts: KeyTexts };

type Entry = {
  readonly partner: ReadFile<PartnerFile>;
  readonly owner: string;
  readonly path: Path;
  readonly entry: KeyEntry;
};
type KeyEntry = PartnerFile['persons'][number]['sshKeys'][number];

/** Where an entry stands: the key of the ring. */
export function placeOfKey(file: string, path: Path): string {
  return `${file}#/${path.join('/')}`;
}

/** Reads the key files that partners name, and finds keys that two accounts share. */
export async function readKeys(
  files: ConfigFiles,
  directory: string,
  keyFiles: KeyFiles,
  read: ReadText = keyText,
): Promise<{ ring: KeyRing; problems: readonly Problem[] }> {
  const problems: Problem[] = [];
  const keys = new Map<string, SshKey>();
  const texts = new Map<string, string | undefined>();
  const owners = new Map<string, string>();
  const mayBeAbsent = (file: string) => keyFiles === 'may-be-absent' && isDemoKey(files, directory, file);
  for (const { partner, owner, path, entry } of known(files.partners).flatMap(entriesOf)) {
    const { places } = partner;
    if ((entry.file === undefined) === (entry.key === undefined)) {
      problems.push(places.at(path, 'a key is named by "file" or written as "key"', 'keep exactly one of the two'));
      continue;
    }
    const file = entry.file === undefined ? undefined : resolve(directory, entry.file);
    const at = [...path, file === undefined ? 'key' : 'file'];
    const shared = file === undefined ? undefined : owners.get(file);
    if (shared !== undefined) {
      problems.push(places.at(at, `this key already belongs to ${shared}`, 'give each account a key of its own'));
      continue;
    }
    const text = file === undefined ? entry.key : await read(file);
    if (file !== undefined) {
      texts.set(file, text);
      owners.set(file, owner);
    }
    if (text === undefined) {
      if (file !== undefined && mayBeAbsent(file)) continue;
      problems.push(places.at(at, `the key file ${entry.file} cannot be read`, 'make the file, or correct its name'));
      continue;
    }
    const key = parseSshKey(text);
    if ('fault' in key) {
      problems.push(places.at(at, `this is not an SSH public key to accept: ${key.fault}`, key.remedy));
      continue;
    }
    const other = owners.get(key.blob);
    if (other !== undefined) {
      problems.push(places.at(at, `this key already belongs to ${other}`, 'give each account a key of its own'));
    }
    owners.set(key.blob, owner);
    keys.set(placeOfKey(places.file, path), { algorithm: key.algorithm, blob: key.blob });
  }
  return { ring: { keys, texts }, problems };
}

/**
 * The files of keys that the gateway itself uses exist; the demo authority makes its own.
 * @param texts what was read of them
 */
export async function ownKeyProblems(
  { gateway }: ConfigFiles,
  directory: string,
  texts: KeyTexts,
): Promise<readonly Problem[]> {
  const files = gateway?.value.pki.files;
  if (gateway === undefined || files === undefined) return [];
  const problems: Problem[] = [];
  for (const [name, value] of Object.entries(files)) {
    for (const [index, file] of (Array.isArray(value) ? value : [value]).entries()) {
      const place = resolve(directory, file);
      if (texts.has(place) ? texts.get(place) !== undefined : await isReadable(place)) continue;
      const path = ['pki', 'files', name, ...(Array.isArray(value) ? [index] : [])];
      problems.push(
        gateway.places.at(path, `the file ${file} cannot be read`, 'correct the name, or give the gateway read access'),
      );
    }
  }
  return problems;
}

function entriesOf(partner: ReadFile<PartnerFile>): Entry[] {
  return (['persons', 'machines'] as const).flatMap((kind) =>
    partner.value[kind].flatMap((account, index) =>
      account.sshKeys.map((entry, position) => {
        return { partner, owner: `${account.id}@${partner.value.id}`, path: [kind, index, 'sshKeys', position], entry };
      }),
    ),
  );
}

function isDemoKey({ gateway }: ConfigFiles, directory: string, file: string): boolean {
  if (gateway?.whole !== true) return true; // its own problems stop the load; do not blame keys for them
  const folder = gateway.value.pki.directory;
  if (!gateway.value.demo || folder === undefined) return false;
  const inside = relative(resolve(directory, folder), file);
  return inside !== '' && !inside.startsWith('..');
}

/** Whether the gateway may read this file. */
export function isReadable(file: string): Promise<boolean> {
  return access(file, constants.R_OK).then(
    () => true,
    () => false,
  );
}

/** The text of a key file; undefined where it cannot be read. */
export async function keyText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    return undefined;
  }
}
