import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { certificateRefusal } from '../../src/access/ssh-certificate.ts';
import { readSshOffer } from '../../src/access/ssh-offer.ts';
import { readSshKey } from '../../src/domain/ssh-key.ts';
import { readSshCertificate } from '../../src/pki/ssh-certificate.ts';
import { checkSshSignature } from '../../src/pki/ssh-signature.ts';
import { type CertificateFields, craftCertificate, edPair, edSign, str, u32 } from '../support/ssh-wire.ts';

const ca = edPair();
const user = edPair();
const whole = craftCertificate(ca, user);
const option = (name: string, data = '') => Buffer.concat([str(name), str(data === '' ? '' : str(data))]);

test('a whole certificate says what stands in it', () => {
  expect(readSshCertificate(whole)).toMatchObject({
    ...{ serial: 1n, type: 1, principals: ['batch@ksz'], validAfter: 0n, criticalOptions: [] },
    key: { ok: true, key: { type: 'ssh-ed25519' } },
  });
});

/** Damage, and the twin that differs in it alone. */
const DAMAGED: readonly (readonly [string, Partial<CertificateFields>, Partial<CertificateFields>])[] = [
  ['a principal longer than its list', { principals: str(u32(10)) }, { principals: str(str('0123456789')) }],
  ['a principal that is not UTF-8', { principals: str(str(Buffer.from([0xff]))) }, { principals: str(str('ÿ')) }],
  ['a zero byte in a principal', { principals: str(str('batch@ksz\0')) }, { principals: str(str('batch@ksz')) }],
  [
    'more principals than OpenSSH takes',
    { principals: str(Buffer.concat(Array.from({ length: 257 }, () => str('a')))) },
    { principals: str(Buffer.concat(Array.from({ length: 256 }, () => str('a')))) },
  ],
  [
    'an option twice',
    { criticalOptions: str(Buffer.concat([option('a'), option('a')])) },
    { criticalOptions: str(option('a')) },
  ],
  [
    'options out of order',
    { criticalOptions: str(Buffer.concat([option('b'), option('a')])) },
    { criticalOptions: str(Buffer.concat([option('a'), option('b')])) },
  ],
  ['an option without data', { criticalOptions: str(str('a')) }, { criticalOptions: str(option('a')) }],
  [
    'an extension twice',
    { extensions: str(Buffer.concat([option('a'), option('a')])) },
    { extensions: str(option('a')) },
  ],
  [
    'a name of an option with a space',
    { criticalOptions: str(option('a b')) },
    { criticalOptions: str(option('a-b')) },
  ],
  ['a serial of four bytes', { serial: u32(1) }, {}],
];

test.each(DAMAGED)('%s: not a certificate; the twin is one', (_, damage, twin) => {
  expect(readSshCertificate(craftCertificate(ca, user, damage))).toBeUndefined();
  expect(readSshCertificate(craftCertificate(ca, user, twin))).toBeDefined();
});

test('cut anywhere, or with one byte more, it is no certificate', () => {
  for (let length = 0; length < whole.length; length++) {
    expect(readSshCertificate(whole.subarray(0, length))).toBeUndefined();
  }
  expect(readSshCertificate(Buffer.concat([whole, Buffer.alloc(1)]))).toBeUndefined();
});

/** What is read without fault and still not believed. */
const AT = Date.parse('2026-06-01T12:00:00Z');
const trust = (key = ca, partners: 'all' | readonly never[] = 'all') => ({
  authorities: [{ key: { algorithm: 'ssh-ed25519', blob: key.blob.toString('base64') }, partners }],
});
const refusalOf = (blob: Buffer, remoteAddress = '127.0.0.1') => {
  const certificate = readSshCertificate(blob);
  if (certificate === undefined) return 'unread';
  return certificateRefusal(certificate, trust(), { login: 'batch@ksz', remoteAddress, at: AT });
};
const u64 = (seconds: number) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(seconds));
  return bytes;
};
const from = (address: string) => ({ criticalOptions: str(option('source-address', address)) });
const NOW = AT / 1000;

const BELIEVED: readonly (readonly [string, string, Partial<CertificateFields>, Partial<CertificateFields>])[] = [
  ['a certificate of a host', 'certificate-type', { type: u32(2) }, { type: u32(1) }],
  ['a type nobody knows', 'certificate-type', { type: u32(3) }, {}],
  ['its last second over', 'certificate-expired', { validBefore: u64(NOW) }, { validBefore: u64(NOW + 1) }],
  ['its first second to come', 'certificate-not-yet-valid', { validAfter: u64(NOW + 1) }, { validAfter: u64(NOW) }],
  ['an authority that is certified', 'certificate-nested', { authority: str(craftCertificate(ca, ca)) }, {}],
  ['an authority that is no key', 'certificate-ca-unknown', { authority: str('key') }, {}],
  ['no network at all', 'certificate-critical-option', from(','), from('127.0.0.1')],
  ['a network that is none', 'certificate-critical-option', from('127.0.0.1,x'), from('127.0.0.1')],
  ['a network with too long a prefix', 'certificate-critical-option', from('127.0.0.1/33'), from('127.0.0.1/32')],
  ['an exclusion, which OpenSSH has not here', 'certificate-critical-option', from('!10.0.0.0/8'), from('0.0.0.0/0')],
];

test.each(BELIEVED)('%s: %s; the twin is taken', (_, reason, fault, twin) => {
  expect(refusalOf(craftCertificate(ca, user, fault))).toBe(reason);
  expect(refusalOf(craftCertificate(ca, user, twin))).toBeUndefined();
});

test('networks of IPv6 count for IPv6, and an IPv4 address inside IPv6 is that address', () => {
  const blob = craftCertificate(ca, user, from('2001:db8::/32,192.0.2.0/24'));
  expect(refusalOf(blob, '2001:db8::1')).toBeUndefined();
  expect(refusalOf(blob, '::ffff:192.0.2.9')).toBeUndefined();
  expect(refusalOf(blob, '2001:db9::1')).toBe('certificate-source-address');
});

test('any bit that is changed in what was signed or in the signature is noticed', () => {
  for (let index = 0; index < whole.length; index++) {
    const changed = Buffer.from(whole);
    changed[index] = (changed[index] ?? 0) ^ 1;
    expect(refusalOf(changed)).not.toBeUndefined();
  }
});

describe('an offer', () => {
  const name = 'ssh-ed25519-cert-v01@openssh.com';
  test.each([
    ['a certificate as a plain key', 'ssh-ed25519', whole, 'ssh-key-kind'],
    ['a plain key as a certificate', name, user.blob, 'bad-ssh-certificate'],
    ['a certificate as one of another kind of key', 'ecdsa-sha2-nistp256-cert-v01@openssh.com', whole, 'bad-ssh-key'],
    ['SHA-1', 'ssh-rsa', user.blob, 'ssh-signature-sha1'],
    ['SHA-1 of a certificate', 'ssh-rsa-cert-v01@openssh.com', whole, 'ssh-signature-sha1'],
    ['a security key', 'sk-ssh-ed25519@openssh.com', user.blob, 'ssh-key-kind'],
    ['DSA', 'ssh-dss', user.blob, 'ssh-key-kind'],
    ['an older form of certificates', 'ssh-ed25519-cert-v00@openssh.com', whole, 'ssh-key-kind'],
  ])('%s is refused', (_, algorithm, blob, reason) => {
    expect(readSshOffer(algorithm, blob)).toEqual({ ok: false, reason });
  });

  test('is proven by a signature of the key inside, in the form of a plain key, and by nothing else', () => {
    const offer = readSshOffer(name, whole);
    if (!offer.ok) throw new Error(offer.reason);
    const signed = Buffer.from('session and request');
    expect(offer.verify(edSign(user, signed), signed)).toBe(true);
    expect(offer.verify(edSign(ca, signed), signed)).toBe(false);
    expect(offer.verify(edSign(user, signed), Buffer.from('another session'))).toBe(false);
    expect(offer.verify(Buffer.concat([edSign(user, signed), Buffer.alloc(1)]), signed)).toBe(false);
  });
});

test('whatever bytes come, the answer is a refusal and never an error', () => {
  const key = readSshKey(user.blob);
  if (!key.ok) throw new Error(key.fault);
  const { key: good } = key;
  const some = fc.uint8Array({ maxLength: 300 });
  fc.assert(
    fc.property(some, fc.nat(whole.length), (bytes, at) => {
      const spliced = Buffer.concat([whole.subarray(0, at), bytes, whole.subarray(at + bytes.length)]);
      for (const blob of [bytes, spliced]) {
        const read = readSshCertificate(blob);
        if (read !== undefined && !whole.equals(blob)) expect(refusalOf(Buffer.from(blob))).toBeDefined();
        expect(readSshKey(blob).ok).toBe(false);
        expect(readSshOffer('ssh-ed25519', blob).ok).toBe(false);
        expect(checkSshSignature(good, blob, bytes)).toBe('wrong');
      }
    }),
    { numRuns: 2000 },
  );
});
