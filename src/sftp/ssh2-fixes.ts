import type { Socket } from 'node:net';
import type { AuthContext, Connection } from 'ssh2';
import { USER_ALGORITHMS } from '../access/ssh-offer.ts';
import { HYBRID_EXCHANGE } from './algorithms.ts';
import { GcmCipher, GcmDecipher } from './gcm.ts';
import { takeHybridExchange } from './hybrid-exchange.ts';
import {
  asOpenInfo,
  asSession,
  type Channels,
  internalsOf,
  type Protocol,
  protocolOf,
  socketOf,
  wrap,
} from './ssh2-inside.ts';

/*
 * What ssh2 1.17.0 gets wrong for a server, mended from outside, one connection at a time. ssh2 is pinned to that version;
 * each fence says what happens without it and names the upstream thread where there is one, and each has a test; the ciphers alone are here for speed.
 */

const MAX_IDENTIFICATION_BYTES = 255; // RFC 4253 §4.2
const LINE_FEED = 10;
/** Of a client that does not wait for its turn; a first key exchange is 2 kB. */
const MAX_HELD_BYTES = 16 * 1024;

/**
 * An identification that comes in three or more pieces loses the middle ones. No upstream thread.
 * Called before the socket is handed to ssh2, whose listener then gets the line in one piece. Our own identification is
 * sent at once, since some clients wait for it; the work begins with the line of the client, and that waits for its turn.
 * @param inTurn calls what it is given when the handshake may begin
 */
export function joinIdentification(socket: Socket, inTurn: (begin: () => void) => void): void {
  let held: Buffer | undefined = Buffer.alloc(0);
  let asked = false;
  const on = socket.on.bind(socket);
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
      if (asked || (!held.includes(LINE_FEED) && held.length <= MAX_IDENTIFICATION_BYTES)) return;
      asked = true;
      inTurn(begin);
    };
  };
  const value = (event: string, listener: (...values: unknown[]) => void) => {
    if (event !== 'data') return on(event, listener);
    Reflect.deleteProperty(socket, 'on');
    return on(event, joined(listener));
  };
  Object.defineProperty(socket, 'on', { value, configurable: true });
}

const MIN_PACKET_BYTES = 1024;
const MSG_DISCONNECT = 1;
const MSG_EXT_INFO = 7;
const MSG_BANNER = 53;
const OPEN_PROHIBITED = 1; // SSH_OPEN_ADMINISTRATIVELY_PROHIBITED, RFC 4254 §5.1
const PROTOCOL_ERROR = 2; // SSH_DISCONNECT_PROTOCOL_ERROR, RFC 4253 §11.1

/** What the fences ask of the connection, and tell it. */
export type FenceHost = {
  loggedIn(): boolean;
  /** The peer broke the protocol and was told to go; the socket is to be closed. */
  broke(what: string): void;
};

/** Puts every fence around a connection; called when ssh2 announces it, before the first key exchange. */
export function fence(client: Connection, host: FenceHost): void {
  const { protocol, channels } = internalsOf(client);
  offerOurs(protocol);
  takeHybridExchange(protocol);
  fenceKeyExchange(protocol, socketOf(client));
  const disconnect = (what: string) => {
    protocol.disconnect(PROTOCOL_ERROR);
    host.broke(what);
  };
  fenceEarlyMessages(protocol, host, disconnect);
  fenceChannelOpen(protocol);
  fenceChannelRequest(protocol, channels);
  fenceChannelData(protocol, channels, disconnect);
}

/**
 * ssh2 offers `ssh-rsa` (SHA-1) for every RSA host key, whatever the configured list says (no upstream thread), and takes no
 * exchange into the list that it does not know.
 */
function offerOurs(protocol: Protocol): void {
  const { lists } = protocol._offer;
  const serverHostKey = lists.serverHostKey.array.filter((name) => name !== 'ssh-rsa');
  const both = { cipher: lists.cs.cipher.array, mac: lists.cs.mac.array, compress: lists.cs.compress.array, lang: [] };
  const Offer = protocol._offer.constructor;
  protocol._offer = new Offer({ kex: [HYBRID_EXCHANGE, ...lists.kex.array], serverHostKey, cs: both, sc: both });
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
  };
}

function sendSignatureAlgorithms(protocol: Protocol): void {
  const name = Buffer.from('server-sig-algs');
  const value = Buffer.from(USER_ALGORITHMS.join(','));
  const payload = Buffer.alloc(1 + 4 + 4 + name.length + 4 + value.length);
  payload.writeUInt8(MSG_EXT_INFO, 0);
  payload.writeUInt32BE(1, 1);
  payload.writeUInt32BE(name.length, 5);
  name.copy(payload, 9);
  payload.writeUInt32BE(value.length, 9 + name.length);
  value.copy(payload, 13 + name.length);
  sendPayload(protocol, payload);
}

/**
 * ssh2 ends a connection without saying why. SSH_MSG_DISCONNECT, RFC 4253 §11.1:
 * byte 1 | uint32 reason code | string description, UTF-8 | string language tag
 */
export function disconnectWith(client: Connection, reason: number, description: string): void {
  const text = Buffer.from(description);
  const payload = Buffer.alloc(1 + 4 + 4 + text.length + 4);
  payload.writeUInt8(MSG_DISCONNECT, 0);
  payload.writeUInt32BE(reason, 1);
  payload.writeUInt32BE(text.length, 5);
  text.copy(payload, 9);
  sendPayload(internalsOf(client).protocol, payload);
}

/**
 * ssh2 has one banner for everybody, sent before the first try. SSH_MSG_USERAUTH_BANNER, RFC 4252 §5.4, may come at any
 * time before the login is done: byte 53 | string message, UTF-8 | string language tag. Not while keys are exchanged.
 */
export function sendBanner(context: AuthContext, message: string): void {
  const protocol = protocolOf(context);
  if (protocol._kexinit !== undefined) return;
  const text = Buffer.from(message);
  const payload = Buffer.alloc(1 + 4 + text.length + 4);
  payload.writeUInt8(MSG_BANNER, 0);
  payload.writeUInt32BE(text.length, 1);
  text.copy(payload, 5);
  sendPayload(protocol, payload);
}

/** Sends a message of ours; while keys are exchanged it waits, as those of ssh2 do. */
export function sendPayload(protocol: Protocol, payload: Buffer): void {
  if (protocol._kexinit !== undefined) {
    protocol._queue ??= [];
    protocol._queue.push(payload);
    return;
  }
  const writer = protocol._packetRW.write;
  const packet = writer.alloc(payload.length);
  packet.set(payload, writer.allocStart);
  protocol._cipher.encrypt(writer.finalize(packet));
}

function prepareKeys(protocol: Protocol, socket: Socket): void {
  const { _cipher: cipher, _decipher: decipher } = protocol;
  protocol._cipher = GcmCipher.from(cipher, socket) ?? cipher;
  protocol._decipher = GcmDecipher.from(decipher) ?? decipher;
}

/** Whether ssh2 keeps no part of the bytes it is given: our own decipher keeps none. */
export function opensInPlace(client: Connection): boolean {
  return internalsOf(client).protocol._decipher instanceof GcmDecipher;
}

/** Messages of the connection protocol before login are refused one by one; who sends them is no client of ours. */
function fenceEarlyMessages({ _handlers }: Protocol, host: FenceHost, disconnect: (what: string) => void): void {
  for (const [name, handler] of Object.entries(_handlers)) {
    if (handler === undefined || !(name.startsWith('CHANNEL_') || name === 'GLOBAL_REQUEST')) continue;
    _handlers[name] = (...message) => {
      if (host.loggedIn()) handler(...message);
      else disconnect(`${name} before login`);
    };
  }
}

/** A channel whose maximum packet size is 0 makes ssh2 cut data into pieces of 0 bytes for ever. No upstream thread. */
function fenceChannelOpen(protocol: Protocol): void {
  wrap(protocol, 'CHANNEL_OPEN', (next, message) => {
    const info = asOpenInfo(message[1]);
    if (info.packetSize >= MIN_PACKET_BYTES) return next();
    protocol.channelOpenFail(info.sender, OPEN_PROHIBITED, `packets hold at least ${MIN_PACKET_BYTES} bytes here`);
  });
}

/** A request on a channel that already has its subsystem is never answered, so the client waits. No upstream thread. */
function fenceChannelRequest(protocol: Protocol, channels: Channels): void {
  wrap(protocol, 'CHANNEL_REQUEST', (next, [, recipient, , wantsReply]) => {
    const session = asSession(channels.get(Number(recipient)));
    if (session?.channel === undefined) return next();
    if (wantsReply === true) protocol.channelFailure(session.remoteId);
  });
}

/** Data beyond the window is taken, and held in memory without end. No upstream thread. */
function fenceChannelData(protocol: Protocol, channels: Channels, disconnect: (what: string) => void): void {
  wrap(protocol, 'CHANNEL_DATA', (next, [, recipient, data]) => {
    const window = asSession(channels.get(Number(recipient)))?.channel?.incoming.window;
    if (window !== undefined && data instanceof Uint8Array && data.length > window) {
      return disconnect('more data than the window allows');
    }
    next();
  });
}
