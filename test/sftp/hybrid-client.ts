import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createPublicKey,
  decapsulate,
  diffieHellman,
  generateKeyPairSync,
  randomBytes,
  verify,
} from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { str, u32 } from '../support/ssh-wire.ts';

/*
 * The client's side of mlkem768x25519-sha256 as draft-ietf-sshm-mlkem-hybrid-kex and RFC 4253 §7, §8 have it, by
 * node:crypto alone: it shares no code with the server, so that a fault of one is not the other's too.
 */

const MSG_DISCONNECT = 1;
const IDENTIFICATION = 'SSH-2.0-hybrid';
const LISTS = [
  ...['mlkem768x25519-sha256,curve25519-sha256', 'ssh-ed25519'],
  ...[
    'aes128-gcm@openssh.com',
    'aes128-gcm@openssh.com',
    'hmac-sha2-256-etm@openssh.com',
    'hmac-sha2-256-etm@openssh.com',
  ],
  ...['none', 'none', '', ''],
];

export type Keys = { readonly init: Buffer; secretOf(reply: Buffer): Buffer };

/** C_INIT, and K of S_REPLY. */
export function hybridKeys(): Keys {
  const pq = generateKeyPairSync('ml-kem-768');
  const classical = generateKeyPairSync('x25519');
  const raw = (key: typeof pq.publicKey, bytes: number) => key.export({ type: 'spki', format: 'der' }).subarray(-bytes);
  return {
    init: Buffer.concat([raw(pq.publicKey, 1184), raw(classical.publicKey, 32)]),
    secretOf: (reply) => {
      if (reply.length !== 1088 + 32) throw new Error(`S_REPLY has ${reply.length} bytes`);
      const x25519 = Buffer.concat([Buffer.from('302a300506032b656e032100', 'hex'), reply.subarray(1088)]);
      const theirs = createPublicKey({ key: x25519, type: 'spki', format: 'der' });
      return createHash('sha256')
        .update(decapsulate(pq.privateKey, reply.subarray(0, 1088)))
        .update(diffieHellman({ privateKey: classical.privateKey, publicKey: theirs }))
        .digest();
    },
  };
}

/** What one connection that wants the hybrid exchange sees. */
export type Exchanged = { readonly signed: boolean; readonly accepted: string };

/**
 * Exchanges keys and asks for the login service under them.
 * @returns whether the host signed the exchange hash that this side computes, and which service it grants
 * @throws Error where the server closes before
 */
export async function exchange(port: number, { init, secretOf }: Keys): Promise<Exchanged> {
  const socket = connect(port, '127.0.0.1');
  const peer = new Peer(socket);
  try {
    socket.write(`${IDENTIFICATION}\r\n`);
    const serverIdentification = await peer.line();
    const clientKexInit = Buffer.concat([Buffer.from([20]), randomBytes(16), ...LISTS.map(str), Buffer.alloc(5)]);
    peer.sendPlain(clientKexInit);
    const serverKexInit = await peer.plain();
    peer.sendPlain(Buffer.concat([Buffer.from([30]), str(init)]));
    const [hostKey, reply, signature] = stringsOf((await peer.plain()).subarray(1));
    if (hostKey === undefined || reply === undefined || signature === undefined) throw new Error('no reply');
    const secret = str(secretOf(reply));
    const parts = [IDENTIFICATION, serverIdentification, clientKexInit, serverKexInit, hostKey, init, reply].map(str);
    const hash = createHash('sha256').update(Buffer.concat(parts)).update(secret).digest();
    const derive = (letter: string, bytes: number) =>
      createHash('sha256').update(secret).update(hash).update(letter).update(hash).digest().subarray(0, bytes);
    const signed = verifyEd25519(hostKey, hash, signature);
    peer.sendPlain(Buffer.from([21]));
    await peer.plain();
    peer.socket.write(seal(derive('C', 16), derive('A', 12), Buffer.concat([Buffer.from([5]), str('ssh-userauth')])));
    const [accepted] = stringsOf((await peer.sealed(derive('D', 16), derive('B', 12))).subarray(1));
    return { signed, accepted: accepted?.toString() ?? '' };
  } finally {
    socket.destroy();
  }
}

function verifyEd25519(hostKey: Buffer, hash: Buffer, signature: Buffer): boolean {
  const point = stringsOf(hostKey)[1] ?? Buffer.alloc(0);
  const key = createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: point.toString('base64url') },
    format: 'jwk',
  });
  return verify(null, hash, key, stringsOf(signature)[1] ?? Buffer.alloc(0));
}

/** uint32 length, plain | byte padding length | payload | padding | tag of 16 bytes; RFC 5647 */
function seal(key: Buffer, iv: Buffer, payload: Buffer): Buffer {
  const padding = 16 - ((1 + payload.length) % 16) + 16;
  const length = u32(1 + payload.length + padding);
  const cipher = createCipheriv('aes-128-gcm', key, iv).setAAD(length);
  const body = cipher.update(Buffer.concat([Buffer.from([padding]), payload, Buffer.alloc(padding)]));
  cipher.final();
  return Buffer.concat([length, body, cipher.getAuthTag()]);
}

function stringsOf(bytes: Buffer): readonly Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; at + 4 <= bytes.length; ) {
    const end = at + 4 + bytes.readUInt32BE(at);
    found.push(bytes.subarray(at + 4, end));
    at = end;
  }
  return found;
}

class Peer {
  readonly socket: Socket;
  #held: Buffer = Buffer.alloc(0);

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('error', () => {});
  }

  async line(): Promise<string> {
    while (!this.#held.includes('\n')) await this.#more();
    return this.#take(this.#held.indexOf('\n') + 1)
      .toString()
      .trim();
  }

  /** uint32 length | byte padding length | payload | padding; RFC 4253 §6 */
  async plain(): Promise<Buffer> {
    const packet = await this.#packet(0);
    if (packet[5] === MSG_DISCONNECT) throw new Error('the server closed');
    return packet.subarray(5, packet.length - packet.readUInt8(4));
  }

  async sealed(key: Buffer, iv: Buffer): Promise<Buffer> {
    const packet = await this.#packet(16);
    const decipher = createDecipheriv('aes-128-gcm', key, iv).setAAD(packet.subarray(0, 4));
    decipher.setAuthTag(packet.subarray(-16));
    const body = decipher.update(packet.subarray(4, -16));
    decipher.final();
    return body.subarray(1, body.length - body.readUInt8(0));
  }

  sendPlain(payload: Buffer): void {
    const padding = 8 - ((5 + payload.length) % 8) + 8;
    const head = Buffer.concat([u32(1 + payload.length + padding), Buffer.from([padding])]);
    this.socket.write(Buffer.concat([head, payload, Buffer.alloc(padding)]));
  }

  async #packet(tagBytes: number): Promise<Buffer> {
    while (this.#held.length < 4 || this.#held.length < 4 + this.#held.readUInt32BE(0) + tagBytes) await this.#more();
    return this.#take(4 + this.#held.readUInt32BE(0) + tagBytes);
  }

  #take(bytes: number): Buffer {
    const taken = this.#held.subarray(0, bytes);
    this.#held = this.#held.subarray(bytes);
    return taken;
  }

  async #more(): Promise<void> {
    const gone = once(this.socket, 'close').then(() => undefined);
    const chunk = await Promise.race([once(this.socket, 'data'), gone]);
    if (chunk === undefined) throw new Error('the server closed');
    this.#held = Buffer.concat([this.#held, chunk[0] as Buffer]);
  }
}
