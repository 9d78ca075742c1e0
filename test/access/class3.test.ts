import * as asn1js from 'asn1js';
import { beforeAll, expect, test } from 'vitest';
import type { RefusalReason } from '../../src/access/admission.ts';
import { type Class3Policy, type Class3Result, checkClass3 } from '../../src/access/class3.ts';
import type { Certificate } from '../../src/pki/certificate.ts';
import { keyIdOf } from '../../src/pki/issue.ts';
import { OID } from '../../src/pki/oids.ts';
import type { RevocationSource, RevocationStatus } from '../../src/pki/revocation.ts';
import { type CertificateSpec, DAY, ecKey, edKey, rsaKey, TestCa } from '../support/certificates.ts';

const NOW = Date.UTC(2026, 2, 2, 12);
const PERSONAL_SIGN = '1.3.6.1.4.1.4146.1.40';
const UNKNOWN_EXTENSION = '1.3.6.1.4.1.99999.1';
const POLICY_CONSTRAINTS = '2.5.29.36';

let ca: TestCa;
let stranger: TestCa;

beforeAll(async () => {
  ca = await TestCa.root('Class 3 CA', NOW);
  stranger = await TestCa.root('Class 3 CA', NOW);
});

/** A source that knows each certificate's state by its fingerprint; all others are good. */
function revocation(states: Readonly<Record<string, RevocationStatus>> = {}): RevocationSource {
  return {
    version: 1,
    statusOf: async ({ fingerprint }) => states[fingerprint] ?? { state: 'good', until: NOW + DAY },
  };
}

async function check(
  leaf: Certificate | Uint8Array,
  options: {
    readonly others?: readonly Certificate[];
    readonly policy?: Partial<Class3Policy>;
    readonly states?: Readonly<Record<string, RevocationStatus>>;
    readonly at?: number;
  } = {},
): Promise<Class3Result> {
  const policy: Class3Policy = {
    issuers: [ca.certificate],
    allowedPolicies: [],
    extendedKeyUsage: 'required',
    nationalNumberPolicies: [],
    intermediates: [],
    clockToleranceMs: 0,
    ...options.policy,
  };
  const peer = {
    leaf: leaf instanceof Uint8Array ? leaf : leaf.der,
    others: (options.others ?? []).map((other) => other.der),
  };
  return checkClass3(peer, policy, revocation(options.states), options.at ?? NOW);
}

function verdict(result: Class3Result): 'ok' | RefusalReason {
  return result.ok ? 'ok' : result.reason;
}

function extension(oid: string, critical: boolean) {
  return { oid, critical, der: new asn1js.Null().toBER() };
}

type LeafCase = readonly [
  title: string,
  spec: () => Partial<CertificateSpec>,
  expected: 'ok' | RefusalReason,
  policy?: Partial<Class3Policy>,
];

const LEAVES: readonly LeafCase[] = [
  ['P-256', () => ({}), 'ok'],
  ['P-384', () => ({ key: ecKey('secp384r1') }), 'ok'],
  ['P-521', () => ({ key: ecKey('secp521r1') }), 'ok'],
  ['P-224', () => ({ key: ecKey('secp224r1') }), 'weak-key'],
  ['a curve that is not NIST’s', () => ({ key: ecKey('secp256k1') }), 'weak-key'],
  ['Ed25519', () => ({ key: edKey() }), 'ok'],
  ['RSA 2048', () => ({ key: rsaKey(2048) }), 'ok'],
  ['RSA 1024', () => ({ key: rsaKey(1024) }), 'weak-key'],
  ['RSA with exponent 3', () => ({ key: rsaKey(2048, 3) }), 'weak-key'],
  ['signed with SHA-384', () => ({ hash: 'sha384' }), 'ok'],
  ['signed with SHA-1', () => ({ hash: 'sha1' }), 'weak-signature'],
  ['begins this second', () => ({ notBefore: NOW }), 'ok'],
  ['begins in a second', () => ({ notBefore: NOW + 1000 }), 'not-yet-valid'],
  ['ends this second', () => ({ notAfter: NOW }), 'ok'],
  ['ended a second ago', () => ({ notAfter: NOW - 1000 }), 'expired'],
  ['for signing and logging in', () => ({ usage: ['digitalSignature', 'nonRepudiation'] }), 'ok'],
  ['for signing documents only', () => ({ usage: ['nonRepudiation'] }), 'key-usage'],
  ['for encryption only', () => ({ usage: ['keyEncipherment'] }), 'key-usage'],
  ['without key usage', () => ({ usage: [] }), 'key-usage'],
  ['a CA’s own', () => ({ ca: { cA: true }, usage: ['digitalSignature', 'keyCertSign'] }), 'key-usage'],
  ['without basic constraints', () => ({ ca: undefined }), 'ok'],
  ['for servers', () => ({ purposes: [OID.serverAuth] }), 'extended-key-usage'],
  ['for servers and clients', () => ({ purposes: [OID.serverAuth, OID.clientAuth] }), 'ok'],
  ['for any purpose', () => ({ purposes: [OID.anyExtendedKeyUsage] }), 'extended-key-usage'],
  ['without purpose', () => ({ purposes: [] }), 'extended-key-usage'],
  ['without purpose, where that is allowed', () => ({ purposes: [] }), 'ok', { extendedKeyUsage: 'may-be-absent' }],
  [
    'for servers, where none is allowed',
    () => ({ purposes: [OID.serverAuth] }),
    'extended-key-usage',
    { extendedKeyUsage: 'may-be-absent' },
  ],
  ['with the wanted policy', () => ({ policies: [PERSONAL_SIGN] }), 'ok', { allowedPolicies: [PERSONAL_SIGN] }],
  ['with another policy', () => ({ policies: ['1.2.3'] }), 'certificate-policy', { allowedPolicies: [PERSONAL_SIGN] }],
  ['without a policy', () => ({}), 'certificate-policy', { allowedPolicies: [PERSONAL_SIGN] }],
  [
    'with any policy',
    () => ({ policies: [OID.anyPolicy] }),
    'certificate-policy',
    { allowedPolicies: [PERSONAL_SIGN] },
  ],
  ['with an extension nobody knows', () => ({ more: [extension(UNKNOWN_EXTENSION, false)] }), 'ok'],
  [
    'with a critical extension nobody knows',
    () => ({ more: [extension(UNKNOWN_EXTENSION, true)] }),
    'critical-extension',
  ],
];

for (const [title, spec, expected, policy = {}] of LEAVES) {
  test(`a certificate ${title}: ${expected}`, async () => {
    const leaf = await ca.issue(NOW, spec());
    expect(verdict(await check(leaf, { policy }))).toBe(expected);
  });
}

test('bytes that are no certificate, or more than one', async () => {
  const leaf = await ca.issue(NOW);
  expect(verdict(await check(Buffer.from('no certificate')))).toBe('bad-certificate');
  expect(verdict(await check(leaf.der.subarray(0, -1)))).toBe('bad-certificate');
  expect(verdict(await check(Buffer.concat([leaf.der, Buffer.of(0)])))).toBe('bad-certificate');
  expect(verdict(await check(leaf.der))).toBe('ok');
});

test('one changed byte of what was signed', async () => {
  const leaf = await ca.issue(NOW);
  const changed = Buffer.from(leaf.der);
  const at = changed.indexOf('Anna Proef');
  changed[at] = 'H'.charCodeAt(0);
  expect(verdict(await check(changed))).toBe('bad-signature');
});

test('a stranger with the name of the trusted issuer, and with its key identifier, too', async () => {
  expect(verdict(await check(await stranger.issue(NOW)))).toBe('unknown-issuer');
  const claimed = Buffer.from(ca.certificate.keyId ?? '', 'hex');
  expect(verdict(await check(await stranger.issue(NOW, { authorityKeyId: claimed })))).toBe('bad-signature');
});

test('self-signed, and the trusted issuer itself', async () => {
  const self = await TestCa.root('Anna', NOW, {
    ca: { cA: false },
    usage: ['digitalSignature'],
    purposes: [OID.clientAuth],
  });
  expect(verdict(await check(self.certificate))).toBe('self-signed');
  expect(verdict(await check(ca.certificate))).toBe('unknown-issuer');
});

test('a trusted issuer that has ended', async () => {
  const ended = await TestCa.root('Ended', NOW, { notAfter: NOW - 1000 });
  const policy = { issuers: [ended.certificate] };
  expect(verdict(await check(await ended.issue(NOW), { policy }))).toBe('expired');
});

type ChainCase = readonly [title: string, spec: Partial<CertificateSpec>, expected: 'ok' | RefusalReason];

const CHAINS: readonly ChainCase[] = [
  ['as it should be', {}, 'ok'],
  ['that is no CA', { ca: { cA: false } }, 'issuer-may-not-issue'],
  ['without basic constraints', { ca: undefined }, 'issuer-may-not-issue'],
  ['that may not sign certificates', { usage: ['digitalSignature', 'cRLSign'] }, 'issuer-may-not-issue'],
  ['that has ended', { notAfter: NOW - 1000 }, 'expired'],
  ['that has not begun', { notBefore: NOW + 1000 }, 'not-yet-valid'],
  ['signed with SHA-1', { hash: 'sha1' }, 'weak-signature'],
  ['with a weak key', { key: rsaKey(1024) }, 'weak-key'],
  ['with policy constraints', { more: [extension(POLICY_CONSTRAINTS, true)] }, 'critical-extension'],
];

for (const [title, spec, expected] of CHAINS) {
  test(`through an intermediate ${title}: ${expected}`, async () => {
    const intermediate = await ca.intermediate('Intermediate', NOW, spec);
    const leaf = await intermediate.issue(NOW);
    expect(verdict(await check(leaf, { others: [intermediate.certificate] }))).toBe(expected);
  });
}

test('through an intermediate that was not sent, or was sent among others in any order', async () => {
  const intermediate = await ca.intermediate('Intermediate', NOW);
  const leaf = await intermediate.issue(NOW);
  expect(verdict(await check(leaf))).toBe('unknown-issuer');
  const others = [stranger.certificate, leaf, intermediate.certificate, ca.certificate];
  expect(verdict(await check(leaf, { others }))).toBe('ok');
});

test('more intermediates than the trusted issuer allows', async () => {
  for (const [pathLength, expected] of [
    [0, 'path-too-long'],
    [1, 'ok'],
  ] as const) {
    const root = await TestCa.root('Root', NOW, { ca: { cA: true, pathLength } });
    const intermediate = await root.intermediate('Intermediate', NOW);
    const policy = { issuers: [root.certificate] };
    const others = [intermediate.certificate];
    expect(verdict(await check(await intermediate.issue(NOW), { policy, others }))).toBe(expected);
  }
});

test('at most three intermediates', async () => {
  let issuer = ca;
  const others: Certificate[] = [];
  const verdicts: string[] = [];
  for (let length = 1; length <= 4; length++) {
    issuer = await issuer.intermediate(`Intermediate ${length}`, NOW);
    others.push(issuer.certificate);
    verdicts.push(verdict(await check(await issuer.issue(NOW), { others })));
  }
  expect(verdicts).toEqual(['ok', 'ok', 'ok', 'unknown-issuer']);
});

test('a policy that the intermediate does not hold counts for nothing', async () => {
  const policy = { allowedPolicies: [PERSONAL_SIGN] };
  for (const [policies, expected] of [
    [[PERSONAL_SIGN], 'ok'],
    [[OID.anyPolicy], 'ok'],
    [['1.2.3'], 'certificate-policy'],
    [[], 'certificate-policy'],
  ] as const) {
    const intermediate = await ca.intermediate('Intermediate', NOW, { policies });
    const leaf = await intermediate.issue(NOW, { policies: [PERSONAL_SIGN] });
    expect(verdict(await check(leaf, { policy, others: [intermediate.certificate] }))).toBe(expected);
  }
});

test('revoked, unknown or good: the leaf and the intermediate alike', async () => {
  const intermediate = await ca.intermediate('Intermediate', NOW);
  const leaf = await intermediate.issue(NOW);
  const others = [intermediate.certificate];
  for (const { fingerprint } of [leaf, intermediate.certificate]) {
    expect(verdict(await check(leaf, { others, states: { [fingerprint]: { state: 'revoked' } } }))).toBe('revoked');
    const unknown = { [fingerprint]: { state: 'unknown', why: 'not-known' } } as const;
    expect(verdict(await check(leaf, { others, states: unknown }))).toBe('revocation-unknown');
  }
  // Known to be revoked weighs more than not known.
  const both = {
    [leaf.fingerprint]: { state: 'unknown', why: 'not-known' },
    [intermediate.certificate.fingerprint]: { state: 'revoked' },
  } as const;
  expect(verdict(await check(leaf, { others, states: both }))).toBe('revoked');
  expect(verdict(await check(leaf, { others }))).toBe('ok');
});

test('how long the answer holds: the first end of a certificate or of a revocation answer', async () => {
  const soon = await ca.issue(NOW, { notAfter: NOW + 3_600_000 });
  const late = await ca.issue(NOW);
  expect(await check(soon)).toMatchObject({ ok: true, until: NOW + 3_600_000 });
  expect(await check(late)).toMatchObject({ ok: true, until: NOW + DAY });
});

test('an issuer is told by its key, whatever key the certificate has', async () => {
  const rsaCa = await TestCa.root('RSA CA', NOW, { key: rsaKey() });
  const leaf = await rsaCa.issue(NOW);
  expect(leaf.issuerKeyId).toBe(Buffer.from(keyIdOf(rsaCa.certificate.key)).toString('hex'));
  expect(verdict(await check(leaf, { policy: { issuers: [ca.certificate, rsaCa.certificate] } }))).toBe('ok');
});
