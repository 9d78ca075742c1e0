import { createPublicKey } from 'node:crypto';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import type { Admitted, Refused } from '../../src/access/admission.ts';
import { AdmissionDesk } from '../../src/access/admission-desk.ts';
import type { Class3Policy } from '../../src/access/class3.ts';
import { viewOf } from '../../src/domain/current.ts';
import type { Listener } from '../../src/domain/generation.ts';
import type { Partner } from '../../src/domain/partner.ts';
import { parseDate } from '../../src/domain/period.ts';
import type { AccessMethod } from '../../src/domain/principal.ts';
import type { Certificate } from '../../src/pki/certificate.ts';
import { OID } from '../../src/pki/oids.ts';
import { sshPublicBlob } from '../../src/pki/openssh-key.ts';
import type { RevocationSource, RevocationStatus } from '../../src/pki/revocation.ts';
import type { AuditLine } from '../../src/storage/commands.ts';
import { DAY, edKey, TestCa } from '../support/certificates.ts';
import { account, partner } from '../support/generation.ts';
import { plainSshDoor } from '../support/ssh-door.ts';

const NOW = Date.UTC(2026, 2, 2, 12);
const ADDRESS = '127.0.0.1';

let ca: TestCa;
let anna: Certificate;
let batch: Certificate;
const blob = sshPublicBlob(createPublicKey(edKey()));

/** The world around one desk, to be changed by a test. */
type World = {
  now: number;
  partners: { value: readonly Partner[] };
  policy: { value: Class3Policy };
  revocation: { version: number; asked: number; status: RevocationStatus };
  lines: AuditLine[];
};
let world: World;
let desk: AdmissionDesk;

beforeAll(async () => {
  ca = await TestCa.root('CA', NOW);
  anna = await ca.issue(NOW, { subject: [[OID.email, 'anna@ksz.example']] });
  batch = await ca.issue(NOW, {
    subject: [
      [OID.organizationalUnit, 'urn:be:fgov:kbo-bce:organization:cbe-number:0900000147'],
      [OID.commonName, 'batch'],
    ],
  });
});

function ksz(more: Partial<Partner> = {}, annaMore: Partial<Partner['accounts'][number]> = {}): Partner {
  const sshKeys = [{ algorithm: 'ssh-ed25519', blob: blob.toString('base64') }];
  return partner('ksz', {
    accounts: [
      account('anna', 'person', {
        certificates: [{ kind: 'subject', email: 'anna@ksz.example' }],
        sshKeys,
        ...annaMore,
      }),
      account('batch', 'machine', { certificates: [{ kind: 'machine', kbo: '0900000147', commonName: 'batch' }] }),
    ],
    ...more,
  });
}

beforeEach(() => {
  world = {
    now: NOW,
    partners: { value: [ksz()] },
    policy: {
      value: {
        issuers: [ca.certificate],
        allowedPolicies: [],
        extendedKeyUsage: 'required',
        nationalNumberPolicies: [],
        intermediates: [],
        clockToleranceMs: 0,
      },
    },
    revocation: { version: 1, asked: 0, status: { state: 'good', until: NOW + DAY } },
    lines: [],
  };
  const { revocation } = world;
  const source: RevocationSource = {
    get version() {
      return revocation.version;
    },
    statusOf: async () => {
      revocation.asked += 1;
      return revocation.status;
    },
  };
  desk = new AdmissionDesk({
    ssh: plainSshDoor(),
    partners: world.partners,
    class3: viewOf(world.policy, (policy) => ({ policy, revocation: source })),
    audit: {
      note: (line) => world.lines.push(line),
      record: async (line) => void world.lines.push(line),
      assertWorking: () => undefined,
      whenWorking: async () => undefined,
    },
    clock: { now: () => world.now, monotonic: () => 0 },
    stepUps: { until: () => undefined },
    maxRemembered: 2,
  });
});

function listener(accessMethod: AccessMethod = 'line', protocol: Listener['protocol'] = 'https'): Listener {
  return {
    protocol,
    host: ADDRESS,
    port: 8443,
    accessMethod,
    level: 1,
    rule: 'gateway.yaml#/listeners/0',
    proxies: [],
  };
}

function come(certificate: Certificate, address = ADDRESS, method: AccessMethod = 'line'): Promise<Admitted | Refused> {
  return desk.byCertificate({ leaf: certificate.der, others: [] }, listener(method), address);
}

function verdict(result: Admitted | Refused): string {
  return result.ok ? 'ok' : result.reason;
}

test('a person by certificate gets a session, and a line of the login', async () => {
  const result = await come(anna);
  if (!result.ok) throw new Error(result.reason);
  expect(result.session).toEqual({
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    principal: { kind: 'person', id: 'anna', partner: 'ksz', roles: [] },
    protocol: 'webdav',
    accessMethod: 'line',
    remoteAddress: ADDRESS,
    level: 1,
    needs: { level: 1, rule: 'gateway.yaml#/listeners/0/level' },
    fingerprint: anna.fingerprint,
    certificate: {
      subject: 'emailAddress=anna@ksz.example',
      issuer: 'CN=CA',
      notAfter: expect.any(Number),
    },
  });
  const fields = {
    principal: 'anna@ksz',
    partner: 'ksz',
    protocol: 'webdav',
    accessMethod: 'line',
    address: ADDRESS,
    fingerprint: anna.fingerprint,
    session: result.session.id,
    level: 1,
  };
  expect(world.lines).toEqual([{ kind: 'login', outcome: 'done', fields }]);
});

test('by key, and why not, with the login that was tried', async () => {
  const byKey = (login: string, key: Uint8Array) =>
    desk.byKey(login, { algorithm: 'ssh-ed25519', blob: key }, listener('line', 'sftp'), ADDRESS);
  expect(await byKey('anna@ksz', blob)).toMatchObject({ ok: true, session: { protocol: 'sftp' } });
  const stranger = sshPublicBlob(createPublicKey(edKey()));
  expect(verdict(await byKey('anna@ksz', stranger))).toBe('unknown-key');
  expect(verdict(await byKey('nobody@ksz', blob))).toBe('unknown-login');
  expect(world.lines.map(({ outcome, fields }) => [outcome, fields.login, fields.principal, fields.reason])).toEqual([
    ['done', 'anna@ksz', 'anna@ksz', undefined],
    ['refused', 'anna@ksz', 'anna@ksz', 'unknown-key'],
    ['refused', 'nobody@ksz', undefined, 'unknown-login'],
  ]);
});

test('a refusal is one line, with its reason and the principal where known', async () => {
  expect(verdict(await desk.byCertificate(undefined, listener(), ADDRESS))).toBe('no-certificate');
  const other = await TestCa.root('Other', NOW);
  expect(verdict(await come(await other.issue(NOW)))).toBe('unknown-issuer');
  expect(verdict(await come(await ca.issue(NOW)))).toBe('no-person');
  expect(verdict(await come(anna, '192.0.2.7'))).toBe('address-not-registered');
  expect(world.lines.map(({ kind, outcome, fields }) => [kind, outcome, fields.reason, fields.principal])).toEqual([
    ['login', 'refused', 'no-certificate', undefined],
    ['login', 'refused', 'unknown-issuer', undefined],
    ['login', 'refused', 'no-person', undefined],
    ['login', 'refused', 'address-not-registered', 'anna@ksz'],
  ]);
});

const DAYS = { yesterday: parseDate('2026-03-01'), today: parseDate('2026-03-02'), tomorrow: parseDate('2026-03-03') };

const STANDINGS: readonly (readonly [string, () => Partner, string])[] = [
  ['in force', () => ksz(), 'ok'],
  ['of a disabled partner', () => ksz({ disabled: true }), 'partner-disabled'],
  ['disabled', () => ksz({}, { disabled: true }), 'account-disabled'],
  ['designated from today', () => ksz({}, { from: DAYS.today }), 'ok'],
  ['designated from tomorrow', () => ksz({}, { from: DAYS.tomorrow }), 'not-designated'],
  ['designated until today', () => ksz({}, { until: DAYS.today }), 'ok'],
  ['designated until yesterday', () => ksz({}, { until: DAYS.yesterday }), 'not-designated'],
];

for (const [title, make, expected] of STANDINGS) {
  test(`an account ${title}: ${expected}`, async () => {
    world.partners.value = [make()];
    expect(verdict(await come(anna))).toBe(expected);
  });
}

const METHODS: readonly (readonly [string, AccessMethod, string, string])[] = [
  ['127.0.0.1', 'line', '127.0.0.1', 'ok'],
  ['127.0.0.1', 'line', '::ffff:127.0.0.1', 'ok'],
  ['127.0.0.1', 'line', '::ffff:7f00:1', 'ok'],
  ['::ffff:127.0.0.1', 'line', '127.0.0.1', 'ok'],
  ['127.0.0.1', 'line', '::1', 'address-not-registered'],
  ['127.0.0.1', 'line', '127.0.0.10', 'address-not-registered'],
  ['10.1.0.0/16', 'line', '10.1.255.255', 'ok'],
  ['10.1.0.0/16', 'line', '10.2.0.0', 'address-not-registered'],
  ['10.1.0.0/16', 'line', '::ffff:10.1.2.3', 'ok'],
  ['2001:db8::/32', 'line', '2001:db8:ffff::1', 'ok'],
  ['2001:db8::/32', 'line', '2001:db9::1', 'address-not-registered'],
  ['::1', 'line', '0:0:0:0:0:0:0:1', 'ok'],
  ['fe80::1', 'line', 'fe80::1%eth0', 'ok'],
  ['10.0.0.0/33', 'line', '10.0.0.0', 'address-not-registered'],
  ['not an address', 'line', '127.0.0.1', 'address-not-registered'],
  ['127.0.0.1', 'vpn', '127.0.0.1', 'access-method-not-registered'],
];

for (const [address, method, from, expected] of METHODS) {
  test(`registered line from ${address}, coming by ${method} from ${from}: ${expected}`, async () => {
    world.partners.value = [ksz({ accessMethods: [{ method: 'line', address }] })];
    expect(verdict(await come(anna, from, method))).toBe(expected);
  });
}

test('internet is closed to persons without exception and to machines at all, registered or not', async () => {
  world.partners.value = [ksz({ accessMethods: [{ method: 'internet', address: ADDRESS }] })];
  expect(verdict(await come(anna, ADDRESS, 'internet'))).toBe('internet-without-exception');
  expect(verdict(await come(batch, ADDRESS, 'internet'))).toBe('machine-on-internet');
});

test('who has not accepted the user regulation in force stays out, and is told which it is', async () => {
  const out = (regulation: 'not-accepted' | 'other-version' | undefined) => [ksz({}, { disabled: true, regulation })];
  world.partners.value = out('not-accepted');
  expect(verdict(await come(anna))).toBe('regulation-not-accepted');
  world.partners.value = out('other-version');
  expect(verdict(await come(anna))).toBe('regulation-other-version');
  world.partners.value = out(undefined);
  expect(verdict(await come(anna))).toBe('account-disabled');
});

test('a person whom two partners designated is one person, with those designations that are in force', async () => {
  const samePersonAs = { partner: ksz().id, id: 'anna' };
  const certificates = ksz().accounts[0]?.certificates ?? [];
  const rva = (more: object) =>
    partner('rva', { accounts: [account('a', 'person', { certificates, samePersonAs, ...more })] });
  const designations = async () => {
    const result = await come(anna);
    if (!result.ok) return result.reason;
    return [result.session.principal, ...(result.session.designations ?? [])].map(
      ({ id, partner: of }) => `${id}@${of}`,
    );
  };
  world.partners.value = [ksz(), rva({})];
  expect(await designations()).toEqual(['anna@ksz', 'anna@ksz', 'a@rva']);
  world.partners.value = [ksz(), rva({ disabled: true })];
  expect(await designations()).toEqual(['anna@ksz', 'anna@ksz']);
  world.partners.value = [ksz({}, { disabled: true }), rva({})];
  expect(await designations()).toEqual(['a@rva', 'a@rva']);
  world.partners.value = [ksz({}, { disabled: true }), rva({ until: parseDate('2026-03-01') })];
  expect(await designations()).toBe('account-disabled');
  world.partners.value = [ksz(), rva({ samePersonAs: undefined })];
  expect(await designations()).toBe('ambiguous-person');
});

test('an open connection is admitted anew without a second login, until the rules of today refuse it', async () => {
  const first = await come(anna);
  if (!first.ok) throw new Error(first.reason);
  const again = () => desk.byCertificate({ leaf: anna.der, others: [] }, listener(), ADDRESS, first.session);
  expect(await again()).toEqual(first);
  expect(world.lines).toHaveLength(1);
  world.partners.value = [ksz({}, { disabled: true })];
  expect(verdict(await again())).toBe('account-disabled');
  expect(world.lines.at(-1)).toMatchObject({ outcome: 'refused', fields: { session: first.session.id } });
  // The same certificate registered for somebody else is somebody else.
  const certificates = [{ kind: 'fingerprint', sha256: anna.fingerprint }] as const;
  world.partners.value = [partner('ksz', { accounts: [account('bram', 'person', { certificates })] })];
  const other = await again();
  expect(other.ok && other.session.id !== first.session.id && other.session.principal.id).toBe('bram');
  expect(world.lines).toHaveLength(3);
});

test('a certificate that passed is not checked again until something may have changed', async () => {
  const { revocation } = world;
  await come(anna);
  await come(anna);
  expect(revocation.asked).toBe(1);
  revocation.version += 1;
  await come(anna);
  expect(revocation.asked).toBe(2);
  world.policy.value = { ...world.policy.value };
  await come(anna);
  expect(revocation.asked).toBe(3);
  world.now = NOW + DAY + 1;
  revocation.status = { state: 'unknown', why: 'not-known' };
  expect(verdict(await come(anna))).toBe('revocation-unknown');
});

test('revoked means out as soon as the list was read', async () => {
  expect(verdict(await come(anna))).toBe('ok');
  world.revocation.status = { state: 'revoked' };
  world.revocation.version += 1;
  expect(verdict(await come(anna))).toBe('revoked');
});

test('a remembered certificate is not good before it begins or after it ends', async () => {
  world.revocation.status = { state: 'good', until: NOW + 1000 * DAY };
  expect(verdict(await come(anna))).toBe('ok');
  world.now = anna.notBefore - 1;
  expect(verdict(await come(anna))).toBe('not-yet-valid');
  world.now = anna.notAfter;
  expect(verdict(await come(anna))).toBe('ok');
  world.now = anna.notAfter + 1;
  expect(verdict(await come(anna))).toBe('expired');
});

test('only so many certificates are remembered, and refused ones are not', async () => {
  const { revocation } = world;
  await come(anna);
  await come(batch);
  for (let index = 0; index < 3; index++) await come(await (await TestCa.root('Stranger', NOW)).issue(NOW));
  expect(revocation.asked).toBe(2);
  await come(anna);
  expect(revocation.asked).toBe(2);
  await come(await ca.issue(NOW)); // nobody's, but a good certificate: the least recently used goes
  await come(anna);
  expect(revocation.asked).toBe(3);
  await come(batch);
  expect(revocation.asked).toBe(4);
});
