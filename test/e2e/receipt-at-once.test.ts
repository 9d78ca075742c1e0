import { createHash } from 'node:crypto';
import { globSync, statSync } from 'node:fs';
import { unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { Mailbox } from '../support/answers.ts';
import { AuditTrail } from '../support/audit-trail.ts';
import { REACHED } from '../support/crash-at.ts';
import { adrm, goodRow } from '../support/exchange-place.ts';
import { makeFolder, type RunningGateway, removeFolder, startIn } from '../support/gateway.ts';
import { type PartnerClient, SftpClient, WebdavClient } from '../support/partner-client.ts';
import { quickSettling } from '../support/settle.ts';
import { hasTool } from '../support/tools.ts';

const CRASH_AT = new URL('../support/crash-at.ts', import.meta.url).href;
const BEFORE_RECEIPT = 'receive.before-receipt-commit';
const NAME = 'ADRM large.csv';
const ROWS = 5000; // some 600 kB: several chunks of any reader
const CONTENT = Buffer.from(adrm(...Array.from({ length: ROWS }, (_, index) => goodRow((index % 99) + 1))));

const open: { folder?: string; gateway?: RunningGateway } = {};

afterEach(async () => {
  await open.gateway?.stop();
  if (open.folder !== undefined) await removeFolder({ folder: open.folder });
});

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
    test(`${protocol}: needs nothing of a complete file: it comes with the digest made on the way, the bytes gone`, async () => {
      open.folder = await makeFolder({ 'gateway.yaml': quickSettling });
      await completeAndStop(open.folder, client);
      const files = contentFiles(open.folder);
      expect(files).toHaveLength(1);
      for (const file of files) await unlink(file); // whoever opens it now fails
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
