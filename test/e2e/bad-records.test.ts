import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Notification } from '../support/answers.ts';
import {
  adrm,
  adrmDelivered,
  answeredWhole,
  type Channel,
  ExchangePlace,
  goodRow,
  goodRowDelivered,
  handIn,
  KSZ_R,
  KSZ_T,
} from '../support/exchange-place.ts';
import { takeUp } from '../support/reload.ts';
import { hasTool } from '../support/tools.ts';

let place: ExchangePlace;

beforeAll(async () => {
  place = await ExchangePlace.open();
});
afterAll(() => place.close());

type Fault = readonly [field: string, code: string];

/** Hands in these records and gives back what the sender and RJV got, and what the log says. */
async function exchange(name: string, rows: readonly string[], channel: Channel = KSZ_R) {
  await handIn(place, channel, { [name]: adrm(...rows) });
  const { receipt, notification } = await answeredWhole(place, channel, name);
  const { ticket } = receipt;
  const receiver = await place.mailbox('batch@rjv', channel.mailbox);
  const isDelivered = (await place.audit.all({ kind: 'delivery', fields: { ticket } })).length === 1;
  const delivered = isDelivered ? (await receiver.delivery(ticket)).text : undefined;
  if (!isDelivered) expect(await receiver.deliveries(ticket)).toEqual([]);
  return { ticket, notification, delivered };
}

function refusals({ refused, ticket }: Notification): readonly (readonly [number, readonly Fault[]])[] {
  return refused.map((entry) => {
    expect(entry.ticket).toBe(`${ticket}-${entry.record}`);
    return [entry.record, entry.faults.map(({ field, code }): Fault => [field, code])];
  });
}

/**
 * The second of three records with something wrong, and the same record put right; what can be wrong stands in
 * `bad-input/`.
 */
const RECORDS: readonly {
  readonly what: string;
  readonly wrong: string;
  readonly right: string;
  readonly faults: readonly Fault[];
}[] = [
  {
    what: 'a day that does not exist',
    wrong: goodRow(2).replace('2026-01-05', '2026-02-30'),
    right: goodRow(2),
    faults: [['effective_date', 'MSG00008']],
  },
  {
    what: 'everything wrong at once',
    wrong: goodRow(2)
      .replace('74031295170', '74031295171')
      .replace('2026-01-05', '2026-02-30')
      .replace(';ADR;', ';ADX;'),
    right: goodRow(2),
    faults: [
      ['ssin', 'MSG00011'],
      ['mutation_code', '000050'],
      ['effective_date', 'MSG00008'],
    ],
  },
];

describe.skipIf(!hasTool('openssl'))('a record with', () => {
  test.each(RECORDS)(
    '$what is refused with its reasons, and the rest goes on',
    async ({ what, wrong, right, faults }) => {
      const bad = await exchange(`ADRM ${what}.csv`, [goodRow(1), wrong, goodRow(3)]);
      expect(refusals(bad.notification)).toEqual([[2, faults]]);
      expect(bad.notification.state).toBe('partially-accepted');
      expect(bad.notification.records).toEqual({ total: 3, accepted: 2, refused: 1, withoutReceiver: 0 });
      expect(bad.delivered).toBe(adrmDelivered(goodRowDelivered(1), goodRowDelivered(3)));
      const good = await exchange(`ADRM ${what} right.csv`, [goodRow(1), right, goodRow(3)]);
      expect([good.notification.state, refusals(good.notification)]).toEqual(['accepted', []]);
      expect(good.delivered).toBe(adrmDelivered(goodRowDelivered(1), goodRowDelivered(2), goodRowDelivered(3)));
    },
  );

  test('a real person’s number is refused in T as one nobody knows, and a synthetic one is taken', async () => {
    const real = goodRow(2).replace('74031295170', '74031200150');
    const { notification, delivered } = await exchange('ADRM real.csv', [goodRow(1), real], KSZ_T);
    expect(refusals(notification)).toEqual([[2, [['ssin', 'MSG00005']]]]);
    expect(delivered).toBe(adrmDelivered(goodRowDelivered(1)));
  });

  test('nothing right in any record: the whole is rejected, and nobody gets an empty file', async () => {
    const wrong = goodRow(1).replace('2026-01-05', '2026-02-30');
    const { notification, delivered } = await exchange('ADRM nothing.csv', [wrong]);
    expect([notification.state, delivered]).toEqual(['rejected', undefined]);
    expect(notification.records).toEqual({ total: 1, accepted: 0, refused: 1, withoutReceiver: 0 });
  });
});

describe.skipIf(!hasTool('openssl'))('a record that is right', () => {
  test('of a person its receiver does not know counts as without receiver, and is not a fault', async () => {
    const stranger = goodRow(2).replace('74031295170', '60000094128');
    const { notification, delivered } = await exchange('ADRM stranger.csv', [goodRow(1), stranger]);
    expect([notification.state, refusals(notification)]).toEqual(['accepted', []]);
    expect(notification.records).toEqual({ total: 2, accepted: 2, refused: 0, withoutReceiver: 1 });
    expect(delivered).toBe(adrmDelivered(goodRowDelivered(1)));
  });

  test('reaches its receiver only for a day on which that one knew the person, with its own quality and period', async () => {
    const after = goodRow(1).replace('74031295170', '91220892329');
    const within = goodRow(2).replace('74031295170', '91220892329').replace('2026-01-05', '2020-12-31');
    const { notification, delivered } = await exchange('ADRM then.csv', [after, within]);
    expect(notification.records).toEqual({ total: 2, accepted: 2, refused: 0, withoutReceiver: 1 });
    const row = within.replace(';RR;010;2019-04-01;', ';010;2016-02-01;2020-12-31');
    expect(delivered).toBe(adrmDelivered(row));
  });

  test('of a replaced number is delivered with both numbers, and its sender is told', async () => {
    const old = goodRow(1).replace('74031295170', '68451597725');
    const { notification, delivered } = await exchange('ADRM replaced.csv', [old]);
    expect([notification.state, notification.records.accepted]).toEqual(['accepted', 1]);
    expect(notification.information?.map((entry) => [entry.record, entry.faults.map(({ code }) => code)])).toEqual([
      [1, ['MSG00006']],
    ]);
    const row = old
      .replace('68451597725;;', '68451597725;00022993779;')
      .replace(';RR;010;2019-04-01;', ';010;2025-10-01;2026-12-31');
    expect(delivered).toBe(adrmDelivered(row));
  });
});

describe.skipIf(!hasTool('openssl'))('an authorization', () => {
  const AUTHORIZATION = 'authorizations/adrm-ksz-rjv.yaml';

  test('that has ended refuses every record with 300010, and one that ends later does not', async () => {
    const begun = /^from: 2020-01-01$/m;
    const ended = await takeUp(place.gateway, AUTHORIZATION, (text) =>
      text.replace(begun, 'from: 2020-01-01\nuntil: 2025-12-31'),
    );
    const late = await exchange('ADRM late.csv', [goodRow(1), goodRow(2)]);
    expect(refusals(late.notification)).toEqual([
      [1, [['ssin', '300010']]],
      [2, [['ssin', '300010']]],
    ]);
    expect([late.notification.state, late.notification.generation]).toEqual(['rejected', ended]);
    expect(late.delivered).toBeUndefined();
    await takeUp(place.gateway, AUTHORIZATION, (text) => text.replace('until: 2025-12-31', 'until: 2099-12-31'));
    const twin = await exchange('ADRM in time.csv', [goodRow(1), goodRow(2)]);
    expect([twin.notification.state, twin.delivered]).toEqual([
      'accepted',
      adrmDelivered(goodRowDelivered(1), goodRowDelivered(2)),
    ]);
  });

  test('that gives one block less leaves exactly those columns out', async () => {
    await takeUp(place.gateway, AUTHORIZATION, (text) =>
      text.replace('blocks: [key, address, quality]', 'blocks: [key, address]'),
    );
    const { delivered } = await exchange('ADRM less.csv', [goodRow(1)]);
    const without = (text: string) => text.replace(/;[^;\n]*;[^;\n]*;[^;\n]*$/gm, '');
    expect(delivered).toBe(without(adrmDelivered(goodRowDelivered(1))));
    expect(delivered?.split('\n')[0]).toMatch(/;country_nis$/);
  });

  test('that does not name the environment refuses its records alone', async () => {
    await takeUp(place.gateway, AUTHORIZATION, (text) => text.replace('environments: [R, T, S]', 'environments: [R]'));
    const inT = await exchange('ADRM env.csv', [goodRow(1)], KSZ_T);
    expect(refusals(inT.notification)).toEqual([[1, [['ssin', '300010']]]]);
    expect((await exchange('ADRM env.csv', [goodRow(1)])).notification.state).toBe('accepted');
  });
});
