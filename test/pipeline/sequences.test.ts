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
  sequences.committed([first]);
  expect(await sequences.next(OF)).toBe(3);
  sequences.failed();
  expect(await sequences.next(OF)).toBe(2);
  sequences.took([second]);
  await ledger.commit([{ kind: 'insertDelivery', delivery: second, at: AT }]);
  sequences.committed([second]);
  expect(await sequences.next(OF)).toBe(3);
});
