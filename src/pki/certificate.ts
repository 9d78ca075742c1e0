import { createHash, type KeyObject, X509Certificate } from 'node:crypto';
import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';
import { GatewayError } from '../domain/errors.ts';
import { serialHex } from './der.ts';
import { type ExtensionFacts, readExtensions } from './extension-facts.ts';
import { hashOfDigest, hashOfSignature, OID, type SignatureHash } from './oids.ts';

/** The attributes of a name, by object identifier, in the order they stand. */
export type NameParts = ReadonlyMap<string, readonly string[]>;

export type KeyKind = 'rsa' | 'ec' | 'ed25519' | 'other';

/** What a certificate says; nothing here has been verified. Times are milliseconds since the epoch. */
export type Certificate = ExtensionFacts & {
  readonly der: Uint8Array;
  /** SHA-256 of the DER, lower-case hex. */
  readonly fingerprint: string;
  /** Lower-case hex without leading zero bytes, as revocation lists are read. */
  readonly serial: string;
  readonly subject: NameParts;
  readonly issuer: NameParts;
  /** Hex of the DER of both names: names chain when these are equal. */
  readonly subjectDer: string;
  readonly issuerDer: string;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly key: KeyObject;
  readonly keyKind: KeyKind;
  /** Bits of the modulus or of the curve. */
  readonly keyBits: number;
  readonly publicExponent: bigint;
  readonly curve: string;
  readonly signatureHash: SignatureHash;
  /** Whether this key made the signature of that certificate. */
  readonly signed: (other: Certificate) => boolean;
  readonly x509: X509Certificate;
};

const MAX_CERTIFICATE_BYTES = 64 * 1024;
const CURVE_BITS: Readonly<Record<string, number>> = { prime256v1: 256, secp384r1: 384, secp521r1: 521 };

/** Reads one DER certificate; undefined where it is not one, or holds an extension twice (RFC 5280 §4.2). */
export function parseCertificate(der: Uint8Array): Certificate | undefined {
  if (der.length > MAX_CERTIFICATE_BYTES || der[0] !== 0x30) return undefined;
  try {
    const x509 = new X509Certificate(der);
    // Bytes after the certificate would give one certificate many fingerprints.
    return x509.raw.length === der.length ? factsOf(x509) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Reads certificates that may come again and again: reading one costs 2 ms and 4 MB of garbage on the thread that serves
 * everybody. What they say is remembered, not what was decided about them.
 */
export class CertificateReader {
  readonly #max: number;
  /** By the digest of their bytes; the one that came longest ago is the first. */
  readonly #read = new Map<string, Certificate | undefined>();

  constructor(max: number) {
    this.#max = max;
  }

  /** As `parseCertificate`. */
  read(der: Uint8Array): Certificate | undefined {
    if (der.length > MAX_CERTIFICATE_BYTES) return undefined;
    const digest = createHash('sha256').update(der).digest('hex');
    const certificate = this.#read.has(digest) ? this.#read.get(digest) : parseCertificate(der);
    this.#read.delete(digest);
    this.#read.set(digest, certificate);
    const [oldest] = this.#read.keys();
    if (this.#read.size > this.#max && oldest !== undefined) this.#read.delete(oldest);
    return certificate;
  }

  /** Certificates that are remembered, for tests of the bound. */
  get remembered(): number {
    return this.#read.size;
  }
}

/** All certificates of a PEM text. @throws GatewayError `bad-request` where there is none, or one cannot be read */
export function parseCertificates(pem: string): readonly Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  const found = blocks.map((block) => parseCertificate(Buffer.from(block.replace(/-----[^-]+-----/g, ''), 'base64')));
  const read = found.filter((certificate) => certificate !== undefined);
  if (read.length === 0 || read.length !== found.length) {
    throw new GatewayError('bad-request', 'this file does not hold PEM certificates that can be read');
  }
  return read;
}

/** The values of one attribute of a name. */
export function partsNamed(name: NameParts, oid: string): readonly string[] {
  return name.get(oid) ?? [];
}

function factsOf(x509: X509Certificate): Certificate | undefined {
  const parsed = pkijs.Certificate.fromBER(x509.raw);
  const extensions = readExtensions(parsed.extensions ?? []);
  if (extensions === undefined) return undefined;
  const key = x509.publicKey;
  const details = key.asymmetricKeyDetails ?? {};
  const curve = details.namedCurve ?? '';
  return {
    ...extensions,
    der: x509.raw,
    fingerprint: createHash('sha256').update(x509.raw).digest('hex'),
    serial: serialHex(parsed.serialNumber.valueBlock.valueHexView),
    subject: readName(parsed.subject),
    issuer: readName(parsed.issuer),
    subjectDer: Buffer.from(parsed.subject.valueBeforeDecode).toString('hex'),
    issuerDer: Buffer.from(parsed.issuer.valueBeforeDecode).toString('hex'),
    notBefore: parsed.notBefore.value.getTime(),
    notAfter: parsed.notAfter.value.getTime(),
    key,
    keyKind: keyKindOf(key),
    keyBits: details.modulusLength ?? CURVE_BITS[curve] ?? (key.asymmetricKeyType === 'ed25519' ? 256 : 0),
    publicExponent: details.publicExponent ?? 0n,
    curve,
    signatureHash: signatureHashOf(parsed.signatureAlgorithm),
    signed: (other) => other.x509.verify(key),
    x509,
  };
}

function keyKindOf(key: KeyObject): KeyKind {
  if (key.asymmetricKeyType === 'rsa' || key.asymmetricKeyType === 'rsa-pss') return 'rsa';
  if (key.asymmetricKeyType === 'ec' || key.asymmetricKeyType === 'ed25519') return key.asymmetricKeyType;
  return 'other';
}

function signatureHashOf(algorithm: pkijs.AlgorithmIdentifier): SignatureHash {
  if (algorithm.algorithmId !== OID.rsaPss) return hashOfSignature(algorithm.algorithmId);
  const parameters = new pkijs.RSASSAPSSParams({ schema: algorithm.algorithmParams });
  return hashOfDigest(parameters.hashAlgorithm.algorithmId);
}

function readName(name: pkijs.RelativeDistinguishedNames): NameParts {
  const parts = new Map<string, string[]>();
  for (const { type, value } of name.typesAndValues) {
    if (!(value instanceof asn1js.BaseStringBlock)) continue;
    const values = parts.get(type) ?? [];
    values.push(value.getValue());
    parts.set(type, values);
  }
  return parts;
}
