import { afterAll, beforeAll } from 'vitest';
import { ECDSA_SHA256, makeCms, oid, RSA_ENCRYPTION, type SignerSpec, tlv } from '../support/cms-maker.ts';
import { FI, type Fixture, judgeAll, openFixture, type SignatureCase } from './set-signature-cases.ts';

let fixture: Fixture;

beforeAll(async () => {
  fixture = await openFixture();
}, 60_000);
afterAll(() => fixture?.place.close());

type Made = (fixture: Fixture) => Uint8Array | Promise<Uint8Array>;

const by =
  (spec: Partial<SignerSpec>, who: 'rsa' | 'ec' = 'rsa') =>
  (all: Fixture) =>
    makeCms({ content: FI, signers: [{ ...all[who], ...spec }] });
const bad = (title: string, fs: Made, fault: string): SignatureCase => ({
  title,
  fs,
  verdict: `125 ${fault}`,
  openssl: false,
});
const stricter = (title: string, fs: Made, fault: string, because: string): SignatureCase => ({
  ...bad(title, fs, fault),
  openssl: true,
  because,
});
const made = ({ rsa }: Fixture) => makeCms({ content: FI, signers: [rsa] });
const text = (value: string) => Buffer.from(value, 'latin1');
const encoded = (all: Fixture) => made(all).toString('base64');
const wrapped = (all: Fixture, columns: number) => encoded(all).replace(new RegExp(`.{${columns}}`, 'g'), '$&\n');

const ALGORITHMS: readonly SignatureCase[] = [
  stricter('with SHA-1', by({ hash: 'sha1' }), 'digestAlgorithm: weak-digest', 'SHA-1 is no longer taken'),
  stricter('with MD5', by({ hash: 'md5' }), 'digestAlgorithm: weak-digest', 'MD5 is no longer taken'),
  stricter('with SHA-224', by({ hash: 'sha224' }), 'digestAlgorithm: weak-digest', 'SHA-256 or better'),
  stricter(
    'with SHA-1 for the attributes alone',
    by({ algorithm: '1.2.840.113549.1.1.5' }),
    'digestAlgorithm: weak-digest',
    'OpenSSL does not read it',
  ),
  stricter(
    'that names another digest for the attributes',
    by({ algorithm: '1.2.840.113549.1.1.13' }),
    'digestAlgorithm: weak-digest',
    'OpenSSL does not read it',
  ),
  bad('of an RSA key, called ECDSA', by({ algorithm: ECDSA_SHA256 }), 'signatureAlgorithm: wrong-algorithm'),
  stricter(
    'of an EC key, called RSA',
    by({ algorithm: RSA_ENCRYPTION }, 'ec'),
    'signatureAlgorithm: wrong-algorithm',
    'OpenSSL does not read it',
  ),
  bad(
    'whose digest is not announced',
    ({ rsa }) => makeCms({ content: FI, signers: [rsa], digestAlgorithms: ['sha512'] }),
    'signatureAlgorithm: wrong-algorithm',
  ),
  bad(
    'RSASSA-PSS that names another digest',
    by({ pss: { mgf1: 'sha256', named: 'sha512' } }),
    'digestAlgorithm: weak-digest',
  ),
  bad(
    'RSASSA-PSS that names another digest for its mask',
    by({ pss: { mgf1: 'sha1' } }),
    'digestAlgorithm: weak-digest',
  ),
  bad(
    'RSASSA-PSS with another function than MGF1',
    (all) => {
      const cms = by({ pss: { mgf1: 'sha256' } })(all);
      return flipped(cms, cms.indexOf(oid('1.2.840.113549.1.1.8')) + 8);
    },
    'digestAlgorithm: weak-digest',
  ),
  bad(
    'RSASSA-PSS that names another length of salt',
    by({ pss: { mgf1: 'sha256', salt: 20 } }),
    'signature: bad-signature',
  ),
  bad(
    'PKCS#1 v1.5, called RSASSA-PSS',
    by({ signature: (right) => right, pss: undefined, algorithm: '1.2.840.113549.1.1.10' }),
    'digestAlgorithm: weak-digest',
  ),
  bad('with a changed bit', by({ signature: (right) => flipped(right, 100) }), 'signature: bad-signature'),
  bad('of zeros', by({ signature: (right) => Buffer.alloc(right.length) }), 'signature: bad-signature'),
  bad('that is empty', by({ signature: () => Buffer.alloc(0) }), 'signature: bad-signature'),
  bad('that is cut', by({ signature: (right) => right.subarray(0, -1) }), 'signature: bad-signature'),
  bad('of r = s = 0', by({ signature: () => pair(0, 0) }, 'ec'), 'signature: bad-signature'),
  bad('of r = s = 1', by({ signature: () => pair(1, 1) }, 'ec'), 'signature: bad-signature'),
];

const CERTIFICATES: readonly SignatureCase[] = [
  bad('by an expired certificate', ({ place, expired }) => place.opensslSign(expired, FI), 'certificates: expired'),
  bad(
    'by one that is not yet valid',
    ({ place, early }) => place.opensslSign(early, FI),
    'certificates: not-yet-valid',
  ),
  bad('by a revoked one', ({ place, revoked }) => place.opensslSign(revoked, FI), 'certificates: revoked'),
  bad(
    'by one of an unknown issuer',
    ({ place, unknown }) => place.opensslSign(unknown, FI),
    'certificates: unknown-issuer',
  ),
  bad(
    'by one of an issuer that bears the name',
    ({ place, pretended }) => place.opensslSign(pretended, FI),
    'certificates: unknown-issuer',
  ),
  bad(
    'by one that names the key of the issuer',
    ({ place, forged }) => place.opensslSign(forged, FI),
    'signature: bad-signature',
  ),
  bad(
    'by one that vouches for itself',
    ({ place, selfSigned }) => place.opensslSign(selfSigned, FI),
    'certificates: self-signed',
  ),
  bad('by the issuer itself', ({ place, ca }) => place.opensslSign(ca, FI), 'certificates: key-usage'),
  bad(
    'by one whose issuer is no authority',
    ({ belowNoCa: { ca, signer } }) =>
      makeCms({ content: FI, signers: [signer], certificates: [signer.certificate, ca.certificate] }),
    'certificates: not-a-ca',
  ),
  bad(
    'by one whose issuer in between is missing',
    ({ belowNoCa: { signer } }) => makeCms({ content: FI, signers: [signer] }),
    'certificates: unknown-issuer',
  ),
  bad(
    'by one of the wrong policy',
    ({ place, wrongPolicy }) => place.opensslSign(wrongPolicy, FI),
    'certificates: certificate-policy',
  ),
  bad(
    'by one without policy',
    ({ place, noPolicy }) => place.opensslSign(noPolicy, FI),
    'certificates: certificate-policy',
  ),
  bad('by one for encryption', ({ place, encryption }) => place.opensslSign(encryption, FI), 'certificates: key-usage'),
  stricter(
    'by one for anything',
    ({ place, noUsage }) => place.opensslSign(noUsage, FI),
    'certificates: key-usage',
    'usage must be said',
  ),
  stricter(
    'by an authority',
    ({ place, subCa }) => place.opensslSign(subCa, FI),
    'certificates: key-usage',
    'persons sign',
  ),
  bad('by a key of RSA 1024', by1024(), 'certificates: weak-key'),
  stricter(
    'by a key on another curve',
    ({ place, bitcoin }) => place.opensslSign(bitcoin, FI),
    'certificates: weak-key',
    'NIST curves',
  ),
  bad(
    'by one that was issued with SHA-1',
    ({ place, sha1Issued }) => place.opensslSign(sha1Issued, FI),
    'certificates: weak-signature',
  ),
  bad(
    'by one with a critical extension nobody knows',
    ({ place, critical }) => place.opensslSign(critical, FI),
    'certificates: critical-extension',
  ),
  {
    title: 'by a certificate of another partner',
    fs: ({ place, ofRjv }) => place.opensslSign(ofRjv, FI),
    ...{ verdict: '153', openssl: true, because: 'whose it is stands in the configuration' },
  },
  {
    title: 'by a certificate of nobody',
    fs: ({ place, stranger }) => place.opensslSign(stranger, FI),
    ...{ verdict: '153', openssl: true, because: 'whose it is stands in the configuration' },
  },
];

const ENCODINGS: readonly SignatureCase[] = [
  stricter(
    'with a byte behind it',
    (all) => Buffer.concat([made(all), Buffer.of(0)]),
    'ContentInfo: not-parseable',
    'OpenSSL reads no further',
  ),
  stricter(
    'with another behind it',
    (all) => Buffer.concat([made(all), made(all)]),
    'ContentInfo: not-parseable',
    'OpenSSL reads no further',
  ),
  bad('that is cut', (all) => made(all).subarray(0, -10), 'ContentInfo: not-parseable'),
  bad('whose outermost length is wrong', (all) => flipped(made(all), 3), 'ContentInfo: not-parseable'),
  bad('whose inner length is wrong', (all) => flipped(made(all), 22), 'ContentInfo: not-parseable'),
  bad('that is empty', () => Buffer.alloc(0), 'ContentInfo: not-encoded'),
  bad('that is a line end', () => text('\n'), 'ContentInfo: not-encoded'),
  bad('that is words', () => text('bm90IGEgc2lnbmF0dXJl'), 'ContentInfo: not-parseable'),
  bad(
    'that is XML',
    () => text('<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/>'),
    'ContentInfo: not-encoded',
  ),
  stricter(
    'in base64 with a strange character',
    (all) => text(`${encoded(all)}§`),
    'ContentInfo: not-encoded',
    'it is given the bytes',
  ),
  stricter(
    'in base64 with a strange character inside',
    (all) => text(encoded(all).replace(/^.{40}/, '$&*')),
    'ContentInfo: not-encoded',
    'it is given the bytes',
  ),
  stricter(
    'in base64 with blanks',
    (all) => text(encoded(all).replace(/^.{40}/, '$& ')),
    'ContentInfo: not-encoded',
    'it is given the bytes',
  ),
  stricter('in base64 in lines of 100', (all) => text(wrapped(all, 100)), 'ContentInfo: not-encoded', 'lines have 76'),
  stricter(
    'in base64 with an empty line',
    (all) => text(wrapped(all, 76).replace('\n', '\n\n')),
    'ContentInfo: not-encoded',
    'it is given the bytes',
  ),
  stricter(
    'in base64 with something behind the padding',
    (all) => text(`${encoded(all)}=AAAA`),
    'ContentInfo: not-encoded',
    'it is given the bytes',
  ),
  stricter(
    'in base64 of the URL alphabet',
    (all) => text(urlAlphabet(all)),
    'ContentInfo: not-encoded',
    'it is given the bytes',
  ),
  stricter(
    'in base64 behind a byte order mark',
    (all) => text(`\u00ef\u00bb\u00bf${encoded(all)}`),
    'ContentInfo: not-encoded',
    'it is given the bytes',
  ),
  bad(
    'in PEM armour',
    (all) => text(`-----BEGIN PKCS7-----\n${wrapped(all, 64)}\n-----END PKCS7-----\n`),
    'ContentInfo: not-encoded',
  ),
  bad('of three megabytes', () => Buffer.alloc(3_000_000, 0x30), 'ContentInfo: too-large'),
  bad('of one and a half megabytes', () => Buffer.alloc(1_500_000, 0x30), 'ContentInfo: not-parseable'),
  bad(
    'of a hundred thousand nothings',
    () => tlv(0x30, Buffer.from('0500'.repeat(100_000), 'hex')),
    'ContentInfo: not-parseable',
  ),
  bad('nested a thousand deep', () => nested(1000), 'ContentInfo: not-parseable'),
  bad('nested without an end', () => Buffer.from('3080'.repeat(10_000), 'hex'), 'ContentInfo: not-parseable'),
];

function by1024(): Made {
  return ({ rsa1024 }) => makeCms({ content: FI, signers: [rsa1024] });
}

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt8(copy.readUInt8(at) ^ 0x01, at);
  return copy;
}

/** Ecdsa-Sig-Value, RFC 3279 §2.2.3 */
function pair(r: number, s: number): Buffer {
  return tlv(0x30, tlv(0x02, Buffer.of(r)), tlv(0x02, Buffer.of(s)));
}

/** One that has a character of which the alphabets differ. */
function urlAlphabet(all: Fixture): string {
  return encoded(all).replaceAll('+', '-').replaceAll('/', '_');
}

function nested(depth: number): Buffer {
  let der: Buffer = Buffer.from('0500', 'hex');
  for (let level = 0; level < depth; level++) der = tlv(0x30, der);
  return der;
}

judgeAll([...ALGORITHMS, ...CERTIFICATES, ...ENCODINGS], () => fixture);
