import { createHash, generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import ssh2, { type AnyAuthMethod } from 'ssh2';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sshPrivateFile } from '../../src/pki/openssh-key.ts';
import { AuditTrail } from '../support/audit-trail.ts';
import { type RunningGateway, removeFolder } from '../support/gateway.ts';
import { startSshGateway } from '../support/ssh-gateway.ts';
import { SshWorkshop, sftpAs } from '../support/ssh-keys.ts';
import { craftCertificate, edPair, str, u32 } from '../support/ssh-wire.ts';

/** What OpenSSH's client would not send: certificates it does not load, and signatures by another key. */
const ca = edPair();
const user = edPair();
const NAME = 'ssh-ed25519-cert-v01@openssh.com';
const whole = craftCertificate(ca, user);

let workshop: SshWorkshop;
let gateway: RunningGateway;
let audit: AuditTrail;

beforeAll(async () => {
  workshop = await SshWorkshop.open();
  await workshop.key('ca');
  await writeFile(workshop.path('crafted.pub'), `ssh-ed25519 ${ca.blob.toString('base64')}\n`);
  const authorities = ['crafted', 'ca'].map((name) => ({ publicKeyFile: workshop.path(`${name}.pub`) }));
  gateway = await startSshGateway({ authorities });
  audit = new AuditTrail(gateway);
});
afterAll(async () => {
  await gateway.stop();
  await removeFolder(gateway);
  await workshop.close();
});

function handlersOf(client: ssh2.Client): Record<string, (...message: unknown[]) => void> {
  const inside = client as unknown as { _protocol: { _handlers: Record<string, (...message: unknown[]) => void> } };
  return inside._protocol._handlers;
}

/** Offers these bytes under this name, and signs with a key that has nothing to do with them. */
async function offer(algorithm: string, blob: Buffer): Promise<{ outcome: string; banners: readonly string[] }> {
  // Not ssh2's own generator: it drops a leading zero byte of the public key, one key in 256.
  const signer = ssh2.utils.parseKey(sshPrivateFile(generateKeyPairSync('ed25519').privateKey, 'stranger'));
  if (signer instanceof Error) throw signer;
  const shown: ssh2.ParsedKey = Object.create(signer, {
    type: { value: algorithm },
    getPublicSSH: { value: () => blob },
  });
  const agent = new (class extends ssh2.BaseAgent {
    override getIdentities(done: (error: undefined, keys: ssh2.ParsedKey[]) => void) {
      done(undefined, [shown]);
    }
    override sign(...call: unknown[]) {
      const done = call.find((one): one is (error: undefined, bytes: Buffer) => void => typeof one === 'function');
      done?.(undefined, signer.sign(call[1] as Buffer));
    }
  })();
  const client = new ssh2.Client();
  const banners: string[] = [];
  client.on('banner', (text) => banners.push(text));
  const outcome = await new Promise<string>((resolve) => {
    client.on('ready', () => resolve('ready'));
    client.on('error', (error) => resolve(error.message));
    client.on('close', () => resolve('closed'));
    const methods = [{ type: 'agent', username: 'batch@ksz', agent } as AnyAuthMethod];
    const authHandler = (_left: unknown, _partial: unknown, next: (method: AnyAuthMethod) => void) =>
      next(methods.shift() ?? (false as never));
    client.connect({ host: '127.0.0.1', port: gateway.sftp, username: 'batch@ksz', authHandler });
    // A client that is not told of SHA-2 signs with SHA-1.
    handlersOf(client).EXT_INFO = () => undefined;
  });
  client.destroy();
  return { outcome, banners };
}

const flipped = Buffer.from(whole);
flipped[flipped.length - 1] = (flipped[flipped.length - 1] ?? 0) ^ 1;

test.each([
  ['a certificate of a host', NAME, craftCertificate(ca, user, { type: u32(2) }), 'certificate-type'],
  ['a certified authority', NAME, craftCertificate(ca, user, { authority: str(whole) }), 'certificate-nested'],
  ['a signature of the authority that is wrong', NAME, flipped, 'certificate-signature'],
  ['a certificate cut short', NAME, whole.subarray(0, -1), 'bad-ssh-certificate'],
  ['a byte too many', NAME, Buffer.concat([whole, Buffer.alloc(1)]), 'bad-ssh-certificate'],
  ['a certificate that was taken from its owner', NAME, whole, 'bad-signature'],
  ['a plain key under the name of a certificate', NAME, user.blob, 'bad-ssh-certificate'],
  ['a key cut short', 'ssh-ed25519', user.blob.subarray(0, -1), 'bad-ssh-key'],
  ['a security key', 'sk-ssh-ed25519@openssh.com', user.blob, 'ssh-key-kind'],
  ['RSA with SHA-1', 'ssh-rsa', user.blob, 'ssh-signature-sha1'],
  ['a certificate for RSA with SHA-1', 'ssh-rsa-cert-v01@openssh.com', whole, 'ssh-signature-sha1'],
])('%s: refused, and the log says why', async (_, algorithm, blob, reason) => {
  const { outcome } = await offer(algorithm, blob);
  expect(outcome).not.toBe('ready');
  const fingerprint = createHash('sha256').update(blob).digest('hex');
  await audit.line({ kind: 'login', outcome: 'refused', fields: { login: 'batch@ksz', reason, fingerprint } });
});

test('the twin of them all, made by ssh-keygen, comes in', async () => {
  const key = await workshop.key('user');
  const who = await workshop.certify('ca', key, ['-n', 'batch@ksz', '-V', '-1h:+1h']);
  expect(await sftpAs(gateway, 'batch@ksz', who)).toMatchObject({ status: 0 });
});

test('a reason is told once, also where it comes twice, and a signature that is wrong is told nothing', async () => {
  const { banners } = await offer(NAME, craftCertificate(ca, user, { type: u32(2) }));
  expect(banners).toHaveLength(1);
  expect(banners[0]).toMatch(/This SSH certificate is for a server\./);
  expect(banners[0]?.split('\r\n')).toHaveLength(5);
  expect((await offer(NAME, whole)).banners).toEqual([]);
});

test('a client is told that certificates are taken, and no SHA-1', async () => {
  const client = new ssh2.Client();
  client.on('error', () => undefined);
  client.connect({ host: '127.0.0.1', port: gateway.sftp, username: 'batch@ksz', authHandler: () => undefined });
  const told = await new Promise<unknown>((resolve) => {
    handlersOf(client).EXT_INFO = (_protocol, extensions) => resolve(extensions);
  });
  client.destroy();
  const plain = ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521'];
  const all = [...plain, 'rsa-sha2-512', 'rsa-sha2-256'];
  const algs = [...all, ...all.map((name) => `${name}-cert-v01@openssh.com`)];
  expect(told).toMatchObject([{ name: 'server-sig-algs', algs }]);
});
