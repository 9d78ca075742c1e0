import type { KeyObject } from 'node:crypto';
import type { Socket } from 'node:net';
import type { AuthContext, Connection, ServerChannel } from 'ssh2';

/* The typed boundary: everything below is how ssh2 1.17.0 looks inside. */

type NameList = { readonly array: readonly string[] };
type Direction<T> = { readonly cipher: T; readonly mac: T; readonly compress: T };
type OfferLists = { readonly kex: NameList; readonly serverHostKey: NameList; readonly cs: Direction<NameList> };
type OfferNames = {
  readonly kex: readonly string[];
  readonly serverHostKey: readonly string[];
  readonly cs: Direction<readonly string[]> & { readonly lang: readonly string[] };
  readonly sc: Direction<readonly string[]> & { readonly lang: readonly string[] };
};
export type Offer = { readonly lists: OfferLists; readonly constructor: new (names: OfferNames) => Offer };

/** One key exchange under way. Its methods are those of its class; what is put on the object comes first. */
export type KeyExchange = {
  remoteExtInfoEnabled: boolean;
  /** H of the first exchange, RFC 4253 §7.2. */
  readonly sessionID: Buffer;
  readonly negotiated: { kex: string; readonly serverHostKey: string };
  _remoteKexinit: Buffer;
  convertPublicKey: (bytes: Buffer) => Buffer;
  computeSecret: (theirs: Buffer) => Buffer | Error;
  getPublicKey: () => Buffer;
};

export type OnPayload = (payload: Buffer) => number | boolean | undefined;

export type Protocol = {
  _offer: Offer;
  readonly _kex: KeyExchange;
  readonly _remoteIdentRaw: Buffer;
  readonly _identRaw: Buffer;
  _onPayload: OnPayload;
  /** Payloads that wait for the end of a key exchange. */
  _queue?: Buffer[] | undefined;
  /** There while keys are exchanged. */
  readonly _kexinit?: unknown;
  _cipher: Cipher;
  _decipher: Decipher;
  readonly _packetRW: {
    readonly write: { readonly allocStart: number; alloc(bytes: number): Buffer; finalize(packet: Buffer): Buffer };
  };
  readonly _authsQueue: readonly string[];
  _onHandshakeComplete: (...negotiated: readonly unknown[]) => void;
  readonly _handlers: Record<string, Handler | undefined>;
  /** Answers to a request to log in, RFC 4252 §5.1, §7 and RFC 4256 §3.2. */
  authSuccess: (...fields: readonly unknown[]) => void;
  authFailure: (...fields: readonly unknown[]) => void;
  authPKOK: (...fields: readonly unknown[]) => void;
  authInfoReq: (...fields: readonly unknown[]) => void;
  disconnect(reason: number): void;
  channelOpenFail(remote: number, reason: number, text: string): void;
  channelFailure(remote: number): void;
  channelClose(remote: number): void;
  requestSuccess(data: Buffer): void;
  requestFailure(): void;
  channelData(remote: number, data: Buffer): void;
  channelWindowAdjust(remote: number, bytes: number): void;
};

export type Channels = { get(id: number): unknown };

/** @throws Error where ssh2 is not the version the fences were made for */
export function internalsOf(client: Connection): { protocol: Protocol; channels: Channels } {
  const inside = client as unknown as { _protocol?: Partial<Protocol>; _chanMgr?: Channels };
  const { _protocol: protocol, _chanMgr: channels } = inside;
  if (
    !protocol?._offer?.lists ||
    !protocol._handlers ||
    !protocol._onHandshakeComplete ||
    !protocol._onPayload ||
    !channels?.get
  ) {
    throw new Error('ssh2 looks different inside: the fences fit version 1.17.0');
  }
  return { protocol: protocol as Protocol, channels };
}

/** @throws Error as `internalsOf` */
export function protocolOf(context: AuthContext): Protocol {
  const { _protocol: protocol } = context as unknown as { _protocol?: Protocol };
  if (protocol === undefined) throw new Error('ssh2 looks different inside: the fences fit version 1.17.0');
  return protocol;
}

/** The socket that was handed to ssh2; its 'connection' event does not name it. @throws Error as `internalsOf` */
export function socketOf(client: Connection): Socket {
  const { _sock: socket } = client as unknown as { _sock?: Socket };
  if (socket === undefined) throw new Error('ssh2 looks different inside: the fences fit version 1.17.0');
  return socket;
}

/** @returns undefined where the message was cut */
export function asOpenInfo(info: unknown): { readonly sender: number; readonly packetSize: number } | undefined {
  const { sender, packetSize } = info as { sender?: number; packetSize?: number };
  return sender === undefined || packetSize === undefined ? undefined : { sender, packetSize };
}

/** Whether a key that is shown has a type and bytes. */
export function isWholeKey(shown: unknown): boolean {
  const { keyAlgo, key } = shown as { keyAlgo?: unknown; key?: unknown };
  return typeof keyAlgo === 'string' && key instanceof Uint8Array;
}

/** What seals packets: of AES-GCM, the one that has all of these. */
export type Cipher = {
  outSeqno: number;
  readonly _encSSLName?: string;
  _encKey?: Buffer | KeyObject;
  readonly _encIV?: Buffer;
  /** Of chacha20-poly1305, for what a packet holds and for its length. */
  _encKeyMain?: Buffer | KeyObject;
  _encKeyPktLen?: Buffer | KeyObject;
  allocPacket(payloadBytes: number): Buffer;
  encrypt(packet: Buffer): void;
  free(): void;
};

/** What opens packets, as above. */
export type Decipher = {
  inSeqno: number;
  readonly _decipherSSLName?: string;
  _decipherKey?: Buffer | KeyObject;
  readonly _decipherIV?: Buffer;
  _decKeyMain?: Buffer | KeyObject;
  _decKeyPktLen?: Buffer | KeyObject;
  _onPayload: OnPayload;
  decrypt(data: Buffer, from: number, end: number): number | undefined;
  free(): void;
};

/** One end of a channel, RFC 4254 §5. */
export type ChannelEnd = { readonly id: number; window: number; readonly packetSize: number; readonly state: string };

export function channelEnds(channel: ServerChannel): { readonly incoming: ChannelEnd; readonly outgoing: ChannelEnd } {
  return channel as unknown as { incoming: ChannelEnd; outgoing: ChannelEnd };
}

export type OpenSession = {
  readonly remoteId: number;
  readonly outgoing: { window: number };
  readonly channel: { incoming: { window: number } } | undefined;
  /** The client said that it is done with it. */
  readonly ending: boolean;
};

export function asSession(session: unknown): OpenSession | undefined {
  if (typeof session !== 'object' || session === null || !('_chanInfo' in session)) return undefined;
  const inside = session as {
    _chanInfo: { outgoing: { id: number; window: number } };
    _channel?: { incoming: { window: number } };
    _ending?: boolean;
  };
  const { outgoing } = inside._chanInfo;
  return { remoteId: outgoing.id, outgoing, channel: inside._channel, ending: inside._ending === true };
}

export type Handler = (...message: readonly unknown[]) => void;

/** Puts something around what ssh2 does with a message. @throws Error as `internalsOf` */
export function wrap(
  protocol: Protocol,
  name: string,
  fenced: (next: () => void, message: readonly unknown[]) => void,
): void {
  const handler = protocol._handlers[name];
  if (handler === undefined) throw new Error(`ssh2 has no handler ${name}: the fences fit version 1.17.0`);
  protocol._handlers[name] = (...message) => fenced(() => handler(...message), message);
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

/**
 * What ssh2 keeps of an exchange that is done, without what nobody needs again: keys, the shared secret, both KEXINITs. Small
 * buffers lie in slabs of 64 KiB, and one that lives as long as its connection keeps its whole slab.
 */
export function forgetExchange(protocol: Protocol): void {
  const { _remoteIdentRaw: theirs, _identRaw: ours } = protocol;
  const { sessionID, negotiated } = protocol._kex;
  const kept = { sessionID: alone(sessionID), negotiated, remoteExtInfoEnabled: false };
  if (!identification.equals(ours)) identification = ours;
  Object.assign(protocol, { _kex: kept, _remoteIdentRaw: alone(theirs), _identRaw: identification });
}

/** Ours, which is the same for all connections. */
let identification: Buffer = Buffer.alloc(0);

/** The same bytes outside the slabs. */
function alone(bytes: Buffer): Buffer {
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(copy);
  return copy;
}

/** Runs what makes buffers that live long, outside the slabs. */
export function withoutSlabs(make: () => void): void {
  const { poolSize } = Buffer;
  Buffer.poolSize = 0;
  try {
    make();
  } finally {
    Buffer.poolSize = poolSize;
  }
}
