import * as asn1js from 'asn1js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OID } from '../../src/pki/oids.ts';
import { type CertificateSpec, DAY, ecKey, edKey, rsaKey, TestCa } from '../support/certificates.ts';
import { type DoorCase, judge, type Verdicts } from '../support/class3-door.ts';
import { expectVerdicts } from '../support/class3-expect.ts';
import { ANNA_EMAIL, type Caller, type Class3Gateway, startClass3 } from '../support/class3-gateway.ts';
import { removeFolder } from '../support/gateway.ts';
import { RevocationHost } from '../support/revocation-host.ts';

const NOW = Date.now();
const CLASS3 = '1.3.6.1.4.1.4146.1.40';
const OTHER_POLICY = '1.3.6.1.4.1.99999.40';
const UNKNOWN_EXTENSION = '1.3.6.1.4.1.99999.1';
/** TLS 1.2 does not take such a key; a client of TLS 1.3 has no way to sign with it and shows nothing. */
const UNKNOWN_CURVE = { 'TLSv1.2': 'tls-failed:ERR_SSL_WRONG_CURVE', 'TLSv1.3': 'no-certificate' } as const;
const [STRICT, POLICIES, LENIENT] = [0, 1, 2];

let ca: TestCa;
let host: RevocationHost;
let gateway: Class3Gateway;
let verdicts: ReadonlyMap<string, Verdicts> = new Map();
const key = ecKey();
const rsa = rsaKey();

type Spec = Partial<CertificateSpec>;

/** The base everybody here comes with: right in everything, and Anna's. */
async function caller(spec: Spec = {}): Promise<Caller> {
  const own = spec.key ?? key;
  return { key: own, certificate: { der: await ca.issueDer(NOW, { key: own, emails: [ANNA_EMAIL], ...spec }) } };
}

/** A fault, and what stands in its place in the twin. */
function profile(
  title: string,
  reason: DoorCase['reason'],
  fault: () => Spec,
  right: () => Spec = () => ({}),
  listener = STRICT,
): DoorCase {
  return { title, reason, refused: () => caller(fault()), twin: () => caller(right()), listener };
}

function extension(oid: string, critical: boolean) {
  return { oid, critical, der: new asn1js.Null().toBER() };
}

const KEY_USAGE = [
  profile(
    'for signing documents only',
    'key-usage',
    () => ({ usage: ['nonRepudiation'] }),
    () => ({ usage: ['digitalSignature', 'nonRepudiation'] }),
  ),
  profile(
    'for encryption only',
    'key-usage',
    () => ({ usage: ['keyEncipherment'] }),
    () => ({ usage: ['digitalSignature', 'keyEncipherment'] }),
  ),
  profile('for key agreement only', 'key-usage', () => ({ usage: ['keyAgreement'] })),
  profile('for data encryption only', 'key-usage', () => ({ usage: ['dataEncipherment'] })),
  profile('for signing documents and encryption', 'key-usage', () => ({
    usage: ['nonRepudiation', 'keyEncipherment'],
  })),
  profile('without key usage', 'key-usage', () => ({ usage: [] })),
  profile(
    'of a CA',
    'key-usage',
    () => ({ ca: { cA: true } }),
    () => ({ ca: { cA: false } }),
  ),
  profile('that may sign lists only', 'key-usage', () => ({ usage: ['cRLSign'] })),
];

const PURPOSES = [
  profile(
    'for servers',
    'extended-key-usage',
    () => ({ purposes: [OID.serverAuth] }),
    () => ({ purposes: [OID.serverAuth, OID.clientAuth] }),
  ),
  profile('for any purpose', 'extended-key-usage', () => ({ purposes: [OID.anyExtendedKeyUsage] })),
  profile('for answering OCSP', 'extended-key-usage', () => ({ purposes: [OID.ocspSigning] })),
  profile('for code and mail', 'extended-key-usage', () => ({ purposes: ['1.3.6.1.5.5.7.3.3', '1.3.6.1.5.5.7.3.4'] })),
  profile('without a purpose', 'extended-key-usage', () => ({ purposes: [] })),
  {
    ...profile(
      'without a purpose, where one is required and not elsewhere',
      'extended-key-usage',
      () => ({ purposes: [] }),
      () => ({ purposes: [] }),
    ),
    twinListener: LENIENT,
  },
  profile(
    'for servers, where none need stand',
    'extended-key-usage',
    () => ({ purposes: [OID.serverAuth] }),
    () => ({ purposes: [] }),
    LENIENT,
  ),
];

const KEYS = [
  profile(
    'RSA 1024',
    'weak-key',
    () => ({ key: rsa1024 }),
    () => ({ key: rsa }),
  ),
  profile(
    'RSA 2040',
    'weak-key',
    () => ({ key: rsa2040 }),
    () => ({ key: rsa }),
  ),
  profile(
    'RSA with exponent 3',
    'weak-key',
    () => ({ key: rsaOf3 }),
    () => ({ key: rsa }),
  ),
  profile(
    'P-224',
    UNKNOWN_CURVE,
    () => ({ key: p224 }),
    () => ({ key: ecKey('secp384r1') }),
  ),
  profile(
    'P-192',
    UNKNOWN_CURVE,
    () => ({ key: p192 }),
    () => ({ key: ecKey('secp521r1') }),
  ),
  profile(
    'a curve that is not NIST’s',
    UNKNOWN_CURVE,
    () => ({ key: k256 }),
    () => ({ key: edKey() }),
  ),
];
const [rsa1024, rsa2040, rsaOf3] = [rsaKey(1024), rsaKey(2040), rsaKey(2048, 3)];
const [p224, p192, k256] = [ecKey('secp224r1'), ecKey('prime192v1'), ecKey('secp256k1')];

const SIGNATURES = [
  profile(
    'signed with SHA-1',
    'weak-signature',
    () => ({ hash: 'sha1' }),
    () => ({ hash: 'sha384' }),
  ),
  profile(
    'an RSA key, signed with SHA-1',
    'weak-signature',
    () => ({ key: rsa, hash: 'sha1' }),
    () => ({ key: rsa, hash: 'sha512' }),
  ),
  profile(
    'SHA-1 for signing documents and logging in',
    'weak-signature',
    () => ({ hash: 'sha1', usage: ['digitalSignature', 'nonRepudiation'] }),
    () => ({ usage: ['digitalSignature', 'nonRepudiation'] }),
  ),
];

const POLICY_OIDS = [
  profile(
    'of another policy',
    'certificate-policy',
    () => ({ policies: [OTHER_POLICY] }),
    () => ({ policies: [CLASS3] }),
    POLICIES,
  ),
  profile(
    'without a policy',
    'certificate-policy',
    () => ({ policies: [] }),
    () => ({ policies: [CLASS3] }),
    POLICIES,
  ),
  profile(
    'of any policy',
    'certificate-policy',
    () => ({ policies: [OID.anyPolicy] }),
    () => ({ policies: [CLASS3, OTHER_POLICY] }),
    POLICIES,
  ),
  profile(
    'of a policy below the wanted one',
    'certificate-policy',
    () => ({ policies: [`${CLASS3}.10`] }),
    () => ({ policies: [CLASS3] }),
    POLICIES,
  ),
  profile(
    'of a policy above the wanted one',
    'certificate-policy',
    () => ({ policies: ['1.3.6.1.4.1.4146.1'] }),
    () => ({ policies: [CLASS3] }),
    POLICIES,
  ),
  {
    ...profile(
      'without a policy, where one is wanted and not elsewhere',
      'certificate-policy',
      () => ({}),
      () => ({}),
      POLICIES,
    ),
    twinListener: STRICT,
  },
];

const VALIDITY = [
  profile(
    'ended a second ago',
    'expired',
    () => ({ notAfter: NOW - 1000 }),
    () => ({ notAfter: NOW + DAY }),
  ),
  profile(
    'ended a year ago',
    'expired',
    () => ({ notBefore: NOW - 700 * DAY, notAfter: NOW - 365 * DAY }),
    () => ({ notBefore: NOW - 700 * DAY }),
  ),
  profile(
    'ends before it begins',
    'expired',
    () => ({ notAfter: NOW - 2 * DAY }),
    () => ({ notAfter: NOW + 2 * DAY }),
  ),
  profile(
    'begins in an hour',
    'not-yet-valid',
    () => ({ notBefore: NOW + 3_600_000 }),
    () => ({ notBefore: NOW - 3_600_000 }),
  ),
  profile(
    'begins in a year',
    'not-yet-valid',
    () => ({ notBefore: NOW + 365 * DAY, notAfter: NOW + 700 * DAY }),
    () => ({ notAfter: NOW + 700 * DAY }),
  ),
  profile(
    'begins after it ends',
    'not-yet-valid',
    () => ({ notBefore: NOW + 101 * DAY }),
    () => ({ notBefore: NOW - 101 * DAY }),
  ),
  profile(
    'begins in 2050',
    'not-yet-valid',
    () => ({ notBefore: Date.UTC(2050, 0, 1), notAfter: Date.UTC(2060, 0, 1) }),
    () => ({ notAfter: Date.UTC(2060, 0, 1) }),
  ),
];

const EXTENSIONS = [
  profile(
    'with a critical extension nobody knows',
    'critical-extension',
    () => ({ more: [extension(UNKNOWN_EXTENSION, true)] }),
    () => ({ more: [extension(UNKNOWN_EXTENSION, false)] }),
  ),
  profile(
    'with critical policy constraints',
    'critical-extension',
    () => ({ more: [extension('2.5.29.36', true)] }),
    () => ({ more: [extension('2.5.29.36', false)] }),
  ),
  profile(
    'with critical list addresses',
    'critical-extension',
    () => ({ more: [extension('2.5.29.31', true)] }),
    () => ({ more: [extension('2.5.29.31', false)] }),
  ),
  profile(
    'with an extension that stands twice',
    'bad-certificate',
    () => ({ more: [extension(UNKNOWN_EXTENSION, false), extension(UNKNOWN_EXTENSION, false)] }),
    () => ({ more: [extension(UNKNOWN_EXTENSION, false)] }),
  ),
];

const TABLES: Readonly<Record<string, readonly DoorCase[]>> = {
  'key usage': KEY_USAGE,
  'extended key usage': PURPOSES,
  key: KEYS,
  signature: SIGNATURES,
  policy: POLICY_OIDS,
  validity: VALIDITY,
  extension: EXTENSIONS,
};

beforeAll(async () => {
  ca = await TestCa.root('Class 3 CA', NOW);
  host = await RevocationHost.open();
  const list = await ca.crl({ thisUpdate: NOW - DAY, nextUpdate: NOW + DAY });
  const url = host.list('/ca.crl', () => ({ body: list }));
  gateway = await startClass3({
    trusted: [ca],
    revocation: [{ ca, lists: [url] }],
    listeners: [
      ['requireExtendedKeyUsage: true'],
      ['requireExtendedKeyUsage: true', `allowedPolicyOids: ["${CLASS3}"]`],
      ['requireExtendedKeyUsage: false'],
    ],
  });
  verdicts = await judge(gateway, Object.values(TABLES).flat());
}, 60_000);

afterAll(async () => {
  await gateway?.stop();
  await host?.close();
  if (gateway !== undefined) await removeFolder(gateway);
});

for (const [cause, cases] of Object.entries(TABLES)) expectVerdicts(cause, cases, () => verdicts);

test('nothing but the page is served to whom is refused, and the page tells nothing of the server', () => {
  const pages = [...verdicts.values()].map(({ refused }) => refused.page).filter((page) => page !== '');
  for (const page of pages) {
    expect(page).toMatch(/^HTTP\/1\.1 403 /);
    expect(page).toContain('Connection: close');
    expect(page).not.toMatch(/Proef|sluis-gateway|config/);
  }
});
