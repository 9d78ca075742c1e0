import type { Algorithms } from 'ssh2';

/** Post-quantum, and offered before all others; ssh2 does not know it, so the fences put it into the offer. */
export const HYBRID_EXCHANGE = 'mlkem768x25519-sha256';

/** Modern algorithms only: no SHA-1, no CBC, no compression, no group exchange (which ssh2 can not serve). */
export const ALGORITHMS = {
  kex: [
    'curve25519-sha256',
    'curve25519-sha256@libssh.org',
    'ecdh-sha2-nistp256',
    'ecdh-sha2-nistp384',
    'ecdh-sha2-nistp521',
  ],
  serverHostKey: [
    'ssh-ed25519',
    'ecdsa-sha2-nistp256',
    'ecdsa-sha2-nistp384',
    'ecdsa-sha2-nistp521',
    'rsa-sha2-512',
    'rsa-sha2-256',
  ],
  cipher: [
    'aes128-gcm@openssh.com',
    'aes256-gcm@openssh.com',
    'chacha20-poly1305@openssh.com',
    'aes128-ctr',
    'aes192-ctr',
    'aes256-ctr',
  ],
  hmac: ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com'],
  // A killed client that asked for zlib ends the process (mscdex/ssh2#1178).
  compress: ['none'],
} as const;

/** The list above in the form of ssh2's types. */
export function mutableAlgorithms(): Algorithms {
  return {
    kex: [...ALGORITHMS.kex],
    serverHostKey: [...ALGORITHMS.serverHostKey],
    cipher: [...ALGORITHMS.cipher],
    hmac: [...ALGORITHMS.hmac],
    compress: [...ALGORITHMS.compress],
  };
}
