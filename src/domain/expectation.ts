import { dateOf, type IsoDate } from './period.ts';
import type { PartnerId } from './principal.ts';

export const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** A file that a partner hands in regularly, in the real environment. Times of day are those of Belgium. */
export type Expectation = {
  readonly from: PartnerId;
  /** `HH:MM` */
  readonly by: string;
  /** After so many hours it is not late any more, but missing. */
  readonly graceHours: number;
} & (
  | { readonly every: 'day'; readonly weekdaysOnly: boolean }
  | { readonly every: 'week'; readonly weekday: Weekday }
  /** `day`: counted from 1. */
  | { readonly every: 'month' | 'quarter'; readonly day: number }
);

/** One time it is due. Milliseconds since the epoch; what comes from `opensAt` on counts for it. */
export type Occurrence = {
  readonly day: IsoDate;
  readonly opensAt: number;
  readonly dueAt: number;
  readonly missingAt: number;
};

export type ExpectedState = 'expected' | 'arrived' | 'late' | 'missing';

/** A file that was taken, and when it came. */
export type Arrived = { readonly ticket: string; readonly receivedAt: number };

export type ExpectedFile = Occurrence & { readonly state: ExpectedState; readonly files: readonly string[] };

const TIME_ZONE = 'Europe/Brussels';
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Nobody asks for more days at once. */
const MOST_DAYS = 800;

/** Every time a file is due within a half-open stretch of time, in order. */
export function occurrences(expectation: Expectation, from: number, to: number): readonly Occurrence[] {
  const found: Occurrence[] = [];
  const days = Math.min(MOST_DAYS, Math.ceil((to - from) / DAY_MS) + 3);
  for (let index = -1; index < days; index += 1) {
    const day = dateOf(from + index * DAY_MS);
    const opens = opensOn(expectation, day);
    if (opens === undefined) continue;
    const dueAt = instantOf(day, expectation.by);
    if (dueAt < from || dueAt >= to) continue;
    const missingAt = dueAt + expectation.graceHours * HOUR_MS;
    found.push({ day, opensAt: instantOf(opens, '00:00'), dueAt, missingAt });
  }
  return found;
}

/** The first day of the day, week, month or quarter whose file is due on this day; undefined where none is. */
function opensOn(expectation: Expectation, day: IsoDate): IsoDate | undefined {
  const { weekday, dayOfMonth, month } = partsOf(day);
  switch (expectation.every) {
    case 'day':
      return expectation.weekdaysOnly && weekday > 4 ? undefined : day;
    case 'week':
      return WEEKDAYS[weekday] === expectation.weekday ? daysBefore(day, weekday) : undefined;
    case 'month':
      return dayOfMonth === expectation.day ? daysBefore(day, dayOfMonth - 1) : undefined;
    case 'quarter': {
      const first = `${day.slice(0, 4)}-${String(month - ((month - 1) % 3)).padStart(2, '0')}-01` as IsoDate;
      return daysBefore(day, expectation.day - 1) === first ? first : undefined;
    }
  }
}

function partsOf(day: IsoDate): { readonly weekday: number; readonly dayOfMonth: number; readonly month: number } {
  const date = new Date(`${day}T00:00:00Z`);
  return { weekday: (date.getUTCDay() + 6) % 7, dayOfMonth: date.getUTCDate(), month: date.getUTCMonth() + 1 };
}

function daysBefore(day: IsoDate, days: number): IsoDate {
  return dateOf(Date.parse(`${day}T00:00:00Z`) - days * DAY_MS);
}

/** A constant that is made when it is first needed: that takes 20 ms, and most commands never do. */
let belgian: Intl.DateTimeFormat | undefined;

/** `2026-03-01, 13:05:00` */
function inBelgium(at: number): string {
  belgian ??= new Intl.DateTimeFormat('en-CA', {
    timeZone: TIME_ZONE,
    ...{ year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' },
    hourCycle: 'h23',
  });
  return belgian.format(at);
}

/** The instant of a day and time of day in Belgium, whatever the season. */
export function instantOf(day: IsoDate, time: string): number {
  const asUtc = Date.parse(`${day}T${time}:00Z`);
  const first = asUtc - offsetAt(asUtc);
  return asUtc - offsetAt(first);
}

/** The day it is in Belgium. */
export function localDay(at: number): IsoDate {
  return inBelgium(at).slice(0, 10) as IsoDate;
}

function offsetAt(at: number): number {
  const [day = '', time = ''] = inBelgium(at).split(', ');
  return Date.parse(`${day}T${time}Z`) - Math.floor(at / 1000) * 1000;
}

/**
 * What became of each. A file counts for the time whose day, week, month or quarter it came in; one that comes after that,
 * and before the one before was missing, for that one where it has none.
 * @param files in the order in which they came
 */
export function filled(times: readonly Occurrence[], files: readonly Arrived[], now: number): readonly ExpectedFile[] {
  const held = times.map((): Arrived[] => []);
  for (const file of files) {
    const index = times.findLastIndex(({ opensAt }) => opensAt <= file.receivedAt);
    const before = times[index - 1];
    const isForBefore = before !== undefined && held[index - 1]?.length === 0 && file.receivedAt < before.missingAt;
    held[isForBefore ? index - 1 : index]?.push(file);
  }
  return times.map((time, index) => {
    const own = held[index] ?? [];
    return { ...time, state: stateOf(time, own[0], now), files: own.map(({ ticket }) => ticket) };
  });
}

function stateOf({ dueAt, missingAt }: Occurrence, first: Arrived | undefined, now: number): ExpectedState {
  if (first !== undefined) return first.receivedAt <= dueAt ? 'arrived' : 'late';
  if (now <= dueAt) return 'expected';
  return now <= missingAt ? 'late' : 'missing';
}
