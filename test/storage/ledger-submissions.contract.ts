import { describe, expect, test } from 'vitest';
import type { Delivery } from '../../src/domain/delivery.ts';
import type { SubmissionState } from '../../src/domain/submission.ts';
import type { LedgerCommand } from '../../src/storage/commands.ts';
import {
  AT,
  delivery,
  newLedger,
  type OpenLedger,
  partner,
  publish,
  remove,
  submission,
  TICKET,
  ticket,
} from './ledger-fixture.ts';

function insert(id: string, changes: Parameters<typeof submission>[1] = {}): LedgerCommand {
  return { kind: 'insertSubmission', submission: submission(id, changes) };
}

function step(from: SubmissionState, to: SubmissionState): LedgerCommand {
  return { kind: 'setSubmissionState', ticket: TICKET, from, to, at: AT + 1 };
}

function deliver(one: Delivery): LedgerCommand {
  return { kind: 'insertDelivery', delivery: one, at: AT };
}

const WHERE = { partner: partner('rva'), flow: 'ADDR', environment: 'R' } as const;

/** What every ledger promises of submissions and deliveries. */
export function submissionsContract(open: OpenLedger): void {
  describe('a submission', () => {
    test('is found by its ticket as it was put in, with its state', async () => {
      const { ledger } = await newLedger(open);
      await ledger.commit([insert(TICKET)]);
      expect(await ledger.read({ kind: 'submission', ticket: TICKET })).toEqual(submission(TICKET));
      const answer = { name: 'a.receipt.json', contentId: 'answer', size: 1, sha256: 'f'.repeat(64) };
      await ledger.commit([
        step('received', 'checking'),
        {
          kind: 'setSubmissionState',
          ticket: TICKET,
          from: 'checking',
          to: 'accepted',
          at: AT + 2,
          patch: { receipt: [answer], answeredAt: AT + 2 },
        },
      ]);
      expect(await ledger.read({ kind: 'submission', ticket: TICKET })).toEqual(
        submission(TICKET, { state: 'accepted', receipt: [answer], answeredAt: AT + 2 }),
      );
    });

    test('may be followed once it is answered, and by those who overtake once it is in quarantine', async () => {
      const { ledger } = await newLedger(open);
      const follow = (overtakesQuarantine: boolean) =>
        ledger.commit([{ kind: 'mustFollow', ticket: TICKET, overtakesQuarantine }]);
      await ledger.commit([insert(TICKET)]);
      await expect(follow(true)).rejects.toMatchObject({ code: 'precondition-failed' });
      await ledger.commit([step('received', 'checking')]);
      await expect(follow(true)).rejects.toMatchObject({ code: 'precondition-failed' });
      await ledger.commit([step('checking', 'quarantined')]);
      await follow(true);
      await expect(follow(false)).rejects.toMatchObject({ code: 'precondition-failed' });
      await ledger.commit([step('quarantined', 'rejected')]);
      await follow(false);
    });

    test('takes only the steps that are allowed, from the state it is in', async () => {
      const { ledger } = await newLedger(open);
      await ledger.commit([insert(TICKET)]);
      for (const command of [
        step('checking', 'accepted'),
        step('received', 'accepted'),
        step('received', 'received'),
      ]) {
        await expect(ledger.commit([command])).rejects.toMatchObject({ code: 'precondition-failed' });
      }
      await ledger.commit([step('received', 'checking')]);
      await expect(ledger.commit([step('received', 'checking')])).rejects.toMatchObject({
        code: 'precondition-failed',
      });
    });

    test('has a ticket that was never used', async () => {
      const { ledger } = await newLedger(open);
      await ledger.commit([insert(TICKET)]);
      await expect(ledger.commit([publish('/a'), insert(TICKET)])).rejects.toMatchObject({ code: 'already-exists' });
      await expect(ledger.commit([insert('B'), insert('B')])).rejects.toMatchObject({ code: 'already-exists' });
      await ledger.commit([insert('B')]);
    });

    test('is found by partner, name and digest, latest first', async () => {
      const { ledger } = await newLedger(open);
      await ledger.commit([
        insert('A', { receivedAt: AT }),
        insert('B', { receivedAt: AT + 2, sha256: 'other' }),
        insert('C', { receivedAt: AT + 1, fileName: 'c.csv' }),
        insert('D', { receivedAt: AT + 9, partner: partner('ksz') }),
        insert('E', { receivedAt: AT + 9, environment: 'T' }),
      ]);
      const tickets = async (query: { partner?: ReturnType<typeof partner>; limit: number }) =>
        (await ledger.read({ kind: 'submissions', ...query })).map((one) => one.ticket);
      expect(await tickets({ limit: 9 })).toEqual(['E', 'D', 'B', 'C', 'A']);
      expect(await tickets({ partner: partner('rva'), limit: 2 })).toEqual(['E', 'B']);
      const byName = async (since: number) =>
        (await ledger.read({ kind: 'submissionsByName', ...WHERE, fileName: 'a.csv', since })).map((one) => one.ticket);
      expect(await byName(0)).toEqual(['B', 'A']);
      expect(await byName(AT + 1)).toEqual(['B']);
      const sha256 = submission('A').sha256;
      const byDigest = (since: number) => ledger.read({ kind: 'latestByDigest', ...WHERE, sha256, since });
      expect((await byDigest(0))?.ticket).toBe('C');
      expect(await byDigest(AT + 2)).toBeUndefined();
    });
  });

  describe('deliveries', () => {
    test('are numbered without a gap for each flow, environment and receiver', async () => {
      const { ledger } = await newLedger(open);
      const of = { flow: 'ADDR', environment: 'R', receiver: partner('kbf') } as const;
      const next = () => ledger.read({ kind: 'nextSequence', ...of });
      expect(await next()).toBe(1);
      await ledger.commit([insert(TICKET), deliver(delivery('a', 1)), deliver(delivery('b', 2))]);
      expect(await next()).toBe(3);
      for (const sequence of [2, 4]) {
        await expect(ledger.commit([deliver(delivery('c', sequence))])).rejects.toMatchObject({
          code: 'precondition-failed',
        });
      }
      await ledger.commit([deliver(delivery('other', 1, { receiver: partner('rjv') }))]);
      await expect(ledger.commit([deliver(delivery('a', 3))])).rejects.toMatchObject({ code: 'already-exists' });
      expect(await next()).toBe(3);
    });

    test('are found by ticket, with their state', async () => {
      const { ledger } = await newLedger(open);
      await ledger.commit([
        deliver(delivery('b', 1)),
        deliver(delivery('a', 2)),
        deliver(delivery('x', 3, { ticket: ticket('X') })),
      ]);
      await ledger.commit([{ kind: 'setDeliveryState', id: 'a', to: 'picked-up', at: AT }]);
      expect(await ledger.read({ kind: 'deliveries', ticket: TICKET })).toEqual([
        delivery('b', 1),
        delivery('a', 2, { state: 'picked-up' }),
      ]);
      await expect(
        ledger.commit([{ kind: 'setDeliveryState', id: 'no', to: 'removed', at: AT }]),
      ).rejects.toMatchObject({
        code: 'not-found',
      });
    });

    test('remember who got the originals, over several batches', async () => {
      const { ledger } = await newLedger(open);
      const remember = (
        reference: string,
        receivers: readonly string[],
        environment: 'R' | 'T' = 'R',
      ): LedgerCommand => ({
        kind: 'rememberOriginals',
        ...WHERE,
        environment,
        originals: [{ references: JSON.stringify([reference]), receivers, count: 1 }],
      });
      const both = [remember('r1', ['kbf']), remember('r2', []), remember('r1', ['ksz', 'kbf'])];
      await ledger.commit(both);
      await ledger.commit(both);
      await ledger.commit([remember('r1', ['wrong'], 'T')]);
      expect(await ledger.read({ kind: 'originals', ...WHERE, references: ['r1', 'r2', 'unknown'] })).toEqual(
        new Map([
          ['r1', ['kbf', 'ksz']],
          ['r2', []],
        ]),
      );
    });
  });

  test('originals of a large batch count from the commit on that publishes their stage', async () => {
    const { ledger } = await newLedger(open);
    const originals = (receivers: readonly string[], ...references: readonly string[]) => ({
      ...{ receivers, references: JSON.stringify(references), count: references.length },
    });
    const ask = () => ledger.read({ kind: 'originals', ...WHERE, references: ['r1', 'r2', 'r3', 'r4'] });
    const stage = (number: number, some: ReturnType<typeof originals>) =>
      ledger.commit([{ kind: 'stageOriginals', stage: number, ticket: TICKET, ...WHERE, originals: some }]);
    await ledger.commit([{ kind: 'rememberOriginals', ...WHERE, originals: [originals(['ksz'], 'r1')] }]);
    await stage(1, originals(['kbf'], 'r1', 'r2'));
    await stage(1, originals([], 'r3'));
    await stage(2, originals(['wrong'], ...Array.from({ length: 2500 }, (_, n) => `r${n}`)));
    expect(await ask()).toEqual(new Map([['r1', ['ksz']]]));
    await ledger.commit([{ kind: 'publishOriginals', stage: 1 }]);
    const known = new Map([
      ['r1', ['kbf', 'ksz']],
      ['r2', ['kbf']],
      ['r3', []],
    ]);
    expect(await ask()).toEqual(known);
    // Of what counts nothing is dropped; of the rest a part each time.
    const left = () => ledger.read({ kind: 'leftStages', ticket: TICKET });
    expect(await left()).toEqual([2]);
    await ledger.commit([
      { kind: 'dropStage', stage: 1 },
      { kind: 'dropStage', stage: 2 },
    ]);
    expect([await left(), await ask()]).toEqual([[2], known]);
    await ledger.commit([{ kind: 'dropStage', stage: 2 }]);
    expect([await left(), await ask()]).toEqual([[], known]);
  });

  test('a lot is taken by what was received under its number, unless that was taken back or refused as a whole', async () => {
    const { ledger } = await newLedger(open);
    const { partner: by, flow, environment, receivedAt } = submission(TICKET);
    const of = (lot: number, since = receivedAt) => ({ partner: by, flow, environment, lot, since });
    const ask = (lot: number, since?: number) => ledger.read({ kind: 'lot', ...of(lot, since) });
    const errors = [{ code: '312', text: 'wrong' }];
    await ledger.commit([
      insert(TICKET, { lot: 5 }),
      insert(ticket('LOT8'), { lot: 8, state: 'rejected' }),
      insert(ticket('LOT9'), { lot: 9, state: 'rejected', errors }),
      insert(ticket('LOT10'), { lot: 10, state: 'cancelled' }),
    ]);
    expect(await ask(5)).toEqual({ taken: true, before: undefined });
    expect(await ask(8)).toEqual({ taken: true, before: 5 });
    expect(await ask(9)).toEqual({ taken: false, before: 8 });
    expect(await ask(11)).toEqual({ taken: false, before: 8 });
    expect(await ask(5, receivedAt + 1)).toEqual({ taken: false, before: undefined });
    expect(await ledger.read({ kind: 'lot', ...of(5), environment: 'S' })).toEqual({ taken: false, before: undefined });
    await expect(ledger.commit([{ kind: 'mustBeNewLot', ...of(5) }])).rejects.toMatchObject({
      code: 'precondition-failed',
    });
    await ledger.commit([{ kind: 'mustBeNewLot', ...of(6) }]);
  });

  test('contents are named by entries, and by submissions as long as those need them', async () => {
    const { ledger } = await newLedger(open);
    await ledger.commit([publish('/a', 'entry'), insert(TICKET), deliver(delivery('d', 1))]);
    const contentIds = ['entry', 'in', 'out-d', 'log', 'unknown', ''];
    const named = () => ledger.read({ kind: 'namedContents', contentIds });
    expect(await named()).toEqual(new Set(['entry', 'in']));
    const recordLog = { contentId: 'log', size: 1, sha256: 'f'.repeat(64) };
    const state = { kind: 'setSubmissionState', ticket: TICKET, at: AT } as const;
    await ledger.commit([remove('/a'), { ...state, from: 'received', to: 'checking', patch: { recordLog } }]);
    expect(await named()).toEqual(new Set(['in', 'log']));
    await ledger.commit([{ ...state, from: 'checking', to: 'accepted' }]);
    expect(await named()).toEqual(new Set(['log']));
  });

  test('counters count', async () => {
    const { ledger } = await newLedger(open);
    const increment: LedgerCommand = { kind: 'increment', counter: 'serial' };
    expect((await ledger.commit([increment])).counters).toEqual({ serial: 1 });
    expect((await ledger.commit([increment, increment, { kind: 'increment', counter: 'x' }])).counters).toEqual({
      serial: 3,
      x: 1,
    });
  });
}
