import type { Certificate } from './certificate.ts';
import { readCrl } from './crl.ts';
import type { CrlPlace, ListProblem, Taken } from './crl-places.ts';
import { IssuerLists, type ListRules } from './issuer-lists.ts';
import type { RevocationAge, RevocationSource, RevocationStatus } from './revocation.ts';

/** A place whose list could not be used; what was loaded from it before stays in force until its own end. */
export type RevocationProblem = ListProblem & { readonly place: string };

export type RevocationListsOptions = {
  /** Where full lists come from, DER or PEM, one list each. */
  readonly full: readonly CrlPlace[];
  /** Where delta lists come from; looked at after the full ones. */
  readonly delta: readonly CrlPlace[];
  /** The CA certificates whose lists these are: trusted issuers and their intermediates. */
  readonly issuers: readonly Certificate[];
  readonly rules: Omit<ListRules, 'needsDelta'>;
  /** Key identifiers of issuers that publish delta lists. */
  readonly needDelta: ReadonlySet<string>;
  readonly now: () => number;
};

/** Revocation lists (RFC 5280 §5) published by somebody else. Nothing is known before the first `reload`. */
export class RevocationLists implements RevocationSource {
  readonly #options: RevocationListsOptions;
  /** By key identifier of the issuer. */
  #lists: ReadonlyMap<string, IssuerLists> = new Map();
  readonly #looking = new Map<CrlPlace, Promise<ListProblem | undefined>>();
  #version = 0;
  #stale = '';

  constructor(options: RevocationListsOptions) {
    this.#options = options;
  }

  get version(): number {
    return this.#version;
  }

  /** Begins with what another knows of the issuers that both have. Called before the first `reload`. */
  inherit(other: RevocationLists): void {
    const own = new Set(this.#options.issuers.map(({ fingerprint }) => fingerprint));
    const shared = new Set(other.#options.issuers.flatMap((one) => (own.has(one.fingerprint) ? [one.keyId] : [])));
    this.#lists = new Map([...other.#lists].filter(([id]) => shared.has(id)));
    this.#version = other.#version + 1;
  }

  ages(at: number): readonly RevocationAge[] {
    return [...this.#lists.values()].flatMap((lists) => lists.ages(at));
  }

  async statusOf(certificate: Certificate, issuer: Certificate, at: number): Promise<RevocationStatus> {
    const lists = issuer.keyId === undefined ? undefined : this.#lists.get(issuer.keyId);
    if (lists === undefined) return { state: 'unknown', why: 'not-known', detail: 'crl:none' };
    return lists.statusOf(certificate.serial, this.#rulesOf(issuer.keyId ?? ''), at);
  }

  /** Looks at every place again. A list that is wrong or older than what is loaded changes nothing. */
  async reload(): Promise<readonly RevocationProblem[]> {
    const problems: RevocationProblem[] = [];
    for (const places of [this.#options.full, this.#options.delta]) {
      const found = await Promise.all(places.map(async (place) => ({ place, problem: await this.#lookOnce(place) })));
      for (const { place, problem } of found)
        if (problem !== undefined) problems.push({ place: place.name, ...problem });
    }
    this.#noticeStale();
    return problems;
  }

  /** A place that answers slowly is not asked twice at once. */
  #lookOnce(place: CrlPlace): Promise<ListProblem | undefined> {
    const running = this.#looking.get(place);
    if (running !== undefined) return running;
    const look = this.#look(place).finally(() => this.#looking.delete(place));
    this.#looking.set(place, look);
    return look;
  }

  async #look(place: CrlPlace): Promise<ListProblem | undefined> {
    const read = await place.read(this.#options.now());
    if (read === 'nothing-new') return undefined;
    if ('reason' in read) return read;
    const taken = await this.#take(derOf(read.bytes));
    place.taken(taken, this.#options.now());
    return 'list' in taken ? undefined : taken;
  }

  async #take(der: Uint8Array): Promise<Taken> {
    const result = await readCrl(der, this.#options.issuers);
    if (!result.ok) return { reason: result.reason };
    const { list } = result;
    const after = IssuerLists.with(this.#lists.get(list.issuerKeyId), list);
    if (!(after instanceof IssuerLists)) return after;
    this.#lists = new Map(this.#lists).set(list.issuerKeyId, after);
    this.#version += 1;
    return { list };
  }

  /** A list that passes its end changes answers given before, too. */
  #noticeStale(): void {
    const { now, rules } = this.#options;
    const stale = [...this.#lists].filter(([, lists]) => now() > lists.nextUpdate + rules.graceMs).map(([id]) => id);
    if (stale.join(' ') === this.#stale) return;
    this.#stale = stale.join(' ');
    this.#version += 1;
  }

  #rulesOf(issuerKeyId: string): ListRules {
    return { ...this.#options.rules, needsDelta: this.#options.needDelta.has(issuerKeyId) };
  }
}

function derOf(bytes: Uint8Array): Uint8Array {
  if (bytes[0] !== '-'.charCodeAt(0)) return bytes;
  const text = Buffer.from(bytes).toString('latin1');
  const block = /-----BEGIN X509 CRL-----([^-]+)-----END X509 CRL-----/.exec(text)?.[1] ?? '';
  return Buffer.from(block, 'base64');
}
