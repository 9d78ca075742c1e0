import { createHash, createPublicKey, type KeyObject, randomBytes } from 'node:crypto';
import { DEMO_ORGANIZATION } from './demo-keys.ts';
import {
  authorityKeyId,
  basicConstraints,
  certificatePolicies,
  extendedKeyUsage,
  keyUsage,
  subjectAltName,
  subjectKeyId,
} from './extensions.ts';
import { type CertificateRequest, keyIdOf, type NameAttribute } from './issue.ts';
import { OID } from './oids.ts';

/** The certificates of the demo: who they name and what they may be used for. */

export type DemoAccount = {
  readonly kind: 'person' | 'machine';
  readonly id: string;
  readonly partner: string;
  readonly kbo: string;
};

/** A demo CA at work. */
export type DemoCa = { readonly name: readonly NameAttribute[]; readonly key: KeyObject };

const CLIENT_CERTIFICATES_POLICY = '1.3.6.1.4.1.4146.1.40'; // docs/domain.md §4
const DAY_MS = 86_400_000;
export const LEAF_DAYS = 397;
const CA_DAYS = 3653;
const SERIAL_BYTES = 16;

export const CLASS3_CA: readonly NameAttribute[] = caName('Sluis Demo Class 3 CA');
export const SERVER_CA: readonly NameAttribute[] = caName('Sluis Demo Server CA');
export const SIGNER_CA: readonly NameAttribute[] = caName('Sluis Demo Signer CA');

function caName(commonName: string): readonly NameAttribute[] {
  return [
    [OID.country, 'BE'],
    [OID.organization, DEMO_ORGANIZATION],
    [OID.commonName, commonName],
  ];
}

/** A root that issues leaf certificates only. */
export function rootRequest(ca: DemoCa, now: number): CertificateRequest {
  const publicKey = createPublicKey(ca.key);
  const keyId = keyIdOf(publicKey);
  return {
    ...dated(now, CA_DAYS),
    issuer: { ...ca, hash: 'sha256' },
    subject: ca.name,
    publicKey,
    extensions: [
      basicConstraints({ cA: true, pathLength: 0 }),
      keyUsage('keyCertSign', 'cRLSign'),
      subjectKeyId(keyId),
      authorityKeyId(keyId),
    ],
  };
}

export function accountRequest(
  account: DemoAccount,
  publicKey: KeyObject,
  ca: DemoCa,
  now: number,
): CertificateRequest {
  return account.kind === 'person'
    ? personRequest(account, publicKey, ca, now)
    : machineRequest(account, publicKey, ca, now);
}

function personRequest(account: DemoAccount, publicKey: KeyObject, ca: DemoCa, now: number): CertificateRequest {
  const email = `${account.id}@${account.partner}.example`;
  return leaf(ca, publicKey, now, {
    subject: [
      [OID.country, 'BE'],
      [OID.organization, account.partner],
      [OID.commonName, `${account.id.slice(0, 1).toUpperCase()}${account.id.slice(1)} Demo`],
      [OID.serialNumber, demoNationalNumber(account.id, account.partner)],
      [OID.email, email],
    ],
    extensions: [
      keyUsage('digitalSignature'),
      // With the second purpose CMS tools take what a person signs, too.
      extendedKeyUsage(OID.clientAuth, OID.emailProtection),
      certificatePolicies(CLIENT_CERTIFICATES_POLICY),
      subjectAltName({ kind: 'email', value: email }),
    ],
  });
}

function machineRequest(account: DemoAccount, publicKey: KeyObject, ca: DemoCa, now: number): CertificateRequest {
  return leaf(ca, publicKey, now, {
    subject: [
      [OID.country, 'BE'],
      [OID.organizationalUnit, `urn:be:fgov:kbo-bce:organization:cbe-number:${account.kbo}`],
      [OID.commonName, account.id],
    ],
    extensions: [
      keyUsage('digitalSignature'),
      extendedKeyUsage(OID.clientAuth),
      certificatePolicies(CLIENT_CERTIFICATES_POLICY),
    ],
  });
}

export function serverRequest(publicKey: KeyObject, ca: DemoCa, now: number): CertificateRequest {
  const loopback6 = new Uint8Array(16);
  loopback6[15] = 1;
  return leaf(ca, publicKey, now, {
    subject: [
      [OID.country, 'BE'],
      [OID.organization, DEMO_ORGANIZATION],
      [OID.commonName, 'localhost'],
    ],
    extensions: [
      keyUsage('digitalSignature', 'keyEncipherment'),
      extendedKeyUsage(OID.serverAuth),
      subjectAltName(
        { kind: 'dns', value: 'localhost' },
        { kind: 'ip', value: Uint8Array.of(127, 0, 0, 1) },
        { kind: 'ip', value: loopback6 },
      ),
    ],
  });
}

/** The gateway's key for answers. No extended key usage: CMS tools then accept it for any content. */
export function signerRequest(publicKey: KeyObject, ca: DemoCa, now: number): CertificateRequest {
  return leaf(ca, publicKey, now, {
    subject: [
      [OID.country, 'BE'],
      [OID.organization, DEMO_ORGANIZATION],
      [OID.commonName, 'Sluis Demo Signer'],
    ],
    extensions: [keyUsage('digitalSignature', 'nonRepudiation')],
  });
}

type LeafParts = Pick<CertificateRequest, 'subject' | 'extensions'>;

function leaf(ca: DemoCa, publicKey: KeyObject, now: number, parts: LeafParts): CertificateRequest {
  return {
    ...dated(now, LEAF_DAYS),
    issuer: { ...ca, hash: 'sha256' },
    subject: parts.subject,
    publicKey,
    extensions: [
      basicConstraints({ cA: false }),
      subjectKeyId(keyIdOf(publicKey)),
      authorityKeyId(keyIdOf(createPublicKey(ca.key))),
      ...parts.extensions,
    ],
  };
}

/** Valid since yesterday, so that a clock set back an hour does no harm. */
function dated(now: number, days: number): Pick<CertificateRequest, 'serial' | 'notBefore' | 'notAfter'> {
  return { serial: randomBytes(SERIAL_BYTES), notBefore: now - DAY_MS, notAfter: now + (days - 1) * DAY_MS };
}

/** A valid INSZ that nobody has: born 1960–1999, series 900–998, from the name of the account, so always the same. */
export function demoNationalNumber(id: string, partner: string): string {
  const digest = createHash('sha256').update(`${id}@${partner}`).digest();
  const pick = (offset: number, count: number) => digest.readUInt16BE(offset) % count;
  const two = (value: number) => String(value).padStart(2, '0');
  const nine = `${60 + pick(0, 40)}${two(1 + pick(2, 12))}${two(1 + pick(4, 28))}${900 + pick(6, 99)}`;
  return `${nine}${two(97 - (Number(nine) % 97))}`;
}
