import { describe, expect, test } from 'vitest';
import type { Question } from '../../src/domain/question.ts';
import type { LedgerCommand } from '../../src/storage/commands.ts';
import type { Ledger } from '../../src/storage/ledger.ts';
import { AT, newLedger, type OpenLedger, partner, publish, ticket, tree } from './ledger-fixture.ts';

const BATCH = ticket('B000000000001');
const [ECO, FPD, KSZ] = [partner('eco'), partner('fpd'), partner('ksz')];

type Asked = { readonly batch?: string; readonly asker?: string; readonly environment?: 'R' | 'T' };

function ask(of: Asked, ...matches: readonly string[]): LedgerCommand {
  const { batch = BATCH, asker = ECO, environment = 'R' } = of;
  return {
    kind: 'openQuestions',
    batch: ticket(batch),
    flow: 'SOCQ',
    environment,
    asker: partner(asker),
    at: AT,
    questions: matches.map((match, index) => ({ ticket: `${batch}-${index + 1}`, source: KSZ, match })),
  };
}

function answer(question: string, by = KSZ): LedgerCommand {
  return { kind: 'answerQuestions', source: by, at: AT + 1, answers: [{ question, answer: `A-${question}` }] };
}

function find(ledger: Ledger, as: 'asker' | 'source', by: string, ...keys: readonly string[]) {
  return ledger.read({ kind: 'questions', flow: 'SOCQ', environment: 'R', as, partner: partner(by), keys });
}

const states = (questions: readonly Question[]) => questions.map(({ ticket: of, state }) => `${of} ${state}`);

/** What every ledger promises of questions that wait for an answer. */
export function questionsContract(open: OpenLedger): void {
  describe('a question', () => {
    test('is found by its ticket and its match, by who asked it and by whom it was put to', async () => {
      const { ledger } = await newLedger(open);
      await ledger.commit([ask({}, 'm1', 'm2'), ask({ batch: 'C', environment: 'T' }, 'm1')]);
      await ledger.commit([ask({ batch: 'D', asker: FPD }, 'm1')]);
      const [first] = await find(ledger, 'asker', ECO, 'm1');
      expect(first).toEqual({
        ...{ ticket: `${BATCH}-1`, batch: BATCH, flow: 'SOCQ', environment: 'R', asker: ECO, source: KSZ },
        ...{ match: 'm1', askedAt: AT, state: 'open' },
      });
      expect(states(await find(ledger, 'source', KSZ, 'm1', 'unknown'))).toEqual(['D-1 open', `${BATCH}-1 open`]);
      expect(states(await find(ledger, 'source', KSZ, `${BATCH}-2`, 'm2'))).toEqual([`${BATCH}-2 open`]);
      expect(await find(ledger, 'source', ECO, 'm1', `${BATCH}-2`)).toEqual([]);
      expect(await find(ledger, 'asker', FPD, 'm2')).toEqual([]);
    });

    test('is forgotten by its ticket once it has ended, and is then as one that was never asked', async () => {
      const { ledger } = await newLedger(open);
      await ledger.commit([ask({}, 'm1', 'm2'), ask({ batch: 'C' }, 'm3')]);
      await ledger.commit([answer(`${BATCH}-1`), { kind: 'closeQuestions', batch: ticket('C'), at: AT + 5 }]);
      const ended = (before: number, limit = 9) => ledger.read({ kind: 'endedQuestions', before, limit });
      expect(await ended(AT + 1)).toEqual([]);
      expect([await ended(AT + 2), await ended(AT + 6), await ended(AT + 6, 1)]).toEqual([
        [`${BATCH}-1`],
        [`${BATCH}-1`, 'C-1'],
        [`${BATCH}-1`],
      ]);
      await ledger.commit([{ kind: 'removeQuestions', tickets: [`${BATCH}-1`, `${BATCH}-2`, 'unknown'] }]);
      expect(states(await find(ledger, 'source', KSZ, 'm1', 'm2', 'm3'))).toEqual([`C-1 closed`, `${BATCH}-2 open`]);
      await expect(ledger.commit([answer(`${BATCH}-1`)])).rejects.toMatchObject({ code: 'precondition-failed' });
    });

    test('is open once for an asker, until it is answered', async () => {
      const { ledger } = await newLedger(open);
      await ledger.commit([ask({}, 'm1')]);
      const again = ask({ batch: 'C' }, 'm2', 'm1');
      await expect(ledger.commit([publish('/a'), again])).rejects.toMatchObject({ code: 'precondition-failed' });
      await expect(ledger.commit([ask({ batch: 'E' }, 'm3', 'm3')])).rejects.toMatchObject({
        code: 'precondition-failed',
      });
      expect(await tree(ledger)).toEqual({});
      expect(await find(ledger, 'asker', ECO, 'm2')).toEqual([]);
      await ledger.commit([answer(`${BATCH}-1`)]);
      await ledger.commit([again]);
      expect(states(await find(ledger, 'asker', ECO, 'm1'))).toEqual(['C-2 open', `${BATCH}-1 answered`]);
    });

    test('has a ticket of its own', async () => {
      const { ledger } = await newLedger(open);
      await ledger.commit([ask({}, 'm1')]);
      await expect(ledger.commit([ask({}, 'other')])).rejects.toMatchObject({ code: 'already-exists' });
    });

    test('gets one answer, from the source it was put to', async () => {
      const { ledger } = await newLedger(open);
      await ledger.commit([ask({}, 'm1', 'm2')]);
      for (const refused of [answer(`${BATCH}-1`, FPD), answer('unknown-1')]) {
        await expect(ledger.commit([refused])).rejects.toMatchObject({ code: 'precondition-failed' });
      }
      await ledger.commit([answer(`${BATCH}-1`)]);
      const second = [answer(`${BATCH}-2`), answer(`${BATCH}-1`)];
      await expect(ledger.commit(second)).rejects.toMatchObject({ code: 'precondition-failed' });
      expect(states(await find(ledger, 'asker', ECO, 'm1', 'm2'))).toEqual([`${BATCH}-2 open`, `${BATCH}-1 answered`]);
    });

    test('that is late is told once, and closed in the end: then it takes no answer', async () => {
      const { ledger } = await newLedger(open);
      await ledger.commit([ask({}, 'm1', 'm2', 'm3'), ask({ batch: 'C' }, 'm4')]);
      await ledger.commit([answer(`${BATCH}-2`), { kind: 'markOverdue', batch: BATCH, at: AT + 5 }]);
      await ledger.commit([{ kind: 'markOverdue', batch: BATCH, at: AT + 9 }]);
      const page = (after: string, limit: number) => ledger.read({ kind: 'openQuestions', batch: BATCH, after, limit });
      expect((await page('', 1)).map(({ ticket: of, overdueAt }) => [of, overdueAt])).toEqual([[`${BATCH}-1`, AT + 5]]);
      expect(states(await page(`${BATCH}-1`, 9))).toEqual([`${BATCH}-3 open`]);
      expect(await ledger.read({ kind: 'openQuestionCount', batch: BATCH })).toBe(2);
      expect(await ledger.read({ kind: 'overdueQuestions' })).toBe(2);
      await ledger.commit([{ kind: 'closeQuestions', batch: BATCH, at: AT + 9 }]);
      expect(await page('', 9)).toEqual([]);
      expect(await ledger.read({ kind: 'overdueQuestions' })).toBe(0);
      await expect(ledger.commit([answer(`${BATCH}-3`)])).rejects.toMatchObject({ code: 'precondition-failed' });
      await ledger.commit([answer('C-1')]);
      expect(states(await find(ledger, 'source', KSZ, 'm2', 'm3'))).toEqual([
        `${BATCH}-3 closed`,
        `${BATCH}-2 answered`,
      ]);
    });
  });
}
