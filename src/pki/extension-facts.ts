import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';
import { type GeneralName, type NameConstraints, readGeneralNames, readNameConstraints } from './general-names.ts';
import { OID } from './oids.ts';

/** RFC 5280 §4.2.1.3, in the order of its bits. */
export const KEY_USAGES = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
] as const;
export type KeyUsage = (typeof KEY_USAGES)[number];

/** What the extensions of a certificate say; undefined where the extension is absent. */
export type ExtensionFacts = {
  /** Subject and authority key identifier, lower-case hex. */
  readonly keyId: string | undefined;
  readonly issuerKeyId: string | undefined;
  readonly isCa: boolean;
  readonly pathLength: number | undefined;
  readonly keyUsage: ReadonlySet<KeyUsage> | undefined;
  readonly extendedKeyUsage: ReadonlySet<string> | undefined;
  readonly policies: readonly string[];
  /** Mail addresses of the subjectAltName. */
  readonly alternativeEmails: readonly string[];
  /** Every name of the subjectAltName. */
  readonly alternativeNames: readonly GeneralName[];
  readonly nameConstraints: NameConstraints | undefined;
  /** Whether nobody needs to ask if this responder's certificate was revoked, RFC 6960 §4.2.2.2.1. */
  readonly ocspNoCheck: boolean;
  /** Critical extensions that path validation here does not process: RFC 5280 §4.2 has them refused. */
  readonly unknownCritical: readonly string[];
};

const RFC822_NAME = 1; // RFC 5280 §4.2.1.6, tag of the choice

const PROCESSED: ReadonlySet<string> = new Set([
  OID.subjectKeyId,
  OID.authorityKeyId,
  OID.keyUsage,
  OID.extendedKeyUsage,
  OID.basicConstraints,
  OID.certificatePolicies,
  OID.subjectAltName,
  OID.nameConstraints,
]);

/** Reads the extensions; undefined where one stands twice or cannot be read. */
export function readExtensions(extensions: readonly pkijs.Extension[]): ExtensionFacts | undefined {
  const values = new Map<string, unknown>();
  const bytes = new Map<string, Uint8Array>();
  for (const extension of extensions) {
    if (values.has(extension.extnID)) return undefined;
    const value = extension.parsedValue;
    if (PROCESSED.has(extension.extnID) && isUnreadable(value)) return undefined;
    values.set(extension.extnID, value);
    bytes.set(extension.extnID, extension.extnValue.valueBlock.valueHexView);
  }
  const constraints = values.get(OID.basicConstraints);
  const names = read(bytes.get(OID.subjectAltName), readGeneralNames);
  const subtrees = read(bytes.get(OID.nameConstraints), readNameConstraints);
  if (names === 'unreadable' || subtrees === 'unreadable') return undefined;
  return {
    keyId: octets(values.get(OID.subjectKeyId)),
    issuerKeyId: authorityKeyId(values.get(OID.authorityKeyId)),
    isCa: constraints instanceof pkijs.BasicConstraints && constraints.cA,
    pathLength: constraints instanceof pkijs.BasicConstraints ? pathLengthOf(constraints) : undefined,
    keyUsage: keyUsages(values.get(OID.keyUsage)),
    extendedKeyUsage: purposes(values.get(OID.extendedKeyUsage)),
    policies: policiesOf(values.get(OID.certificatePolicies)),
    alternativeEmails: emails(values.get(OID.subjectAltName)),
    alternativeNames: names ?? [],
    nameConstraints: subtrees,
    ocspNoCheck: values.has(OID.ocspNoCheck),
    unknownCritical: extensions.filter((e) => e.critical && !PROCESSED.has(e.extnID)).map((e) => e.extnID),
  };
}

function read<T>(
  der: Uint8Array | undefined,
  reader: (der: Uint8Array) => T | undefined,
): T | undefined | 'unreadable' {
  return der === undefined ? undefined : (reader(der) ?? 'unreadable');
}

function isUnreadable(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return 'parsingError' in value && value.parsingError !== undefined;
}

function octets(value: unknown): string | undefined {
  return value instanceof asn1js.OctetString ? Buffer.from(value.valueBlock.valueHexView).toString('hex') : undefined;
}

function authorityKeyId(value: unknown): string | undefined {
  return value instanceof pkijs.AuthorityKeyIdentifier ? octets(value.keyIdentifier) : undefined;
}

function pathLengthOf(constraints: pkijs.BasicConstraints): number | undefined {
  const length = constraints.pathLenConstraint;
  return length instanceof asn1js.Integer ? length.valueBlock.valueDec : length;
}

function keyUsages(value: unknown): ReadonlySet<KeyUsage> | undefined {
  if (!(value instanceof asn1js.BitString)) return undefined;
  const bytes = value.valueBlock.valueHexView;
  return new Set(KEY_USAGES.filter((_, bit) => ((bytes[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0));
}

function purposes(value: unknown): ReadonlySet<string> | undefined {
  return value instanceof pkijs.ExtKeyUsage ? new Set(value.keyPurposes) : undefined;
}

function policiesOf(value: unknown): readonly string[] {
  if (!(value instanceof pkijs.CertificatePolicies)) return [];
  return value.certificatePolicies.map((policy) => policy.policyIdentifier);
}

function emails(value: unknown): readonly string[] {
  if (!(value instanceof pkijs.AltName)) return [];
  return value.altNames.filter((name) => name.type === RFC822_NAME).map((name) => String(name.value));
}
