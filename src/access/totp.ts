import { Secret, TOTP } from 'otpauth';

/** RFC 6238 as authenticator apps do it. */
const FORM = { algorithm: 'SHA1', digits: 6, period: 30 } as const;
/** Steps before and after the present one that are taken: clocks differ, and people type slowly (RFC 6238 §5.2). */
const WINDOW = 1;
const MIN_SECRET_BYTES = 16; // RFC 4226 §4, R6: 128 bits
const NEW_SECRET_BYTES = 20; // the same: 160 bits are recommended

/**
 * Which time step a code belongs to, compared in constant time.
 * @param base32 RFC 4648 §6
 * @param at milliseconds since the epoch
 * @returns undefined where it is none of the steps that are taken now
 * @throws Error where the secret is none
 */
export function totpCounter(base32: string, code: string, at: number): number | undefined {
  const totp = new TOTP({ ...FORM, secret: secretOf(base32) });
  if (!/^\d{6}$/.test(code)) return undefined;
  const delta = totp.validate({ token: code, timestamp: at, window: WINDOW });
  return delta === null ? undefined : Math.floor(at / (FORM.period * 1000)) + delta;
}

/** A new secret, and the address by which an authenticator app takes it. */
export function newTotpSecret(label: string): { readonly base32: string; readonly uri: string } {
  const secret = new Secret({ size: NEW_SECRET_BYTES });
  return { base32: secret.base32, uri: new TOTP({ ...FORM, issuer: 'Sluis', label, secret }).toString() };
}

function secretOf(base32: string): Secret {
  if (!/^[A-Za-z2-7 ]+=*$/.test(base32)) throw new Error('a secret of one-time codes is written in base32');
  const secret = Secret.fromBase32(base32);
  if (secret.bytes.length < MIN_SECRET_BYTES) throw new Error(`a secret has ${MIN_SECRET_BYTES} bytes or more`);
  return secret;
}
