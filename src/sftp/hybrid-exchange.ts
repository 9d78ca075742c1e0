import {
  createHash,
  createPublicKey,
  diffieHellman,
  encapsulate,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';
import { HYBRID_EXCHANGE } from './algorithms.ts';
import { FieldReader } from './codec.ts';
import type { KeyExchange, OnPayload, Protocol } from './ssh2-inside.ts';

/*
 * mlkem768x25519-sha256 for the server's side of ssh2, which has no post-quantum key exchange (mscdex/ssh2#1471):
 * draft-ietf-sshm-mlkem-hybrid-kex, with ML-KEM-768 of FIPS 203 and X25519 of RFC 7748 by node:crypto.
 *   C_INIT   1184 bytes ML-KEM encapsulation key | 32 bytes X25519 public key
 *   S_REPLY  1088 bytes ML-KEM ciphertext | 32 bytes X25519 public key
 *   K = SHA-256(ML-KEM shared secret | X25519 shared secret), a string (not an mpint) in the exchange hash and in the keys
 * ssh2 makes its exchanges by name inside one function. So the KEXINIT of a client that is to get this one is shown to it
 * with curve25519-sha256 in its place, and the exchange that comes of it is given other keys, and the KEXINIT as it was.
 */

const STAND_IN = 'curve25519-sha256';
const MSG_KEXINIT = 20;
/** byte 20 | 16 random bytes, before the name lists; RFC 4253 §7.1 */
const LISTS_AT = 17;
const ENCAPSULATION_KEY_BYTES = 1184;
const X25519_BYTES = 32;
/** SubjectPublicKeyInfo before the key itself; RFC 9935 and RFC 8410 */
const ML_KEM_768_INFO = Buffer.from('308204b2300b0609608648016503040402038204a100', 'hex');
const X25519_INFO = Buffer.from('302a300506032b656e032100', 'hex');

/** Has a connection take the hybrid exchange where the client wants it; called before the first key exchange. */
export function takeHybridExchange(protocol: Protocol): void {
  const decipher = protocol._decipher;
  decipher._onPayload = hybridFirst(protocol, decipher._onPayload);
  // Of later exchanges, the first packet comes this way.
  protocol._onPayload = hybridFirst(protocol, protocol._onPayload);
}

function hybridFirst(protocol: Protocol, next: OnPayload): OnPayload {
  return (payload) => {
    const shown = payload[0] === MSG_KEXINIT ? withStandIn(payload, protocol._offer.lists.kex.array) : undefined;
    if (shown === undefined) return next(payload);
    const asItWas = Buffer.from(payload);
    const before = protocol._kex;
    const result = next(shown);
    if (protocol._kex !== undefined && protocol._kex !== before) makeHybrid(protocol._kex, asItWas);
    return result;
  };
}

/** @returns the KEXINIT with the stand-in named, undefined where another exchange will be agreed on */
function withStandIn(kexinit: Buffer, offered: readonly string[]): Buffer | undefined {
  const names = namesOf(kexinit);
  if (names?.find((name) => offered.includes(name)) !== HYBRID_EXCHANGE) return undefined;
  const length = Buffer.byteLength(names.join());
  const shown = Buffer.from(names.map((name) => (name === HYBRID_EXCHANGE ? STAND_IN : name)).join());
  const head = Buffer.from(kexinit.subarray(0, LISTS_AT + 4));
  head.writeUInt32BE(shown.length, LISTS_AT);
  return Buffer.concat([head, shown, kexinit.subarray(LISTS_AT + 4 + length)]);
}

/** The exchanges a client names; undefined where that can not be read, which ssh2 will find out as well. */
function namesOf(kexinit: Buffer): readonly string[] | undefined {
  try {
    return new FieldReader(kexinit.subarray(LISTS_AT)).string().toString('latin1').split(',');
  } catch {
    return undefined;
  }
}

function makeHybrid(exchange: KeyExchange, kexinit: Buffer): void {
  let reply: Buffer = Buffer.alloc(0);
  exchange._remoteKexinit = kexinit;
  exchange.negotiated.kex = HYBRID_EXCHANGE;
  exchange.convertPublicKey = (bytes) => bytes;
  // ssh2 asks for the secret first, then for what the client needs to find it.
  exchange.computeSecret = (init) => {
    try {
      const agreed = agree(init);
      reply = agreed.reply;
      return agreed.secret;
    } catch (error) {
      return error instanceof Error ? error : new Error('no key was agreed on');
    }
  };
  exchange.getPublicKey = () => reply;
}

/** @throws Error where C_INIT has another length, or a key in it is none (FIPS 203 §7.2, RFC 7748 §6.1) */
function agree(init: Buffer): { readonly secret: Buffer; readonly reply: Buffer } {
  if (init.length !== ENCAPSULATION_KEY_BYTES + X25519_BYTES)
    throw new Error('the keys of the client are too short or long');
  const theirs = {
    mlKem: publicKeyOf(ML_KEM_768_INFO, init.subarray(0, ENCAPSULATION_KEY_BYTES)),
    x25519: publicKeyOf(X25519_INFO, init.subarray(ENCAPSULATION_KEY_BYTES)),
  };
  const own = generateKeyPairSync('x25519');
  const { sharedKey, ciphertext } = encapsulate(theirs.mlKem);
  const classical = diffieHellman({ privateKey: own.privateKey, publicKey: theirs.x25519 });
  const secret = createHash('sha256').update(sharedKey).update(classical).digest();
  const ownPublic = own.publicKey.export({ type: 'spki', format: 'der' }).subarray(X25519_INFO.length);
  return { secret, reply: Buffer.concat([ciphertext, ownPublic]) };
}

function publicKeyOf(info: Buffer, key: Buffer): KeyObject {
  return createPublicKey({ key: Buffer.concat([info, key]), format: 'der', type: 'spki' });
}
