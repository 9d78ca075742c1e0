import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AuditTrail } from '../support/audit-trail.ts';
import { runClient } from '../support/clients.ts';
import { type RunningGateway, removeFolder } from '../support/gateway.ts';
import { startSshGateway } from '../support/ssh-gateway.ts';
import { type Identity, identityWords, SshWorkshop, sftpAs } from '../support/ssh-keys.ts';
import { hasTool } from '../support/tools.ts';

const REGISTERED: Readonly<Record<string, string>> = {
  ed25519: '-t ed25519',
  p256: '-t ecdsa -b 256',
  p384: '-t ecdsa -b 384',
  p521: '-t ecdsa -b 521',
  rsa3072: '-t rsa -b 3072',
  rsa4096: '-t rsa -b 4096',
};
const FOREIGN: Readonly<Record<string, string>> = {
  rsa1024: '-t rsa -b 1024',
  rsa2048: '-t rsa -b 2048',
  rsa3071: '-t rsa -b 3071',
  dsa: '-t dsa',
  stranger: '-t ed25519',
  'stranger-p256': '-t ecdsa -b 256',
  'stranger-rsa': '-t rsa -b 3072',
};

let workshop: SshWorkshop;
let gateway: RunningGateway;
let audit: AuditTrail;
const made = new Map<string, Identity>();

beforeAll(async () => {
  workshop = await SshWorkshop.open();
  for (const [name, kind] of Object.entries({ ...REGISTERED, ...FOREIGN }))
    made.set(name, await workshop.key(name, kind));
  gateway = await startSshGateway({ keys: Object.keys(REGISTERED).map((name) => workshop.path(name)) });
  audit = new AuditTrail(gateway);
}, 120_000);
afterAll(async () => {
  await gateway.stop();
  await removeFolder(gateway);
  await workshop.close();
});

function identity(name: string): Identity {
  const found = made.get(name);
  if (found === undefined) throw new Error(`no key ${name} was made`);
  return found;
}

/** `key [options]`, the reason, and the same with another key or without the options. */
type Case = readonly [title: string, login: string, key: string, options: string, reason: string, twin: Twin];
type Twin = { readonly login?: string; readonly key?: string; readonly options?: string };

const CASES: readonly Case[] = [
  ['RSA of 1024 bits', 'batch@ksz', 'rsa1024', '', 'weak-ssh-key', { key: 'rsa3072' }],
  ['RSA of 2048 bits', 'batch@ksz', 'rsa2048', '', 'weak-ssh-key', { key: 'rsa3072' }],
  ['RSA of 3071 bits', 'batch@ksz', 'rsa3071', '', 'weak-ssh-key', { key: 'rsa4096' }],
  ['DSA', 'batch@ksz', 'dsa', 'PubkeyAcceptedAlgorithms=+ssh-dss', 'ssh-key-kind', { key: 'ed25519', options: '' }],
  ['an Ed25519 key of nobody', 'batch@ksz', 'stranger', '', 'unknown-key', { key: 'ed25519' }],
  ['a P-256 key of nobody', 'batch@ksz', 'stranger-p256', '', 'unknown-key', { key: 'p256' }],
  ['a P-384 key under another account', 'anna@ksz', 'p384', '', 'unknown-key', { login: 'batch@ksz' }],
  ['a P-521 key under another partner', 'batch@rva', 'p521', '', 'unknown-key', { login: 'batch@ksz' }],
  [
    'RSA of nobody, SHA-256',
    'batch@ksz',
    'stranger-rsa',
    'PubkeyAcceptedAlgorithms=rsa-sha2-256',
    'unknown-key',
    { key: 'rsa3072' },
  ],
  [
    'RSA of nobody, SHA-512',
    'batch@ksz',
    'stranger-rsa',
    'PubkeyAcceptedAlgorithms=rsa-sha2-512',
    'unknown-key',
    { key: 'rsa3072' },
  ],
  ['a login nobody has', 'nobody@ksz', 'ed25519', '', 'unknown-login', { login: 'batch@ksz' }],
  ['a login in capitals', 'BATCH@ksz', 'ed25519', '', 'unknown-login', { login: 'batch@ksz' }],
  ['a login without partner', 'batch', 'ed25519', '', 'unknown-login', { login: 'batch@ksz' }],
];

const words = (options: string) => (options === '' ? [] : ['-o', options]);

describe.skipIf(!hasTool('sftp'))('a registered key', () => {
  for (const [title, login, key, options, reason, twin] of CASES) {
    test(`${title}: ${reason}, and its twin comes in`, async () => {
      const refused = await sftpAs(gateway, login, identity(key), words(options));
      expect([refused.status, refused.err]).toEqual([255, expect.stringContaining('Permission denied (publickey)')]);
      const { fingerprint } = identity(key);
      await audit.line({ kind: 'login', outcome: 'refused', fields: { login, reason, fingerprint } });
      const other = identity(twin.key ?? key);
      const admitted = await sftpAs(gateway, twin.login ?? login, other, words(twin.options ?? options));
      expect(admitted).toMatchObject({ status: 0 });
      const fields = { login: twin.login ?? login, fingerprint: other.fingerprint };
      await audit.line({ kind: 'login', outcome: 'done', fields });
    });
  }

  test('an RSA key that is registered signs with SHA-2 alone', async () => {
    const sha1 = await sftpAs(gateway, 'batch@ksz', identity('rsa3072'), ['-o', 'PubkeyAcceptedAlgorithms=ssh-rsa']);
    expect(sha1.status).toBe(255);
    for (const algorithm of ['rsa-sha2-256', 'rsa-sha2-512']) {
      const more = ['-o', `PubkeyAcceptedAlgorithms=${algorithm}`];
      expect(await sftpAs(gateway, 'batch@ksz', identity('rsa3072'), more)).toMatchObject({ status: 0 });
    }
  });

  test('the person is told in each language, before the refusal, and the same for a login nobody has', async () => {
    const weak = await sftpAs(gateway, 'batch@ksz', identity('rsa2048'));
    expect(weak.err).toContain('Deze SSH-sleutel is te zwak.');
    expect(weak.err).toContain('This SSH key is too weak. Make a new one with ssh-keygen -t ed25519');
    const [key, login] = await Promise.all([
      sftpAs(gateway, 'batch@ksz', identity('stranger')),
      sftpAs(gateway, 'nobody@ksz', identity('stranger')),
    ]);
    expect(key.err).toContain('This key is not registered.');
    expect(login.err.replaceAll('nobody@ksz', 'batch@ksz')).toBe(key.err);
  });

  test('ssh is told the same as sftp', async () => {
    const all = [...identityWords(gateway, identity('rsa2048')), 'batch@ksz@127.0.0.1', '-s', 'sftp'];
    const ended = await runClient('ssh', all);
    expect(ended.status).toBe(255);
    expect(ended.err).toContain('This SSH key is too weak.');
    expect(ended.err).toContain('Permission denied (publickey)');
  });
});
