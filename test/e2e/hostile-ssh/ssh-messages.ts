import type { CipherName } from '../../support/ssh-packets.ts';
import { kexInitOf, type Offer, offerOf } from '../../support/ssh-peer.ts';
import { str, u32 } from './case.ts';

/* Messages of SSH by hand: RFC 4250 §4.1 has their numbers. */

export const DISCONNECT = 1;
export const IGNORE = 2;
export const UNIMPLEMENTED = 3;
export const DEBUG = 4;
export const SERVICE_REQUEST = 5;
export const EXT_INFO = 7;
export const NEWKEYS = 21;
export const ECDH_INIT = 30;
export const USERAUTH_REQUEST = 50;
export const INFO_RESPONSE = 61;
export const GLOBAL_REQUEST = 80;
export const CHANNEL_OPEN = 90;
export const WINDOW_ADJUST = 93;
export const CHANNEL_DATA = 94;
export const EXTENDED_DATA = 95;
export const CHANNEL_EOF = 96;
export const CHANNEL_CLOSE = 97;
export const CHANNEL_REQUEST = 98;

const YES = Buffer.of(1);
const NO = Buffer.of(0);

export const message = (type: number, ...fields: readonly Buffer[]): Buffer =>
  Buffer.concat([Buffer.of(type), ...fields]);
/** byte 2 | string data */
export const ignore = (bytes: string | Buffer = 'nothing'): Buffer => message(IGNORE, str(bytes));
/** byte 4 | boolean always display | string message | string language */
export const debug = (text = 'nothing'): Buffer => message(DEBUG, YES, str(text), str(''));
/** byte 5 | string service */
export const service = (name: string): Buffer => message(SERVICE_REQUEST, str(name));
/** byte 80 | string name | boolean want reply | more */
export const global = (name: string, wantsReply: boolean, ...more: readonly Buffer[]): Buffer =>
  message(GLOBAL_REQUEST, str(name), wantsReply ? YES : NO, ...more);
/** byte 50 | string user | string service | string method | more */
export const login = (method: string, ...more: readonly Buffer[]): Buffer => loginOf('batch@ksz', method, ...more);
export const loginOf = (user: string, method: string, ...more: readonly Buffer[]): Buffer =>
  message(USERAUTH_REQUEST, str(user), str('ssh-connection'), str(method), ...more);
export const password = (text: string): Buffer => login('password', NO, str(text));
export const onChannel = (type: number, channel: number, ...more: readonly Buffer[]): Buffer =>
  message(type, u32(channel), ...more);
export const kexInit = (offer: Partial<Offer> = {}, cipher: CipherName = 'gcm'): Buffer =>
  kexInitOf({ ...offerOf(cipher), ...offer });
export const flag = (value: boolean): Buffer => (value ? YES : NO);
