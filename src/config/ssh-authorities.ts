import { resolve } from 'node:path';
import type { SshAuthority, SshTrust } from '../domain/ssh-trust.ts';
import { isReadable, type KeyRing, type KeyTexts, keyText, placeOfKey, type ReadText } from './keys.ts';
import { type ConfigFiles, unknownName } from './parse.ts';
import type { Problem } from './problems.ts';
import type { ReadFile } from './read-file.ts';
import type { GatewayFile } from './schema.ts';
import { parseSshKey } from './ssh-key.ts';
import type { Path } from './yaml-file.ts';

/** The authorities for OpenSSH certificates; `ring` is that of the accounts with their keys added. */
export type Authorities = { readonly trust: SshTrust; readonly ring: KeyRing; readonly problems: readonly Problem[] };

type Reading = {
  readonly gateway: ReadFile<GatewayFile>;
  readonly directory: string;
  readonly read: ReadText;
  readonly problems: Problem[];
  readonly texts: Map<string, string | undefined>;
  /** Base64 blobs that have a use already, and which. */
  readonly used: Map<string, string>;
};
type Entry = GatewayFile['ssh']['certificateAuthorities'][number];

/** Reads the keys of authorities for SSH certificates, and looks whether the lists they keep can be read. */
export async function readAuthorities(
  files: ConfigFiles,
  directory: string,
  accounts: KeyRing,
  read: ReadText = keyText,
): Promise<Authorities> {
  const { gateway } = files;
  if (gateway === undefined) return { trust: { authorities: [] }, ring: accounts, problems: [] };
  const { certificateAuthorities, revokedKeysFile } = gateway.value.ssh;
  const used = new Map([...accounts.keys].map(([place, { blob }]) => [blob, `an account (${place})`]));
  const reading: Reading = { gateway, directory, read, problems: [], texts: new Map(accounts.texts), used };
  const authorities: SshAuthority[] = [];
  const keys = new Map(accounts.keys);
  for (const [index, entry] of certificateAuthorities.entries()) {
    const path = ['ssh', 'certificateAuthorities', index];
    reading.problems.push(...partnerProblems(reading, files, entry, path));
    await needReadable(reading, entry.krlFile, [...path, 'krlFile']);
    const authority = await readAuthority(reading, entry, path);
    if (authority === undefined) continue;
    authorities.push(authority);
    keys.set(placeOfKey(gateway.places.file, path), authority.key);
  }
  await needReadable(reading, revokedKeysFile, ['ssh', 'revokedKeysFile']);
  const trust = { authorities, revokedKeysFile: absolute(directory, revokedKeysFile) };
  const texts: KeyTexts = reading.texts;
  return { trust, ring: { keys, texts }, problems: reading.problems };
}

async function readAuthority(reading: Reading, entry: Entry, path: Path): Promise<SshAuthority | undefined> {
  const { gateway, directory, read, problems, texts, used } = reading;
  const { publicKeyFile, krlFile, partners } = entry;
  const at = [...path, 'publicKeyFile'];
  const file = resolve(directory, publicKeyFile);
  const text = await read(file);
  texts.set(file, text);
  if (text === undefined) {
    const message = `the key file ${publicKeyFile} cannot be read`;
    problems.push(gateway.places.at(at, message, 'make the file, or correct its name'));
    return undefined;
  }
  const key = parseSshKey(text);
  if ('fault' in key) {
    const message = `this is not an SSH public key to accept: ${key.fault}`;
    problems.push(gateway.places.at(at, message, key.remedy));
    return undefined;
  }
  const other = used.get(key.blob);
  if (other !== undefined) {
    problems.push(gateway.places.at(at, `this key already belongs to ${other}`, 'give the authority a key of its own'));
    return undefined;
  }
  used.set(key.blob, 'another authority');
  const listed = partners === 'all' ? partners : [...partners];
  return { key, partners: listed, krlFile: absolute(directory, krlFile) };
}

function partnerProblems({ gateway }: Reading, { partners }: ConfigFiles, entry: Entry, path: Path): Problem[] {
  if (entry.partners === 'all') return [];
  return [...entry.partners.entries()]
    .filter(([, id]) => !partners.has(id))
    .map(([index, id]) => gateway.places.at([...path, 'partners', index], ...unknownName('partner', id, partners)));
}

async function needReadable({ gateway, directory, problems }: Reading, file: string | undefined, path: Path) {
  if (file === undefined || (await isReadable(resolve(directory, file)))) return;
  const message = `the revocation list ${file} cannot be read`;
  problems.push(gateway.places.at(path, message, 'make it with: ssh-keygen -k -f <file>, or correct its name'));
}

function absolute(directory: string, file: string | undefined): string | undefined {
  return file === undefined ? undefined : resolve(directory, file);
}
