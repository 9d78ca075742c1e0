import { describe, expect, test } from 'vitest';
import { type InTurn, isReached, Turns } from '../../src/pipeline/turns.ts';

/** Says in which order things happened, each after all that could happen before it. */
function recorder(jobs: Readonly<Record<string, InTurn>>) {
  const happened: string[] = [];
  for (const [name, { begin, place }] of Object.entries(jobs)) {
    void begin.then(() => happened.push(`${name} begins`));
    void place.handedOver.then(() => happened.push(`${name} may hand over`));
    void place.ended.then(() => happened.push(`${name} is first`));
  }
  return async () => {
    await new Promise((resolve) => setImmediate(resolve));
    return happened.splice(0);
  };
}

describe('jobs of one turn', () => {
  test('begin one by one where none may run ahead', async () => {
    const turns = new Turns(1);
    const [one, two] = [turns.enter('ADRM/R', 'A'), turns.enter('ADRM/R', 'B')];
    const happened = recorder({ one, two });
    expect(await happened()).toEqual(['one begins', 'one may hand over', 'one is first']);
    one.end();
    expect((await happened()).toSorted()).toEqual(['two begins', 'two is first', 'two may hand over']);
  });

  test('begin before those ahead of them have ended, so many of them, and hand over in their order', async () => {
    const turns = new Turns(2);
    const [one, two, three] = ['A', 'B', 'C'].map((key) => turns.enter('ADRM/R', key));
    if (one === undefined || two === undefined || three === undefined) throw new Error('three jobs');
    expect([one.place.behind, two.place.behind, three.place.behind]).toEqual([undefined, 'A', 'B']);
    const happened = recorder({ two, three });
    expect(await happened()).toEqual(['two begins']);
    one.place.handOver();
    expect(await happened()).toEqual(['two may hand over']);
    two.end(); // it failed, or was put back: what stands behind it must not wait for ever
    expect(await happened()).toEqual(['three may hand over', 'three is first']);
    one.end();
    expect(await happened()).toEqual(['two is first', 'three begins']);
  });

  test('wait for nobody of another turn, nor for one that has ended', async () => {
    const turns = new Turns(1);
    turns.enter('ADRM/R', 'A');
    turns.enter('WLAT/R', 'B').end();
    const other = turns.enter('WLAT/R', 'C');
    expect(other.place.behind).toBeUndefined();
    expect(await recorder({ other })()).toEqual(['other begins', 'other may hand over', 'other is first']);
  });

  test('may come between others where all that are there are short, and few', () => {
    const turns = new Turns(2);
    expect(turns.isShort('ADRM/R')).toBe(true);
    const one = turns.enter('ADRM/R', 'A', true);
    expect(turns.isShort('ADRM/R')).toBe(true);
    turns.enter('ADRM/R', 'B', true);
    expect(turns.isShort('ADRM/R')).toBe(false); // as many as may begin
    one.end();
    expect(turns.isShort('ADRM/R')).toBe(true);
    turns.enter('WLAT/R', 'C');
    expect(turns.isShort('WLAT/R')).toBe(false); // nobody knows how long that takes
  });

  test('that are withdrawn leave those behind them behind the one before', async () => {
    const turns = new Turns(4);
    const [one, two, three] = ['A', 'B', 'C'].map((key) => turns.enter('ADRM/R', key, true));
    if (one === undefined || two === undefined || three === undefined) throw new Error('three jobs');
    const happened = recorder({ three });
    two.withdraw();
    expect(await happened()).toEqual(['three begins']);
    expect(three.place.behind).toBe('A');
    one.place.handOver();
    expect(await happened()).toEqual(['three may hand over']);
    one.end();
    expect(await happened()).toEqual(['three is first']);
  });

  test('wait no longer than they are told', async () => {
    const turns = new Turns(4);
    const [one, two] = [turns.enter('ADRM/R', 'A', true), turns.enter('ADRM/R', 'B', true)];
    expect(await isReached(two.place, 1)).toBe(false);
    one.place.handOver();
    expect(await isReached(two.place, 60_000)).toBe(true);
  });
});
