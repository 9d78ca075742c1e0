import { createHash } from 'node:crypto';
import { join, relative, resolve } from 'node:path';
import type { SshTrust } from '../domain/ssh-trust.ts';
import { type Bundle, bundleOf } from './bundle.ts';
import { buildGeneration, type SoundFiles } from './generation.ts';
import {
  type KeyFiles,
  type KeyRing,
  type KeyTexts,
  keyText,
  ownKeyProblems,
  type ReadText,
  readKeys,
} from './keys.ts';
import { type ConfigFiles, parseFiles } from './parse.ts';
import { inReadingOrder, type Problem } from './problems.ts';
import { referenceProblems } from './references.ts';
import { secondFactorProblems } from './second-factors.ts';
import type { PkiFiles, PkiSettings, RevocationSettings, Settings } from './settings.ts';
import { type Shape, shapeOf } from './shape.ts';
import { readAuthorities } from './ssh-authorities.ts';
import { readTree, type Tree } from './tree.ts';
import type { UnderstoodFiles } from './understood-files.ts';
import type { Places } from './yaml-file.ts';

export type LoadOptions = {
  readonly keyFiles: KeyFiles;
  /** What is known of files that were read before; for whoever reads a folder again and again. */
  readonly understood?: UnderstoodFiles | undefined;
};

/** A configuration as it was written, and what it says. */
export type Source = {
  readonly bundle: Bundle;
  readonly shape: Shape;
  /** A problem at a place of gateway.yaml, or at the nearest thing above it that stands there. */
  readonly at: Places['at'];
};

type TreeOptions = LoadOptions & {
  /** Where texts of named files come from, if not from the disk. */
  readonly read?: ReadText | undefined;
};

export type Loaded =
  | { readonly ok: true; readonly settings: Settings }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * Reads a configuration folder as a whole: either all of it is sound, or every problem of every file is told.
 * `keyFiles` says whether key files of the demo authority may not exist yet. Never throws.
 */
export async function loadConfiguration(
  directory: string,
  options: LoadOptions = { keyFiles: 'may-be-absent' },
): Promise<Loaded> {
  return (await loadTree(directory, await readTree(directory), options)).loaded;
}

/** As `loadConfiguration`, from a tree already read; also gives the key files it read, sound or not, and what was written. */
export async function loadTree(
  directory: string,
  tree: Tree,
  { keyFiles, understood, read = keyText }: TreeOptions,
): Promise<{ loaded: Loaded; keyTexts: KeyTexts; source?: Source }> {
  const { files, problems: parseProblems } = parseFiles(tree, understood);
  const accounts = await readKeys(files, directory, keyFiles, read);
  const { trust, ring, problems: authorityProblems } = await readAuthorities(files, directory, accounts.ring, read);
  const own = await ownTexts(files, directory, read);
  const problems = inReadingOrder([
    ...tree.problems,
    ...parseProblems,
    ...referenceProblems(files),
    ...accounts.problems,
    ...authorityProblems,
    ...(await ownKeyProblems(files, directory, own)),
    ...(await secondFactorProblems(files, directory)),
  ]).filter((problem) => problem.line > 0);
  const keyTexts: KeyTexts = new Map([...ring.texts, ...own]);
  if (problems.length > 0 || !isComplete(files)) return { loaded: { ok: false, problems }, keyTexts };
  const settings = settingsOf(directory, files, { ring, own }, trust);
  const issuers = issuerTexts(settings.pki);
  const bundle = bundleOf(directory, tree.files, new Map([...ring.texts, ...issuers]));
  const named = new Map([...issuers].map(([file, text]) => [relative(directory, file), text]));
  const source = { bundle, shape: shapeOf(files, ring, named), at: files.gateway.places.at };
  return { loaded: { ok: true, settings }, keyTexts, source };
}

/** Whose certificates are trusted is part of what two persons agree on; the demo authority makes its own. */
function issuerTexts({ demo, files, texts }: PkiSettings): ReadonlyMap<string, string> {
  if (demo) return new Map();
  const issuers = [...files.trustedIssuers, ...files.intermediateIssuers];
  return new Map(issuers.map((file) => [file, texts.get(file) ?? '']));
}

/** What the files of `pki` hold now. Lists of what was revoked are not among them: they are read again by themselves. */
async function ownTexts({ gateway }: ConfigFiles, directory: string, read: ReadText): Promise<KeyTexts> {
  if (gateway === undefined) return new Map();
  const { directory: demoFolder, files } = gateway.value.pki;
  if (files === undefined && demoFolder === undefined) return new Map();
  const named = files === undefined ? demoFiles(resolve(directory, demoFolder ?? '')) : absoluteFiles(files, directory);
  const { trustedIssuers, intermediateIssuers, crl: _lists, ...keys } = named;
  const issuers = files === undefined ? keyText : read;
  const texts = async (of: readonly string[], from: ReadText) =>
    Promise.all(of.map(async (file) => [file, await from(file)] as const));
  return new Map([
    ...(await texts([...trustedIssuers, ...intermediateIssuers], issuers)),
    ...(await texts(Object.values(keys).flat(), keyText)),
  ]);
}

function isComplete(files: ConfigFiles): files is SoundFiles {
  return [files.gateway, files.sectors, files.folders, files.availability].every((file) => file !== undefined);
}

function settingsOf(
  directory: string,
  files: SoundFiles,
  { ring, own }: { readonly ring: KeyRing; readonly own: KeyTexts },
  trust: SshTrust,
): Settings {
  const { listeners, health, signatures, data, dropFolder, languages, demo, processes, contact } = files.gateway.value;
  return {
    generation: buildGeneration(files, ring, trust, ownDigests(files, directory, own)),
    listeners: listeners.map((listener, index) => ({ ...listener, rule: `gateway.yaml#/listeners/${index}` })),
    health,
    pki: pkiOf(directory, files, own),
    signatures,
    data: { directory: resolve(directory, data.directory) },
    dropFolder,
    languages,
    banner: files.gateway.value.sftp.banner,
    demo,
    processes,
    contact,
  };
}

/** A certificate that was renewed under its old name makes another generation. Those of the demo are its own affair. */
function ownDigests({ gateway }: SoundFiles, directory: string, own: KeyTexts): Record<string, string> | undefined {
  if (gateway.value.pki.files === undefined) return undefined;
  const digest = (text = '') => createHash('sha256').update(text).digest('hex');
  return Object.fromEntries([...own].map(([file, text]) => [relative(directory, file), digest(text)]));
}

function pkiOf(directory: string, { gateway }: SoundFiles, own: KeyTexts): PkiSettings {
  const { directory: demoFolder, files, clockToleranceSeconds } = gateway.value.pki;
  const absolute = (file: string) => resolve(directory, file);
  const revocation = revocationOf(gateway.value.pki.revocation, absolute);
  const texts = new Map([...own].flatMap(([file, text]) => (text === undefined ? [] : [[file, text] as const])));
  const common = { revocation, clockToleranceSeconds, texts };
  if (demoFolder !== undefined) {
    const demo = absolute(demoFolder);
    return { ...common, demo: true, directory: demo, files: demoFiles(demo) };
  }
  if (files === undefined) throw new Error('a configuration without keys passed the checks');
  return { ...common, demo: false, files: absoluteFiles(files, directory) };
}

function absoluteFiles(files: PkiFiles, directory: string): PkiFiles {
  const absolute = (file: string) => resolve(directory, file);
  return {
    trustedIssuers: files.trustedIssuers.map(absolute),
    intermediateIssuers: files.intermediateIssuers.map(absolute),
    serverCertificate: absolute(files.serverCertificate),
    serverKey: absolute(files.serverKey),
    signerCertificate: absolute(files.signerCertificate),
    signerKey: absolute(files.signerKey),
    signerIssuer: absolute(files.signerIssuer),
    crl: files.crl.map(absolute),
    sshHostKeys: files.sshHostKeys.map(absolute),
    nextSshHostKeys: files.nextSshHostKeys.map(absolute),
  };
}

function revocationOf(revocation: RevocationSettings, absolute: (file: string) => string): RevocationSettings {
  const placeOf = (place: string) => (place.startsWith('http://') ? place : absolute(place));
  const issuers = revocation.issuers.map((issuer) => ({
    ...issuer,
    lists: issuer.lists.map(placeOf),
    deltaLists: issuer.deltaLists.map(placeOf),
  }));
  return { ...revocation, issuers };
}

/** The names under which the demo authority keeps what it makes. */
function demoFiles(folder: string): PkiFiles {
  return {
    trustedIssuers: [join(folder, 'class3-ca.pem')],
    intermediateIssuers: [],
    serverCertificate: join(folder, 'server.pem'),
    serverKey: join(folder, 'server.key'),
    signerCertificate: join(folder, 'signer.pem'),
    signerKey: join(folder, 'private', 'signer.key'),
    signerIssuer: join(folder, 'signer-ca.pem'),
    crl: [join(folder, 'crl.pem')],
    sshHostKeys: ['ssh_host_ed25519', 'ssh_host_rsa'].map((name) => join(folder, 'private', name)),
    nextSshHostKeys: [],
  };
}
