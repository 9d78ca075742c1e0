import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sshFingerprint } from '../../src/pki/ssh-certificate.ts';
import { AuditTrail } from '../support/audit-trail.ts';
import { type RunningGateway, removeFolder } from '../support/gateway.ts';
import { startSshGateway } from '../support/ssh-gateway.ts';
import { type Identity, SshWorkshop, sftpAs } from '../support/ssh-keys.ts';
import { hasTool } from '../support/tools.ts';

const KEYS: Readonly<Record<string, string>> = {
  ca: '-t ed25519',
  'ca-rsa': '-t rsa -b 3072',
  'ca-p384': '-t ecdsa -b 384',
  'ca-rva': '-t ed25519',
  'ca-foreign': '-t ed25519',
  'ca-foreign-rsa': '-t rsa -b 3072',
  ed25519: '-t ed25519',
  p256: '-t ecdsa -b 256',
  p384: '-t ecdsa -b 384',
  p521: '-t ecdsa -b 521',
  rsa2048: '-t rsa -b 2048',
  rsa3072: '-t rsa -b 3072',
  dsa: '-t dsa',
};
const LISTED = ['ca', 'ca-rsa', 'ca-p384'] as const;

let workshop: SshWorkshop;
let gateway: RunningGateway;
let audit: AuditTrail;
const made = new Map<string, Identity>();

beforeAll(async () => {
  workshop = await SshWorkshop.open();
  for (const [name, kind] of Object.entries(KEYS)) made.set(name, await workshop.key(name, kind));
  gateway = await startSshGateway({
    authorities: [
      ...LISTED.map((name) => ({ publicKeyFile: workshop.path(`${name}.pub`) })),
      { publicKeyFile: workshop.path('ca-rva.pub'), partners: ['rva'] },
    ],
    change: { 'partners/ksz.yaml': (text) => text.replace('  - id: bram\n', '  - id: bram\n    disabled: true\n') },
  });
  audit = new AuditTrail(gateway);
}, 120_000);
afterAll(async () => {
  await gateway.stop();
  await removeFolder(gateway);
  await workshop.close();
});

/** A certificate and how it is shown; what a case leaves out stands in `GOOD`. */
type Shown = {
  readonly ca?: string;
  readonly key?: string;
  readonly principals?: string;
  readonly validity?: string;
  /** More words of ssh-keygen. */
  readonly words?: string;
  readonly login?: string;
  readonly client?: string;
};
const GOOD = { ca: 'ca', key: 'ed25519', principals: 'batch@ksz', validity: '-1h:+1h', words: '', login: 'batch@ksz' };

/** Differs from its twin in the fault alone; the twin is `GOOD` where the last column says nothing else. */
type Case = readonly [title: string, faulty: Shown, reason: string, twin?: Shown];

const CASES: readonly Case[] = [
  ['an authority nobody listed', { ca: 'ca-foreign' }, 'certificate-ca-unknown'],
  ['an RSA authority nobody listed', { ca: 'ca-foreign-rsa' }, 'certificate-ca-unknown', { ca: 'ca-rsa' }],
  [
    'an authority for another partner',
    { ca: 'ca-rva' },
    'certificate-ca-partner',
    { ca: 'ca-rva', principals: 'batch@rva', login: 'batch@rva' },
  ],
  ['a certificate of years ago', { validity: '20200101:20210101' }, 'certificate-expired'],
  ['a certificate that ended a second ago', { validity: '-1h:-1s' }, 'certificate-expired', { validity: '-1h:+1m' }],
  ['a certificate of tomorrow', { validity: '+1d:+2d' }, 'certificate-not-yet-valid'],
  ['a certificate of in a minute', { validity: '+1m:+1h' }, 'certificate-not-yet-valid', { validity: '-1s:+1h' }],
  ['no principal at all', { principals: '' }, 'certificate-principal'],
  ['another account', { principals: 'anna@ksz' }, 'certificate-principal'],
  ['the account at another partner', { principals: 'batch@rva' }, 'certificate-principal'],
  ['the account without partner', { principals: 'batch' }, 'certificate-principal'],
  ['the name in capitals', { principals: 'Batch@ksz' }, 'certificate-principal'],
  ['the name and more', { principals: 'batch@ksz.example' }, 'certificate-principal'],
  ['a star', { principals: '*' }, 'certificate-principal'],
  [
    'many others',
    { principals: 'anna@ksz,batch@rva,batch@rjv' },
    'certificate-principal',
    { principals: 'anna@ksz,batch@ksz' },
  ],
  [
    'another network',
    { words: '-O source-address=192.0.2.0/24' },
    'certificate-source-address',
    { words: '-O source-address=127.0.0.0/8' },
  ],
  [
    'the next address',
    { words: '-O source-address=127.0.0.2/32' },
    'certificate-source-address',
    { words: '-O source-address=127.0.0.1/32' },
  ],
  [
    'the same of IPv6',
    { words: '-O source-address=::1/128' },
    'certificate-source-address',
    { words: '-O source-address=::1/128,127.0.0.1/32' },
  ],
  [
    'several networks',
    { words: '-O source-address=10.0.0.0/8,127.0.0.128/25' },
    'certificate-source-address',
    { words: '-O source-address=10.0.0.0/8,127.0.0.0/25' },
  ],
  ['a forced command', { words: '-O force-command=internal-sftp' }, 'certificate-critical-option'],
  [
    'an option nobody knows',
    { words: '-O critical:level@example.org=2' },
    'certificate-critical-option',
    { words: '-O extension:level@example.org=2' },
  ],
  ['verification by a security key', { words: '-O verify-required' }, 'certificate-critical-option'],
  [
    'a forced command beside the right address',
    { words: '-O source-address=127.0.0.1 -O force-command=id' },
    'certificate-critical-option',
    { words: '-O source-address=127.0.0.1' },
  ],
  ['RSA of 2048 bits', { key: 'rsa2048' }, 'weak-ssh-key', { key: 'rsa3072' }],
  ['DSA', { key: 'dsa', client: 'PubkeyAcceptedAlgorithms=+ssh-dss-cert-v01@openssh.com' }, 'ssh-key-kind'],
  [
    'an authority that signs with SHA-1',
    { ca: 'ca-rsa', words: '-t ssh-rsa' },
    'ssh-signature-sha1',
    { ca: 'ca-rsa', words: '-t rsa-sha2-256' },
  ],
  ['an account nobody has', { principals: 'ghost@ksz', login: 'ghost@ksz' }, 'unknown-login'],
  ['an account that is disabled', { principals: 'bram@ksz', login: 'bram@ksz' }, 'account-disabled'],
];

async function show(shown: Shown) {
  const all = { ...GOOD, ...shown };
  const key = made.get(all.key);
  if (key === undefined) throw new Error(`no key ${all.key} was made`);
  const words = [
    ...(all.principals === '' ? [] : ['-n', all.principals]),
    ...['-V', all.validity, '-z', '4711', '-I', `of ${all.login}`],
    ...(all.words === '' ? [] : all.words.split(' ')),
  ];
  const who = await workshop.certify(all.ca, key, words);
  const ended = await sftpAs(gateway, all.login, who, shown.client === undefined ? [] : ['-o', shown.client]);
  return { ended, login: all.login, fingerprint: who.fingerprint };
}

describe.skipIf(!hasTool('sftp'))('an OpenSSH certificate', () => {
  for (const [title, faulty, reason, twin = {}] of CASES) {
    test(`${title}: ${reason}, and its twin comes in`, async () => {
      const refused = await show(faulty);
      expect([refused.ended.status, refused.ended.err]).toEqual([
        255,
        expect.stringContaining('Permission denied (publickey)'),
      ]);
      const { login, fingerprint } = refused;
      await audit.line({ kind: 'login', outcome: 'refused', fields: { login, reason, fingerprint } });
      const admitted = await show(twin);
      expect(admitted.ended).toMatchObject({ status: 0 });
      const fields = { login: admitted.login, fingerprint: admitted.fingerprint };
      await audit.line({ kind: 'login', outcome: 'done', fields });
    });
  }

  test.each([
    ['ca', 'p256', ''],
    ['ca', 'p384', ''],
    ['ca', 'p521', ''],
    ['ca', 'rsa3072', 'PubkeyAcceptedAlgorithms=rsa-sha2-256-cert-v01@openssh.com,rsa-sha2-256'],
    ['ca', 'rsa3072', 'PubkeyAcceptedAlgorithms=rsa-sha2-512-cert-v01@openssh.com,rsa-sha2-512'],
    ['ca-rsa', 'ed25519', ''],
    ['ca-p384', 'p256', ''],
  ])('%s certifies %s, shown as %s: comes in', async (ca, key, client) => {
    const shown = await show({ ca, key, ...(client !== '' && { client }) });
    expect(shown.ended).toMatchObject({ status: 0 });
  });

  test('extensions and their absence change nothing: there is no shell, and sftp is served', async () => {
    for (const words of ['-O clear', '-O clear -O permit-pty', '-O no-port-forwarding']) {
      expect((await show({ words })).ended).toMatchObject({ status: 0 });
    }
  });

  test('both lines of the log say which certificate it was and whose', async () => {
    const blob = Buffer.from((await readFile(workshop.path('ca.pub'), 'utf8')).split(' ')[1] ?? '', 'base64');
    const facts = { keyId: 'of batch@ksz', serial: '4711', caFingerprint: sshFingerprint(blob) };
    const good = await show({});
    await audit.line({ kind: 'login', outcome: 'done', fields: { ...facts, fingerprint: good.fingerprint } });
    const expired = await show({ validity: '-2h:-1h' });
    await audit.line({ kind: 'login', outcome: 'refused', fields: { ...facts, fingerprint: expired.fingerprint } });
    expect(expired.ended.err).toContain('This SSH certificate has expired.');
    expect(expired.ended.err).toContain('Dit SSH-certificaat is verlopen.');
  });
});
