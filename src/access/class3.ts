import { type Certificate, parseCertificate } from '../pki/certificate.ts';
import { OID } from '../pki/oids.ts';
import { MAX_OTHERS, type Path, type PathFailure, validatePath } from '../pki/path.ts';
import { type RevocationSource, UNKNOWN } from '../pki/revocation.ts';
import type { PeerCertificates, RefusalReason } from './admission.ts';

/** What a certificate must be to come in: "class 3" is a set of issuers and rules, not one policy. docs/domain.md §4 */
export type Class3Policy = {
  /** Trusted issuers, told apart by their key identifiers. */
  readonly issuers: readonly Certificate[];
  /** Certificates of CAs below them that clients need not send along; never trusted by themselves. */
  readonly intermediates: readonly Certificate[];
  /** How far clocks may differ: of validities only. */
  readonly clockToleranceMs: number;
  /** Certificate policies of which a certificate must carry one; empty where any will do. */
  readonly allowedPolicies: readonly string[];
  /** Older identity cards have no extended key usage at all. */
  readonly extendedKeyUsage: 'required' | 'may-be-absent';
  /** Certificate policies whose `serialNumber` is a national number; empty where every trusted issuer writes it so. */
  readonly nationalNumberPolicies: readonly string[];
};

export type Class3Result =
  | {
      readonly ok: true;
      readonly certificate: Certificate;
      readonly path: Path;
      /** Milliseconds since the epoch; after it the answer may be another. */
      readonly until: number;
    }
  | {
      readonly ok: false;
      readonly reason: RefusalReason;
      readonly certificate?: Certificate;
      /** Of what the reason does not tell: for the audit line only. */
      readonly detail?: string | undefined;
    };

const MIN_RSA_BITS = 2048; // docs/domain.md §4
const MIN_RSA_EXPONENT = 65_537n; // FIPS 186-5 §5.4
const CURVES: ReadonlySet<string> = new Set(['prime256v1', 'secp384r1', 'secp521r1']);

const PATH_REASONS = {
  'unknown-issuer': 'unknown-issuer',
  'self-signed': 'self-signed',
  'bad-signature': 'bad-signature',
  'not-yet-valid': 'not-yet-valid',
  expired: 'expired',
  'not-a-ca': 'issuer-may-not-issue',
  'path-too-long': 'path-too-long',
  'name-constraints': 'name-constraints',
  'critical-extension': 'critical-extension',
} as const satisfies Record<PathFailure, RefusalReason>;

/**
 * Whether this certificate may be used to come in, whoever it is: path, key, usage, policy, revocation, in this order.
 * @param at milliseconds since the epoch
 */
export async function checkClass3(
  peer: PeerCertificates,
  policy: Class3Policy,
  revocation: RevocationSource,
  at: number,
  read = parseCertificate,
): Promise<Class3Result> {
  const certificate = read(peer.leaf);
  if (certificate === undefined) return { ok: false, reason: 'bad-certificate' };
  const others = peer.others
    .slice(0, MAX_OTHERS)
    .map((other) => read(other))
    .filter((other) => other !== undefined);
  const known = [...others, ...policy.intermediates];
  const result = validatePath(certificate, known, policy.issuers, at, policy.clockToleranceMs);
  if (!result.ok) return { ok: false, reason: PATH_REASONS[result.reason], certificate };
  const reason =
    strengthRefusal(result.path) ??
    usageRefusal(certificate, policy) ??
    policyRefusal(certificate, result.policies, policy);
  if (reason !== undefined) return { ok: false, reason, certificate };
  const status = await revocationOf(result.path, revocation, at);
  if (!status.good) return { ok: false, reason: status.reason, certificate, detail: status.detail };
  return { ok: true, certificate, path: result.path, until: Math.min(result.notAfter, status.until) };
}

/** Key and digest of every certificate; the trusted issuer's own signature proves nothing and is not looked at. */
function strengthRefusal(path: Path): RefusalReason | undefined {
  for (const certificate of path) if (!isStrongKey(certificate)) return 'weak-key';
  return path.slice(0, -1).some((certificate) => certificate.signatureHash === 'weak') ? 'weak-signature' : undefined;
}

function isStrongKey({ keyKind, keyBits, publicExponent, curve }: Certificate): boolean {
  if (keyKind === 'rsa') return keyBits >= MIN_RSA_BITS && publicExponent >= MIN_RSA_EXPONENT;
  return keyKind === 'ed25519' || (keyKind === 'ec' && CURVES.has(curve));
}

function usageRefusal(certificate: Certificate, policy: Class3Policy): RefusalReason | undefined {
  // A CA's certificate identifies nobody; one for signing documents (nonRepudiation alone) is not for logging in.
  if (certificate.isCa || !certificate.keyUsage?.has('digitalSignature')) return 'key-usage';
  const purposes = certificate.extendedKeyUsage;
  if (purposes === undefined) return policy.extendedKeyUsage === 'required' ? 'extended-key-usage' : undefined;
  return purposes.has(OID.clientAuth) ? undefined : 'extended-key-usage';
}

function policyRefusal(
  certificate: Certificate,
  ofPath: ReadonlySet<string> | 'any',
  { allowedPolicies }: Class3Policy,
): RefusalReason | undefined {
  if (allowedPolicies.length === 0) return undefined;
  const held = certificate.policies.filter((oid) => ofPath === 'any' || ofPath.has(oid));
  return held.some((oid) => allowedPolicies.includes(oid)) ? undefined : 'certificate-policy';
}

type PathStatus =
  | { readonly good: true; readonly until: number }
  | { readonly good: false; readonly reason: RefusalReason; readonly detail?: string | undefined };

const UNKNOWN_REASONS = { 'not-known': 'revocation-unknown', stale: 'revocation-stale' } as const;

/** Every certificate below the trusted issuer must be known to be good; known to be revoked weighs most. */
async function revocationOf(path: Path, revocation: RevocationSource, at: number): Promise<PathStatus> {
  const asked = path.slice(0, -1).map(async (certificate, index) => {
    const issuer = path[index + 1];
    return issuer === undefined ? UNKNOWN : revocation.statusOf(certificate, issuer, at);
  });
  const statuses = await Promise.all(asked);
  if (statuses.some(({ state }) => state === 'revoked')) return { good: false, reason: 'revoked' };
  let until = Number.POSITIVE_INFINITY;
  for (const status of statuses) {
    if (status.state === 'good') until = Math.min(until, status.until);
    if (status.state === 'unknown') return { good: false, reason: UNKNOWN_REASONS[status.why], detail: status.detail };
  }
  return { good: true, until };
}
