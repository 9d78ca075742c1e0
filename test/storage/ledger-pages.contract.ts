import { describe, expect, test } from 'vitest';
import type { Principal } from '../../src/domain/principal.ts';
import type { LedgerCommand } from '../../src/storage/commands.ts';
import type { Ledger } from '../../src/storage/ledger.ts';
import type { SubmissionFilter, SubmissionPlace } from '../../src/storage/submission-queries.ts';
import { AT, audit, newLedger, type OpenLedger, partner, path, publish, submission, ticket } from './ledger-fixture.ts';

const RVA = partner('rva');
const [FIRST, SECOND, THIRD, FOURTH] = ['000000000000A', '000000000000B', '000000000000C', '000000000000D'];
const anna: Principal = { kind: 'person', id: 'anna', partner: RVA, roles: [] };

function insert(id: string, changes: Parameters<typeof submission>[1]): LedgerCommand {
  return { kind: 'insertSubmission', submission: submission(id, changes) };
}

/** Four of rva, one of another partner, and a dry run. */
const HANDED_IN: readonly LedgerCommand[] = [
  insert(FIRST, { flow: 'ADDR', fileName: 'May.csv', receivedAt: AT + 1 }),
  insert(SECOND, { flow: 'BBON', fileName: 'june.csv', receivedAt: AT + 2, environment: 'T' }),
  insert(THIRD, { flow: 'ADDR', fileName: 'july.csv', receivedAt: AT + 2, state: 'quarantined' }),
  insert(FOURTH, { flow: 'unknown', fileName: 'maybe.txt', receivedAt: AT + 3, state: 'rejected', principal: anna }),
  insert('000000000000E', { flow: 'ADDR', partner: partner('ksz'), receivedAt: AT + 4 }),
  insert('000000000000F', { fileName: 'dry-run/x.csv', environment: 'S', receivedAt: AT + 5, state: 'accepted' }),
];

async function page(
  ledger: Ledger,
  filter: SubmissionFilter,
  { limit = 9, scan = 99, before }: { limit?: number; scan?: number; before?: SubmissionPlace | undefined } = {},
) {
  const found = await ledger.read({ kind: 'submissionPage', partner: RVA, limit, scan, before, ...filter });
  return { tickets: found.items.map((one) => one.ticket as string), before: found.before };
}

/** What every ledger promises of what pages ask. */
export function pagesContract(open: OpenLedger): void {
  describe('pages of submissions', () => {
    test('hold those of one partner and some flows, latest first, without dry runs', async () => {
      const { ledger } = await newLedger(open);
      await ledger.commit(HANDED_IN);
      const cases: readonly (readonly [SubmissionFilter, readonly string[]])[] = [
        [{ flows: ['ADDR', 'BBON', 'unknown'] }, [FOURTH, THIRD, SECOND, FIRST]],
        [{ flows: ['ADDR'] }, [THIRD, FIRST]],
        [{ flows: [] }, []],
        [{ flows: ['ADDR'], sender: anna }, [FOURTH, THIRD, FIRST]],
        [{ flows: ['ADDR'], sender: { kind: 'machine', id: 'anna' } }, [THIRD, FIRST]],
        [{ flows: ['ADDR', 'BBON'], flow: 'BBON' }, [SECOND]],
        [{ flows: ['ADDR'], flow: 'BBON' }, []],
        [{ flows: ['ADDR', 'BBON'], state: 'quarantined' }, [THIRD]],
        [{ flows: ['ADDR', 'BBON'], environment: 'T' }, [SECOND]],
        [{ flows: ['ADDR', 'BBON', 'unknown'], text: 'mAy' }, [FOURTH, FIRST]],
        [{ flows: ['ADDR', 'BBON'], text: '%' }, []],
        [{ flows: ['ADDR', 'BBON'], text: SECOND.toLowerCase() }, [SECOND]],
      ];
      for (const [filter, tickets] of cases) expect(await page(ledger, filter)).toEqual({ tickets, before: undefined });
    });

    test('go on where the one before ended, also where it looked through many that it passed over', async () => {
      const { ledger } = await newLedger(open);
      await ledger.commit(HANDED_IN);
      const all = { flows: ['ADDR', 'BBON', 'unknown'] };
      const first = await page(ledger, all, { limit: 2 });
      expect(first).toEqual({ tickets: [FOURTH, THIRD], before: { receivedAt: AT + 2, ticket: ticket(THIRD) } });
      expect(await page(ledger, all, { limit: 2, before: first.before })).toEqual({
        tickets: [SECOND, FIRST],
        before: undefined,
      });
      const may = await page(ledger, { flows: ['ADDR'], text: 'may' }, { scan: 3 });
      expect(may).toEqual({ tickets: [], before: { receivedAt: AT + 2, ticket: ticket(THIRD) } });
      expect((await page(ledger, { flows: ['ADDR'], text: 'may' }, { before: may.before })).tickets).toEqual([FIRST]);
    });

    test('of what has no answer yet, and of a stretch of time', async () => {
      const { ledger } = await newLedger(open);
      await ledger.commit(HANDED_IN);
      const waiting = await ledger.read({ kind: 'unanswered', partner: RVA, limit: 9 });
      expect(waiting.map((one) => one.ticket)).toEqual([FIRST, SECOND, THIRD]);
      const where = { partner: RVA, flow: 'ADDR', environment: 'R', limit: 9 } as const;
      const between = await ledger.read({ kind: 'submissionsIn', ...where, from: AT + 1, to: AT + 2 });
      expect(between.map((one) => one.ticket)).toEqual([FIRST]);
    });
  });

  test('lines of the log are found by the ticket they name, and readings by their path', async () => {
    const { ledger } = await newLedger(open);
    const read = (file: string, outcome: 'done' | 'refused'): LedgerCommand => ({
      kind: 'audit',
      line: { kind: 'read', outcome, fields: { path: `/OUT/${file}` } },
    });
    await ledger.commit([audit({ ticket: FIRST, n: 1 }), audit({ ticket: SECOND }), audit(), read('a', 'done')]);
    await ledger.commit([audit({ ticket: FIRST, n: 2 }), read('b', 'done'), read('a', 'refused'), read('c', 'done')]);
    const about = await ledger.read({ kind: 'linesAbout', ticket: ticket(FIRST), limit: 9 });
    expect(about.map((line) => line.fields.n)).toEqual([1, 2]);
    const readings = await ledger.read({ kind: 'readingsOf', paths: [path('/OUT/a'), path('/OUT/b')], limit: 9 });
    expect(readings.map((line) => [line.seq, line.fields.path])).toEqual([
      [4, '/OUT/a'],
      [6, '/OUT/b'],
    ]);
  });

  test('what lies at several paths is told at once', async () => {
    const { ledger } = await newLedger(open);
    await ledger.commit([publish('/a/x', 'c1'), publish('/y', 'c2')]);
    const found = await ledger.read({ kind: 'contentsAt', paths: [path('/a/x'), path('/y'), path('/z')] });
    expect([...found]).toEqual([
      ['/a/x', 'c1'],
      ['/y', 'c2'],
    ]);
  });

  test('questions that are overdue are told to both sides, by request', async () => {
    const { ledger } = await newLedger(open);
    const batch = ticket(FIRST);
    const asked = { kind: 'openQuestions', batch, flow: 'SOCQ', environment: 'R', asker: RVA, at: AT } as const;
    const questions = ['1', '2'].map((number) => ({ ticket: `${batch}-${number}`, source: 'ksz', match: number }));
    await ledger.commit([
      { ...asked, questions: questions.map((one) => ({ ...one, source: partner(one.source) })) },
      { kind: 'markOverdue', batch, at: AT + 7 },
    ]);
    const common = { batch, flow: 'SOCQ', environment: 'R', count: 2, since: AT + 7 };
    const of = (who: string) => ledger.read({ kind: 'overdueOf', partner: partner(who), limit: 9 });
    expect(await of('rva')).toEqual([{ ...common, as: 'asker' }]);
    expect(await of('ksz')).toEqual([{ ...common, as: 'source' }]);
    expect(await of('kbf')).toEqual([]);
  });

  test('what is raised once has one line, of the commit that came first', async () => {
    const { ledger } = await newLedger(open);
    const raise = (at: number): LedgerCommand => ({
      ...{ kind: 'raiseOnce', key: 'k', at },
      line: { kind: 'test', outcome: 'failed', fields: { at } },
    });
    expect((await ledger.commit([raise(AT)])).counters).toEqual({ k: 1 });
    expect((await ledger.commit([raise(AT + 1)])).counters).toEqual({});
    expect([...(await ledger.read({ kind: 'raised', keys: ['k', 'other'] }))]).toEqual([['k', AT]]);
    const lines = await ledger.read({ kind: 'auditLines', from: 1, limit: 9 });
    expect(lines.map((line) => line.fields.at)).toEqual([AT]);
  });
}
