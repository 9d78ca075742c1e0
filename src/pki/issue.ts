import { createHash, type KeyObject, sign } from 'node:crypto';
import { promisify } from 'node:util';
import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';
import { OID } from './oids.ts';

/** One attribute of a name. Country and serial number are PrintableString, mail IA5String, the rest UTF8String (RFC 5280 A.1). */
export type NameAttribute = readonly [oid: string, value: string];

export type ExtensionValue = { readonly oid: string; readonly critical: boolean; readonly der: ArrayBuffer };

export type IssueHash = 'sha1' | 'sha256' | 'sha384' | 'sha512';

/** Who signs: a CA's name, its private key, and the digest (Ed25519 needs none and ignores it). */
export type IssuingKey = { readonly name: readonly NameAttribute[]; readonly key: KeyObject; readonly hash: IssueHash };

export type CertificateRequest = {
  readonly issuer: IssuingKey;
  readonly subject: readonly NameAttribute[];
  readonly publicKey: KeyObject;
  /** Up to 20 bytes; made positive here. */
  readonly serial: Uint8Array;
  /** Milliseconds since the epoch. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly extensions: readonly ExtensionValue[];
};

const signOffLoop = promisify(sign);
const FIRST_GENERALIZED_YEAR = 2050; // RFC 5280 §4.1.2.5
const EXPLICIT = (tagNumber: number) => ({ tagClass: 3, tagNumber });

const RSA_ALGORITHMS = {
  sha1: OID.sha1WithRsa,
  sha256: OID.sha256WithRsa,
  sha384: OID.sha384WithRsa,
  sha512: OID.sha512WithRsa,
} as const satisfies Record<IssueHash, string>;

const ECDSA_ALGORITHMS = {
  sha1: OID.ecdsaWithSha1,
  sha256: OID.ecdsaWithSha256,
  sha384: OID.ecdsaWithSha384,
  sha512: OID.ecdsaWithSha512,
} as const satisfies Record<IssueHash, string>;

/** Makes a version 3 certificate, DER. The signature is computed off the event loop. */
export async function issueCertificate(request: CertificateRequest): Promise<Uint8Array> {
  const { issuer, extensions } = request;
  const encoded = extensions.map(({ oid, critical, der }) =>
    new pkijs.Extension({ extnID: oid, critical, extnValue: der }).toSchema(),
  );
  const tbs = new asn1js.Sequence({
    value: [
      new asn1js.Constructed({ idBlock: EXPLICIT(0), value: [new asn1js.Integer({ value: 2 })] }),
      serialNumber(request.serial),
      signatureAlgorithm(issuer.key, issuer.hash),
      encodeName(issuer.name),
      new asn1js.Sequence({ value: [time(request.notBefore), time(request.notAfter)] }),
      encodeName(request.subject),
      parsed(request.publicKey.export({ type: 'spki', format: 'der' })),
      ...(encoded.length === 0
        ? []
        : [new asn1js.Constructed({ idBlock: EXPLICIT(3), value: [new asn1js.Sequence({ value: encoded })] })]),
    ],
  });
  return signed(tbs, issuer);
}

export type CrlRequest = {
  readonly issuer: IssuingKey;
  readonly thisUpdate: number;
  readonly nextUpdate: number;
  readonly revoked: readonly { readonly serial: Uint8Array; readonly at: number }[];
  /** Authority key identifier and CRL number, RFC 5280 §5.2. */
  readonly extensions: readonly ExtensionValue[];
};

/** Makes a version 2 revocation list, DER. */
export async function issueCrl(request: CrlRequest): Promise<Uint8Array> {
  const { issuer } = request;
  const entries = request.revoked.map(
    ({ serial, at }) => new asn1js.Sequence({ value: [serialNumber(serial), time(at)] }),
  );
  const extensions = request.extensions.map(({ oid, critical, der }) =>
    new pkijs.Extension({ extnID: oid, critical, extnValue: der }).toSchema(),
  );
  const tbs = new asn1js.Sequence({
    value: [
      new asn1js.Integer({ value: 1 }),
      signatureAlgorithm(issuer.key, issuer.hash),
      encodeName(issuer.name),
      time(request.thisUpdate),
      time(request.nextUpdate),
      // An empty list of revoked certificates must be absent, RFC 5280 §5.1.2.6
      ...(entries.length === 0 ? [] : [new asn1js.Sequence({ value: entries })]),
      new asn1js.Constructed({ idBlock: EXPLICIT(0), value: [new asn1js.Sequence({ value: extensions })] }),
    ],
  });
  return signed(tbs, issuer);
}

/** Identifier of a public key: SHA-1 of its bits, RFC 5280 §4.2.1.2 (1). An identifier, not a protection. */
export function keyIdOf(publicKey: KeyObject): Uint8Array {
  const spki = pkijs.PublicKeyInfo.fromBER(publicKey.export({ type: 'spki', format: 'der' }));
  return createHash('sha1').update(spki.subjectPublicKey.valueBlock.valueHexView).digest();
}

/** PEM with lines of 64 columns, RFC 7468. */
export function toPem(label: string, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}

async function signed(tbs: asn1js.Sequence, issuer: IssuingKey): Promise<Uint8Array> {
  const bytes = Buffer.from(tbs.toBER());
  const hash = issuer.key.asymmetricKeyType === 'ed25519' ? undefined : issuer.hash;
  const signature = await signOffLoop(hash, bytes, issuer.key);
  const whole = new asn1js.Sequence({
    value: [
      tbs,
      signatureAlgorithm(issuer.key, issuer.hash),
      new asn1js.BitString({ valueHex: toArrayBuffer(signature) }),
    ],
  });
  return new Uint8Array(whole.toBER());
}

function signatureAlgorithm(key: KeyObject, hash: IssueHash): asn1js.Sequence {
  if (key.asymmetricKeyType === 'ed25519') return algorithm(OID.ed25519);
  if (key.asymmetricKeyType === 'ec') return algorithm(ECDSA_ALGORITHMS[hash]);
  return algorithm(RSA_ALGORITHMS[hash], new asn1js.Null());
}

function algorithm(oid: string, ...parameters: readonly asn1js.Null[]): asn1js.Sequence {
  return new asn1js.Sequence({ value: [new asn1js.ObjectIdentifier({ value: oid }), ...parameters] });
}

function encodeName(name: readonly NameAttribute[]): asn1js.Sequence {
  const parts = name.map(([oid, value]) => {
    const attribute = new asn1js.Sequence({
      value: [new asn1js.ObjectIdentifier({ value: oid }), nameValue(oid, value)],
    });
    return new asn1js.Set({ value: [attribute] });
  });
  return new asn1js.Sequence({ value: parts });
}

function nameValue(oid: string, value: string): asn1js.BaseBlock {
  if (oid === OID.country || oid === OID.serialNumber) return new asn1js.PrintableString({ value });
  if (oid === OID.email) return new asn1js.IA5String({ value });
  return new asn1js.Utf8String({ value });
}

function serialNumber(serial: Uint8Array): asn1js.Integer {
  const bytes = Uint8Array.from(serial);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40; // positive, and never shortened
  return new asn1js.Integer({ valueHex: toArrayBuffer(bytes) });
}

function time(at: number): asn1js.BaseBlock {
  const valueDate = new Date(Math.trunc(at / 1000) * 1000);
  if (valueDate.getUTCFullYear() < FIRST_GENERALIZED_YEAR) return new asn1js.UTCTime({ valueDate });
  return new asn1js.GeneralizedTime({ valueDate });
}

function parsed(der: Uint8Array): asn1js.BaseBlock {
  const { result, offset } = asn1js.fromBER(der);
  if (offset === -1) throw new TypeError(`not DER: ${result.error}`);
  return result;
}

function toArrayBuffer(bytes: Uint8Array): ArrayBuffer {
  const copy = new ArrayBuffer(bytes.length);
  new Uint8Array(copy).set(bytes);
  return copy;
}
