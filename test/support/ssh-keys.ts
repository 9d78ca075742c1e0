import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Ended, runClient } from './clients.ts';
import type { RunningGateway } from './gateway.ts';

const run = promisify(execFile);

/** What somebody logs in with: a private key, and the certificate for it where there is one. */
export type Identity = {
  readonly keyFile: string;
  readonly certificateFile?: string;
  /** SHA-256 of what is shown, hex, as the audit log has it. */
  readonly fingerprint: string;
};

/** A folder in which ssh-keygen makes keys, certificates and revocation lists. */
export class SshWorkshop {
  readonly folder: string;
  #count = 0;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async open(): Promise<SshWorkshop> {
    return new SshWorkshop(await mkdtemp(join(tmpdir(), 'sluis-ssh-keys-')));
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** @param kind words of ssh-keygen, such as `-t rsa -b 3072` */
  async key(name: string, kind = '-t ed25519'): Promise<Identity> {
    const keyFile = this.path(name);
    await run('ssh-keygen', ['-q', ...kind.split(' '), '-N', '', '-C', name, '-f', keyFile]);
    return { keyFile, fingerprint: await fingerprintOf(`${keyFile}.pub`) };
  }

  /** Certifies a key. @param words of ssh-keygen, such as `-n batch@ksz -V +1h` */
  async certify(ca: string, { keyFile }: Identity, words: readonly string[]): Promise<Identity> {
    this.#count += 1;
    const copy = this.path(`certified-${this.#count}.pub`);
    await writeFile(copy, await readFile(`${keyFile}.pub`));
    const all = [
      '-q',
      '-s',
      this.path(ca),
      ...(words.includes('-I') ? [] : ['-I', `id-${this.#count}`]),
      ...words,
      copy,
    ];
    await run('ssh-keygen', all);
    const certificateFile = this.path(`certified-${this.#count}-cert.pub`);
    return { keyFile, certificateFile, fingerprint: await fingerprintOf(certificateFile) };
  }

  /** Puts a list in the place of the one before, as a whole. @param ca whose certificates serials and ids speak of */
  async revoke(name: string, lines: readonly string[], ca?: string): Promise<void> {
    const [rules, next] = [this.path(`${name}.rules`), this.path(`${name}.next`)];
    await writeFile(rules, `${lines.join('\n')}\n`);
    await rm(next, { force: true });
    await run('ssh-keygen', [
      '-q',
      '-k',
      '-f',
      next,
      ...(ca === undefined ? [] : ['-s', this.path(`${ca}.pub`)]),
      rules,
    ]);
    await rename(next, this.path(name));
  }

  async close(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Words that make OpenSSH's programs show this and nothing else. */
export function identityWords(
  { certificates, sftp }: Pick<RunningGateway, 'certificates' | 'sftp'>,
  { keyFile, certificateFile }: Identity,
): readonly string[] {
  return [
    ...['-F', 'none', '-i', keyFile, '-o', `Port=${sftp}`, '-o', 'LogLevel=INFO'],
    ...(certificateFile === undefined ? [] : ['-o', `CertificateFile=${certificateFile}`]),
    ...['-o', `UserKnownHostsFile=${join(certificates, 'known_hosts')}`, '-o', 'StrictHostKeyChecking=yes'],
    ...['-o', 'IdentitiesOnly=yes', '-o', 'IdentityAgent=none', '-o', 'BatchMode=yes'],
  ];
}

/** One session of `sftp` that asks where it is. */
export function sftpAs(
  gateway: RunningGateway,
  login: string,
  who: Identity,
  more: readonly string[] = [],
): Promise<Ended> {
  const words = ['-b', '-', ...identityWords(gateway, who), ...more, `${login}@127.0.0.1`];
  return runClient('sftp', words, { input: 'pwd\n' });
}

async function fingerprintOf(file: string): Promise<string> {
  const blob = Buffer.from((await readFile(file, 'utf8')).split(' ')[1] ?? '', 'base64');
  return createHash('sha256').update(blob).digest('hex');
}
