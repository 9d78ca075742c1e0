import { createHash, createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';
import type { Clock } from '../domain/clock.ts';
import { GatewayError } from '../domain/errors.ts';
import { type Certificate, parseCertificates } from '../pki/certificate.ts';
import { OID } from '../pki/oids.ts';

export type SignerFiles = {
  /** PEM: the signer's certificate first; others are included in signatures as they stand. */
  readonly certificateFile: string;
  readonly keyFile: string;
};

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
  readonly #chain: readonly Certificate[];
  readonly #key: KeyObject;
  readonly #algorithm: string;
  readonly #clock: Clock;

  private constructor(parts: SignerParts, clock: Clock) {
    this.certificate = parts.certificate;
    this.#chain = parts.chain;
    this.#key = parts.key;
    this.#algorithm = parts.algorithm;
    this.#clock = clock;
  }

  /** @throws GatewayError `broken` where a file cannot be read, is no RSA or EC key, or the key is another certificate's */
  static async load(files: SignerFiles, clock: Clock): Promise<Signer> {
    try {
      const [pem, keyPem] = await Promise.all([readFile(files.certificateFile, 'utf8'), readFile(files.keyFile)]);
      return Signer.of(createPrivateKey(keyPem), parseCertificates(pem), clock);
    } catch (cause) {
      throw new GatewayError('broken', 'the key or certificate for answers cannot be used', { cause });
    }
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
    const attributes = signedAttributes(digestBytes(sha256), this.#clock.now(), this.certificate);
    // The signature is over the SET OF, RFC 5652 §5.4; inside SignerInfo the same bytes stand under [0].
    const set = new asn1js.Set({ value: attributes.map(decoded) });
    const signature = await signOffLoop('sha256', Buffer.from(set.toBER()), this.#key);
    return assemble(this.certificate, this.#chain, attributes, signature, this.#algorithm);
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

/** DER of each attribute, in the order DER wants in a SET OF: X.690 §11.6. */
function signedAttributes(sha256: Uint8Array, at: number, certificate: Certificate): readonly Buffer[] {
  const certificateHash = createHash('sha256').update(certificate.der).digest();
  // SigningCertificateV2 ::= SEQUENCE { SEQUENCE OF ESSCertIDv2 }; SHA-256 is its default digest. RFC 5035 §3
  const certificateId = new asn1js.Sequence({ value: [octets(certificateHash)] });
  const attributes = [
    attribute(OID.contentType, oid(OID.data)),
    attribute(OID.messageDigest, octets(sha256)),
    attribute(OID.signingTime, time(at)),
    attribute(OID.signingCertificateV2, sequence(sequence(certificateId))),
  ];
  return attributes.map((one) => Buffer.from(one.toBER())).toSorted(Buffer.compare);
}

/** ContentInfo { signedData, SignedData { 1, {sha256}, {data}, [0] certificates, { SignerInfo } } }, RFC 5652 §5.1 */
function assemble(
  certificate: Certificate,
  chain: readonly Certificate[],
  attributes: readonly Uint8Array[],
  signature: Uint8Array,
  algorithm: string,
): Uint8Array {
  const parsed = pkijs.Certificate.fromBER(certificate.der);
  const certificates = chain.map((one) => Buffer.from(one.der)).toSorted(Buffer.compare);
  const digestAlgorithm = sequence(oid(OID.sha256));
  const signatureAlgorithm =
    algorithm === OID.sha256WithRsa ? sequence(oid(algorithm), new asn1js.Null()) : sequence(oid(algorithm));
  const signerInfo = sequence(
    new asn1js.Integer({ value: 1 }),
    sequence(decoded(Buffer.from(certificate.issuerDer, 'hex')), parsed.serialNumber),
    digestAlgorithm,
    tagged(0, attributes.map(decoded)),
    signatureAlgorithm,
    octets(signature),
  );
  const signedData = sequence(
    new asn1js.Integer({ value: 1 }),
    new asn1js.Set({ value: [digestAlgorithm] }),
    sequence(oid(OID.data)),
    tagged(0, certificates.map(decoded)),
    new asn1js.Set({ value: [signerInfo] }),
  );
  return new Uint8Array(sequence(oid(OID.signedData), tagged(0, [signedData])).toBER());
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

function attribute(type: string, value: asn1js.BaseBlock): asn1js.Sequence {
  return sequence(oid(type), new asn1js.Set({ value: [value] }));
}

function time(at: number): asn1js.BaseBlock {
  const valueDate = new Date(Math.trunc(at / 1000) * 1000);
  // RFC 5652 §11.3: UTCTime until 2049
  return valueDate.getUTCFullYear() < 2050
    ? new asn1js.UTCTime({ valueDate })
    : new asn1js.GeneralizedTime({ valueDate });
}

function decoded(der: Uint8Array): asn1js.BaseBlock {
  const { result, offset } = asn1js.fromBER(der);
  if (offset === -1) throw new TypeError(`not DER: ${result.error}`);
  return result;
}

function sequence(...value: readonly asn1js.BaseBlock[]): asn1js.Sequence {
  return new asn1js.Sequence({ value: [...value] });
}

function tagged(tagNumber: number, value: asn1js.BaseBlock[]): asn1js.Constructed {
  return new asn1js.Constructed({ idBlock: { tagClass: 3, tagNumber }, value });
}

function oid(value: string): asn1js.ObjectIdentifier {
  return new asn1js.ObjectIdentifier({ value });
}

function octets(bytes: Uint8Array): asn1js.OctetString {
  return new asn1js.OctetString({ valueHex: Uint8Array.from(bytes).buffer });
}
