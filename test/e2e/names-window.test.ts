import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  adrm,
  answeredWhole,
  dayInNames,
  ExchangePlace,
  goodRow,
  handIn,
  KSZ_R,
  KSZ_T,
  refusedInReceipt,
  setNames,
} from '../support/exchange-place.ts';
import { makeFolder, startIn } from '../support/gateway.ts';
import { quickSettling } from '../support/settle.ts';
import { hasTool } from '../support/tools.ts';

const DAY_MS = 86_400_000;

let folder: string;
let place: ExchangePlace;

beforeAll(async () => {
  folder = await makeFolder({
    'gateway.yaml': quickSettling,
    'flows/ADRM.yaml': (text) =>
      text.replace('namesWindowDays: 180', 'namesWindowDays: 90').replace('[upload, go-file]', '[go-file]'),
  });
  place = ExchangePlace.of(await startIn(folder));
});
afterAll(() => place?.close());

/** What was received under a name happened so many days earlier. */
function age(fileName: string, days: number): void {
  const ledger = new DatabaseSync(join(folder, 'var', 'ledger.sqlite'));
  try {
    const change = ledger.prepare('UPDATE submission SET received_at = received_at - ? WHERE file_name = ?');
    expect(change.run(days * DAY_MS, fileName).changes).toBe(1);
  } finally {
    ledger.close();
  }
}

describe.skipIf(!hasTool('openssl'))('a flow that takes sets', () => {
  test('knows their names for as long as it says: other bytes are refused with 133 until then, and taken after', async () => {
    const [young, old] = [
      setNames({ serial: 'A0001', date: dayInNames(-100) }),
      setNames({ serial: 'A0002', date: dayInNames(-100) }),
    ];
    const tickets: string[] = [];
    for (const { fi, go } of [young, old]) {
      await handIn(place, KSZ_T, { [fi]: adrm(goodRow(1)), [go]: '' });
      tickets.push((await answeredWhole(place, KSZ_T, go)).receipt.ticket);
    }
    await place.gateway.stop();
    age(young.go, 89);
    age(old.go, 91);
    place = ExchangePlace.of(await startIn(folder));
    for (const { fi, go } of [young, old]) await handIn(place, KSZ_T, { [fi]: adrm(goodRow(2)), [go]: '' });
    const mailbox = await place.mailbox(KSZ_T.account, KSZ_T.mailbox);
    const refused = await mailbox.receipt(young.go, tickets);
    expect(refused.errors.map(({ code }) => code)).toEqual(['133']);
    expect((await answeredWhole(place, KSZ_T, old.go, tickets)).notification.state).toBe('accepted');
  }, 60_000);

  test('and nothing else answers a single file with 129 and the names it takes', async () => {
    await handIn(place, KSZ_R, { 'ADRM alone.csv': adrm(goodRow(1)) });
    const { errors } = await refusedInReceipt(place, KSZ_R, 'ADRM alone.csv');
    expect(errors.map(({ code }) => code)).toEqual(['129']);
    expect(errors[0]?.text).toMatch(/\(FI, FS, GO, TD\)$/);
    const { fi, go } = setNames({ serial: 'B0001' });
    await handIn(place, KSZ_T, { [fi]: adrm(goodRow(1)), [go]: '' });
    expect((await answeredWhole(place, KSZ_T, go)).notification.state).toBe('accepted');
  });
});
