import type { SshKey } from '../domain/partner.ts';
import { MIN_RSA_BITS, readSshKey, type SshKeyFault } from '../domain/ssh-key.ts';

type Refused = { readonly fault: string; readonly remedy: string };

const MAX_KEY_CHARACTERS = 20_000;
const NEW_KEY = 'make one with: ssh-keygen -t ed25519';
const WHOLE_LINE = 'copy the whole line of the .pub file';

/** One line as in an OpenSSH `.pub` file: algorithm, base64 blob, and a comment that is ignored. */
export function parseSshKey(text: string): SshKey | Refused {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const [algorithm = '', encoded = ''] = (lines[0] ?? '').trim().split(/\s+/);
  if (lines.length !== 1 || text.length > MAX_KEY_CHARACTERS) {
    return { fault: `it has ${lines.length} lines`, remedy: 'write exactly one line, as in a .pub file' };
  }
  const blob = Buffer.from(encoded, 'base64');
  const read = readSshKey(blob);
  if (read.ok && blob.toString('base64') === encoded) {
    if (read.key.type === algorithm) return { algorithm, blob: encoded };
    return { fault: 'its two parts speak of different algorithms', remedy: WHOLE_LINE };
  }
  return refused(algorithm, read.ok ? 'damaged' : read.fault);
}

function refused(algorithm: string, fault: SshKeyFault): Refused {
  const shown = algorithm.slice(0, 60);
  if (shown.includes('-cert-v01@')) {
    const remedy = 'name the key of its authority under "ssh: certificateAuthorities" in gateway.yaml';
    return { fault: 'it is a certificate', remedy };
  }
  if (shown.startsWith('sk-')) {
    return { fault: `"${shown}" is the key of a security key, which cannot be verified here`, remedy: NEW_KEY };
  }
  if (fault === 'weak') {
    return { fault: `its RSA key is weaker than ${MIN_RSA_BITS} bits with exponent 65537`, remedy: NEW_KEY };
  }
  if (fault === 'kind') return { fault: `"${shown}" is not an algorithm to accept`, remedy: NEW_KEY };
  return { fault: 'its base64 part is damaged', remedy: WHOLE_LINE };
}
