import type { CipherName } from '../../support/ssh-packets.ts';
import { SshPeer, signRequest } from '../../support/ssh-peer.ts';
import { type EdPair, str, u32 } from '../../support/ssh-wire.ts';
import { ask, FILE, FOLDER, HANDLE, packet, SFTP, type Step } from './case.ts';

/** How far an honest client has come; each has done everything that stands before it. */
export const STAGES = [
  'connected',
  'identified',
  'negotiated',
  'exchanged', // their NEWKEYS came, ours did not go
  'keys',
  'service',
  'login',
  'channel',
  'sftp',
] as const;
export type Stage = (typeof STAGES)[number];

export const USER_REQUEST = 50;
export const WINDOW = 2_000_000;
export const MAX_PACKET = 32_768;
export const LOGIN = 'batch@ksz';

/** Windows, and the host keys that are announced behind the login (hostkeys-00@openssh.com wants no answer). */
const PASSED_OVER: ReadonlySet<number> = new Set([80, 93]);

export type Who = {
  readonly login: string;
  readonly key: EdPair;
  readonly cipher?: CipherName | undefined;
  /** A handle that another session has open. */
  readonly foreign?: string;
  /** Where it comes from. */
  readonly address?: string;
};

/** One connection and what was said on it. */
export class Scene {
  readonly peer: SshPeer;
  readonly login: string;
  readonly key: EdPair;
  /** Number of the channel at the gateway. */
  channel = 0;
  readonly handles = new Map<string, string>();
  /** What was waited for in the middle of the steps. */
  readonly heard: string[] = [];
  /** Sentences of all refusals. */
  readonly sentences: string[] = [];
  #useNewKeys: () => void = () => {};
  #stream = Buffer.alloc(0) as Buffer;
  readonly #foreign: string;

  private constructor(peer: SshPeer, { login, key, foreign = '' }: Who) {
    this.peer = peer;
    this.login = login;
    this.key = key;
    this.#foreign = foreign;
  }

  static async open(port: number, who: Who): Promise<Scene> {
    return new Scene(await SshPeer.reach(port, who.cipher, who.address), who);
  }

  /** Does what an honest client does between two stages. */
  async advance(from: Stage, to: Stage): Promise<void> {
    for (const stage of STAGES.slice(STAGES.indexOf(from) + 1, STAGES.indexOf(to) + 1)) await this.#reach(stage);
  }

  async #reach(stage: Stage): Promise<void> {
    if (stage === 'identified') await this.peer.identify();
    if (stage === 'negotiated') await this.peer.negotiate();
    if (stage === 'exchanged') this.#useNewKeys = await this.peer.exchange();
    if (stage === 'keys') this.#useNewKeys();
    if (stage === 'service') await this.#ask(Buffer.concat([Buffer.of(5), str('ssh-userauth')]), 'SERVICE_ACCEPT');
    if (stage === 'login') await this.#ask(this.loginRequest(), 'LOGIN');
    if (stage === 'channel') await this.#ask(openSession(), 'OPEN_CONFIRMATION');
    if (stage === 'sftp') {
      await this.#ask(channelRequest(this.channel, 'subsystem', true, str('sftp')), 'CHANNEL_SUCCESS');
      this.sendData(packet(SFTP.INIT, u32(3)));
      await this.#expect('VERSION 3');
    }
  }

  async #ask(payload: Buffer, answer: string): Promise<void> {
    this.peer.send(payload);
    await this.#expect(answer);
  }

  async #expect(answer: string): Promise<void> {
    const told = await this.next();
    if (told !== answer) throw new Error(`${told} instead of ${answer}`);
  }

  /** SSH_MSG_USERAUTH_REQUEST, RFC 4252 §7, signed. */
  loginRequest(by: EdPair = this.key, shown: EdPair = by, sessionId: Buffer = this.peer.sessionId): Buffer {
    const request = publicKeyRequest(this.login, 'ssh-ed25519', shown.blob, true);
    return Buffer.concat([request, str(signRequest(by, sessionId, request))]);
  }

  /** SSH_MSG_CHANNEL_DATA of as many messages as it takes; handles stand in the places kept for them. */
  sendData(bytes: Buffer): void {
    const filled = this.#withHandles(bytes);
    for (let at = 0; at < filled.length; at += MAX_PACKET) {
      this.peer.send(channelData(this.channel, filled.subarray(at, at + MAX_PACKET)));
    }
  }

  async hear(): Promise<void> {
    this.heard.push((await this.next()) ?? 'closed');
  }

  /** Opens the handles that the steps name. */
  async prepare(steps: readonly Step[]): Promise<void> {
    for (const step of steps) if (typeof step === 'function' && step.bytes) await this.#openHandles(step.bytes);
  }

  async #openHandles(bytes: Buffer): Promise<void> {
    for (const [kind, placeholder] of Object.entries(HANDLE)) {
      if (bytes.includes(placeholder)) this.handles.set(placeholder, await this.#openHandle(kind));
    }
  }

  async #openHandle(kind: string): Promise<string> {
    if (kind === 'foreign') return this.#foreign;
    const [type, fields] = {
      folder: [SFTP.OPENDIR, [str(FOLDER)]] as const,
      write: [SFTP.OPEN, [str(`${FOLDER}/never`), u32(2 | 8 | 16), u32(0)]] as const,
    }[kind] ?? [SFTP.OPEN, [str(FILE), u32(1), u32(0)]];
    this.sendData(ask(type, ...fields));
    const handle = (await this.next())?.split(' ')[1] ?? '';
    if (kind === 'closed') {
      this.sendData(ask(SFTP.CLOSE, str(handle)));
      await this.#expect('STATUS 0');
    }
    return handle;
  }

  #withHandles(bytes: Buffer): Buffer {
    let text = bytes.toString('latin1');
    for (const [placeholder, handle] of this.handles) text = text.replaceAll(placeholder, handle);
    return Buffer.from(text, 'latin1');
  }

  /** What came next, in words; undefined at the end of the connection. */
  async next(): Promise<string | undefined> {
    for (;;) {
      const answer = this.#nextOfStream();
      if (answer !== undefined) return answer;
      const message = await this.peer.next();
      if (message === undefined) return undefined;
      if (message[0] === 94) this.#stream = Buffer.concat([this.#stream, message.subarray(9)]);
      else if (!PASSED_OVER.has(message.readUInt8(0))) return this.#told(message);
    }
  }

  #told(message: Buffer): string {
    const type = message.readUInt8(0);
    if (type === 91) this.channel = message.readUInt32BE(5);
    const first = message.length >= 5 ? message.readUInt32BE(1) : 0;
    switch (type) {
      case 1:
        return `DISCONNECT ${first}`;
      case 51:
        return `FAILURE ${message.subarray(5, 5 + first)}${message.at(-1) === 1 ? ' partly done' : ''}`;
      case 92:
        return `OPEN_FAILURE ${message.readUInt32BE(5)}`;
      case 60:
        return message.subarray(5, 5 + first).toString() === 'Second factor' ? 'QUESTION' : 'PK_OK';
      case 98: {
        const name = message.subarray(9, 9 + message.readUInt32BE(5)).toString('latin1');
        return name === 'exit-status' ? `exit ${message.readUInt32BE(message.length - 4)}` : name;
      }
      default:
        return NAMES.get(type) ?? `message ${type}`;
    }
  }

  /** Whole answers of the subsystem; each is uint32 length | byte type | uint32 id | … */
  #nextOfStream(): string | undefined {
    if (this.#stream.length < 4) return undefined;
    const end = 4 + this.#stream.readUInt32BE(0);
    if (this.#stream.length < end) return undefined;
    const answer = this.#stream.subarray(4, end);
    this.#stream = this.#stream.subarray(end);
    return this.#toldOfSftp(answer);
  }

  #toldOfSftp(answer: Buffer): string {
    const type = answer.readUInt8(0);
    const number = answer.length >= 9 ? answer.readUInt32BE(5) : 0;
    if (type === 2) return `VERSION ${answer.readUInt32BE(1)}`;
    if (type === 101) {
      this.sentences.push(answer.subarray(13, 13 + answer.readUInt32BE(9)).toString());
      return `STATUS ${number}`;
    }
    if (type === 102) return `HANDLE ${answer.subarray(9)}`;
    if (type === 103) return `DATA ${answer.subarray(9)}`;
    if (type === 104) return `NAMES ${number}`;
    if (type === 105) return `ATTRS ${answer.readBigUInt64BE(9)}`;
    return type === 201 ? 'EXTENDED_REPLY' : `answer ${type}`;
  }
}

const NAMES = new Map<number, string>([
  ...([
    [3, 'UNIMPLEMENTED'],
    [6, 'SERVICE_ACCEPT'],
    [7, 'EXT_INFO'],
    [20, 'KEXINIT'],
    [52, 'LOGIN'],
  ] as const),
  ...([
    [53, 'BANNER'],
    [81, 'REQUEST_SUCCESS'],
    [82, 'REQUEST_FAILURE'],
  ] as const),
  ...([
    [91, 'OPEN_CONFIRMATION'],
    [96, 'EOF'],
    [97, 'CLOSE'],
    [99, 'CHANNEL_SUCCESS'],
    [100, 'CHANNEL_FAILURE'],
  ] as const),
]);

/** byte 50 | string user | string service | string "publickey" | boolean | string algorithm | string key. RFC 4252 §7 */
export function publicKeyRequest(user: string, algorithm: string, blob: Buffer, isSigned: boolean): Buffer {
  const head = [str(user), str('ssh-connection'), str('publickey'), Buffer.of(isSigned ? 1 : 0)];
  return Buffer.concat([Buffer.of(USER_REQUEST), ...head, str(algorithm), str(blob)]);
}

/** byte 90 | string type | uint32 channel | uint32 window | uint32 packet size | more. RFC 4254 §5.1 */
export function openChannel(
  type: string,
  more: Buffer = Buffer.alloc(0),
  window = WINDOW,
  packetSize = MAX_PACKET,
): Buffer {
  return Buffer.concat([Buffer.of(90), str(type), u32(0), u32(window), u32(packetSize), more]);
}

export const openSession = (): Buffer => openChannel('session');

/** byte 98 | uint32 channel | string type | boolean want reply | more. RFC 4254 §5.4 */
export function channelRequest(
  channel: number,
  type: string,
  wantsReply: boolean,
  more: Buffer = Buffer.alloc(0),
): Buffer {
  return Buffer.concat([Buffer.of(98), u32(channel), str(type), Buffer.of(wantsReply ? 1 : 0), more]);
}

/** byte 94 | uint32 channel | string data. RFC 4254 §5.2 */
export function channelData(channel: number, bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.of(94), u32(channel), str(bytes)]);
}
