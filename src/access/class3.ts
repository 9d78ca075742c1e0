import { type Certificate, parseCertificate } from '../pki/certificate.ts';
import { OID } from '../pki/oids.ts';
import { MAX_OTHERS, type Path, type PathFailure, validatePath } from '../pki/path.ts';
import { holdsPolicy, revocationOfPath, weaknessOf } from '../pki/path-rules.ts';
import type { RevocationSource } from '../pki/revocation.ts';
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
    weaknessOf(result.path) ??
    usageRefusal(certificate, policy) ??
    (holdsPolicy(certificate, result.policies, policy.allowedPolicies) ? undefined : 'certificate-policy');
  if (reason !== undefined) return { ok: false, reason, certificate };
  const status = await revocationOfPath(result.path, revocation, at);
  if (status.state === 'revoked') return { ok: false, reason: 'revoked', certificate };
  if (status.state === 'unknown') {
    return { ok: false, reason: UNKNOWN_REASONS[status.why], certificate, detail: status.detail };
  }
  return { ok: true, certificate, path: result.path, until: Math.min(result.notAfter, status.until) };
}

const UNKNOWN_REASONS = { 'not-known': 'revocation-unknown', stale: 'revocation-stale' } as const;

function usageRefusal(certificate: Certificate, policy: Class3Policy): RefusalReason | undefined {
  // A CA's certificate identifies nobody; one for signing documents (nonRepudiation alone) is not for logging in.
  if (certificate.isCa || !certificate.keyUsage?.has('digitalSignature')) return 'key-usage';
  const purposes = certificate.extendedKeyUsage;
  if (purposes === undefined) return policy.extendedKeyUsage === 'required' ? 'extended-key-usage' : undefined;
  return purposes.has(OID.clientAuth) ? undefined : 'extended-key-usage';
}
