import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Receipt } from '../support/answers.ts';
import { signedBy } from '../support/demo-signer.ts';
import {
  adrm,
  answeredWhole,
  type Channel,
  ExchangePlace,
  goodRow,
  handIn,
  KSZ_R,
  KSZ_T,
  refusedInReceipt,
  setNames,
} from '../support/exchange-place.ts';
import { SftpClient } from '../support/partner-client.ts';
import { hasTool } from '../support/tools.ts';

/** RVA has one folder for all flows, and here answers that tell their texts. */
const RVA_R: Channel = { account: 'batch@rva', intake: '/IN', mailbox: '/OUT' };
const RJV_R: Channel = { account: 'batch@rjv', intake: '/IN/ADRM', mailbox: '/OUT/ADRM' };
const SIGNATURE = 'bm90IHZlcmlmaWVk\n';
const ATTEST =
  '{"seq":1,"ticket":"7d1c0b8e-0000-4000-8000-000000000911","legalContext":"FAMILY_BENEFITS_RIGHT","ssin":"74031295170",' +
  '"sender":{"sector":18,"institution":0},"attest":"UNEMPLOYED","status":0,"period":{"begin":"2025-11-01","end":null},' +
  '"longTerm":false,"ref":"{ref}"}\n';

let place: ExchangePlace;

beforeAll(async () => {
  place = await ExchangePlace.open({
    'partners/rva.yaml': (text) => text.replace('answerFormat: rsz-xml', 'answerFormat: json'),
    // The pattern of ADRM takes some names of WLAT too, and ADRM takes only small files.
    'flows/ADRM.yaml': (text) =>
      text
        .replace(/^pattern: .*$/m, 'pattern: ^(?:(?:[0-9A-Za-z]+_)?ADRM(?:[ _.-].*)?\\.csv|WLAT both\\.jsonl)$')
        .replace(/^maxFileBytes: .*$/m, 'maxFileBytes: 2000'),
  });
});
afterAll(() => place.close());

async function refused(channel: Channel, name: string, bytes: string | Uint8Array): Promise<Receipt> {
  await handIn(place, channel, { [name]: bytes });
  return refusedInReceipt(place, channel, name);
}

async function refusedTickets(names: readonly string[]): Promise<readonly string[]> {
  const receipts = await Promise.all(names.map((name) => refusedInReceipt(place, KSZ_R, name)));
  return receipts.map(({ ticket }) => ticket);
}

function codesOf({ errors }: Receipt): readonly string[] {
  return errors.map(({ code }) => code);
}

describe.skipIf(!hasTool('openssl'))('a file whose flow can not be told', () => {
  test('that no flow’s pattern takes is refused with the flows its sender may choose', async () => {
    const receipt = await refused(RVA_R, 'holiday.jsonl', ATTEST.replace('{ref}', 'REF-1'));
    expect([codesOf(receipt), receipt.flow]).toEqual([['088'], 'unknown']);
    expect(receipt.errors[0]?.text).toMatch(/\(WLAT\)$/);
    await handIn(place, RVA_R, { 'WLAT holiday.jsonl': ATTEST.replace('{ref}', 'REF-1') });
    expect((await answeredWhole(place, RVA_R, 'WLAT holiday.jsonl')).notification.state).toBe('accepted');
  });

  test('that two flows would take is refused with both', async () => {
    const receipt = await refused(RVA_R, 'WLAT both.jsonl', ATTEST.replace('{ref}', 'REF-2'));
    expect([codesOf(receipt), receipt.flow]).toEqual([['088'], 'unknown']);
    expect(receipt.errors[0]?.text).toMatch(/\(ADRM, WLAT\)$/);
    await handIn(place, RVA_R, { 'WLAT one.jsonl': ATTEST.replace('{ref}', 'REF-2') });
    expect((await answeredWhole(place, RVA_R, 'WLAT one.jsonl')).notification.state).toBe('accepted');
  });
});

describe.skipIf(!hasTool('openssl'))('a set that is not whole', () => {
  test('GO without FI is answered with 120 and the name that is missing', async () => {
    const { fi, go } = setNames({ serial: 'A0001' });
    const receipt = await refused(KSZ_T, go, '');
    expect(codesOf(receipt)).toEqual(['120']);
    expect(receipt.errors[0]?.text).toContain(fi);
    const { fi: twin, go: start } = setNames({ serial: 'A0002' });
    await handIn(place, KSZ_T, { [twin]: adrm(goodRow(1)), [start]: '' });
    expect((await answeredWhole(place, KSZ_T, start)).notification.state).toBe('accepted');
  });

  test('in R without FS is answered with 122, with an FS that is no signature with 125', async () => {
    const without = setNames({ serial: 'A0003', letter: 'R' });
    await handIn(place, KSZ_R, { [without.fi]: adrm(goodRow(1)), [without.go]: '' });
    expect(codesOf(await refusedInReceipt(place, KSZ_R, without.go))).toEqual(['122']);
    const signed = setNames({ serial: 'A0004', letter: 'R' });
    await handIn(place, KSZ_R, { [signed.fi]: adrm(goodRow(1)), [signed.fs]: SIGNATURE, [signed.go]: '' });
    expect(codesOf(await refusedInReceipt(place, KSZ_R, signed.go))).toEqual(['125']);
    const fs = await signedBy(place.gateway, 'anna@ksz', adrm(goodRow(1)));
    const tickets = await refusedTickets([without.go, signed.go]);
    for (const names of [without, signed]) {
      await handIn(place, KSZ_R, { [names.fi]: adrm(goodRow(1)), [names.fs]: fs, [names.go]: '' });
      expect((await answeredWhole(place, KSZ_R, names.go, tickets)).notification.state).toBe('accepted');
    }
  });

  test('whose FI is empty is answered with 134', async () => {
    const { fi, go } = setNames({ serial: 'A0005' });
    await handIn(place, KSZ_T, { [fi]: '', [go]: '' });
    const receipt = await refusedInReceipt(place, KSZ_T, go);
    expect(codesOf(receipt)).toEqual(['134']);
    await handIn(place, KSZ_T, { [fi]: adrm(goodRow(1)), [go]: '' });
    expect((await answeredWhole(place, KSZ_T, go, [receipt.ticket])).notification.state).toBe('accepted');
  });

  test('is taken back by a TD that comes before its GO: nothing of it is checked or delivered', async () => {
    const { fi, go, td } = setNames({ serial: 'A0006' });
    const mailbox = await handIn(place, KSZ_T, { [fi]: adrm(goodRow(1)), [td]: '' });
    const receipt = await mailbox.receipt(td);
    expect([receipt.resultCode, receipt.errors]).toEqual([1, []]);
    await place.audit.line({
      kind: 'submission',
      outcome: 'done',
      fields: { ticket: receipt.ticket, state: 'cancelled' },
    });
    await handIn(place, KSZ_T, { [go]: '' });
    expect(codesOf(await refusedInReceipt(place, KSZ_T, go))).toEqual(['120']);
  });

  test('can not be taken back once it was processed: 157', async () => {
    const { fi, go, td } = setNames({ serial: 'A0007' });
    await handIn(place, KSZ_T, { [fi]: adrm(goodRow(1)), [go]: '' });
    const { receipt } = await answeredWhole(place, KSZ_T, go);
    expect(codesOf(await refused(KSZ_T, td, ''))).toEqual(['157']);
    expect(await place.audit.all({ kind: 'delivery', fields: { ticket: receipt.ticket } })).toHaveLength(1);
  });
});

describe.skipIf(!hasTool('openssl'))('a file that can not be processed', () => {
  test('is refused with 134 where it is empty, over SFTP and over WebDAV', async () => {
    expect(codesOf(await refused(KSZ_R, 'ADRM empty.csv', ''))).toEqual(['134']);
    expect(codesOf(await refused({ ...KSZ_R, account: 'anna@ksz' }, 'ADRM empty 2.csv', ''))).toEqual(['134']);
  });

  test('is refused with 427 where its sender has no authorization for the flow', async () => {
    const receipt = await refused(RJV_R, 'ADRM ours.csv', adrm(goodRow(1)));
    expect([codesOf(receipt), receipt.flow]).toEqual([['427'], 'ADRM']);
    await handIn(place, KSZ_R, { 'ADRM ours.csv': adrm(goodRow(1)) });
    expect((await answeredWhole(place, KSZ_R, 'ADRM ours.csv')).notification.state).toBe('accepted');
  });

  test('is not even taken where it is larger than its flow allows, and one byte less is', async () => {
    const client = await place.client('batch@ksz');
    const bytes = adrm(goodRow(1)).padEnd(2001, '\n');
    await expect(client.put('/IN/ADRM/ADRM large.csv', bytes)).rejects.toThrow('max. 2000 bytes');
    await place.audit.line({
      kind: 'publish',
      outcome: 'refused',
      fields: { path: '/IN/ADRM/ADRM large.csv', code: 'too-large' },
    });
    expect(await client.list('/IN/ADRM')).not.toContain('ADRM large.csv');
    await client.put('/IN/ADRM/ADRM large.csv', bytes.slice(0, 2000));
    const { notification } = await answeredWhole(place, KSZ_R, 'ADRM large.csv');
    expect(notification.state).toBe('partially-accepted'); // each empty line is a record of the wrong structure
  });

  test('is refused with 184 where only its name tells the flow, and it is larger than that allows', async () => {
    const receipt = await refused(RVA_R, 'ADRM large.csv', adrm(goodRow(1)).padEnd(2001, '\n'));
    expect(codesOf(receipt)).toEqual(['184', '427']); // nor has RVA an authorization for ADRM
    expect(receipt.errors[0]?.text).toMatch(/\(2000\)$/);
    expect(codesOf(await refused(RVA_R, 'ADRM small.csv', adrm(goodRow(1))))).toEqual(['427']);
  });
});

describe.skipIf(!hasTool('openssl'))('a file', () => {
  test('that a client is still writing, or calls its working file, is no arrival until it has its final name', async () => {
    const client = await place.client('anna@ksz');
    const names = [
      'ADRM w.csv.part',
      'ADRM w.csv.filepart',
      '.ADRM w.csv',
      '._ADRM w.csv',
      '~$ADRM w.csv',
      'ADRM w.tmp',
    ];
    for (const name of names) await client.put(`/IN/ADRM/${name}`, adrm(goodRow(1)));
    await handIn(place, { ...KSZ_R, account: 'anna@ksz' }, { 'ADRM x.csv': adrm(goodRow(1)) });
    await answeredWhole(place, KSZ_R, 'ADRM x.csv'); // came later and is answered: the others were not waited for
    const answered = await client.list('/OUT/ADRM');
    expect(answered.filter((name) => names.some((working) => name.startsWith(working)))).toEqual([]);
    const machine = await SftpClient.open(place.gateway, 'batch@ksz');
    await machine.rename('/IN/ADRM/ADRM w.csv.part', '/IN/ADRM/ADRM w.csv');
    machine.close();
    expect((await answeredWhole(place, KSZ_R, 'ADRM w.csv')).notification.state).toBe('accepted');
    expect(await client.list('/IN/ADRM')).not.toContain('ADRM w.csv.part');
  });
});
