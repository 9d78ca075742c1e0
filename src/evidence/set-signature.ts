import type { Certificate } from '../pki/certificate.ts';
import type { Path } from '../pki/path.ts';
import { holdsPolicy, weaknessOf } from '../pki/path-rules.ts';
import { type SignatureFailure, verifyDetached } from './cms-verify.ts';

/** What the signature of an incoming set must show beyond being right. docs/domain.md §1, §4 */
export type SetSignaturePolicy = {
  readonly issuers: readonly Certificate[];
  /** CAs below them that signatures need not hold; never trusted by themselves. */
  readonly intermediates: readonly Certificate[];
  readonly clockToleranceMs: number;
  /** Certificate policies of which the signer's certificate must carry one; empty where any will do. */
  readonly allowedPolicies: readonly string[];
};

export type SetSignatureFailure =
  | SignatureFailure
  /** Neither DER nor base64 as sets have it. */
  | 'not-encoded'
  | 'too-large'
  | 'weak-signature'
  | 'certificate-policy';

export type SetSignatureResult =
  | { readonly ok: true; readonly signer: Certificate; readonly path: Path }
  | { readonly ok: false; readonly reason: SetSignatureFailure };

/** The file that is signed. */
export type SignedFile = {
  /** Hex, as it was found when the file came in. */
  readonly sha256: string;
  /** Its bytes, read only where that digest is not enough. */
  readonly content: () => AsyncIterable<Uint8Array>;
};

/** One and a half times what a signature of 1 MiB takes in base64. */
export const MAX_SIGNATURE_FILE_BYTES = 2 * 1024 * 1024;
const COLUMNS = 76;

/** Verifies an FS over its FI. Whether the signer was revoked, and whose certificate it is, is the caller's. */
export async function verifySetSignature(
  signature: Uint8Array,
  file: SignedFile,
  policy: SetSignaturePolicy,
  at: number,
): Promise<SetSignatureResult> {
  if (signature.length > MAX_SIGNATURE_FILE_BYTES) return { ok: false, reason: 'too-large' };
  const cms = readSetSignature(signature);
  if (cms === undefined) return { ok: false, reason: 'not-encoded' };
  const { issuers: trusted, intermediates, clockToleranceMs: toleranceMs } = policy;
  const result = await verifyDetached({ cms, ...file, trusted, intermediates, at, toleranceMs });
  if (!result.ok) return result;
  const { signer, path } = result;
  const reason =
    weaknessOf(path) ??
    (maySign(signer) ? undefined : 'key-usage') ??
    (holdsPolicy(signer, result.policies, policy.allowedPolicies) ? undefined : 'certificate-policy');
  return reason === undefined ? { ok: true, signer, path } : { ok: false, reason };
}

/** A certificate of a person that says what it may be used for; the signing certificate of the eID has nonRepudiation alone. */
function maySign({ isCa, keyUsage }: Certificate): boolean {
  return !isCa && (keyUsage?.has('digitalSignature') === true || keyUsage?.has('nonRepudiation') === true);
}

/**
 * The CMS in an FS: base64 on one line or in lines of up to 76 characters, or as it is. No armour and no blanks: the channel
 * has none.
 */
export function readSetSignature(bytes: Uint8Array): Uint8Array | undefined {
  if (bytes[0] === 0x30 && (bytes[1] ?? 0) >= 0x80) return bytes;
  const lines = Buffer.from(bytes).toString('latin1').split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  if (lines.length > 1 && lines.some((line) => line.length > COLUMNS || line === '')) return undefined;
  const text = lines.join('');
  const der = Buffer.from(text, 'base64');
  // Encoded again it must be the same: nothing was skipped, and nothing stands behind the padding.
  return text !== '' && der.toString('base64') === text ? der : undefined;
}

/** Where in the CMS the fault is, as annex 25 of the batch channel names its fields: docs/domain.md §1. */
const FIELDS = {
  'not-encoded': 'ContentInfo',
  'too-large': 'ContentInfo',
  'not-parseable': 'ContentInfo',
  'attached-content': 'encapContentInfo',
  'wrong-content-type': 'encapContentInfo',
  'not-one-signer': 'signerInfos',
  'no-signed-attributes': 'signedAttrs',
  'repeated-attribute': 'signedAttrs',
  'signed-attributes-as-content': 'signedAttrs',
  'wrong-certificate': 'signedAttrs',
  'no-signer-certificate': 'certificates',
  'too-many-certificates': 'certificates',
  'weak-digest': 'digestAlgorithm',
  'wrong-algorithm': 'signatureAlgorithm',
  'digest-not-at-hand': 'messageDigest',
  'wrong-digest': 'messageDigest',
  'bad-signature': 'signature',
  'key-usage': 'certificates',
  'weak-key': 'certificates',
  'weak-signature': 'certificates',
  'certificate-policy': 'certificates',
  'unknown-issuer': 'certificates',
  'self-signed': 'certificates',
  'not-yet-valid': 'certificates',
  expired: 'certificates',
  'not-a-ca': 'certificates',
  'path-too-long': 'certificates',
  'name-constraints': 'certificates',
  'critical-extension': 'certificates',
} as const satisfies Record<SetSignatureFailure, string>;

/** `messageDigest: wrong-digest` */
export function placeOfFailure(reason: SetSignatureFailure): string {
  return `${FIELDS[reason]}: ${reason}`;
}
