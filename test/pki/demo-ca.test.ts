import { execFile } from 'node:child_process';
import { createPublicKey, X509Certificate } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isInsz } from '../../src/domain/insz.ts';
import { parseCertificates } from '../../src/pki/certificate.ts';
import { type DemoAccount, type DemoPki, demoNationalNumber, makeDemoPki } from '../../src/pki/demo-ca.ts';
import { OID } from '../../src/pki/oids.ts';
import { fileLists } from '../support/revocation-lists.ts';

const NOW = Date.now();
const DAY = 86_400_000;
const ACCOUNTS: readonly DemoAccount[] = ['ksz', 'rva'].flatMap((partner) => [
  { kind: 'person', id: 'anna', partner, kbo: '0900000147' } as const,
  { kind: 'machine', id: 'batch', partner, kbo: '0900000147' } as const,
]);
const NAMES = ACCOUNTS.map(({ id, partner }) => `${id}@${partner}`);
const run = promisify(execFile);

let parent: string;
let made: string;

function make(directory: string, now = NOW): Promise<DemoPki> {
  return makeDemoPki({ directory, accounts: ACCOUNTS, sftpHosts: ['127.0.0.1', 'localhost'], now });
}

beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'sluis-pki-'));
  made = join(parent, 'made');
  expect((await make(made)).problems).toEqual([]);
});

afterAll(() => rm(parent, { recursive: true }));

async function copyOf(name: string): Promise<string> {
  const directory = join(parent, name);
  await cp(made, directory, { recursive: true, preserveTimestamps: true });
  return directory;
}

/** Every file with its time, mode and bytes. */
async function snapshot(directory: string): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const { mtimeMs, mode } = await stat(path);
    const bytes = entry.isFile() ? await readFile(path, 'base64') : '';
    found.set(
      path.slice(directory.length + 1),
      [entry.isFile() ? mtimeMs : 0, (mode & 0o777).toString(8), bytes].join(' '),
    );
  }
  return found;
}

function openssl(...args: readonly string[]): Promise<{ stdout: string }> {
  return run('openssl', args, { cwd: made });
}

async function facts(name: string) {
  const [certificate] = parseCertificates(await readFile(join(made, name), 'utf8'));
  if (certificate === undefined) throw new Error(`${name} holds no certificate`);
  return certificate;
}

test('the files are those of the contract, and secrets are for their owner', async () => {
  const files = await snapshot(made);
  const perAccount = NAMES.flatMap((name) => ['.pem', '.key', '.ssh', '.ssh.pub'].map((end) => `${name}${end}`));
  const common =
    'class3-ca.pem server-ca.pem server.pem server.key crl.pem signer.pem signer-ca.pem ssh_host_ed25519.pub ssh_host_rsa.pub known_hosts';
  const secret = ['class3-ca.key', 'server-ca.key', 'signer-ca.key', 'signer.key', 'ssh_host_ed25519', 'ssh_host_rsa'];
  expect([...files.keys()].toSorted()).toEqual(
    [
      ...perAccount,
      'anna@ksz.p12',
      'anna@rva.p12',
      ...common.split(' '),
      'private',
      ...secret.map((name) => `private/${name}`),
    ].toSorted(),
  );
  for (const [name, file] of files) {
    const isSecret = name.startsWith('private/') || /\.(key|ssh|p12)$/.test(name);
    expect(`${name} ${file.split(' ')[1]}`).toBe(`${name} ${name === 'private' ? '700' : isSecret ? '600' : '644'}`);
  }
});

test('openssl follows every certificate to its CA, strictly and with the revocation list', async () => {
  const crl = ['-CRLfile', 'crl.pem', '-crl_check', '-x509_strict'];
  for (const name of NAMES) {
    const { stdout } = await openssl(
      'verify',
      '-CAfile',
      'class3-ca.pem',
      ...crl,
      '-purpose',
      'sslclient',
      `${name}.pem`,
    );
    expect(stdout).toBe(`${name}.pem: OK\n`);
  }
  await openssl('verify', '-CAfile', 'server-ca.pem', '-x509_strict', '-purpose', 'sslserver', 'server.pem');
  await openssl('verify', '-CAfile', 'signer-ca.pem', '-x509_strict', '-purpose', 'smimesign', 'signer.pem');
  await expect(openssl('verify', '-CAfile', 'server-ca.pem', 'anna@ksz.pem')).rejects.toThrow();
});

test('a person’s and a machine’s certificate say who they are', async () => {
  const person = await facts('anna@ksz.pem');
  expect(Object.fromEntries(person.subject)).toEqual({
    [OID.country]: ['BE'],
    [OID.organization]: ['ksz'],
    [OID.commonName]: ['Anna Demo'],
    [OID.serialNumber]: [demoNationalNumber('anna', 'ksz')],
    [OID.email]: ['anna@ksz.example'],
  });
  expect(person.alternativeEmails).toEqual(['anna@ksz.example']);
  expect(person.policies).toEqual(['1.3.6.1.4.1.4146.1.40']);
  for (const name of NAMES) {
    const certificate = await facts(`${name}.pem`);
    expect([...(certificate.keyUsage ?? [])]).toEqual(['digitalSignature']);
    const signsToo = name.startsWith('batch@') ? [] : [OID.emailProtection];
    expect([...(certificate.extendedKeyUsage ?? [])]).toEqual([OID.clientAuth, ...signsToo]);
    expect(certificate.issuerKeyId).toBe((await facts('class3-ca.pem')).keyId);
    expect(certificate.notAfter - certificate.notBefore).toBe(397 * DAY);
  }
  expect(Object.fromEntries((await facts('batch@rva.pem')).subject)).toEqual({
    [OID.country]: ['BE'],
    [OID.organizationalUnit]: ['urn:be:fgov:kbo-bce:organization:cbe-number:0900000147'],
    [OID.commonName]: ['batch'],
  });
  const server = new X509Certificate(await readFile(join(made, 'server.pem')));
  expect(server.subjectAltName).toBe('DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1');
});

test('demo national numbers are valid, synthetic and each their own', () => {
  const numbers = ['anna', 'bram'].flatMap((id) =>
    ['ksz', 'rjv', 'rva', 'kbf'].map((partner) => demoNationalNumber(id, partner)),
  );
  expect(new Set(numbers).size).toBe(8);
  expect(numbers.every((number) => isInsz(number) && number[6] === '9')).toBe(true);
});

test('a person’s .p12 opens with today’s algorithms and holds key, certificate and CA', async () => {
  const p12 = ['pkcs12', '-in', 'anna@ksz.p12', '-passin', 'pass:demo'];
  const { stdout } = await openssl(...p12, '-nodes');
  const inside = parseCertificates(stdout).map(({ fingerprint }) => fingerprint);
  expect(inside).toEqual([(await facts('anna@ksz.pem')).fingerprint, (await facts('class3-ca.pem')).fingerprint]);
  const key = stdout.slice(stdout.indexOf('-----BEGIN PRIVATE KEY-----'));
  expect(createPublicKey(key).equals((await facts('anna@ksz.pem')).key)).toBe(true);
  expect(stdout).toContain('friendlyName: anna@ksz');
  const { stderr } = await run('openssl', [...p12, '-info', '-noout'], { cwd: made });
  expect(stderr).toContain('MAC: sha256');
  expect(stderr).toContain('PBES2, PBKDF2, AES-256-CBC');
  expect(stderr).toContain('hmacWithSHA256');
  await expect(openssl('pkcs12', '-in', 'anna@ksz.p12', '-passin', 'pass:wrong', '-noout')).rejects.toThrow();
});

test('OpenSSH reads the keys and finds the host on any port', async () => {
  for (const name of [...NAMES.map((one) => `${one}.ssh`), 'private/ssh_host_ed25519']) {
    const { stdout } = await run('ssh-keygen', ['-y', '-f', name], { cwd: made });
    const publicFile = name.startsWith('private') ? 'ssh_host_ed25519.pub' : `${name}.pub`;
    expect(stdout).toBe(await readFile(join(made, publicFile), 'utf8'));
    const { stdout: listed } = await run('ssh-keygen', ['-l', '-f', publicFile], { cwd: made });
    expect(listed).toMatch(/^256 SHA256:.* \(ED25519\)$/m);
  }
  const { stdout: rsa } = await run('ssh-keygen', ['-y', '-f', 'private/ssh_host_rsa'], { cwd: made });
  expect(rsa.trim()).toBe((await readFile(join(made, 'ssh_host_rsa.pub'), 'utf8')).split(' ').slice(0, 2).join(' '));
  const { stdout: size } = await run('ssh-keygen', ['-l', '-f', 'ssh_host_rsa.pub'], { cwd: made });
  expect(size).toMatch(/^3072 SHA256:.* \(RSA\)$/m);
  for (const host of ['[127.0.0.1]:8022', '[localhost]:18022', '127.0.0.1', 'localhost']) {
    const { stdout } = await run('ssh-keygen', ['-F', host, '-f', 'known_hosts'], { cwd: made });
    expect(stdout).toContain('found');
  }
  await expect(run('ssh-keygen', ['-F', '[10.0.0.1]:8022', '-f', 'known_hosts'], { cwd: made })).rejects.toThrow();
});

test('the revocation list is taken as good news about everybody', async () => {
  const ca = await facts('class3-ca.pem');
  const revocation = fileLists({
    files: [join(made, 'crl.pem')],
    issuers: [ca],
    maxFileBytes: 10_000,
    graceMs: 0,
  });
  expect(await revocation.reload()).toEqual([]);
  expect(await revocation.statusOf(await facts('anna@ksz.pem'), ca, NOW + 396 * DAY)).toMatchObject({ state: 'good' });
});

test('a second run changes nothing', async () => {
  const directory = await copyOf('again');
  const before = await snapshot(directory);
  expect(await make(directory)).toEqual({ made: [], problems: [] });
  expect(await snapshot(directory)).toEqual(before);
});

test('what is missing comes back, and nothing else changes', async () => {
  const directory = await copyOf('missing');
  const before = await snapshot(directory);
  const gone = ['anna@ksz.pem', 'batch@ksz.ssh.pub', 'anna@rva.p12', 'crl.pem', 'known_hosts', 'signer.pem'];
  for (const name of gone) await rm(join(directory, name));
  const { made: remade } = await make(directory);
  // A new certificate of anna@ksz needs a new .p12.
  expect(remade.toSorted()).toEqual([...gone, 'anna@ksz.p12'].toSorted());
  const after = await snapshot(directory);
  const changed = [...after].filter(([name, file]) => before.get(name) !== file).map(([name]) => name);
  expect(changed.toSorted()).toEqual([...gone, 'anna@ksz.p12'].toSorted());
  const verify = ['verify', '-CAfile', 'class3-ca.pem', '-CRLfile', 'crl.pem', '-crl_check', 'anna@ksz.pem'];
  await run('openssl', verify, { cwd: directory });
});

test('a certificate whose key is missing is made anew with it', async () => {
  const directory = await copyOf('keyless');
  await rm(join(directory, 'batch@rva.key'));
  expect((await make(directory)).made.toSorted()).toEqual(['batch@rva.key', 'batch@rva.pem']);
  const certificate = new X509Certificate(await readFile(join(directory, 'batch@rva.pem')));
  expect(certificate.publicKey.equals(createPublicKey(await readFile(join(directory, 'batch@rva.key'))))).toBe(true);
});

test('a CA without its key is an error that says what to do', async () => {
  const directory = await copyOf('beheaded');
  await rm(join(directory, 'private/class3-ca.key'));
  await expect(make(directory)).rejects.toThrow(/class3-ca\.key is missing: put it back, or remove/);
});

test('certificates that have ended, or come from another CA, are named', async () => {
  const directory = await copyOf('old');
  const { made: remade, problems } = await make(directory, NOW + 400 * DAY);
  expect(remade).toEqual([]);
  expect(problems).toHaveLength(NAMES.length + 2);
  expect(problems).toContain(
    `the demo certificate anna@ksz.pem ended on ${new Date(NOW + 396 * DAY).toISOString().slice(0, 10)}: remove ${directory} and start again`,
  );
  await rm(join(directory, 'class3-ca.pem'));
  await rm(join(directory, 'private/class3-ca.key'));
  expect((await make(directory)).problems).toContain(
    `anna@ksz.pem was not made by class3-ca.pem: remove ${directory} and start again`,
  );
});

test('two at once make one set; the lock of a process that is gone is taken over', async () => {
  const directory = join(parent, 'twice');
  await mkdir(directory);
  await writeFile(join(directory, '.making'), '999999999');
  const both = await Promise.all([make(directory), make(directory)]);
  const all = both.flatMap(({ made: names }) => names);
  expect(new Set(all).size).toBe(all.length);
  expect(both.flatMap(({ problems }) => problems)).toEqual([]);
  expect(await readdir(directory)).not.toContain('.making');
  expect((await readdir(directory)).filter((name) => name.endsWith('.new'))).toEqual([]);
});
