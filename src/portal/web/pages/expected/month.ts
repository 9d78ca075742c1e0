import type { Expected } from '../../../schemas/expected.ts';

type Item = Expected['items'][number];

/** Files that one flow awaits in a month, in order of the day. */
export type OfFlow = {
  readonly flow: string;
  readonly flowName: string;
  /** Who sends it. */
  readonly partner: string;
  readonly items: readonly Item[];
};

/** `2026-11`; undefined for what is none */
export function parseMonth(text: string | null): string | undefined {
  return text !== null && /^\d{4}-(0[1-9]|1[0-2])$/.test(text) ? text : undefined;
}

/** The month so many steps later, or earlier. */
export function monthAfter(month: string, steps: number): string {
  const [year = 0, number = 1] = month.split('-').map(Number);
  return new Date(Date.UTC(year, number - 1 + steps, 1)).toISOString().slice(0, 7);
}

/** `November 2026` */
export function monthName(month: string, locale: string): string {
  const format = new Intl.DateTimeFormat(locale, { month: 'long', year: 'numeric', timeZone: 'UTC' });
  return format.format(new Date(`${month}-01`));
}

/** Monday first: `Mon` with `Monday`. 2024-01-01 was a Monday. */
export function weekdays(locale: string): readonly { readonly short: string; readonly long: string }[] {
  const [short, long] = (['short', 'long'] as const).map(
    (weekday) => new Intl.DateTimeFormat(locale, { weekday, timeZone: 'UTC' }),
  );
  return Array.from({ length: 7 }, (_, index) => {
    const day = new Date(Date.UTC(2024, 0, 1 + index));
    return { short: short?.format(day) ?? '', long: long?.format(day) ?? '' };
  });
}

/** Weeks of a month from Monday on; undefined where a day belongs to another month. */
export function weeksOf(month: string): readonly (readonly (string | undefined)[])[] {
  const [year = 0, number = 1] = month.split('-').map(Number);
  const before = (new Date(Date.UTC(year, number - 1, 1)).getUTCDay() + 6) % 7;
  const days = new Date(Date.UTC(year, number, 0)).getUTCDate();
  const weeks = Math.ceil((before + days) / 7);
  return Array.from({ length: weeks }, (_, week) =>
    Array.from({ length: 7 }, (_unused, weekday) => {
      const day = week * 7 + weekday - before + 1;
      return day < 1 || day > days ? undefined : `${month}-${String(day).padStart(2, '0')}`;
    }),
  );
}

/** A flow may be awaited of several partners for whom one person acts. */
export function byFlow(items: readonly Item[]): readonly OfFlow[] {
  const flows = new Map<string, { flow: string; flowName: string; partner: string; items: Item[] }>();
  for (const item of items) {
    const { flow, flowName, partner } = item;
    const key = `${flow} ${partner}`;
    const known = flows.get(key) ?? { flow, flowName, partner, items: [] };
    flows.set(key, known);
    known.items.push(item);
  }
  return [...flows].sort(([one], [other]) => one.localeCompare(other)).map(([, of]) => of);
}
