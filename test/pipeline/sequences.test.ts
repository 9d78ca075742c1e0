import { expect, test } from 'vitest';
import type { Delivery } from '../../src/domain/delivery.ts';
import { Sequences } from '../../src/pipeline/sequences.ts';
import { openSqliteLedger } from '../../src/storage/sqlite-ledger.ts';
import { AT, delivery, newLedger, partner } from '../storage/ledger-fixture.ts';

const OF = { flow: 'ADDR', environment: 'R', receiver: partner('rva') } as const;

function numbered(sequence: number): Delivery {
  return delivery(`d-${sequence}`, sequence, OF);
}

test('a number counts on top of commits that are on their way, and of those that failed no more', async () => {
  const { ledger } = await newLedger(({ folder, clock }) =>
    openSqliteLedger({ file: `${folder}/ledger.sqlite`, clock, onBroken: () => undefined }),
  );
  const sequences = new Sequences(ledger);
  expect(await sequences.next(OF)).toBe(1);
  const [first, second] = [numbered(1), numbered(2)];
  sequences.took([first]);
  expect(await sequences.next(OF)).toBe(2);
  expect(await sequences.next({ ...OF, receiver: partner('rjv') })).toBe(1);
  sequences.took([second]);
  await ledger.commit([{ kind: 'insertDelivery', delivery: first, at: AT }]);
  expect(await sequences.next(OF)).toBe(3);
  sequences.failed();
  expect(await sequences.next(OF)).toBe(2);
  sequences.took([second]);
  await ledger.commit([{ kind: 'insertDelivery', delivery: second, at: AT }]);
  expect(await sequences.next(OF)).toBe(3);
});

test('a number that another took first is asked for again', async () => {
  const { ledger } = await newLedger(({ folder, clock }) =>
    openSqliteLedger({ file: `${folder}/ledger.sqlite`, clock, onBroken: () => undefined }),
  );
  const sequences = new Sequences(ledger);
  sequences.took([numbered(1)]);
  await ledger.commit([{ kind: 'insertDelivery', delivery: numbered(1), at: AT }]);
  await ledger.commit([{ kind: 'insertDelivery', delivery: numbered(2), at: AT }]);
  const late: Delivery = { ...numbered(2), id: 'late' };
  await expect(ledger.commit([{ kind: 'insertDelivery', delivery: late, at: AT }])).rejects.toMatchObject({
    code: 'precondition-failed',
  });
  sequences.failed();
  expect(await sequences.next(OF)).toBe(3);
});
