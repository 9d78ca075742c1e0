import { open } from 'node:fs/promises';
import type { Certificate } from './certificate.ts';
import { type CrlFailure, type RevocationList, readCrl } from './crl.ts';

export type RevocationStatus =
  /** `until`: milliseconds since the epoch; ask again after it. */
  { readonly state: 'good'; readonly until: number } | { readonly state: 'revoked' } | { readonly state: 'unknown' };

/** Where it is known whether a certificate was revoked. Several kinds of source can stand behind one another. */
export interface RevocationSource {
  /** Grows whenever an answer given before may be different now. */
  readonly version: number;
  statusOf(certificate: Certificate, issuer: Certificate, at: number): Promise<RevocationStatus>;
}

/** A file that could not be used; what was loaded from it before stays in force until its own end. */
export type RevocationProblem = {
  readonly file: string;
  readonly reason: CrlFailure | 'not-readable' | 'too-large' | 'older-than-loaded';
  readonly cause?: unknown;
};

type Problem = Omit<RevocationProblem, 'file'>;

export type RevocationListsOptions = {
  /** DER or PEM files, one list each. */
  readonly files: readonly string[];
  /** The CA certificates whose lists these are: trusted issuers and their intermediates. */
  readonly issuers: readonly Certificate[];
  readonly maxFileBytes: number;
  /** How long a list past its nextUpdate still counts; a written rule of the operator. */
  readonly graceMs: number;
};

/** Revocation lists (RFC 5280 §5) kept in files by somebody else. Nothing is known before the first `reload`. */
export class RevocationLists implements RevocationSource {
  readonly #options: RevocationListsOptions;
  /** By key identifier of the issuer. */
  #lists: ReadonlyMap<string, RevocationList> = new Map();
  /** What became of each file when it was last read. */
  readonly #seen = new Map<string, { readonly identity: string; readonly problem: Problem | undefined }>();
  #version = 0;
  #reloading: Promise<readonly RevocationProblem[]> | undefined;

  constructor(options: RevocationListsOptions) {
    this.#options = options;
  }

  get version(): number {
    return this.#version;
  }

  /** The first moment at which a loaded list passes its nextUpdate; undefined where none is loaded. For alarms. */
  get nextUpdate(): number | undefined {
    const times = [...this.#lists.values()].map((list) => list.nextUpdate);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  async statusOf(certificate: Certificate, issuer: Certificate, at: number): Promise<RevocationStatus> {
    const list = issuer.keyId === undefined ? undefined : this.#lists.get(issuer.keyId);
    if (list === undefined) return { state: 'unknown' };
    // A list that is too old still knows who was revoked.
    if (list.revoked.has(certificate.serial)) return { state: 'revoked' };
    const until = list.nextUpdate + this.#options.graceMs;
    return at < list.thisUpdate || at > until ? { state: 'unknown' } : { state: 'good', until };
  }

  /** Reads every file again. A file that is wrong or older than what is loaded changes nothing. Calls at once share one run. */
  async reload(): Promise<readonly RevocationProblem[]> {
    this.#reloading ??= this.#reload().finally(() => {
      this.#reloading = undefined;
    });
    return this.#reloading;
  }

  async #reload(): Promise<readonly RevocationProblem[]> {
    const problems: RevocationProblem[] = [];
    for (const file of this.#options.files) {
      const problem = await this.#take(file);
      if (problem !== undefined) problems.push({ file, ...problem });
    }
    return problems;
  }

  /** A file that has not changed since is not read again, nor does it make a new version. */
  async #take(file: string): Promise<Problem | undefined> {
    const before = this.#seen.get(file);
    const read = await readChanged(file, before?.identity, this.#options.maxFileBytes);
    if (read === 'unchanged') return before?.problem;
    if ('reason' in read) return read;
    const problem = await this.#use(derOf(read.bytes));
    this.#seen.set(file, { identity: read.identity, problem });
    return problem;
  }

  async #use(der: Uint8Array): Promise<Problem | undefined> {
    const result = await readCrl(der, this.#options.issuers);
    if (!result.ok) return { reason: result.reason };
    const { list } = result;
    if (isOlder(list, this.#lists.get(list.issuerKeyId))) return { reason: 'older-than-loaded' };
    this.#lists = new Map(this.#lists).set(list.issuerKeyId, list);
    this.#version += 1;
    return undefined;
  }
}

/** @param identity of the file when it was read before */
async function readChanged(
  file: string,
  identity: string | undefined,
  maxBytes: number,
): Promise<{ readonly identity: string; readonly bytes: Uint8Array } | 'unchanged' | Problem> {
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
  } catch (cause) {
    return { reason: 'not-readable', cause };
  }
}

/** An older list given back would make revoked certificates good again. */
function isOlder(list: RevocationList, loaded: RevocationList | undefined): boolean {
  if (loaded === undefined) return false;
  return list.number < loaded.number || list.thisUpdate < loaded.thisUpdate;
}

function derOf(bytes: Uint8Array): Uint8Array {
  if (bytes[0] !== '-'.charCodeAt(0)) return bytes;
  const text = Buffer.from(bytes).toString('latin1');
  const block = /-----BEGIN X509 CRL-----([^-]+)-----END X509 CRL-----/.exec(text)?.[1] ?? '';
  return Buffer.from(block, 'base64');
}
