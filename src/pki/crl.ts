import { verify } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';
import type { Certificate } from './certificate.ts';
import { type DerElement, derChildren, derElement, serialHex, TAG } from './der.ts';
import { hashOfSignature, OID } from './oids.ts';

/** A revocation list whose signature was verified. Times are milliseconds since the epoch. */
export type RevocationList = {
  readonly issuerKeyId: string;
  readonly thisUpdate: number;
  readonly nextUpdate: number;
  readonly number: bigint;
  /** Of a delta list: the number of the oldest full list it adds to. */
  readonly base: bigint | undefined;
} & Entries;

/** Serial numbers as in `Certificate.serial`. */
type Entries = {
  readonly revoked: ReadonlySet<string>;
  /** Of a delta list: no longer revoked, `removeFromCRL`. */
  readonly removed: ReadonlySet<string>;
};

export type CrlFailure = 'not-parseable' | 'unknown-issuer' | 'bad-signature' | 'weak-signature' | 'critical-extension';

export type CrlResult =
  | { readonly ok: true; readonly list: RevocationList }
  | { readonly ok: false; readonly reason: CrlFailure };

/** The parts of a CertificateList, RFC 5280 §5.1, before its entries are read. */
type Frame = {
  readonly tbs: Uint8Array;
  readonly algorithm: string;
  readonly signature: Uint8Array;
  readonly issuerDer: string;
  readonly thisUpdate: number;
  readonly nextUpdate: number;
  readonly entries: DerElement | undefined;
  readonly extensions: readonly pkijs.Extension[];
  readonly number: bigint;
  readonly base: bigint | undefined;
};

const ENTRIES_PER_TURN = 5_000; // about 2 ms of the event loop
const EXPLICIT_0 = 0xa0;
const REASON_CODE = '551d15'; // OID 2.5.29.21
const REMOVE_FROM_CRL = '0a0108'; // ENUMERATED 8, RFC 5280 §5.3.1
const verifyOffLoop = promisify(verify);

/**
 * Reads a full or delta CRL (RFC 5280 §5) and verifies it with the key of one of the issuers. Indirect and partitioned
 * lists say so in critical extensions and are refused. Gives way to other work between entries.
 */
export async function readCrl(der: Uint8Array, issuers: readonly Certificate[]): Promise<CrlResult> {
  const frame = frameOf(der);
  if (frame === undefined) return { ok: false, reason: 'not-parseable' };
  if (frame.extensions.some((e) => e.critical && e.extnID !== OID.deltaCrlIndicator))
    return { ok: false, reason: 'critical-extension' };
  const keyId = authorityKeyIdOf(frame.extensions);
  const issuer = issuers.find((c) => c.keyId !== undefined && c.keyId === keyId && c.subjectDer === frame.issuerDer);
  if (issuer?.keyId === undefined) return { ok: false, reason: 'unknown-issuer' };
  if (issuer.keyUsage !== undefined && !issuer.keyUsage.has('cRLSign')) return { ok: false, reason: 'unknown-issuer' };
  const hash = hashOfSignature(frame.algorithm);
  if (hash === 'weak') return { ok: false, reason: 'weak-signature' };
  const algorithm = hash === 'none' ? undefined : hash;
  if (!(await verifyOffLoop(algorithm, frame.tbs, issuer.key, frame.signature))) {
    return { ok: false, reason: 'bad-signature' };
  }
  const entries = await readEntries(der, frame.entries, frame.base !== undefined);
  if (typeof entries === 'string') return { ok: false, reason: entries };
  const { thisUpdate, nextUpdate, number, base } = frame;
  return { ok: true, list: { issuerKeyId: issuer.keyId, thisUpdate, nextUpdate, number, base, ...entries } };
}

/** CertificateList ::= SEQUENCE { tbsCertList, signatureAlgorithm, signature BIT STRING } */
function frameOf(der: Uint8Array): Frame | undefined {
  try {
    const whole = derElement(der, 0, der.length);
    if (whole === undefined || whole.end !== der.length) return undefined;
    const [tbs, outer, signature] = derChildren(der, whole) ?? [];
    if (tbs === undefined || outer === undefined || signature === undefined) return undefined;
    const algorithm = algorithmOf(der.subarray(outer.start, outer.end));
    const rest = (derChildren(der, tbs) ?? []).filter((child, index) => index > 0 || child.tag !== TAG.integer);
    const [inner, issuer, thisUpdate, nextUpdate, ...tail] = rest;
    if (inner === undefined || issuer === undefined || thisUpdate === undefined || nextUpdate === undefined)
      return undefined;
    if (algorithmOf(der.subarray(inner.start, inner.end)) !== algorithm) return undefined;
    const framed = tail.find((child) => child.tag === EXPLICIT_0);
    const extensions = framed === undefined ? [] : extensionsOf(der.subarray(framed.contents, framed.end));
    return {
      tbs: der.subarray(tbs.start, tbs.end),
      algorithm,
      signature: der.subarray(signature.contents + 1, signature.end), // the first byte counts unused bits: none
      issuerDer: Buffer.from(der.subarray(issuer.start, issuer.end)).toString('hex'),
      thisUpdate: timeOf(der, thisUpdate),
      nextUpdate: timeOf(der, nextUpdate),
      entries: tail.find((child) => child.tag === TAG.sequence),
      extensions,
      number: integerOf(extensions, OID.crlNumber) ?? 0n,
      base: integerOf(extensions, OID.deltaCrlIndicator),
    };
  } catch {
    return undefined;
  }
}

/** revokedCertificates ::= SEQUENCE OF SEQUENCE { userCertificate INTEGER, revocationDate Time, crlEntryExtensions? } */
async function readEntries(
  der: Uint8Array,
  list: DerElement | undefined,
  isDelta: boolean,
): Promise<Entries | CrlFailure> {
  const [revoked, removed] = [new Set<string>(), new Set<string>()];
  if (list === undefined) return { revoked, removed };
  let count = 0;
  for (let offset = list.contents; offset < list.end; ) {
    const entry = derElement(der, offset, list.end);
    const [serial, , extensions] = (entry && derChildren(der, entry)) ?? [];
    if (entry === undefined || serial?.tag !== TAG.integer) return 'not-parseable';
    if (extensions !== undefined && holdsCritical(der, extensions)) return 'critical-extension';
    const isRemoved = isDelta && extensions !== undefined && isRemoval(der, extensions);
    (isRemoved ? removed : revoked).add(serialHex(der.subarray(serial.contents, serial.end)));
    offset = entry.end;
    if (++count % ENTRIES_PER_TURN === 0) await setImmediate();
  }
  return { revoked, removed };
}

/** Whether a delta list takes this certificate off the full one: a hold that ended. */
function isRemoval(der: Uint8Array, extensions: DerElement): boolean {
  return (derChildren(der, extensions) ?? []).some((extension) => {
    const [oid, value] = derChildren(der, extension) ?? [];
    if (oid === undefined || value === undefined) return false;
    const hex = ({ contents, end }: DerElement) => Buffer.from(der.subarray(contents, end)).toString('hex');
    return hex(oid) === REASON_CODE && hex(value) === REMOVE_FROM_CRL;
  });
}

/** Extension ::= SEQUENCE { extnID, critical BOOLEAN DEFAULT FALSE, extnValue }: a BOOLEAN that stands there is true. */
function holdsCritical(der: Uint8Array, extensions: DerElement): boolean {
  for (const extension of derChildren(der, extensions) ?? []) {
    if (derChildren(der, extension)?.[1]?.tag === TAG.boolean) return true;
  }
  return false;
}

function algorithmOf(der: Uint8Array): string {
  return pkijs.AlgorithmIdentifier.fromBER(der).algorithmId;
}

function extensionsOf(der: Uint8Array): readonly pkijs.Extension[] {
  return pkijs.Extensions.fromBER(der).extensions;
}

function timeOf(der: Uint8Array, element: DerElement): number {
  if (element.tag !== TAG.utcTime && element.tag !== TAG.generalizedTime) throw new Error('not a time');
  const { result } = asn1js.fromBER(der.subarray(element.start, element.end));
  if (!(result instanceof asn1js.UTCTime)) throw new Error('not a time'); // GeneralizedTime is one, too
  return result.toDate().getTime();
}

function authorityKeyIdOf(extensions: readonly pkijs.Extension[]): string | undefined {
  const value = extensions.find((extension) => extension.extnID === OID.authorityKeyId)?.parsedValue;
  if (!(value instanceof pkijs.AuthorityKeyIdentifier) || value.keyIdentifier === undefined) return undefined;
  return Buffer.from(value.keyIdentifier.valueBlock.valueHexView).toString('hex');
}

function integerOf(extensions: readonly pkijs.Extension[], oid: string): bigint | undefined {
  const extension = extensions.find(({ extnID }) => extnID === oid);
  if (extension === undefined) return undefined;
  const { result } = asn1js.fromBER(extension.extnValue.valueBlock.valueHexView);
  if (!(result instanceof asn1js.Integer)) throw new Error('not a number');
  return BigInt(`0x${serialHex(result.valueBlock.valueHexView)}`);
}
