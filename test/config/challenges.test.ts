import { expect, test } from 'vitest';
import { Challenges } from '../../src/gateway-challenges.ts';

function place() {
  const clock = { at: 1_800_000_000_000, now: () => clock.at };
  const challenges = new Challenges(clock);
  const take = (purpose: string, toSign: string) =>
    challenges.take(purpose, async (text) => (text === toSign ? 'signed' : undefined));
  return { clock, challenges, take };
}

test('a text says what it is for, when, and something nobody can know before; it opens once', async () => {
  const { challenges, take } = place();
  const { toSign, nonce } = challenges.issue('to read\nid 1');
  expect(toSign).toBe(`to read\nid 1\nnonce ${nonce}\nat 2027-01-15T08:00:00.000Z\n`);
  expect(nonce).toMatch(/^[0-9a-f]{32}$/);
  expect(challenges.issue('to read\nid 1').nonce).not.toBe(nonce);
  expect(await take('to read\nid 2', toSign)).toBeUndefined();
  expect(await take('to read\nid 1', toSign)).toBe('signed');
  expect(await take('to read\nid 1', toSign)).toBeUndefined();
});

test('two at once with one signature: one of them has it', async () => {
  const { challenges, take } = place();
  const { toSign } = challenges.issue('to read');
  const both = await Promise.all([take('to read', toSign), take('to read', toSign)]);
  expect(both.filter((one) => one === 'signed')).toHaveLength(1);
});

test('it ends after ten minutes', async () => {
  const { clock, challenges, take } = place();
  const [first, second] = [challenges.issue('to read'), challenges.issue('to read')];
  clock.at += 599_999;
  expect(await take('to read', first.toSign)).toBe('signed');
  clock.at += 1;
  expect(await take('to read', second.toSign)).toBeUndefined();
});

test('of one purpose eight are open, and the others make room', async () => {
  const { challenges, take } = place();
  const other = challenges.issue('to list');
  const all = Array.from({ length: 9 }, () => challenges.issue('to read').toSign);
  expect(await take('to read', all[0] ?? '')).toBeUndefined();
  expect(await take('to read', all[1] ?? '')).toBe('signed');
  expect(await take('to list', other.toSign)).toBe('signed');
});
