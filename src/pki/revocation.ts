import type { Certificate } from './certificate.ts';

export type RevocationStatus =
  /** `until`: milliseconds since the epoch; ask again after it. */
  | { readonly state: 'good'; readonly until: number }
  | { readonly state: 'revoked' }
  | {
      readonly state: 'unknown';
      /** `stale`: something is known, but longer ago than the grace allows. */
      readonly why: 'not-known' | 'stale';
      /** For the audit line: which source failed and how. */
      readonly detail?: string | undefined;
    };

export const UNKNOWN: RevocationStatus = { state: 'unknown', why: 'not-known' };

/** Where it is known whether a certificate was revoked. Several kinds of source can stand behind one another. */
export interface RevocationSource {
  /** Grows whenever an answer given before may be different now. */
  readonly version: number;
  statusOf(certificate: Certificate, issuer: Certificate, at: number): Promise<RevocationStatus>;
}

/** How much of its life an answer has behind it: 0 when fresh, 1 at its end, more when it lives on grace. */
export type RevocationAge = {
  /** Key identifier of the issuer. */
  readonly issuer: string;
  readonly source: 'ocsp' | 'crl' | 'delta-crl';
  readonly ratio: number;
};

/** The share of [from, to] that has passed. */
export function ageRatio(from: number, to: number, at: number): number {
  return to <= from ? 1 : Math.max(0, (at - from) / (to - from));
}

/** When an answer is fetched anew: at half of the life it has left, and never later than `maxAgeMs` from now. */
export function refreshAt(now: number, nextUpdate: number, maxAgeMs: number): number {
  return now + Math.min(Math.max(nextUpdate - now, 0) / 2, maxAgeMs);
}
