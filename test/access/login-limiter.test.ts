import { expect, test } from 'vitest';
import { addressKey, LoginLimiter, type Penalty } from '../../src/access/login-limiter.ts';

const LIMITS = { penaltyFromFailures: 4, penaltySeconds: 15, maxPenaltySeconds: 600 };
const A = '192.0.2.7';
const B = '192.0.2.8';

function limiterAt(maxKeys = 100) {
  const time = { ms: 1000 };
  const limits = { value: LIMITS };
  const penalties: Penalty[] = [];
  const onPenalty = (penalty: Penalty) => void penalties.push(penalty);
  const limiter = new LoginLimiter({ limits, clock: { monotonic: () => time.ms }, onPenalty, maxKeys });
  const fail = (times: number, address = A, fingerprint?: string) => {
    for (let index = 0; index < times; index += 1) limiter.failed({ address, fingerprint });
  };
  const waits = (key: string, kind: 'address' | 'fingerprint' = 'address') => limiter.refusal({ kind, key });
  return { time, limits, penalties, limiter, fail, waits };
}

test('three failures are nothing; the fourth is 15 s, and each next one twice as long, up to 10 min', () => {
  const { time, penalties, fail, waits } = limiterAt();
  fail(3);
  expect(waits(A)).toBeUndefined();
  for (let round = 0; round < 8; round += 1) {
    fail(1);
    time.ms += (waits(A) ?? 0) * 1000;
    expect(waits(A)).toBeUndefined();
  }
  expect(penalties.map(({ seconds }) => seconds)).toEqual([15, 30, 60, 120, 240, 480, 600, 600]);
  expect(penalties.map(({ failures }) => failures)).toEqual([4, 5, 6, 7, 8, 9, 10, 11]);
  expect(waits(B)).toBeUndefined();
});

test('who tries while he waits does not wait longer, and no second penalty begins', () => {
  const { time, penalties, fail, waits } = limiterAt();
  fail(4);
  time.ms += 5000;
  fail(20);
  expect(waits(A)).toBe(10);
  expect(penalties).toEqual([{ kind: 'address', key: A, failures: 4, seconds: 15 }]);
});

test.each([
  ['three failures', 3, 600_000, 3, 0],
  ['three failures, a little sooner', 3, 599_999, 1, 1],
  ['a penalty, after its end', 4, 615_000, 3, 1],
  ['a penalty, a little sooner', 4, 614_999, 1, 2],
])('%s is forgotten after as long as the longest penalty', (_, before, pauseMs, after, penalised) => {
  const { time, penalties, fail } = limiterAt();
  fail(before);
  time.ms += pauseMs;
  fail(after);
  expect(penalties).toHaveLength(penalised);
});

test('a certificate is penalised wherever it comes from, and what it did is forgotten when it comes in', () => {
  const { limiter, penalties, fail, waits } = limiterAt();
  for (const last of [1, 2, 3, 4]) fail(1, `192.0.2.${last}`, 'cafe');
  expect(penalties).toEqual([{ kind: 'fingerprint', key: 'cafe', failures: 4, seconds: 15 }]);
  limiter.succeeded('cafe');
  expect(waits('cafe', 'fingerprint')).toBeUndefined();
  fail(3, B, 'cafe');
  expect(penalties).toHaveLength(1);
});

test('a good certificate does not free the address it shares with an attacker', () => {
  const { limiter, fail, waits } = limiterAt();
  fail(4);
  limiter.succeeded('cafe');
  expect(waits(A)).toBe(15);
});

test('a penalised address has two handshakes at once, and another has as many as it likes', () => {
  const { limiter, fail } = limiterAt();
  const enter = (address: string) => limiter.admitHandshake(address, () => undefined);
  fail(4);
  const [first, second, third] = [enter(A), enter(A), enter(A)];
  expect([first, second, third].map((one) => one !== undefined)).toEqual([true, true, false]);
  expect(Array.from({ length: 10 }, () => enter(B)).every((one) => one !== undefined)).toBe(true);
  first?.end();
  expect(enter(A)).toBeDefined();
  expect(enter(A)).toBeUndefined();
});

test('a handshake of a penalised address that takes too long gives its slot to the next', () => {
  const { time, limiter, fail } = limiterAt();
  const gone: string[] = [];
  const enter = (name: string) => limiter.admitHandshake(A, () => gone.push(name));
  for (const name of ['one', 'two', 'three']) enter(name); // before the penalty nobody counts them
  fail(4);
  time.ms += 1999;
  expect(enter('four')).toBeUndefined();
  time.ms += 1;
  expect(enter('five')).toBeDefined();
  expect(gone).toEqual(['one', 'two']);
  expect(enter('six')).toBeDefined();
  expect(gone).toEqual(['one', 'two', 'three']);
  expect(enter('seven')).toBeUndefined();
});

test('a refused handshake keeps its slot the longer, the more addresses fail', () => {
  const { time, limiter, fail } = limiterAt(1000);
  const busy = (address: string) => {
    const handshake = limiter.admitHandshake(address, () => undefined);
    if (handshake !== undefined) limiter.failed({ address });
    handshake?.end();
    return handshake !== undefined;
  };
  fail(4);
  expect([busy(A), busy(A), busy(A)]).toEqual([true, true, false]);
  time.ms += 40;
  expect(busy(A)).toBe(true);
  for (let index = 0; index < 99; index += 1) fail(1, `198.51.100.${index}`);
  time.ms += 40;
  expect([busy(A), busy(A), busy(A)]).toEqual([true, true, false]);
  time.ms += 3999;
  expect(busy(A)).toBe(false);
  time.ms += 1;
  expect(busy(A)).toBe(true);
});

test('behind an address from which people come in, a refused handshake does not keep its slot', () => {
  const { limiter, fail } = limiterAt();
  const refused = (address: string) => {
    const handshake = limiter.admitHandshake(address, () => undefined);
    if (handshake !== undefined) limiter.failed({ address });
    handshake?.end();
    return handshake !== undefined;
  };
  limiter.order.ask(A, { mayBegin: () => true, begin: () => undefined }).admitted();
  for (const address of [A, B]) fail(4, address);
  expect([refused(A), refused(A), refused(A)]).toEqual([true, true, true]);
  expect([refused(B), refused(B), refused(B)]).toEqual([true, true, false]);
});

test('in a storm one failure is enough to have two slots; who never failed has as many as before', () => {
  const { time, limiter, penalties, fail } = limiterAt(1000);
  const enter = (address: string) => limiter.admitHandshake(address, () => undefined) !== undefined;
  fail(1, A);
  expect([enter(A), enter(A), enter(A)]).toEqual([true, true, true]);
  for (let index = 0; index < 30; index += 1) fail(1, `198.51.100.${index}`);
  expect(enter(A)).toBe(false);
  expect([enter(B), enter(B), enter(B)]).toEqual([true, true, true]);
  time.ms += 1000;
  expect(enter(A)).toBe(true);
  expect(penalties).toEqual([]);
});

test('the limits are those of today', () => {
  const { limits, penalties, fail } = limiterAt();
  fail(1);
  limits.value = { penaltyFromFailures: 2, penaltySeconds: 1, maxPenaltySeconds: 5 };
  fail(1);
  expect(penalties).toMatchObject([{ failures: 2, seconds: 1 }]);
});

test('memory is bounded: who failed longest ago is forgotten', () => {
  const { limiter, fail, waits } = limiterAt(10);
  fail(4, A);
  for (let index = 0; index < 9; index += 1) fail(1, `198.51.100.${index}`, `${index}`);
  fail(1, A); // stays: it failed again
  expect(waits(A)).toBeDefined();
  for (let index = 0; index < 10_000; index += 1) fail(1, `203.0.113.${index % 256}.${index}`, `f${index}`);
  expect(limiter.remembered).toBe(20);
  expect(waits(A)).toBeUndefined();
});

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
  ['2001:0db8:0001:0002::', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
])('%s counts as %s', (address, key) => {
  expect(addressKey(address)).toBe(key);
});
