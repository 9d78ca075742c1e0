import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Mailbox } from '../support/answers.ts';
import { AuditTrail } from '../support/audit-trail.ts';
import { curlWords, runClient, sftpBatch, urlOf } from '../support/clients.ts';
import { eventually } from '../support/eventually.ts';
import { expectedOf, sampleFile, todayInNames, withPlaceholders } from '../support/expected.ts';
import { type RunningGateway, removeFolder, startGateway } from '../support/gateway.ts';
import { SftpClient, WebdavClient } from '../support/partner-client.ts';
import { rcloneTo } from '../support/rclone.ts';
import { quickSettling } from '../support/settle.ts';
import { hasTool } from '../support/tools.ts';

type Client = 'curl' | 'OpenSSH sftp' | 'rclone over WebDAV' | 'rclone over SFTP';

type Exchange = {
  readonly expected: string;
  readonly client: Client;
  readonly account: string;
  readonly sample: string;
  /** Names it goes in under, in order: the file alone, or a set whose FS nobody asks for in T. */
  readonly names: readonly string[];
  readonly intake: string;
  readonly mailbox: string;
  readonly format: 'json' | 'xml';
  readonly receiver?: { readonly account: string; readonly mailbox: string; readonly extension: string };
};

const TOOL = {
  curl: 'curl',
  'OpenSSH sftp': 'sftp',
  'rclone over WebDAV': 'rclone',
  'rclone over SFTP': 'rclone',
} as const;

function set(content: string, sender: string, serial: string, letter: string): readonly string[] {
  const middle = `${content}.${sender}.${todayInNames()}.${serial}.${letter}`;
  return [`FI.${middle}.1.1`, `FS.${middle}.1.1`, `GO.${middle}.1`];
}

const RJV = { account: 'batch@rjv', mailbox: '/OUT/ADRM', extension: 'csv' } as const;
const KBF = { account: 'anna@kbf', mailbox: '/OUT/WLAT', extension: 'jsonl' } as const;
const ADRM = { intake: '/IN/ADRM', mailbox: '/OUT/ADRM', format: 'json' } as const;
const FLAT = { intake: '/IN', mailbox: '/OUT', format: 'xml' } as const;

/** In this order: the deliveries of a flow are numbered, and a cancellation needs its original. */
const EXCHANGES: readonly Exchange[] = [
  {
    ...{ expected: '1-adrm-upload', client: 'curl', account: 'anna@ksz', ...ADRM, receiver: RJV },
    sample: '1_ADRM_address_mutation.csv',
    names: ['1_ADRM_address_mutation.csv'],
  },
  {
    ...{ expected: '2-adrm-faults', client: 'OpenSSH sftp', account: 'batch@ksz', format: 'json' },
    ...{ intake: '/INTEST/ADRM', mailbox: '/OUTTEST/ADRM', receiver: { ...RJV, mailbox: '/OUTTEST/ADRM' } },
    sample: 'ADRM_with_faults.csv',
    names: set('ADRM', '025000', '00001', 'T'),
  },
  {
    ...{ expected: '3-wlat-original', client: 'rclone over SFTP', account: 'batch@rva', ...FLAT, receiver: KBF },
    sample: '4_WLAT_original.jsonl',
    names: ['4_WLAT_original.jsonl'],
  },
  {
    ...{ expected: '4-wlat-upload', client: 'rclone over WebDAV', account: 'anna@rva', ...FLAT, receiver: KBF },
    sample: '4_WLAT_unemployment_attest.jsonl',
    names: ['4_WLAT_unemployment_attest.jsonl'],
  },
  {
    ...{ expected: '5-wlat-set', client: 'curl', account: 'anna@rva', format: 'xml' },
    ...{ intake: '/INTEST', mailbox: '/OUTTEST', receiver: { ...KBF, mailbox: '/OUTTEST/WLAT' } },
    sample: '4_WLAT_unemployment_attest.jsonl',
    names: set('WLAT', '018000', '00001', 'T'),
  },
  {
    ...{ expected: '6-adrm-unauthorized', client: 'rclone over SFTP', account: 'batch@rjv', ...ADRM },
    sample: '1_ADRM_address_mutation.csv',
    names: ['1_ADRM_address_mutation.csv'],
  },
  {
    ...{ expected: '7-adrm-signature', client: 'OpenSSH sftp', account: 'batch@ksz', ...ADRM },
    sample: '1_ADRM_address_mutation.csv',
    names: set('ADRM', '025000', '00002', 'R'),
  },
];

let gateway: RunningGateway;
let audit: AuditTrail;
let folder: string;

beforeAll(async () => {
  gateway = await startGateway({ change: { 'gateway.yaml': quickSettling } });
  audit = new AuditTrail(gateway);
  folder = await mkdtemp(join(tmpdir(), 'sluis-exchange-'));
});
afterAll(async () => {
  await gateway.stop();
  await removeFolder(gateway);
  await rm(folder, { recursive: true });
});

async function handIn({ client, account, sample, names, intake }: Exchange): Promise<void> {
  for (const name of names) {
    const content = name.startsWith('GO.') ? '' : name.startsWith('FS.') ? 'bm90IHZlcmlmaWVk\n' : undefined;
    if (content === undefined) await copyFile(sampleFile(sample), join(folder, name));
    else await writeFile(join(folder, name), content);
  }
  if (client === 'OpenSSH sftp') {
    const ended = await sftpBatch(
      gateway,
      account,
      names.map((name) => `put ${name} ${intake}/${name}`),
      { cwd: folder },
    );
    expect(ended, ended.err).toMatchObject({ status: 0 });
    return;
  }
  for (const name of names) {
    const file = join(folder, name);
    const ended =
      client === 'curl'
        ? await runClient('curl', [
            ...curlWords(gateway, account),
            '--fail',
            '-T',
            file,
            urlOf(gateway, `${intake}/${name}`),
          ])
        : await rcloneTo(
            gateway,
            client === 'rclone over SFTP' ? 'sftp' : 'webdav',
            account,
            'copyto',
            file,
            `sluis:${intake}/${name}`,
          );
    expect(ended, ended.err).toMatchObject({ status: 0 });
  }
}

/** What the sender finds in its mailbox. */
async function answersTo({ account, mailbox, names, format }: Exchange, isRefused: boolean) {
  const sender = await WebdavClient.open(gateway, account);
  const box = new Mailbox(gateway, sender, mailbox);
  const fileName = names.at(-1) ?? '';
  const receipt = format === 'json' ? (await box.receipt(fileName)).answer : await box.xml('ACRF', fileName);
  const ticket = /("ticket": "|<ReferenceNbr>)([0-9A-Z]{13})/.exec(receipt.text)?.[2] ?? '';
  const answers: Record<string, string> = { [`receipt.${format}`]: receipt.text };
  if (!isRefused) {
    const found =
      format === 'json' ? (await box.notification(fileName, ticket)).answer : await box.xml('NOTI', fileName, ticket);
    answers[`notification.${format}`] = found.text;
  }
  sender.close();
  return { ticket, answers };
}

/** What the receiver finds, the data file as its own client program fetches it. */
async function deliveryTo({ account, mailbox, extension }: NonNullable<Exchange['receiver']>, ticket: string) {
  const isMachine = account.startsWith('batch');
  const receiver = await (isMachine ? SftpClient : WebdavClient).open(gateway, account);
  const { name, manifest } = await new Mailbox(gateway, receiver, mailbox).delivery(ticket);
  receiver.close();
  const [path, to] = [`${mailbox}/${name}`, join(folder, name)];
  const ended = isMachine
    ? await sftpBatch(gateway, account, [`get ${path} ${to}`], { cwd: folder })
    : await runClient('curl', [...curlWords(gateway, account), '--fail', '--output', to, urlOf(gateway, path)]);
  expect(ended, ended.err).toMatchObject({ status: 0 });
  const as = `delivery-${account.split('@')[1]}.${extension}`;
  return { [as]: await readFile(to, 'utf8'), [`${as}.manifest.json`]: manifest.text };
}

describe.skipIf(!hasTool('openssl'))('a file goes in, and comes out as the results written by hand', () => {
  for (const exchange of EXCHANGES) {
    const { expected, client, account, receiver } = exchange;
    test.skipIf(!hasTool(TOOL[client]))(`${expected} by ${account} with ${client}`, async () => {
      await handIn(exchange);
      const { ticket, answers } = await answersTo(exchange, receiver === undefined);
      const delivered = receiver === undefined ? {} : await deliveryTo(receiver, ticket);
      const got = Object.entries({ ...answers, ...delivered }).map(([name, text]) => [
        name,
        withPlaceholders(text, ticket),
      ]);
      expect(Object.fromEntries(got)).toEqual(await expectedOf(expected));
      const { fields } = await audit.line({ kind: 'submission', fields: { ticket, principal: account } });
      expect(fields.state).toBe(receiver === undefined ? 'rejected' : 'checking');
      expect(await audit.all({ kind: 'delivery', fields: { ticket } })).toHaveLength(receiver === undefined ? 0 : 1);
    });
  }

  test('nothing of a refused file reached anybody, and no mailbox holds a delivery that is not expected', async () => {
    const [rjv, kbf] = await Promise.all([
      SftpClient.open(gateway, 'batch@rjv'),
      WebdavClient.open(gateway, 'anna@kbf'),
    ]);
    const data = async (client: SftpClient | WebdavClient, mailbox: string) =>
      (await client.list(mailbox)).filter((name) => /^(ADRM|WLAT)\.\d{8}\..*\.(csv|jsonl)$/.test(name)).length;
    expect([await data(rjv, '/OUT/ADRM'), await data(rjv, '/OUTTEST/ADRM')]).toEqual([1, 1]);
    expect([await data(kbf, '/OUT/WLAT'), await data(kbf, '/OUTTEST/WLAT')]).toEqual([2, 1]);
    rjv.close();
    kbf.close();
  });

  test('a receiver that has what it needs deletes it, and the mailbox is empty', async () => {
    const rjv = await SftpClient.open(gateway, 'batch@rjv');
    for (const name of await rjv.list('/OUT/ADRM')) await rjv.remove(`/OUT/ADRM/${name}`);
    expect(await eventually('an empty mailbox', () => rjv.list('/OUT/ADRM'))).toEqual([]);
    rjv.close();
  });
});
