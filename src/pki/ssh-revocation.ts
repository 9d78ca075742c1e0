import { open } from 'node:fs/promises';
import type { Current } from '../domain/current.ts';
import type { SshTrust } from '../domain/ssh-trust.ts';
import type { SshCertificate } from './ssh-certificate.ts';
import { type Krl, readKrl, revokesCertificate, revokesKey } from './ssh-krl.ts';

export type SshRevocationStatus = 'good' | 'revoked' | 'unknown';

/** Where it is known whether an SSH key or certificate was revoked. */
export interface SshRevocation {
  /** Changes whenever an answer given before may be different now. */
  readonly version: number;
  /** @param blob of the plain key; the certificate, where one certifies it */
  statusOf(blob: Uint8Array, certificate?: SshCertificate): Promise<SshRevocationStatus>;
}

/** A file that could not be used. `older-than-loaded`: what was loaded before stays. */
export type KrlProblem = {
  readonly file: string;
  readonly reason: 'not-readable' | 'too-large' | 'not-a-krl' | 'foreign-signature' | 'older-than-loaded';
};

type Reason = KrlProblem['reason'];

type Loaded = {
  readonly identity: string;
  /** The last list that could be used; it goes on revoking what it revokes. */
  readonly krl: Krl | undefined;
  readonly problem: Reason | undefined;
  /** How often in a row the file could not be used. */
  readonly failures: number;
};

type Parts = { readonly trust: Current<SshTrust>; readonly maxFileBytes: number };

const NEVER_READ: Loaded = { identity: '', krl: undefined, problem: undefined, failures: 0 };
/** A file may be read while it is being written; one that is as bad at the next reading counts as unreadable. */
const BAD_READINGS = 2;

/**
 * Revocation lists in files that somebody else keeps (PROTOCOL.krl of OpenSSH). A list that can not be used closes the
 * door to everybody it could have spoken of: the certificates of its authority, or all keys.
 */
export class KrlFiles implements SshRevocation {
  readonly #parts: Parts;
  readonly #files = new Map<string, Loaded>();
  #version = 0;
  #reloading: Promise<readonly KrlProblem[]> | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get version(): number {
    return this.#version;
  }

  async statusOf(blob: Uint8Array, certificate?: SshCertificate): Promise<SshRevocationStatus> {
    const isNew = () => this.#named().some((file) => !this.#files.has(file));
    if (isNew()) await this.reload();
    if (isNew()) await this.reload(); // the run that was shared began before the configuration named the file
    const { authorities, revokedKeysFile } = this.#parts.trust.value;
    const blobs = certificate === undefined ? [blob] : [blob, certificate.authority];
    let unknown = revokedKeysFile !== undefined && !isUsable(this.#files.get(revokedKeysFile));
    const everywhere = revokedKeysFile === undefined ? undefined : this.#files.get(revokedKeysFile)?.krl;
    if (everywhere !== undefined && revokes(everywhere, blobs, certificate)) return 'revoked';
    for (const { key, krlFile } of authorities) {
      if (krlFile === undefined) continue;
      const owner = Buffer.from(key.blob, 'base64');
      const loaded = this.#files.get(krlFile);
      // What one list revokes is revoked for every way in; a list that is missing closes the way it guards.
      if (loaded?.krl !== undefined && revokes(loaded.krl, blobs, certificate, owner)) return 'revoked';
      if (certificate?.authority.equals(owner) && !isUsable(loaded)) unknown = true;
    }
    return unknown ? 'unknown' : 'good';
  }

  /** Reads every file that changed. Calls at once share one run. @returns what is wrong now, told before or not */
  async reload(): Promise<readonly KrlProblem[]> {
    this.#reloading ??= this.#reload().finally(() => {
      this.#reloading = undefined;
    });
    return this.#reloading;
  }

  #named(): readonly string[] {
    const { authorities, revokedKeysFile } = this.#parts.trust.value;
    return [...new Set([revokedKeysFile, ...authorities.map(({ krlFile }) => krlFile)])].filter(
      (file) => file !== undefined,
    );
  }

  async #reload(): Promise<readonly KrlProblem[]> {
    const named = this.#named();
    for (const file of this.#files.keys()) if (!named.includes(file)) this.#files.delete(file);
    const problems: KrlProblem[] = [];
    for (const file of named) {
      const before = this.#files.get(file) ?? NEVER_READ;
      const now = await this.#take(file, before);
      this.#files.set(file, now);
      if (now.krl !== before.krl || isUsable(now) !== isUsable(before)) this.#version += 1;
      if (now.problem !== undefined) problems.push({ file, reason: now.problem });
    }
    return problems;
  }

  async #take(file: string, before: Loaded): Promise<Loaded> {
    const { identity, krl, problem, failures } = before;
    const read = await readChanged(file, identity, this.#parts.maxFileBytes);
    if (read === 'unchanged') return problem === undefined ? before : { ...before, failures: failures + 1 };
    const failed = (reason: Reason, of: string) => ({ identity: of, krl, problem: reason, failures: failures + 1 });
    if ('reason' in read) return failed(read.reason, '');
    const next = readKrl(read.bytes);
    if (next === undefined) return failed('not-a-krl', read.identity);
    if (!this.#areTrusted(next.signers)) return failed('foreign-signature', read.identity);
    if (krl !== undefined && (next.version < krl.version || next.generated < krl.generated)) {
      // An older list given back would make good again what was revoked since.
      return { identity: read.identity, krl, problem: 'older-than-loaded', failures: 0 };
    }
    return { identity: read.identity, krl: next, problem: undefined, failures: 0 };
  }

  /** A signature is optional; one that stands there is by an authority that is listed. */
  #areTrusted(signers: readonly Buffer[]): boolean {
    const known = this.#parts.trust.value.authorities.map(({ key }) => key.blob);
    return signers.every((signer) => known.includes(signer.toString('base64')));
  }
}

function isUsable(loaded: Loaded | undefined): boolean {
  if (loaded?.krl === undefined) return false;
  return loaded.problem === undefined || loaded.problem === 'older-than-loaded' || loaded.failures < BAD_READINGS;
}

function revokes(krl: Krl, blobs: readonly Uint8Array[], certificate?: SshCertificate, owner?: Buffer): boolean {
  if (blobs.some((blob) => revokesKey(krl, blob))) return true;
  return certificate !== undefined && revokesCertificate(krl, certificate, owner);
}

/** @param identity of the file when it was read before */
async function readChanged(
  file: string,
  identity: string,
  maxBytes: number,
): Promise<{ readonly identity: string; readonly bytes: Uint8Array } | 'unchanged' | { readonly reason: Reason }> {
  try {
    const handle = await open(file);
    try {
      const { ino, size, mtimeNs, ctimeNs } = await handle.stat({ bigint: true });
      const now = [ino, size, mtimeNs, ctimeNs].join(' ');
      if (now === identity) return 'unchanged';
      return size > maxBytes ? { reason: 'too-large' } : { identity: now, bytes: await handle.readFile() };
    } finally {
      await handle.close();
    }
  } catch {
    return { reason: 'not-readable' };
  }
}
