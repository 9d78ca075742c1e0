import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  answeredWhole,
  type Channel,
  ExchangePlace,
  handIn,
  KSZ_R,
  KSZ_T,
  refusedInReceipt,
} from '../support/exchange-place.ts';
import { hasTool } from '../support/tools.ts';

/** Address mutations in fixed width, whose header numbers the files of their sender. */
const FORMAT = `format:
  kind: fixed-width
  charset: iso-8859-1
  recordLength: 52
  lineEnd: lf
  recordType: 1
  header: { type: H, fields: [{ name: lot, columns: 2-9, is: lot }, { name: environment, columns: 10, is: environment }] }
  detail: { type: D }
  trailer: { type: T, count: 2-8 }

layouts:
  - version: "1"
    validFrom: 2020-01-01
    fields:
      - { name: record_no, type: integer, maxDigits: 7, columns: 2-8 }
      - { name: ssin, type: insz, columns: 9-19 }
      - { name: effective_date, type: date, columns: 20-29 }
      - { name: street, type: text, maxLength: 20, columns: 30-49 }
      - { name: quality_code, type: digits, length: 3, columns: 50-52 }
    roles: { number: record_no, person: ssin, periodBegin: effective_date, quality: quality_code }

blocks:
  key: [record_no, ssin, effective_date]
  address: [street]
  quality: [quality_code]
`;

let place: ExchangePlace;

beforeAll(async () => {
  place = await ExchangePlace.open({ 'flows/ADRM.yaml': (text) => text.slice(0, text.indexOf('format:')) + FORMAT });
});
afterAll(() => place?.close());

/** A file of one record. */
function file(lot: string, letter = 'R', street = 'Proefstraat', count = '0000001'): string {
  const detail = `D000000174031295170${'2026-01-05'}${street.padEnd(20)}010`;
  return [`H${lot}${letter}`, detail, `T${count}`, ''].map((line) => (line === '' ? '' : line.padEnd(52))).join('\n');
}

async function taken(name: string, bytes: string, channel: Channel = KSZ_R) {
  await handIn(place, channel, { [name]: bytes });
  const { receipt, notification } = await answeredWhole(place, channel, name);
  expect(notification.state).toBe('accepted');
  const told = (notification.information ?? []).map(({ record, ticket, faults }) => {
    expect([record, ticket]).toEqual([0, receipt.ticket]);
    return faults.flatMap(({ code, severity, text }) => [code, severity, /\(([-\d]+)\)$/.exec(text)?.[1]]);
  });
  return told.flat();
}

async function refusal(name: string, bytes: string, channel: Channel = KSZ_R) {
  await handIn(place, channel, { [name]: bytes });
  const { errors } = await refusedInReceipt(place, channel, name);
  return errors.flatMap(({ code, text }) => [code, /\(([^)]*)\)$/.exec(text)?.[1]]);
}

describe.skipIf(!hasTool('openssl'))('a lot', () => {
  test('is taken once; one that was refused never took its number, and another environment counts for itself', async () => {
    expect(await refusal('ADRM a0.csv', file('00000041', 'R', 'Proefstraat', '0000009'))).toEqual([
      '312',
      '#3 count 9 ≠ 1',
    ]);
    expect(await taken('ADRM a1.csv', file('00000041'))).toEqual([]);
    expect(await refusal('ADRM a2.csv', file('00000041', 'R', 'Voorbeeldlaan'))).toEqual(['200000', '41']);
    expect(await taken('ADRM a3.csv', file('00000042', 'R', 'Voorbeeldlaan'))).toEqual([]);
    expect(await taken('ADRM a4.csv', file('00000041', 'T'), KSZ_T)).toEqual([]);
  });

  test('that leaves others out is processed, and its notification names those; each may still come', async () => {
    expect(await taken('ADRM b1.csv', file('00000046'))).toEqual(['200001', 'information', '43-45']);
    expect(await taken('ADRM b2.csv', file('00000044'))).toEqual(['200001', 'information', '43']);
    expect(await taken('ADRM b3.csv', file('00000043'))).toEqual([]);
    expect(await taken('ADRM b4.csv', file('00000045'))).toEqual([]);
    expect(await taken('ADRM b5.csv', file('00000047'))).toEqual([]);
  });

  test('has a number above zero', async () => {
    expect(await refusal('ADRM c1.csv', file('00000000'))).toEqual(['312', '#1 lot N8 > 0']);
    expect(await refusal('ADRM c2.csv', file('4000000A'))).toEqual(['312', '#1 lot N8 > 0']);
    expect(await taken('ADRM c3.csv', file('00000048'))).toEqual([]);
  });

  test('of which two files come at once is one of them', async () => {
    await handIn(place, KSZ_R, {
      'ADRM d1.csv': file('00000049', 'R', 'Proefstraat'),
      'ADRM d2.csv': file('00000049', 'R', 'Voorbeeldlaan'),
    });
    const mailbox = await place.mailbox(KSZ_R.account, KSZ_R.mailbox);
    const receipts = await Promise.all(['ADRM d1.csv', 'ADRM d2.csv'].map((name) => mailbox.receipt(name)));
    expect(receipts.map(({ errors }) => errors.map(({ code }) => code)).toSorted()).toEqual([[], ['200000']]);
  });
});
