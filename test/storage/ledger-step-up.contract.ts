import { describe, expect, test } from 'vitest';
import type { LedgerCommand, StepUpRow } from '../../src/storage/commands.ts';
import type { Ledger } from '../../src/storage/ledger.ts';
import { audit, newLedger, type OpenLedger } from './ledger-fixture.ts';

const [HERE, THERE] = ['192.0.2.7', '192.0.2.8'];

function grant(fingerprint: string, address: string, forMs: number, principal = 'anna@ksz'): LedgerCommand {
  return { kind: 'grantStepUp', fingerprint, address, principal, forMs };
}

function use(counter: number, principal = 'anna@ksz'): LedgerCommand {
  return { kind: 'useCode', principal, counter };
}

async function grants(ledger: Ledger, now: number): Promise<readonly string[]> {
  const rows: readonly StepUpRow[] = await ledger.read({ kind: 'stepUps', now });
  return rows.map(({ fingerprint, address, principal, until }) => `${fingerprint} ${address} ${principal} ${until}`);
}

/** What every ledger promises of second factors. */
export function stepUpContract(open: OpenLedger): void {
  describe('a step-up', () => {
    test('runs by the clock of the ledger, begins anew when it is given again, and ends', async () => {
      const { ledger, clock } = await newLedger(open);
      const { at } = clock;
      await ledger.commit([grant('a', HERE, 1000), grant('a', THERE, 2000), grant('b', HERE, 3000.9, 'bram@ksz')]);
      const all = [`a ${HERE} anna@ksz ${at + 1000}`, `a ${THERE} anna@ksz ${at + 2000}`];
      const bram = `b ${HERE} bram@ksz ${at + 3000}`;
      expect(await grants(ledger, at)).toEqual([...all, bram]);
      expect(await grants(ledger, at + 999)).toEqual([...all, bram]);
      expect(await grants(ledger, at + 1000)).toEqual([all[1], bram]);
      clock.at += 500;
      await ledger.commit([grant('a', HERE, 1000, 'carl@ksz')]);
      expect(await grants(ledger, clock.at)).toContain(`a ${HERE} carl@ksz ${at + 1500}`);
    });

    test('ends at one address or at all; one that is not there is no error', async () => {
      const { ledger, clock } = await newLedger(open);
      await ledger.commit([grant('a', HERE, 1000), grant('a', THERE, 1000), grant('b', HERE, 1000)]);
      await ledger.commit([{ kind: 'endStepUp', fingerprint: 'a', address: HERE }]);
      expect((await grants(ledger, clock.at)).map((row) => row.slice(0, 11))).toEqual([`a ${THERE}`, `b ${HERE}`]);
      await ledger.commit([
        { kind: 'endStepUp', fingerprint: 'b' },
        { kind: 'endStepUp', fingerprint: 'none' },
      ]);
      expect(await grants(ledger, clock.at)).toHaveLength(1);
    });
  });

  describe('a one-time code', () => {
    test('is used once, and none before it; each principal has his own', async () => {
      const { ledger, clock } = await newLedger(open);
      await ledger.commit([use(7)]);
      for (const counter of [7, 6, 0]) {
        const commands = [audit(), grant('a', HERE, 1000), use(counter)];
        await expect(ledger.commit(commands)).rejects.toMatchObject({ code: 'precondition-failed' });
      }
      expect(await grants(ledger, clock.at)).toEqual([]);
      expect(await ledger.read({ kind: 'auditLines', from: 1, limit: 9 })).toEqual([]);
      await ledger.commit([use(8), use(7, 'bram@ksz')]);
      await expect(ledger.commit([use(8)])).rejects.toMatchObject({ code: 'precondition-failed' });
    });
  });
}
