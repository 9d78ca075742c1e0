import { createHash } from 'node:crypto';
import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';
import type { Certificate } from './certificate.ts';
import { keyIdOf } from './issue.ts';
import { OID } from './oids.ts';

/** Which certificate is asked about, RFC 6960 §4.1.1: hex, as they stand in request and answer. */
export type CertificateId = {
  readonly issuerNameHash: string;
  readonly issuerKeyHash: string;
  /** As in `Certificate.serial`. */
  readonly serial: string;
};

/** By SHA-1, which every responder knows (RFC 5019 §2.1.1): an identifier, not a protection. */
export function certificateIdOf(certificate: Certificate, issuer: Certificate): CertificateId {
  return {
    issuerNameHash: createHash('sha1').update(Buffer.from(issuer.subjectDer, 'hex')).digest('hex'),
    issuerKeyHash: Buffer.from(keyIdOf(issuer.key)).toString('hex'),
    serial: certificate.serial,
  };
}

/** OCSPRequest for one certificate, DER. @param nonce ties the answer to this request, RFC 9654 */
export function ocspRequest(id: CertificateId, nonce: Uint8Array | undefined): Uint8Array {
  const octets = (hex: string) => new asn1js.OctetString({ valueHex: bufferOf(Buffer.from(hex, 'hex')) });
  const reqCert = new pkijs.CertID({
    hashAlgorithm: new pkijs.AlgorithmIdentifier({ algorithmId: OID.sha1, algorithmParams: new asn1js.Null() }),
    issuerNameHash: octets(id.issuerNameHash),
    issuerKeyHash: octets(id.issuerKeyHash),
    serialNumber: new asn1js.Integer({ valueHex: bufferOf(positive(Buffer.from(id.serial, 'hex'))) }),
  });
  const request = new pkijs.OCSPRequest();
  request.tbsRequest.requestList = [new pkijs.Request({ reqCert })];
  if (nonce !== undefined) {
    const extnValue = new asn1js.OctetString({ valueHex: bufferOf(nonce) }).toBER();
    request.tbsRequest.requestExtensions = [new pkijs.Extension({ extnID: OID.ocspNonce, critical: false, extnValue })];
  }
  return new Uint8Array(request.toSchema(true).toBER());
}

function positive(bytes: Uint8Array): Uint8Array {
  return (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes;
}

function bufferOf(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}
