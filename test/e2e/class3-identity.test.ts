import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Certificate } from '../../src/pki/certificate.ts';
import type { NameAttribute } from '../../src/pki/issue.ts';
import { OID } from '../../src/pki/oids.ts';
import { type CertificateSpec, DAY, ecKey, TestCa } from '../support/certificates.ts';
import { type DoorCase, judge, TLS_VERSIONS, type Verdicts } from '../support/class3-door.ts';
import { expectVerdicts } from '../support/class3-expect.ts';
import { type Caller, type Class3Gateway, personYaml, startClass3 } from '../support/class3-gateway.ts';
import { removeFolder } from '../support/gateway.ts';
import { RevocationHost } from '../support/revocation-host.ts';

const NOW = Date.now();
const EID = '2.16.56.12.1.1.2.2';
const FOREIGNER = '2.16.56.10.1.1.7.2';
const SIGNING = '2.16.56.12.1.1.2.1';
const INSZ = '00000000128';
const OTHER_INSZ = '00000000227';
const KBO = '0900000246';
const UNIT = 'urn:be:fgov:kbo-bce:organization:cbe-number:';
const key = ecKey();

let ca: TestCa;
let other: TestCa;
let registered: Certificate;
let renewed: Certificate;
let host: RevocationHost;
let gateway: Class3Gateway;
let verdicts: ReadonlyMap<string, Verdicts> = new Map();

type Spec = Partial<CertificateSpec>;

async function shown(spec: Spec, issuer: TestCa): Promise<Caller> {
  return { key, certificate: await issuer.issue(NOW, { key, ...spec }) };
}

function who(
  title: string,
  reason: string,
  fault: Spec,
  right: Spec,
  issuers: readonly [() => TestCa, () => TestCa] = [() => ca, () => ca],
): DoorCase {
  return { title, reason, refused: () => shown(fault, issuers[0]()), twin: () => shown(right, issuers[1]()) };
}

const subject = (...attributes: readonly NameAttribute[]): Spec => ({ subject: attributes });
const eid = (insz: string, policy = EID): Spec => ({
  ...subject([OID.commonName, 'Eva (Authentication)'], [OID.serialNumber, insz]),
  policies: [policy],
});
const machine = (kbo: string, name: string): Spec =>
  subject(
    [OID.organizationalUnit, 'Belgian Federal Government'],
    [OID.organizationalUnit, `${UNIT}${kbo}`],
    [OID.commonName, name],
  );
const mail = (...emails: readonly string[]): Spec => ({ emails });

const FINGERPRINT: readonly DoorCase[] = [
  {
    title: 'the same person with a renewed certificate that nobody registered',
    reason: 'no-person',
    refused: () => ({ key, certificate: renewed }),
    twin: () => ({ key, certificate: registered }),
  },
];

const NATIONAL_NUMBER: readonly DoorCase[] = [
  who('another national number', 'no-person', eid(OTHER_INSZ), eid(INSZ)),
  who('a serial number that no policy makes a national number', 'no-person', { ...eid(INSZ), policies: [] }, eid(INSZ)),
  who('the certificate of the card for signing', 'no-person', eid(INSZ, SIGNING), eid(INSZ, FOREIGNER)),
  who(
    'two national numbers',
    'no-person',
    { ...subject([OID.serialNumber, INSZ], [OID.serialNumber, OTHER_INSZ]), policies: [EID] },
    eid(INSZ),
  ),
];

const RULES: readonly DoorCase[] = [
  who('a mail address nobody has', 'no-person', mail('niemand@proef.example'), mail('mia@proef.example')),
  who('a mail address of a longer domain', 'no-person', mail('mia@proef.example.org'), mail('MIA@proef.example')),
  who(
    'the right mail address from the wrong issuer',
    'no-person',
    mail('iris@proef.example'),
    mail('iris@proef.example'),
    [() => other, () => ca],
  ),
  who(
    'the right mail address with the wrong serial number',
    'no-person',
    { ...mail('sara@proef.example'), ...subject([OID.serialNumber, 'S-2']) },
    { ...mail('sara@proef.example'), ...subject([OID.serialNumber, 'S-1']) },
  ),
  who('the right serial number without the mail address', 'no-person', subject([OID.serialNumber, 'S-1']), {
    ...subject([OID.serialNumber, 'S-1']),
    ...mail('sara@proef.example'),
  }),
  who('a person’s name and nothing else', 'no-person', subject([OID.commonName, 'mia Proef']), {
    ...subject([OID.commonName, 'mia Proef']),
    ...mail('mia@proef.example'),
  }),
];

const MACHINES: readonly DoorCase[] = [
  who('the application of another enterprise', 'no-person', machine('0900000345', 'batch'), machine(KBO, 'batch')),
  who('an application nobody registered', 'no-person', machine(KBO, 'batch2'), machine(KBO, 'batch')),
  who(
    'an enterprise number that is not written as one',
    'no-person',
    subject([OID.organizationalUnit, KBO], [OID.commonName, 'batch']),
    machine(KBO, 'batch'),
  ),
  who(
    'an application with two names',
    'no-person',
    { subject: [...(machine(KBO, 'batch').subject ?? []), [OID.commonName, 'other']] },
    machine(KBO, 'batch'),
  ),
  who(
    'an enterprise number as organization',
    'no-person',
    subject([OID.organization, `${UNIT}${KBO}`], [OID.commonName, 'batch']),
    machine(KBO, 'batch'),
  ),
];

const AMBIGUOUS: readonly DoorCase[] = [
  who(
    'mail addresses of two persons',
    'ambiguous-person',
    mail('mia@proef.example', 'noor@proef.example'),
    mail('mia@proef.example'),
  ),
  who(
    'the national number of one and the mail address of another',
    'ambiguous-person',
    { ...eid(INSZ), ...mail('mia@proef.example') },
    eid(INSZ),
  ),
  who(
    'a mail address of one in the subject, of another beside it',
    'ambiguous-person',
    { ...subject([OID.email, 'noor@proef.example']), ...mail('mia@proef.example') },
    { ...subject([OID.email, 'mia@proef.example']), ...mail('mia@proef.example') },
  ),
  who(
    'a person and an application',
    'ambiguous-person',
    { ...machine(KBO, 'batch'), ...mail('mia@proef.example') },
    machine(KBO, 'batch'),
  ),
];

const STANDING: readonly DoorCase[] = [
  who('a disabled account', 'account-disabled', mail('uit@proef.example'), mail('mia@proef.example')),
  who('a designation that has ended', 'not-designated', mail('voorbij@proef.example'), mail('mia@proef.example')),
];

const TABLES = {
  fingerprint: FINGERPRINT,
  'national number': NATIONAL_NUMBER,
  rule: RULES,
  machine: MACHINES,
  'two matches': AMBIGUOUS,
  standing: STANDING,
};

beforeAll(async () => {
  [ca, other] = await Promise.all([TestCa.root('Class 3 CA', NOW), TestCa.root('Other CA', NOW)]);
  [registered, renewed] = await Promise.all([ca.issue(NOW, { key }), ca.issue(NOW, { key })]);
  host = await RevocationHost.open();
  const revocation = await Promise.all(
    [ca, other].map(async (issuer, index) => {
      const body = await issuer.crl({ thisUpdate: NOW - DAY, nextUpdate: NOW + DAY });
      return { ca: issuer, lists: [host.list(`/${index}.crl`, () => ({ body }))] };
    }),
  );
  const byMail = (name: string, more = '') => [`kind: subject, email: ${name}@proef.example${more}`];
  gateway = await startClass3({
    trusted: [ca, other],
    revocation,
    persons: [
      personYaml('fien', [`kind: fingerprint, sha256: "${registered.fingerprint}"`]),
      personYaml('eva', [`kind: eid, nationalNumber: "${INSZ}"`]),
      personYaml('mia', byMail('mia')),
      personYaml('noor', byMail('noor')),
      personYaml('iris', byMail('iris', `, issuerKeyId: "${ca.certificate.keyId}"`)),
      personYaml('sara', byMail('sara', ', serialNumber: S-1')),
      personYaml('uit', byMail('uit'), ['disabled: true']),
      personYaml('voorbij', byMail('voorbij')).replace('from: 2020-01-01 }', 'from: 2020-01-01, until: 2021-01-01 }'),
    ].join(''),
    machines: [
      '  - id: batch',
      '    purpose: Batch of a test',
      `    certificates: [{ kind: machine, kbo: "${KBO}", commonName: batch }]`,
    ].join('\n'),
  });
  verdicts = await judge(gateway, Object.values(TABLES).flat());
}, 60_000);

afterAll(async () => {
  await gateway?.stop();
  await host?.close();
  if (gateway !== undefined) await removeFolder(gateway);
});

for (const [cause, cases] of Object.entries(TABLES)) expectVerdicts(cause, cases, () => verdicts);

const NAMED = [
  [FINGERPRINT[0]?.title, 'fien@proef'],
  [NATIONAL_NUMBER[0]?.title, 'eva@proef'],
  [RULES[2]?.title, 'iris@proef'],
  [RULES[3]?.title, 'sara@proef'],
  [MACHINES[0]?.title, 'batch@proef'],
] as const;

for (const [title, principal] of NAMED) {
  for (const version of TLS_VERSIONS) {
    test(`the twin of “${title}” is ${principal}, ${version}`, () => {
      expect(verdicts.get(`${title} ${version}`)?.twin.principal).toBe(principal);
    });
  }
}
