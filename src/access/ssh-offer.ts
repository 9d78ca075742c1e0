import { readSshKey, type SshPublicKey } from '../domain/ssh-key.ts';
import { CERTIFICATE_SUFFIX, readSshCertificate } from '../pki/ssh-certificate.ts';
import { checkSshSignature } from '../pki/ssh-signature.ts';
import type { RefusalReason } from './admission.ts';
import { KEY_FAULTS } from './ssh-door.ts';

/** Algorithms that sign for a user: RFC 8709, RFC 5656, RFC 8332. */
const SIGNATURE_ALGORITHMS = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
] as const;

/** The same and those of certificates, for the `server-sig-algs` of RFC 8308. */
export const USER_ALGORITHMS: readonly string[] = [
  ...SIGNATURE_ALGORITHMS,
  ...SIGNATURE_ALGORITHMS.map((algorithm) => `${algorithm}${CERTIFICATE_SUFFIX}`),
];

/** A key, or the key inside a certificate, that somebody offers. Whether he holds it is another question. */
export type SshOffer =
  | {
      readonly ok: true;
      readonly isCertificate: boolean;
      readonly key: SshPublicKey;
      /** @param signature in its wire form */
      verify(signature: Uint8Array, signed: Uint8Array): boolean;
    }
  | { readonly ok: false; readonly reason: RefusalReason };

/**
 * Reads what stands in a request to log in, RFC 4252 §7.
 * @param algorithm as the client named it, such as `rsa-sha2-512-cert-v01@openssh.com`
 */
export function readSshOffer(algorithm: string, blob: Uint8Array): SshOffer {
  const isCertificate = algorithm.endsWith(CERTIFICATE_SUFFIX);
  const signing = isCertificate ? algorithm.slice(0, -CERTIFICATE_SUFFIX.length) : algorithm;
  if (signing === 'ssh-rsa') return { ok: false, reason: 'ssh-signature-sha1' };
  if (!SIGNATURE_ALGORITHMS.some((known) => known === signing)) return { ok: false, reason: 'ssh-key-kind' };
  const certificate = isCertificate ? readSshCertificate(blob) : undefined;
  if (isCertificate && certificate === undefined) return { ok: false, reason: 'bad-ssh-certificate' };
  const read = certificate?.key ?? readSshKey(blob);
  if (!read.ok) return { ok: false, reason: KEY_FAULTS[read.fault] };
  const { key } = read;
  if (key.type !== (signing.startsWith('rsa-') ? 'ssh-rsa' : signing)) return { ok: false, reason: 'bad-ssh-key' };
  const verify = (signature: Uint8Array, signed: Uint8Array) =>
    checkSshSignature(key, signature, signed, signing) === 'good';
  return { ok: true, isCertificate, key, verify };
}
