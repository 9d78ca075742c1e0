import { EID_AUTHENTICATION_POLICIES } from '../domain/eid.ts';
import type { Certificate } from '../pki/certificate.ts';
import { OID } from '../pki/oids.ts';
import type { Path } from '../pki/path.ts';

/**
 * Whether this is the authentication certificate of an identity card: card and PIN are two factors by themselves.
 * @param path validated before; every authority between must be allowed to issue under that policy (RFC 5280 §6.1.3)
 */
export function isEidAuthentication(certificate: Certificate, path: Path): boolean {
  const usage = certificate.keyUsage;
  if (!usage?.has('digitalSignature') || usage.has('nonRepudiation')) return false;
  const between = path.slice(1, -1);
  return certificate.policies.some(
    (oid) =>
      EID_AUTHENTICATION_POLICIES.includes(oid) &&
      between.every(({ policies }) => policies.includes(oid) || policies.includes(OID.anyPolicy)),
  );
}
