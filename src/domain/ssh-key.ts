import { readWire, type WireReader } from './ssh-wire.ts';

/** The kinds of key that are taken, by the name in their blob. */
export const SSH_KEY_TYPES = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'ssh-rsa',
] as const;
export type SshKeyType = (typeof SSH_KEY_TYPES)[number];

/** The numbers of a public key, big-endian. */
export type SshKeyNumbers =
  | { readonly kind: 'ed25519'; readonly point: Buffer }
  | {
      readonly kind: 'ecdsa';
      readonly curve: 'nistp256' | 'nistp384' | 'nistp521';
      readonly x: Buffer;
      readonly y: Buffer;
    }
  | { readonly kind: 'rsa'; readonly exponent: Buffer; readonly modulus: Buffer };

export type SshPublicKey = { readonly type: SshKeyType; readonly blob: Buffer; readonly numbers: SshKeyNumbers };

/**
 * Why a key is not taken. `kind`: DSA, keys of security keys (whose signature says more than this gateway reads) and
 * whatever else there is. `weak`: RSA below 3072 bits, or with an exponent below 65537.
 */
export type SshKeyFault = 'damaged' | 'kind' | 'weak';

export type SshKeyResult =
  | { readonly ok: true; readonly key: SshPublicKey }
  | { readonly ok: false; readonly fault: SshKeyFault; readonly type: string };

export const MIN_RSA_BITS = 3072;
const MAX_RSA_BITS = 16_384; // as OpenSSH, sshkey.h
const MIN_EXPONENT = 65_537;
const MAX_EXPONENT_BYTES = 8;
const MAX_BLOB_BYTES = 16_384;
const ED25519_BYTES = 32;
const COORDINATE_BYTES = { nistp256: 32, nistp384: 48, nistp521: 66 } as const;
const UNCOMPRESSED = 4; // SEC 1 §2.3.3

/** A public key in its wire form: string type | numbers, RFC 4253 §6.6, RFC 5656 §3.1, RFC 8709 §4. Never throws. */
export function readSshKey(blob: Uint8Array): SshKeyResult {
  if (blob.length > MAX_BLOB_BYTES) return { ok: false, fault: 'damaged', type: '' };
  const name = readWire(blob, (reader) => reader.name());
  if (name === undefined) return { ok: false, fault: 'damaged', type: '' };
  const type = SSH_KEY_TYPES.find((one) => one === name);
  if (type === undefined) return { ok: false, fault: 'kind', type: name };
  const numbers = readWire(blob, (reader) => {
    reader.name();
    const read = readNumbers(type, reader);
    reader.end();
    return read;
  });
  if (numbers === undefined) return { ok: false, fault: 'damaged', type };
  if (isWeak(numbers)) return { ok: false, fault: 'weak', type };
  return { ok: true, key: { type, blob: Buffer.from(blob), numbers } };
}

/** The numbers of a key, which follow its type. A certificate has them in the same form. @throws GatewayError `bad-request` */
export function readNumbers(type: SshKeyType, reader: WireReader): SshKeyNumbers | undefined {
  if (type === 'ssh-rsa') {
    const exponent = reader.positive();
    return { kind: 'rsa', exponent, modulus: reader.positive() };
  }
  if (type === 'ssh-ed25519') {
    const point = reader.string();
    return point.length === ED25519_BYTES ? { kind: 'ed25519', point } : undefined;
  }
  const curve = curveOf(type);
  const named = reader.name();
  const point = reader.string();
  const size = COORDINATE_BYTES[curve];
  if (named !== curve || point.length !== 1 + 2 * size || point[0] !== UNCOMPRESSED) return undefined;
  return { kind: 'ecdsa', curve, x: point.subarray(1, 1 + size), y: point.subarray(1 + size) };
}

function curveOf(type: Exclude<SshKeyType, 'ssh-rsa' | 'ssh-ed25519'>): keyof typeof COORDINATE_BYTES {
  if (type === 'ecdsa-sha2-nistp256') return 'nistp256';
  return type === 'ecdsa-sha2-nistp384' ? 'nistp384' : 'nistp521';
}

function isWeak(numbers: SshKeyNumbers): boolean {
  if (numbers.kind !== 'rsa') return false;
  const { exponent, modulus } = numbers;
  const bits = modulus.length * 8 - Math.clz32(modulus[0] ?? 0) + 24;
  if (bits < MIN_RSA_BITS || bits > MAX_RSA_BITS) return true;
  if (exponent.length > MAX_EXPONENT_BYTES) return true;
  return BigInt(`0x${exponent.toString('hex')}`) < MIN_EXPONENT || (exponent.at(-1) ?? 0) % 2 === 0;
}
