import { verify } from 'node:crypto';
import { promisify } from 'node:util';
import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';
import { type Certificate, parseCertificate } from './certificate.ts';
import { derChildren, derElement, serialHex } from './der.ts';
import { keyIdOf } from './issue.ts';
import type { CertificateId } from './ocsp-request.ts';
import { hashOfSignature, OID } from './oids.ts';

/** What a responder signed about one certificate. Times are milliseconds since the epoch. */
export type OcspAnswer = {
  readonly state: 'good' | 'revoked' | 'unknown';
  readonly thisUpdate: number;
  /** undefined where newer information is always to be had. */
  readonly nextUpdate: number | undefined;
  readonly producedAt: number;
};

export type OcspFailure =
  | 'not-parseable'
  /** The responder said that it does not answer: `tryLater`, `unauthorized` and the like. */
  | 'no-answer'
  /** An answer about another certificate. */
  | 'other-certificate'
  | 'wrong-nonce'
  | 'critical-extension'
  | 'weak-signature'
  | 'bad-signature'
  /** Signed by somebody who is neither the issuer nor its delegate. */
  | 'wrong-signer'
  | 'delegate-without-purpose'
  | 'delegate-not-valid'
  | 'delegate-revoked'
  /** Neither its certificate nor a list says that it was not revoked. */
  | 'delegate-not-checked';

export type OcspResult =
  | { readonly ok: true; readonly answer: OcspAnswer; readonly delegate: Certificate | undefined }
  | { readonly ok: false; readonly reason: OcspFailure };

export type OcspQuestion = {
  readonly id: CertificateId;
  readonly issuer: Certificate;
  readonly nonce: Uint8Array | undefined;
  /** Whether an answer must carry the nonce; one that carries another is never taken. */
  readonly nonceRequired: boolean;
  readonly at: number;
  readonly toleranceMs: number;
};

const SUCCESSFUL = 0;
const MAX_CERTIFICATES = 4;
const STATES: readonly OcspAnswer['state'][] = ['good', 'revoked', 'unknown']; // tags of CertStatus, RFC 6960 §4.2.1
const verifyOffLoop = promisify(verify);

/**
 * Reads an OCSPResponse (RFC 6960 §4.2) and holds it against what was asked: signed by the issuer itself or by a delegate
 * that the issuer itself certified for it, about this certificate. Whether it is fresh, and whether the delegate was
 * revoked, is for the caller.
 */
export async function readOcspResponse(der: Uint8Array, question: OcspQuestion): Promise<OcspResult> {
  const parsed = parse(der);
  if (typeof parsed === 'string') return refused(parsed);
  const { tbsResponseData: data } = parsed.basic;
  const [single, second] = data.responses.filter(({ certID }) => isAbout(certID, question.id));
  if (single === undefined) return refused('other-certificate');
  if (second !== undefined) return refused('not-parseable');
  const extensions = [...(data.responseExtensions ?? []), ...(single.singleExtensions ?? [])];
  if (extensions.some(({ critical, extnID }) => critical && extnID !== OID.ocspNonce)) {
    return refused('critical-extension');
  }
  if (!isNonceRight(extensions, question)) return refused('wrong-nonce');
  const signer = signerOf(parsed, question);
  if (typeof signer === 'string') return refused(signer);
  const failure = await signatureFailure(parsed.basic, signer.certificate);
  if (failure !== undefined) return refused(failure);
  const state = STATES[single.certStatus.idBlock.tagNumber];
  if (state === undefined) return refused('not-parseable');
  const answer = {
    state,
    thisUpdate: single.thisUpdate.getTime(),
    nextUpdate: single.nextUpdate?.getTime(),
    producedAt: data.producedAt.getTime(),
  };
  return { ok: true, answer, delegate: signer.isDelegate ? signer.certificate : undefined };
}

function refused(reason: OcspFailure): OcspResult {
  return { ok: false, reason };
}

type Parsed = { readonly basic: pkijs.BasicOCSPResponse; readonly certificates: readonly Certificate[] };

function parse(der: Uint8Array): Parsed | OcspFailure {
  try {
    if (derElement(der, 0, der.length)?.end !== der.length) return 'not-parseable';
    const response = pkijs.OCSPResponse.fromBER(der);
    if (response.responseStatus.valueBlock.valueDec !== SUCCESSFUL) return 'no-answer';
    const bytes = response.responseBytes;
    if (bytes?.responseType !== OID.ocspBasic) return 'not-parseable';
    const inner = bytes.response.valueBlock.valueHexView;
    return { basic: pkijs.BasicOCSPResponse.fromBER(inner), certificates: certificatesOf(inner) };
  } catch {
    return 'not-parseable';
  }
}

/** BasicOCSPResponse ::= SEQUENCE { tbs, algorithm, signature, certs [0] SEQUENCE OF Certificate OPTIONAL } */
function certificatesOf(basic: Uint8Array): readonly Certificate[] {
  const whole = derElement(basic, 0, basic.length);
  const wrapped = whole && derChildren(basic, whole)?.[3];
  const list = wrapped && derChildren(basic, wrapped)?.[0];
  const elements = (list && derChildren(basic, list)) ?? [];
  return elements
    .slice(0, MAX_CERTIFICATES)
    .map(({ start, end }) => parseCertificate(basic.subarray(start, end)))
    .filter((certificate) => certificate !== undefined);
}

function isAbout(certId: pkijs.CertID, id: CertificateId): boolean {
  const hex = ({ valueBlock }: asn1js.OctetString) => Buffer.from(valueBlock.valueHexView).toString('hex');
  return (
    certId.hashAlgorithm.algorithmId === OID.sha1 &&
    hex(certId.issuerNameHash) === id.issuerNameHash &&
    hex(certId.issuerKeyHash) === id.issuerKeyHash &&
    serialHex(certId.serialNumber.valueBlock.valueHexView) === id.serial
  );
}

function isNonceRight(extensions: readonly pkijs.Extension[], { nonce, nonceRequired }: OcspQuestion): boolean {
  const found = extensions.find(({ extnID }) => extnID === OID.ocspNonce);
  if (found === undefined) return !nonceRequired;
  if (nonce === undefined) return false; // somebody else's question
  const value = Buffer.from(found.extnValue.valueBlock.valueHexView);
  const wrapped = asn1js.fromBER(value).result;
  const inner = wrapped instanceof asn1js.OctetString ? Buffer.from(wrapped.valueBlock.valueHexView) : value;
  return inner.equals(nonce);
}

type Signer = { readonly certificate: Certificate; readonly isDelegate: boolean };

/** The issuer, or a delegate it certified itself, RFC 6960 §4.2.2.2. */
function signerOf({ basic, certificates }: Parsed, question: OcspQuestion): Signer | OcspFailure {
  const { issuer } = question;
  const { responderID } = basic.tbsResponseData;
  if (isNamed(responderID, issuer)) return { certificate: issuer, isDelegate: false };
  const certificate = certificates.find((one) => isNamed(responderID, one));
  if (certificate === undefined) return 'wrong-signer';
  if (certificate.issuerDer !== issuer.subjectDer || !issuer.signed(certificate)) return 'wrong-signer';
  return delegateFailure(certificate, question) ?? { certificate, isDelegate: true };
}

function delegateFailure(delegate: Certificate, { at, toleranceMs }: OcspQuestion): OcspFailure | undefined {
  if (!delegate.extendedKeyUsage?.has(OID.ocspSigning)) return 'delegate-without-purpose';
  if (delegate.keyUsage !== undefined && !delegate.keyUsage.has('digitalSignature')) return 'delegate-without-purpose';
  if (delegate.signatureHash === 'weak') return 'weak-signature';
  if (delegate.unknownCritical.length > 0) return 'critical-extension';
  const isValid = at + toleranceMs >= delegate.notBefore && at - toleranceMs <= delegate.notAfter;
  return isValid ? undefined : 'delegate-not-valid';
}

/** ResponderID ::= CHOICE { byName [1] Name, byKey [2] KeyHash } */
function isNamed(responder: unknown, certificate: Certificate): boolean {
  if (responder instanceof asn1js.OctetString) {
    return Buffer.from(responder.valueBlock.valueHexView).equals(keyIdOf(certificate.key));
  }
  if (!(responder instanceof pkijs.RelativeDistinguishedNames)) return false;
  return Buffer.from(responder.toSchema().toBER()).toString('hex') === certificate.subjectDer;
}

async function signatureFailure(basic: pkijs.BasicOCSPResponse, signer: Certificate): Promise<OcspFailure | undefined> {
  const hash = hashOfSignature(basic.signatureAlgorithm.algorithmId);
  if (hash === 'weak') return 'weak-signature';
  const { tbsView } = basic.tbsResponseData;
  const signature = basic.signature.valueBlock.valueHexView;
  const isSigned = await verifyOffLoop(hash === 'none' ? undefined : hash, tbsView, signer.key, signature).catch(
    () => false,
  );
  return isSigned ? undefined : 'bad-signature';
}
