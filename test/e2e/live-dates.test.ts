import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AuditTrail, type WantedLine } from '../support/audit-trail.ts';
import { Calendar } from '../support/calendar.ts';
import { eventually } from '../support/eventually.ts';
import { type RunningGateway, removeFolder, startGateway } from '../support/gateway.ts';
import { CUT_MS, untilCut, untilUnderWay } from '../support/live-watch.ts';
import { WebdavClient } from '../support/partner-client.ts';
import { editConfig } from '../support/reload.ts';
import { heldUploads, unfinishedContents } from '../support/remains.ts';
import { BIG_BYTES, type Comer, type SlowClient, SlowClients } from '../support/slow-clients.ts';
import { hasTool } from '../support/tools.ts';

const WORK = '/SHARED/work';
const INTAKE = '/IN/ADRM';
/** No arrival: a name that clients give to what is not whole. */
const BIG = 'big.part';
const SFTP_LINE = '    port: 8022\n    accessMethod: line\n';
const SFTP_INTERNET = '  - protocol: sftp\n    host: 127.0.0.1\n    port: 8023\n    accessMethod: internet\n';

const exception = (id: string, persons: string, until: string, act: string, directions: string) => `  - id: ${id}
    state: active
    flow: ADRM
    persons: [${persons}]
    use: attended
    act: communicate
    reason: The Extranet does not reach the temporary office (test)
    measures: [A class-3 certificate on a token (test)]
    fileTransfer: { authorization: ${act}, directions: [${directions}] }
    level: 1
    protocols: [https, sftp]
    requested: 2020-01-06
    advised: 2020-01-13
    granted: 2020-01-20
    grantedBy: Leading official (test)
    documentSha256: 6a54e1ad4d1b2d4b4b2b9bbd5d5b1f7c9d1c5a1f0a1f6d7a5f0c3f1b8a9e7d60
    from: 2020-02-01
    until: ${until}
`;

let calendar: Calendar;
let gateway: RunningGateway;
let audit: AuditTrail;
let witness: WebdavClient;
let clients: SlowClients;

/** An act of the demonstration under another name, which ends today. */
async function actUntil(today: string, id: string, of: string): Promise<string> {
  const text = await readFile(join(import.meta.dirname, `../../config/authorizations/${of}.yaml`), 'utf8');
  return text.replace(`id: ${of}`, `id: ${id}`).replace('from: 2020-01-01', `from: 2020-01-01\nuntil: ${today}`);
}

beforeAll(async () => {
  calendar = await Calendar.open();
  const { today, environment } = calendar;
  const [open, both] = ['2099-12-31', 'download, upload'];
  gateway = await startGateway({
    environment,
    add: {
      'authorizations/adrm-today.yaml': await actUntil(today, 'adrm-today', 'adrm-ksz-rjv'),
      'authorizations/wlat-today.yaml': await actUntil(today, 'wlat-today', 'wlat-rva-kbf'),
    },
    change: {
      'gateway.yaml': (text) => text.replace(SFTP_LINE, `${SFTP_LINE}${SFTP_INTERNET}`),
      'partners/ksz.yaml': (text) =>
        `${text}exceptions:\n${exception('of-anna', 'anna', open, 'adrm-ksz-rjv', both)}${exception('of-bram', 'bram', today, 'adrm-ksz-rjv', both)}`,
      'partners/rjv.yaml': (text) => `${text}${exception('of-bram', 'bram', open, 'adrm-today', 'download')}`,
      'partners/rva.yaml': (text) => text.replace(/(id: bram[\s\S]*?from: 2020-01-01\n)/, `$1      until: ${today}\n`),
      'folders.yaml': (text) =>
        `${text}      - { partner: rva, account: anna, rights: all, until: ${today} }
      - { partner: rva, account: bram, rights: all }
      - { partner: kbf, rights: all, authorization: wlat-today }\n`,
    },
  });
  audit = new AuditTrail(gateway);
  witness = await WebdavClient.open(gateway, 'batch@ksz');
  clients = await SlowClients.open(gateway);
  await witness.put(`${WORK}/${BIG}`, Buffer.alloc(BIG_BYTES, 'y'));
  await witness.put(`${INTAKE}/${BIG}`, Buffer.alloc(BIG_BYTES, 'y'));
  const rjv = await WebdavClient.open(gateway, 'batch@rjv');
  await rjv.put(`${INTAKE}/${BIG}`, Buffer.alloc(BIG_BYTES, 'y'));
  rjv.close();
});
afterAll(async () => {
  await clients.close();
  witness.close();
  await gateway.stop();
  await removeFolder(gateway);
  await calendar.close();
});

type Direction = 'in' | 'out';

/** Both protocols, each direction. @returns the clients, and what the gateway says is under way */
async function begin(account: string, folder: string, way: 'line' | 'internet', directions: readonly Direction[]) {
  const [https, sftp] = way === 'line' ? [gateway.https, gateway.sftp] : [gateway.internet, gateway.ports[3] ?? 0];
  const [web, ssh]: readonly Comer[] = [
    { account, port: https },
    { account, port: sftp },
  ];
  if (web === undefined || ssh === undefined) throw new Error('two ways');
  const name = `${way}-${account.replace('@', '-')}`;
  const started: SlowClient[] = [];
  if (directions.includes('in')) {
    started.push(clients.curlPut(web, `${folder}/${name}-curl.part`));
    started.push(await clients.sftpPut(ssh, `${folder}/${name}-sftp.part`));
  }
  if (directions.includes('out')) {
    started.push(clients.curlGet(web, `${folder}/${BIG}`));
    started.push(await clients.sftpGet(ssh, `${folder}/${BIG}`));
  }
  const said = directions.flatMap((one) => [`${account} webdav ${one}`, `${account} sftp ${one}`]);
  return { started, said };
}

/** No client was told that anything is done. */
async function expectRefused(started: readonly SlowClient[]): Promise<void> {
  const ended = await Promise.all(started.map(async ({ name, finish }) => ({ name, ...(await finish()) })));
  expect(ended.filter(({ status }) => status === 0)).toEqual([]);
}

async function expectNothingLeft(): Promise<void> {
  expect(await witness.list(INTAKE)).toEqual([BIG]);
  expect(await witness.list(WORK)).toEqual([BIG]);
  await eventually('what came of them to be removed', async () =>
    (await unfinishedContents(gateway)) === 0 ? true : undefined,
  );
  expect(heldUploads(gateway)).toBe(0);
}

const programs = hasTool('curl') && hasTool('sftp');

test.skipIf(!programs)(
  'an exception for the internet that is ended in the configuration cuts what runs by it',
  async () => {
    const { started, said } = await begin('anna@ksz', INTAKE, 'internet', ['in', 'out']);
    await untilUnderWay(gateway, said);
    await editConfig(gateway, 'partners/ksz.yaml', (text) => text.replace('state: active', 'state: ended'));
    expect(await untilCut(gateway, [])).toBeLessThan(CUT_MS);
    await expectRefused(started);
    await expectNothingLeft();
    for (const protocol of ['webdav', 'sftp']) {
      const who = { principal: 'anna@ksz', protocol };
      await audit.line({ kind: 'login', outcome: 'refused', fields: { ...who, reason: 'exception-ended' } });
      await audit.line({ kind: 'publish', outcome: 'refused', fields: { ...who, code: 'not-allowed' } });
      await audit.line({ kind: 'read', outcome: 'refused', fields: { ...who, code: 'not-allowed' } });
    }
  },
);

/** What ends with the day, for whom, and where the log says so. */
const ENDS: readonly {
  readonly what: string;
  readonly account: string;
  readonly folder: string;
  readonly way: 'line' | 'internet';
  readonly directions: readonly Direction[];
  readonly says: WantedLine;
}[] = [
  {
    what: 'an exception for the internet',
    ...{ account: 'bram@ksz', folder: INTAKE, way: 'internet', directions: ['in', 'out'] },
    says: { kind: 'login', fields: { reason: 'exception-ended' } },
  },
  {
    what: 'the act by which files go over the internet',
    ...{ account: 'bram@rjv', folder: INTAKE, way: 'internet', directions: ['out'] },
    says: { kind: 'read', fields: { reason: 'right-ended', rule: 'partners/rjv.yaml#/exceptions/1' } },
  },
  {
    what: 'a designation',
    ...{ account: 'bram@rva', folder: WORK, way: 'line', directions: ['in', 'out'] },
    says: { kind: 'login', fields: { reason: 'not-designated' } },
  },
  {
    what: 'a line of an ACL',
    ...{ account: 'anna@rva', folder: WORK, way: 'line', directions: ['in', 'out'] },
    says: { kind: 'publish', fields: { reason: 'right-ended', rule: 'folders.yaml#/folders/0/grants/2' } },
  },
  {
    what: 'the authorization that a line of an ACL names',
    ...{ account: 'batch@kbf', folder: WORK, way: 'line', directions: ['in', 'out'] },
    says: {
      kind: 'publish',
      fields: {
        reason: 'right-ended',
        rule: 'folders.yaml#/folders/0/grants/4 authorizations/wlat-today.yaml#not-in-force',
      },
    },
  },
];

test.skipIf(!programs)(
  'what ends with the day is cut when the day is over, though nothing was loaded; the rest goes on',
  async () => {
    const generations = (await audit.all({ kind: 'generation' })).length;
    const begun: Awaited<ReturnType<typeof begin>>[] = [];
    for (const one of ENDS) begun.push(await begin(one.account, one.folder, one.way, one.directions));
    const stays = await begin('anna@rjv', WORK, 'line', ['out']);
    await untilUnderWay(
      gateway,
      [...begun, stays].flatMap(({ said }) => said),
    );
    await calendar.nextDay();
    expect(await untilCut(gateway, stays.said)).toBeLessThan(CUT_MS);
    await expectRefused(begun.flatMap(({ started }) => started));
    await expectNothingLeft();
    expect((await audit.all({ kind: 'generation' })).length).toBe(generations);
  },
);

test.skipIf(!programs).each(ENDS)('the log says why over both protocols: $what', async ({ account, says }) => {
  for (const protocol of ['webdav', 'sftp']) {
    await audit.line({ ...says, outcome: 'refused', fields: { principal: account, protocol, ...says.fields } });
  }
});
