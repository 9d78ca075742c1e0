import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { TokenBuckets, Traffic } from '../../src/access/bandwidth.ts';
import type { Bandwidth } from '../../src/domain/partner.ts';
import type { PartnerId } from '../../src/domain/principal.ts';

const [RJV, RVA] = ['rjv' as PartnerId, 'rva' as PartnerId];

/** Time that passes when it is told to; what waits is called at its moment. */
class FakeTime {
  #now = 0;
  #timers: { readonly at: number; readonly run: () => void }[] = [];

  monotonic = () => this.#now;
  later = (run: () => void, ms: number) => void this.#timers.push({ at: this.#now + ms, run });

  async pass(ms: number): Promise<void> {
    const until = this.#now + ms;
    for (;;) {
      await nextTurn(); // everything that waits for nothing else has had its turn
      const next = this.#timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#timers = this.#timers.filter((one) => one !== next);
      this.#now = Math.max(this.#now, next.at);
      next.run();
    }
    this.#now = until;
  }
}

function world(contracts: Record<string, Bandwidth>) {
  const time = new FakeTime();
  const current = { contracts };
  const bandwidthOf = (partner: PartnerId) => current.contracts[partner];
  const buckets = new TokenBuckets({ bandwidthOf, clock: time, later: time.later });
  const counted: [string, string, number][] = [];
  const traffic = new Traffic(bandwidthOf, buckets, { add: (...line) => void counted.push(line) });
  /** A connection that moves bytes, a piece at a time, for as long as it is held back. */
  const connection = (partner: PartnerId, direction: 'in' | 'out', piece = 4096) => {
    const moved = { bytes: 0 };
    const run = async () => {
      for (;;) {
        const passing = traffic.pass(partner, direction, piece);
        if (passing === undefined) return;
        await passing;
        moved.bytes += piece;
      }
    };
    void run();
    return moved;
  };
  return { time, current, buckets, traffic, counted, connection };
}

test('one connection gets its slices, and no more', async () => {
  const { time, connection } = world({ rjv: { inSlices: 10 } });
  const moved = connection(RJV, 'in');
  await time.pass(10_000);
  // 10 slices are 160,000 bytes a second; half a second of them may pass at once.
  expect(moved.bytes).toBeLessThanOrEqual(10 * 160_000 + 80_000);
  expect(moved.bytes).toBeGreaterThan(10 * 160_000 - 16_000);
});

test('many connections get no more than one does, and each its share', async () => {
  const { time, connection } = world({ rjv: { outSlices: 10 } });
  const all = [4096, 4096, 1024, 256 * 1024].map((piece) => connection(RJV, 'out', piece));
  await time.pass(20_000);
  const total = all.reduce((sum, { bytes }) => sum + bytes, 0);
  expect(total).toBeLessThanOrEqual(20 * 160_000 + 80_000);
  expect(total).toBeGreaterThan(20 * 160_000 - 300_000);
  const [one = { bytes: 0 }, two = { bytes: 0 }] = all;
  expect(Math.abs(one.bytes - two.bytes)).toBeLessThanOrEqual(8192);
});

test('directions and partners do not share; who has no contract never waits', async () => {
  const { time, traffic, connection } = world({ rjv: { inSlices: 1, outSlices: 2 }, rva: { inSlices: 1 } });
  const all = [connection(RJV, 'in', 1000), connection(RJV, 'out', 1000), connection(RVA, 'in', 1000)];
  await time.pass(10_000);
  const slices = all.map(({ bytes }) => Math.round(bytes / 160_000));
  expect(slices).toEqual([1, 2, 1]);
  expect(traffic.pass(RVA, 'out', 1_000_000_000)).toBeUndefined();
  expect(traffic.pass('ksz' as PartnerId, 'in', 1_000_000_000)).toBeUndefined();
});

test('after a pause half a second may pass at once, however long it was', async () => {
  const { time, connection } = world({ rjv: { inSlices: 10 } });
  await time.pass(3_600_000);
  const moved = connection(RJV, 'in', 1000);
  await time.pass(0);
  expect(moved.bytes).toBe(80_000);
});

test('a new contract counts at once for who waits, and none sets everybody free', async () => {
  const { time, current, buckets, connection } = world({ rjv: { inSlices: 1 } });
  const moved = connection(RJV, 'in', 1000);
  await time.pass(1_000);
  const slow = moved.bytes;
  current.contracts = { rjv: { inSlices: 100 } };
  await time.pass(1_000);
  expect(slow).toBeLessThanOrEqual(24_000);
  expect(moved.bytes - slow).toBeGreaterThan(1_000_000);
  current.contracts = { rjv: { inSlices: 1 } };
  await time.pass(1_000);
  const waiting = buckets.take(RJV, 'in', 5_000_000);
  current.contracts = {};
  void time.pass(1_000);
  expect(await waiting).toBe(5_000_000);
});

test('what passes is counted, held back or not', async () => {
  const { traffic, counted } = world({ rjv: { inSlices: 1 } });
  await traffic.pass(RJV, 'in', 5);
  traffic.pass(RVA, 'out', 7);
  expect(counted).toEqual([
    ['rjv', 'in', 5],
    ['rva', 'out', 7],
  ]);
});
