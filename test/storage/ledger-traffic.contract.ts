import { describe, expect, test } from 'vitest';
import type { IsoDate } from '../../src/domain/period.ts';
import type { LedgerCommand } from '../../src/storage/commands.ts';
import { newLedger, type OpenLedger, partner } from './ledger-fixture.ts';

const [RJV, KBF] = [partner('rjv'), partner('kbf')];
const day = (text: string) => text as IsoDate;
const [FIRST, SECOND] = [day('2026-11-27'), day('2026-11-28')];

function count(who: typeof RJV, on: IsoDate, bytesIn: number, bytesOut: number, forgetBefore = FIRST): LedgerCommand {
  return { kind: 'countTraffic', rows: [{ partner: who, day: on, bytesIn, bytesOut }], forgetBefore };
}

/** What every ledger promises of the bytes of partners. */
export function trafficContract(open: OpenLedger): void {
  describe('bytes of partners', () => {
    test('add up by partner and day, the latest day first', async () => {
      const { ledger } = await newLedger(open);
      await ledger.commit([count(RJV, FIRST, 5, 7), count(KBF, SECOND, 1, 0)]);
      await ledger.commit([count(RJV, FIRST, 10, 0), count(RJV, SECOND, 0, 3_000_000_000_000)]);
      expect(await ledger.read({ kind: 'traffic', from: FIRST, limit: 9 })).toEqual([
        { partner: KBF, day: SECOND, bytesIn: 1, bytesOut: 0 },
        { partner: RJV, day: SECOND, bytesIn: 0, bytesOut: 3_000_000_000_000 },
        { partner: RJV, day: FIRST, bytesIn: 15, bytesOut: 7 },
      ]);
      expect(await ledger.read({ kind: 'traffic', from: SECOND, limit: 1 })).toHaveLength(1);
    });

    test('of days long ago are forgotten', async () => {
      const { ledger } = await newLedger(open);
      await ledger.commit([count(RJV, FIRST, 5, 7), count(RJV, SECOND, 1, 1, SECOND)]);
      expect(await ledger.read({ kind: 'traffic', from: FIRST, limit: 9 })).toHaveLength(1);
    });
  });
}
