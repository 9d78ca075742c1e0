import { describe, expect, test } from 'vitest';
import { covers, dateOf, includesDay, inOrder, type Period, parseDate } from '../../src/domain/period.ts';

function period(begin: string, end?: string): Period {
  return { begin: day(begin), end: end === undefined ? undefined : day(end) };
}

function day(text: string) {
  const parsed = parseDate(text);
  if (parsed === undefined) throw new Error(`${text} is no day`);
  return parsed;
}

describe('days', () => {
  test.each(['2026-01-05', '2024-02-29', '2000-02-29', '1900-12-31', '0001-01-01', '9999-12-31'])('%s exists', (text) =>
    expect(parseDate(text)).toBe(text),
  );

  test.each([
    ['2026-02-29'],
    ['1900-02-29'],
    ['2026-04-31'],
    ['2026-13-01'],
    ['2026-00-10'],
    ['2026-01-00'],
    ['0000-01-01'],
    ['2026-1-5'],
    ['20260105'],
    ['2026-01-05T00:00:00Z'],
    [' 2026-01-05'],
    ['-2026-01-05'],
    [''],
  ])('"%s" does not', (text) => expect(parseDate(text)).toBeUndefined());

  test('the day of an instant is the UTC day', () => {
    const last = Date.UTC(2026, 0, 5, 23, 59, 59, 999);
    const first = Date.UTC(2026, 0, 5);
    expect([last, last + 1, last, first, first - 1, -1].map(dateOf)).toEqual([
      '2026-01-05',
      '2026-01-06',
      '2026-01-05',
      '2026-01-05',
      '2026-01-04',
      '1969-12-31',
    ]);
  });
});

describe('periods', () => {
  const whole = period('2026-01-01', '2026-12-31');
  const open = period('2026-01-01');
  const cases: readonly [string, Period, Period, boolean][] = [
    ['covers itself', whole, whole, true],
    ['covers a day at its begin', whole, period('2026-01-01', '2026-01-01'), true],
    ['covers a day at its end', whole, period('2026-12-31', '2026-12-31'), true],
    ['does not cover the day before', whole, period('2025-12-31', '2026-01-01'), false],
    ['does not cover the day after', whole, period('2026-12-31', '2027-01-01'), false],
    ['does not cover an open one', whole, open, false],
    ['an open one covers an open one', open, open, true],
    ['an open one covers a closed one', open, whole, true],
    ['an open one does not cover what began before', open, period('2025-12-31'), false],
  ];
  test.each(cases)('%s', (_title, outer, inner, expected) => expect(covers(outer, inner)).toBe(expected));

  test('a period in order ends on its first day or later', () => {
    expect([inOrder(whole), inOrder(open), inOrder(period('2026-01-01', '2026-01-01'))]).toEqual([true, true, true]);
    expect(inOrder(period('2026-01-02', '2026-01-01'))).toBe(false);
  });

  test('both ends belong to a period', () => {
    const days = ['2025-12-31', '2026-01-01', '2026-12-31', '2027-01-01'].map(day);
    expect(days.map((one) => includesDay(whole, one))).toEqual([false, true, true, false]);
    expect(days.map((one) => includesDay(open, one))).toEqual([false, true, true, true]);
  });
});
