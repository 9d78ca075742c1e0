import { execFile } from 'node:child_process';
import { createHash, createPrivateKey } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readSignatureFile, Signer, toBase64Lines } from '../../src/evidence/cms.ts';
import { type SignatureResult, type SignatureToVerify, verifyDetached } from '../../src/evidence/cms-verify.ts';
import { parseCertificates } from '../../src/pki/certificate.ts';
import { toPem } from '../../src/pki/issue.ts';
import { DAY, edKey, rsaKey, TestCa } from '../support/certificates.ts';

const NOW = Date.now();
const CONTENT = Buffer.from('1;7d1c0b8e;74031295170;;ADR\r\n');
const SHA256 = sha256(CONTENT);
const run = promisify(execFile);

let directory: string;
let ca: TestCa;
let rsaCa: TestCa;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sluis-cms-'));
  ca = await TestCa.root('Signer CA', NOW);
  rsaCa = await TestCa.root('RSA CA', NOW, { key: rsaKey() });
  await writeFile(join(directory, 'content'), CONTENT);
  await signerFiles('ec', ca);
  await signerFiles('rsa', rsaCa, { key: rsaKey() });
});

afterAll(() => rm(directory, { recursive: true }));

function at(name: string): string {
  return join(directory, name);
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** `<name>.pem`, `<name>.key` and `<name>-ca.pem` of a signer. */
async function signerFiles(name: string, issuer: TestCa, spec: Parameters<TestCa['issue']>[1] = {}): Promise<void> {
  const key = spec.key ?? rsaKey();
  const certificate = await issuer.issue(NOW, {
    usage: ['digitalSignature', 'nonRepudiation'],
    purposes: [],
    ...spec,
    key,
  });
  await writeFile(at(`${name}.pem`), toPem('CERTIFICATE', certificate.der));
  await writeFile(at(`${name}.key`), key.export({ type: 'pkcs8', format: 'pem' }));
  await writeFile(at(`${name}-ca.pem`), toPem('CERTIFICATE', issuer.certificate.der));
}

async function load(name: string, keyOf = name): Promise<Signer> {
  const clock = { now: () => NOW, monotonic: () => 0 };
  const [pem, key] = await Promise.all([readFile(at(`${name}.pem`), 'utf8'), readFile(at(`${keyOf}.key`))]);
  return Signer.of(createPrivateKey(key), parseCertificates(pem), clock);
}

/** Signs with openssl, as a partner would. */
async function opensslSign(name: string, ...options: readonly string[]): Promise<Uint8Array> {
  const signer = ['-signer', at(`${name}.pem`), '-inkey', at(`${name}.key`)];
  const files = ['-in', at('content'), '-outform', 'DER', '-out', at('partner.p7s')];
  await run('openssl', ['cms', '-sign', '-binary', ...signer, ...files, ...options]);
  return readFile(at('partner.p7s'));
}

function verify(cms: Uint8Array, more: Partial<SignatureToVerify> = {}): Promise<SignatureResult> {
  const trusted = [ca.certificate, rsaCa.certificate];
  return verifyDetached({ cms, sha256: SHA256, trusted, at: NOW, ...more });
}

function verdict(result: SignatureResult): string {
  return result.ok ? 'ok' : result.reason;
}

for (const name of ['ec', 'rsa']) {
  test(`what an ${name} signer made verifies with openssl and here, and only over these bytes`, async () => {
    const signer = await load(name);
    const cms = await signer.signDetached(SHA256);
    await writeFile(at('ours.p7s'), cms);
    const files = ['-in', at('ours.p7s'), '-content', at('content'), '-CAfile', at(`${name}-ca.pem`)];
    const { stdout } = await run('openssl', ['cms', '-verify', '-binary', '-inform', 'DER', ...files, '-cades']);
    expect(stdout).toBe(CONTENT.toString());
    const result = await verify(cms);
    expect(result).toMatchObject({ ok: true, signedAt: Math.trunc(NOW / 1000) * 1000 });
    expect(result.ok && result.signer.fingerprint).toBe(signer.certificate.fingerprint);
    expect(verdict(await verify(cms, { sha256: sha256(Buffer.from('other')) }))).toBe('wrong-digest');
    await writeFile(at('other'), 'other');
    const wrong = ['-in', at('ours.p7s'), '-content', at('other'), '-CAfile', at(`${name}-ca.pem`)];
    await expect(run('openssl', ['cms', '-verify', '-binary', '-inform', 'DER', ...wrong])).rejects.toThrow();
  });
}

const PARTNERS: readonly (readonly [string, readonly string[], string])[] = [
  ['as openssl does by itself', [], 'ok'],
  ['named by key identifier', ['-keyid'], 'ok'],
  ['with RSASSA-PSS', ['-keyopt', 'rsa_padding_mode:pss'], 'ok'],
  ['with signingCertificateV2', ['-cades'], 'ok'],
  ['with SHA-384, whose digest is not at hand', ['-md', 'sha384'], 'digest-not-at-hand'],
  ['with SHA-1', ['-md', 'sha1'], 'weak-digest'],
  ['with MD5', ['-md', 'md5'], 'weak-digest'],
  ['without attributes', ['-noattr'], 'no-signed-attributes'],
  ['without certificate', ['-nocerts'], 'no-signer-certificate'],
  ['with the content inside', ['-nodetach'], 'attached-content'],
  ['over another type of content', ['-econtent_type', '1.2.840.113549.1.9.16.1.4'], 'wrong-content-type'],
];

for (const [title, options, expected] of PARTNERS) {
  test(`a partner’s signature ${title}: ${expected}`, async () => {
    expect(verdict(await verify(await opensslSign('rsa', ...options)))).toBe(expected);
  });
}

test('a SHA-384 signature, or one without attributes, verifies where the bytes are at hand', async () => {
  for (const options of [['-md', 'sha384'], ['-noattr']]) {
    const cms = await opensslSign('rsa', ...options);
    expect(verdict(await verify(cms, { content: () => Readable.from([CONTENT]) }))).toBe('ok');
    const other = await verify(cms, { content: () => Readable.from([CONTENT, CONTENT]) });
    expect(other.ok).toBe(false);
  }
});

test('two signers are one too many', async () => {
  expect(verdict(await verify(await opensslSign('rsa', '-signer', at('ec.pem'), '-inkey', at('ec.key'))))).toBe(
    'not-one-signer',
  );
});

test('an issuer that is not trusted, and certificates outside their time', async () => {
  const cms = await (await load('ec')).signDetached(SHA256);
  expect(verdict(await verify(cms, { trusted: [rsaCa.certificate] }))).toBe('unknown-issuer');
  expect(verdict(await verify(cms, { at: NOW + 200 * DAY }))).toBe('expired');
  expect(verdict(await verify(cms, { at: NOW - 2 * DAY }))).toBe('not-yet-valid');
});

test('a certificate that is not for signatures, or whose key is weak', async () => {
  await signerFiles('encrypt', ca, { usage: ['keyEncipherment'] });
  expect(verdict(await verify(await (await load('encrypt')).signDetached(SHA256)))).toBe('key-usage');
  await signerFiles('small', rsaCa, { key: rsaKey(1024) });
  expect(verdict(await verify(await (await load('small')).signDetached(SHA256)))).toBe('weak-key');
});

test('a changed byte of certificate, attributes or signature never verifies', async () => {
  const signer = await load('ec');
  const cms = Buffer.from(await signer.signDetached(SHA256));
  const certificate = cms.indexOf(signer.certificate.der);
  const attributes = cms.indexOf(Buffer.from('301806092a864886f70d010903', 'hex'));
  const algorithm = cms.lastIndexOf(Buffer.from('300d06092a864886f70d01010b', 'hex'));
  const covered = [
    [certificate, certificate + signer.certificate.der.length],
    [attributes, algorithm],
    [cms.length - 256, cms.length], // RSA 2048
  ] as const;
  const passed: number[] = [];
  for (const [from, to] of covered) {
    expect(to - from).toBeGreaterThan(100);
    for (let offset = from; offset < to; offset++) {
      const changed = Buffer.from(cms);
      changed.writeUInt8(changed.readUInt8(offset) ^ 0x01, offset);
      if ((await verify(changed)).ok) passed.push(offset);
    }
  }
  expect(passed).toEqual([]);
});

test('a certificate of the same name and serial number cannot stand in for the signer’s', async () => {
  const key = rsaKey();
  const serial = Buffer.alloc(16, 0x42);
  const usage = ['digitalSignature'] as const;
  await signerFiles('first', rsaCa, { key, serial, usage });
  const cms = Buffer.from(await (await load('first')).signDetached(SHA256));
  const { der } = (await load('first')).certificate;
  // The same key, issuer and serial number, a day longer: only signingCertificateV2 tells them apart.
  const other = await rsaCa.issue(NOW, { key, serial, usage, purposes: [], notAfter: NOW + 101 * DAY });
  expect(other.der).toHaveLength(der.length);
  Buffer.from(other.der).copy(cms, cms.indexOf(der));
  expect(verdict(await verify(cms))).toBe('wrong-certificate');
});

test('what is no signature', async () => {
  expect(verdict(await verify(Buffer.from('nothing')))).toBe('not-parseable');
  expect(verdict(await verify(Buffer.alloc(2 * 1024 * 1024, 0x30)))).toBe('not-parseable');
  const cms = await (await load('ec')).signDetached(SHA256);
  expect(verdict(await verify(cms.subarray(0, -1)))).toBe('not-parseable');
  expect(verdict(await verify(Buffer.concat([cms, Buffer.of(0)])))).toBe('not-parseable');
});

test('a signature file is base64 in lines or in one, PEM, or DER', async () => {
  const cms = await (await load('ec')).signDetached(Buffer.from(SHA256, 'hex'));
  const lines = toBase64Lines(cms);
  expect(lines.split('\n').every((line) => line.length <= 76)).toBe(true);
  for (const text of [lines, lines.replaceAll('\n', '\r\n'), lines.replaceAll('\n', ''), toPem('PKCS7', cms)]) {
    expect(readSignatureFile(Buffer.from(text))).toEqual(Buffer.from(cms));
  }
  expect(readSignatureFile(cms)).toBe(cms);
  expect(readSignatureFile(Buffer.from('§'))).toBeUndefined();
  expect(readSignatureFile(Buffer.from(''))).toBeUndefined();
});

test('a signer with the wrong key, or a key that is neither RSA nor EC', async () => {
  await expect(load('ec', 'rsa')).rejects.toThrow('no certificate is that of the key');
  await signerFiles('ed', ca, { key: edKey() });
  await expect(load('ed')).rejects.toThrow('the key is neither RSA nor EC');
});

test('bytes at hand are signed like a file', async () => {
  expect(verdict(await verify(await (await load('ec')).signBytes(CONTENT)))).toBe('ok');
});
