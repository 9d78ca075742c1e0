import { describe, expect, test } from 'vitest';
import type { LedgerCommand } from '../../src/storage/commands.ts';
import type { Lease } from '../../src/storage/ledger.ts';
import { newLedger, type OpenLedger, publish, tree } from './ledger-fixture.ts';

function enqueue(key: string, dueAt: number, payload: unknown = key): LedgerCommand {
  return { kind: 'enqueue', queue: 'check', key, dueAt, payload };
}

function finish({ queue, key, fence }: Lease): LedgerCommand {
  return { kind: 'finishLease', queue, key, fence };
}

function release({ queue, key, fence }: Lease, dueAt: number, payload?: unknown): LedgerCommand {
  return { kind: 'releaseLease', queue, key, fence, dueAt, ...(payload === undefined ? {} : { payload }) };
}

function only(leases: readonly Lease[]): Lease {
  const [lease] = leases;
  if (lease === undefined || leases.length > 1) throw new Error(`one lease was expected, not ${leases.length}`);
  return lease;
}

/** What every ledger promises of leased work. */
export function queueContract(open: OpenLedger): void {
  describe('claiming', () => {
    test('gives what is due, oldest first, each job to one worker', async () => {
      const { ledger, clock } = await newLedger(open);
      const { at } = clock;
      await ledger.commit([enqueue('c', at - 1), enqueue('a', at - 3), enqueue('later', at + 1), enqueue('b', at - 2)]);
      await ledger.commit([{ kind: 'enqueue', queue: 'arrival', key: 'other', dueAt: at, payload: null }]);
      const first = await ledger.claim('check', 'one', 2, 1000);
      const second = await ledger.claim('check', 'two', 9, 1000);
      expect(first.map((lease) => lease.key)).toEqual(['a', 'b']);
      expect(second.map((lease) => lease.key)).toEqual(['c']);
      expect(first[0]).toMatchObject({ queue: 'check', until: at + 1000, attempts: 1, payload: 'a' });
    });

    test('gives a job again when its lease ran out, with a higher fence, and the first holder is fenced', async () => {
      const { ledger, clock } = await newLedger(open);
      await ledger.commit([enqueue('a', clock.at, { n: [1, null] })]);
      const first = only(await ledger.claim('check', 'one', 1, 1000));
      expect(await ledger.claim('check', 'two', 1, 1000)).toEqual([]);
      clock.at += 1000;
      const second = only(await ledger.claim('check', 'two', 1, 1000));
      expect(second.fence).toBeGreaterThan(first.fence);
      expect(second).toMatchObject({ attempts: 2, payload: { n: [1, null] } });
      const late = ledger.commit([publish('/effect'), finish(first)]);
      await expect(late).rejects.toMatchObject({ code: 'fenced' });
      expect(await tree(ledger)).toEqual({});
      await ledger.commit([publish('/effect'), finish(second)]);
      expect(await ledger.read({ kind: 'queueLength', queue: 'check' })).toBe(0);
    });

    test('a job whose lease ran out comes before younger work', async () => {
      const { ledger, clock } = await newLedger(open);
      await ledger.commit([enqueue('old', clock.at - 10)]);
      await ledger.claim('check', 'one', 1, 1000);
      await ledger.commit([enqueue('young', clock.at + 1)]);
      clock.at += 1000;
      expect((await ledger.claim('check', 'two', 2, 1000)).map((lease) => lease.key)).toEqual(['old', 'young']);
    });

    test('fences only grow for a key, also over finish and a new enqueue', async () => {
      const { ledger, clock } = await newLedger(open);
      const fences: number[] = [];
      for (let round = 0; round < 3; round += 1) {
        await ledger.commit([enqueue('a', clock.at)]);
        const lease = only(await ledger.claim('check', 'w', 1, 1000));
        fences.push(lease.fence);
        await ledger.commit([finish(lease)]);
        await expect(ledger.commit([finish(lease)])).rejects.toMatchObject({ code: 'fenced' });
      }
      expect(fences).toEqual([...new Set(fences)].sort((a, b) => a - b));
    });

    test('an enqueue of the same key replaces the work and fences out who holds it', async () => {
      const { ledger, clock } = await newLedger(open);
      await ledger.commit([enqueue('a', clock.at, 'old')]);
      const old = only(await ledger.claim('check', 'w', 1, 1000));
      await ledger.commit([enqueue('a', clock.at, 'new')]);
      for (const command of [finish(old), release(old, clock.at)]) {
        await expect(ledger.commit([command])).rejects.toMatchObject({ code: 'fenced' });
      }
      expect(await ledger.extend([old], 1000)).toEqual([]);
      expect(only(await ledger.claim('check', 'w', 1, 1000))).toMatchObject({ payload: 'new', attempts: 1 });
    });
  });

  describe('a lease', () => {
    test('is extended while it is held, and not after', async () => {
      const { ledger, clock } = await newLedger(open);
      await ledger.commit([enqueue('a', clock.at), enqueue('b', clock.at)]);
      const leases = await ledger.claim('check', 'w', 2, 1000);
      clock.at += 600;
      const [a, b] = await ledger.extend(leases, 1000);
      expect([a?.until, b?.until]).toEqual([clock.at + 1000, clock.at + 1000]);
      clock.at += 600;
      if (b !== undefined) await ledger.commit([finish(b)]);
      expect((await ledger.extend([...leases], 1000)).map((lease) => lease.key)).toEqual(['a']);
      clock.at += 1000;
      expect(await ledger.extend(leases, 1000)).toEqual([]);
    });

    test('is given back for later, with another payload or the same', async () => {
      const { ledger, clock } = await newLedger(open);
      await ledger.commit([enqueue('a', clock.at, 'one')]);
      const first = only(await ledger.claim('check', 'w', 1, 1000));
      await ledger.commit([release(first, clock.at + 50)]);
      expect(await ledger.claim('check', 'w', 1, 1000)).toEqual([]);
      clock.at += 50;
      const second = only(await ledger.claim('check', 'w', 1, 1000));
      expect(second).toMatchObject({ payload: 'one', attempts: 2 });
      await expect(ledger.commit([finish(first)])).rejects.toMatchObject({ code: 'fenced' });
      await ledger.commit([release(second, clock.at, 'two')]);
      await expect(ledger.commit([finish(second)])).rejects.toMatchObject({ code: 'fenced' });
      expect(only(await ledger.claim('check', 'w', 1, 1000))).toMatchObject({ payload: 'two', attempts: 3 });
    });
  });

  test('the queue tells its length and when to look again', async () => {
    const { ledger, clock } = await newLedger(open);
    const due = () => ledger.read({ kind: 'nextDue', queue: 'check' });
    expect(await due()).toBeUndefined();
    await ledger.commit([enqueue('a', clock.at), enqueue('b', clock.at + 5000)]);
    expect(await due()).toBe(clock.at);
    const lease = only(await ledger.claim('check', 'w', 1, 1000));
    expect(await due()).toBe(clock.at + 1000);
    expect(await ledger.read({ kind: 'queueLength', queue: 'check' })).toBe(2);
    await ledger.commit([finish(lease)]);
    expect(await due()).toBe(clock.at + 5000);
  });

  test('work outlives the process, and who held it then holds it no more', async () => {
    const { ledger, clock, folder } = await newLedger(open);
    await ledger.commit([enqueue('a', clock.at)]);
    const before = only(await ledger.claim('check', 'w', 1, 60_000));
    await ledger.close();
    const again = await open({ folder, clock });
    try {
      const after = only(await again.claim('check', 'w', 1, 1000));
      expect(after.fence).toBeGreaterThan(before.fence);
      await expect(again.commit([finish(before)])).rejects.toMatchObject({ code: 'fenced' });
    } finally {
      await again.close();
    }
  });
}
