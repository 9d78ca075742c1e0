import { expect, test } from 'vitest';
import { type Expectation, filled, occurrences } from '../../src/domain/expectation.ts';
import type { PartnerId } from '../../src/domain/principal.ts';

const RVA = { from: 'rva' as PartnerId, by: '18:00', graceHours: 4 };
const DAILY: Expectation = { ...RVA, every: 'day', weekdaysOnly: true };

function at(text: string): number {
  return Date.parse(text);
}

/** Day, begin of what counts, and when it is due, in UTC. */
function told(expectation: Expectation, from: string, to: string) {
  return occurrences(expectation, at(from), at(to)).map(({ day, opensAt, dueAt }) =>
    [day, new Date(opensAt).toISOString().slice(0, 16), new Date(dueAt).toISOString().slice(0, 16)].join(' '),
  );
}

test('a file of every working day is due at the Belgian time, in winter and in summer', () => {
  // The clocks go forward on Sunday 29 March 2026.
  expect(told(DAILY, '2026-03-26T00:00Z', '2026-04-01T00:00Z')).toEqual([
    '2026-03-26 2026-03-25T23:00 2026-03-26T17:00',
    '2026-03-27 2026-03-26T23:00 2026-03-27T17:00',
    '2026-03-30 2026-03-29T22:00 2026-03-30T16:00',
    '2026-03-31 2026-03-30T22:00 2026-03-31T16:00',
  ]);
  const always: Expectation = { ...DAILY, weekdaysOnly: false };
  expect(told(always, '2026-03-28T00:00Z', '2026-03-30T00:00Z')).toEqual([
    '2026-03-28 2026-03-27T23:00 2026-03-28T17:00',
    '2026-03-29 2026-03-28T23:00 2026-03-29T16:00',
  ]);
});

test('one of every week, month or quarter counts from its first day', () => {
  const weekly: Expectation = { ...RVA, every: 'week', weekday: 'wednesday' };
  expect(told(weekly, '2026-11-01T00:00Z', '2026-11-15T00:00Z')).toEqual([
    '2026-11-04 2026-11-01T23:00 2026-11-04T17:00',
    '2026-11-11 2026-11-08T23:00 2026-11-11T17:00',
  ]);
  const monthly: Expectation = { ...RVA, every: 'month', day: 5, by: '00:30' };
  expect(told(monthly, '2026-06-01T00:00Z', '2026-07-31T00:00Z')).toEqual([
    '2026-06-05 2026-05-31T22:00 2026-06-04T22:30',
    '2026-07-05 2026-06-30T22:00 2026-07-04T22:30',
  ]);
  const quarterly: Expectation = { ...RVA, every: 'quarter', day: 31 };
  expect(told(quarterly, '2026-01-01T00:00Z', '2026-12-31T00:00Z')).toEqual([
    '2026-01-31 2025-12-31T23:00 2026-01-31T17:00',
    '2026-05-01 2026-03-31T22:00 2026-05-01T16:00',
    '2026-07-31 2026-06-30T22:00 2026-07-31T16:00',
    '2026-10-31 2026-09-30T22:00 2026-10-31T17:00',
  ]);
});

/** Monday 2 to Wednesday 4 November 2026: due at 17:00 UTC, missing at 21:00. */
const TIMES = occurrences(DAILY, at('2026-11-02T00:00Z'), at('2026-11-05T00:00Z'));

const CASES: readonly (readonly [title: string, now: string, files: readonly string[], states: string])[] = [
  ['nothing is due yet', '2026-11-02T16:59Z', [], 'expected expected expected'],
  ['it is due and has not come', '2026-11-02T17:01Z', [], 'late expected expected'],
  ['its grace is over', '2026-11-02T21:01Z', [], 'missing expected expected'],
  ['it came in time', '2026-11-02T21:01Z', ['2026-11-02T08:00Z'], 'arrived:0 expected expected'],
  ['it came late', '2026-11-03T08:00Z', ['2026-11-02T19:00Z'], 'late:0 expected expected'],
  ['it came when it was missing', '2026-11-03T08:00Z', ['2026-11-02T21:30Z'], 'late:0 expected expected'],
  ['it never came; the next one did', '2026-11-03T18:00Z', ['2026-11-03T09:00Z'], 'missing arrived:0 expected'],
  [
    'two came on one day, and both count for it',
    '2026-11-03T18:00Z',
    ['2026-11-02T09:00Z', '2026-11-02T16:00Z'],
    'arrived:0,1 late expected',
  ],
  ['one came before the first', '2026-11-02T16:00Z', ['2026-11-01T09:00Z'], 'expected expected expected'],
];

for (const [title, now, files, states] of CASES) {
  test(`a file is told as it is: ${title}`, () => {
    const arrived = files.map((file, index) => ({ ticket: `${index}`, receivedAt: at(file) }));
    const told = filled(TIMES, arrived, at(now)).map(({ state, files: own }) =>
      own.length === 0 ? state : `${state}:${own.join(',')}`,
    );
    expect(told.join(' ')).toBe(states);
  });
}

test('with a grace that reaches into the next day, what comes then is yesterday’s where that one lacks', () => {
  const night: Expectation = { ...DAILY, by: '23:00', graceHours: 6 };
  const times = occurrences(night, at('2026-11-02T00:00Z'), at('2026-11-04T12:00Z'));
  const come = ['2026-11-03T03:00Z', '2026-11-03T03:30Z'].map((one, index) => ({
    ticket: `${index}`,
    receivedAt: at(one),
  }));
  expect(filled(times, come, at('2026-11-03T12:00Z')).map(({ state, files }) => [state, files])).toEqual([
    ['late', ['0']],
    ['arrived', ['1']],
  ]);
});
