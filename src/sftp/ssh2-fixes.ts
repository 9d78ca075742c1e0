import { createSecretKey, type KeyObject } from 'node:crypto';
import type { Socket } from 'node:net';
import type { AuthContext, Connection } from 'ssh2';
import { beginsHeader } from '../access/proxy-header.ts';
import { USER_ALGORITHMS } from '../access/ssh-offer.ts';
import { HYBRID_EXCHANGE } from './algorithms.ts';
import { FieldWriter } from './codec.ts';
import { GcmCipher, GcmDecipher } from './gcm.ts';
import { takeHybridExchange } from './hybrid-exchange.ts';
import { type FenceHost, fenceMessages } from './message-fences.ts';
import {
  forgetExchange,
  internalsOf,
  type Offer,
  type Protocol,
  protocolOf,
  sendPayload,
  socketOf,
} from './ssh2-inside.ts';

/*
 * What ssh2 1.17.0 gets wrong for a server, mended from outside, one connection at a time. ssh2 is pinned to that version;
 * what concerns single messages stands in message-fences.ts. Each fence says what happens without it and names the upstream thread where there is one, and each has a test; the ciphers alone are here for speed.
 */

const MAX_IDENTIFICATION_BYTES = 255; // RFC 4253 §4.2, with CR LF
/** What stands before a comment is printable ASCII. */
const IDENTIFICATION = /^[!-~]+( \P{Cc}*)?\r?$/u;
const LINE_FEED = 10;
/** Of a client that does not wait for its turn; a first key exchange is 2 kB. */
const MAX_HELD_BYTES = 16 * 1024;

/**
 * An identification that comes in three or more pieces loses the middle ones, and one may be long or hold NUL. No upstream thread.
 * Called before the socket is handed to ssh2, whose listener then gets the line in one piece. Our own identification is
 * sent at once, since some clients wait for it; the work begins with the line of the client, and that waits for its turn.
 * @param inTurn calls what it is given when the handshake may begin
 * @param forged called where a header of the PROXY protocol comes in its place
 */
export function joinIdentification(socket: Socket, inTurn: (begin: () => void) => void, forged: () => void): void {
  let held: Buffer | undefined = Buffer.alloc(0);
  let asked = false;
  const plain = socket.on;
  const on = plain.bind(socket);
  const joined = (listener: (chunk: Buffer) => void) => {
    const begin = () => {
      const bytes = held;
      held = undefined;
      if (bytes === undefined || socket.destroyed) return;
      socket.resume();
      listener(bytes);
    };
    return (chunk: Buffer) => {
      if (held === undefined) return listener(chunk);
      held = Buffer.concat([held, chunk]);
      if (held.length > MAX_HELD_BYTES) socket.pause();
      const header = beginsHeader(held);
      if (header === 'perhaps') return;
      if (header === 'yes') {
        held = undefined;
        return forged();
      }
      const end = held.indexOf(LINE_FEED);
      if (asked || (end < 0 && held.length < MAX_IDENTIFICATION_BYTES)) return;
      asked = true;
      if (end < 0 || end >= MAX_IDENTIFICATION_BYTES || !IDENTIFICATION.test(held.toString('utf8', 0, end))) {
        held = undefined;
        socket.destroy();
        return;
      }
      inTurn(begin);
    };
  };
  const value = (event: string, listener: (...values: unknown[]) => void) => {
    if (event !== 'data') return on(event, listener);
    // Not deleted: an object that lost a property is a slow one, and larger, for as long as it lives.
    Object.assign(socket, { on: plain });
    return on(event, joined(listener));
  };
  Object.assign(socket, { on: value });
}

const MSG_DISCONNECT = 1;
const MSG_EXT_INFO = 7;
const MSG_BANNER = 53;

/** What ssh2 would offer, and what we do: one of each for all connections of a listener. */
const offers = new WeakMap<Offer, Offer>();

/** Puts every fence around a connection; called when ssh2 announces it, before the first key exchange. */
export function fence(client: Connection, host: FenceHost): void {
  const { protocol, channels } = internalsOf(client);
  offerOurs(protocol);
  takeHybridExchange(protocol);
  fenceKeyExchange(protocol, socketOf(client));
  fenceMessages(protocol, channels, host);
}

/**
 * ssh2 offers `ssh-rsa` (SHA-1) for every RSA host key, whatever the configured list says (no upstream thread), and takes no
 * exchange into the list that it does not know.
 */
function offerOurs(protocol: Protocol): void {
  const theirs = protocol._offer;
  const ours = offers.get(theirs) ?? offerBeside(theirs);
  offers.set(theirs, ours);
  protocol._offer = ours;
}

function offerBeside({ lists, constructor: Offer }: Offer): Offer {
  const serverHostKey = lists.serverHostKey.array.filter((name) => name !== 'ssh-rsa');
  const both = { cipher: lists.cs.cipher.array, mac: lists.cs.mac.array, compress: lists.cs.compress.array, lang: [] };
  return new Offer({ kex: [HYBRID_EXCHANGE, ...lists.kex.array], serverHostKey, cs: both, sc: both });
}

/**
 * Two things at the end of a key exchange:
 * - `server-sig-algs` lacks a comma, so a client limited to rsa-sha2-512 or nistp521 can not log in (mscdex/ssh2#1485); the
 *   list also names ssh-rsa and ssh-dss, and no certificates. Ours is sent in its place: byte 7 | uint32 1 | string name | string value.
 * - a cipher is made for each packet, from the bytes of the key; a KeyObject costs a quarter of that on Node 24.
 */
function fenceKeyExchange(protocol: Protocol, socket: Socket): void {
  const complete = protocol._onHandshakeComplete;
  let first = true;
  protocol._onHandshakeComplete = (...negotiated) => {
    prepareKeys(protocol, socket);
    const wantsExtensions = first && protocol._kex.remoteExtInfoEnabled;
    protocol._kex.remoteExtInfoEnabled = false;
    first = false;
    if (wantsExtensions) sendSignatureAlgorithms(protocol);
    complete(...negotiated);
    forgetExchange(protocol);
  };
}

function sendSignatureAlgorithms(protocol: Protocol): void {
  const list = new FieldWriter()
    .byte(MSG_EXT_INFO)
    .uint32(1)
    .string('server-sig-algs')
    .string(USER_ALGORITHMS.join(','));
  sendPayload(protocol, list.joined());
}

/**
 * ssh2 ends a connection without saying why. SSH_MSG_DISCONNECT, RFC 4253 §11.1:
 * byte 1 | uint32 reason code | string description, UTF-8 | string language tag
 */
export function disconnectWith(client: Connection, reason: number, description: string): void {
  const goodbye = new FieldWriter().byte(MSG_DISCONNECT).uint32(reason).string(description).string('');
  sendPayload(internalsOf(client).protocol, goodbye.joined());
}

/** Ends the connection for a reason; ssh2's own `end` names always the same. */
export function leave(client: Connection, reason: number): void {
  const { protocol } = internalsOf(client);
  const socket = socketOf(client);
  if (!socket.writable || socket.readableEnded) return;
  protocol.disconnect(reason);
  socket.end();
}

/**
 * ssh2 has one banner for everybody, sent before the first try. SSH_MSG_USERAUTH_BANNER, RFC 4252 §5.4, may come at any
 * time before the login is done: byte 53 | string message, UTF-8 | string language tag. Not while keys are exchanged.
 */
export function sendBanner(context: AuthContext, message: string): void {
  const protocol = protocolOf(context);
  if (protocol._kexinit !== undefined) return;
  sendPayload(protocol, new FieldWriter().byte(MSG_BANNER).string(message).string('').joined());
}

function prepareKeys(protocol: Protocol, socket: Socket): void {
  const { _cipher: cipher, _decipher: decipher } = protocol;
  protocol._cipher = GcmCipher.from(cipher, socket) ?? cipher;
  protocol._decipher = GcmDecipher.from(decipher) ?? decipher;
  takeKeyObjects(cipher, ['_encKeyMain', '_encKeyPktLen']);
  takeKeyObjects(decipher, ['_decKeyMain', '_decKeyPktLen']);
}

/** chacha20-poly1305 has three ciphers for each packet: with a Buffer the key alone costs each 33 µs, with a KeyObject 8. */
function takeKeyObjects<K extends string>(of: Partial<Record<K, Buffer | KeyObject>>, names: readonly K[]): void {
  for (const name of names) {
    const key = of[name];
    if (Buffer.isBuffer(key)) of[name] = createSecretKey(key);
  }
}

/** Whether ssh2 keeps no part of the bytes it is given: our own decipher keeps none. */
export function opensInPlace(client: Connection): boolean {
  return internalsOf(client).protocol._decipher instanceof GcmDecipher;
}
