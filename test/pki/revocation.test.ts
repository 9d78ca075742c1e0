import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as asn1js from 'asn1js';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Certificate } from '../../src/pki/certificate.ts';
import { toPem } from '../../src/pki/issue.ts';
import type { RevocationLists } from '../../src/pki/revocation-lists.ts';
import { DAY, deltaCrlIndicator, ecKey, rsaKey, TestCa } from '../support/certificates.ts';
import { fileLists } from '../support/revocation-lists.ts';

const NOW = Date.UTC(2026, 2, 2, 12);
const PARTITION = '2.5.29.28'; // RFC 5280 §5.2.5
const WEEK = { thisUpdate: NOW - DAY, nextUpdate: NOW + 6 * DAY };

let directory: string;
let file: string;
let ca: TestCa;
let good: Certificate;
let bad: Certificate;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sluis-crl-'));
  ca = await TestCa.root('CA', NOW);
  good = await ca.issue(NOW);
  bad = await ca.issue(NOW);
});

afterAll(() => rm(directory, { recursive: true }));

beforeEach(() => {
  file = join(directory, `${Math.random()}.crl`);
});

function lists(graceMs = 0, maxFileBytes = 1_000_000): RevocationLists {
  return fileLists({ files: [file], issuers: [ca.certificate], maxFileBytes, graceMs, now: () => NOW });
}

async function loaded(der: Uint8Array | string): Promise<RevocationLists> {
  await writeFile(file, der);
  const revocation = lists();
  expect(await revocation.reload()).toEqual([]);
  return revocation;
}

async function stateOf(revocation: RevocationLists, certificate: Certificate, at = NOW): Promise<string> {
  return (await revocation.statusOf(certificate, ca.certificate, at)).state;
}

test('a list tells the revoked from the others, as DER and as PEM', async () => {
  const der = await ca.crl({ ...WEEK, revoked: [bad] });
  for (const form of [der, toPem('X509 CRL', der)]) {
    const revocation = await loaded(form);
    expect(await stateOf(revocation, bad)).toBe('revoked');
    expect(await revocation.statusOf(good, ca.certificate, NOW)).toEqual({ state: 'good', until: WEEK.nextUpdate });
    expect(revocation.ages(NOW)).toEqual([{ issuer: ca.certificate.keyId, source: 'crl', ratio: 1 / 7 }]);
  }
});

test('nothing is known before a list was read, of an issuer without list, and outside its time', async () => {
  expect(await stateOf(lists(), good)).toBe('unknown');
  const revocation = await loaded(await ca.crl({ ...WEEK, revoked: [bad] }));
  expect(await stateOf(revocation, good, WEEK.thisUpdate - 1000)).toBe('unknown');
  expect(await stateOf(revocation, good, WEEK.nextUpdate)).toBe('good');
  expect(await stateOf(revocation, good, WEEK.nextUpdate + 1)).toBe('unknown');
  expect(await stateOf(revocation, bad, WEEK.nextUpdate + 1)).toBe('revoked');
  const other = await TestCa.root('Other', NOW);
  expect(await revocation.statusOf(await other.issue(NOW), other.certificate, NOW)).toMatchObject({ state: 'unknown' });
});

test('a grace lets a list count a little longer', async () => {
  await writeFile(file, await ca.crl(WEEK));
  const revocation = lists(3_600_000);
  await revocation.reload();
  expect(await stateOf(revocation, good, WEEK.nextUpdate + 3_600_000)).toBe('good');
  expect(await stateOf(revocation, good, WEEK.nextUpdate + 3_600_001)).toBe('unknown');
});

test('an RSA issuer’s list is read, too', async () => {
  const rsa = await TestCa.root('RSA', NOW, { key: rsaKey() });
  await writeFile(file, await rsa.crl(WEEK));
  const issuers = [rsa.certificate];
  const revocation = fileLists({ files: [file], issuers, maxFileBytes: 1_000_000, graceMs: 0 });
  expect(await revocation.reload()).toEqual([]);
});

const UNUSABLE: readonly (readonly [string, () => Promise<Uint8Array>, string])[] = [
  ['no list', async () => Buffer.from('nothing'), 'not-parseable'],
  ['a list with a byte behind it', async () => Buffer.concat([await ca.crl(WEEK), Buffer.of(0)]), 'not-parseable'],
  ['cut', async () => (await ca.crl(WEEK)).subarray(0, -4), 'not-parseable'],
  ['of another issuer', async () => (await TestCa.root('Other', NOW)).crl(WEEK), 'unknown-issuer'],
  ['signed by another key', async () => ca.crl({ ...WEEK, key: ecKey() }), 'bad-signature'],
  ['signed with SHA-1', async () => ca.crl({ ...WEEK, hash: 'sha1' }), 'weak-signature'],
  [
    'only what changed since a list that is not loaded',
    async () => ca.crl({ ...WEEK, number: 7, more: [deltaCrlIndicator(6)] }),
    'delta-without-base',
  ],
  [
    'of one part of the certificates only',
    async () =>
      ca.crl({ ...WEEK, more: [{ oid: PARTITION, critical: true, der: new asn1js.Sequence({ value: [] }).toBER() }] }),
    'critical-extension',
  ],
];

for (const [title, make, reason] of UNUSABLE) {
  test(`a file that is ${title}: ${reason}, and what was loaded stays in force`, async () => {
    const revocation = await loaded(await ca.crl({ ...WEEK, revoked: [bad] }));
    const { version } = revocation;
    await writeFile(file, await make());
    expect(await revocation.reload()).toEqual([{ place: file, reason }]);
    expect(await revocation.reload()).toEqual([{ place: file, reason }]);
    expect(revocation.version).toBe(version);
    expect(await stateOf(revocation, bad)).toBe('revoked');
  });
}

test('one changed byte in the list of the revoked', async () => {
  const der = Buffer.from(await ca.crl({ ...WEEK, revoked: [bad] }));
  const at = der.indexOf(Buffer.from(bad.serial, 'hex'));
  der.writeUInt8(der.readUInt8(at) ^ 1, at);
  await writeFile(file, der);
  expect(await lists().reload()).toEqual([{ place: file, reason: 'bad-signature' }]);
});

test('a file that is gone or too large', async () => {
  expect(await lists().reload()).toMatchObject([{ place: file, reason: 'not-readable' }]);
  await writeFile(file, await ca.crl(WEEK));
  expect(await lists(0, 100).reload()).toEqual([{ place: file, reason: 'too-large' }]);
});

test('a newer list is taken up; an older one put back is not', async () => {
  const revocation = await loaded(await ca.crl({ ...WEEK, number: 1 }));
  expect(await stateOf(revocation, bad)).toBe('good');
  await writeFile(file, await ca.crl({ ...WEEK, number: 2, revoked: [bad] }));
  expect(await revocation.reload()).toEqual([]);
  expect(await stateOf(revocation, bad)).toBe('revoked');
  await writeFile(file, await ca.crl({ ...WEEK, number: 1 }));
  expect(await revocation.reload()).toEqual([{ place: file, reason: 'older-than-loaded' }]);
  expect(await stateOf(revocation, bad)).toBe('revoked');
});

test('a file that did not change makes no new version', async () => {
  const revocation = await loaded(await ca.crl(WEEK));
  const { version } = revocation;
  await revocation.reload();
  expect(revocation.version).toBe(version);
  await utimes(file, new Date(), new Date(NOW));
  await revocation.reload();
  expect(revocation.version).toBe(version + 1);
});

test('twenty thousand revoked certificates', async () => {
  const revoked = Array.from({ length: 20_000 }, (_, index) => ({
    ...bad,
    serial: (0x4000_0000 + index).toString(16),
  }));
  const revocation = await loaded(await ca.crl({ ...WEEK, revoked }));
  expect(await stateOf(revocation, { ...good, serial: (0x4000_0000 + 19_999).toString(16) })).toBe('revoked');
  expect(await stateOf(revocation, good)).toBe('good');
});
