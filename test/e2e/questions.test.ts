import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WITH_TARIFF } from '../support/exchange-kinds.ts';
import { type Channel, ExchangePlace, handIn } from '../support/exchange-place.ts';

const [SOCQ, SOCR] = await Promise.all(
  ['5a_SOCQ_request.csv', '5b_SOCR_answer.csv'].map((name) => readFile(`test/fixtures/samples/${name}`, 'utf8')),
);
const ECO: Channel = { account: 'batch@eco', intake: '/IN/SOCQ', mailbox: '/OUT/SOCQ' };
const KSZ: Channel = { account: 'batch@ksz', intake: '/IN/SOCR', mailbox: '/OUT/SOCR' };
const UUID = '7d1c0b8e-0000-4000-8000-0000000000';

let place: ExchangePlace;

beforeAll(async () => {
  place = await ExchangePlace.open(WITH_TARIFF, true);
});
afterAll(() => place.close());

async function sent(channel: Channel, name: string, text: string) {
  const mailbox = await handIn(place, channel, { [name]: text });
  const receipt = await mailbox.receipt(name);
  if (receipt.resultCode !== 1) throw new Error(JSON.stringify(receipt.errors));
  const { ticket } = receipt;
  return { ticket, notification: await mailbox.notification(name, ticket) };
}

const refusals = (notification: Awaited<ReturnType<typeof sent>>['notification']) =>
  notification.refused.map(({ record, faults }) => [record, ...faults.map(({ code }) => code)]);

/** The samples with references of their own. */
const named = (text: string | undefined, name: string) => (text ?? '').replaceAll('E-00000', `${name}-00000`);

describe('questions and answers, through the whole gateway', () => {
  test('the sample is asked at its source, answered, and its answers reach the asker alone', async () => {
    const asked = await sent(ECO, 'SOCQ_1.csv', SOCQ ?? '');
    expect(asked.notification.records).toEqual({ total: 3, accepted: 3, refused: 0, withoutReceiver: 0 });
    const atSource = await (await place.mailbox('batch@ksz', '/OUT/SOCQ')).delivery(asked.ticket);
    expect(atSource.text.split('\n').slice(0, 2)).toEqual([
      'record_no;customer_ref;ssin;quarter;question_ticket',
      `1;E-0000001;74031295170;2026Q1;${asked.ticket}-1`,
    ]);
    const answered = await sent(KSZ, 'SOCR_1.csv', SOCR ?? '');
    expect(answered.notification.records).toEqual({ total: 3, accepted: 3, refused: 0, withoutReceiver: 0 });
    const atAsker = await (await place.mailbox('batch@eco', '/OUT/SOCR')).delivery(answered.ticket);
    expect(atAsker.text).toBe(
      [
        'record_no;customer_ref;ssin;quarter;status_code;entitled;valid_from;valid_to;new_ssin',
        '1;E-0000001;74031295170;2026Q1;MSG00000;Y;2026-01-01;2026-03-31;',
        '2;E-0000002;85113098277;2026Q1;MSG00000;N;;;',
        '3;E-0000003;68451597725;2026Q1;MSG00006;;;;00022993779',
        '',
      ].join('\n'),
    );
    const again = await sent(KSZ, 'SOCR_2.csv', (SOCR ?? '').replace(';Y;', ';N;'));
    expect(refusals(again.notification)).toEqual([1, 2, 3].map((record) => [record, '300040']));
    expect(await (await place.mailbox('batch@eco', '/OUT/SOCR')).deliveries(again.ticket)).toEqual([]);
  });

  test('partial answers come in other files and in other order, by reference or by ticket', async () => {
    const asked = await sent(ECO, 'SOCQ_2.csv', named(SOCQ, 'F'));
    const header = (SOCR ?? '').split('\n')[0];
    const two = `1;F-0000002;85113098277;2026Q1;MSG00000;N;;;;${UUID}02\n`;
    const second = await sent(KSZ, 'SOCR_3.csv', `${header}\n${two}`);
    expect(second.notification.state).toBe('accepted');
    const three = `1;F-0000003;00022993779;2026Q1;MSG00000;N;;;;${UUID}03;${asked.ticket}-3\n`;
    const one = `2;F-0000001;74031295170;2026Q1;MSG00000;N;;;;${UUID}01;${asked.ticket}-1\n`;
    const other = `3;F-0000001;74031295170;2026Q1;MSG00000;N;;;;${UUID}01;${asked.ticket}-2\n`;
    const rest = await sent(KSZ, 'SOCR_4.csv', `${header};question_ticket\n${three}${one}${other}`);
    expect(refusals(rest.notification)).toEqual([[3, 'MSG00013']]);
    const got = await (await place.mailbox('batch@eco', '/OUT/SOCR')).delivery(rest.ticket);
    expect(got.text.split('\n').map((line) => line.split(';')[1])).toEqual([
      'customer_ref',
      'F-0000003',
      'F-0000001',
      undefined,
    ]);
  });

  test('a question that is open is not asked twice, and one that nobody asked is not answered', async () => {
    await sent(ECO, 'SOCQ_3.csv', named(SOCQ, 'G'));
    const again = await sent(ECO, 'SOCQ_4.csv', named(SOCQ, 'G').replaceAll('0900000147', '0912345673'));
    expect(refusals(again.notification)).toEqual([1, 2, 3].map((record) => [record, '300040']));
    const unasked = await sent(KSZ, 'SOCR_5.csv', named(SOCR, 'H'));
    expect(refusals(unasked.notification)).toEqual([1, 2, 3].map((record) => [record, 'MSG00013']));
    expect(unasked.notification.state).toBe('rejected');
  });
});
