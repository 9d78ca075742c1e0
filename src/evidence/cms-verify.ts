import { constants, createHash, verify } from 'node:crypto';
import { promisify } from 'node:util';
import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';
import { type Certificate, parseCertificate } from '../pki/certificate.ts';
import { serialHex } from '../pki/der.ts';
import { hashOfDigest, hashOfSignature, OID, type SignatureHash } from '../pki/oids.ts';
import { type Path, type PathFailure, validatePath } from '../pki/path.ts';

export type SignatureFailure =
  | PathFailure
  | 'not-parseable'
  | 'attached-content'
  | 'wrong-content-type'
  | 'not-one-signer'
  | 'no-signed-attributes'
  | 'no-signer-certificate'
  | 'weak-digest'
  /** A digest of the file that is not among those given. */
  | 'digest-not-at-hand'
  | 'wrong-digest'
  | 'wrong-certificate'
  | 'key-usage'
  | 'weak-key';

export type SignatureResult =
  | {
      readonly ok: true;
      readonly signer: Certificate;
      readonly path: Path;
      /** What the signer says about the time, milliseconds since the epoch; nobody else vouches for it. */
      readonly signedAt: number | undefined;
    }
  | { readonly ok: false; readonly reason: SignatureFailure };

export type SignatureToVerify = {
  /** DER or BER, from `readSignatureFile`. */
  readonly cms: Uint8Array;
  /** Digests of the signed file, hex. */
  readonly sha256: string;
  readonly sha384?: string | undefined;
  readonly sha512?: string | undefined;
  /** Issuers whose certificates may sign. */
  readonly trusted: readonly Certificate[];
  /** The moment at which certificates must be valid, milliseconds since the epoch. */
  readonly at: number;
};

const MAX_CMS_BYTES = 1024 * 1024;
const CONTEXT_SPECIFIC = 3; // asn1js's number of the tag class
const MIN_RSA_BITS = 2048;
const verifyOffLoop = promisify(verify);

/** Verifies a detached CMS signature by exactly one signer, RFC 5652 §5.4 and §5.6. Revocation is the caller's. */
export async function verifyDetached(input: SignatureToVerify): Promise<SignatureResult> {
  const parsed = input.cms.length > MAX_CMS_BYTES ? undefined : parseSignedData(input.cms);
  if (parsed === undefined) return refused('not-parseable');
  const { signed, certificates } = parsed;
  if (signed.encapContentInfo.eContent !== undefined) return refused('attached-content');
  if (signed.encapContentInfo.eContentType !== OID.data) return refused('wrong-content-type');
  const [info, second] = signed.signerInfos;
  if (info === undefined || second !== undefined) return refused('not-one-signer');
  const signer = certificates.find((one) => isSigner(info, one));
  if (signer === undefined) return refused('no-signer-certificate');
  const failure = attributesFailure(info, signer, input) ?? keyFailure(signer);
  if (failure !== undefined) return refused(failure);
  if (!(await isSignedBy(info, signer))) return refused('bad-signature');
  const result = validatePath(signer, certificates, input.trusted, input.at);
  if (!result.ok) return refused(result.reason);
  return { ok: true, signer, path: result.path, signedAt: signingTimeOf(info) };
}

function refused(reason: SignatureFailure): SignatureResult {
  return { ok: false, reason };
}

/** A SignedData, and its certificates as the bytes they are. */
type Parsed = { readonly signed: pkijs.SignedData; readonly certificates: readonly Certificate[] };

function parseSignedData(cms: Uint8Array): Parsed | undefined {
  try {
    const { result, offset } = asn1js.fromBER(cms);
    if (offset !== cms.length) return undefined; // bytes after the signature are nobody's
    const info = new pkijs.ContentInfo({ schema: result });
    if (info.contentType !== OID.signedData) return undefined;
    const certificates = certificatesOf(child(child(result, 1), 0));
    return { signed: new pkijs.SignedData({ schema: info.content }), certificates };
  } catch {
    return undefined;
  }
}

/** certificates [0] of SignedData. Never encoded again: what was changed in one must not get lost on the way. */
function certificatesOf(signedData: unknown): readonly Certificate[] {
  const set = childrenOf(signedData).find((one) => one instanceof asn1js.Constructed && isTagged(one, 0));
  return childrenOf(set)
    .map((item) => (item instanceof asn1js.Sequence ? parseCertificate(item.valueBeforeDecodeView) : undefined))
    .filter((certificate) => certificate !== undefined);
}

function isTagged({ idBlock }: asn1js.Constructed, tagNumber: number): boolean {
  return idBlock.tagClass === CONTEXT_SPECIFIC && idBlock.tagNumber === tagNumber;
}

/** SignerIdentifier: issuer and serial number, or [0] subject key identifier. RFC 5652 §5.3 */
function isSigner(info: pkijs.SignerInfo, certificate: Certificate): boolean {
  const { sid } = info;
  if (sid instanceof pkijs.IssuerAndSerialNumber) {
    const issuer = Buffer.from(sid.issuer.valueBeforeDecode).toString('hex');
    return (
      issuer === certificate.issuerDer && serialHex(sid.serialNumber.valueBlock.valueHexView) === certificate.serial
    );
  }
  if (!(sid instanceof asn1js.Primitive)) return false;
  return Buffer.from(sid.valueBlock.valueHexView).toString('hex') === certificate.keyId;
}

/** What the signed attributes say must be about this file and this certificate. RFC 5652 §11 */
function attributesFailure(
  info: pkijs.SignerInfo,
  signer: Certificate,
  input: SignatureToVerify,
): SignatureFailure | undefined {
  const hash = hashOfDigest(info.digestAlgorithm.algorithmId);
  if (hash === 'weak' || hashOfSigner(info) === 'weak') return 'weak-digest';
  if (info.signedAttrs === undefined) return 'no-signed-attributes';
  const contentType = onlyValue(info, OID.contentType);
  if (!(contentType instanceof asn1js.ObjectIdentifier)) return 'wrong-content-type';
  if (contentType.valueBlock.toString() !== OID.data) return 'wrong-content-type';
  const digest = onlyValue(info, OID.messageDigest);
  if (!(digest instanceof asn1js.OctetString)) return 'wrong-digest';
  const expected = hash === 'none' ? undefined : input[hash];
  if (expected === undefined) return 'digest-not-at-hand';
  if (Buffer.from(digest.valueBlock.valueHexView).toString('hex') !== expected.toLowerCase()) return 'wrong-digest';
  return isOtherCertificate(info, signer) ? 'wrong-certificate' : undefined;
}

/** A digest named twice must be the same one: the signature's own, or the signer's for plain `rsaEncryption`. */
function hashOfSigner(info: pkijs.SignerInfo): SignatureHash {
  const digest = hashOfDigest(info.digestAlgorithm.algorithmId);
  const { algorithmId, algorithmParams } = info.signatureAlgorithm;
  if (algorithmId === OID.rsaEncryption) return digest;
  if (algorithmId !== OID.rsaPss) return hashOfSignature(algorithmId) === digest ? digest : 'weak';
  try {
    const parameters = new pkijs.RSASSAPSSParams({ schema: algorithmParams });
    return hashOfDigest(parameters.hashAlgorithm.algorithmId) === digest ? digest : 'weak';
  } catch {
    return 'weak';
  }
}

/** Whether signingCertificateV2 (RFC 5035 §3) stands there and names another certificate, in a digest we can check. */
function isOtherCertificate(info: pkijs.SignerInfo, signer: Certificate): boolean {
  if (valuesOf(info, OID.signingCertificateV2).length === 0) return false;
  const list = child(onlyValue(info, OID.signingCertificateV2), 0);
  const parts = childrenOf(child(list, 0));
  const [first, second] = parts;
  const algorithm = child(first, 0);
  const hash = algorithm instanceof asn1js.ObjectIdentifier ? hashOfDigest(algorithm.valueBlock.toString()) : 'sha256';
  const digest = first instanceof asn1js.OctetString ? first : second;
  if (hash === 'weak' || hash === 'none' || !(digest instanceof asn1js.OctetString)) return true;
  return !createHash(hash).update(signer.der).digest().equals(Buffer.from(digest.valueBlock.valueHexView));
}

function keyFailure(signer: Certificate): SignatureFailure | undefined {
  const usage = signer.keyUsage;
  if (usage !== undefined && !usage.has('digitalSignature') && !usage.has('nonRepudiation')) return 'key-usage';
  if (signer.keyKind === 'rsa') return signer.keyBits >= MIN_RSA_BITS ? undefined : 'weak-key';
  return signer.keyKind === 'ec' && signer.keyBits >= 256 ? undefined : 'weak-key';
}

async function isSignedBy(info: pkijs.SignerInfo, signer: Certificate): Promise<boolean> {
  const hash = hashOfDigest(info.digestAlgorithm.algorithmId);
  // The bytes as they were received, under the tag of a SET OF.
  const bytes = new Uint8Array(info.signedAttrs?.encodedValue ?? new ArrayBuffer(0));
  const signature = info.signature.valueBlock.valueHexView;
  const isPss = info.signatureAlgorithm.algorithmId === OID.rsaPss;
  const padding = isPss ? { padding: constants.RSA_PKCS1_PSS_PADDING } : {};
  return verifyOffLoop(hash, bytes, { key: signer.key, ...padding }, signature).catch(() => false);
}

function signingTimeOf(info: pkijs.SignerInfo): number | undefined {
  const value = onlyValue(info, OID.signingTime);
  return value instanceof asn1js.UTCTime ? value.toDate().getTime() : undefined; // GeneralizedTime is one, too
}

function valuesOf(info: pkijs.SignerInfo, type: string): readonly unknown[] {
  return (info.signedAttrs?.attributes ?? []).filter((one) => one.type === type).flatMap((one) => one.values);
}

/** The value of an attribute that stands once with one value; RFC 5652 §11 wants no other. */
function onlyValue(info: pkijs.SignerInfo, type: string): unknown {
  const values = valuesOf(info, type);
  return values.length === 1 ? values[0] : undefined;
}

function childrenOf(block: unknown): readonly unknown[] {
  return block instanceof asn1js.Constructed ? block.valueBlock.value : [];
}

function child(block: unknown, index: number): unknown {
  return childrenOf(block)[index];
}
