import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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

const RVA_R: Channel = { account: 'batch@rva', intake: '/IN', mailbox: '/OUT' };
let place: ExchangePlace;

beforeAll(async () => {
  place = await ExchangePlace.open({
    'partners/rva.yaml': (text) => text.replace('answerFormat: rsz-xml', 'answerFormat: json'),
    'flows/WLAT.yaml': (text) =>
      text.replace('names: reusable', 'names: unique').replace('refuseSameContent: false', 'refuseSameContent: true'),
  });
});
afterAll(() => place.close());

function attest(reference: string): string {
  return (
    '{"seq":1,"ticket":"7d1c0b8e-0000-4000-8000-000000000921","legalContext":"FAMILY_BENEFITS_RIGHT","ssin":"74031295170",' +
    '"sender":{"sector":18,"institution":0},"attest":"UNEMPLOYED","status":0,"period":{"begin":"2025-11-01","end":null},' +
    `"longTerm":false,"ref":"${reference}"}\n`
  );
}

/** Takes the answers to a file out of the mailbox, as a machine does that has read them. */
async function emptyMailbox(folder: string): Promise<void> {
  const machine = await SftpClient.open(place.gateway, 'batch@ksz');
  for (const name of await machine.list(folder)) await machine.remove(`${folder}/${name}`);
  machine.close();
}

async function countOf(kind: string, ticket: string): Promise<number> {
  return (await place.audit.all({ kind, fields: { ticket } })).length;
}

describe.skipIf(!hasTool('openssl'))('the same name and the same bytes again', () => {
  for (const account of ['anna@ksz', 'batch@ksz']) {
    test(`by ${account} get the same receipt, byte for byte, and no second delivery`, async () => {
      const [channel, name] = [{ ...KSZ_R, account }, `ADRM twice by ${account}.csv`];
      await handIn(place, channel, { [name]: adrm(goodRow(1)) });
      const { receipt } = await answeredWhole(place, KSZ_R, name);
      const { ticket, answer } = receipt;
      const client = await place.client(account);
      const signature = await client.get(`/OUT/ADRM/${answer.name}.p7s`);
      await emptyMailbox('/OUT/ADRM');
      await handIn(place, channel, { [name]: adrm(goodRow(1)) });
      await place.audit.line({ kind: 'submission-again', outcome: 'done', fields: { ticket, file: name } });
      expect((await client.get(`/OUT/ADRM/${answer.name}`)).toString()).toBe(answer.text);
      expect(await client.get(`/OUT/ADRM/${answer.name}.p7s`)).toEqual(signature);
      expect([await countOf('submission', ticket), await countOf('delivery', ticket)]).toEqual([1, 1]);
      expect(await place.audit.all({ kind: 'submission', fields: { file: name } })).toHaveLength(1);
    });
  }

  test('of a set get the same receipt and no second delivery', async () => {
    const { fi, go } = setNames({ serial: 'A0001' });
    const files = { [fi]: adrm(goodRow(1)), [go]: '' };
    await handIn(place, KSZ_T, files);
    const { receipt } = await answeredWhole(place, KSZ_T, go);
    const { ticket, answer } = receipt;
    await emptyMailbox('/OUTTEST/ADRM');
    await handIn(place, KSZ_T, files);
    await place.audit.line({ kind: 'submission-again', outcome: 'done', fields: { ticket } });
    const again = await (await place.client('batch@ksz')).get(`/OUTTEST/ADRM/${answer.name}`);
    expect(again.toString()).toBe(answer.text);
    expect([await countOf('submission', ticket), await countOf('delivery', ticket)]).toEqual([1, 1]);
  });

  test('of a file that was refused get the same refusal', async () => {
    const { go } = setNames({ serial: 'A0002' });
    await handIn(place, KSZ_T, { [go]: '' });
    const { ticket } = await refusedInReceipt(place, KSZ_T, go);
    await handIn(place, KSZ_T, { [go]: '' });
    await place.audit.line({ kind: 'submission-again', outcome: 'done', fields: { ticket } });
  });
});

describe.skipIf(!hasTool('openssl'))('the same name and other bytes', () => {
  test('are refused with 133 where the name is one of the batch channel, and the first stays as it was', async () => {
    const { fi, go } = setNames({ serial: 'B0001' });
    await handIn(place, KSZ_T, { [fi]: adrm(goodRow(1)), [go]: '' });
    const first = await answeredWhole(place, KSZ_T, go);
    await handIn(place, KSZ_T, { [fi]: adrm(goodRow(2)), [go]: '' });
    const mailbox = await place.mailbox(KSZ_T.account, KSZ_T.mailbox);
    const second = await mailbox.receipt(go, [first.receipt.ticket]);
    expect([second.resultCode, second.errors.map(({ code }) => code)]).toEqual([0, ['133']]);
    await place.audit.line({
      kind: 'submission',
      outcome: 'refused',
      fields: { ticket: second.ticket, codes: ['133'] },
    });
    expect([await countOf('delivery', first.receipt.ticket), await countOf('delivery', second.ticket)]).toEqual([1, 0]);
  });

  test('are refused with 133 where the flow says that its names are unique', async () => {
    await handIn(place, RVA_R, { 'WLAT name.jsonl': attest('REF-1') });
    const first = await answeredWhole(place, RVA_R, 'WLAT name.jsonl');
    await handIn(place, RVA_R, { 'WLAT name.jsonl': attest('REF-2') });
    const second = await (await place.mailbox(RVA_R.account, RVA_R.mailbox)).receipt('WLAT name.jsonl', [
      first.receipt.ticket,
    ]);
    expect(second.errors.map(({ code }) => code)).toEqual(['133']);
    await handIn(place, RVA_R, { 'WLAT other name.jsonl': attest('REF-2') });
    expect((await answeredWhole(place, RVA_R, 'WLAT other name.jsonl')).notification.state).toBe('accepted');
  });

  test('are a new submission where names may be used again, and so are the first bytes after them', async () => {
    const tickets: string[] = [];
    for (const row of [goodRow(1), goodRow(2), goodRow(1)]) {
      await handIn(place, KSZ_R, { 'ADRM state.csv': adrm(row) });
      const { receipt, notification } = await answeredWhole(place, KSZ_R, 'ADRM state.csv', tickets);
      expect([notification.state, await countOf('delivery', receipt.ticket)]).toEqual(['accepted', 1]);
      tickets.push(receipt.ticket);
    }
    expect(new Set(tickets).size).toBe(3);
  });

  test('are taken where the first were refused in their receipt: they never had the name', async () => {
    const { fi, go } = setNames({ serial: 'B0002' });
    await handIn(place, KSZ_T, { [go]: '' });
    const { ticket } = await refusedInReceipt(place, KSZ_T, go);
    await handIn(place, KSZ_T, { [fi]: adrm(goodRow(1)), [go]: '' });
    expect((await answeredWhole(place, KSZ_T, go, [ticket])).notification.state).toBe('accepted');
  });
});

describe.skipIf(!hasTool('openssl'))('the same bytes under another name', () => {
  test('are a new submission, unless the flow refuses the same content: then 133', async () => {
    await handIn(place, KSZ_R, { 'ADRM one.csv': adrm(goodRow(7)), 'ADRM two.csv': adrm(goodRow(7)) });
    const [one, two] = [
      await answeredWhole(place, KSZ_R, 'ADRM one.csv'),
      await answeredWhole(place, KSZ_R, 'ADRM two.csv'),
    ];
    expect(one.receipt.ticket).not.toBe(two.receipt.ticket);
    expect([await countOf('delivery', one.receipt.ticket), await countOf('delivery', two.receipt.ticket)]).toEqual([
      1, 1,
    ]);
    await handIn(place, RVA_R, { 'WLAT first.jsonl': attest('REF-9') });
    expect((await answeredWhole(place, RVA_R, 'WLAT first.jsonl')).notification.state).toBe('accepted');
    await handIn(place, RVA_R, { 'WLAT second.jsonl': attest('REF-9') });
    const { errors } = await refusedInReceipt(place, RVA_R, 'WLAT second.jsonl');
    expect(errors.map(({ code }) => code)).toEqual(['133']);
  });
});
