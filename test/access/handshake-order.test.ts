import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { HandshakeOrder, type Turn } from '../../src/access/handshake-order.ts';

const DAY_MS = 24 * 3600 * 1000;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Names of handshakes in the order they began; `pass` lets time go by for clock and timers alike. */
function orderWith({ failed = [] as readonly string[], maxKnown = 100 } = {}) {
  const time = { ms: 0 };
  const began: string[] = [];
  const hasFailed = (address: string) => failed.includes(address);
  const order = new HandshakeOrder({ clock: { monotonic: () => time.ms }, hasFailed, maxKnown });
  const ask = (address: string, name = address, mayBegin = () => true): Turn =>
    order.ask(address, { mayBegin, begin: () => began.push(name) });
  const pass = (ms: number) => {
    for (let step = 0; step < ms; step += 1) {
      time.ms += 1;
      vi.advanceTimersByTime(1);
    }
  };
  /** Somebody comes in from there, and the time that took is over. */
  const know = (address: string) => {
    const turn = ask(address);
    turn.admitted();
    turn.left();
    pass(1000);
    began.length = 0;
  };
  const take = (count: number) => began.splice(0, count);
  return { time, order, began, ask, pass, know, take };
}

test('of strangers four begin at once, and then fifty a second', () => {
  const { began, ask, pass } = orderWith();
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) ask(name);
  expect(began).toEqual(['a', 'b', 'c', 'd']);
  pass(19);
  expect(began).toHaveLength(4);
  pass(1);
  expect(began.slice(4)).toEqual(['e']);
  pass(20);
  expect(began.slice(4)).toEqual(['e', 'f']);
  for (let index = 0; index < 200; index += 1) ask(`x${index}`);
  pass(1000);
  expect(began).toHaveLength(6 + 50);
});

test('an address from which somebody came in does not wait behind strangers; one from which nobody did waits', () => {
  const { began, ask, know } = orderWith();
  know('partner');
  for (let index = 0; index < 100; index += 1) ask(`x${index}`);
  began.length = 0;
  ask('nobody');
  for (const _ of [1, 2, 3]) ask('partner');
  expect(began).toEqual(['partner', 'partner', 'partner']);
});

test('what an admitted stranger took is given back: honest strangers do not wait for the rate', () => {
  const { began, ask } = orderWith();
  const turns = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => ask(name));
  expect(began).toEqual(['a', 'b', 'c', 'd']);
  const [a, b, c] = turns;
  a?.admitted();
  a?.left();
  expect(began.slice(4)).toEqual(['e']);
  b?.left(); // refused: nothing is given back
  expect(began.slice(4)).toEqual(['e']);
  for (const _ of [1, 2, 3]) c?.admitted(); // counts once
  c?.left();
  expect(began.slice(4)).toEqual(['e', 'f']);
});

test('strangers take turns by address, however many connections one of them has', () => {
  const { ask, pass, take } = orderWith();
  for (let index = 0; index < 50; index += 1) ask('many', `many ${index}`);
  take(4);
  ask('b', 'b 0');
  ask('b', 'b 1');
  ask('c', 'c 0');
  pass(100);
  expect(take(5)).toEqual(['many 4', 'b 0', 'c 0', 'many 5', 'b 1']);
});

test('known addresses that failed, new ones, and others that failed: in this order, and nobody starves', () => {
  const { ask, pass, know, take } = orderWith({ failed: ['neighbour', 'attacker'] });
  know('neighbour');
  for (const name of ['w', 'x', 'y', 'z']) ask(name);
  take(4);
  for (let index = 0; index < 20; index += 1) for (const name of ['attacker', 'new', 'neighbour']) ask(name);
  pass(200);
  const ten = take(10);
  const count = (name: string) => ten.filter((one) => one === name).length;
  expect([count('neighbour'), count('new'), count('attacker')]).toEqual([4, 4, 2]);
});

test('where nobody of the rank whose turn it is waits, a new address comes before one that failed', () => {
  const { ask, pass, take } = orderWith({ failed: ['attacker'] });
  for (const name of ['v', 'w', 'x', 'y', 'z']) ask(name);
  pass(20);
  take(5);
  for (let index = 0; index < 5; index += 1) ask('attacker');
  ask('honest');
  pass(20);
  expect(take(1)).toEqual(['honest']);
});

test('who leaves does not begin, and its turn is that of the next', () => {
  const { ask, pass, take } = orderWith();
  for (const name of ['a', 'b', 'c', 'd']) ask(name);
  const leaves = ask('e');
  ask('f');
  take(4);
  leaves.left();
  pass(20);
  expect(take(9)).toEqual(['f']);
  pass(1000);
  expect(take(9)).toEqual([]);
});

test('who has no slot lets others pass and begins when one is free', () => {
  const { began, ask, pass } = orderWith();
  let isFree = false;
  ask('penalised', 'penalised', () => isFree);
  const other = ask('other');
  expect(began).toEqual(['other']);
  isFree = true;
  other.left(); // the end of a handshake is when slots become free
  expect(began).toEqual(['other', 'penalised']);
  isFree = false;
  ask('penalised', 'later', () => isFree);
  isFree = true; // nobody says so
  pass(100);
  expect(began).toEqual(['other', 'penalised', 'later']);
});

test('an address is known for eight days after somebody came in, and a bounded number are', () => {
  const { time, order, know } = orderWith({ maxKnown: 3 });
  know('a');
  expect(order.goesFirst('a')).toBe(true);
  time.ms = 8 * DAY_MS - 1;
  expect(order.goesFirst('a')).toBe(true);
  time.ms += 1;
  expect(order.goesFirst('a')).toBe(false);
  for (const name of ['b', 'c', 'b', 'd', 'e']) know(name);
  expect(order.remembered).toBe(3);
  expect(['b', 'c', 'd', 'e'].map((name) => order.isKnown(name))).toEqual([true, false, true, true]);
});
