import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readSshCertificate, type SshCertificate } from '../../src/pki/ssh-certificate.ts';
import { readKrl, revokesCertificate, revokesKey } from '../../src/pki/ssh-krl.ts';
import { KrlFiles } from '../../src/pki/ssh-revocation.ts';
import { craftCertificate, craftKrl, edPair, edSign, section, str, u32, u64 } from '../support/ssh-wire.ts';

const CERTIFICATES = 1;
const KEYS = 2;
const SHA1 = 3;
const SIGNATURE = 4;
const SHA256 = 5;
const EXTENSION = 255;
const [SERIALS, RANGE, BITMAP, KEY_IDS, PART_EXTENSION] = [0x20, 0x21, 0x22, 0x23, 0x39];

const ca = edPair();
const other = edPair();
const user = edPair();
const digest = (name: string) => createHash(name).update(user.blob).digest();
const inCa = (...parts: readonly Buffer[]) => section(CERTIFICATES, str(ca.blob), str(''), ...parts);
const ofSerial = (serial: bigint, id = 'laptop') => ({ authority: ca.blob, serial, keyId: Buffer.from(id) });

/** Sections that are not understood, and the twin that is. */
const UNUSABLE: readonly (readonly [string, readonly Buffer[], readonly Buffer[]])[] = [
  ['an unknown section', [section(6, str('x'))], [section(KEYS, str('x'))]],
  ['a section without contents', [Buffer.from([KEYS])], [section(KEYS)]],
  ['a section longer than the list', [Buffer.from([KEYS, 0, 0, 1, 0])], [section(KEYS)]],
  [
    'a critical extension',
    [section(EXTENSION, str('a'), Buffer.from([1]), str(''))],
    [section(EXTENSION, str('a'), Buffer.from([0]), str(''))],
  ],
  ['a digest of 19 bytes', [section(SHA1, str(Buffer.alloc(19)))], [section(SHA1, str(Buffer.alloc(20)))]],
  ['a digest of 33 bytes', [section(SHA256, str(Buffer.alloc(33)))], [section(SHA256, str(Buffer.alloc(32)))]],
  ['a key of no bytes', [section(KEYS, str(''))], [section(KEYS, str('k'))]],
  ['a part nobody knows', [inCa(section(0x24, u64(1n)))], [inCa(section(SERIALS, u64(1n)))]],
  ['half a serial', [inCa(section(SERIALS, u32(1)))], [inCa(section(SERIALS, u64(1n)))]],
  [
    'a range that ends before it begins',
    [inCa(section(RANGE, u64(2n), u64(1n)))],
    [inCa(section(RANGE, u64(1n), u64(2n)))],
  ],
  [
    'a range with bytes behind',
    [inCa(section(RANGE, u64(1n), u64(2n), u32(0)))],
    [inCa(section(RANGE, u64(1n), u64(2n)))],
  ],
  [
    'a negative bitmap',
    [inCa(section(BITMAP, u64(1n), str(Buffer.from([0x80]))))],
    [inCa(section(BITMAP, u64(1n), str(Buffer.from([0, 0x80]))))],
  ],
  [
    'a bitmap beyond the last serial',
    [inCa(section(BITMAP, u64(2n ** 64n - 1n), str(Buffer.from([2]))))],
    [inCa(section(BITMAP, u64(2n ** 64n - 1n), str(Buffer.from([1]))))],
  ],
  [
    'a critical extension of a part',
    [inCa(section(PART_EXTENSION, str('a'), Buffer.from([1]), str('')))],
    [inCa(section(PART_EXTENSION, str('a'), Buffer.from([0]), str('')))],
  ],
];

test.each(UNUSABLE)('%s makes a list unusable; the twin is usable', (_, sections, twin) => {
  expect(readKrl(craftKrl(sections))).toBeUndefined();
  expect(readKrl(craftKrl(twin))).toBeDefined();
});

const everything = craftKrl([
  inCa(
    section(SERIALS, u64(7n), u64(9n)),
    section(RANGE, u64(100n), u64(200n)),
    section(BITMAP, u64(1000n), str(Buffer.from([0b101, 0b10]))),
    section(KEY_IDS, str('lost')),
  ),
  section(KEYS, str(other.blob)),
  section(SHA256, str(digest('sha256'))),
]);

test.each([
  [7n, true],
  [8n, false],
  [9n, true],
  [99n, false],
  [100n, true],
  [200n, true],
  [201n, false],
  [1000n, false],
  [1001n, true],
  [1007n, false],
  [1008n, true],
  [1009n, false],
  [1010n, true],
  [1024n, false],
  [0n, false],
])('serial %s is revoked: %s', (serial, revoked) => {
  const krl = readKrl(everything);
  if (krl === undefined) throw new Error('the list is unusable');
  expect(revokesCertificate(krl, ofSerial(serial))).toBe(revoked);
  expect(revokesCertificate(krl, { ...ofSerial(serial), authority: other.blob })).toBe(false);
  expect(revokesCertificate(krl, ofSerial(serial, 'lost'))).toBe(true);
});

test('keys are found by themselves and by their digests', () => {
  for (const listed of [
    section(KEYS, str(user.blob)),
    section(SHA1, str(digest('sha1'))),
    section(SHA256, str(digest('sha256'))),
  ]) {
    const krl = readKrl(craftKrl([listed]));
    if (krl === undefined) throw new Error('the list is unusable');
    expect([revokesKey(krl, user.blob), revokesKey(krl, other.blob)]).toEqual([true, false]);
  }
});

test('a section of every authority means the one whose list it is, and all in a list of the gateway', () => {
  const krl = readKrl(craftKrl([section(CERTIFICATES, str(''), str(''), section(SERIALS, u64(5n)))]));
  if (krl === undefined) throw new Error('the list is unusable');
  expect(revokesCertificate(krl, ofSerial(5n), ca.blob)).toBe(true);
  expect(revokesCertificate(krl, ofSerial(5n), other.blob)).toBe(false);
  expect(revokesCertificate(krl, ofSerial(5n))).toBe(true);
});

test('cut inside a section it is unusable', () => {
  const head = craftKrl([]).length;
  const sound = new Set<number>();
  for (let length = 0; length < everything.length; length++) {
    if (readKrl(everything.subarray(0, length)) !== undefined) sound.add(length);
  }
  // Nothing says how many sections there are: only a signature shows that the last ones are missing.
  expect(sound.size).toBe(3);
  expect([...sound][0]).toBe(head);
});

const signed = (by = ca, over = by) => {
  const body = Buffer.concat([craftKrl([section(KEYS, str(user.blob))]), Buffer.from([SIGNATURE]), str(by.blob)]);
  return Buffer.concat([body, str(edSign(over, body))]);
};

test('a signature is optional; one that is there is right, and stands last', () => {
  expect(readKrl(signed())?.signers).toEqual([ca.blob]);
  expect(readKrl(signed(ca, other))).toBeUndefined();
  expect(readKrl(Buffer.concat([signed(), section(KEYS)]))).toBeUndefined();
  const changed = signed();
  changed[20] = (changed[20] ?? 0) ^ 1;
  expect(readKrl(changed)).toBeUndefined();
});

test('whatever bytes come, there is a list or none, and never an error', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(everything.length), (bytes, at) => {
      readKrl(bytes);
      readKrl(Buffer.concat([everything.subarray(0, at), bytes, everything.subarray(at + bytes.length)]));
    }),
    { numRuns: 3000 },
  );
});

let folder: string;
let lists: KrlFiles;
let file: string;
const certificate: SshCertificate | undefined = readSshCertificate(craftCertificate(ca, user));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluis-krl-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function loaded(name: string, first: Buffer | undefined): Promise<void> {
  file = join(folder, name);
  if (first !== undefined) await writeFile(file, first);
  const key = { algorithm: 'ssh-ed25519', blob: ca.blob.toString('base64') };
  lists = new KrlFiles({
    trust: { value: { authorities: [{ key, partners: 'all', krlFile: file }] } },
    maxFileBytes: 10_000,
  });
  await lists.reload();
}

const status = () => lists.statusOf(user.blob, certificate);
const serialOne = craftKrl([inCa(section(SERIALS, u64(1n)))], { version: 2n, generated: 2n });

test('a file that is not there closes the door of its authority, and not that of registered keys', async () => {
  await loaded('missing', undefined);
  expect([await status(), await lists.statusOf(user.blob)]).toEqual(['unknown', 'good']);
});

test('a new list counts as soon as it is read, and changes the version', async () => {
  await loaded('new', craftKrl([]));
  const before = lists.version;
  expect(await status()).toBe('good');
  await writeFile(file, serialOne);
  expect(await lists.reload()).toEqual([]);
  expect([await status(), lists.version > before]).toEqual(['revoked', true]);
});

test('an older list changes nothing and is told; so does one by a foreign signature', async () => {
  await loaded('older', serialOne);
  await writeFile(file, craftKrl([], { version: 1n, generated: 3n }));
  expect(await lists.reload()).toEqual([{ file, reason: 'older-than-loaded' }]);
  expect(await status()).toBe('revoked');
  await loaded('foreign', signed(other));
  expect(await lists.reload()).toEqual([{ file, reason: 'foreign-signature' }]);
  expect(await status()).toBe('unknown');
});

test('a list that is half written is waited for once; then the door is closed, and what was revoked stays so', async () => {
  await loaded('half', craftKrl([]));
  await writeFile(file, everything.subarray(0, everything.length - 1));
  const before = lists.version;
  expect(await lists.reload()).toEqual([{ file, reason: 'not-a-krl' }]);
  expect([await status(), lists.version]).toEqual(['good', before]);
  await lists.reload();
  expect([await status(), lists.version > before]).toEqual(['unknown', true]);
  await loaded('gone', serialOne);
  await rm(file);
  await lists.reload();
  await lists.reload();
  expect(await status()).toBe('revoked');
});

test('a file that is too large is not read', async () => {
  await loaded('large', Buffer.alloc(10_001));
  expect(await lists.reload()).toEqual([{ file, reason: 'too-large' }]);
  expect(await status()).toBe('unknown');
});
