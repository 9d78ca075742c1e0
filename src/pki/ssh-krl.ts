import { createHash } from 'node:crypto';
import { readSshKey } from '../domain/ssh-key.ts';
import { readWire, WireReader } from '../domain/ssh-wire.ts';
import { checkSshSignature } from './ssh-signature.ts';

type Range = { readonly first: bigint; readonly last: bigint };
type Bitmap = { readonly offset: bigint; readonly bits: Buffer };

/** What one section says of the certificates of one authority. */
type RevokedCertificates = {
  /** The key of the authority; empty where the section speaks of every authority. */
  readonly authority: Buffer;
  readonly serials: Set<bigint>;
  readonly ranges: Range[];
  readonly bitmaps: Bitmap[];
  /** In latin1, so that every byte counts. */
  readonly keyIds: Set<string>;
};

/** A list of revoked keys and certificates of OpenSSH. */
export type Krl = {
  readonly version: bigint;
  /** Seconds since the epoch. */
  readonly generated: bigint;
  readonly certificates: readonly RevokedCertificates[];
  /** Base64 of blobs, and of their digests. */
  readonly keys: ReadonlySet<string>;
  readonly sha1: ReadonlySet<string>;
  readonly sha256: ReadonlySet<string>;
  /** Keys that signed the list, each signature being right. */
  readonly signers: readonly Buffer[];
};

const MAGIC = 0x5353484b524c0a00n; // "SSHKRL\n\0"
const FORMAT = 1;
const SECTION = { certificates: 1, keys: 2, sha1: 3, signature: 4, sha256: 5, extension: 255 } as const;
const PART = { serials: 0x20, range: 0x21, bitmap: 0x22, keyIds: 0x23, extension: 0x39 } as const;
const SHA1_BYTES = 20;
const SHA256_BYTES = 32;
const MAX_SERIAL = 0xffff_ffff_ffff_ffffn;

/**
 * PROTOCOL.krl of OpenSSH: uint64 magic | uint32 format | uint64 version | uint64 generated | uint64 flags |
 * string reserved | string comment | sections: byte kind, string contents. Signatures stand last, and where there are
 * some each must be right. What is not understood makes the whole list unusable: it may be what revokes.
 * @returns undefined where it is unusable. Never throws.
 */
export function readKrl(bytes: Uint8Array): Krl | undefined {
  return readWire(bytes, (reader) => {
    if (reader.uint64() !== MAGIC || reader.uint32() !== FORMAT) return undefined;
    const [version, generated] = [reader.uint64(), reader.uint64()];
    reader.uint64();
    reader.string();
    reader.string();
    const certificates: RevokedCertificates[] = [];
    const signers: Buffer[] = [];
    const [keys, sha1, sha256] = [new Set<string>(), new Set<string>(), new Set<string>()];
    while (!reader.atEnd) {
      const kind = reader.byte();
      if (signers.length > 0 && kind !== SECTION.signature) return undefined;
      const contents = reader.string();
      let understood = true;
      if (kind === SECTION.certificates) understood = readCertificates(contents, certificates);
      else if (kind === SECTION.keys) understood = readStrings(contents, keys);
      else if (kind === SECTION.sha1) understood = readStrings(contents, sha1, SHA1_BYTES);
      else if (kind === SECTION.sha256) understood = readStrings(contents, sha256, SHA256_BYTES);
      else if (kind === SECTION.signature) {
        understood = isSigned(contents, bytes.subarray(0, reader.offset), reader.string());
        signers.push(contents);
      } else understood = kind === SECTION.extension && mayBeSkipped(contents);
      if (!understood) return undefined;
    }
    return { version, generated, certificates, keys, sha1, sha256, signers };
  });
}

/** Whether a list names a plain key, by itself or by a digest. @param blob never that of a certificate */
export function revokesKey(krl: Krl, blob: Uint8Array): boolean {
  const digest = (name: string) => createHash(name).update(blob).digest('base64');
  if (krl.keys.size > 0 && krl.keys.has(Buffer.from(blob).toString('base64'))) return true;
  if (krl.sha256.size > 0 && krl.sha256.has(digest('sha256'))) return true;
  return krl.sha1.size > 0 && krl.sha1.has(digest('sha1'));
}

/**
 * Whether a list names a certificate by its serial or its key id.
 * @param owner the authority whose list this is: a section that speaks of every authority means this one alone;
 * undefined for a list of the gateway itself, where such a section means all
 */
export function revokesCertificate(
  krl: Krl,
  { authority, serial, keyId }: { readonly authority: Buffer; readonly serial: bigint; readonly keyId: Buffer },
  owner?: Buffer,
): boolean {
  const speaksOf = (section: RevokedCertificates) =>
    section.authority.length > 0 ? section.authority.equals(authority) : (owner?.equals(authority) ?? true);
  return krl.certificates.filter(speaksOf).some((section) => {
    if (section.serials.has(serial) || section.keyIds.has(keyId.toString('latin1'))) return true;
    if (section.ranges.some(({ first, last }) => serial >= first && serial <= last)) return true;
    return section.bitmaps.some((bitmap) => hasBit(bitmap, serial));
  });
}

/** string authority | string reserved | parts: byte kind, string contents */
function readCertificates(contents: Buffer, all: RevokedCertificates[]): boolean {
  const reader = new WireReader(contents);
  const authority = reader.string();
  reader.string();
  const section: RevokedCertificates = { authority, serials: new Set(), ranges: [], bitmaps: [], keyIds: new Set() };
  while (!reader.atEnd) {
    if (!readPart(reader.byte(), reader.string(), section)) return false;
  }
  all.push(section);
  return true;
}

function readPart(kind: number, contents: Buffer, section: RevokedCertificates): boolean {
  const reader = new WireReader(contents);
  switch (kind) {
    case PART.serials:
      while (!reader.atEnd) section.serials.add(reader.uint64());
      return true;
    case PART.range: {
      const range = { first: reader.uint64(), last: reader.uint64() };
      reader.end();
      section.ranges.push(range);
      return range.first <= range.last;
    }
    case PART.bitmap: {
      const bitmap = { offset: reader.uint64(), bits: reader.positive() };
      reader.end();
      section.bitmaps.push(bitmap);
      return bitmap.offset + BigInt(bitLength(bitmap.bits) - 1) <= MAX_SERIAL;
    }
    case PART.keyIds:
      while (!reader.atEnd) section.keyIds.add(reader.string().toString('latin1'));
      return true;
    default:
      return kind === PART.extension && mayBeSkipped(contents);
  }
}

/** @param length what each must have; any where left out */
function readStrings(contents: Buffer, into: Set<string>, length?: number): boolean {
  const reader = new WireReader(contents);
  while (!reader.atEnd) {
    const one = reader.string();
    if (one.length !== (length ?? one.length) || one.length === 0) return false;
    into.add(one.toString('base64'));
  }
  return true;
}

/** string name | boolean critical | string contents */
function mayBeSkipped(contents: Buffer): boolean {
  const reader = new WireReader(contents);
  reader.name();
  const critical = reader.byte();
  reader.string();
  reader.end();
  return critical === 0;
}

function isSigned(signer: Buffer, signed: Uint8Array, signature: Buffer): boolean {
  const read = readSshKey(signer);
  return read.ok && checkSshSignature(read.key, signature, signed) === 'good';
}

/** Bit i, from the lowest, stands for serial offset + i. */
function hasBit({ offset, bits }: Bitmap, serial: bigint): boolean {
  if (serial < offset || serial - offset >= BigInt(bits.length * 8)) return false;
  const bit = Number(serial - offset);
  const byte = bits[bits.length - 1 - Math.floor(bit / 8)] ?? 0;
  return ((byte >> (bit % 8)) & 1) === 1;
}

function bitLength(bits: Buffer): number {
  return bits.length * 8 - Math.clz32(bits[0] ?? 0) + 24;
}
