import type { KeyObject } from 'node:crypto';
import { createPrivateKey, createPublicKey, randomBytes } from 'node:crypto';

const ALGORITHM = 'ssh-ed25519';
const MAGIC = 'openssh-key-v1\0'; // PROTOCOL.key of OpenSSH
const BLOCK = 8; // the padding unit of the cipher "none"
const SEED_BYTES = 32;
const COLUMNS = 70; // as ssh-keygen writes

/** `ssh-ed25519 AAAA… comment`, without a line end. RFC 8709 §4. */
export function sshPublicLine(publicKey: KeyObject, comment: string): string {
  return `${ALGORITHM} ${sshPublicBlob(publicKey).toString('base64')} ${comment}`;
}

/** `ssh-rsa AAAA… comment`: string "ssh-rsa" | mpint exponent | mpint modulus. RFC 4253 §6.6. */
export function rsaPublicLine(publicKey: KeyObject, comment: string): string {
  const { e = '', n = '' } = publicKey.export({ format: 'jwk' });
  const blob = Buffer.concat([text('ssh-rsa'), mpint(e), mpint(n)]);
  return `ssh-rsa ${blob.toString('base64')} ${comment}`;
}

/** A positive number of JWK (RFC 7518 §2) as RFC 4251 §5 has it: a zero byte in front where the highest bit is set. */
function mpint(base64url: string): Buffer {
  const bytes = Buffer.from(base64url, 'base64url');
  return sshString((bytes[0] ?? 0) < 128 ? bytes : Buffer.concat([Buffer.of(0), bytes]));
}

/** string "ssh-ed25519" | string key (32 bytes). RFC 8709 §4. */
export function sshPublicBlob(publicKey: KeyObject): Buffer {
  return Buffer.concat([text(ALGORITHM), sshString(rawPublic(publicKey))]);
}

/**
 * An unencrypted OpenSSH private key file:
 * "openssh-key-v1" NUL | string cipher | string kdf | string kdf options | uint32 1 | string public | string private;
 * private = uint32 check twice | string algorithm | string public | string seed+public | string comment | 1, 2, 3… padding
 */
export function sshPrivateFile(privateKey: KeyObject, comment: string): string {
  const publicKey = createPublicKey(privateKey);
  const raw = rawPublic(publicKey);
  const seed = privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(-SEED_BYTES); // RFC 8410 §7
  const check = randomBytes(4);
  const secret = [check, check, text(ALGORITHM), sshString(raw), sshString(Buffer.concat([seed, raw])), text(comment)];
  const length = secret.reduce((sum, part) => sum + part.length, 0);
  const padding = Buffer.from(Array.from({ length: (BLOCK - (length % BLOCK)) % BLOCK }, (_, index) => index + 1));
  const whole = Buffer.concat([
    Buffer.from(MAGIC, 'latin1'),
    text('none'),
    text('none'),
    text(''),
    uint32(1),
    sshString(sshPublicBlob(publicKey)),
    sshString(Buffer.concat([...secret, padding])),
  ]);
  const lines = whole.toString('base64').match(new RegExp(`.{1,${COLUMNS}}`, 'g')) ?? [];
  return ['-----BEGIN OPENSSH PRIVATE KEY-----', ...lines, '-----END OPENSSH PRIVATE KEY-----', ''].join('\n');
}

/** The public key of a file that `sshPrivateFile` wrote; undefined where it is not one. */
export function publicOfPrivateFile(file: string): KeyObject | undefined {
  const whole = Buffer.from(file.replace(/-----[^-]+-----/g, ''), 'base64');
  if (!whole.toString('latin1').startsWith(MAGIC)) return undefined;
  const secret = whole.lastIndexOf(text(ALGORITHM));
  const seedAt = secret + text(ALGORITHM).length + 4 + SEED_BYTES + 4;
  const seed = whole.subarray(seedAt, seedAt + SEED_BYTES);
  if (secret < 0 || seed.length !== SEED_BYTES) return undefined;
  const prefix = Buffer.from('302e020100300506032b657004220420', 'hex'); // PrivateKeyInfo of Ed25519, RFC 8410 §7
  return createPublicKey(createPrivateKey({ key: Buffer.concat([prefix, seed]), format: 'der', type: 'pkcs8' }));
}

function rawPublic(publicKey: KeyObject): Buffer {
  return publicKey.export({ format: 'der', type: 'spki' }).subarray(-SEED_BYTES); // RFC 8410 §4
}

function text(value: string): Buffer {
  return sshString(Buffer.from(value, 'utf8'));
}

function sshString(bytes: Uint8Array): Buffer {
  return Buffer.concat([uint32(bytes.length), bytes]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
