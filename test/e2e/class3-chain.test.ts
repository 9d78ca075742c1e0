import { afterAll, beforeAll } from 'vitest';
import type { Certificate } from '../../src/pki/certificate.ts';
import { OID } from '../../src/pki/oids.ts';
import { type CertificateSpec, DAY, ecKey, edKey, nameConstraints, rsaKey, TestCa } from '../support/certificates.ts';
import { BE, ChainPlace, extension, keyIdOf, subject, tampered } from '../support/class3-chain.ts';
import { type DoorCase, judge, type Verdicts } from '../support/class3-door.ts';
import { expectVerdicts } from '../support/class3-expect.ts';
import { ANNA_EMAIL, type Caller } from '../support/class3-gateway.ts';

const NOW = Date.now();
const [ALL, ROOT_ONLY, ROOT_AND_SHALLOW] = [0, 1, 2];
const CLASS3 = '1.3.6.1.4.1.4146.1.40';
const key = ecKey();

let root: TestCa;
let shallow: TestCa;
let other: TestCa;
let ended: TestCa;
let limited: TestCa;
let stranger: TestCa;
let twinName: TestCa;
/** One key for all intermediates. */
const middleKey = ecKey();
let place: ChainPlace | undefined;
let verdicts: ReadonlyMap<string, Verdicts> = new Map();

type Spec = Partial<CertificateSpec>;

async function leaf(ca: TestCa, spec: Spec = {}, chain: readonly Certificate[] = []): Promise<Caller> {
  const own = spec.key ?? key;
  const certificate = { der: await ca.issueDer(NOW, { key: own, emails: [ANNA_EMAIL], ...spec }) };
  return { key: own, certificate, chain };
}

/** Through an intermediate of the trusted root, which the client sends along. */
async function through(spec: Spec = {}, own: Spec = {}, issuer = root): Promise<Caller> {
  const middle = await issuer.intermediate('Middle', NOW, { key: middleKey, ...spec });
  return leaf(middle, own, [middle.certificate]);
}

function middle(title: string, reason: DoorCase['reason'], fault: Spec, right: Spec = {}): DoorCase {
  return { title, reason, refused: () => through(fault), twin: () => through(right) };
}

/** A constraint of the intermediate, and names of the leaf that break it and keep it. */
function names(
  title: string,
  trees: Parameters<typeof nameConstraints>[0],
  fault: Spec,
  right: Spec,
  critical = true,
): DoorCase {
  const constrained = { more: [nameConstraints(trees, critical)] };
  return {
    ...{ title, reason: 'name-constraints' },
    refused: () => through(constrained, fault),
    twin: () => through(constrained, right),
  };
}

const ISSUERS: readonly DoorCase[] = [
  { title: 'of a stranger', reason: 'unknown-issuer', refused: () => leaf(stranger), twin: () => leaf(root) },
  {
    title: 'of a stranger with the name of the issuer',
    reason: 'unknown-issuer',
    refused: () => leaf(twinName),
    twin: () => leaf(root),
  },
  {
    title: 'of an issuer that another listener trusts',
    reason: 'unknown-issuer',
    refused: () => leaf(shallow, { policies: [CLASS3] }),
    twin: () => leaf(shallow, { policies: [CLASS3] }),
    listener: ROOT_ONLY,
    twinListener: ROOT_AND_SHALLOW,
  },
  {
    title: 'of a third issuer, trusted by all but this listener',
    reason: 'unknown-issuer',
    refused: () => leaf(other),
    twin: () => leaf(other),
    listener: ROOT_AND_SHALLOW,
    twinListener: ALL,
  },
  {
    title: 'through an intermediate that was not sent',
    reason: 'unknown-issuer',
    refused: async () => ({ ...(await through()), chain: [] }),
    twin: () => through(),
  },
  {
    title: 'the trusted issuer itself',
    reason: 'unknown-issuer',
    refused: () => ({ key: root.key, certificate: root.certificate }),
    twin: () => leaf(root),
  },
  {
    title: 'through a stranger’s intermediate',
    reason: 'unknown-issuer',
    refused: () => through({}, {}, stranger),
    twin: () => through(),
  },
  {
    title: 'with a key identifier that no issuer has',
    reason: 'unknown-issuer',
    refused: () => leaf(root, { authorityKeyId: Buffer.alloc(20, 9) }),
    twin: () => leaf(root),
  },
];

const selfSigned = async (spec: Spec): Promise<Caller> => {
  const own = await TestCa.root('Anna Proef', NOW, {
    key,
    usage: ['digitalSignature'],
    purposes: [OID.clientAuth],
    emails: [ANNA_EMAIL],
    ...spec,
  });
  return { key, certificate: own.certificate };
};

const SELF_SIGNED: readonly DoorCase[] = [
  {
    title: 'self-signed by a person',
    reason: 'self-signed',
    refused: () => selfSigned({ ca: { cA: false } }),
    twin: () => leaf(root),
  },
  {
    title: 'self-signed and says it is a CA',
    reason: 'self-signed',
    refused: () => selfSigned({ ca: { cA: true } }),
    twin: () => leaf(root),
  },
  {
    title: 'self-signed with the root sent along',
    reason: 'self-signed',
    refused: async () => ({ ...(await selfSigned({ ca: undefined })), chain: [root.certificate] }),
    twin: () => leaf(root, { ca: undefined }, [root.certificate]),
  },
];

const SIGNATURES: readonly DoorCase[] = [
  {
    title: 'signed by a stranger who claims the issuer’s key',
    reason: 'bad-signature',
    refused: () => leaf(twinName, { authorityKeyId: keyIdOf(root) }),
    twin: () => leaf(root, { authorityKeyId: keyIdOf(root) }),
  },
  {
    title: 'with one changed letter in the name',
    reason: 'bad-signature',
    refused: () => tampered(leaf(root), 'Anna Proef'),
    twin: () => leaf(root),
  },
  {
    title: 'with one changed letter in the mail address',
    reason: 'bad-signature',
    refused: () => tampered(leaf(root, { emails: ['bnna@proef.example'] }), 'bnna@'),
    twin: () => leaf(root),
  },
  {
    title: 'below an intermediate with one changed letter',
    reason: 'bad-signature',
    refused: async () => {
      const whole = await through();
      const [issuer] = whole.chain ?? [];
      if (issuer === undefined) throw new Error('no intermediate');
      const der = Buffer.from(issuer.der);
      der.writeUInt8(der.readUInt8(der.length - 1) ^ 1, der.length - 1);
      return { ...whole, chain: [{ ...issuer, der }] };
    },
    twin: () => through(),
  },
];

const VALIDITY: readonly DoorCase[] = [
  { title: 'of an issuer that has ended', reason: 'expired', refused: () => leaf(ended), twin: () => leaf(root) },
  middle('through an intermediate that has ended', 'expired', { notAfter: NOW - 1000 }, { notAfter: NOW + DAY }),
  middle(
    'through an intermediate that has not begun',
    'not-yet-valid',
    { notBefore: NOW + 3_600_000 },
    { notBefore: NOW - 3_600_000 },
  ),
];

const ROLES: readonly DoorCase[] = [
  middle(
    'through an intermediate that says it is no CA',
    'issuer-may-not-issue',
    { ca: { cA: false } },
    { ca: { cA: true } },
  ),
  middle(
    'through an intermediate without basic constraints',
    'issuer-may-not-issue',
    { ca: undefined },
    { ca: { cA: true, pathLength: 0 } },
  ),
  {
    title: 'through an intermediate without any key usage for signing certificates',
    reason: 'issuer-may-not-issue',
    refused: () => through({ usage: ['cRLSign'] }),
    twin: () => through({ usage: ['cRLSign', 'keyCertSign'] }),
  },
  {
    title: 'issued by a colleague with his own certificate',
    reason: 'issuer-may-not-issue',
    refused: () =>
      through({ ca: { cA: false }, usage: ['digitalSignature', 'keyCertSign'], purposes: [OID.clientAuth] }),
    twin: () => through({ usage: ['digitalSignature', 'keyCertSign', 'cRLSign'] }),
  },
];

/** Intermediates below one another, under an issuer. */
async function deep(issuer: TestCa, specs: readonly Spec[]): Promise<Caller> {
  const chain: Certificate[] = [];
  let last = issuer;
  for (const [index, spec] of specs.entries()) {
    last = await last.intermediate(`Middle ${index}`, NOW, { key: middleKey, ...spec });
    chain.unshift(last.certificate);
  }
  return leaf(last, {}, chain);
}

const LENGTHS: readonly DoorCase[] = [
  {
    title: 'through an intermediate where the issuer allows none',
    reason: 'path-too-long',
    refused: () => deep(shallow, [{}]),
    twin: () => deep(root, [{}]),
  },
  {
    title: 'two intermediates where the first allows none',
    reason: 'path-too-long',
    refused: () => deep(root, [{ ca: { cA: true, pathLength: 0 } }, {}]),
    twin: () => deep(root, [{ ca: { cA: true, pathLength: 1 } }, {}]),
  },
  {
    title: 'three intermediates where the first allows one',
    reason: 'path-too-long',
    refused: () => deep(root, [{ ca: { cA: true, pathLength: 1 } }, {}, {}]),
    twin: () => deep(root, [{ ca: { cA: true, pathLength: 2 } }, {}, {}]),
  },
  {
    title: 'four intermediates',
    reason: 'unknown-issuer',
    refused: () => deep(root, [{}, {}, {}, {}]),
    twin: () => deep(root, [{}, {}, {}]),
  },
];

const NAMES: readonly DoorCase[] = [
  names('a country that is not permitted', { permitted: [BE] }, subject('NL'), subject('BE')),
  names(
    'a country that is excluded',
    { excluded: [{ kind: 'directory', value: [[OID.country, 'NL']] }] },
    subject('NL'),
    subject('BE'),
  ),
  names(
    'a mail host that is not permitted',
    { permitted: [{ kind: 'email', value: 'proef.example' }] },
    { emails: [ANNA_EMAIL, 'anna@elders.example'] },
    { emails: [ANNA_EMAIL] },
  ),
  names(
    'a mail address that is excluded',
    { excluded: [{ kind: 'email', value: 'bram@proef.example' }] },
    { emails: [ANNA_EMAIL, 'bram@proef.example'] },
    { emails: [ANNA_EMAIL] },
  ),
  names(
    'a mail address in the subject that is not permitted',
    { permitted: [{ kind: 'email', value: 'proef.example' }] },
    { subject: [[OID.email, 'anna@elders.example']] },
    { subject: [[OID.email, 'anna@proef.example']] },
  ),
  names(
    'a mail address of a domain that is excluded',
    { excluded: [{ kind: 'email', value: '.elders.example' }] },
    { emails: [ANNA_EMAIL, 'anna@post.elders.example'] },
    { emails: [ANNA_EMAIL, 'anna@elders.example'] },
  ),
  names('constraints that are not critical', { permitted: [BE] }, subject('FR'), subject('BE'), false),
  {
    title: 'a country that the trusted issuer does not permit',
    reason: 'name-constraints',
    refused: () => leaf(limited, subject('NL')),
    twin: () => leaf(limited, subject('BE')),
  },
];

const EXTENSIONS: readonly DoorCase[] = [
  middle(
    'through an intermediate with critical policy constraints',
    'critical-extension',
    { more: [extension('2.5.29.36', true)] },
    { more: [extension('2.5.29.36', false)] },
  ),
  middle(
    'through an intermediate that stops any policy',
    'critical-extension',
    { more: [extension('2.5.29.54', true)] },
    { more: [extension('2.5.29.54', false)] },
  ),
  middle(
    'through an intermediate with an extension nobody knows',
    'critical-extension',
    { more: [extension('1.3.6.1.4.1.99999.3', true)] },
    { more: [extension('1.3.6.1.4.1.99999.3', false)] },
  ),
];

const STRENGTH: readonly DoorCase[] = [
  middle('through an intermediate signed with SHA-1', 'weak-signature', { hash: 'sha1' }, { hash: 'sha512' }),
  {
    title: 'through an intermediate of RSA 1024',
    reason: 'weak-key',
    refused: () => through({ key: rsa1024 }),
    twin: () => through({ key: rsa2048 }),
  },
  {
    title: 'through an intermediate of another curve',
    reason: 'weak-key',
    refused: () => through({ key: k256 }),
    twin: () => through({ key: ed }),
  },
];
const [rsa1024, rsa2048, k256, ed] = [rsaKey(1024), rsaKey(2048), ecKey('secp256k1'), edKey()];

const POLICIES: readonly DoorCase[] = [
  {
    title: 'of a policy that the intermediate does not hold',
    reason: 'certificate-policy',
    refused: () => through({ policies: ['1.2.3'] }, { policies: [CLASS3] }),
    twin: () => through({ policies: [CLASS3] }, { policies: [CLASS3] }),
    listener: ROOT_ONLY,
  },
  {
    title: 'of a policy below an intermediate without one',
    reason: 'certificate-policy',
    refused: () => through({ policies: [] }, { policies: [CLASS3] }),
    twin: () => through({ policies: [OID.anyPolicy] }, { policies: [CLASS3] }),
    listener: ROOT_ONLY,
  },
];

const TABLES = {
  issuer: ISSUERS,
  'self-signed': SELF_SIGNED,
  signature: SIGNATURES,
  validity: VALIDITY,
  role: ROLES,
  length: LENGTHS,
  name: NAMES,
  extension: EXTENSIONS,
  strength: STRENGTH,
  policy: POLICIES,
};

beforeAll(async () => {
  place = await ChainPlace.open({ now: NOW, class3: CLASS3, intermediates: [middleKey, rsa2048, ed] });
  ({ root, shallow, other, ended, limited, stranger, twinName } = place.authorities);
  verdicts = await judge(place.gateway, Object.values(TABLES).flat());
}, 60_000);

afterAll(() => place?.close());

for (const [cause, cases] of Object.entries(TABLES)) expectVerdicts(cause, cases, () => verdicts);
