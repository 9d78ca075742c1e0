import {
  createHash,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  verify,
} from 'node:crypto';
import { connect, type Socket } from 'node:net';
import {
  CIPHERS,
  type CipherName,
  CtrOpener,
  CtrSealer,
  GcmOpener,
  GcmSealer,
  type Keys,
  type Opener,
  type PacketFaults,
  PlainOpener,
  PlainSealer,
  type Sealer,
} from './ssh-packets.ts';
import { type EdPair, edSign, str, u32 } from './ssh-wire.ts';

const DEADLINE_MS = 10_000;
const IDENTIFICATION = 'SSH-2.0-peer';
/** Of an Ed25519 private key in PKCS #8 and of a public key of X25519 in SPKI, RFC 8410: what stands before the 32 bytes. */
const ED25519_PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const ED25519_SPKI = Buffer.from('302a300506032b6570032100', 'hex');
const X25519_SPKI = Buffer.from('302a300506032b656e032100', 'hex');

/** What a peer offers in KEXINIT; each list as it stands on the wire. */
export type Offer = {
  readonly kex: string;
  readonly hostKey: string;
  readonly cipher: string;
  readonly mac: string;
  readonly compression: string;
  /** first_kex_packet_follows */
  readonly guesses: boolean;
};

/** A client of SSH written by hand for tests (RFC 4253): it does only what it is told, right or wrong. */
export class SshPeer {
  readonly socket: Socket;
  readonly cipher: CipherName;
  sealer: Sealer = new PlainSealer();
  /** Of the first key exchange. */
  sessionId: Buffer = Buffer.alloc(0);
  #opener: Opener = new PlainOpener();
  #bytes: Buffer = Buffer.alloc(0);
  #ended = false;
  #wake: (() => void) | undefined;
  readonly #mine: { kexInit: Buffer; keys: { privateKey: KeyObject; publicKey: KeyObject }; identification: string };
  #theirs: { identification: string; kexInit: Buffer } = { identification: '', kexInit: Buffer.alloc(0) };

  private constructor(socket: Socket, cipher: CipherName) {
    this.socket = socket;
    this.cipher = cipher;
    const kexInit = kexInitOf(offerOf(cipher));
    this.#mine = { kexInit, keys: generateKeyPairSync('x25519'), identification: IDENTIFICATION };
    socket.on('data', (chunk: Buffer) => {
      this.#bytes = Buffer.concat([this.#bytes, chunk]);
      this.#wake?.();
    });
    const ended = () => {
      this.#ended = true;
      this.#wake?.();
    };
    socket.on('end', ended).on('close', ended);
    socket.on('error', () => socket.destroy());
  }

  /** A connection on which nothing was said yet. */
  static async reach(port: number, cipher: CipherName = 'gcm', localAddress = '127.0.0.1'): Promise<SshPeer> {
    const socket = connect({ port, host: '127.0.0.1', localAddress, noDelay: true });
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    return new SshPeer(socket, cipher);
  }

  write(bytes: string | Uint8Array): void {
    if (this.socket.writable) this.socket.write(bytes);
  }

  /** One message, sealed as it is due. */
  send(payload: Uint8Array, faults?: PacketFaults): void {
    this.write(this.sealer.seal(payload, faults));
  }

  /** Our line, and that of the other side. */
  async identify(line = `${IDENTIFICATION}\r\n`): Promise<void> {
    this.#mine.identification = line.trimEnd();
    this.write(line);
    while (!this.#bytes.includes('\n')) await this.#more();
    const end = this.#bytes.indexOf('\n');
    this.#theirs.identification = this.#bytes.subarray(0, end).toString('latin1').trimEnd();
    this.#bytes = this.#bytes.subarray(end + 1);
  }

  /** The next message, or undefined where the connection is over. @throws Error where neither comes in time */
  async next(): Promise<Buffer | undefined> {
    for (;;) {
      const opened = this.#opener.open(this.#bytes);
      if (opened !== undefined) {
        this.#bytes = Buffer.from(opened.rest);
        return Buffer.from(opened.payload);
      }
      if (this.#ended) return undefined;
      await this.#more();
    }
  }

  /** Both KEXINITs. */
  async negotiate(offer: Partial<Offer> = {}): Promise<void> {
    this.#mine.kexInit = kexInitOf({ ...offerOf(this.cipher), ...offer });
    this.send(this.#mine.kexInit);
    const theirs = await this.next();
    if (theirs?.[0] !== 20) throw new Error(`no KEXINIT but ${theirs?.toString('hex')}`);
    this.#theirs.kexInit = theirs;
  }

  /** SSH_MSG_KEX_ECDH_INIT, RFC 8731: byte 30 | string Q_C */
  ecdhInit(): Buffer {
    const point = this.#mine.keys.publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);
    return Buffer.concat([Buffer.of(30), str(point)]);
  }

  /** From ECDH_INIT to NEWKEYS of the other side; ours is not sent yet. @returns what makes it so */
  async exchange(): Promise<() => void> {
    this.send(this.ecdhInit());
    const reply = await this.next();
    if (reply?.[0] !== 31) throw new Error(`no ECDH_REPLY but ${reply?.toString('hex')}`);
    const [hostKey, theirPoint, signature] = stringsOf(reply.subarray(1), 3) as [Buffer, Buffer, Buffer];
    const publicKey = createPublicKey({ key: Buffer.concat([X25519_SPKI, theirPoint]), format: 'der', type: 'spki' });
    const shared = mpint(diffieHellman({ privateKey: this.#mine.keys.privateKey, publicKey }));
    const hashed = [this.#mine.identification, this.#theirs.identification, this.#mine.kexInit, this.#theirs.kexInit];
    const parts = [...hashed.map(str), str(hostKey), this.ecdhInit().subarray(1), str(theirPoint), shared];
    const hash = createHash('sha256').update(Buffer.concat(parts)).digest();
    if (!isSignedBy(hostKey, signature, hash)) throw new Error('the host key did not sign this exchange');
    if (this.sessionId.length === 0) this.sessionId = hash;
    const newKeys = await this.next();
    if (newKeys?.[0] !== 21) throw new Error(`no NEWKEYS but ${newKeys?.toString('hex')}`);
    const keysOf = (letters: string) => this.#keys(shared, hash, letters);
    const [own, their] = [keysOf('ACE'), keysOf('BDF')];
    this.#opener = this.cipher === 'gcm' ? new GcmOpener(their) : new CtrOpener(their);
    // Strict key exchange: numbers begin at 0 with the new keys.
    const sealer = this.cipher === 'gcm' ? new GcmSealer(own) : new CtrSealer(own, 0);
    return () => {
      this.send(Buffer.of(21));
      this.sealer = sealer;
    };
  }

  /** Everything up to the first keys. */
  async shakeHands(): Promise<void> {
    await this.identify();
    await this.negotiate();
    const useNewKeys = await this.exchange();
    useNewKeys();
  }

  end(): void {
    this.socket.end();
  }

  /** RFC 4253 §7.2: HASH(K | H | letter | session id), as often as need be */
  #keys(shared: Buffer, hash: Buffer, letters: string): Keys {
    const [iv, key, mac] = Array.from(letters, (letter) =>
      createHash('sha256')
        .update(Buffer.concat([shared, hash, Buffer.from(letter), this.sessionId]))
        .digest(),
    ) as [Buffer, Buffer, Buffer];
    const { keyBytes, ivBytes } = CIPHERS[this.cipher];
    return { iv: iv.subarray(0, ivBytes), key: key.subarray(0, keyBytes), mac };
  }

  async #more(): Promise<void> {
    if (this.#ended) throw new Error('the connection ended');
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`nothing came within ${DEADLINE_MS} ms`)), DEADLINE_MS);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

export function offerOf(cipher: CipherName): Offer {
  return {
    ...{ kex: 'curve25519-sha256,kex-strict-c-v00@openssh.com', hostKey: 'ssh-ed25519', compression: 'none' },
    ...{ cipher: CIPHERS[cipher].name, mac: CIPHERS[cipher].mac, guesses: false },
  };
}

/** SSH_MSG_KEXINIT, RFC 4253 §7.1: byte 20 | 16 bytes | ten name-lists | boolean first_kex_packet_follows | uint32 0 */
export function kexInitOf({ kex, hostKey, cipher, mac, compression, guesses }: Offer): Buffer {
  const lists = [kex, hostKey, cipher, cipher, mac, mac, compression, compression, '', ''].map(str);
  return Buffer.concat([Buffer.of(20), randomBytes(16), ...lists, Buffer.of(guesses ? 1 : 0), u32(0)]);
}

function stringsOf(bytes: Buffer, count: number): readonly Buffer[] {
  const strings: Buffer[] = [];
  for (let at = 0; strings.length < count; ) {
    const length = bytes.readUInt32BE(at);
    strings.push(bytes.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return strings;
}

/** RFC 4251 §5: no zero in front, but one before a first bit that is set */
function mpint(value: Buffer): Buffer {
  let at = 0;
  while (at < value.length && value[at] === 0) at += 1;
  const digits = value.subarray(at);
  return str((digits[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.of(0), digits]) : digits);
}

function isSignedBy(hostKey: Buffer, signature: Buffer, hash: Buffer): boolean {
  const [, point] = stringsOf(hostKey, 2) as [Buffer, Buffer];
  const [, bytes] = stringsOf(signature, 2) as [Buffer, Buffer];
  const key = createPublicKey({ key: Buffer.concat([ED25519_SPKI, point]), format: 'der', type: 'spki' });
  return verify(null, hash, key, bytes);
}

/**
 * The Ed25519 key in a file of ssh-keygen without passphrase, PROTOCOL.key of OpenSSH: "openssh-key-v1" NUL | string cipher,
 * kdf, options | uint32 1 | string public key | string of: uint32 check, twice | string type, point, seed and point | string comment
 */
export function edKeyOf(file: string): EdPair {
  const bytes = Buffer.from(file.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64').subarray(15);
  const heads = stringsOf(bytes, 3).reduce((sum, one) => sum + 4 + one.length, 4);
  const [blob, secrets] = stringsOf(bytes.subarray(heads), 2) as [Buffer, Buffer];
  const [, point, seed] = stringsOf(secrets.subarray(8), 3) as [Buffer, Buffer, Buffer];
  const der = Buffer.concat([ED25519_PKCS8, seed.subarray(0, 32)]);
  return { privateKey: createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }), point, blob };
}

/** Signature over a login, RFC 4252 §7: string session id | the request without its signature */
export function signRequest(key: EdPair, sessionId: Buffer, request: Buffer): Buffer {
  return edSign(key, Buffer.concat([str(sessionId), request]));
}
