import { randomBytes } from 'node:crypto';
import type { Certificate } from './certificate.ts';
import type { Download, DownloadFailure } from './download.ts';
import { certificateIdOf, ocspRequest } from './ocsp-request.ts';
import { type OcspAnswer, type OcspFailure, readOcspResponse } from './ocsp-response.ts';
import { ageRatio, type RevocationAge, type RevocationSource, type RevocationStatus, refreshAt } from './revocation.ts';

/** `required`: an answer without our nonce is refused. `offered`: one that holds a nonce must hold ours. */
export type Responder = { readonly url: string; readonly nonce: 'required' | 'offered' | 'none' };

export type AnswerProblem = DownloadFailure | OcspFailure | 'stale' | 'from-the-future' | 'older-than-loaded';

export type OcspOptions = {
  /** By key identifier of the issuer; asked in their order. */
  readonly responders: ReadonlyMap<string, readonly Responder[]>;
  readonly download: Download;
  /** Tells whether a delegate that asks for it was revoked. */
  readonly delegates: Pick<RevocationSource, 'statusOf'>;
  readonly graceMs: number;
  readonly toleranceMs: number;
  /** An answer is fetched anew at the latest after this; one without an end of its own ends then. */
  readonly maxAgeMs: number;
  readonly now: () => number;
  readonly onProblem: (problem: { readonly url: string; readonly reason: AnswerProblem }) => void;
};

/** What OCSP says, or why it says nothing. */
export type OcspStatus =
  | RevocationStatus
  | { readonly state: 'unavailable'; readonly stale: boolean; readonly detail: string };

type Known = OcspAnswer & { readonly end: number };

/** One certificate that somebody asked about. */
type Entry = {
  readonly certificate: Certificate;
  readonly issuer: Certificate;
  known: Known | undefined;
  dueAt: number;
  askedAt: number;
  problem: AnswerProblem | undefined;
  running: Promise<void> | undefined;
};

const NONCE_BYTES = 16;
const RETRY_MS = 5_000;
const MIN_PACE_MS = 1_000;
const KEPT_AFTER_ASKED_MS = 300_000; // five times the pace at which open connections are admitted anew
const MAX_ENTRIES = 20_000;
const MAX_RUNNING = 64;

/** Asks responders (RFC 6960) at configured addresses; never at one that a certificate names. */
export class OcspSource {
  readonly #options: OcspOptions;
  readonly #entries = new Map<string, Entry>();
  #version = 0;
  #running = 0;

  constructor(options: OcspOptions) {
    this.#options = options;
  }

  /** Grows when an answer that was relied on is another now, or has become too old. */
  get version(): number {
    return this.#version;
  }

  /** Begins with what another was answered by the same responders. Called before the first question. */
  inherit(other: OcspSource): void {
    const askedOf = (source: OcspSource, id = '') => JSON.stringify(source.#options.responders.get(id));
    for (const [key, entry] of other.#entries) {
      const { keyId } = entry.issuer;
      if (entry.known === undefined || askedOf(this, keyId) !== askedOf(other, keyId)) continue;
      this.#entries.set(key, { ...entry, running: undefined });
    }
    this.#version = other.#version + 1;
  }

  /** Answers from memory where it can; else waits for one exchange, which everybody who asks meanwhile shares. */
  async statusOf(certificate: Certificate, issuer: Certificate, at: number): Promise<OcspStatus> {
    const responders = this.#options.responders.get(issuer.keyId ?? '');
    if (responders === undefined) return { state: 'unavailable', stale: false, detail: 'ocsp:none' };
    const entry = this.#entryOf(certificate, issuer);
    entry.askedAt = at;
    const isUsable = entry.known !== undefined && at <= entry.known.end + this.#options.graceMs;
    const refresh = at >= entry.dueAt ? this.#refresh(entry) : entry.running;
    if (!isUsable) await refresh;
    return this.#statusFrom(entry, Math.max(at, this.#options.now()));
  }

  /** Fetches anew what is due, forgets what nobody asks about. Called every second. */
  tick(): void {
    const now = this.#options.now();
    for (const [key, entry] of this.#entries) {
      this.#noticeStale(entry, now);
      if (now - entry.askedAt > Math.max(KEPT_AFTER_ASKED_MS, 2 * this.#options.maxAgeMs)) this.#entries.delete(key);
      else if (now >= entry.dueAt) void this.#refresh(entry);
    }
  }

  /** The oldest answer of each issuer. */
  ages(at: number): readonly RevocationAge[] {
    const oldest = new Map<string, number>();
    for (const { known, issuer } of this.#entries.values()) {
      if (known === undefined || issuer.keyId === undefined) continue;
      const ratio = ageRatio(known.thisUpdate, known.end, at);
      oldest.set(issuer.keyId, Math.max(ratio, oldest.get(issuer.keyId) ?? 0));
    }
    return [...oldest].map(([issuer, ratio]) => ({ issuer, source: 'ocsp', ratio }));
  }

  #entryOf(certificate: Certificate, issuer: Certificate): Entry {
    const key = `${issuer.fingerprint} ${certificate.serial}`;
    const before = this.#entries.get(key);
    this.#entries.delete(key); // the least recently asked about stands first
    const fresh = { known: undefined, dueAt: 0, askedAt: 0, problem: undefined, running: undefined };
    const entry = before ?? { certificate, issuer, ...fresh };
    this.#entries.set(key, entry);
    const first = this.#entries.keys().next();
    if (this.#entries.size > MAX_ENTRIES && !first.done) this.#entries.delete(first.value);
    return entry;
  }

  #statusFrom({ known, problem, dueAt }: Entry, at: number): OcspStatus {
    // An answer that is too old still knows who was revoked.
    if (known?.state === 'revoked') return { state: 'revoked' };
    const detail = `ocsp:${problem ?? 'busy'}`;
    if (known === undefined) return { state: 'unavailable', stale: problem === 'stale', detail };
    const end = known.end + this.#options.graceMs;
    if (at > end) return { state: 'unavailable', stale: true, detail: `ocsp:stale:${problem ?? 'busy'}` };
    if (known.state === 'unknown') return { state: 'unknown', why: 'not-known', detail: 'ocsp:unknown' };
    return { state: 'good', until: Math.min(end, Math.max(dueAt, at + RETRY_MS)) };
  }

  #refresh(entry: Entry): Promise<void> {
    if (entry.running === undefined && this.#running >= MAX_RUNNING) return Promise.resolve();
    entry.running ??= this.#fetch(entry).finally(() => {
      entry.running = undefined;
    });
    return entry.running;
  }

  async #fetch(entry: Entry): Promise<void> {
    this.#running += 1;
    try {
      for (const responder of this.#options.responders.get(entry.issuer.keyId ?? '') ?? []) {
        const result = await this.#ask(entry, responder);
        if (typeof result !== 'string') {
          this.#take(entry, result);
          return;
        }
        entry.problem = result;
        this.#options.onProblem({ url: responder.url, reason: result });
      }
      entry.dueAt = this.#options.now() + RETRY_MS;
    } finally {
      this.#running -= 1;
    }
  }

  async #ask({ certificate, issuer, known }: Entry, { url, nonce: use }: Responder): Promise<Known | AnswerProblem> {
    const { download, toleranceMs, graceMs, maxAgeMs, now } = this.#options;
    const id = certificateIdOf(certificate, issuer);
    const nonce = use === 'none' ? undefined : randomBytes(NONCE_BYTES);
    const downloaded = await download(url, { type: 'application/ocsp-request', bytes: ocspRequest(id, nonce) });
    if (!downloaded.ok) return downloaded.reason;
    const at = now();
    const question = { id, issuer, nonce, nonceRequired: use === 'required', at, toleranceMs };
    const result = await readOcspResponse(downloaded.bytes, question);
    if (!result.ok) return result.reason;
    const { answer, delegate } = result;
    const objection = delegate && (await this.#objectionTo(delegate, issuer, at));
    if (objection !== undefined) return objection;
    if (Math.max(answer.thisUpdate, answer.producedAt) > at + toleranceMs) return 'from-the-future';
    const end = answer.nextUpdate ?? answer.thisUpdate + maxAgeMs;
    if (at > end + graceMs) return 'stale';
    // An older answer played back would make a revoked certificate good again.
    return known !== undefined && answer.thisUpdate < known.thisUpdate ? 'older-than-loaded' : { ...answer, end };
  }

  /** RFC 6960 §4.2.2.2.1: the issuer says that nobody need ask, or a list says that it is good. */
  async #objectionTo(delegate: Certificate, issuer: Certificate, at: number): Promise<AnswerProblem | undefined> {
    const { state } = await this.#options.delegates.statusOf(delegate, issuer, at);
    if (state === 'revoked') return 'delegate-revoked';
    return state === 'good' || delegate.ocspNoCheck ? undefined : 'delegate-not-checked';
  }

  #take(entry: Entry, known: Known): void {
    const now = this.#options.now();
    if (entry.known !== undefined && entry.known.state !== known.state) this.#version += 1;
    entry.known = known;
    entry.problem = undefined;
    const due = refreshAt(now, known.end, this.#options.maxAgeMs);
    entry.dueAt = known.state === 'unknown' ? now + RETRY_MS : Math.max(due, now + MIN_PACE_MS);
  }

  /** Its end changes answers given before, too. */
  #noticeStale(entry: Entry, now: number): void {
    if (entry.known?.state !== 'good' || now <= entry.known.end + this.#options.graceMs) return;
    entry.known = { ...entry.known, state: 'unknown' };
    this.#version += 1;
  }
}
