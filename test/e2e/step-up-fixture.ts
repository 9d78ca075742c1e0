import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashPassword } from '../../src/access/password.ts';
import { AuditTrail } from '../support/audit-trail.ts';
import { curlWords, type Ended, runClient, sshWords, urlOf } from '../support/clients.ts';
import { type Change, makeFolder, type RunningGateway, removeFolder, startIn } from '../support/gateway.ts';
import { Authenticator } from '../support/one-time-code.ts';

export const PASSWORD = 'een zin die niemand raadt';
const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'; // "12345678901234567890" in base32

/** `anna@ksz` has one-time codes, `bram@ksz` a password, `batch@ksz` neither; KSZ comes from 127.0.0.0/8. */
export type StepUpGateway = {
  readonly gateway: RunningGateway;
  readonly audit: AuditTrail;
  readonly folder: string;
  readonly authenticator: Authenticator;
  curl(account: string, ...words: readonly string[]): Promise<{ readonly status: string; readonly text: string }>;
  /** PUT of a small file. */
  put(account: string, path: string, ...words: readonly string[]): Promise<string>;
  url(path: string): string;
  /** `sftp` that answers a prompt with these codes, one after the other. */
  sftp(account: string, lines: readonly string[], ...codes: readonly string[]): Promise<Ended>;
  close(): Promise<void>;
};

export function withSecondFactors(text: string): string {
  return text
    .replace('address: 127.0.0.1', 'address: 127.0.0.0/8')
    .replace(/( {2}- id: anna\n)/, '$1    secondFactor:\n      totp:\n        secretFile: ../secrets/anna.totp\n')
    .replace(
      /( {2}- id: bram\n)/,
      '$1    secondFactor:\n      password:\n        hashFile: ../secrets/bram.password\n',
    );
}

/** A gateway with the second factors of `anna@ksz` and `bram@ksz`. */
export async function startWithSecondFactors(change: Readonly<Record<string, Change>>): Promise<RunningGateway> {
  const home = await makeFolder({ 'partners/ksz.yaml': withSecondFactors, ...change });
  await mkdir(join(home, 'secrets'));
  await writeFile(join(home, 'secrets', 'anna.totp'), SECRET, { mode: 0o600 });
  await writeFile(join(home, 'secrets', 'bram.password'), await hashPassword(PASSWORD), { mode: 0o600 });
  return startIn(home);
}

/** What shows the codes of `anna@ksz`. */
export function authenticatorOfAnna(): Authenticator {
  return new Authenticator(Buffer.from('12345678901234567890'));
}

export async function startStepUpGateway(change: Readonly<Record<string, Change>>): Promise<StepUpGateway> {
  const gateway = await startWithSecondFactors(change);
  const folder = await mkdtemp(join(tmpdir(), 'sluis-step-up-'));
  await writeFile(join(folder, 'file.txt'), 'a file\n');
  await writeFile(join(folder, 'askpass'), `#!/bin/sh\nhead -n 1 codes\nsed -i 1d codes\n`, { mode: 0o700 });
  const curl = async (account: string, ...words: readonly string[]) => {
    const all = [...curlWords(gateway, account), '--write-out', '\n%{http_code}', ...words];
    const { out, err } = await runClient('curl', all, { cwd: folder });
    const end = out.lastIndexOf('\n');
    return { status: out.slice(end + 1), text: out.slice(0, end) + err };
  };
  return {
    ...{ gateway, folder, curl },
    audit: new AuditTrail(gateway),
    authenticator: authenticatorOfAnna(),
    put: async (account, path, ...words) =>
      (await curl(account, ...words, '--upload-file', 'file.txt', urlOf(gateway, path))).status,
    url: (path) => `https://127.0.0.1:${gateway.https}${path}`,
    sftp: async (account, lines, ...codes) => {
      await writeFile(join(folder, 'batch'), `${lines.join('\n')}\n`);
      await writeFile(join(folder, 'codes'), codes.map((code) => `${code}\n`).join(''));
      const asks = ['-o', 'BatchMode=no', '-o', `NumberOfPasswordPrompts=${Math.max(1, codes.length)}`];
      const environment = { SSH_ASKPASS: join(folder, 'askpass'), SSH_ASKPASS_REQUIRE: 'force' };
      const words = [...asks, '-b', 'batch', ...sshWords(gateway, account), `${account}@127.0.0.1`];
      return runClient('sftp', words, { cwd: folder, environment });
    },
    close: async () => {
      await gateway.stop();
      await removeFolder(gateway);
      await rm(folder, { recursive: true });
    },
  };
}
