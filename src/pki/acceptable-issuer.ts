import type { Certificate } from './certificate.ts';
import { toPem } from './issue.ts';

const SUBJECT_KEY_ID = Buffer.from('0603551d0e', 'hex'); // OID 2.5.29.14, DER

/**
 * A certificate that only names an issuer to clients (RFC 8446 §4.2.4) and verifies nothing: its key identifier is not
 * that of the issuer. TLS must not find the real one: Node 24 hides the intermediates that a client sent where OpenSSL
 * finds the whole chain to be good, and the chain is judged after the handshake anyway.
 */
export function acceptableIssuerPem(certificate: Certificate): string {
  const der = Buffer.from(certificate.der);
  const keyId = Buffer.from(certificate.keyId ?? '', 'hex');
  const extension = der.indexOf(SUBJECT_KEY_ID);
  const at = extension === -1 || keyId.length === 0 ? -1 : der.indexOf(keyId, extension);
  if (at !== -1) der.writeUInt8(der.readUInt8(at) ^ 0xff, at);
  return toPem('CERTIFICATE', der);
}
