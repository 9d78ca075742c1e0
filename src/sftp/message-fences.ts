import { FieldWriter } from './codec.ts';
import { asOpenInfo, asSession, type Channels, isWholeKey, type Protocol, sendPayload, wrap } from './ssh2-inside.ts';

/*
 * What ssh2 1.17.0 gets wrong with single messages of a client; the rest stands in ssh2-fixes.ts, which puts these up. There is no
 * upstream thread about any of them.
 */

const MIN_PACKET_BYTES = 1024;
const MAX_WINDOW_BYTES = 0xffffffff; // RFC 4254 §5.2
const MSG_UNIMPLEMENTED = 3;
const MSG_SERVICE_REQUEST = 5;
const MSG_INFO_RESPONSE = 61;
const MAX_WAITING_LOGINS = 10;
const KEYBOARD = 'keyboard-interactive';
const OPEN_PROHIBITED = 1; // SSH_OPEN_ADMINISTRATIVELY_PROHIBITED, RFC 4254 §5.1
const [FIRST_OF_LOGIN, FIRST_OF_CHANNELS] = [50, 80] as const; // RFC 4250 §4.1.1
/** Outside of a key exchange a client has nothing else to say: transport, KEXINIT, login, global requests, channels (RFC 4250 §4.1.2). */
const FROM_CLIENTS: ReadonlySet<number> = new Set([
  ...[1, 2, 3, 4, 5, 7, 20, 50, 61, 80, 81, 82, 90, 91, 92, 93, 94, 95, 96, 97, 98, 99, 100],
]);

/** What the fences ask of the connection, and tell it. */
export type FenceHost = {
  loggedIn(): boolean;
  /** Nothing that comes counts any more. */
  ended(): boolean;
  /** The peer broke the protocol and is to go. */
  broke(what: string): void;
};

/** Tells the host, and makes the rest of what came unread. */
type Break = (what: string) => number;

/** Puts up all fences of this file. */
export function fenceMessages(protocol: Protocol, channels: Channels, host: FenceHost): void {
  const broke = (what: string) => {
    host.broke(what);
    return Number.POSITIVE_INFINITY;
  };
  fenceGoodbye(protocol, host);
  fenceAll(protocol, host, broke);
  fenceLogin(protocol, broke);
  fenceChannelOpen(protocol, broke);
  fenceChannelRequest(protocol, channels);
  fenceChannelEnd(protocol, channels);
  fenceWindow(protocol, channels, broke);
  fenceChannelData(protocol, channels, broke);
}

/** ssh2 shows some out without a word to anybody else: who asks for a service that is not there, or logs in where nobody may. */
function fenceGoodbye(protocol: Protocol, host: FenceHost): void {
  const disconnect = protocol.disconnect.bind(protocol);
  protocol.disconnect = (reason) => {
    disconnect(reason);
    // Where ssh2 does say why, it does so in this turn, and that counts.
    queueMicrotask(() => host.broke(`a request that is not due, answered with DISCONNECT ${reason}`));
  };
}

/**
 * Every message, before ssh2 reads it. Without this: a login needs no service request (RFC 4252 §4), what a client can not mean is
 * passed over in silence (RFC 4253 §11.4), messages of channels before the login are refused one by one, and empty ones count
 * for nothing although a strict key exchange has no place for them.
 */
function fenceAll(protocol: Protocol, host: FenceHost, broke: Break): void {
  const read = protocol._onPayload;
  let mayLogIn = false;
  protocol._onPayload = (payload) => {
    if (host.ended()) return Number.POSITIVE_INFINITY;
    const type = payload[0];
    if (type === undefined) return broke('a packet without a message');
    if (!FROM_CLIENTS.has(type)) return sayUnimplemented(protocol);
    if (type >= FIRST_OF_CHANNELS && !host.loggedIn()) return broke(`message ${type} before login`);
    if (type >= FIRST_OF_LOGIN && !mayLogIn) return broke('a login before its service');
    if (type === MSG_INFO_RESPONSE && !protocol._authsQueue.includes(KEYBOARD))
      return broke('an answer to no question');
    if (type === MSG_SERVICE_REQUEST) mayLogIn = true;
    return read(payload);
  };
  const first = protocol._decipher;
  const readFirst = first._onPayload;
  first._onPayload = (payload) => (payload.length === 0 ? broke('a packet without a message') : readFirst(payload));
}

/** SSH_MSG_UNIMPLEMENTED, RFC 4253 §11.4: byte 3 | uint32 number of the packet that was not understood */
function sayUnimplemented(protocol: Protocol): undefined {
  const number = protocol._decipher.inSeqno - 1;
  sendPayload(protocol, new FieldWriter().byte(MSG_UNIMPLEMENTED).uint32(number).joined());
}

/**
 * Requests to log in that come before the one before them was answered are taken the last one first, or never, and one with a
 * key that is not whole comes without a key. Here each waits for its turn.
 */
function fenceLogin(protocol: Protocol, broke: Break): void {
  const waiting: (() => void)[] = [];
  let isBusy = false;
  const proceed = () => {
    const next = isBusy ? undefined : waiting.shift();
    isBusy ||= next !== undefined;
    next?.();
  };
  wrap(protocol, 'USERAUTH_REQUEST', (next, [, , , method, shown]) => {
    if (method === 'publickey' && !isWholeKey(shown)) return void broke('a key that is not whole');
    if (waiting.push(next) > MAX_WAITING_LOGINS) return void broke('too many logins at once');
    proceed();
  });
  for (const name of ['authSuccess', 'authFailure', 'authPKOK', 'authInfoReq'] as const) {
    const say = protocol[name].bind(protocol);
    protocol[name] = (...fields) => {
      say(...fields);
      isBusy = false;
      queueMicrotask(proceed);
    };
  }
}

/** A channel whose maximum packet size is 0 makes ssh2 cut data into pieces of 0 bytes for ever; one without is opened. */
function fenceChannelOpen(protocol: Protocol, broke: Break): void {
  wrap(protocol, 'CHANNEL_OPEN', (next, message) => {
    const info = asOpenInfo(message[1]);
    if (info === undefined) broke('a channel that is not whole');
    else if (info.packetSize >= MIN_PACKET_BYTES) next();
    else protocol.channelOpenFail(info.sender, OPEN_PROHIBITED, `packets hold at least ${MIN_PACKET_BYTES} bytes here`);
  });
}

/** A request on a channel that already has its subsystem, or was ended, is never answered, so the client waits. */
function fenceChannelRequest(protocol: Protocol, channels: Channels): void {
  wrap(protocol, 'CHANNEL_REQUEST', (next, [, recipient, , wantsReply]) => {
    const session = asSession(channels.get(Number(recipient)));
    if (session === undefined || (session.channel === undefined && !session.ending)) return next();
    if (wantsReply === true) protocol.channelFailure(session.remoteId);
  });
}

/** CLOSE of a channel that never had its subsystem is not answered with CLOSE (RFC 4254 §5.3). */
function fenceChannelEnd(protocol: Protocol, channels: Channels): void {
  wrap(protocol, 'CHANNEL_CLOSE', (next, [, recipient]) => {
    const session = asSession(channels.get(Number(recipient)));
    if (session !== undefined && session.channel === undefined) protocol.channelClose(session.remoteId);
    next();
  });
}

/** A window grows beyond 2^32 - 1, and what is added to it before the subsystem is lost. */
function fenceWindow(protocol: Protocol, channels: Channels, broke: Break): void {
  wrap(protocol, 'CHANNEL_WINDOW_ADJUST', (next, [, recipient, bytes]) => {
    const session = asSession(channels.get(Number(recipient)));
    if (session === undefined) return;
    if (session.outgoing.window + Number(bytes) > MAX_WINDOW_BYTES) broke('a window beyond 2^32 - 1');
    else if (session.channel === undefined) session.outgoing.window += Number(bytes);
    else next();
  });
}

/** Data beyond the window is taken, and held in memory without end. */
function fenceChannelData(protocol: Protocol, channels: Channels, broke: Break): void {
  wrap(protocol, 'CHANNEL_DATA', (next, [, recipient, data]) => {
    const window = asSession(channels.get(Number(recipient)))?.channel?.incoming.window;
    const isTooMuch = window !== undefined && data instanceof Uint8Array && data.length > window;
    if (isTooMuch) broke('more data than the window allows');
    else next();
  });
}
