import { createHash } from 'node:crypto';
import { readNumbers, readSshKey, SSH_KEY_TYPES, type SshKeyResult, type SshKeyType } from '../domain/ssh-key.ts';
import { readWire, WireReader } from '../domain/ssh-wire.ts';

/** An option of a certificate; `data` as it stands there. */
export type SshOption = { readonly name: string; readonly data: Buffer };

/** An OpenSSH certificate, read and not yet believed. */
export type SshCertificate = {
  readonly blob: Buffer;
  /** The key that was certified, as it would be registered; weak ones are told by their fault. */
  readonly key: SshKeyResult;
  readonly serial: bigint;
  /** 1 for users, 2 for hosts. */
  readonly type: number;
  readonly keyId: Buffer;
  readonly principals: readonly string[];
  /** Seconds since the epoch; from the first until before the last. */
  readonly validAfter: bigint;
  readonly validBefore: bigint;
  readonly criticalOptions: readonly SshOption[];
  readonly authority: Buffer;
  /** What the authority signed, and its signature. */
  readonly signed: Buffer;
  readonly signature: Buffer;
};

export const CERTIFICATE_SUFFIX = '-cert-v01@openssh.com';
const MAX_BLOB_BYTES = 64 * 1024;
const MAX_PRINCIPALS = 256; // SSHKEY_CERT_MAX_PRINCIPALS of OpenSSH
const MAX_OPTIONS = 64;

/** The type in a blob, when that is the type of a certificate of a kind of key that is taken. */
export function certificateType(blob: Uint8Array): SshKeyType | undefined {
  const name = readWire(blob, (reader) => reader.name());
  return SSH_KEY_TYPES.find((type) => `${type}${CERTIFICATE_SUFFIX}` === name);
}

/**
 * PROTOCOL.certkeys of OpenSSH: string type | string nonce | numbers of the key | uint64 serial | uint32 type |
 * string key id | string principals | uint64 valid after | uint64 valid before | string critical options |
 * string extensions | string reserved | string key of the authority | string signature.
 * @returns undefined where anything does not add up. Never throws.
 */
export function readSshCertificate(blob: Uint8Array): SshCertificate | undefined {
  const type = certificateType(blob);
  if (type === undefined || blob.length > MAX_BLOB_BYTES) return undefined;
  return readWire(blob, (reader) => {
    reader.name();
    reader.string();
    const before = reader.offset;
    if (readNumbers(type, reader) === undefined) return undefined;
    const key = readSshKey(Buffer.concat([stringOf(type), blob.subarray(before, reader.offset)]));
    const facts = {
      ...{ serial: reader.uint64(), type: reader.uint32(), keyId: reader.string() },
      principals: readPrincipals(reader.string()),
      ...{ validAfter: reader.uint64(), validBefore: reader.uint64() },
      criticalOptions: readOptions(reader.string()),
    };
    const extensions = readOptions(reader.string());
    reader.string();
    const authority = reader.string();
    const signed = Buffer.from(blob.subarray(0, reader.offset));
    const signature = reader.string();
    reader.end();
    const { principals, criticalOptions } = facts;
    if (principals === undefined || criticalOptions === undefined || extensions === undefined) return undefined;
    return { ...facts, blob: Buffer.from(blob), key, principals, criticalOptions, authority, signed, signature };
  });
}

/** SHA-256 as ssh-keygen -l writes it. */
export function sshFingerprint(blob: Uint8Array): string {
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
}

function readPrincipals(bytes: Buffer): readonly string[] | undefined {
  const reader = new WireReader(bytes);
  const principals: string[] = [];
  while (!reader.atEnd) {
    const bytesOf = reader.string();
    const text = bytesOf.toString('utf8');
    // What is not UTF-8 could come out equal to another name; a zero byte could end one early elsewhere.
    if (!Buffer.from(text).equals(bytesOf) || text.includes('\0')) return undefined;
    if (principals.push(text) > MAX_PRINCIPALS) return undefined;
  }
  return principals;
}

/** Pairs of string name | string data, in the order of their names, each name once. */
function readOptions(bytes: Buffer): readonly SshOption[] | undefined {
  const reader = new WireReader(bytes);
  const options: SshOption[] = [];
  while (!reader.atEnd) {
    const option = { name: reader.name(), data: reader.string() };
    const before = options.at(-1);
    if (before !== undefined && before.name >= option.name) return undefined;
    if (options.push(option) > MAX_OPTIONS) return undefined;
  }
  return options;
}

function stringOf(text: string): Buffer {
  const bytes = Buffer.alloc(4 + text.length);
  bytes.writeUInt32BE(text.length);
  bytes.write(text, 4, 'latin1');
  return bytes;
}
