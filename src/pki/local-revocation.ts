import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import type { Certificate } from './certificate.ts';
import type { RevocationSource, RevocationStatus } from './revocation.ts';
import type { SshCertificate } from './ssh-certificate.ts';
import type { SshRevocation, SshRevocationStatus } from './ssh-revocation.ts';

/** One line of the list: `sha256 when reason`. */
export type LocalRevocation = { readonly sha256: string; readonly at: string; readonly reason: string };

/** Its name in the data folder. */
export const REVOCATIONS = 'revoked-proofs';

const LINE = /^([0-9a-f]{64}) (\S+) (.+)$/;

/** The list as it is written. @returns undefined where a line is none */
export function parseRevocations(text: string): readonly LocalRevocation[] | undefined {
  const lines = text.split('\n').filter((line) => line !== '');
  const read = lines.map((line): LocalRevocation | undefined => {
    const [, sha256, at, reason] = LINE.exec(line) ?? [];
    return sha256 === undefined || at === undefined || reason === undefined ? undefined : { sha256, at, reason };
  });
  return read.every((one) => one !== undefined) ? read : undefined;
}

/**
 * Certificates and SSH keys that the hub itself revoked (`sluis cert revoke`), by the SHA-256 of certificate or key: whoever
 * issued them need not know. Where the file can't be read, what was read before goes on revoking.
 */
export class LocalRevocations {
  readonly #file: string;
  #revoked: ReadonlySet<string> = new Set();
  #identity = '';
  #version = 0;

  constructor(file: string) {
    this.#file = file;
  }

  /** Grows whenever an answer given before may be different now. */
  get version(): number {
    return this.#version;
  }

  has(sha256: string): boolean {
    return this.#revoked.has(sha256);
  }

  /** Reads the file when it has changed. @returns what is wrong with it */
  async reload(): Promise<'not-readable' | 'not-a-list' | undefined> {
    try {
      const { ino, size, mtimeMs } = await stat(this.#file);
      const identity = `${ino} ${size} ${mtimeMs}`;
      if (identity === this.#identity) return undefined;
      const list = parseRevocations(await readFile(this.#file, 'utf8'));
      if (list === undefined) return 'not-a-list';
      this.#take(new Set(list.map(({ sha256 }) => sha256)), identity);
      return undefined;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) return 'not-readable';
      if (this.#identity !== '') this.#take(new Set(), '');
      return undefined;
    }
  }

  #take(revoked: ReadonlySet<string>, identity: string): void {
    this.#revoked = revoked;
    this.#identity = identity;
    this.#version += 1;
  }
}

/** What issuers say of certificates, and before that what the hub says. */
export class LocallyRevoked implements RevocationSource {
  readonly #local: LocalRevocations;
  readonly #others: RevocationSource;

  constructor(local: LocalRevocations, others: RevocationSource) {
    this.#local = local;
    this.#others = others;
  }

  get version(): number {
    return this.#local.version + this.#others.version;
  }

  async statusOf(certificate: Certificate, issuer: Certificate, at: number): Promise<RevocationStatus> {
    if (this.#local.has(certificate.fingerprint)) return { state: 'revoked' };
    return this.#others.statusOf(certificate, issuer, at);
  }
}

/** The same for SSH keys, those in certificates among them. */
export class LocallyRevokedKeys implements SshRevocation {
  readonly #local: LocalRevocations;
  readonly #others: SshRevocation;

  constructor(local: LocalRevocations, others: SshRevocation) {
    this.#local = local;
    this.#others = others;
  }

  get version(): number {
    return this.#local.version + this.#others.version;
  }

  async statusOf(blob: Uint8Array, certificate?: SshCertificate): Promise<SshRevocationStatus> {
    if (this.#local.has(createHash('sha256').update(blob).digest('hex'))) return 'revoked';
    return this.#others.statusOf(blob, certificate);
  }
}
