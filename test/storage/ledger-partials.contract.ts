import { describe, expect, test } from 'vitest';
import type { LedgerCommand, PartialRow } from '../../src/storage/commands.ts';
import type { Ledger } from '../../src/storage/ledger.ts';
import { newLedger, type OpenLedger, path } from './ledger-fixture.ts';

const [ANNA, BRAM] = ['anna@ksz', 'bram@ksz'];
const FILE = path('/partners/ksz/IN/ADRM/a.csv');

function begin(contentId: string, more: { principal?: string; path?: string; max?: number } = {}): LedgerCommand {
  const { principal = ANNA, max = 10 } = more;
  return { kind: 'beginPartial', principal, path: path(more.path ?? FILE), contentId, total: 100, maxOfPrincipal: max };
}

function advance(contentId: string, size: number, principal = ANNA): LedgerCommand {
  return { kind: 'advancePartial', principal, path: FILE, contentId, size };
}

const END = { kind: 'endPartial' as const, principal: ANNA, path: FILE };

async function partial(ledger: Ledger, principal = ANNA): Promise<PartialRow | undefined> {
  return ledger.read({ kind: 'partial', principal, path: FILE });
}

/** What every ledger promises of files of which a part came in. */
export function partialsContract(open: OpenLedger): void {
  describe('a partial upload', () => {
    test('begins with nothing, has the size it is given, and knows when it was touched', async () => {
      const { ledger, clock } = await newLedger(open);
      const { at } = clock;
      await ledger.commit([begin('c1')]);
      const row = { principal: ANNA, path: FILE, contentId: 'c1', size: 0, total: 100, startedAt: at, touchedAt: at };
      expect(await partial(ledger)).toEqual(row);
      clock.at += 5;
      await ledger.commit([advance('c1', 60)]);
      expect(await partial(ledger)).toEqual({ ...row, size: 60, touchedAt: at + 5 });
      clock.at += 5;
      await ledger.commit([advance('c1', 40)]);
      expect(await partial(ledger)).toEqual({ ...row, size: 40, touchedAt: at + 10 });
    });

    test('is one for each principal and path, and there are so many for a principal', async () => {
      const { ledger } = await newLedger(open);
      await ledger.commit([begin('c1')]);
      await expect(ledger.commit([begin('c2')])).rejects.toMatchObject({ code: 'already-exists' });
      await ledger.commit([begin('c3', { principal: BRAM })]);
      expect((await partial(ledger, BRAM))?.contentId).toBe('c3');
      const second = { path: '/SHARED/work/b' };
      await expect(ledger.commit([begin('c4', { ...second, max: 1 })])).rejects.toMatchObject({ code: 'not-allowed' });
      await ledger.commit([begin('c4', { ...second, max: 2 })]);
    });

    test('that has ended, or is another content now, is not found', async () => {
      const { ledger } = await newLedger(open);
      await ledger.commit([begin('c1'), { ...END, principal: BRAM }, advance('c1', 1)]);
      for (const command of [advance('other', 2), advance('c1', 2, BRAM)]) {
        await expect(ledger.commit([command])).rejects.toMatchObject({ code: 'not-found' });
      }
      await ledger.commit([END, END]);
      expect(await partial(ledger)).toBeUndefined();
      await expect(ledger.commit([advance('c1', 2)])).rejects.toMatchObject({ code: 'not-found' });
      await ledger.commit([begin('c2'), advance('c2', 2)]);
    });

    test('that nobody went on with is found, the one left longest first', async () => {
      const { ledger, clock } = await newLedger(open);
      const { at } = clock;
      await ledger.commit([begin('c1')]);
      clock.at += 10;
      await ledger.commit([begin('c2', { path: '/SHARED/work/b' }), begin('c3', { principal: BRAM })]);
      clock.at += 10;
      await ledger.commit([advance('c3', 1, BRAM)]);
      const stale = async (before: number, limit = 9) =>
        (await ledger.read({ kind: 'stalePartials', before, limit })).map((row) => row.contentId);
      expect(await stale(at)).toEqual([]);
      expect(await stale(at + 1)).toEqual(['c1']);
      expect(await stale(at + 20)).toEqual(['c1', 'c2']);
      expect(await stale(at + 21)).toEqual(['c1', 'c2', 'c3']);
      expect(await stale(at + 21, 1)).toEqual(['c1']);
    });

    test('keeps its content from the sweeper until it ends', async () => {
      const { ledger } = await newLedger(open);
      await ledger.commit([begin('c1')]);
      const named = () => ledger.read({ kind: 'namedContents', contentIds: ['c1', 'c2'] });
      expect(await named()).toEqual(new Set(['c1']));
      await ledger.commit([END]);
      expect(await named()).toEqual(new Set());
    });
  });
}
