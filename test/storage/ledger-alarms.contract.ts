import { describe, expect, test } from 'vitest';
import type { LedgerCommand } from '../../src/storage/commands.ts';
import type { Ledger } from '../../src/storage/ledger.ts';
import { AT, newLedger, type OpenLedger, partner } from './ledger-fixture.ts';

const [RJV, KBF] = [partner('rjv'), partner('kbf')];
const HOUR = { window: 'hour', since: AT } as const;
const DAY = { window: 'day', since: AT } as const;

function count(
  by: number,
  of: { readonly window: 'hour' | 'day'; readonly since: number } = HOUR,
  who = RJV,
): LedgerCommand {
  const line = { kind: 'unknown-persons', outcome: 'refused', fields: { partner: who } } as const;
  return { kind: 'countUnknownPersons', partner: who, of, count: by, threshold: 10, line, forgetBefore: AT - 1000 };
}

async function lines(ledger: Ledger) {
  const all = await ledger.read({ kind: 'auditLines', from: 1, limit: 100 });
  return all.map(({ fields }) => [fields.partner, fields.count, fields.since]);
}

/** What every ledger promises of counts that raise an alarm. */
export function alarmsContract(open: OpenLedger): void {
  describe('persons that a partner does not know', () => {
    test('are counted by partner and window, and the commit that reaches the threshold alone says so', async () => {
      const { ledger } = await newLedger(open);
      expect((await ledger.commit([count(9)])).counters).toEqual({});
      expect((await ledger.commit([count(9, HOUR, KBF), count(9, DAY)])).counters).toEqual({});
      expect(await lines(ledger)).toEqual([]);
      expect((await ledger.commit([count(4)])).counters).toEqual({ hour: 13 });
      expect((await ledger.commit([count(50)])).counters).toEqual({});
      expect(await lines(ledger)).toEqual([['rjv', 13, new Date(AT).toISOString()]]);
      const found = await ledger.read({ kind: 'unknownPersons', windows: [HOUR, DAY], limit: 9 });
      expect(found).toEqual([
        { partner: RJV, ...HOUR, count: 63 },
        { partner: KBF, ...HOUR, count: 9 },
        { partner: RJV, ...DAY, count: 9 },
      ]);
    });

    test('of windows that are over long ago are forgotten', async () => {
      const { ledger } = await newLedger(open);
      const [old, kept] = [
        { ...HOUR, since: AT - 1001 },
        { ...HOUR, since: AT - 1000 },
      ];
      await ledger.commit([count(3, old), count(3, kept), count(3)]);
      const found = await ledger.read({ kind: 'unknownPersons', windows: [old, kept, HOUR], limit: 9 });
      expect(found.map(({ since }) => since - AT).toSorted((one, other) => one - other)).toEqual([-1000, 0]);
    });
  });
}
