import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AuditTrail } from '../support/audit-trail.ts';
import { eventually } from '../support/eventually.ts';
import { type RunningGateway, removeFolder } from '../support/gateway.ts';
import { sshGatewayFile, startSshGateway, withKeys } from '../support/ssh-gateway.ts';
import { type Identity, identityWords, SshWorkshop, sftpAs } from '../support/ssh-keys.ts';
import { hasTool } from '../support/tools.ts';

const LIMIT_MS = 10_000;
const LOGIN = 'batch@ksz';
/** SSH_FXP_INIT, version 3. */
const INIT = Buffer.from([0, 0, 0, 5, 1, 0, 0, 0, 3]);
/** Registered keys, and authorities with a list each. */
const KEYS = ['one', 'two', 'three', 'four', 'five', 'kept', 'removed'] as const;
const AUTHORITIES = ['ca', 'ca-broken', 'ca-dropped', 'ca-listed'] as const;

let workshop: SshWorkshop;
let gateway: RunningGateway;
let audit: AuditTrail;
const made = new Map<string, Identity>();
const open = new Set<ChildProcess>();

const setup = (authorities: readonly string[], keys: readonly string[]) => ({
  authorities: authorities.map((name) => ({
    publicKeyFile: workshop.path(`${name}.pub`),
    krlFile: workshop.path(`${name}.krl`),
  })),
  revokedKeysFile: workshop.path('keys.krl'),
  keys: keys.map((name) => workshop.path(name)),
});

beforeAll(async () => {
  workshop = await SshWorkshop.open();
  for (const name of [...KEYS, ...AUTHORITIES, 'user']) made.set(name, await workshop.key(name));
  for (const name of [...AUTHORITIES, 'keys']) await workshop.revoke(`${name}.krl`, []);
  gateway = await startSshGateway(setup(AUTHORITIES, KEYS));
  audit = new AuditTrail(gateway);
}, 120_000);
afterAll(async () => {
  for (const child of open) child.kill();
  await gateway.stop();
  await removeFolder(gateway);
  await workshop.close();
});

function identity(name: string): Identity {
  const found = made.get(name);
  if (found === undefined) throw new Error(`no key ${name} was made`);
  return found;
}

const certify = (ca: string, serial: string, id = `id-${serial}`) =>
  workshop.certify(ca, identity('user'), ['-n', LOGIN, '-V', '-1h:+1h', '-z', serial, '-I', id]);

/** A session that stays open; resolves when the gateway has let it in. */
async function openSession(who: Identity): Promise<{ readonly ended: Promise<number> }> {
  // sftp itself notices the end of its connection only at its next command.
  const words = [...identityWords(gateway, who), '-s', `${LOGIN}@127.0.0.1`, 'sftp'];
  const child = spawn('ssh', words, { stdio: ['pipe', 'pipe', 'ignore'] });
  open.add(child);
  child.stdin.on('error', () => undefined);
  const ended = once(child, 'close').then(() => {
    open.delete(child);
    return performance.now();
  });
  child.stdin.write(INIT);
  const answered = once(child.stdout, 'data');
  await Promise.race([
    answered,
    ended.then(() => {
      throw new Error('the session did not open');
    }),
  ]);
  return { ended };
}

type Revoked = {
  readonly who: () => Promise<Identity> | Identity;
  readonly twin: () => Promise<Identity> | Identity;
  readonly revoke: (who: Identity) => Promise<void>;
  readonly reason: string;
};

const blobOf = (file: string) => readFile(file, 'utf8').then((text) => text.trim());
const serials = (...lines: readonly string[]) => workshop.revoke('ca.krl', lines, 'ca');
const keyList = (...lines: readonly string[]) => workshop.revoke('keys.krl', lines);
const publicKey = (name: string) => blobOf(`${workshop.path(name)}.pub`);

/** Each list holds what the ones before it held: revoked stays revoked. */
const CASES: Readonly<Record<string, Revoked>> = {
  'a certificate by its serial': {
    who: () => certify('ca', '1000'),
    twin: () => certify('ca', '1001'),
    revoke: () => serials('serial: 1000'),
    reason: 'certificate-revoked',
  },
  'a certificate by a range of serials': {
    who: () => certify('ca', '250000'),
    twin: () => certify('ca', '300001'),
    revoke: () => serials('serial: 1000', 'serial: 200000-300000'),
    reason: 'certificate-revoked',
  },
  'a certificate by one of many scattered serials': {
    who: () => certify('ca', '5006'),
    twin: () => certify('ca', '5007'),
    revoke: () => serials('serial: 1000', ...Array.from({ length: 60 }, (_, index) => `serial: ${5000 + index * 2}`)),
    reason: 'certificate-revoked',
  },
  'a certificate by its key id': {
    who: () => certify('ca', '0', 'lost laptop'),
    twin: () => certify('ca', '0', 'found laptop'),
    revoke: () => serials('serial: 1000', 'id: lost laptop'),
    reason: 'certificate-revoked',
  },
  'an authority by the list of keys': {
    who: () => certify('ca-listed', '1'),
    twin: () => certify('ca', '1'),
    revoke: async () => keyList(`key: ${await publicKey('ca-listed')}`),
    reason: 'certificate-revoked',
  },
  'a registered key by itself': {
    who: () => identity('one'),
    twin: () => identity('kept'),
    revoke: async () => keyList(`key: ${await publicKey('one')}`),
    reason: 'key-revoked',
  },
  'a registered key by its SHA-1': {
    who: () => identity('two'),
    twin: () => identity('kept'),
    revoke: async () => keyList(`sha1: ${await publicKey('two')}`),
    reason: 'key-revoked',
  },
  'a registered key by its SHA-256': {
    who: () => identity('three'),
    twin: () => identity('kept'),
    revoke: async () => keyList(`sha256: ${await publicKey('three')}`),
    reason: 'key-revoked',
  },
  'a registered key by its fingerprint alone': {
    who: () => identity('four'),
    twin: () => identity('kept'),
    revoke: async () => {
      const digest = Buffer.from(identity('four').fingerprint, 'hex').toString('base64').replace(/=+$/, '');
      await keyList(`hash: SHA256:${digest}`);
    },
    reason: 'key-revoked',
  },
  'a certificate whose list became unreadable': {
    who: () => certify('ca-broken', '1'),
    twin: () => certify('ca', '1'),
    revoke: () => writeFile(workshop.path('ca-broken.krl'), 'SSHKRL, or something like it'),
    reason: 'key-revocation-unknown',
  },
  'a registered key that leaves the configuration': {
    who: () => identity('removed'),
    twin: () => identity('kept'),
    revoke: () => configure(AUTHORITIES, ['removed']),
    reason: 'unknown-key',
  },
  'an authority that leaves the configuration': {
    who: () => certify('ca-dropped', '1'),
    twin: () => certify('ca', '1'),
    revoke: () => configure(['ca', 'ca-broken', 'ca-listed'], ['removed']),
    reason: 'certificate-ca-unknown',
  },
};

/** Writes the files of a configuration with these authorities and without these keys. */
async function configure(authorities: readonly string[], without: readonly string[]): Promise<void> {
  const [main, ksz] = [join(gateway.config, 'gateway.yaml'), join(gateway.config, 'partners/ksz.yaml')];
  await writeFile(main, sshGatewayFile(setup(authorities, KEYS))(await readFile(main, 'utf8')));
  const lines = (await readFile(ksz, 'utf8')).split('\n');
  const gone = withKeys(without.map((name) => workshop.path(name)));
  const dropped = gone('      - file: ../certs/demo/batch@ksz.ssh.pub').split('\n').slice(0, -1);
  await writeFile(ksz, lines.filter((line) => !dropped.includes(line)).join('\n'));
}

describe.skipIf(!hasTool('sftp'))('what was revoked', () => {
  for (const [title, { who, twin, revoke, reason }] of Object.entries(CASES)) {
    test(`${title}: ${reason} within ten seconds, fresh and open; its twin goes on`, async () => {
      const [revoked, kept] = [await who(), await twin()];
      const [session, other] = [await openSession(revoked), await openSession(kept)];
      let twinEnded = false;
      void other.ended.then(() => {
        twinEnded = true;
      });
      const from = performance.now();
      await revoke(revoked);
      expect((await session.ended) - from).toBeLessThan(LIMIT_MS);
      const { fingerprint } = revoked;
      const cut = await eventually('the line of the cut session', async () =>
        (await audit.all({ kind: 'login', outcome: 'refused', fields: { reason, fingerprint } })).find(
          ({ fields }) => fields.session !== undefined,
        ),
      );
      expect(cut.fields).toMatchObject({ login: LOGIN, principal: expect.anything() });
      const fresh = await sftpAs(gateway, LOGIN, revoked);
      expect([fresh.status, fresh.err]).toEqual([255, expect.stringContaining('Permission denied (publickey)')]);
      expect(performance.now() - from).toBeLessThan(LIMIT_MS);
      expect(await sftpAs(gateway, LOGIN, kept)).toMatchObject({ status: 0 });
      expect(twinEnded).toBe(false);
      for (const child of open) child.kill();
    });
  }

  test('an unreadable list is told to the operator, by file and reason', async () => {
    const file = workshop.path('ca-broken.krl');
    expect(gateway.log.some((line) => line.includes('"alarm":"krl"') && line.includes(file))).toBe(true);
  });

  test('a list that is readable again opens the door again', async () => {
    await workshop.revoke('ca-broken.krl', []);
    const who = await certify('ca-broken', '2');
    await eventually('a login', async () => {
      return (await sftpAs(gateway, LOGIN, who)).status === 0 ? true : undefined;
    });
  });

  test('a certificate that ends while its session is open ends the session', async () => {
    const who = await workshop.certify('ca', identity('user'), ['-n', LOGIN, '-V', '-1h:+4s', '-z', '77']);
    const session = await openSession(who);
    const from = performance.now();
    expect((await session.ended) - from).toBeLessThan(LIMIT_MS);
    const { fingerprint } = who;
    await audit.line({ kind: 'login', outcome: 'refused', fields: { reason: 'certificate-expired', fingerprint } });
  });
});
