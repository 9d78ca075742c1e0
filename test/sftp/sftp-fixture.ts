import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Admission } from '../../src/access/admission.ts';
import { AdmissionDesk } from '../../src/access/admission-desk.ts';
import { WaitingRoom } from '../../src/access/waiting-room.ts';
import { systemClock } from '../../src/domain/clock.ts';
import type { Current } from '../../src/domain/current.ts';
import type { Limits, Listener } from '../../src/domain/generation.ts';
import type { Logger } from '../../src/domain/logger.ts';
import type { Language, Partner } from '../../src/domain/partner.ts';
import { type SharedLimits, sharedLimits } from '../../src/gateway-limits.ts';
import { HostKeys } from '../../src/sftp/host-keys.ts';
import { SftpListener } from '../../src/sftp/listener.ts';
import type { LoginRefusal } from '../../src/sftp/login.ts';
import type { AuditLine } from '../../src/storage/commands.ts';
import type { Files, Uploads } from '../../src/vfs/files.ts';
import { account, generation, LIMITS, partner } from '../support/generation.ts';
import { holdPort } from '../support/held-port.ts';
import { openTree, type TreeParts } from '../support/parts.ts';
import { plainSshDoor } from '../support/ssh-door.ts';

const run = promisify(execFile);

/** A started SFTP listener over the real tree, with keys of its own. */
export type SftpFixture = {
  readonly listener: SftpListener;
  readonly tree: TreeParts;
  readonly port: number;
  readonly folder: string;
  readonly refusals: LoginRefusal[];
  /** Penalties, and connections that said nothing. */
  readonly lines: AuditLine[];
  readonly shared: SharedLimits;
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
  /** Penalties begin late unless a test asks for them: most refusals here are the subject of a test. */
  readonly limits?: Partial<Limits>;
  /** Stands in front of the real tree, to delay or watch it. */
  readonly wrapFiles?: (files: Files) => Files;
  readonly wrapUploads?: (uploads: Uploads) => Uploads;
  readonly wrapAdmission?: (admission: Admission) => Admission;
  readonly random?: () => number;
  readonly proxies?: readonly string[];
  /** What everybody is told in; English unless a test asks for another. */
  readonly language?: Language;
  readonly banner?: (login: string) => string | undefined;
  readonly rsaHostKey?: boolean;
  /** In place of the fixture's own, which `known_hosts` has. */
  readonly hostKeyFiles?: { readonly shown: readonly string[]; readonly next?: readonly string[] };
  readonly rekey?: { readonly bytes: number; readonly ms: number };
};

const NO_SECOND_FACTORS = {
  askedOverSsh: () => 'nothing' as const,
  proveOverSsh: async () => ({ ok: false, reason: 'no-second-factor' }) as const,
  impossible: () => ({ ok: false, reason: 'no-second-factor' }) as const,
};

const ACCOUNTS = ['batch@ksz', 'anna@ksz', 'batch@rva', 'batch@rjv'] as const;

export async function startSftp(options: FixtureOptions = {}): Promise<SftpFixture> {
  const folder = await mkdtemp(join(tmpdir(), 'sluis-sftp-'));
  for (const name of [...ACCOUNTS, 'stranger', 'host']) makeKey(join(folder, name), ['-t', 'ed25519']);
  makeKey(join(folder, 'rsa@ksz'), ['-t', 'rsa', '-b', '3072']);
  makeKey(join(folder, 'ecdsa@ksz'), ['-t', 'ecdsa', '-b', '521']);
  if (options.rsaHostKey) makeKey(join(folder, 'host-rsa'), ['-t', 'rsa', '-b', '3072']);
  const value = await generationWithKeys(folder, { ...LIMITS, penaltyFromFailures: 1000, ...options.limits });
  const tree = await openTree(value);
  const lines: AuditLine[] = [];
  const audit = {
    note: (line: AuditLine) => void lines.push(line),
    record: async (line: AuditLine) => void lines.push(line),
    assertWorking: () => undefined,
    whenWorking: async () => undefined,
  };
  const metrics = { count: () => {}, observe: () => {}, gauge: () => {} };
  const shared = sharedLimits({
    generation: { value },
    audit,
    metrics,
    clock: systemClock,
    usage: { add: () => undefined },
  });
  const place: Listener = {
    ...{ protocol: 'sftp', host: '127.0.0.1', port: 0, accessMethod: 'line' },
    ...{ level: 1, rule: 'gateway.yaml#/listeners/2', proxies: options.proxies ?? [] },
  };
  const [refusals, warnings, ends]: [LoginRefusal[], string[], string[]] = [[], [], []];
  const partners = {
    get value() {
      return tree.current.value.partners;
    },
  };
  const desk = admissionDesk(partners);
  const own = ['host', ...(options.rsaHostKey ? ['host-rsa'] : [])].map((name) => join(folder, name));
  const keysOf = (files: readonly string[]) => Promise.all(files.map((file) => readFile(file)));
  const { shown = own, next = [] } = options.hostKeyFiles ?? {};
  const hostKeys = new HostKeys(await keysOf(shown), await keysOf(next));
  const listener = new SftpListener({
    listener: { value: place },
    hostKeys: { value: hostKeys },
    admission: options.wrapAdmission?.(desk) ?? desk,
    files: options.wrapFiles?.(tree.vfs) ?? tree.vfs,
    uploads: options.wrapUploads?.(tree.vfs.uploads) ?? tree.vfs.uploads,
    quota: tree.vfs.quota,
    running: tree.vfs.running,
    ...shared,
    version: tree.current,
    audit,
    strangers: new WaitingRoom({
      ...shared,
      listener: { value: place },
      protocol: 'sftp',
      audit,
      random: options.random,
    }),
    logger: loggerInto(warnings, ends),
    clock: systemClock,
    keyRefusal: (...call) => desk.keyRefusal(...call),
    refusalText: () => undefined,
    languageOf: () => options.language,
    banner: options.banner,
    secondFactors: NO_SECOND_FACTORS,
    onRefusal: (refusal) => refusals.push(refusal),
    rekey: options.rekey,
  });
  const held = await holdPort(listener);
  const { port } = held;
  const keyFile = (name: string) => join(folder, name);
  await writeFile(
    join(folder, 'known_hosts'),
    `[127.0.0.1]:${port} ${await readFile(join(folder, 'host.pub'), 'utf8')}`,
  );
  const clientOptions = (name: string) => opensshOptions(folder, port, name);
  return {
    listener,
    tree,
    port,
    folder,
    refusals,
    lines,
    shared,
    warnings,
    ends,
    keyFile,
    options: clientOptions,
    batch: async (name, commands, more = []) => {
      const file = join(folder, `batch-${Math.random().toString(36).slice(2)}`);
      await writeFile(file, `${commands.join('\n')}\n`);
      const target = `${name === 'stranger' ? 'batch@ksz' : name}@127.0.0.1`;
      return run('sftp', ['-b', file, ...clientOptions(name), ...more, target], { timeout: 30_000, cwd: folder });
    },
    close: async () => {
      const closed = held.close();
      await listener.close(1000);
      await closed;
      await tree.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** Who may come in, by the keys of the accounts alone. */
function admissionDesk(partners: Current<readonly Partner[]>): AdmissionDesk {
  const audit = { note: () => {}, record: async () => {}, assertWorking: () => {}, whenWorking: async () => {} };
  const revocation = { version: 0, statusOf: () => Promise.reject(new Error('no certificates here')) };
  const policy = {
    issuers: [],
    allowedPolicies: [],
    extendedKeyUsage: 'required',
    nationalNumberPolicies: [],
    intermediates: [],
    clockToleranceMs: 0,
  } as const;
  return new AdmissionDesk({
    partners,
    class3: { value: { policy, revocation } },
    ssh: plainSshDoor(),
    audit,
    clock: systemClock,
    stepUps: { until: () => undefined },
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
