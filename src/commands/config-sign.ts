import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { createConnection } from 'node:net';
import ssh2 from 'ssh2';
import { APPROVAL_NAMESPACE } from '../config/proposals.ts';
import { systemClock } from '../domain/clock.ts';
import { GatewayError } from '../domain/errors.ts';
import { WireReader } from '../domain/ssh-wire.ts';
import { readSignatureFile, Signer } from '../evidence/cms.ts';
import { readPkcs12 } from '../pki/pkcs12-read.ts';
import { armorFileSignature, bytesToSign } from '../pki/ssh-file-signature.ts';
import { askPassword } from './ask-password.ts';
import { readOrRefuse } from './read-or-refuse.ts';
import type { Signature, SigningOptions } from './signing-options.ts';

/** Signs a text, or takes the signature somebody made. @throws GatewayError `bad-request` */
export async function makeSignature(text: string, options: SigningOptions): Promise<Signature> {
  const { key, certificate, signature } = options;
  if ([key, certificate, signature].filter((one) => one !== undefined).length !== 1) {
    throw new GatewayError('bad-request', 'sign by one of --key, --certificate and --signature');
  }
  if (signature !== undefined) return readSignature(await readOrRefuse(signature));
  if (certificate !== undefined) return byCertificate(text, certificate, options.passwordFile);
  return ssh(await bySshKey(Buffer.from(text), key ?? '', options));
}

function ssh(armored: string): Signature {
  return { form: 'ssh', signature: Buffer.from(armored).toString('base64') };
}

function readSignature(bytes: Buffer): Signature {
  const text = bytes.toString('latin1');
  if (text.includes('-----BEGIN SSH SIGNATURE-----')) return ssh(text);
  const der = readSignatureFile(bytes);
  if (der === undefined) throw new GatewayError('bad-request', 'the file holds neither an SSH signature nor a CMS');
  return { form: 'certificate', signature: Buffer.from(der).toString('base64') };
}

async function byCertificate(text: string, file: string, passwordFile: string | undefined): Promise<Signature> {
  const password = passwordFile === undefined ? await askPassword() : await firstLineOf(passwordFile);
  const { key, certificates } = readPkcs12(await readOrRefuse(file), password);
  const cms = await Signer.of(key, certificates, systemClock).signBytes(Buffer.from(text));
  return { form: 'certificate', signature: Buffer.from(cms).toString('base64') };
}

async function bySshKey(message: Buffer, file: string, { agent, passwordFile }: SigningOptions): Promise<string> {
  const bytes = await readOrRefuse(file);
  const passphrase = passwordFile === undefined ? undefined : await firstLineOf(passwordFile);
  const key = ssh2.utils.parseKey(bytes, passphrase);
  if (key instanceof Error) {
    throw new GatewayError('bad-request', `${file} is no SSH key that can be read: ${key.message}`, { cause: key });
  }
  const blob = key.getPublicSSH();
  const signed = bytesToSign(message, APPROVAL_NAMESPACE);
  if (key.isPrivateKey()) {
    return armorFileSignature(
      blob,
      wireSignature(createPrivateKey(key.getPrivatePEM()), key.type, signed),
      APPROVAL_NAMESPACE,
    );
  }
  if (agent === undefined) throw new GatewayError('bad-request', `${file} is a public key, and there is no SSH agent`);
  return armorFileSignature(blob, await byAgent(agent, blob, signed), APPROVAL_NAMESPACE);
}

/** string algorithm | string signature: RFC 8709 §6, RFC 5656 §3.1.2, RFC 8332 §3 */
function wireSignature(key: KeyObject, type: string, signed: Buffer): Buffer {
  if (type === 'ssh-ed25519') return wire(type, sign(null, signed, key));
  if (type === 'ssh-rsa') return wire('rsa-sha2-512', sign('sha512', signed, key));
  const digest = { 'ecdsa-sha2-nistp256': 'sha256', 'ecdsa-sha2-nistp384': 'sha384', 'ecdsa-sha2-nistp521': 'sha512' }[
    type
  ];
  if (digest === undefined) throw new GatewayError('bad-request', `keys of kind ${type} are not taken`);
  const both = sign(digest, signed, { key, dsaEncoding: 'ieee-p1363' });
  const halves = [both.subarray(0, both.length / 2), both.subarray(both.length / 2)];
  return wire(type, Buffer.concat(halves.map((half) => stringOf(positive(half)))));
}

function wire(algorithm: string, signature: Uint8Array): Buffer {
  return Buffer.concat([stringOf(Buffer.from(algorithm)), stringOf(signature)]);
}

/** mpint of a number above 0, RFC 4251 §5. */
function positive(bytes: Buffer): Buffer {
  const from = bytes.findIndex((byte) => byte !== 0);
  const rest = bytes.subarray(Math.max(from, 0));
  return (rest[0] ?? 0) < 0x80 ? rest : Buffer.concat([Buffer.of(0), rest]);
}

function stringOf(bytes: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

async function firstLineOf(file: string): Promise<string> {
  return (await readOrRefuse(file)).toString('utf8').split(/\r?\n/, 1)[0] ?? '';
}

const SIGN_REQUEST = 13; // SSH_AGENTC_SIGN_REQUEST, draft-ietf-sshm-ssh-agent §6.1
const SIGN_RESPONSE = 14;
const RSA_SHA2_512 = 4; // flag SSH_AGENT_RSA_SHA2_512
const AGENT_MS = 30_000;

/** uint32 length | byte 13 | string blob | string data | uint32 flags → uint32 length | byte 14 | string signature */
async function byAgent(path: string, blob: Buffer, signed: Buffer): Promise<Buffer> {
  const flags = Buffer.from([0, 0, 0, RSA_SHA2_512]);
  const request = stringOf(Buffer.concat([Buffer.of(SIGN_REQUEST), stringOf(blob), stringOf(signed), flags]));
  const answer = await new Promise<Buffer>((resolve, reject) => {
    const failed = (cause?: Error) =>
      reject(new GatewayError('bad-request', 'the SSH agent did not sign', cause === undefined ? {} : { cause }));
    const socket = createConnection(path, () => socket.write(request));
    let received = Buffer.alloc(0);
    socket.setTimeout(AGENT_MS, () => socket.destroy(new Error('the agent does not answer')));
    socket.on('error', failed);
    socket.on('close', () => failed());
    socket.on('data', (bytes) => {
      received = Buffer.concat([received, bytes]);
      if (received.length < 4 || received.length < 4 + received.readUInt32BE()) return;
      resolve(received);
      socket.destroy();
    });
  });
  const reader = new WireReader(new WireReader(answer).string());
  if (reader.byte() !== SIGN_RESPONSE) throw new GatewayError('bad-request', 'the SSH agent does not hold this key');
  return reader.string();
}
