import { createPublicKey, type KeyObject, sign } from 'node:crypto';
import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';
import type { Certificate } from '../../src/pki/certificate.ts';
import { keyIdOf } from '../../src/pki/issue.ts';
import { OID } from '../../src/pki/oids.ts';

/** What a responder is to say; everything that is left out is right. */
export type AnswerSpec = {
  readonly state: 'good' | 'revoked' | 'unknown';
  readonly thisUpdate: number;
  readonly nextUpdate: number | undefined;
  readonly producedAt: number;
  /** Who signs, and under which certificate's name. */
  readonly signer: { readonly key: KeyObject; readonly certificate: Certificate };
  readonly hash: 'sha1' | 'sha256';
  readonly byKey: boolean;
  /** Certificates sent along. */
  readonly certificates: readonly Certificate[];
  readonly nonce: 'echo' | 'none' | 'wrong';
  /** Another serial number than the one asked about. */
  readonly serial: string | undefined;
  /** Answers for the same certificate, one after the other. */
  readonly twice: boolean;
  readonly criticalExtension: boolean;
  /** Changed after it was signed. */
  readonly forged: boolean;
};

export type Asked = { readonly reqCert: pkijs.CertID; readonly serial: string; readonly nonce: Uint8Array | undefined };

/** What a responder says that is right in everything: good, for an hour, signed by the issuer. */
export function rightAnswer(signer: AnswerSpec['signer'], now: number): AnswerSpec {
  return {
    ...{ state: 'good', thisUpdate: now - 60_000, nextUpdate: now + 3_600_000, producedAt: now - 60_000, signer },
    ...{ hash: 'sha256', byKey: false, certificates: [], nonce: 'echo', serial: undefined, twice: false },
    ...{ criticalExtension: false, forged: false },
  };
}

const SUCCESSFUL = 0;
const context = (tagNumber: number) => ({ tagClass: 3, tagNumber });

export function readRequest(der: Uint8Array): Asked {
  const { tbsRequest } = pkijs.OCSPRequest.fromBER(der);
  const reqCert = tbsRequest.requestList[0]?.reqCert;
  if (reqCert === undefined) throw new Error('a request that asks nothing');
  const nonce = tbsRequest.requestExtensions?.find(({ extnID }) => extnID === OID.ocspNonce);
  const serial = Buffer.from(reqCert.serialNumber.valueBlock.valueHexView)
    .toString('hex')
    .replace(/^(?:00)+(?=.)/, '');
  return { reqCert, serial, nonce: nonce?.extnValue.valueBlock.valueHexView };
}

/** OCSPResponse of RFC 6960 §4.2.1, signed. */
export function makeAnswer({ reqCert, nonce }: Asked, spec: AnswerSpec): Uint8Array {
  const single = new asn1js.Sequence({
    value: [
      certId(reqCert, spec.serial),
      status(spec),
      time(spec.thisUpdate),
      ...(spec.nextUpdate === undefined
        ? []
        : [new asn1js.Constructed({ idBlock: context(0), value: [time(spec.nextUpdate)] })]),
    ],
  });
  const extensions = extensionsOf(spec, nonce);
  const data = new asn1js.Sequence({
    value: [
      responderId(spec),
      time(spec.producedAt),
      new asn1js.Sequence({ value: spec.twice ? [single, single] : [single] }),
      ...(extensions.length === 0
        ? []
        : [new asn1js.Constructed({ idBlock: context(1), value: [new asn1js.Sequence({ value: extensions })] })]),
    ],
  });
  return wrapped(data, spec);
}

/** A response without an answer: `tryLater` is 3, `unauthorized` 6. */
export function errorAnswer(code: number): Uint8Array {
  return new Uint8Array(new asn1js.Sequence({ value: [new asn1js.Enumerated({ value: code })] }).toBER());
}

function wrapped(data: asn1js.Sequence, spec: AnswerSpec): Uint8Array {
  const tbs = Buffer.from(data.toBER());
  const signature = sign(spec.signer.key.asymmetricKeyType === 'ed25519' ? undefined : spec.hash, tbs, spec.signer.key);
  if (spec.forged) signature.writeUInt8(signature.readUInt8(signature.length - 1) ^ 1, signature.length - 1);
  const basic = new asn1js.Sequence({
    value: [
      parsed(tbs),
      algorithm(spec),
      new asn1js.BitString({ valueHex: bufferOf(signature) }),
      ...(spec.certificates.length === 0 ? [] : [certificates(spec.certificates)]),
    ],
  });
  const bytes = new asn1js.Sequence({
    value: [new asn1js.ObjectIdentifier({ value: OID.ocspBasic }), new asn1js.OctetString({ valueHex: basic.toBER() })],
  });
  const response = new asn1js.Sequence({
    value: [
      new asn1js.Enumerated({ value: SUCCESSFUL }),
      new asn1js.Constructed({ idBlock: context(0), value: [bytes] }),
    ],
  });
  return new Uint8Array(response.toBER());
}

function certificates(list: readonly Certificate[]): asn1js.Constructed {
  const value = [new asn1js.Sequence({ value: list.map(({ der }) => parsed(der)) })];
  return new asn1js.Constructed({ idBlock: context(0), value });
}

function certId(reqCert: pkijs.CertID, serial: string | undefined): asn1js.BaseBlock {
  if (serial !== undefined) {
    reqCert.serialNumber = new asn1js.Integer({ valueHex: bufferOf(Buffer.from(serial, 'hex')) });
  }
  return parsed(new Uint8Array(reqCert.toSchema().toBER()));
}

function status({ state, thisUpdate }: AnswerSpec): asn1js.BaseBlock {
  if (state === 'revoked') return new asn1js.Constructed({ idBlock: context(1), value: [time(thisUpdate)] });
  return new asn1js.Primitive({ idBlock: context(state === 'good' ? 0 : 2), valueHex: new ArrayBuffer(0) });
}

function responderId({ signer, byKey }: AnswerSpec): asn1js.Constructed {
  if (!byKey) {
    const name = parsed(Buffer.from(signer.certificate.subjectDer, 'hex'));
    return new asn1js.Constructed({ idBlock: context(1), value: [name] });
  }
  const hash = keyIdOf(createPublicKey(signer.certificate.key.export({ type: 'spki', format: 'pem' })));
  return new asn1js.Constructed({
    idBlock: context(2),
    value: [new asn1js.OctetString({ valueHex: bufferOf(hash) })],
  });
}

function extensionsOf(spec: AnswerSpec, nonce: Uint8Array | undefined): asn1js.Sequence[] {
  const found: asn1js.Sequence[] = [];
  const add = (extnID: string, critical: boolean, value: Uint8Array) =>
    found.push(new pkijs.Extension({ extnID, critical, extnValue: bufferOf(value) }).toSchema());
  if (spec.nonce === 'echo' && nonce !== undefined) add(OID.ocspNonce, false, nonce);
  if (spec.nonce === 'wrong') {
    const other = new asn1js.OctetString({ valueHex: bufferOf(Buffer.alloc(16, 7)) }).toBER();
    add(OID.ocspNonce, false, new Uint8Array(other));
  }
  if (spec.criticalExtension) add('1.3.6.1.4.1.99999.2', true, new Uint8Array(new asn1js.Null().toBER()));
  return found;
}

function algorithm({ signer, hash }: AnswerSpec): asn1js.Sequence {
  const type = signer.key.asymmetricKeyType;
  const ec = hash === 'sha1' ? OID.ecdsaWithSha1 : OID.ecdsaWithSha256;
  const rsa = hash === 'sha1' ? OID.sha1WithRsa : OID.sha256WithRsa;
  const oid = type === 'ed25519' ? OID.ed25519 : type === 'ec' ? ec : rsa;
  return new asn1js.Sequence({ value: [new asn1js.ObjectIdentifier({ value: oid })] });
}

function time(at: number): asn1js.GeneralizedTime {
  return new asn1js.GeneralizedTime({ valueDate: new Date(Math.trunc(at / 1000) * 1000) });
}

function parsed(der: Uint8Array): asn1js.BaseBlock {
  return asn1js.fromBER(der).result;
}

function bufferOf(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}
