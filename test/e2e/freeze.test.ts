import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bigAddressFile } from '../support/batch-file.ts';
import { sftpBatch } from '../support/clients.ts';
import { adrm, ExchangePlace, goodRow, KSZ_R } from '../support/exchange-place.ts';
import { SftpClient, WebdavClient } from '../support/partner-client.ts';
import { hasTool } from '../support/tools.ts';

const RECORDS = 150_000;
let place: ExchangePlace;
let big: Buffer;

beforeAll(async () => {
  place = await ExchangePlace.open();
  big = (await bigAddressFile(RECORDS)).bytes;
});
afterAll(() => place.close());

/** Something that takes a while to check stands under this name and is frozen; its ticket. */
async function beginChecking(account: string, name: string): Promise<string> {
  await (await place.client(account)).put(`${KSZ_R.intake}/${name}`, big);
  return (await (await place.mailbox(KSZ_R.account, KSZ_R.mailbox)).receipt(name)).ticket;
}

/** It was still being checked when the last request was refused, and ended as if nothing had happened. */
async function endsUntouched(ticket: string, name: string): Promise<void> {
  expect(await place.audit.all({ kind: 'submission-answered', fields: { ticket } })).toEqual([]);
  const mailbox = await place.mailbox(KSZ_R.account, KSZ_R.mailbox);
  const { records, state } = await mailbox.notification(name, ticket);
  expect([state, records.total]).toEqual(['partially-accepted', RECORDS]);
  expect(await place.audit.all({ kind: 'submission', fields: { file: name } })).toHaveLength(1);
}

describe.skipIf(!hasTool('openssl'))('a file that is being processed', () => {
  for (const account of ['anna@ksz', 'batch@ksz']) {
    test(`handed in by ${account} can not be written, moved, copied over or removed over WebDAV: 423 with its ticket`, async () => {
      const name = `ADRM frozen by ${account}.csv`;
      const anna = await WebdavClient.open(place.gateway, 'anna@ksz');
      await anna.put('/SHARED/work/other.csv', adrm(goodRow(1)));
      const ticket = await beginChecking(account, name);
      const target = `https://127.0.0.1:${place.gateway.https}/files/IN/ADRM`;
      const onto = { Destination: `${target}/${encodeURIComponent(name)}`, Overwrite: 'T' };
      const answers = [
        await anna.ask('PUT', `/IN/ADRM/${name}`, { body: adrm(goodRow(1)) }),
        await anna.ask('PUT', `/IN/ADRM/${name}`, { body: big.subarray(0, 100) }),
        await anna.ask('DELETE', `/IN/ADRM/${name}`),
        await anna.ask('MOVE', `/IN/ADRM/${name}`, { headers: { Destination: `${target}/moved.csv` } }),
        await anna.ask('COPY', '/SHARED/work/other.csv', { headers: onto }),
        await anna.ask('MOVE', '/SHARED/work/other.csv', { headers: onto }),
      ];
      expect(answers.map(({ status }) => status)).toEqual([423, 423, 423, 423, 423, 423]);
      for (const { body } of answers) expect(body.toString()).toContain(ticket);
      expect((await anna.get(`/IN/ADRM/${name}`)).equals(big)).toBe(true);
      await endsUntouched(ticket, name);
      const refusals = await place.audit.all({ outcome: 'refused', kind: 'delete', fields: { code: 'frozen' } });
      expect(refusals.map(({ fields }) => fields.path)).toContain(`/IN/ADRM/${name}`);
      anna.close();
    });
  }

  test('can not be written, renamed or removed in the very session that handed it in over SFTP', async () => {
    const name = 'ADRM frozen session.csv';
    const machine = await SftpClient.open(place.gateway, 'batch@ksz');
    await machine.put(`/IN/ADRM/${name}`, big);
    const refusals = await Promise.allSettled([
      machine.put(`/IN/ADRM/${name}`, adrm(goodRow(1))),
      machine.rename(`/IN/ADRM/${name}`, '/IN/ADRM/renamed.csv'),
      machine.remove(`/IN/ADRM/${name}`),
    ]);
    const { ticket } = await (await place.mailbox(KSZ_R.account, KSZ_R.mailbox)).receipt(name);
    for (const refusal of refusals) {
      expect(refusal).toMatchObject({ status: 'rejected', reason: { code: 3 } }); // SSH_FX_PERMISSION_DENIED
      expect(refusal.status === 'rejected' && String(refusal.reason)).toContain(ticket);
    }
    await endsUntouched(ticket, name);
    machine.close();
  });

  test.skipIf(!hasTool('sftp'))(
    'answers OpenSSH’s sftp with "Permission denied", and can be sent again once it is answered',
    async () => {
      const [folder, name] = [await mkdtemp(join(tmpdir(), 'sluis-freeze-')), 'ADRM-openssh.csv'];
      await writeFile(join(folder, 'big.csv'), big);
      await writeFile(join(folder, 'small.csv'), adrm(goodRow(1)));
      const [first, second] = [`put big.csv /IN/ADRM/${name}`, `-put small.csv /IN/ADRM/${name}`];
      const ended = await sftpBatch(place.gateway, 'batch@ksz', [first, second, `-rm /IN/ADRM/${name}`], {
        cwd: folder,
      });
      expect(ended.status).toBe(0);
      expect(ended.err.match(/ermission denied|being processed/g)).toHaveLength(2);
      const mailbox = await place.mailbox(KSZ_R.account, KSZ_R.mailbox);
      const { ticket } = await mailbox.receipt(name);
      await endsUntouched(ticket, name);
      const again = await sftpBatch(place.gateway, 'batch@ksz', [`put small.csv /IN/ADRM/${name}`], { cwd: folder });
      expect(again.status).toBe(0);
      expect((await mailbox.receipt(name, [ticket])).resultCode).toBe(1);
      await rm(folder, { recursive: true });
    },
  );
});
