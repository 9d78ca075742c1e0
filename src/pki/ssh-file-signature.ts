import { createHash } from 'node:crypto';
import { readSshKey } from '../domain/ssh-key.ts';
import { readWire } from '../domain/ssh-wire.ts';
import { checkSshSignature } from './ssh-signature.ts';

// A signature over a file, as `ssh-keygen -Y sign` makes it, PROTOCOL.sshsig of OpenSSH:
// "SSHSIG" | uint32 1 | string public key | string namespace | string reserved | string hash | string signature
// What is signed: "SSHSIG" | string namespace | string reserved | string hash | string hash of the file

const MAGIC = 'SSHSIG';
const VERSION = 1;
const HASHES: readonly string[] = ['sha256', 'sha512'];
const COLUMNS = 70;
const MAX_CHARACTERS = 20_000;

/** The key that signed, in its wire form. */
export type FileSigner = { readonly blob: Buffer };

/**
 * Whose signature this is over a message, in a namespace. Whether that key is anybody's is the caller's to find out.
 * @param armored the whole file that `ssh-keygen -Y sign` wrote
 * @returns undefined where it is no good signature
 */
export function verifyFileSignature(armored: string, message: Uint8Array, namespace: string): FileSigner | undefined {
  const parts = partsOf(armored);
  if (parts === undefined || parts.namespace !== namespace || !HASHES.includes(parts.hash)) return undefined;
  const key = readSshKey(parts.blob);
  if (!key.ok) return undefined;
  const signed = bytesToSign(message, namespace, parts.hash);
  return checkSshSignature(key.key, parts.signature, signed) === 'good' ? { blob: parts.blob } : undefined;
}

/** What a key signs, so that it is a signature over the message in this namespace. */
export function bytesToSign(message: Uint8Array, namespace: string, hash = 'sha512'): Buffer {
  const digest = createHash(hash).update(message).digest();
  return Buffer.concat([Buffer.from(MAGIC), ...[namespace, '', hash].map(textOf), stringOf(digest)]);
}

/** @param signature string algorithm | string bytes, as agents give it */
export function armorFileSignature(
  blob: Uint8Array,
  signature: Uint8Array,
  namespace: string,
  hash = 'sha512',
): string {
  const version = Buffer.alloc(4);
  version.writeUInt32BE(VERSION);
  const names = [namespace, '', hash].map(textOf);
  const whole = Buffer.concat([Buffer.from(MAGIC), version, stringOf(blob), ...names, stringOf(signature)]);
  const lines = whole.toString('base64').match(new RegExp(`.{1,${COLUMNS}}`, 'g')) ?? [];
  return ['-----BEGIN SSH SIGNATURE-----', ...lines, '-----END SSH SIGNATURE-----', ''].join('\n');
}

type Parts = {
  readonly blob: Buffer;
  readonly namespace: string;
  readonly hash: string;
  readonly signature: Buffer;
};

function partsOf(armored: string): Parts | undefined {
  if (armored.length > MAX_CHARACTERS) return undefined;
  const [, base64] =
    /^-----BEGIN SSH SIGNATURE-----\s+([A-Za-z0-9+/=\s]+)-----END SSH SIGNATURE-----\s*$/.exec(armored) ?? [];
  const whole = Buffer.from((base64 ?? '').replace(/\s+/g, ''), 'base64');
  if (whole.toString('latin1', 0, MAGIC.length) !== MAGIC) return undefined;
  return readWire(whole.subarray(MAGIC.length), (reader) => {
    const version = reader.uint32();
    const blob = reader.string();
    const namespace = reader.string().toString('utf8');
    reader.string();
    const hash = reader.string().toString('latin1');
    const signature = reader.string();
    reader.end();
    return version === VERSION ? { blob, namespace, hash, signature } : undefined;
  });
}

function stringOf(bytes: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function textOf(text: string): Buffer {
  return stringOf(Buffer.from(text, 'utf8'));
}
