import { constants, createHash, type KeyObject, sign } from 'node:crypto';
import * as asn1js from 'asn1js';
import type { Certificate } from '../../src/pki/certificate.ts';
import { derChildren, derElement } from '../../src/pki/der.ts';

/** Makes a CMS SignedData (RFC 5652 §5) that is right but for one thing, with bytes of our own choosing everywhere. */

export const DATA = '1.2.840.113549.1.7.1';
export const ATTRIBUTE = {
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingTime: '1.2.840.113549.1.9.5',
  /** Of timestamps, which stand among the unsigned attributes. */
  timeStamp: '1.2.840.113549.1.9.16.2.14',
  /** Nobody's. */
  unknown: '1.3.6.1.4.1.99999.1',
} as const;

type Hash = 'md5' | 'sha1' | 'sha224' | 'sha256' | 'sha384' | 'sha512';

const DIGESTS: Readonly<Record<Hash, string>> = {
  md5: '1.2.840.113549.2.5',
  sha1: '1.3.14.3.2.26',
  sha224: '2.16.840.1.101.3.4.2.4',
  sha256: '2.16.840.1.101.3.4.2.1',
  sha384: '2.16.840.1.101.3.4.2.2',
  sha512: '2.16.840.1.101.3.4.2.3',
};
const RSA: Readonly<Record<Hash, string>> = {
  md5: '1.2.840.113549.1.1.4',
  sha1: '1.2.840.113549.1.1.5',
  sha224: '1.2.840.113549.1.1.14',
  sha256: '1.2.840.113549.1.1.11',
  sha384: '1.2.840.113549.1.1.12',
  sha512: '1.2.840.113549.1.1.13',
};
export const ECDSA_SHA256 = '1.2.840.10045.4.3.2';
export const RSA_ENCRYPTION = '1.2.840.113549.1.1.1';
const PSS = '1.2.840.113549.1.1.10';
const SALT_BYTES = 32;
const MGF1 = '1.2.840.113549.1.1.8';

export type Attribute = { readonly type: string; readonly values: readonly Uint8Array[] };

export type SignerSpec = {
  readonly certificate: Certificate;
  readonly key: KeyObject;
  /** Whose issuer and serial number are named; the certificate's own unless given. */
  readonly named: Certificate;
  readonly hash: Hash;
  /** The digest that the attributes name; of the content unless given. */
  readonly digest: Uint8Array;
  readonly attributes: (right: readonly Attribute[]) => readonly Attribute[];
  /** What stands in the file instead of what was signed. */
  readonly shown: (signed: readonly Attribute[]) => readonly Attribute[];
  readonly noAttributes: boolean;
  /** RSASSA-PSS, which names this digest in MGF1, another of its own, another length of salt. */
  readonly pss: { readonly mgf1: Hash; readonly named?: Hash; readonly salt?: number } | undefined;
  /** Object identifier of the signature. */
  readonly algorithm: string;
  readonly signature: (right: Buffer) => Uint8Array;
  readonly unsigned: readonly Attribute[];
};

export type CmsSpec = {
  readonly content: Uint8Array;
  readonly signers: readonly (Pick<SignerSpec, 'certificate' | 'key'> & Partial<SignerSpec>)[];
  /** Those of the signers unless given. */
  readonly certificates: readonly { readonly der: Uint8Array }[];
  readonly contentType: string;
  /** Stands inside. */
  readonly attached: Uint8Array;
  readonly digestAlgorithms: readonly Hash[];
  /** Of the ContentInfo. */
  readonly kind: string;
};

/** A detached signature over `content`, DER. */
export function makeCms(spec: Partial<CmsSpec> & Pick<CmsSpec, 'content' | 'signers'>): Buffer {
  const { content, signers, contentType = DATA } = spec;
  const certificates = spec.certificates ?? signers.map(({ certificate }) => certificate);
  const hashes = spec.digestAlgorithms ?? [...new Set(signers.map(({ hash }) => hash ?? 'sha256'))];
  const infos = signers.map((signer) => signerInfo(signer, content, contentType));
  const attached = spec.attached === undefined ? [] : [tlv(0xa0, tlv(0x04, spec.attached))];
  const signedData = tlv(
    0x30,
    Buffer.from([0x02, 0x01, contentType === DATA ? 1 : 3]),
    tlv(0x31, ...hashes.map((hash) => tlv(0x30, oid(DIGESTS[hash])))),
    tlv(0x30, oid(contentType), ...attached),
    ...(certificates.length === 0 ? [] : [tlv(0xa0, ...certificates.map(({ der }) => der))]),
    tlv(0x31, ...infos),
  );
  return tlv(0x30, oid(spec.kind ?? '1.2.840.113549.1.7.2'), tlv(0xa0, signedData));
}

/** The bytes that a signature with these attributes is over. */
export function attributeSet(attributes: readonly Attribute[]): Buffer {
  return tlv(0x31, ...encoded(attributes));
}

/** The attributes that a right signature over this content has. */
export function rightAttributes(content: Uint8Array, hash: Hash = 'sha256', contentType = DATA): readonly Attribute[] {
  return [
    { type: ATTRIBUTE.contentType, values: [oid(contentType)] },
    { type: ATTRIBUTE.messageDigest, values: [tlv(0x04, createHash(hash).update(content).digest())] },
    { type: ATTRIBUTE.signingTime, values: [tlv(0x17, Buffer.from('260101120000Z'))] },
  ];
}

function signerInfo(
  signer: Pick<SignerSpec, 'certificate' | 'key'> & Partial<SignerSpec>,
  content: Uint8Array,
  contentType: string,
): Buffer {
  const { certificate, key, hash = 'sha256', pss, noAttributes = false } = signer;
  const right = rightAttributes(content, hash, contentType).map((one) =>
    one.type === ATTRIBUTE.messageDigest && signer.digest !== undefined
      ? { ...one, values: [tlv(0x04, signer.digest)] }
      : one,
  );
  const attributes = signer.attributes?.(right) ?? right;
  const shown = signer.shown?.(attributes) ?? attributes;
  const padding = pss === undefined ? {} : { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: SALT_BYTES };
  const signature = sign(hash, noAttributes ? content : attributeSet(attributes), { key, ...padding });
  const named = signer.named ?? certificate;
  const algorithm = signer.algorithm ?? (key.asymmetricKeyType === 'ec' ? ECDSA_SHA256 : RSA[hash]);
  return tlv(
    0x30,
    Buffer.from([0x02, 0x01, 0x01]),
    tlv(0x30, Buffer.from(named.issuerDer, 'hex'), tlv(0x02, serialOf(named))),
    tlv(0x30, oid(DIGESTS[hash])),
    ...(noAttributes ? [] : [tlv(0xa0, ...encoded(shown))]),
    pss === undefined ? tlv(0x30, oid(algorithm)) : pssAlgorithm(pss.named ?? hash, pss.mgf1, pss.salt ?? SALT_BYTES),
    tlv(0x04, signer.signature?.(signature) ?? signature),
    ...(signer.unsigned === undefined ? [] : [tlv(0xa1, ...encoded(signer.unsigned))]),
  );
}

/** In the order DER wants: X.690 §11.6. */
function encoded(attributes: readonly Attribute[]): readonly Buffer[] {
  return attributes.map(({ type, values }) => tlv(0x30, oid(type), tlv(0x31, ...values))).toSorted(Buffer.compare);
}

/** RSASSA-PSS-params, RFC 8017 A.2.3 */
function pssAlgorithm(hash: Hash, mgf1: Hash, salt: number): Buffer {
  const digest = (one: Hash) => tlv(0x30, oid(DIGESTS[one]));
  const parameters = tlv(
    0x30,
    tlv(0xa0, digest(hash)),
    tlv(0xa1, tlv(0x30, oid(MGF1), digest(mgf1))),
    tlv(0xa2, Buffer.from([0x02, 0x01, salt])),
  );
  return tlv(0x30, oid(PSS), parameters);
}

function serialOf({ serial }: Certificate): Buffer {
  const bytes = Buffer.from(serial.length % 2 === 1 ? `0${serial}` : serial, 'hex');
  return (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes;
}

export function oid(value: string): Buffer {
  return Buffer.from(new asn1js.ObjectIdentifier({ value }).toBER());
}

/** Tag, length, value: X.690 §8.1, definite length. */
export function tlv(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const value = Buffer.concat(parts);
  if (value.length < 0x80) return Buffer.concat([Buffer.of(tag, value.length), value]);
  const length = Buffer.from(value.length.toString(16).padStart(8, '0'), 'hex').subarray(-lengthBytes(value.length));
  return Buffer.concat([Buffer.of(tag, 0x80 | length.length), length, value]);
}

/** The same in BER: the outer elements say where they end, not how long they are. X.690 §8.1.3.6 */
export function indefinite(der: Uint8Array, levels = 3): Buffer {
  const whole = derElement(der, 0, der.length);
  const children = whole === undefined ? undefined : derChildren(der, whole);
  if (levels === 0 || whole === undefined || children === undefined || (whole.tag & 0x20) === 0)
    return Buffer.from(der);
  const inside = children.map(({ start, end }) => indefinite(der.subarray(start, end), levels - 1));
  return Buffer.concat([Buffer.of(whole.tag, 0x80), ...inside, Buffer.of(0, 0)]);
}

function lengthBytes(length: number): number {
  return length < 0x100 ? 1 : length < 0x10000 ? 2 : length < 0x1000000 ? 3 : 4;
}
