import type { Entry } from '../../../schemas/files.ts';

export type SortBy = 'name' | 'modified' | 'size';
export type Sorting = { readonly by: SortBy; readonly down: boolean };

/** Which rows are chosen, and which one the keyboard is at. Names, because rows come and go. */
export type Choice = {
  readonly chosen: ReadonlySet<string>;
  readonly at: string | undefined;
  /** Where a range begins. */
  readonly from: string | undefined;
};

export const NOTHING_CHOSEN: Choice = { chosen: new Set(), at: undefined, from: undefined };

/** Folders first, then as asked; names compare as people read them (`2` before `10`). */
export function sorted(
  entries: readonly Entry[],
  filter: string,
  { by, down }: Sorting,
  locale: string,
): readonly Entry[] {
  const { compare } = new Intl.Collator(locale, { numeric: true });
  const wanted = filter.trim().toLowerCase();
  const kept = wanted === '' ? [...entries] : entries.filter(({ name }) => name.toLowerCase().includes(wanted));
  const sign = down ? -1 : 1;
  return kept.sort((a, b) => {
    if (a.kind !== b.kind) return a.kind === 'folder' ? -1 : 1;
    const difference =
      by === 'size' ? a.size - b.size : by === 'modified' ? Date.parse(a.modified) - Date.parse(b.modified) : 0;
    return sign * (difference || compare(a.name, b.name));
  });
}

/** Goes to a row, alone or extending the range, or without choosing it. */
export function moveTo(
  choice: Choice,
  rows: readonly Entry[],
  index: number,
  how: 'alone' | 'range' | 'focus',
): Choice {
  const target = rows[Math.max(0, Math.min(index, rows.length - 1))]?.name;
  if (target === undefined) return choice;
  if (how === 'focus') return { ...choice, at: target };
  if (how === 'alone') return { chosen: new Set([target]), at: target, from: target };
  const names = rows.map(({ name }) => name);
  const from = choice.from ?? choice.at ?? target;
  const [a, b] = [Math.max(0, names.indexOf(from)), names.indexOf(target)];
  return { chosen: new Set(names.slice(Math.min(a, b), Math.max(a, b) + 1)), at: target, from };
}

/** Adds a row to what is chosen, or takes it out. */
export function toggle(choice: Choice, name: string): Choice {
  const chosen = new Set(choice.chosen);
  if (!chosen.delete(name)) chosen.add(name);
  return { chosen, at: name, from: name };
}

/** The next row from here whose name begins so, around the end. */
export function startingWith(rows: readonly Entry[], from: number, begin: string): number {
  const wanted = begin.toLowerCase();
  for (let step = 0; step < rows.length; step++) {
    const index = (from + step) % rows.length;
    if (rows[index]?.name.toLowerCase().startsWith(wanted)) return index;
  }
  return -1;
}
