import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';
import { KEY_USAGES, type KeyUsage } from './extension-facts.ts';
import type { ExtensionValue } from './issue.ts';
import { OID } from './oids.ts';

/** Extensions for certificates that this gateway issues: RFC 5280 §4.2.1. */

export function basicConstraints(constraints: { readonly cA: boolean; readonly pathLength?: number }): ExtensionValue {
  const value = new pkijs.BasicConstraints({
    cA: constraints.cA,
    ...(constraints.pathLength === undefined ? {} : { pathLenConstraint: constraints.pathLength }),
  });
  return extension(OID.basicConstraints, true, value.toSchema());
}

export function keyUsage(...usages: readonly KeyUsage[]): ExtensionValue {
  const positions = usages.map((usage) => KEY_USAGES.indexOf(usage));
  const bytes = new Uint8Array(new ArrayBuffer(Math.max(...positions) >= 8 ? 2 : 1));
  for (const bit of positions) bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) | (0x80 >> (bit & 7));
  // DER leaves out trailing zero bits of a named bit list, X.690 §11.2.2.
  const unusedBits = 7 - (Math.max(...positions) & 7);
  return extension(OID.keyUsage, true, new asn1js.BitString({ valueHex: bytes.buffer, unusedBits }));
}

export function extendedKeyUsage(...purposes: readonly string[]): ExtensionValue {
  return extension(OID.extendedKeyUsage, false, new pkijs.ExtKeyUsage({ keyPurposes: [...purposes] }).toSchema());
}

export function certificatePolicies(...oids: readonly string[]): ExtensionValue {
  const policies = oids.map((policyIdentifier) => new pkijs.PolicyInformation({ policyIdentifier }));
  const value = new pkijs.CertificatePolicies({ certificatePolicies: policies });
  return extension(OID.certificatePolicies, false, value.toSchema());
}

export function subjectKeyId(keyId: Uint8Array): ExtensionValue {
  return extension(OID.subjectKeyId, false, new asn1js.OctetString({ valueHex: Uint8Array.from(keyId).buffer }));
}

export function authorityKeyId(keyId: Uint8Array): ExtensionValue {
  const keyIdentifier = new asn1js.OctetString({ valueHex: Uint8Array.from(keyId).buffer });
  return extension(OID.authorityKeyId, false, new pkijs.AuthorityKeyIdentifier({ keyIdentifier }).toSchema());
}

export function crlNumber(value: number): ExtensionValue {
  return extension(OID.crlNumber, false, new asn1js.Integer({ value }));
}

export type AlternativeName =
  | { readonly kind: 'email'; readonly value: string }
  | { readonly kind: 'dns'; readonly value: string }
  /** Four or sixteen bytes. */
  | { readonly kind: 'ip'; readonly value: Uint8Array };

export function subjectAltName(...names: readonly AlternativeName[]): ExtensionValue {
  const altNames = names.map((name) => {
    if (name.kind !== 'ip') return new pkijs.GeneralName({ type: name.kind === 'email' ? 1 : 2, value: name.value });
    const value = new asn1js.OctetString({ valueHex: Uint8Array.from(name.value).buffer });
    return new pkijs.GeneralName({ type: 7, value });
  });
  return extension(OID.subjectAltName, false, new pkijs.AltName({ altNames }).toSchema());
}

function extension(oid: string, critical: boolean, value: asn1js.BaseBlock): ExtensionValue {
  return { oid, critical, der: value.toBER() };
}
