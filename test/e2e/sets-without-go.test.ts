import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  adrm,
  answeredWhole,
  ExchangePlace,
  goodRow,
  handIn,
  KSZ_T,
  refusedInReceipt,
  setNames,
} from '../support/exchange-place.ts';
import { hasTool } from '../support/tools.ts';

let place: ExchangePlace;

/** Six seconds: long enough for a GO that is sent at once, also on a slow machine. */
beforeAll(async () => {
  place = await ExchangePlace.open({
    'gateway.yaml': (text) => text.replace('setWithoutGoMinutes: 1440', 'setWithoutGoMinutes: 0.1'),
  });
});
afterAll(() => place?.close());

describe.skipIf(!hasTool('openssl'))('files of a set whose GO does not come', () => {
  test('are answered with 130: FI and FS together, each alone by itself; the same set with GO is taken', async () => {
    const [both, onlyFi, onlyFs, whole] = ['A0001', 'A0002', 'A0003', 'A0004'].map((serial) => setNames({ serial }));
    if (both === undefined || onlyFi === undefined || onlyFs === undefined || whole === undefined) throw new Error();
    await handIn(place, KSZ_T, { [both.fs]: 'c2lnbmF0dXJl', [both.fi]: adrm(goodRow(1)) });
    await handIn(place, KSZ_T, { [onlyFi.fi]: adrm(goodRow(2)), [onlyFs.fs]: 'c2lnbmF0dXJl' });
    await handIn(place, KSZ_T, { [whole.fi]: adrm(goodRow(3)), [whole.fs]: 'c2lnbmF0dXJl', [whole.go]: '' });
    expect((await answeredWhole(place, KSZ_T, whole.go)).notification.state).toBe('accepted');
    for (const name of [both.fi, onlyFi.fi, onlyFs.fs]) {
      const { errors } = await refusedInReceipt(place, KSZ_T, name);
      expect(errors.map(({ code }) => code)).toEqual(['130']);
    }
    // FS of the first set was answered with its FI: there is nothing that a TD could take back.
    await handIn(place, KSZ_T, { [both.td]: '' });
    expect((await refusedInReceipt(place, KSZ_T, both.td)).errors.map(({ code }) => code)).toEqual(['157']);
    expect(await place.audit.all({ kind: 'submission', fields: { file: both.fs } })).toEqual([]);
  });

  test('are taken when they come again with GO: they never had the name', async () => {
    const { fi, go } = setNames({ serial: 'B0001' });
    await handIn(place, KSZ_T, { [fi]: adrm(goodRow(1)) });
    await refusedInReceipt(place, KSZ_T, fi);
    await handIn(place, KSZ_T, { [fi]: adrm(goodRow(1)), [go]: '' });
    expect((await answeredWhole(place, KSZ_T, go)).notification.state).toBe('accepted');
  });
});
