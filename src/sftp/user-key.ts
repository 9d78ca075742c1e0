import { createHash, createPublicKey } from 'node:crypto';
import ssh2, { type PublicKeyAuthContext } from 'ssh2';
import { SIGNATURE_ALGORITHMS } from './ssh2-fixes.ts';

const MIN_RSA_BITS = 2048;

/** A key a client offers; proven only where `verify` says so. */
export type OfferedKey = {
  /** The type of the key, as it stands in a registered key: `ssh-rsa` for every RSA key. */
  readonly algorithm: string;
  readonly blob: Buffer;
  /** SHA-256 of the blob, lower-case hex, as sessions and the audit log have it. */
  readonly fingerprint: string;
  /** Whether the request carries a signature by this key over this very session and request (RFC 4252 §7). */
  verify(): boolean;
};

/** @returns the key, or undefined where its form, its algorithm (SHA-1, DSA) or its size is not taken */
export function readOfferedKey(context: PublicKeyAuthContext): OfferedKey | undefined {
  const { algo: algorithm, data: blob } = context.key;
  const signatureAlgorithm = context.hashAlgo ? `rsa-sha2-${context.hashAlgo.slice('sha'.length)}` : algorithm;
  if (!SIGNATURE_ALGORITHMS.some((known) => known === signatureAlgorithm)) return undefined;
  const key = ssh2.utils.parseKey(`${algorithm} ${blob.toString('base64')}`);
  if (key instanceof Error || key.type !== algorithm || !key.getPublicSSH().equals(blob)) return undefined;
  if (algorithm === 'ssh-rsa' && rsaBits(key.getPublicPEM()) < MIN_RSA_BITS) return undefined;
  return {
    algorithm,
    blob,
    fingerprint: createHash('sha256').update(blob).digest('hex'),
    verify: () => {
      const { blob: signed, signature } = context;
      return (
        signed !== undefined && signature !== undefined && key.verify(signed, signature, context.hashAlgo) === true
      );
    },
  };
}

function rsaBits(pem: string): number {
  return createPublicKey(pem).asymmetricKeyDetails?.modulusLength ?? 0;
}

/** Makes the answer to an offer name the algorithm of the offer (RFC 4252 §7); ssh2 would name the type of the key. */
export function echoAlgorithm(context: PublicKeyAuthContext): void {
  if (context.hashAlgo) context.key.algo = `rsa-sha2-${context.hashAlgo.slice('sha'.length)}`;
}
