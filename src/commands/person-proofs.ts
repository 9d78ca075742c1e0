import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Document } from 'yaml';
import { parseSshKey } from '../config/ssh-key.ts';
import { GatewayError } from '../domain/errors.ts';
import { parseCertificates } from '../pki/certificate.ts';
import { sshFingerprint } from '../pki/ssh-certificate.ts';
import { revocationsIn } from './cert.ts';
import { accountNameOf, changeAccount, type EditOptions, partnerOf, standing } from './editing.ts';
import { addTo, entryOf, removeFrom } from './partner-document.ts';
import { dataDirectory } from './places.ts';

type Out = NodeJS.WritableStream;

/** Which certificate: one by its digest, or every one that says so of its holder. */
export type CertificateChoice = {
  readonly pem?: string | undefined;
  readonly sha256?: string | undefined;
  readonly email?: string | undefined;
  readonly nationalNumber?: string | undefined;
  /** Of a machine: `0977788902/batch`, KBO number and common name. */
  readonly machine?: string | undefined;
};

/** Registers an SSH public key; the text of the file stands in the configuration from then on. */
export async function personKeyAdd(name: string, file: string, options: EditOptions, out: Out): Promise<0 | 1> {
  const { id } = accountNameOf(name);
  const key = (await textOf(file)).trim();
  const fingerprint = fingerprintOf(key, file);
  await mustNotBeRevoked(Buffer.from(fingerprint.slice('SHA256:'.length), 'base64').toString('hex'), options);
  const change = (document: Document) => addTo(document, entryOf(document, id), 'sshKeys', { key });
  return changeAccount(name, 'person key add', { change, done: `${name} has the key ${fingerprint}` }, options, out);
}

/** @param which the fingerprint (`SHA256:…`), or the public key file */
export async function personKeyRemove(name: string, which: string, options: EditOptions, out: Out): Promise<0 | 1> {
  const { id } = accountNameOf(name);
  const fingerprint = which.startsWith('SHA256:') ? which : fingerprintOf((await textOf(which)).trim(), which);
  const files = await registeredFiles(name, options.config);
  const isMeant = (item: unknown) => {
    const { key, file } = item as { readonly key?: string; readonly file?: string };
    const text = key ?? (file === undefined ? undefined : files.get(file));
    return text !== undefined && fingerprintIn(text) === fingerprint;
  };
  const change = (document: Document) =>
    removeFrom(entryOf(document, id), 'sshKeys', isMeant, `${name} has no key ${fingerprint}`);
  return changeAccount(
    name,
    'person key remove',
    { change, done: `${name} lost the key ${fingerprint}` },
    options,
    out,
  );
}

export async function personCertificateAdd(
  name: string,
  choice: CertificateChoice,
  options: EditOptions,
  out: Out,
): Promise<0 | 1> {
  const { id } = accountNameOf(name);
  const rule = await ruleOf(choice);
  if (rule.sha256 !== undefined) await mustNotBeRevoked(rule.sha256, options);
  const change = (document: Document) => addTo(document, entryOf(document, id), 'certificates', rule);
  const told = { change, done: `${name} has the certificate ${worded(rule)}` };
  return changeAccount(name, 'person certificate add', told, options, out);
}

export async function personCertificateRemove(
  name: string,
  choice: CertificateChoice,
  options: EditOptions,
  out: Out,
): Promise<0 | 1> {
  const { id } = accountNameOf(name);
  const rule = await ruleOf(choice);
  const isMeant = (item: unknown) =>
    Object.entries(rule).every(([key, value]) => {
      const own: unknown = Reflect.get(item as object, key);
      return String(own).toLowerCase() === value.toLowerCase();
    });
  const change = (document: Document) =>
    removeFrom(entryOf(document, id), 'certificates', isMeant, `${name} has no certificate ${worded(rule)}`);
  const told = { change, done: `${name} lost the certificate ${worded(rule)}` };
  return changeAccount(name, 'person certificate remove', told, options, out);
}

/** It would open nothing: whoever registers it is told so. @throws GatewayError `not-allowed` */
async function mustNotBeRevoked(sha256: string, options: EditOptions): Promise<void> {
  const found = (await revocationsIn(await dataDirectory(options))).find((one) => one.sha256 === sha256);
  if (found === undefined) return;
  const day = found.at.slice(0, 10);
  throw new GatewayError(
    'not-allowed',
    `the hub revoked this on ${day} (${found.reason.slice(0, 60)}); make a new one`,
  );
}

type Rule = Readonly<Record<string, string>>;

/** @throws GatewayError `bad-request` unless exactly one thing is said */
async function ruleOf({ pem, sha256, email, nationalNumber, machine }: CertificateChoice): Promise<Rule> {
  const rules: Rule[] = [];
  if (pem !== undefined) rules.push({ kind: 'fingerprint', sha256: await digestOf(pem) });
  if (sha256 !== undefined) rules.push({ kind: 'fingerprint', sha256: sha256.replaceAll(':', '').toLowerCase() });
  if (email !== undefined) rules.push({ kind: 'subject', email });
  if (nationalNumber !== undefined) rules.push({ kind: 'eid', nationalNumber });
  if (machine !== undefined) {
    const [kbo = '', commonName = ''] = machine.split('/', 2);
    rules.push({ kind: 'machine', kbo, commonName });
  }
  const [rule] = rules;
  if (rule === undefined || rules.length > 1) {
    throw new GatewayError(
      'bad-request',
      'say once which certificate: --pem, --sha256, --email, --national-number or --machine',
    );
  }
  return rule;
}

function worded({ kind: _kind, ...facts }: Rule): string {
  return Object.entries(facts)
    .map(([key, value]) => `${key} ${value}`)
    .join(', ');
}

async function digestOf(file: string): Promise<string> {
  const [certificate, ...others] = parseCertificates(await textOf(file));
  if (certificate === undefined) throw new GatewayError('bad-request', `${file} holds no certificate`);
  if (others.length > 0)
    throw new GatewayError('bad-request', `${file} holds more than one certificate; name the person's own`);
  return createHash('sha256').update(certificate.der).digest('hex');
}

function fingerprintIn(text: string): string | undefined {
  const key = parseSshKey(text);
  return 'fault' in key ? undefined : sshFingerprint(Buffer.from(key.blob, 'base64'));
}

function fingerprintOf(text: string, file: string): string {
  const key = parseSshKey(text);
  if ('fault' in key)
    throw new GatewayError('bad-request', `${file} is no SSH public key to accept: ${key.fault}; ${key.remedy}`);
  return sshFingerprint(Buffer.from(key.blob, 'base64'));
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new GatewayError('not-found', `${file} cannot be read`, { cause });
  }
}

/** The texts of the key files that an account names. */
async function registeredFiles(name: string, config: string): Promise<ReadonlyMap<string, string>> {
  const { id, partner } = accountNameOf(name);
  const entry = partnerOf(await standing(config), partner);
  const named = [...entry.persons, ...entry.machines]
    .filter((account) => account.id === id)
    .flatMap(({ sshKeys }) => sshKeys.flatMap(({ file }) => (file === undefined ? [] : [file])));
  const texts = new Map<string, string>();
  for (const file of named) {
    const text = await readFile(resolve(config, file), 'utf8').catch(() => undefined);
    if (text !== undefined) texts.set(file, text);
  }
  return texts;
}
