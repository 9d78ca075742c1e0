import { execFile, execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Admission } from '../../src/access/admission.ts';
import { AdmissionDesk } from '../../src/access/admission-desk.ts';
import { systemClock } from '../../src/domain/clock.ts';
import type { Current } from '../../src/domain/current.ts';
import type { Limits, Listener } from '../../src/domain/generation.ts';
import type { Logger } from '../../src/domain/logger.ts';
import type { Partner } from '../../src/domain/partner.ts';
import { SftpListener } from '../../src/sftp/listener.ts';
import type { LoginRefusal } from '../../src/sftp/login.ts';
import type { Files, Uploads } from '../../src/vfs/files.ts';
import { account, generation, LIMITS, partner } from '../support/generation.ts';
import { openTree, type TreeParts } from '../support/parts.ts';

const run = promisify(execFile);

/** A started SFTP listener over the real tree, with keys of its own. */
export type SftpFixture = {
  readonly listener: SftpListener;
  readonly tree: TreeParts;
  readonly port: number;
  readonly folder: string;
  readonly refusals: LoginRefusal[];
  readonly warnings: string[];
  /** Why connections ended. */
  readonly ends: string[];
  /** Private key file of an account; `stranger` is registered nowhere. */
  keyFile(name: string): string;
  /** Arguments of OpenSSH's clients that log in as this account. */
  options(name: string): readonly string[];
  batch(
    name: string,
    commands: readonly string[],
    more?: readonly string[],
  ): Promise<{ stdout: string; stderr: string }>;
  close(): Promise<void>;
};

export type FixtureOptions = {
  readonly limits?: Partial<Limits>;
  /** Stands in front of the real tree, to delay or watch it. */
  readonly wrapFiles?: (files: Files) => Files;
  readonly wrapUploads?: (uploads: Uploads) => Uploads;
  readonly wrapAdmission?: (admission: Admission) => Admission;
  readonly random?: () => number;
  readonly rsaHostKey?: boolean;
};

const PLACE: Listener = { protocol: 'sftp', host: '127.0.0.1', port: 0, accessMethod: 'line' };
const ACCOUNTS = ['batch@ksz', 'anna@ksz', 'batch@rva', 'batch@rjv'] as const;

export async function startSftp(options: FixtureOptions = {}): Promise<SftpFixture> {
  const folder = await mkdtemp(join(tmpdir(), 'sluis-sftp-'));
  const hostKeys = await makeKeys(folder, options.rsaHostKey ?? false);
  const value = await generationWithKeys(folder, { ...LIMITS, ...options.limits });
  const tree = await openTree(value);
  const [refusals, warnings, ends]: [LoginRefusal[], string[], string[]] = [[], [], []];
  const partners = {
    get value() {
      return tree.current.value.partners;
    },
  };
  const desk = admissionDesk(partners);
  const listener = new SftpListener({
    listener: PLACE,
    hostKeys,
    admission: options.wrapAdmission?.(desk) ?? desk,
    files: options.wrapFiles?.(tree.vfs) ?? tree.vfs,
    uploads: options.wrapUploads?.(tree.vfs.uploads) ?? tree.vfs.uploads,
    limits: { value: value.limits },
    logger: loggerInto(warnings, ends),
    clock: systemClock,
    knowsKey: (login, key) => desk.knowsKey(login, key),
    onRefusal: (refusal) => refusals.push(refusal),
    random: options.random,
  });
  const port = await listener.listen();
  const hostKey = await readFile(join(folder, 'host.pub'), 'utf8');
  await writeFile(join(folder, 'known_hosts'), `[127.0.0.1]:${port} ${hostKey}`);
  return {
    listener,
    tree,
    port,
    folder,
    refusals,
    warnings,
    ends,
    keyFile: (name) => join(folder, name),
    options: (name) => opensshOptions(folder, port, name),
    batch: (name, commands, more = []) => runBatch(folder, port, name, commands, more),
    close: async () => {
      await listener.close(1000);
      await tree.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** @returns the private host keys */
async function makeKeys(folder: string, rsaHostKey: boolean): Promise<readonly Buffer[]> {
  for (const name of [...ACCOUNTS, 'stranger', 'host']) makeKey(join(folder, name), ['-t', 'ed25519']);
  makeKey(join(folder, 'rsa@ksz'), ['-t', 'rsa', '-b', '2048']);
  makeKey(join(folder, 'ecdsa@ksz'), ['-t', 'ecdsa', '-b', '521']);
  if (rsaHostKey) makeKey(join(folder, 'host-rsa'), ['-t', 'rsa', '-b', '3072']);
  return Promise.all((rsaHostKey ? ['host', 'host-rsa'] : ['host']).map((name) => readFile(join(folder, name))));
}

async function runBatch(
  folder: string,
  port: number,
  name: string,
  commands: readonly string[],
  more: readonly string[],
): Promise<{ stdout: string; stderr: string }> {
  const file = join(folder, `batch-${randomUUID()}`);
  await writeFile(file, `${commands.join('\n')}\n`);
  const target = `${name === 'stranger' ? 'batch@ksz' : name}@127.0.0.1`;
  const args = ['-b', file, ...opensshOptions(folder, port, name), ...more, target];
  return run('sftp', args, { timeout: 30_000, cwd: folder });
}

/** Who may come in, by the keys of the accounts alone. */
function admissionDesk(partners: Current<readonly Partner[]>): AdmissionDesk {
  const audit = { note: () => {}, record: async () => {}, assertWorking: () => {} };
  const revocation = { version: 0, statusOf: () => Promise.reject(new Error('no certificates here')) };
  const policy = {
    issuers: [],
    allowedPolicies: [],
    extendedKeyUsage: 'required',
    nationalNumberPolicies: [],
  } as const;
  return new AdmissionDesk({
    partners,
    policy: { value: policy },
    revocation,
    audit,
    clock: systemClock,
    maxRemembered: 10,
  });
}

function opensshOptions(folder: string, port: number, name: string): readonly string[] {
  return [
    ...['-F', 'none', '-i', join(folder, name), '-o', `UserKnownHostsFile=${join(folder, 'known_hosts')}`],
    ...['-o', 'IdentitiesOnly=yes', '-o', 'BatchMode=yes', '-o', 'StrictHostKeyChecking=yes', '-o', `Port=${port}`],
    ...['-o', 'LogLevel=ERROR', '-o', 'IdentityAgent=none'],
  ];
}

function makeKey(file: string, kind: readonly string[]): void {
  execFileSync('ssh-keygen', ['-q', ...kind, '-N', '', '-C', 'test', '-f', file]);
}

async function generationWithKeys(folder: string, limits: Limits) {
  const base = generation({ limits });
  const withKey = async (id: string, partnerId: string) => {
    const [algorithm = '', blob = ''] = (await readFile(join(folder, `${id}@${partnerId}.pub`), 'utf8')).split(' ');
    return account(id, id === 'anna' ? 'person' : 'machine', { sshKeys: [{ algorithm, blob }] });
  };
  const ksz = await Promise.all(['batch', 'anna', 'rsa', 'ecdsa'].map((id) => withKey(id, 'ksz')));
  const [rva, rjv] = await Promise.all([withKey('batch', 'rva'), withKey('batch', 'rjv')]);
  const accounts: Record<string, typeof ksz> = { ksz, rva: [rva], rjv: [rjv] };
  return {
    ...base,
    partners: base.partners.map((one) => partner(one.id, { ...one, accounts: accounts[one.id] ?? [] })),
  };
}

function loggerInto(warnings: string[], ends: string[]): Logger {
  const keep = (fields: object, message: string) => {
    const cause = 'error' in fields && fields.error instanceof Error ? `: ${fields.error.stack}` : '';
    warnings.push(`${message}${cause}`);
  };
  const debug = (fields: object) => {
    if ('why' in fields) ends.push(String(fields.why));
  };
  return { debug, info: () => {}, warn: keep, error: keep };
}
