import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../domain/clock.ts';
import type { Current } from '../domain/current.ts';
import type { Logger } from '../domain/logger.ts';
import type { Partner } from '../domain/partner.ts';
import type { PartnerId } from '../domain/principal.ts';
import type { VPath } from '../domain/vpath.ts';
import { MAX_SIGNATURE_FILE_BYTES, placeOfFailure, type SetSignaturePolicy } from '../evidence/set-signature.ts';
import type { Certificate } from '../pki/certificate.ts';
import type { Path } from '../pki/path.ts';
import { type PathRevocation, revocationOfPath } from '../pki/path-rules.ts';
import type { RevocationSource } from '../pki/revocation.ts';
import type { EntryRow } from '../storage/commands.ts';
import { refOf } from '../storage/content-commands.ts';
import { withBytes } from '../storage/kept-bytes.ts';
import type { Ledger } from '../storage/ledger.ts';
import type { FileFault } from './file-checks.ts';
import type { SignatureJob } from './signature-messages.ts';
import type { VerifiedPath } from './signature-thread.ts';

/** How long a responder is waited for while the set takes one of the places of those judged at once. */
const PATIENCE_MS = 1_000;
/** Sets of one partner that are verified at once: a few whose files are read again must not keep others from their receipts. */
const AT_ONCE_PER_PARTNER = 4;
const BUSY_MS = 250;
const SHORTEST_HOLD_MS = 1_000;
const LONGEST_HOLD_MS = 30_000;
/** From when on a set that is held is worth somebody’s attention. */
const ALARM_AFTER_MS = 10_000;
const ALARM_EVERY_MS = 60_000;

export type SetSignatureParts = {
  readonly thread: { verify(job: SignatureJob, policy: SetSignaturePolicy): Promise<VerifiedPath> };
  /** Where small files lie. */
  readonly ledger: Pick<Ledger, 'read'>;
  /** One signature is judged by one of them. */
  readonly signing: Current<Signing>;
  readonly clock: Clock;
  readonly logger: Logger;
};

/** Whose signatures incoming sets may bear. */
export type Signing = {
  readonly policy: SetSignaturePolicy;
  readonly revocation: RevocationSource;
  /** Whether a certificate is that of exactly one account of this partner which is in force at this time. */
  readonly isSignerOf: (partner: Partner, certificate: Certificate, path: Path, at: number) => boolean;
  /** How long a set waits for word of revocation before it is refused. */
  readonly holdMs: number;
};

/** A set whose FI and FS stand in the folder of its GO. */
export type SignedSet = {
  readonly path: VPath;
  readonly partner: Partner;
  readonly fi: EntryRow;
  readonly fs: EntryRow;
  readonly arrivedAt: number;
};

export type SignatureVerdict =
  | { readonly kind: 'good' }
  | { readonly kind: 'refused'; readonly fault: FileFault }
  /** Nobody can say now whether the certificate was revoked, or the partner has as many verified as it may. */
  | { readonly kind: 'held'; readonly untilMs: number };

type Held = { readonly since: number; readonly untilMs: number };

/** Whether an FS is a good signature, by somebody of the partner that hands in, over its FI. */
export class SetSignatures {
  readonly #parts: SetSignatureParts;
  /** By path of the GO; what the ledger's queue holds, for the alarm alone. */
  readonly #held = new Map<VPath, Held>();
  readonly #running = new Map<PartnerId, number>();
  #toldAt = Number.NEGATIVE_INFINITY;

  constructor(parts: SetSignatureParts) {
    this.#parts = parts;
  }

  async judge(set: SignedSet): Promise<SignatureVerdict> {
    const { id } = set.partner;
    const running = this.#running.get(id) ?? 0;
    if (running >= AT_ONCE_PER_PARTNER) return { kind: 'held', untilMs: this.#parts.clock.now() + BUSY_MS };
    this.#running.set(id, running + 1);
    const verdict = await this.#verdict(set).finally(() => this.#finished(id));
    if (verdict.kind === 'held') this.#tell();
    else this.forget(set.path);
    return verdict;
  }

  #finished(id: PartnerId): void {
    const left = (this.#running.get(id) ?? 1) - 1;
    if (left > 0) this.#running.set(id, left);
    else this.#running.delete(id);
  }

  /** A set that was taken back is not held any more. */
  forget(go: VPath): void {
    this.#held.delete(go);
  }

  /** How many sets are held now. */
  held(): number {
    const now = this.#parts.clock.now();
    // The GO of a set that is overdue was removed.
    for (const [path, { untilMs }] of this.#held) if (now > untilMs + LONGEST_HOLD_MS) this.#held.delete(path);
    return this.#held.size;
  }

  async #verdict({ path: go, partner, fi, fs, arrivedAt }: SignedSet): Promise<SignatureVerdict> {
    if (fs.size > MAX_SIGNATURE_FILE_BYTES) return refused({ code: '125', detail: placeOfFailure('too-large') });
    const signing = this.#parts.signing.value;
    const [signature, file] = await withBytes(this.#parts.ledger, [refOf(fs), refOf(fi)]);
    const verified = await this.#parts.thread.verify(
      { signature: signature ?? fs, file: file ?? fi, at: arrivedAt },
      signing.policy,
    );
    if (!verified.ok) return refused({ code: '125', detail: placeOfFailure(verified.reason) });
    const [signer] = verified.path;
    if (signer === undefined || !signing.isSignerOf(partner, signer, verified.path, arrivedAt)) {
      return refused({ code: '153' });
    }
    const status = await this.#revocationOf(verified.path, signing);
    if (status.state === 'good') return { kind: 'good' };
    if (status.state === 'revoked') return refused({ code: '125', detail: 'certificates: revoked' });
    return this.#hold(go, arrivedAt + signing.holdMs, status.detail);
  }

  /** Asks what is known now: a certificate that is revoked while its set is held is found. */
  async #revocationOf(path: Path, { revocation }: Signing): Promise<PathRevocation> {
    const { clock } = this.#parts;
    const patience = new AbortController();
    const slow = delay(PATIENCE_MS, undefined, { signal: patience.signal }).then(
      (): PathRevocation => ({ state: 'unknown', why: 'not-known', detail: 'slow' }),
      (): PathRevocation => ({ state: 'unknown', why: 'not-known' }),
    );
    try {
      return await Promise.race([revocationOfPath(path, revocation, clock.now()), slow]);
    } finally {
      patience.abort();
    }
  }

  /** Looked at again sooner while it is young; refused at the end. */
  #hold(go: VPath, end: number, detail: string | undefined): SignatureVerdict {
    const { clock, logger } = this.#parts;
    const now = clock.now();
    if (now >= end) return refused({ code: '524' });
    const since = this.#held.get(go)?.since ?? now;
    const pause = Math.min(LONGEST_HOLD_MS, Math.max(SHORTEST_HOLD_MS, (now - since) / 2));
    const untilMs = Math.min(end, now + pause);
    if (!this.#held.has(go)) logger.warn({ detail }, 'a set is held until its signature can be verified');
    this.#held.set(go, { since, untilMs });
    return { kind: 'held', untilMs };
  }

  #tell(): void {
    const { clock, logger } = this.#parts;
    const [now, held] = [clock.now(), this.held()];
    const forMs = now - Math.min(...[...this.#held.values()].map(({ since }) => since));
    if (forMs < ALARM_AFTER_MS || now - this.#toldAt < ALARM_EVERY_MS) return;
    this.#toldAt = now;
    const fields = { alarm: 'signatures', held, forMs };
    logger.error(fields, 'sets are held: nobody can say whether the certificates of their signers were revoked');
  }
}

function refused(fault: FileFault): SignatureVerdict {
  return { kind: 'refused', fault };
}
