/** A calendar date, `YYYY-MM-DD`; dates compare as strings. */
export type IsoDate = string & { readonly __date: unique symbol };

/** Both ends included; an absent end is open. */
export type Period = { readonly begin: IsoDate; readonly end?: IsoDate | undefined };

/** Parses `YYYY-MM-DD` of a day that exists in the calendar, which has no year 0. */
export function parseDate(value: string): IsoDate | undefined {
  if (!/^(?!0000)\d{4}-\d{2}-\d{2}$/.test(value)) return undefined;
  const date = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(value) ? (value as IsoDate) : undefined;
}

/** The days of `yyyyQn`. */
export function quarterOf(value: string): Period | undefined {
  const [, year, quarter] = /^(\d{4})Q([1-4])$/.exec(value) ?? [];
  const [first, last] = FIRST_AND_LAST[Number(quarter) - 1] ?? [];
  const begin = parseDate(`${year}-${first}`);
  return begin === undefined ? undefined : { begin, end: parseDate(`${year}-${last}`) };
}

const FIRST_AND_LAST = [
  ['01-01', '03-31'],
  ['04-01', '06-30'],
  ['07-01', '09-30'],
  ['10-01', '12-31'],
] as const;

const MS_PER_DAY = 86_400_000;
/** The day that was asked for last: every decision asks for today. */
let lastDay = { from: 0, date: '1970-01-01' as IsoDate };

/** The UTC day of an instant. */
export function dateOf(at: number): IsoDate {
  const into = at - lastDay.from;
  if (into >= 0 && into < MS_PER_DAY) return lastDay.date;
  const date = new Date(at).toISOString().slice(0, 10) as IsoDate;
  lastDay = { from: Math.floor(at / MS_PER_DAY) * MS_PER_DAY, date };
  return date;
}

/** Whether begin is not after end. */
export function inOrder(period: Period): boolean {
  return period.end === undefined || period.begin <= period.end;
}

/** Whether `outer` covers every day of `inner`. */
export function covers(outer: Period, inner: Period): boolean {
  if (outer.begin > inner.begin) return false;
  return outer.end === undefined || (inner.end !== undefined && inner.end <= outer.end);
}

export function includesDay(period: Period, day: IsoDate): boolean {
  return period.begin <= day && (period.end === undefined || day <= period.end);
}
