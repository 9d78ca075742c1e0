import { constants, createHash, createVerify, type VerifyKeyObjectInput, verify } from 'node:crypto';
import { promisify } from 'node:util';
import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';
import { isOneElement } from '../pki/ber.ts';
import { type Certificate, parseCertificate } from '../pki/certificate.ts';
import { derElement, serialHex, TAG } from '../pki/der.ts';
import { hashOfDigest, hashOfSignature, OID, type SignatureHash } from '../pki/oids.ts';
import { type Path, type PathFailure, validatePath } from '../pki/path.ts';

export type SignatureFailure =
  | PathFailure
  | 'not-parseable'
  | 'attached-content'
  | 'wrong-content-type'
  | 'not-one-signer'
  | 'no-signed-attributes'
  | 'repeated-attribute'
  | 'no-signer-certificate'
  | 'too-many-certificates'
  | 'weak-digest'
  /** The algorithm of the signature is not one for the signer's key, or its digest is not announced. */
  | 'wrong-algorithm'
  /** A digest of the file that is neither given nor can be made. */
  | 'digest-not-at-hand'
  | 'wrong-digest'
  /** A file that could pass for the attributes of another signature: RFC 5652 §5.4 signs both alike. */
  | 'signed-attributes-as-content'
  | 'wrong-certificate'
  | 'key-usage'
  | 'weak-key';

export type SignatureResult =
  | {
      readonly ok: true;
      readonly signer: Certificate;
      readonly path: Path;
      /** The certificate policies the whole path allows. */
      readonly policies: ReadonlySet<string> | 'any';
      /** What the signer says about the time, milliseconds since the epoch; nobody else vouches for it. */
      readonly signedAt: number | undefined;
    }
  | { readonly ok: false; readonly reason: SignatureFailure };

export type SignatureToVerify = {
  /** DER or BER, from `readSignatureFile`. */
  readonly cms: Uint8Array;
  /** SHA-256 of the signed file, hex. */
  readonly sha256: string;
  /** Its bytes, read once and only where that digest is not enough. */
  readonly content?: (() => AsyncIterable<Uint8Array>) | undefined;
  /** Issuers whose certificates may sign. */
  readonly trusted: readonly Certificate[];
  /** Certificates of CAs below them that a signature need not hold; never trusted by themselves. */
  readonly intermediates?: readonly Certificate[] | undefined;
  /** The moment at which certificates must be valid, milliseconds since the epoch. */
  readonly at: number;
  readonly toleranceMs?: number | undefined;
};

const MAX_CMS_BYTES = 1024 * 1024;
const MAX_CERTIFICATES = 16;
const CONTEXT_SPECIFIC = 3; // asn1js's number of the tag class
const MIN_RSA_BITS = 2048;
/** What is needed of a content to see that it is a SET OF attributes. */
const HEAD_BYTES = 16;
const ECDSA: ReadonlySet<string> = new Set([OID.ecdsaWithSha256, OID.ecdsaWithSha384, OID.ecdsaWithSha512]);
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
  if (certificates === 'too-many') return refused('too-many-certificates');
  const signer = certificates.find((one) => isSigner(info, one));
  if (signer === undefined) return refused('no-signer-certificate');
  const failure = algorithmFailure(signed, info, signer) ?? attributesFailure(info, signer) ?? keyFailure(signer);
  if (failure !== undefined) return refused(failure);
  const others = [...(input.intermediates ?? []), ...certificates.filter((one) => one !== signer)];
  const result = validatePath(signer, others, input.trusted, input.at, input.toleranceMs);
  if (!result.ok) return refused(result.reason);
  const unsigned = await (info.signedAttrs === undefined ? overContent : overAttributes)(info, signer, input);
  if (unsigned !== undefined) return refused(unsigned);
  return { ok: true, signer, path: result.path, policies: result.policies, signedAt: signingTimeOf(info) };
}

function refused(reason: SignatureFailure): SignatureResult {
  return { ok: false, reason };
}

/** A SignedData, and its certificates as the bytes they are. */
type Parsed = { readonly signed: pkijs.SignedData; readonly certificates: readonly Certificate[] | 'too-many' };

function parseSignedData(cms: Uint8Array): Parsed | undefined {
  try {
    if (!isOneElement(cms)) return undefined; // bytes after the signature are nobody's
    const { result } = asn1js.fromBER(cms);
    const info = new pkijs.ContentInfo({ schema: result });
    if (info.contentType !== OID.signedData) return undefined;
    const certificates = certificatesOf(child(child(result, 1), 0));
    return { signed: new pkijs.SignedData({ schema: info.content }), certificates };
  } catch {
    return undefined;
  }
}

/** certificates [0] of SignedData. Never encoded again: what was changed in one must not get lost on the way. */
function certificatesOf(signedData: unknown): Parsed['certificates'] {
  const set = childrenOf(signedData).find((one) => one instanceof asn1js.Constructed && isTagged(one, 0));
  if (childrenOf(set).length > MAX_CERTIFICATES) return 'too-many';
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

/** One digest of today, named alike everywhere, and a signature that the signer's kind of key can make. */
function algorithmFailure(
  { digestAlgorithms }: pkijs.SignedData,
  info: pkijs.SignerInfo,
  { keyKind }: Certificate,
): SignatureFailure | undefined {
  const { algorithmId } = info.digestAlgorithm;
  if (hashOfDigest(algorithmId) === 'weak' || hashOfSigner(info) === 'weak') return 'weak-digest';
  if (!digestAlgorithms.some((one) => one.algorithmId === algorithmId)) return 'wrong-algorithm';
  return keyKind === (ECDSA.has(info.signatureAlgorithm.algorithmId) ? 'ec' : 'rsa') ? undefined : 'wrong-algorithm';
}

/** A digest named twice must be the same one: the signature's own, or the signer's for plain `rsaEncryption`. */
function hashOfSigner(info: pkijs.SignerInfo): SignatureHash {
  const digest = hashOfDigest(info.digestAlgorithm.algorithmId);
  const { algorithmId, algorithmParams } = info.signatureAlgorithm;
  if (algorithmId === OID.rsaEncryption) return digest;
  if (algorithmId !== OID.rsaPss) return hashOfSignature(algorithmId) === digest ? digest : 'weak';
  const { hash, mask } = pssOf(algorithmParams);
  return hash === digest && mask === digest ? digest : 'weak';
}

/** RSASSA-PSS-params, RFC 8017 A.2.3: both digests, and the bytes of salt. */
function pssOf(schema: unknown): { readonly hash: SignatureHash; readonly mask: SignatureHash; readonly salt: number } {
  try {
    const { hashAlgorithm, maskGenAlgorithm, saltLength } = new pkijs.RSASSAPSSParams({ schema });
    if (maskGenAlgorithm.algorithmId !== OID.mgf1) throw new TypeError('not MGF1');
    const mask = new pkijs.AlgorithmIdentifier({ schema: maskGenAlgorithm.algorithmParams });
    return { hash: hashOfDigest(hashAlgorithm.algorithmId), mask: hashOfDigest(mask.algorithmId), salt: saltLength };
  } catch {
    return { hash: 'weak', mask: 'weak', salt: 0 };
  }
}

/** What the signed attributes say of themselves and of the certificate, where there are any. RFC 5652 §5.3, §11 */
function attributesFailure(info: pkijs.SignerInfo, signer: Certificate): SignatureFailure | undefined {
  if (info.signedAttrs === undefined) return undefined;
  const types = info.signedAttrs.attributes.map(({ type }) => type);
  if (new Set(types).size !== types.length) return 'repeated-attribute';
  const contentType = onlyValue(info, OID.contentType);
  if (!(contentType instanceof asn1js.ObjectIdentifier)) return 'wrong-content-type';
  if (contentType.valueBlock.toString() !== OID.data) return 'wrong-content-type';
  return isOtherCertificate(info, signer) ? 'wrong-certificate' : undefined;
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

/** The attributes name the digest of the file, and are themselves signed. */
async function overAttributes(
  info: pkijs.SignerInfo,
  signer: Certificate,
  input: SignatureToVerify,
): Promise<SignatureFailure | undefined> {
  const named = onlyValue(info, OID.messageDigest);
  if (!(named instanceof asn1js.OctetString)) return 'wrong-digest';
  const hash = hashOfDigest(info.digestAlgorithm.algorithmId);
  const expected = hash === 'sha256' ? input.sha256.toLowerCase() : await digestOf(hash, input.content);
  if (expected === undefined) return 'digest-not-at-hand';
  if (Buffer.from(named.valueBlock.valueHexView).toString('hex') !== expected) return 'wrong-digest';
  // The bytes as they were received, under the tag of a SET OF.
  const bytes = new Uint8Array(info.signedAttrs?.encodedValue ?? new ArrayBuffer(0));
  const signature = info.signature.valueBlock.valueHexView;
  const good = await verifyOffLoop(hash, bytes, keyOf(info, signer), signature).catch(() => false);
  return good ? undefined : 'bad-signature';
}

async function digestOf(hash: string, content: SignatureToVerify['content']): Promise<string | undefined> {
  if (content === undefined) return undefined;
  const digest = createHash(hash);
  for await (const chunk of content()) digest.update(chunk);
  return digest.digest('hex');
}

/** Without attributes the bytes of the file are signed directly, RFC 5652 §5.4. */
async function overContent(
  info: pkijs.SignerInfo,
  signer: Certificate,
  { content }: SignatureToVerify,
): Promise<SignatureFailure | undefined> {
  if (content === undefined) return 'no-signed-attributes';
  const verifier = createVerify(hashOfDigest(info.digestAlgorithm.algorithmId));
  let head = Buffer.alloc(0);
  for await (const chunk of content()) {
    if (head.length < HEAD_BYTES) head = Buffer.concat([head, chunk.subarray(0, HEAD_BYTES)]);
    verifier.update(chunk);
  }
  if (isAttributes(head)) return 'signed-attributes-as-content';
  try {
    return verifier.verify(keyOf(info, signer), info.signature.valueBlock.valueHexView) ? undefined : 'bad-signature';
  } catch {
    return 'bad-signature';
  }
}

/** SET { SEQUENCE { OBJECT IDENTIFIER …: what is signed where there are attributes, and no file that people exchange. */
function isAttributes(head: Uint8Array): boolean {
  const set = derElement(head, 0, Number.MAX_SAFE_INTEGER);
  const first = set?.tag === TAG.set ? derElement(head, set.contents, Number.MAX_SAFE_INTEGER) : undefined;
  return first?.tag === TAG.sequence && head[first.contents] === TAG.objectIdentifier;
}

function keyOf(info: pkijs.SignerInfo, { key }: Certificate): VerifyKeyObjectInput {
  const { algorithmId, algorithmParams } = info.signatureAlgorithm;
  if (algorithmId !== OID.rsaPss) return { key };
  return { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: pssOf(algorithmParams).salt };
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
