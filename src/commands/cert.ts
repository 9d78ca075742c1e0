import { createHash } from 'node:crypto';
import { mkdir, open, readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { Settings } from '../config/settings.ts';
import { parseSshKey } from '../config/ssh-key.ts';
import { systemClock } from '../domain/clock.ts';
import { GatewayError } from '../domain/errors.ts';
import { parseCertificates } from '../pki/certificate.ts';
import { makeDemoPki } from '../pki/demo-ca.ts';
import { type LocalRevocation, parseRevocations } from '../pki/local-revocation.ts';
import { accountNameOf } from './editing.ts';
import { appendLine } from './load-audit.ts';
import { type CommonOptions, revocationsFile, soundSettings } from './places.ts';

type Out = NodeJS.WritableStream;

const MAX_REASON = 200;
const SFTP_HOSTS = ['127.0.0.1', 'localhost'];

/**
 * Revokes a certificate or SSH key at this gateway, whoever issued it: nobody comes in with it any more, and who is inside is
 * cut, within seconds. Written down in the audit log first.
 * @param which a PEM certificate, a .pub file, a SHA-256 in hex, or `SHA256:…` as ssh-keygen prints it
 */
export async function certRevoke(which: string, reason: string, options: CommonOptions, out: Out): Promise<0> {
  const settings = await soundSettings(options.config);
  const data = options.data ?? settings.data.directory;
  const sha256 = await digestOf(which);
  const known = await revocationsIn(data);
  const already = known.some((one) => one.sha256 === sha256);
  if (!/^\P{Cc}+$/u.test(reason) || reason.length > MAX_REASON) {
    throw new GatewayError('bad-request', `a reason is one line of at most ${MAX_REASON} characters`);
  }
  const holder = holderOf(settings, sha256);
  if (!already) {
    await mkdir(data, { recursive: true, mode: 0o700 });
    const systemUser = userInfo().username;
    const fields = { sha256, reason, systemUser, ...(holder === undefined ? {} : { holder }) };
    await appendLine(data, { kind: 'proof-revoked', outcome: 'done', fields });
    await appendDurably(revocationsFile(data), `${sha256} ${new Date(systemClock.now()).toISOString()} ${reason}\n`);
  }
  const whose = holder === undefined ? '' : `, of ${holder}`;
  if (options.json) out.write(`${JSON.stringify({ ok: true, sha256, holder, changed: !already })}\n`);
  else out.write(already ? `${sha256} was revoked before\n` : `revoked ${sha256}${whose}\n`);
  return 0;
}

/** Prints what was revoked here, and whose it is where that can be told. */
export async function certList(options: CommonOptions, out: Out): Promise<0> {
  const settings = await soundSettings(options.config);
  const revoked = (await revocationsIn(options.data ?? settings.data.directory)).map((one) => ({
    ...one,
    holder: holderOf(settings, one.sha256),
  }));
  if (options.json) out.write(`${JSON.stringify({ revoked })}\n`);
  else if (revoked.length === 0) out.write('nothing was revoked here\n');
  else
    for (const { sha256, at, reason, holder = '–' } of revoked) out.write(`${sha256}  ${at}  ${holder}  ${reason}\n`);
  return 0;
}

/** Makes the demo certificate and keys of an account of the configuration, where they are missing. */
export async function certIssue(name: string, options: CommonOptions, out: Out): Promise<0> {
  const { pki, generation } = await soundSettings(options.config);
  if (!pki.demo) {
    throw new GatewayError(
      'bad-request',
      'only the demo authority issues certificates; register those of others with "sluis person certificate add"',
    );
  }
  const { id, partner: partnerId } = accountNameOf(name);
  const partner = generation.partners.find((one) => one.id === partnerId);
  const account = partner?.accounts.find((one) => one.id === id);
  if (partner === undefined || account === undefined)
    throw new GatewayError('not-found', `there is no account ${name}`);
  const accounts = [{ kind: account.kind, id, partner: partner.id, kbo: partner.kbo }];
  const { directory } = pki;
  const { made } = await makeDemoPki({ directory, accounts, sftpHosts: SFTP_HOSTS, now: systemClock.now() });
  const own = made.filter((file) => file.startsWith(name));
  if (options.json) out.write(`${JSON.stringify({ ok: true, directory, made: own })}\n`);
  else
    out.write(
      own.length === 0
        ? `${name} has its demo keys already\n`
        : own.map((file) => `made ${join(directory, file)}\n`).join(''),
    );
  return 0;
}

/** @throws GatewayError `bad-request` where it is no certificate and no key */
async function digestOf(which: string): Promise<string> {
  const plain = which.replaceAll(':', '').toLowerCase();
  if (/^[0-9a-f]{64}$/.test(plain)) return plain;
  const [, base64] = /^SHA256:([A-Za-z0-9+/]{43})$/.exec(which) ?? [];
  if (base64 !== undefined) return Buffer.from(base64, 'base64').toString('hex');
  const text = await readFile(which, 'utf8').catch((cause: unknown) => {
    throw new GatewayError('not-found', `${which} cannot be read`, { cause });
  });
  const [certificate] = text.includes('-----BEGIN CERTIFICATE-----') ? parseCertificates(text) : [];
  if (certificate !== undefined) return certificate.fingerprint;
  const key = parseSshKey(text);
  if ('fault' in key) throw new GatewayError('bad-request', `${which} holds no certificate and no SSH public key`);
  return createHash('sha256').update(Buffer.from(key.blob, 'base64')).digest('hex');
}

/** The account that registered it by its digest; rules about the holder of a certificate tell nothing of a digest. */
function holderOf({ generation }: Settings, sha256: string): string | undefined {
  for (const partner of generation.partners) {
    for (const { id, certificates, sshKeys } of partner.accounts) {
      const keys = sshKeys.map(({ blob }) => createHash('sha256').update(Buffer.from(blob, 'base64')).digest('hex'));
      const listed = certificates.some((rule) => rule.kind === 'fingerprint' && rule.sha256 === sha256);
      if (listed || keys.includes(sha256)) return `${id}@${partner.id}`;
    }
  }
  return undefined;
}

/** What was revoked here. @throws GatewayError `bad-request` where the list is damaged */
export async function revocationsIn(data: string): Promise<readonly LocalRevocation[]> {
  const text = await readFile(revocationsFile(data), 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  });
  const list = parseRevocations(text);
  if (list === undefined)
    throw new GatewayError('bad-request', `${revocationsFile(data)} is damaged; put it right first`);
  return list;
}

async function appendDurably(file: string, line: string): Promise<void> {
  const handle = await open(file, 'a', 0o600);
  try {
    await handle.writeFile(line);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
