import { createPublicKey } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { type Identified, Identities } from '../../src/access/identify.ts';
import type { CertificateRule, Partner } from '../../src/domain/partner.ts';
import type { Certificate } from '../../src/pki/certificate.ts';
import { OID } from '../../src/pki/oids.ts';
import { sshPublicBlob } from '../../src/pki/openssh-key.ts';
import { edKey, TestCa } from '../support/certificates.ts';
import { account, partner } from '../support/generation.ts';

const NOW = Date.UTC(2026, 2, 2, 12);
const EID = '2.16.56.12.1.1.2.2';
const INSZ = '74031295170';
const KBO = '0900000147';

let ca: TestCa;
let person: Certificate;
let machine: Certificate;

beforeAll(async () => {
  ca = await TestCa.root('CA', NOW);
  person = await ca.issue(NOW, {
    subject: [
      [OID.commonName, 'Anna Proef'],
      [OID.serialNumber, INSZ],
      [OID.email, 'anna@ksz.example'],
    ],
    emails: ['anna.proef@ksz.example'],
    policies: [EID],
  });
  machine = await ca.issue(NOW, {
    subject: [
      [OID.organizationalUnit, 'Belgian Federal Government'],
      [OID.organizationalUnit, `urn:be:fgov:kbo-bce:organization:cbe-number:${KBO}`],
      [OID.commonName, 'batch'],
    ],
  });
});

function who(
  rules: readonly CertificateRule[],
  certificate: Certificate,
  kind: 'person' | 'machine' = 'person',
): string {
  const partners = [partner('ksz', { accounts: [account('one', kind, { certificates: rules })] })];
  return answer(new Identities(partners).byCertificate(certificate, [certificate, ca.certificate], [EID]));
}

function answer(identified: Identified): string {
  return identified.ok ? `${identified.identity.account.id}@${identified.identity.partner.id}` : identified.reason;
}

test('a fingerprint, with or without colons, in either case', () => {
  const { fingerprint } = person;
  const spoken = fingerprint.toUpperCase().replace(/..(?=.)/g, '$&:');
  expect(who([{ kind: 'fingerprint', sha256: fingerprint }], person)).toBe('one@ksz');
  expect(who([{ kind: 'fingerprint', sha256: spoken }], person)).toBe('one@ksz');
  expect(who([{ kind: 'fingerprint', sha256: machine.fingerprint }], person)).toBe('no-person');
});

test('a national number counts where the policy says that this serial number is one', async () => {
  const rule = { kind: 'eid', nationalNumber: INSZ } as const;
  expect(who([rule], person)).toBe('one@ksz');
  expect(who([{ kind: 'eid', nationalNumber: '85113098277' }], person)).toBe('no-person');
  const subject = [[OID.serialNumber, INSZ]] as const;
  expect(who([rule], await ca.issue(NOW, { subject }))).toBe('no-person');
  expect(who([rule], await ca.issue(NOW, { subject, policies: [EID] }))).toBe('one@ksz');
});

test('a mail address, of the subject or the alternative name, whatever the case', () => {
  expect(who([{ kind: 'subject', email: 'Anna@KSZ.example' }], person)).toBe('one@ksz');
  expect(who([{ kind: 'subject', email: 'anna.proef@ksz.example' }], person)).toBe('one@ksz');
  expect(who([{ kind: 'subject', email: 'anna@ksz.example.org' }], person)).toBe('no-person');
});

test('each thing that a subject rule names must fit', () => {
  const email = 'anna@ksz.example';
  const issuerKeyId = ca.certificate.keyId;
  expect(who([{ kind: 'subject', email, serialNumber: INSZ, issuerKeyId }], person)).toBe('one@ksz');
  expect(who([{ kind: 'subject', email, serialNumber: '1' }], person)).toBe('no-person');
  expect(who([{ kind: 'subject', email: 'x@ksz.example', serialNumber: INSZ }], person)).toBe('no-person');
  expect(who([{ kind: 'subject', serialNumber: INSZ }], person)).toBe('one@ksz');
  expect(who([{ kind: 'subject', email, issuerKeyId: 'aa'.repeat(20) }], person)).toBe('no-person');
  expect(who([{ kind: 'subject', issuerKeyId }], person)).toBe('no-person');
});

test('a machine is its enterprise number and its name, and only a machine', () => {
  const rule = { kind: 'machine', kbo: KBO, commonName: 'batch' } as const;
  expect(who([rule], machine, 'machine')).toBe('one@ksz');
  expect(who([rule], machine, 'person')).toBe('no-person');
  expect(who([{ ...rule, kbo: '0912345673' }], machine, 'machine')).toBe('no-person');
  expect(who([{ ...rule, commonName: 'Batch' }], machine, 'machine')).toBe('no-person');
  expect(who([{ kind: 'subject', email: 'anna@ksz.example' }], person, 'machine')).toBe('no-person');
});

test('an attribute that stands twice says nothing', async () => {
  const subject = [
    [OID.serialNumber, INSZ],
    [OID.serialNumber, '85113098277'],
  ] as const;
  const twice = await ca.issue(NOW, { subject, policies: [EID] });
  expect(who([{ kind: 'eid', nationalNumber: INSZ }], twice)).toBe('no-person');
});

test('two rules of one account are one account; two accounts are too many', () => {
  const byEmail = { kind: 'subject', email: 'anna@ksz.example' } as const;
  const byFingerprint = { kind: 'fingerprint', sha256: person.fingerprint } as const;
  expect(who([byEmail, byFingerprint], person)).toBe('one@ksz');
  const path = [person, ca.certificate];
  const inTwo = [
    partner('ksz', { accounts: [account('anna', 'person', { certificates: [byEmail] })] }),
    partner('rva', { accounts: [account('anna', 'person', { certificates: [byFingerprint] })] }),
  ];
  expect(answer(new Identities(inTwo).byCertificate(person, path, [EID]))).toBe('ambiguous-person');
  expect(answer(new Identities(inTwo.slice(1)).byCertificate(person, path, [EID]))).toBe('anna@rva');
});

test('an SSH key is compared with the keys of its login only', () => {
  const [own, second, strange] = [edKey(), edKey(), edKey()].map((key) => sshPublicBlob(createPublicKey(key)));
  if (own === undefined || second === undefined || strange === undefined) throw new Error('three keys were made');
  const key = (blob: Buffer) => ({ algorithm: 'ssh-ed25519', blob: blob.toString('base64') });
  const partners: readonly Partner[] = [
    partner('ksz', { accounts: [account('batch', 'machine', { sshKeys: [key(own), key(second)] })] }),
    partner('rva', { accounts: [account('batch', 'machine', { sshKeys: [key(strange)] })] }),
  ];
  const identities = new Identities(partners);
  expect(answer(identities.byKey('batch@ksz', own))).toBe('batch@ksz');
  expect(answer(identities.byKey('batch@ksz', second))).toBe('batch@ksz');
  expect(answer(identities.byKey('batch@ksz', strange))).toBe('unknown-key');
  expect(answer(identities.byKey('batch@ksz', own.subarray(0, -1)))).toBe('unknown-key');
  expect(answer(identities.byKey('batch@rva', strange))).toBe('batch@rva');
  for (const login of ['batch', 'batch@', '@ksz', 'Batch@ksz', 'batch@ksz ', '__proto__']) {
    expect(answer(identities.byKey(login, own))).toBe('unknown-login');
  }
});
