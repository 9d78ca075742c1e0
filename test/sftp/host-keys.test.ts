import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2, { type Client } from 'ssh2';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { HostKeys } from '../../src/sftp/host-keys.ts';
import { connect } from './raw-client.ts';
import { type SftpFixture, startSftp } from './sftp-fixture.ts';

let folder: string;
let fixture: SftpFixture;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluis-host-keys-'));
  makeKey('ed25519', '-t', 'ed25519');
  makeKey('rsa', '-t', 'rsa', '-b', '3072');
  makeKey('next', '-t', 'ed25519');
  makeKey('short', '-t', 'rsa', '-b', '2048');
  makeKey('ecdsa', '-t', 'ecdsa');
  await writeFile(file('no-key'), 'words');
  fixture = await startSftp({ hostKeyFiles: { shown: [file('ed25519'), file('rsa')], next: [file('next')] } });
});
afterAll(async () => {
  await fixture.close();
  await rm(folder, { recursive: true });
});

function file(name: string): string {
  return join(folder, name);
}

function makeKey(name: string, ...kind: readonly string[]): void {
  execFileSync('ssh-keygen', ['-q', ...kind, '-N', '', '-C', 'test', '-f', file(name)]);
}

/** `ssh-ed25519 AAAA…` */
async function publicKey(name: string): Promise<string> {
  return (await readFile(file(`${name}.pub`), 'utf8')).split(' ').slice(0, 2).join(' ');
}

/** OpenSSH that knows the host by these keys, under a name of its own, so that the port does not matter. @returns those it knows then */
async function visit(at: SftpFixture, known: readonly string[], more: readonly string[] = []) {
  const list = join(at.folder, 'known_hosts');
  await writeFile(list, known.map((key) => `sluis ${key}\n`).join(''));
  await at.batch('batch@ksz', ['ls /'], ['-o', 'UpdateHostKeys=yes', '-o', 'HostKeyAlias=sluis', ...more]);
  const lines = (await readFile(list, 'utf8')).trim().split('\n');
  return lines.map((line) => line.replace(/^sluis /, '')).toSorted();
}

async function keys(...names: readonly string[]): Promise<readonly string[]> {
  return (await Promise.all(names.map(publicKey))).toSorted();
}

test.each([
  ['that shows an Ed25519 key', 'ssh-ed25519', 'ed25519'],
  ['that shows an RSA key and signs with SHA-512', 'rsa-sha2-512', 'rsa'],
  ['that shows an RSA key and signs with SHA-256', 'rsa-sha2-256', 'rsa'],
])('OpenSSH learns all keys of a host %s, the next one as well', async (_, algorithm, shown) => {
  // OpenSSH learns no key of a kind it was told not to take, so the rest of the list stays.
  const kinds = [...new Set([algorithm, 'ssh-ed25519', 'rsa-sha2-512', 'rsa-sha2-256'])];
  const known = await visit(fixture, [await publicKey(shown)], ['-o', `HostKeyAlgorithms=${kinds.join()}`]);
  expect(known).toEqual(await keys('ed25519', 'rsa', 'next'));
});

test('a host that goes over to its next key is known to those who came before, and the old key is forgotten', async () => {
  const known = await visit(fixture, await keys('ed25519'));
  const later = await startSftp({ hostKeyFiles: { shown: [file('next'), file('rsa')] } });
  try {
    expect(await visit(later, known)).toEqual(await keys('next', 'rsa'));
    await expect(visit(later, await keys('ed25519'))).rejects.toThrow('Host key verification failed');
  } finally {
    await later.close();
  }
});

type Insides = {
  _callbacks: ((failed: boolean, data?: Buffer) => void)[];
  _protocol: { openssh_hostKeysProve(keys: readonly { getPublicSSH(): Buffer }[]): void };
};

/** Has a key proven; undefined where that is refused. */
async function prove(client: Client, blobs: readonly Buffer[]): Promise<Buffer | undefined> {
  const inside = client as unknown as Insides;
  return new Promise((resolve) => {
    inside._callbacks.push((failed, data) => resolve(failed ? undefined : data));
    inside._protocol.openssh_hostKeysProve(blobs.map((blob) => ({ getPublicSSH: () => blob })));
  });
}

test('a client has only keys of the host proven, each once in a request, and a few times in a connection', async () => {
  const [own, next, foreign] = await Promise.all(
    ['ed25519', 'next', 'short'].map(async (name) =>
      Buffer.from((await publicKey(name)).split(' ')[1] ?? '', 'base64'),
    ),
  );
  if (own === undefined || next === undefined || foreign === undefined) throw new Error('no keys');
  const client = await connect(fixture);
  const refusals = [[foreign], [own, foreign], [own, own], []];
  for (const blobs of refusals) expect(await prove(client, blobs)).toBeUndefined();
  expect(await prove(client, [own])).toBeUndefined();
  client.end();
  const other = await connect(fixture);
  // string signature: string "ssh-ed25519" | string of 64 bytes
  for (let times = 0; times < 4; times += 1) expect((await prove(other, [own, next]))?.length).toBe(2 * (4 + 15 + 68));
  expect(await prove(other, [own])).toBeUndefined();
  other.end();
});

test.each([
  ['RSA of 2048 bits', 'short', 'RSA of at least 3072 bits'],
  ['ECDSA', 'ecdsa', 'RSA of at least 3072 bits'],
  ['a public key', 'ed25519.pub', 'can not be read'],
  ['no key', 'no-key', 'can not be read'],
])('%s is no host key', async (_, name, message) => {
  const bytes = await readFile(file(name));
  expect(() => new HostKeys([bytes])).toThrow(message);
  expect(new HostKeys([await readFile(file('rsa'))]).shown).toHaveLength(1);
});

test('what is announced is what ssh2 reads as keys too', async () => {
  const client = new ssh2.Client();
  const heard = new Promise<readonly { readonly type: string }[]>((resolve) => {
    client.on('hostkeys', resolve);
  });
  const privateKey = await readFile(fixture.keyFile('batch@ksz'));
  const where = { host: '127.0.0.1', port: fixture.port, username: 'batch@ksz' };
  client.connect({ ...where, privateKey, strictVendor: false });
  // It passes on those it had proven.
  expect((await heard).map(({ type }) => type)).toEqual(['ssh-ed25519', 'ssh-rsa', 'ssh-ed25519']);
  client.end();
});
