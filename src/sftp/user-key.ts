import { createHash } from 'node:crypto';
import ssh2, { type PublicKeyAuthContext } from 'ssh2';
import type { RefusalReason } from '../access/admission.ts';
import { readSshOffer } from '../access/ssh-offer.ts';

/** A key or certificate a client offers; proven only where `verify` says so. */
export type OfferedKey = {
  /** The type of the key, as it stands in a registered key: `ssh-rsa` for every RSA key. */
  readonly algorithm: string;
  /** Of the certificate, where it is one. */
  readonly blob: Buffer;
  /** SHA-256 of the blob, lower-case hex, as sessions and the audit log have it. */
  readonly fingerprint: string;
  /** Whether the request carries a signature by this key over this very session and request (RFC 4252 §7). */
  verify(): boolean;
};

/** A key whose form, algorithm or size is not taken. */
export type RefusedKey = { readonly reason: RefusalReason; readonly fingerprint: string };

export function readOfferedKey(context: PublicKeyAuthContext): OfferedKey | RefusedKey {
  const { data: blob } = context.key;
  const fingerprint = createHash('sha256').update(blob).digest('hex');
  const offer = readSshOffer(algorithmOf(context), blob);
  if (!offer.ok) return { reason: offer.reason, fingerprint };
  const verify = () => {
    const { blob: signed, signature } = context;
    if (signed === undefined || signature === undefined) return false;
    // ssh2 knows no certificates and hands on their signatures as they came; those of keys it has taken apart.
    return offer.isCertificate ? offer.verify(signature, signed) : verifyPlain(context, signed, signature);
  };
  return { algorithm: offer.key.type, blob, fingerprint, verify };
}

function verifyPlain({ key: { data: blob }, hashAlgo, key }: PublicKeyAuthContext, signed: Buffer, signature: Buffer) {
  const parsed = ssh2.utils.parseKey(`${key.algo} ${blob.toString('base64')}`);
  if (parsed instanceof Error || parsed.type !== key.algo || !parsed.getPublicSSH().equals(blob)) return false;
  return parsed.verify(signed, signature, hashAlgo) === true;
}

/** The algorithm as the client named it; ssh2 gives the type of the key and the digest of RSA apart. */
function algorithmOf({ key, hashAlgo }: PublicKeyAuthContext): string {
  return hashAlgo ? `rsa-sha2-${hashAlgo.slice('sha'.length)}` : key.algo;
}

/** Makes the answer to an offer name the algorithm of the offer (RFC 4252 §7); ssh2 would name the type of the key. */
export function echoAlgorithm(context: PublicKeyAuthContext): void {
  context.key.algo = algorithmOf(context);
}
