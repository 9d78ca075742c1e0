import { constants } from 'node:crypto';
import type { TlsOptions } from 'node:tls';

/** The key pair of the listener and the CAs it names to clients as acceptable; PEM. */
export type TlsMaterial = { readonly cert: string; readonly key: string; readonly ca: readonly string[] };

/** The grace time of the login limits is shorter, may change, and ends more than the handshake. */
const MAX_HANDSHAKE_MS = 600_000;

/** AEAD with forward secrecy only; the TLS 1.3 suites come first. */
const CIPHERS = [
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'TLS_AES_128_GCM_SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
];

/**
 * A hybrid post-quantum exchange first (draft-ietf-tls-ecdhe-mlkem), then what older clients know. "/" ends a class of
 * preference (SSL_CTX_set1_groups_list(3)): a client that knows the first is asked for it, whatever it guessed.
 */
const GROUPS = 'X25519MLKEM768/X25519:P-256:P-384:P-521'; // P-521: TLS 1.2 wants the curve of a certificate here

/**
 * TLS asks for a certificate and never decides about it. Sessions are not resumed: without tickets (SSL_OP_NO_TICKET)
 * and without a session store every connection proves its key anew, and sends its whole chain.
 */
export function tlsOptions(material: TlsMaterial): TlsOptions {
  return {
    cert: material.cert,
    key: material.key,
    ca: [...material.ca],
    requestCert: true,
    rejectUnauthorized: false,
    minVersion: 'TLSv1.2',
    maxVersion: 'TLSv1.3',
    ciphers: CIPHERS.join(':'),
    honorCipherOrder: true,
    ecdhCurve: GROUPS,
    secureOptions: constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION | constants.SSL_OP_NO_COMPRESSION,
    ALPNProtocols: ['http/1.1'],
    handshakeTimeout: MAX_HANDSHAKE_MS,
  };
}

/**
 * Whether a handshake failed as those of attackers and scanners do. Who hangs up, or sends an alert because he does not
 * trust our certificate, may be an honest program that is set up wrongly.
 */
export function isAttack({ code = '' }: NodeJS.ErrnoException): boolean {
  return code.startsWith('ERR_SSL_') && !code.includes('ALERT');
}
