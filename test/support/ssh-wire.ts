import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/** Bytes of SSH made by hand, for what ssh-keygen would never write. RFC 4251 §5 */
export function str(value: string | Uint8Array): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([u32(bytes.length), bytes]);
}

export function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

export function u64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
}

/** An Ed25519 key pair and its blob. */
export type EdPair = { readonly privateKey: KeyObject; readonly point: Buffer; readonly blob: Buffer };

export function edPair(): EdPair {
  const { privateKey } = generateKeyPairSync('ed25519');
  const { x = '' } = createPublicKey(privateKey).export({ format: 'jwk' });
  const point = Buffer.from(x, 'base64url');
  return { privateKey, point, blob: Buffer.concat([str('ssh-ed25519'), str(point)]) };
}

/** The signature of an Ed25519 key in its wire form. */
export function edSign({ privateKey }: EdPair, bytes: Uint8Array): Buffer {
  return Buffer.concat([str('ssh-ed25519'), str(sign(null, bytes, privateKey))]);
}

/** The fields of a certificate after the key, each as the bytes that stand there. */
export type CertificateFields = {
  readonly serial: Buffer;
  readonly type: Buffer;
  readonly keyId: Buffer;
  readonly principals: Buffer;
  readonly validAfter: Buffer;
  readonly validBefore: Buffer;
  readonly criticalOptions: Buffer;
  readonly extensions: Buffer;
  readonly reserved: Buffer;
  readonly authority: Buffer;
};

/** A certificate that is right except for the fields given. PROTOCOL.certkeys */
export function craftCertificate(
  ca: EdPair,
  user: EdPair,
  fields: Partial<CertificateFields> = {},
  { name = 'ssh-ed25519-cert-v01@openssh.com', signature }: { name?: string; signature?: Buffer } = {},
): Buffer {
  const all: CertificateFields = {
    serial: u64(1n),
    type: u32(1),
    keyId: str('crafted'),
    principals: str(str('batch@ksz')),
    validAfter: u64(0n),
    validBefore: u64(0xffff_ffff_ffff_ffffn),
    criticalOptions: str(''),
    extensions: str(''),
    reserved: str(''),
    authority: str(ca.blob),
    ...fields,
  };
  const body = Buffer.concat([
    ...[str(name), str(Buffer.alloc(32, 7)), str(user.point), all.serial, all.type, all.keyId, all.principals],
    ...[all.validAfter, all.validBefore, all.criticalOptions, all.extensions, all.reserved, all.authority],
  ]);
  return Buffer.concat([body, str(signature ?? edSign(ca, body))]);
}

/** A revocation list with these sections. PROTOCOL.krl */
export function craftKrl(
  sections: readonly Buffer[],
  { version = 1n, generated = 1n }: { version?: bigint; generated?: bigint } = {},
): Buffer {
  const head = [u64(0x5353484b524c0a00n), u32(1), u64(version), u64(generated), u64(0n), str(''), str('')];
  return Buffer.concat([...head, ...sections]);
}

/** byte kind | string contents, as sections of a revocation list and their parts are. */
export function section(kind: number, ...contents: readonly Buffer[]): Buffer {
  return Buffer.concat([Buffer.from([kind]), str(Buffer.concat(contents))]);
}
