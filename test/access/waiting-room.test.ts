import { expect, test, vi } from 'vitest';
import { LoginLimiter } from '../../src/access/login-limiter.ts';
import { type Visit, WaitingRoom } from '../../src/access/waiting-room.ts';
import type { Listener } from '../../src/domain/generation.ts';
import type { AuditLine } from '../../src/storage/commands.ts';

const LISTENER: Listener = {
  ...{
    protocol: 'sftp',
    host: '127.0.0.1',
    port: 8022,
    accessMethod: 'line',
    level: 1,
    rule: 'gateway.yaml#/listeners/2',
    proxies: [],
  },
};

type Options = { readonly random?: () => number; readonly maxUnauthenticated?: number };

function roomWith({ random = () => 0, maxUnauthenticated = 4 }: Options = {}) {
  const limits = {
    value: {
      maxUnauthenticated,
      loginGraceSeconds: 20,
      penaltyFromFailures: 2,
      penaltySeconds: 15,
      maxPenaltySeconds: 600,
    },
  };
  const [lines, dropped, ended]: [AuditLine[], string[], string[]] = [[], [], []];
  const time = { ms: 0 };
  const clock = { monotonic: () => time.ms };
  const limiter = new LoginLimiter({ limits, clock, onPenalty: () => undefined });
  const room = new WaitingRoom({
    ...{ listener: { value: LISTENER }, protocol: 'sftp', limits, limiter, clock, random },
    audit: { note: (line) => void lines.push(line) },
    metrics: { count: (_, labels) => void dropped.push(labels?.reason ?? '') },
  });
  const visits: Visit[] = [];
  const come = (remoteAddress: string, name = remoteAddress, bytesRead = 0) => {
    const visit = room.came({ remoteAddress, bytesRead, destroy: () => ended.push(name) });
    if (visit !== undefined) visits.push(visit);
    return visit;
  };
  /** Somebody came in from there before. */
  const know = (address: string) => {
    const visit = come(address);
    visit?.inTurn(() => undefined);
    visit?.admitted('cafe');
  };
  const leave = () => {
    for (const visit of visits) visit.left();
  };
  return { time, limits, limiter, room, lines, dropped, ended, come, know, leave };
}

test('up to the limit everybody waits; beyond it the oldest of the address that holds most is ended', () => {
  const { room, ended, dropped, come, leave } = roomWith();
  for (const name of ['a1', 'a2', 'a3']) come('192.0.2.1', name);
  come('192.0.2.2', 'b1');
  expect(ended).toEqual([]);
  come('192.0.2.3', 'honest');
  come('192.0.2.4', 'honest too');
  come('192.0.2.1', 'a4');
  expect(ended).toEqual(['a1', 'a2', 'a3']);
  expect(dropped).toEqual(['start-up', 'start-up', 'start-up']);
  expect(room.size).toBe(4);
  leave();
  expect(room.size).toBe(0);
});

test('who has said nothing for a while goes first, then the heaviest of those that failed', () => {
  const { time, limiter, ended, come, leave } = roomWith();
  come('192.0.2.1', 'slow', 1);
  come('192.0.2.1', 'silent');
  come('192.0.2.3', 'failed', 1);
  limiter.failed({ address: '192.0.2.3' });
  time.ms += 2000;
  for (const name of ['a1', 'a2', 'a3']) come('192.0.2.2', name);
  expect(ended).toEqual(['silent', 'failed']);
  come('192.0.2.2', 'a4');
  expect(ended).toEqual(['silent', 'failed', 'a1']);
  leave();
});

test('the share that is ended grows evenly from the limit to four times the limit', () => {
  const draws: number[] = [];
  const { ended, come, leave } = roomWith({ random: () => draws.shift() ?? 1 });
  for (let index = 0; index < 4; index += 1) come('192.0.2.1');
  draws.push(1 / 12); // exactly the share: stays
  come('192.0.2.1');
  expect(ended).toHaveLength(0);
  draws.push(2 / 12 - 0.001);
  come('192.0.2.1');
  expect(ended).toHaveLength(1);
  for (let index = 0; index < 10; index += 1) come('192.0.2.1');
  expect(ended).toHaveLength(1);
  draws.push(0.999);
  come('192.0.2.1');
  expect(ended).toHaveLength(2);
  leave();
});

test('who is admitted waits no longer and is not ended', () => {
  const { room, ended, come, leave } = roomWith();
  for (let index = 0; index < 20; index += 1) come('192.0.2.1')?.admitted('cafe');
  expect(room.size).toBe(0);
  for (let index = 0; index < 4; index += 1) come('192.0.2.1');
  expect(ended).toEqual([]);
  leave();
});

test('a connection fails once, whatever it tries, and not at all when it was ended for want of a place', () => {
  const { limiter, come, leave } = roomWith({ maxUnauthenticated: 1 });
  const waits = (key: string) => limiter.refusal({ kind: 'address', key });
  const stubborn = come('192.0.2.1');
  for (let index = 0; index < 5; index += 1) stubborn?.failed();
  expect(waits('192.0.2.1')).toBeUndefined();
  stubborn?.left();
  const others = [come('192.0.2.2'), come('192.0.2.2'), come('192.0.2.2')];
  expect(others[0]?.turnedAway).toBe(true);
  expect(waits('192.0.2.2')).toBeUndefined();
  leave();
  come('192.0.2.1')?.failed();
  expect(waits('192.0.2.1')).toBe(15);
  leave();
});

test('who says nothing within the grace time of today is ended, written down, and has failed', () => {
  vi.useFakeTimers();
  try {
    const { limits, limiter, room, lines, ended, come } = roomWith();
    come('192.0.2.1', 'first');
    vi.advanceTimersByTime(19_999);
    expect(ended).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(ended).toEqual(['first']);
    limits.value.loginGraceSeconds = 1;
    come('192.0.2.1', 'second');
    vi.advanceTimersByTime(1000);
    expect(ended).toEqual(['first', 'second']);
    expect(room.size).toBe(0);
    expect(lines.map(({ kind, fields }) => [kind, fields.address, fields.reason])).toEqual([
      ['login', '192.0.2.1', 'grace-exceeded'],
      ['login', '192.0.2.1', 'grace-exceeded'],
    ]);
    expect(limiter.refusal({ kind: 'address', key: '192.0.2.1' })).toBeDefined();
  } finally {
    vi.useRealTimers();
  }
});

test('a certificate that is penalised is proven by two at once, and the third is ended', () => {
  const { limiter, ended, come, leave } = roomWith({ maxUnauthenticated: 50 });
  for (const last of [1, 2]) limiter.failed({ address: `192.0.2.${last}`, fingerprint: 'cafe' });
  const three = [11, 12, 13].map((last) => come(`192.0.2.${last}`)?.proves('cafe'));
  expect(three).toEqual([true, true, false]);
  expect(ended).toEqual(['192.0.2.13']);
  leave();
});

test('at a penalised address from which people come in, others wait for its two slots; elsewhere they are closed', () => {
  vi.useFakeTimers();
  try {
    const { time, limiter, ended, come, know, leave } = roomWith({ maxUnauthenticated: 50 });
    const began: string[] = [];
    const enter = (address: string, name: string) => {
      const visit = come(address, name, 1);
      visit?.inTurn(() => began.push(name));
      return visit;
    };
    know('192.0.2.1');
    for (const address of ['192.0.2.1', '192.0.2.1', '192.0.2.2', '192.0.2.2']) limiter.failed({ address });
    time.ms += 1000;
    const [first] = ['a1', 'a2', 'a3'].map((name) => enter('192.0.2.1', name));
    for (const name of ['b1', 'b2', 'b3']) enter('192.0.2.2', name);
    expect([began, ended]).toEqual([['a1', 'a2', 'b1', 'b2'], ['b3']]);
    first?.failed();
    first?.left();
    time.ms += 20;
    vi.advanceTimersByTime(20);
    expect(began.slice(4)).toEqual(['a3']);
    leave();
  } finally {
    vi.useRealTimers();
  }
});

test('sixteen wait there; one more is closed, or takes the place of who is there for a while', () => {
  const { time, limiter, ended, come, know, leave } = roomWith({ maxUnauthenticated: 50 });
  know('192.0.2.1');
  for (const _ of [1, 2]) limiter.failed({ address: '192.0.2.1' });
  for (let index = 1; index <= 16; index += 1) come('192.0.2.1', `a${index}`);
  expect(ended).toEqual([]);
  time.ms += 1999;
  expect(come('192.0.2.1', 'a17')).toBeUndefined();
  expect(ended).toEqual(['a17']);
  time.ms += 1;
  expect(come('192.0.2.1', 'a18')).toBeDefined();
  expect(ended).toEqual(['a17', 'a1']);
  leave();
});

test('who waits for its turn is ended after the grace time and does not begin', () => {
  vi.useFakeTimers();
  try {
    const { time, ended, come, leave } = roomWith({ maxUnauthenticated: 50 });
    const began: string[] = [];
    const visits = ['a', 'b', 'c', 'd', 'e'].map((name) => come('192.0.2.1', name, 1));
    for (const visit of visits) visit?.inTurn(() => began.push('one'));
    expect(began).toHaveLength(4);
    vi.advanceTimersByTime(20_000); // the clock stands still: no turn comes
    expect(ended).toEqual(['a', 'b', 'c', 'd', 'e']);
    time.ms += 20_000;
    vi.advanceTimersByTime(20_000);
    expect(began).toHaveLength(4);
    leave();
  } finally {
    vi.useRealTimers();
  }
});
