import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/domain/clock.ts';
import { Dispatcher } from '../../src/pipeline/dispatcher.ts';
import type { Lease, Ledger } from '../../src/storage/ledger.ts';
import { openSqliteLedger } from '../../src/storage/sqlite-ledger.ts';
import { tempFolder } from '../storage/temp-folder.ts';

const TURN = 'ADRM/R';
const nothing = () => undefined;

/** A dispatcher of checks of one turn, and what was done, in its order; a job waits for those before it. */
async function dispatcher(atOnce: number, before: readonly string[] = []) {
  const ledger: Ledger = await openSqliteLedger({ file: join(await tempFolder(), 'ledger.db'), onBroken: nothing });
  const [done, begun]: [string[], string[]] = [[], []];
  let tell = Promise.withResolvers<void>();
  const say = (to: string[], key: string) => {
    to.push(key);
    tell.resolve();
    tell = Promise.withResolvers();
  };
  /** Resolves when as many are there. */
  const when = async (list: readonly string[], count: number) => {
    while (list.length < count) await tell.promise;
    return list;
  };
  const enqueue = async (key: string) => {
    await ledger.commit([{ kind: 'enqueue', queue: 'check', key, dueAt: Date.now(), payload: {} }]);
    checks.nudge();
  };
  const logger = { info: nothing, warn: nothing, error: nothing };
  const metrics = { count: nothing, observe: nothing, set: nothing };
  const checks = new Dispatcher({ ledger, clock: systemClock, logger, metrics, onBroken: nothing } as never, {
    ...{ queue: 'check', atOnce, ahead: 8, keepsOrder: true, turnOf: () => TURN },
    handle: async ({ queue, key, fence }: Lease, place) => {
      say(begun, key);
      await place.ended;
      await ledger.commit([{ kind: 'finishLease', queue, key, fence }]);
      say(done, key);
    },
  });
  for (const key of before) await enqueue(key);
  checks.start();
  onTestFinished(async () => {
    await checks.stop();
    await ledger.close();
  });
  return { checks, enqueue, done, begun, when };
}

describe('a job with a place', () => {
  test('is done in it, though others were queued and claimed before', async () => {
    const { checks, enqueue, done, begun, when } = await dispatcher(4);
    checks.reserve(TURN, 'first', false);
    await enqueue('second');
    await when(begun, 1);
    await enqueue('first');
    expect(await when(done, 2)).toEqual(['first', 'second']);
  });

  test('is claimed though as many run as may, all of them behind it', async () => {
    const { checks, enqueue, done, begun, when } = await dispatcher(1);
    checks.reserve(TURN, 'first', false);
    await enqueue('second');
    await when(begun, 1);
    await enqueue('first');
    expect(await when(done, 2)).toEqual(['first', 'second']);
  });

  test('that was done without a claim, or never came, is waited for by nobody', async () => {
    const { checks, enqueue, done, when } = await dispatcher(4);
    const [one, two] = [checks.reserve(TURN, 'one', true), checks.reserve(TURN, 'two', true)];
    await enqueue('three');
    two.withdraw();
    one.end();
    expect(await when(done, 1)).toEqual(['three']);
  });

  test('may come first once what was left in the queue is claimed, and not before', async () => {
    const { checks, done, when } = await dispatcher(4, ['left']);
    expect(checks.reserve('WLAT/R', 'new', true).isNext).toBe(false);
    await when(done, 1);
    expect(checks.reserve('DIMN/R', 'newer', true).isNext).toBe(true);
  });
});
