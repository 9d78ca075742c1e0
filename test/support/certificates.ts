import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import * as asn1js from 'asn1js';
import { type Certificate, parseCertificate } from '../../src/pki/certificate.ts';
import type { KeyUsage } from '../../src/pki/extension-facts.ts';
import {
  authorityKeyId,
  basicConstraints,
  certificatePolicies,
  crlNumber,
  extendedKeyUsage,
  keyUsage,
  subjectAltName,
  subjectKeyId,
} from '../../src/pki/extensions.ts';
import {
  type ExtensionValue,
  type IssueHash,
  issueCertificate,
  issueCrl,
  keyIdOf,
  type NameAttribute,
} from '../../src/pki/issue.ts';
import { OID } from '../../src/pki/oids.ts';

/** Makes certificates that are right but for one thing. */

/** Marks a revocation list as one of changes since the list with this number, RFC 5280 §5.2.4. */
export function deltaCrlIndicator(base: number): ExtensionValue {
  return { oid: OID.deltaCrlIndicator, critical: true, der: new asn1js.Integer({ value: base }).toBER() };
}

export const DAY = 86_400_000;

export type Subtree =
  | { readonly kind: 'email' | 'dns' | 'uri'; readonly value: string }
  | { readonly kind: 'directory'; readonly value: readonly NameAttribute[] }
  /** Address and mask. */
  | { readonly kind: 'ip'; readonly value: readonly number[] };

const SUBTREE_TAGS = { email: 1, dns: 2, directory: 4, uri: 6, ip: 7 } as const satisfies Record<
  Subtree['kind'],
  number
>;

/** NameConstraints, RFC 5280 §4.2.1.10. */
export function nameConstraints(
  trees: { readonly permitted?: readonly Subtree[]; readonly excluded?: readonly Subtree[] },
  critical = true,
): ExtensionValue {
  const parts = [trees.permitted ?? [], trees.excluded ?? []].flatMap((list, tagNumber) => {
    if (list.length === 0) return [];
    const value = list.map((tree) => new asn1js.Sequence({ value: [subtreeBase(tree)] }));
    return [new asn1js.Constructed({ idBlock: { tagClass: 3, tagNumber }, value })];
  });
  return { oid: OID.nameConstraints, critical, der: new asn1js.Sequence({ value: parts }).toBER() };
}

function subtreeBase(tree: Subtree): asn1js.BaseBlock {
  const idBlock = { tagClass: 3, tagNumber: SUBTREE_TAGS[tree.kind] };
  if (tree.kind === 'directory') return new asn1js.Constructed({ idBlock, value: [nameOf(tree.value)] });
  const bytes = tree.kind === 'ip' ? Uint8Array.from(tree.value) : Buffer.from(tree.value, 'latin1');
  return new asn1js.Primitive({ idBlock, valueHex: Uint8Array.from(bytes).buffer });
}

function nameOf(attributes: readonly NameAttribute[]): asn1js.Sequence {
  const value = attributes.map(([oid, text]) => {
    const pair = [new asn1js.ObjectIdentifier({ value: oid }), new asn1js.Utf8String({ value: text })];
    return new asn1js.Set({ value: [new asn1js.Sequence({ value: pair })] });
  });
  return new asn1js.Sequence({ value });
}

export function ecKey(namedCurve = 'prime256v1'): KeyObject {
  return generateKeyPairSync('ec', { namedCurve }).privateKey;
}

export function rsaKey(modulusLength = 2048, publicExponent = 65_537): KeyObject {
  return generateKeyPairSync('rsa', { modulusLength, publicExponent }).privateKey;
}

export function edKey(): KeyObject {
  return generateKeyPairSync('ed25519').privateKey;
}

export type CertificateSpec = {
  readonly key: KeyObject;
  readonly subject: readonly NameAttribute[];
  readonly notBefore: number;
  readonly notAfter: number;
  readonly hash: IssueHash;
  readonly usage: readonly KeyUsage[];
  readonly purposes: readonly string[];
  readonly policies: readonly string[];
  readonly emails: readonly string[];
  /** undefined leaves basic constraints out. */
  readonly ca: { readonly cA: boolean; readonly pathLength?: number } | undefined;
  readonly serial: Uint8Array;
  readonly authorityKeyId: Uint8Array | undefined;
  readonly more: readonly ExtensionValue[];
};

/** A certification authority of a test: any certificate with its key can issue, right or wrong. */
export class TestCa {
  readonly name: readonly NameAttribute[];
  readonly key: KeyObject;
  readonly certificate: Certificate;

  constructor(name: readonly NameAttribute[], key: KeyObject, certificate: Certificate) {
    this.name = name;
    this.key = key;
    this.certificate = certificate;
  }

  static async root(commonName: string, at: number, spec: Partial<CertificateSpec> = {}): Promise<TestCa> {
    const name: readonly NameAttribute[] = [[OID.commonName, commonName]];
    const key = spec.key ?? ecKey();
    const own = { ...caSpec(name, key, at), ...spec };
    return new TestCa(name, key, await issue({ name, key, keyId: keyIdOf(createPublicKey(key)) }, own));
  }

  async intermediate(commonName: string, at: number, spec: Partial<CertificateSpec> = {}): Promise<TestCa> {
    const name: readonly NameAttribute[] = [[OID.commonName, commonName]];
    const key = spec.key ?? ecKey();
    return new TestCa(name, key, await issue(this.#issuer(), { ...caSpec(name, key, at), ...spec }));
  }

  async issue(at: number, spec: Partial<CertificateSpec> = {}): Promise<Certificate> {
    return issue(this.#issuer(), { ...leafSpec(at), ...spec });
  }

  /** A certificate as bytes, also where the gateway must not be able to read it. */
  async issueDer(at: number, spec: Partial<CertificateSpec> = {}): Promise<Uint8Array> {
    return issueDer(this.#issuer(), { ...leafSpec(at), ...spec });
  }

  async crl(spec: {
    readonly thisUpdate: number;
    readonly nextUpdate: number;
    readonly revoked?: readonly Certificate[];
    readonly number?: number;
    readonly key?: KeyObject;
    readonly hash?: IssueHash;
    readonly more?: readonly ExtensionValue[];
  }): Promise<Uint8Array> {
    const { keyId, name, key } = this.#issuer();
    return issueCrl({
      issuer: { name, key: spec.key ?? key, hash: spec.hash ?? 'sha256' },
      thisUpdate: spec.thisUpdate,
      nextUpdate: spec.nextUpdate,
      revoked: (spec.revoked ?? []).map(({ serial }) => ({ serial: Buffer.from(serial, 'hex'), at: spec.thisUpdate })),
      extensions: [authorityKeyId(keyId), crlNumber(spec.number ?? 1), ...(spec.more ?? [])],
    });
  }

  #issuer(): Issuer {
    return { name: this.name, key: this.key, keyId: keyIdOf(createPublicKey(this.key)) };
  }
}

type Issuer = { readonly name: readonly NameAttribute[]; readonly key: KeyObject; readonly keyId: Uint8Array };

async function issue(issuer: Issuer, spec: CertificateSpec): Promise<Certificate> {
  const certificate = parseCertificate(await issueDer(issuer, spec));
  if (certificate === undefined) throw new Error('the factory made a certificate that cannot be read');
  return certificate;
}

async function issueDer(issuer: Issuer, spec: CertificateSpec): Promise<Uint8Array> {
  const publicKey = createPublicKey(spec.key);
  const authority = spec.authorityKeyId ?? issuer.keyId;
  return issueCertificate({
    issuer: { name: issuer.name, key: issuer.key, hash: spec.hash },
    subject: spec.subject,
    publicKey,
    serial: spec.serial,
    notBefore: spec.notBefore,
    notAfter: spec.notAfter,
    extensions: [
      ...(spec.ca === undefined ? [] : [basicConstraints(spec.ca)]),
      subjectKeyId(keyIdOf(publicKey)),
      authorityKeyId(authority),
      ...(spec.usage.length === 0 ? [] : [keyUsage(...spec.usage)]),
      ...(spec.purposes.length === 0 ? [] : [extendedKeyUsage(...spec.purposes)]),
      ...(spec.policies.length === 0 ? [] : [certificatePolicies(...spec.policies)]),
      ...(spec.emails.length === 0
        ? []
        : [subjectAltName(...spec.emails.map((value) => ({ kind: 'email' as const, value })))]),
      ...spec.more,
    ],
  });
}

function leafSpec(at: number): CertificateSpec {
  return {
    key: ecKey(),
    subject: [
      [OID.country, 'BE'],
      [OID.commonName, 'Anna Proef'],
    ],
    notBefore: at - DAY,
    notAfter: at + 100 * DAY,
    hash: 'sha256',
    usage: ['digitalSignature'],
    purposes: [OID.clientAuth],
    policies: [],
    emails: [],
    ca: { cA: false },
    serial: randomBytes(16),
    authorityKeyId: undefined,
    more: [],
  };
}

function caSpec(subject: readonly NameAttribute[], key: KeyObject, at: number): CertificateSpec {
  return {
    ...leafSpec(at),
    key,
    subject,
    notAfter: at + 1000 * DAY,
    usage: ['keyCertSign', 'cRLSign'],
    purposes: [],
    ca: { cA: true },
  };
}
