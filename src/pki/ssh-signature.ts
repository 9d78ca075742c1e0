import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import type { SshKeyNumbers, SshKeyType, SshPublicKey } from '../domain/ssh-key.ts';
import { readWire } from '../domain/ssh-wire.ts';

/** The algorithms a key of each kind may sign with; SHA-1 is not among them. */
const ALGORITHMS: Readonly<Record<SshKeyType, readonly string[]>> = {
  'ssh-ed25519': ['ssh-ed25519'],
  'ecdsa-sha2-nistp256': ['ecdsa-sha2-nistp256'],
  'ecdsa-sha2-nistp384': ['ecdsa-sha2-nistp384'],
  'ecdsa-sha2-nistp521': ['ecdsa-sha2-nistp521'],
  'ssh-rsa': ['rsa-sha2-256', 'rsa-sha2-512'],
};
const DIGEST: Readonly<Record<string, string>> = {
  'ecdsa-sha2-nistp256': 'sha256',
  'ecdsa-sha2-nistp384': 'sha384',
  'ecdsa-sha2-nistp521': 'sha512',
  'rsa-sha2-256': 'sha256',
  'rsa-sha2-512': 'sha512',
};
const JWK_CURVE = { nistp256: 'P-256', nistp384: 'P-384', nistp521: 'P-521' } as const;

/** `outdated`: an RSA signature with SHA-1, whether or not it is right. */
export type SshSignatureResult = 'good' | 'wrong' | 'outdated';

/**
 * Whether a signature in its wire form (string algorithm | string bytes, RFC 4253 §6.6) is by this key. Never throws.
 * @param algorithm the only one to take, where the request named one
 */
export function checkSshSignature(
  key: SshPublicKey,
  signature: Uint8Array,
  signed: Uint8Array,
  algorithm?: string,
): SshSignatureResult {
  const parts = readWire(signature, (reader) => {
    const read = { name: reader.name(), bytes: reader.string() };
    reader.end();
    return read;
  });
  if (parts === undefined) return 'wrong';
  if (key.type === 'ssh-rsa' && parts.name === 'ssh-rsa') return 'outdated';
  if (!ALGORITHMS[key.type].includes(parts.name)) return 'wrong';
  if (algorithm !== undefined && parts.name !== algorithm) return 'wrong';
  return isSigned(key.numbers, parts.name, parts.bytes, signed) ? 'good' : 'wrong';
}

function isSigned(numbers: SshKeyNumbers, algorithm: string, signature: Buffer, signed: Uint8Array): boolean {
  try {
    const key = keyObjectOf(numbers);
    const digest = DIGEST[algorithm] ?? null;
    if (numbers.kind !== 'ecdsa') return verify(digest, signed, key, signature);
    const fixed = fixedEcdsa(signature, numbers.x.length);
    return fixed !== undefined && verify(digest, signed, { key, dsaEncoding: 'ieee-p1363' }, fixed);
  } catch {
    return false; // a point that is not on its curve, an exponent OpenSSL does not take: nobody signs with it
  }
}

/** mpint r | mpint s, RFC 5656 §3.1.2, as two numbers of one length. */
function fixedEcdsa(signature: Buffer, size: number): Buffer | undefined {
  return readWire(signature, (reader) => {
    const both = [reader.positive(), reader.positive()];
    reader.end();
    if (both.some((number) => number.length > size)) return undefined;
    return Buffer.concat(both.flatMap((number) => [Buffer.alloc(size - number.length), number]));
  });
}

function keyObjectOf(numbers: SshKeyNumbers): KeyObject {
  const text = (bytes: Buffer) => bytes.toString('base64url');
  switch (numbers.kind) {
    case 'ed25519':
      return createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x: text(numbers.point) } });
    case 'ecdsa': {
      const { x, y, curve } = numbers;
      return createPublicKey({ format: 'jwk', key: { kty: 'EC', crv: JWK_CURVE[curve], x: text(x), y: text(y) } });
    }
    case 'rsa': {
      const { modulus, exponent } = numbers;
      return createPublicKey({ format: 'jwk', key: { kty: 'RSA', n: text(modulus), e: text(exponent) } });
    }
  }
}
