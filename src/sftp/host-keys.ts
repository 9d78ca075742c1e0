import type { Connection } from 'ssh2';
import ssh2, { type ParsedKey } from 'ssh2';
import { readSshKey } from '../domain/ssh-key.ts';
import { readWire } from '../domain/ssh-wire.ts';
import { FieldWriter } from './codec.ts';
import { internalsOf, type Protocol, sendPayload, wrap } from './ssh2-inside.ts';

const MSG_GLOBAL_REQUEST = 80;
const ANNOUNCE = 'hostkeys-00@openssh.com';
const PROVE = 'hostkeys-prove-00@openssh.com';
/** Signing takes a millisecond or two of the serving thread; a client proves what it learns once. */
const MAX_PROOFS_PER_CONNECTION = 4;
const KINDS = ['ssh-ed25519', 'ssh-rsa'];

type HostKey = { readonly blob: Buffer; readonly key: ParsedKey };

/** The keys this host is known by: those it shows, and those it will show next, which clients may learn before. */
export class HostKeys {
  /** Private keys as ssh2 takes them; the first of a type counts. */
  readonly shown: readonly (string | Buffer)[];
  readonly #all: readonly HostKey[];

  /**
   * @param shown private keys as ssh-keygen writes them, without passphrase
   * @throws Error where one can not be read, or is neither Ed25519 nor RSA of at least 3072 bits
   */
  constructor(shown: readonly (string | Buffer)[], next: readonly (string | Buffer)[] = []) {
    this.shown = shown;
    this.#all = [...shown, ...next].map(readHostKey);
  }

  /**
   * Tells a client that has logged in which keys there are, and proves to it that they are ours: OpenSSH, PROTOCOL §2.5.
   * byte 80 | string "hostkeys-00@openssh.com" | boolean want reply | string key, for each
   */
  announceTo(client: Connection): void {
    const { protocol } = internalsOf(client);
    this.#proveTo(protocol);
    const writer = new FieldWriter().byte(MSG_GLOBAL_REQUEST).string(ANNOUNCE).byte(0);
    for (const { blob } of this.#all) writer.string(blob);
    sendPayload(protocol, writer.joined());
  }

  /** string key, for each; answered with string signature, for each, or refused as a whole. ssh2 knows no such request. */
  #proveTo(protocol: Protocol): void {
    let left = MAX_PROOFS_PER_CONNECTION;
    wrap(protocol, 'GLOBAL_REQUEST', (next, [, name, wantsReply, data]) => {
      if (name !== PROVE || wantsReply !== true) return next();
      left -= 1;
      const proof = left >= 0 && Buffer.isBuffer(data) ? this.#proof(data, protocol) : undefined;
      if (proof === undefined) protocol.requestFailure();
      else protocol.requestSuccess(proof);
    });
  }

  #proof(wanted: Buffer, protocol: Protocol): Buffer | undefined {
    const keys = this.#named(wanted);
    if (keys === undefined) return undefined;
    const { sessionID, negotiated } = protocol._kex;
    const proof = new FieldWriter();
    for (const { blob, key } of keys) {
      // The one of RSA that the client agreed to, where it did.
      const sha256 = negotiated.serverHostKey === 'rsa-sha2-256';
      const [algorithm, hash] = key.type === 'ssh-rsa' ? rsaAlgorithm(sha256) : [key.type, undefined];
      const signature = key.sign(new FieldWriter().string(PROVE).string(sessionID).string(blob).joined(), hash);
      if (!Buffer.isBuffer(signature)) return undefined;
      proof.string(new FieldWriter().string(algorithm).string(signature).joined());
    }
    return proof.joined();
  }

  /** Keys of ours, each named once; undefined where anything else stands there. */
  #named(wanted: Buffer): readonly HostKey[] | undefined {
    const named = readWire(wanted, (reader) => {
      const keys = new Set<HostKey | undefined>();
      let count = 0;
      for (; !reader.atEnd && count <= this.#all.length; count += 1) {
        const blob = reader.string();
        keys.add(this.#all.find((one) => one.blob.equals(blob)));
      }
      return { keys: [...keys].filter((key) => key !== undefined), count };
    });
    return named === undefined || named.count === 0 || named.keys.length < named.count ? undefined : named.keys;
  }
}

function rsaAlgorithm(sha256: boolean): readonly [string, string] {
  return sha256 ? ['rsa-sha2-256', 'sha256'] : ['rsa-sha2-512', 'sha512'];
}

function readHostKey(file: string | Buffer): HostKey {
  const parsed = ssh2.utils.parseKey(file);
  const key = Array.isArray(parsed) ? parsed[0] : parsed;
  if (key === undefined || key instanceof Error || !key.isPrivateKey()) {
    throw new Error('an SSH host key can not be read: it is a private key as ssh-keygen writes it, without passphrase');
  }
  const blob = Buffer.from(key.getPublicSSH());
  if (!KINDS.includes(key.type) || !readSshKey(blob).ok) {
    throw new Error(`an SSH host key is Ed25519, or RSA of at least 3072 bits; this one (${key.type}) is not`);
  }
  return { blob, key };
}
