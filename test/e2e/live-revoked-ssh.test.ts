import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AuditTrail } from '../support/audit-trail.ts';
import { eventually } from '../support/eventually.ts';
import { type RunningGateway, removeFolder } from '../support/gateway.ts';
import { CUT_MS, untilCut, untilUnderWay } from '../support/live-watch.ts';
import { WebdavClient } from '../support/partner-client.ts';
import { heldUploads, unfinishedContents } from '../support/remains.ts';
import { BIG_BYTES, SlowClients } from '../support/slow-clients.ts';
import { sluis } from '../support/sluis.ts';
import { startSshGateway } from '../support/ssh-gateway.ts';
import { type Identity, identityWords, SshWorkshop, sftpAs } from '../support/ssh-keys.ts';
import { hasTool } from '../support/tools.ts';

const LOGIN = 'batch@ksz';
const WORK = '/SHARED/work';

let workshop: SshWorkshop;
let gateway: RunningGateway;
let audit: AuditTrail;
let witness: WebdavClient;
let clients: SlowClients;
let user: Identity;

beforeAll(async () => {
  workshop = await SshWorkshop.open();
  for (const name of ['ca', 'listed', 'named', 'kept']) await workshop.key(name);
  user = await workshop.key('user');
  for (const name of ['ca.krl', 'keys.krl']) await workshop.revoke(name, []);
  gateway = await startSshGateway({
    authorities: [{ publicKeyFile: workshop.path('ca.pub'), krlFile: workshop.path('ca.krl') }],
    revokedKeysFile: workshop.path('keys.krl'),
    keys: ['listed', 'named', 'kept'].map((name) => workshop.path(name)),
  });
  audit = new AuditTrail(gateway);
  witness = await WebdavClient.open(gateway, 'anna@ksz');
  clients = await SlowClients.open(gateway);
  await witness.put(`${WORK}/big`, Buffer.alloc(BIG_BYTES, 'y'));
}, 120_000);
afterAll(async () => {
  await clients.close();
  witness.close();
  await gateway.stop();
  await removeFolder(gateway);
  await workshop.close();
});

const keyOf = async (name: string): Promise<Identity> => ({ keyFile: workshop.path(name), fingerprint: '' });
const publicKey = async (name: string) => (await readFile(workshop.path(`${name}.pub`), 'utf8')).trim();

const CASES: readonly {
  readonly what: string;
  readonly reason: string;
  readonly who: () => Promise<Identity>;
  readonly revoke: () => Promise<unknown>;
}[] = [
  {
    what: 'a key on a list of keys',
    reason: 'key-revoked',
    who: () => keyOf('listed'),
    revoke: async () => workshop.revoke('keys.krl', [`key: ${await publicKey('listed')}`]),
  },
  {
    what: 'a certificate on the list of its authority',
    reason: 'certificate-revoked',
    who: () => workshop.certify('ca', user, ['-n', LOGIN, '-V', '-1h:+1h', '-z', '4711']),
    revoke: () => workshop.revoke('ca.krl', ['serial: 4711'], 'ca'),
  },
  {
    what: 'a key by command',
    reason: 'key-revoked',
    who: () => keyOf('named'),
    revoke: async () => {
      const told = await sluis(gateway, 'cert', 'revoke', workshop.path('named.pub'), '--reason', 'found in a mail');
      expect([told.status, told.err]).toEqual([0, '']);
    },
  },
];

test.skipIf(!hasTool('sftp')).each(CASES)(
  'what runs by $what is cut in both directions, and what runs by another goes on',
  async ({ reason, who, revoke }) => {
    const [revoked, kept] = [await who(), await keyOf('kept')];
    const by = (identity: Identity) => ({ account: LOGIN, proof: identityWords(gateway, identity) });
    const started = [
      await clients.sftpPut(by(revoked), `${WORK}/cut`),
      await clients.sftpGet(by(revoked), `${WORK}/big`),
    ];
    await clients.sftpGet(by(kept), `${WORK}/big`);
    const [incoming, outgoing] = [`${LOGIN} sftp in`, `${LOGIN} sftp out`];
    await untilUnderWay(gateway, [incoming, outgoing, outgoing]);
    const refusals = async () => (await audit.all({ kind: 'login', outcome: 'refused', fields: { reason } })).length;
    const before = await refusals();
    await revoke();
    const began = performance.now();
    expect(await untilCut(gateway, [outgoing])).toBeLessThan(CUT_MS);
    const fresh = await sftpAs(gateway, LOGIN, revoked);
    expect([fresh.status, fresh.err]).toEqual([255, expect.stringContaining('Permission denied (publickey)')]);
    expect(performance.now() - began).toBeLessThan(CUT_MS);

    const ended = await Promise.all(started.map(({ finish }) => finish()));
    expect(ended.filter(({ status }) => status === 0)).toEqual([]);
    expect(await witness.list(WORK)).toEqual(['big']);
    await eventually('what came to be removed', async () =>
      (await unfinishedContents(gateway)) === 0 ? true : undefined,
    );
    expect(heldUploads(gateway)).toBe(0);
    await eventually('a line for each connection', async () => ((await refusals()) >= before + 2 ? true : undefined));
    for (const kind of ['publish', 'read']) {
      const fields = { principal: LOGIN, protocol: 'sftp', reason: 'session-ended' };
      await audit.line({ kind, outcome: 'refused', fields });
    }
    await clients.stop();
    await untilCut(gateway, []);
  },
  60_000,
);
