import type { Environment } from '../domain/flow.ts';
import { splitRszName } from '../domain/rsz-name.ts';
import type { Submission } from '../domain/submission.ts';

/** Numbers between others that never came: serials of sets, by sender and day of their names, or lots of a sender. */
export type SerialGap = {
  readonly flow: string;
  readonly environment: Environment;
  readonly kind: 'serial' | 'lot';
  /** Sender number and day of the names; null for lots. */
  readonly sender: string | null;
  readonly day: string | null;
  /** Both included. */
  readonly from: string;
  readonly to: string;
};

/** So many are told of one series: who skips more does not count. */
const MOST_GAPS = 50;
const SERIAL_DIGITS = 5;

type Series = Omit<SerialGap, 'from' | 'to'> & { readonly numbers: Set<string> };

/** Gaps in what one partner handed in. A serial is unique for sender, date and environment (docs/domain.md §1). */
export function serialGaps(submissions: readonly Submission[]): readonly SerialGap[] {
  const all = new Map<string, Series>();
  for (const { flow, environment, fileName, lot } of submissions) {
    const split = splitRszName(fileName);
    if ('name' in split) {
      const { senderNumber: sender, date, serial } = split.name;
      const day = `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}`;
      add(all, { flow, environment, kind: 'serial', sender, day }, serial);
    }
    if (lot !== undefined) add(all, { flow, environment, kind: 'lot', sender: null, day: null }, `${lot}`);
  }
  return [...all.values()].flatMap(gapsOf);
}

function add(all: Map<string, Series>, about: Omit<Series, 'numbers'>, number: string): void {
  const key = JSON.stringify(about);
  const series = all.get(key) ?? { ...about, numbers: new Set<string>() };
  series.numbers.add(number);
  all.set(key, series);
}

/** Who never uses a letter counts to 9; who does, to Z. */
function gapsOf({ numbers, ...about }: Series): readonly SerialGap[] {
  const base = [...numbers].every((number) => /^\d+$/.test(number)) ? 10 : 36;
  const values = [...numbers]
    .filter((number) => /^[0-9A-Z]+$/.test(number))
    .map((number) => Number.parseInt(number, base))
    .toSorted((one, other) => one - other);
  const text = (value: number) =>
    about.kind === 'lot' ? `${value}` : value.toString(base).toUpperCase().padStart(SERIAL_DIGITS, '0');
  return values
    .flatMap((value, index): readonly SerialGap[] => {
      const before = values[index - 1];
      return before === undefined || value <= before + 1
        ? []
        : [{ ...about, from: text(before + 1), to: text(value - 1) }];
    })
    .slice(0, MOST_GAPS);
}
