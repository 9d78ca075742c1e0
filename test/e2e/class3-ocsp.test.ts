import { afterAll, beforeAll } from 'vitest';
import type { Certificate } from '../../src/pki/certificate.ts';
import { OID } from '../../src/pki/oids.ts';
import { type CertificateSpec, DAY, ecKey, rsaKey, TestCa } from '../support/certificates.ts';
import { type DoorCase, judge, type Verdicts } from '../support/class3-door.ts';
import { expectVerdicts } from '../support/class3-expect.ts';
import { ANNA_EMAIL, type Caller, type Class3Gateway, startClass3 } from '../support/class3-gateway.ts';
import { removeFolder } from '../support/gateway.ts';
import { type AnswerSpec, errorAnswer, makeAnswer, rightAnswer } from '../support/ocsp-answer.ts';
import { type Reply, RevocationHost } from '../support/revocation-host.ts';

const NOW = Date.now();
const HOUR = 3_600_000;
const GRACE = 60_000;
const key = ecKey();
const delegateKey = ecKey();
const rsa = rsaKey();
const NO_CHECK = { oid: OID.ocspNoCheck, critical: false, der: Uint8Array.from([5, 0]).buffer };

/** Answers about `open` are asked for; `strict` is asked with a nonce that must come back; `quiet` without one. */
let open: TestCa;
let strict: TestCa;
let quiet: TestCa;
let stranger: TestCa;
let host: RevocationHost;
let gateway: Class3Gateway;
let verdicts: ReadonlyMap<string, Verdicts> = new Map();

/** Somebody about whom the responder says this. */
async function about(reply: (right: AnswerSpec) => Partial<AnswerSpec> | Reply, ca = open): Promise<Caller> {
  const certificate = await ca.issue(NOW, { key, emails: [ANNA_EMAIL] });
  host.answer(certificate.serial, (asked) => {
    const right = rightAnswer(ca, Date.now());
    const said = reply(right);
    if (typeof said === 'string' || 'body' in said) return said;
    return { body: makeAnswer(asked, { ...right, ...said }) };
  });
  return { key, certificate };
}

type Said = (right: AnswerSpec) => Partial<AnswerSpec> | Reply;

function ocsp(
  title: string,
  [reason, detail]: readonly [string, string?],
  fault: Said,
  right: Said = () => ({}),
  ca = () => open,
): DoorCase {
  const expected = detail === undefined ? { reason } : { reason, detail };
  return { title, ...expected, refused: () => about(fault, ca()), twin: () => about(right, ca()) };
}

const unknown = (detail: string) => ['revocation-unknown', `ocsp:${detail}`] as const;

/** A certificate of the issuer for answering in its place, and its answer. */
function delegate(spec: Partial<CertificateSpec> = {}, more: Partial<AnswerSpec> = {}, ca = () => open): Promise<Said> {
  return (async () => {
    const own = {
      key: delegateKey,
      subject: [[OID.commonName, 'Responder']] as const,
      purposes: [OID.ocspSigning],
      more: [NO_CHECK],
    };
    const certificate = await ca().issue(NOW, { ...own, ...spec });
    return () => ({ signer: { key: spec.key ?? delegateKey, certificate }, certificates: [certificate], ...more });
  })();
}

function delegated(
  title: string,
  detail: string,
  fault: () => Promise<Said>,
  right: () => Promise<Said> = () => delegate(),
): DoorCase {
  const [reason, expected] = unknown(detail);
  return {
    ...{ title, reason, detail: expected },
    refused: async () => about(await fault()),
    twin: async () => about(await right()),
  };
}

const VERDICTS: readonly DoorCase[] = [
  ocsp('revoked', ['revoked'], () => ({ state: 'revoked' })),
  ocsp(
    'revoked, says an answer by key',
    ['revoked'],
    () => ({ state: 'revoked', byKey: true }),
    () => ({ byKey: true }),
  ),
  ocsp(
    'revoked, says an answer without end',
    ['revoked'],
    () => ({ state: 'revoked', nextUpdate: undefined }),
    () => ({ nextUpdate: undefined }),
  ),
  ocsp('not known to the responder', unknown('unknown'), () => ({ state: 'unknown' })),
  {
    title: 'revoked, says a delegate',
    reason: 'revoked',
    refused: async () => about(await delegate({}, { state: 'revoked' })),
    twin: async () => about(await delegate()),
  },
  ocsp(
    'revoked, by an answer with our nonce',
    ['revoked'],
    () => ({ state: 'revoked' }),
    () => ({}),
    () => strict,
  ),
  ocsp(
    'revoked, asked without a nonce',
    ['revoked'],
    () => ({ state: 'revoked' }),
    () => ({}),
    () => quiet,
  ),
];

const STALE: readonly DoorCase[] = [
  ocsp('ended an hour ago', ['revocation-stale', 'ocsp:stale'], () => ({
    thisUpdate: NOW - 2 * HOUR,
    nextUpdate: NOW - HOUR,
  })),
  ocsp(
    'ended just before the grace',
    ['revocation-stale', 'ocsp:stale'],
    () => ({ thisUpdate: NOW - HOUR, nextUpdate: NOW - GRACE - 5_000 }),
    () => ({ thisUpdate: NOW - HOUR, nextUpdate: NOW - 5_000 }),
  ),
  ocsp('ended a year ago', ['revocation-stale', 'ocsp:stale'], () => ({
    thisUpdate: NOW - 366 * DAY,
    nextUpdate: NOW - 365 * DAY,
  })),
  ocsp(
    'without end, and older than the greatest age',
    ['revocation-stale', 'ocsp:stale'],
    () => ({ thisUpdate: NOW - 3 * HOUR, nextUpdate: undefined }),
    () => ({ thisUpdate: NOW - 60_000, nextUpdate: undefined }),
  ),
  ocsp('ends before it begins', ['revocation-stale', 'ocsp:stale'], () => ({ nextUpdate: NOW - 2 * DAY })),
  ocsp('begins in an hour', unknown('from-the-future'), () => ({
    thisUpdate: Date.now() + HOUR,
    nextUpdate: Date.now() + 2 * HOUR,
  })),
  ocsp('signed in an hour', unknown('from-the-future'), () => ({ producedAt: Date.now() + HOUR })),
];

const SIGNERS: readonly DoorCase[] = [
  ocsp('signed by a stranger', unknown('wrong-signer'), () => ({
    signer: stranger,
    certificates: [stranger.certificate],
  })),
  ocsp('signed by a stranger in the issuer’s name', unknown('bad-signature'), ({ signer }) => ({
    signer: { key: stranger.key, certificate: signer.certificate },
  })),
  ocsp('changed after it was signed', unknown('bad-signature'), () => ({ forged: true })),
  ocsp('signed with SHA-1', unknown('weak-signature'), () => ({ hash: 'sha1' })),
  ocsp('signed by another trusted issuer', unknown('wrong-signer'), () => ({
    signer: strict,
    certificates: [strict.certificate],
  })),
  ocsp('signed by the certificate in question', unknown('wrong-signer'), () => ({
    signer: { key, certificate: stranger.certificate },
  })),
];

const DELEGATES: readonly DoorCase[] = [
  delegated('a delegate without the purpose', 'delegate-without-purpose', () =>
    delegate({ purposes: [OID.clientAuth] }),
  ),
  delegated('a delegate for any purpose', 'delegate-without-purpose', () =>
    delegate({ purposes: [OID.anyExtendedKeyUsage] }),
  ),
  delegated('a delegate that may sign lists only', 'delegate-without-purpose', () => delegate({ usage: ['cRLSign'] })),
  delegated('a delegate that has ended', 'delegate-not-valid', () => delegate({ notAfter: NOW - 1000 })),
  delegated('a delegate that has not begun', 'delegate-not-valid', () => delegate({ notBefore: NOW + HOUR })),
  delegated('a delegate of another issuer', 'wrong-signer', () => delegate({}, {}, () => strict)),
  delegated('a delegate that nothing is known of', 'delegate-not-checked', () => delegate({ more: [] })),
  delegated(
    'a delegate that was revoked',
    'delegate-revoked',
    () => delegate({ serial: REVOKED_DELEGATE }),
    () => delegate({ serial: GOOD_DELEGATE }),
  ),
];
const REVOKED_DELEGATE = Buffer.from('4100000000000001', 'hex');
const GOOD_DELEGATE = Buffer.from('4100000000000002', 'hex');

const DELEGATE_FORMS: readonly DoorCase[] = [
  delegated('a delegate signed with SHA-1', 'weak-signature', () => delegate({ hash: 'sha1' })),
  delegated('a delegate with a critical extension', 'critical-extension', () =>
    delegate({ more: [NO_CHECK, { ...NO_CHECK, oid: '1.3.6.1.4.1.99999.4', critical: true }] }),
  ),
  delegated('a delegate whose certificate was not sent', 'wrong-signer', () => delegate({}, { certificates: [] })),
  delegated(
    'a delegate with an RSA key, forged',
    'bad-signature',
    () => delegate({ key: rsa }, { forged: true }),
    () => delegate({ key: rsa }),
  ),
];

const CONTENTS: readonly DoorCase[] = [
  ocsp('an answer about another certificate, played back', unknown('other-certificate'), () => ({
    serial: '4444444444444444',
  })),
  ocsp('an answer with two verdicts', unknown('not-parseable'), () => ({ twice: true })),
  ocsp('an answer with a critical extension', unknown('critical-extension'), () => ({ criticalExtension: true })),
  ocsp('an answer to another question', unknown('wrong-nonce'), () => ({ nonce: 'wrong' })),
  ocsp(
    'an answer without the required nonce, played back',
    unknown('wrong-nonce'),
    () => ({ nonce: 'none' }),
    () => ({ nonce: 'echo' }),
    () => strict,
  ),
  ocsp(
    'an answer with a nonce nobody sent',
    unknown('wrong-nonce'),
    () => ({ nonce: 'wrong' }),
    () => ({ nonce: 'none' }),
    () => quiet,
  ),
  ocsp('“try later”', unknown('no-answer'), () => ({ body: errorAnswer(3) })),
  ocsp('“unauthorized”', unknown('no-answer'), () => ({ body: errorAnswer(6) })),
];

const TRANSPORT: readonly DoorCase[] = [
  ocsp('a page in place of an answer', unknown('not-parseable'), () => ({ body: Buffer.from('<html>Hello</html>') })),
  ocsp('an answer of no bytes', unknown('not-parseable'), () => ({ body: Buffer.alloc(0) })),
  ocsp('an answer of a megabyte', unknown('too-large'), () => ({ body: Buffer.alloc(1_000_000, 0x30) })),
  ocsp('an answer of a megabyte that does not say so', unknown('too-large'), () => ({
    body: Buffer.alloc(1_000_000, 0x30),
    headers: { 'Transfer-Encoding': 'chunked' },
  })),
  ocsp('a responder that answers nothing', unknown('timeout'), () => 'hang'),
  ocsp('a responder that cuts the connection', unknown('unreachable'), () => 'reset'),
  ocsp('a responder with an error', unknown('http-status'), () => ({ status: 500, body: Buffer.alloc(0) })),
  ocsp('a responder that sends elsewhere', unknown('http-status'), () => ({
    status: 302,
    body: Buffer.alloc(0),
    headers: { Location: `${host.url}/elsewhere` },
  })),
];

const TABLES = {
  verdict: VERDICTS,
  stale: STALE,
  signer: SIGNERS,
  delegate: DELEGATES,
  'form of delegate': DELEGATE_FORMS,
  content: CONTENTS,
  transport: TRANSPORT,
};

beforeAll(async () => {
  [open, strict, quiet, stranger] = await Promise.all(
    ['Open', 'Strict', 'Quiet', 'Stranger'].map((name) => TestCa.root(name, NOW)) as [
      Promise<TestCa>,
      Promise<TestCa>,
      Promise<TestCa>,
      Promise<TestCa>,
    ],
  );
  host = await RevocationHost.open();
  const url = host.url;
  // Knows a revoked delegate and nothing else: before it begins, it says of nobody that he is good.
  const revoked = { serial: REVOKED_DELEGATE.toString('hex') } as Certificate;
  const list = await open.crl({ thisUpdate: NOW + DAY, nextUpdate: NOW + 2 * DAY, revoked: [revoked] });
  gateway = await startClass3({
    trusted: [open, strict, quiet],
    rules: ['timeoutSeconds: 4', `graceMinutes: ${GRACE / 60_000}`, 'revocationMaxAgeMinutes: 60'],
    revocation: [
      { ca: open, ocsp: [{ url }], lists: [host.list('/open.crl', () => ({ body: list }))] },
      { ca: strict, ocsp: [{ url, nonce: 'required' }] },
      { ca: quiet, ocsp: [{ url, nonce: 'none' }] },
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
