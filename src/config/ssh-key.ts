import type { SshKey } from '../domain/partner.ts';

type Refused = { readonly fault: string; readonly remedy: string };

const ALGORITHMS = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'ssh-rsa',
  'sk-ssh-ed25519@openssh.com',
  'sk-ecdsa-sha2-nistp256@openssh.com',
];
const MIN_RSA_BITS = 2048;
const MAX_KEY_CHARACTERS = 20_000;

/** One line as in an OpenSSH `.pub` file: algorithm, base64 blob, and a comment that is ignored. */
export function parseSshKey(text: string): SshKey | Refused {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const [algorithm = '', encoded = ''] = (lines[0] ?? '').trim().split(/\s+/);
  if (lines.length !== 1 || text.length > MAX_KEY_CHARACTERS) {
    return { fault: `it has ${lines.length} lines`, remedy: 'write exactly one line, as in a .pub file' };
  }
  if (!ALGORITHMS.includes(algorithm)) {
    return {
      fault: `"${algorithm.slice(0, 40)}" is not an algorithm to accept`,
      remedy: 'make one with: ssh-keygen -t ed25519',
    };
  }
  const blob = Buffer.from(encoded, 'base64');
  const parts = partsOf(blob);
  if (blob.toString('base64') !== encoded || parts === undefined || parts.length < 2) {
    return { fault: 'its base64 part is damaged', remedy: 'copy the whole line of the .pub file' };
  }
  if (parts[0]?.toString('latin1') !== algorithm) {
    return { fault: 'its two parts speak of different algorithms', remedy: 'copy the whole line of the .pub file' };
  }
  if (algorithm === 'ssh-rsa' && bitsOf(parts[2]) < MIN_RSA_BITS) {
    return {
      fault: `its RSA modulus has fewer than ${MIN_RSA_BITS} bits`,
      remedy: 'make one with: ssh-keygen -t ed25519',
    };
  }
  return { algorithm, blob: encoded };
}

/** The strings of a key blob, RFC 4253 §6.6: uint32 length | bytes, repeated; undefined where lengths do not add up. */
function partsOf(blob: Buffer): Buffer[] | undefined {
  const parts: Buffer[] = [];
  let offset = 0;
  while (offset < blob.length) {
    if (offset + 4 > blob.length) return undefined;
    const end = offset + 4 + blob.readUInt32BE(offset);
    if (end > blob.length) return undefined;
    parts.push(blob.subarray(offset + 4, end));
    offset = end;
  }
  return parts;
}

/** Bits of an mpint, RFC 4251 §5: big-endian, a zero byte first where the highest bit is set. */
function bitsOf(mpint: Buffer | undefined): number {
  const first = mpint?.findIndex((byte) => byte !== 0) ?? -1;
  if (mpint === undefined || first < 0) return 0;
  return (mpint.length - first) * 8 - Math.clz32(mpint[first] ?? 0) + 24;
}
