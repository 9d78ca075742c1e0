import { createHash, type KeyObject, sign } from 'node:crypto';
import { promisify } from 'node:util';
import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';
import type { Clock } from '../domain/clock.ts';
import { GatewayError } from '../domain/errors.ts';
import type { Certificate } from '../pki/certificate.ts';
import { OID } from '../pki/oids.ts';

type SignerParts = {
  readonly chain: readonly Certificate[];
  readonly certificate: Certificate;
  readonly key: KeyObject;
  readonly algorithm: string;
};

const signOffLoop = promisify(sign);
const COLUMNS = 76; // as the files of partners have it: docs/domain.md §1

/**
 * Makes detached CMS signatures (RFC 5652) with the gateway's key. It takes the digest, not the bytes, so that a large
 * file is read once.
 */
export class Signer {
  readonly certificate: Certificate;
  readonly #fixed: Fixed;
  readonly #key: KeyObject;
  /** A signature with a key of a curve takes 0.03 ms, less than to have it made by another thread; with RSA 1.4 ms. */
  readonly #isQuick: boolean;
  readonly #clock: Clock;

  private constructor(parts: SignerParts, clock: Clock) {
    this.certificate = parts.certificate;
    this.#fixed = fixedParts(parts.certificate, parts.chain, parts.algorithm);
    this.#key = parts.key;
    this.#isQuick = parts.key.asymmetricKeyType === 'ec';
    this.#clock = clock;
  }

  /**
   * @param chain the certificate of the key, and those that signatures should hold as well
   * @throws GatewayError `bad-request` where none is that of the key, or the key is neither RSA nor EC
   */
  static of(key: KeyObject, chain: readonly Certificate[], clock: Clock): Signer {
    const certificate = chain.find((one) => one.x509.checkPrivateKey(key));
    if (certificate === undefined) throw new GatewayError('bad-request', 'no certificate is that of the key');
    const algorithm = signatureOid(key);
    if (algorithm === undefined) throw new GatewayError('bad-request', 'the key is neither RSA nor EC');
    return new Signer({ chain, certificate, key, algorithm }, clock);
  }

  /**
   * A DER SignedData without content, over a file with this SHA-256.
   * @param sha256 32 bytes, or 64 hex digits
   */
  async signDetached(sha256: Uint8Array | string): Promise<Uint8Array> {
    const attributes = signedAttributes(digestBytes(sha256), this.#clock.now(), this.#fixed);
    // The signature is over the SET OF, RFC 5652 §5.4; inside SignerInfo the same bytes stand under [0].
    const signed = tlv(SET, ...attributes);
    const signature = this.#isQuick
      ? sign('sha256', signed, this.#key)
      : await signOffLoop('sha256', signed, this.#key);
    return assemble(this.#fixed, attributes, signature);
  }

  /** A detached signature over bytes at hand. */
  async signBytes(bytes: Uint8Array): Promise<Uint8Array> {
    return this.signDetached(createHash('sha256').update(bytes).digest());
  }
}

/** Base64 in lines of 76 columns: what files of kind FS hold. */
export function toBase64Lines(der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(new RegExp(`.{1,${COLUMNS}}`, 'g')) ?? [];
  return `${lines.join('\n')}\n`;
}

/**
 * The DER of a signature file: base64 on one line or many, PEM, or DER as it is.
 * @returns undefined where it is none of these
 */
export function readSignatureFile(bytes: Uint8Array): Uint8Array | undefined {
  if (bytes[0] === 0x30 && (bytes[1] ?? 0) >= 0x80) return bytes;
  const text = Buffer.from(bytes).toString('latin1');
  const base64 = text.replace(/-----(?:BEGIN|END) (?:PKCS7|CMS)-----/g, '').replace(/\s+/g, '');
  return base64.length > 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(base64) ? Buffer.from(base64, 'base64') : undefined;
}

/** All of a signature that is the same in every one of a signer, as DER: thousands are made a second. */
type Fixed = {
  readonly version: Buffer;
  readonly digestAlgorithm: Buffer;
  readonly signatureAlgorithm: Buffer;
  readonly issuerAndSerial: Buffer;
  readonly certificates: Buffer;
  readonly contentType: Buffer;
  readonly messageDigest: Buffer;
  readonly signingTime: Buffer;
  readonly signingCertificate: Buffer;
  readonly data: Buffer;
  readonly signedData: Buffer;
};

const SEQUENCE = 0x30;
const SET = 0x31;
const OCTETS = 0x04;
const UTC_TIME = 0x17;
const GENERALIZED_TIME = 0x18;
const CONTEXT_0 = 0xa0;

function fixedParts(certificate: Certificate, chain: readonly Certificate[], algorithm: string): Fixed {
  const certificateHash = createHash('sha256').update(certificate.der).digest();
  const serial = Buffer.from(pkijs.Certificate.fromBER(certificate.der).serialNumber.toBER());
  const parameters = algorithm === OID.sha256WithRsa ? [Buffer.from(new asn1js.Null().toBER())] : [];
  // SigningCertificateV2 ::= SEQUENCE { SEQUENCE OF ESSCertIDv2 }; SHA-256 is its default digest. RFC 5035 §3
  const certificateId = tlv(SEQUENCE, tlv(SEQUENCE, tlv(SEQUENCE, tlv(OCTETS, certificateHash))));
  return {
    version: Buffer.from(new asn1js.Integer({ value: 1 }).toBER()),
    digestAlgorithm: tlv(SEQUENCE, oid(OID.sha256)),
    signatureAlgorithm: tlv(SEQUENCE, oid(algorithm), ...parameters),
    issuerAndSerial: tlv(SEQUENCE, Buffer.from(certificate.issuerDer, 'hex'), serial),
    certificates: tlv(CONTEXT_0, ...chain.map((one) => Buffer.from(one.der)).toSorted(Buffer.compare)),
    contentType: attribute(oid(OID.contentType), oid(OID.data)),
    messageDigest: oid(OID.messageDigest),
    signingTime: oid(OID.signingTime),
    signingCertificate: attribute(oid(OID.signingCertificateV2), certificateId),
    data: tlv(SEQUENCE, oid(OID.data)),
    signedData: oid(OID.signedData),
  };
}

/** DER of each attribute, in the order DER wants in a SET OF: X.690 §11.6. */
function signedAttributes(sha256: Uint8Array, at: number, fixed: Fixed): readonly Buffer[] {
  const attributes = [
    fixed.contentType,
    attribute(fixed.messageDigest, tlv(OCTETS, sha256)),
    attribute(fixed.signingTime, time(at)),
    fixed.signingCertificate,
  ];
  return attributes.toSorted(Buffer.compare);
}

/** ContentInfo { signedData, SignedData { 1, {sha256}, {data}, [0] certificates, { SignerInfo } } }, RFC 5652 §5.1 */
function assemble(fixed: Fixed, attributes: readonly Uint8Array[], signature: Uint8Array): Uint8Array {
  const { version, digestAlgorithm } = fixed;
  const signerInfo = tlv(
    SEQUENCE,
    ...[version, fixed.issuerAndSerial, digestAlgorithm],
    tlv(CONTEXT_0, ...attributes),
    fixed.signatureAlgorithm,
    tlv(OCTETS, signature),
  );
  const signedData = tlv(
    SEQUENCE,
    ...[version, tlv(SET, digestAlgorithm), fixed.data, fixed.certificates],
    tlv(SET, signerInfo),
  );
  return new Uint8Array(tlv(SEQUENCE, fixed.signedData, tlv(CONTEXT_0, signedData)));
}

function signatureOid(key: KeyObject): string | undefined {
  if (key.asymmetricKeyType === 'ec') return OID.ecdsaWithSha256;
  return key.asymmetricKeyType === 'rsa' ? OID.sha256WithRsa : undefined;
}

function digestBytes(sha256: Uint8Array | string): Uint8Array {
  const bytes = typeof sha256 === 'string' ? Buffer.from(sha256, 'hex') : sha256;
  if (bytes.length !== 32) throw new TypeError('a SHA-256 has 32 bytes');
  return bytes;
}

function attribute(type: Uint8Array, value: Uint8Array): Buffer {
  return tlv(SEQUENCE, type, tlv(SET, value));
}

function time(at: number): Buffer {
  // YYYYMMDDHHMMSSZ
  const text = new Date(at).toISOString().replace(/[-:T]|\.\d+/g, '');
  // RFC 5652 §11.3: UTCTime, which has two digits of the year, until 2049
  return text < '2050' ? tlv(UTC_TIME, Buffer.from(text.slice(2))) : tlv(GENERALIZED_TIME, Buffer.from(text));
}

function oid(value: string): Buffer {
  return Buffer.from(new asn1js.ObjectIdentifier({ value }).toBER());
}

/** Tag, length and value, X.690 §8.1: a length below 128 in one byte, else behind the number of its bytes. */
function tlv(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const lengthBytes = length < 0x80 ? 0 : Math.ceil((32 - Math.clz32(length)) / 8);
  const whole = Buffer.allocUnsafe(2 + lengthBytes + length);
  whole[0] = tag;
  whole[1] = lengthBytes === 0 ? length : 0x80 | lengthBytes;
  let at = lengthBytes === 0 ? 2 : whole.writeUIntBE(length, 2, lengthBytes);
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
