import { createHash } from 'node:crypto';
import { globSync, statSync } from 'node:fs';
import { truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { Mailbox } from '../support/answers.ts';
import { AuditTrail } from '../support/audit-trail.ts';
import { REACHED } from '../support/crash-at.ts';
import {
  adrm,
  answeredWhole,
  ExchangePlace,
  goodRow,
  handIn,
  KSZ_R,
  refusedInReceipt,
} from '../support/exchange-place.ts';
import { makeFolder, type RunningGateway, removeFolder, startIn } from '../support/gateway.ts';
import { type PartnerClient, SftpClient, WebdavClient } from '../support/partner-client.ts';
import { quickSettling } from '../support/settle.ts';
import { hasTool } from '../support/tools.ts';

const CRASH_AT = new URL('../support/crash-at.ts', import.meta.url).href;
const BEFORE_RECEIPT = 'receive.before-receipt-commit';
const NAME = 'ADRM large.csv';
const ROWS = 5000; // some 600 kB: several chunks of any reader
const READ_BYTES = 100_000;
const CONTENT = Buffer.from(adrm(...Array.from({ length: ROWS }, (_, index) => goodRow((index % 99) + 1))));

const open: { folder?: string; gateway?: RunningGateway } = {};

afterEach(async () => {
  await open.gateway?.stop();
  if (open.folder !== undefined) await removeFolder({ folder: open.folder });
});

/** So much of a file is read before its receipt; a hundredth of what ships. */
function reads(text: string): string {
  return quickSettling(text).replace(/^limits:$/m, `$&\n  receiptReadBytes: ${READ_BYTES}`);
}

/** Hands in, and ends the gateway when the file is complete and the receipt is not there yet. */
async function completeAndStop(
  folder: string,
  handIn: (gateway: RunningGateway) => Promise<PartnerClient>,
): Promise<void> {
  const gateway = await startIn(folder, {
    nodeOptions: ['--import', CRASH_AT],
    environment: { SLUIS_TEST_CRASH_AT: BEFORE_RECEIPT },
  });
  const client = await handIn(gateway);
  await client.put(`/IN/ADRM/${NAME}`, CONTENT).catch(() => undefined); // "done" may or may not have got out
  expect(await gateway.ended).toBe('SIGKILL');
  expect(gateway.log).toContain(`${REACHED}${BEFORE_RECEIPT}`);
  client.close();
}

function contentFiles(folder: string): readonly string[] {
  const files = globSync('var/**/*', { cwd: folder }).map((name) => join(folder, name));
  return files.filter((file) => statSync(file).isFile() && statSync(file).size === CONTENT.length);
}

const CLIENTS = {
  sftp: (gateway: RunningGateway): Promise<PartnerClient> => SftpClient.open(gateway, 'batch@ksz'),
  webdav: (gateway: RunningGateway): Promise<PartnerClient> => WebdavClient.open(gateway, 'anna@ksz'),
};

describe.skipIf(!hasTool('openssl'))('a positive receipt', () => {
  for (const [protocol, client] of Object.entries(CLIENTS)) {
    test(`${protocol}: needs only the beginning of a complete file: it comes with the digest made on the way, the rest gone`, async () => {
      open.folder = await makeFolder({ 'gateway.yaml': reads });
      await completeAndStop(open.folder, client);
      const files = contentFiles(open.folder);
      expect(files).toHaveLength(1);
      for (const file of files) await truncate(file, READ_BYTES); // whoever reads further now misses something
      const gateway = await startIn(open.folder);
      open.gateway = gateway;
      const sender = await client(gateway);
      const receipt = await new Mailbox(gateway, sender, '/OUT/ADRM').receipt(NAME);
      const sha256 = createHash('sha256').update(CONTENT).digest('hex');
      expect(receipt).toMatchObject({ resultCode: 1, errors: [], size: CONTENT.length, sha256 });
      // Only the check of the records, after the receipt, finds out.
      const { ticket } = receipt;
      await new AuditTrail(gateway).line({ kind: 'quarantine', outcome: 'refused', fields: { ticket } });
      sender.close();
    });
  }

  test('is followed by the whole exchange where nobody took the bytes away', async () => {
    open.folder = await makeFolder({ 'gateway.yaml': quickSettling });
    await completeAndStop(open.folder, CLIENTS.sftp);
    expect(contentFiles(open.folder)).toHaveLength(1);
    const gateway = await startIn(open.folder);
    open.gateway = gateway;
    const sender = await CLIENTS.sftp(gateway);
    const mailbox = new Mailbox(gateway, sender, '/OUT/ADRM');
    const { ticket } = await mailbox.receipt(NAME);
    expect(await mailbox.notification(NAME, ticket)).toMatchObject({ state: 'accepted', records: { total: ROWS } });
    sender.close();
  });
});

describe.skipIf(!hasTool('openssl'))('what is wrong with a file as a whole', () => {
  const rows = Array.from({ length: 2000 }, (_, index) => goodRow((index % 99) + 1));
  /** The same file with bytes that are no UTF-8 at the end of one row. */
  const wrongIn = (row: number) => Buffer.from(adrm(...rows.with(row, `${rows[row]?.slice(0, -1)}\u00e9`)), 'latin1');

  test('stands in the receipt where it shows in what is read before, in the notification where it comes later', async () => {
    await using place = await ExchangePlace.open({ 'gateway.yaml': reads });
    await handIn(place, KSZ_R, { 'ADRM early.csv': wrongIn(100), 'ADRM late.csv': wrongIn(1900) });
    const early = await refusedInReceipt(place, KSZ_R, 'ADRM early.csv');
    expect(early.errors.map(({ code }) => code)).toEqual(['138']);
    expect(early.errors[0]?.text).toMatch(/\(#101, utf-8\)$/);
    const { notification } = await answeredWhole(place, KSZ_R, 'ADRM late.csv');
    expect([notification.state, notification.records.total]).toEqual(['rejected', 0]);
    expect(notification.refused.map(({ record, faults }) => [record, faults.map(({ code }) => code)])).toEqual([
      [0, ['138']],
    ]);
    expect(notification.refused[0]?.faults[0]?.text).toMatch(/\(#1901, utf-8\)$/);
    await handIn(place, KSZ_R, { 'ADRM right.csv': adrm(...rows) });
    expect((await answeredWhole(place, KSZ_R, 'ADRM right.csv')).notification.state).toBe('accepted');
  });

  test('is told again with the same receipt while the same bytes come, and nothing is held against the name', async () => {
    await using place = await ExchangePlace.open({ 'gateway.yaml': reads });
    const name = 'ADRM again.csv';
    const first = await (await handIn(place, KSZ_R, { [name]: wrongIn(1) })).receipt(name);
    expect(first.resultCode).toBe(0);
    await handIn(place, KSZ_R, { [name]: wrongIn(1) });
    await place.audit.line({ kind: 'submission-again', fields: { ticket: first.ticket } });
    await handIn(place, KSZ_R, { [name]: adrm(goodRow(1)) });
    expect((await answeredWhole(place, KSZ_R, name, [first.ticket])).notification.state).toBe('accepted');
  });
});
