import type { Certificate } from './certificate.ts';
import type { Path } from './path.ts';
import { type RevocationSource, UNKNOWN } from './revocation.ts';

/** What every policy asks of a path that is valid by RFC 5280: strength, certificate policies, revocation. */

const MIN_RSA_BITS = 2048; // docs/domain.md §4
const MIN_RSA_EXPONENT = 65_537n; // FIPS 186-5 §5.4
const CURVES: ReadonlySet<string> = new Set(['prime256v1', 'secp384r1', 'secp521r1']);

/** Key and digest of every certificate; the trusted issuer's own signature proves nothing and is not looked at. */
export function weaknessOf(path: Path): 'weak-key' | 'weak-signature' | undefined {
  for (const certificate of path) if (!isStrongKey(certificate)) return 'weak-key';
  return path.slice(0, -1).some((certificate) => certificate.signatureHash === 'weak') ? 'weak-signature' : undefined;
}

function isStrongKey({ keyKind, keyBits, publicExponent, curve }: Certificate): boolean {
  if (keyKind === 'rsa') return keyBits >= MIN_RSA_BITS && publicExponent >= MIN_RSA_EXPONENT;
  return keyKind === 'ed25519' || (keyKind === 'ec' && CURVES.has(curve));
}

/**
 * Whether a certificate carries one of these policies, and everybody above it may issue under it.
 * @param ofPath what validation found the whole path to allow
 * @param allowed empty where any will do
 */
export function holdsPolicy(
  certificate: Certificate,
  ofPath: ReadonlySet<string> | 'any',
  allowed: readonly string[],
): boolean {
  if (allowed.length === 0) return true;
  const held = certificate.policies.filter((oid) => ofPath === 'any' || ofPath.has(oid));
  return held.some((oid) => allowed.includes(oid));
}

export type PathRevocation =
  /** `until`: milliseconds since the epoch; ask again after it. */
  | { readonly state: 'good'; readonly until: number }
  | { readonly state: 'revoked' }
  | { readonly state: 'unknown'; readonly why: 'not-known' | 'stale'; readonly detail?: string | undefined };

/** Every certificate below the trusted issuer must be known to be good; known to be revoked weighs most. */
export async function revocationOfPath(path: Path, source: RevocationSource, at: number): Promise<PathRevocation> {
  const asked = path.slice(0, -1).map(async (certificate, index) => {
    const issuer = path[index + 1];
    return issuer === undefined ? UNKNOWN : source.statusOf(certificate, issuer, at);
  });
  const statuses = await Promise.all(asked);
  if (statuses.some(({ state }) => state === 'revoked')) return { state: 'revoked' };
  let until = Number.POSITIVE_INFINITY;
  for (const status of statuses) {
    if (status.state === 'good') until = Math.min(until, status.until);
    if (status.state === 'unknown') return status;
  }
  return { state: 'good', until };
}
