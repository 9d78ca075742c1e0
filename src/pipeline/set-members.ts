import { type RszName, siblingOf, splitRszName } from '../domain/rsz-name.ts';
import { childOf, nameOf, type VPath } from '../domain/vpath.ts';
import type { EntryRow } from '../storage/commands.ts';
import type { Ledger } from '../storage/ledger.ts';

/** Rows that are looked at: all files of a set of 99 parts, and as many again that do not belong to it. */
const MOST_ROWS = 198;
const MOST_NAMES = 5;

export type Role = 'FI' | 'FS' | 'GO';

/** A file of a set that stands there, whole and in no submission's hands. `count` and `part` as its name says. */
export type Member = {
  readonly role: Role;
  readonly count: number;
  readonly part: number;
  readonly row: EntryRow;
};

type Parts = {
  readonly ledger: Ledger;
  readonly isInUse: (ledgerPath: VPath) => Promise<boolean>;
};

/**
 * The files of one kind that bear the sender number, date, serial and environment of this set, whatever they say of parts;
 * in the order of their parts. One that was answered or taken back still stands there for clients that look: it is none.
 */
export async function membersOf(
  { ledger, isInUse }: Parts,
  folder: VPath,
  name: RszName,
  role: Role,
): Promise<readonly Member[]> {
  const { content, senderNumber, date, serial, environment } = name;
  const prefix = `${role}.${content}.${senderNumber}.${date}.${serial}.${environment}.`;
  const rows = await ledger.read({ kind: 'children', folder, after: prefix, limit: MOST_ROWS });
  const members = rows.flatMap((row): readonly Member[] => {
    const split = splitRszName(nameOf(row.path));
    const isOne = 'name' in split && nameOf(row.path).startsWith(prefix) && row.kind === 'file' && isWaiting(row);
    return isOne ? [{ role, count: split.name.count, part: split.name.part ?? 1, row }] : [];
  });
  const inUse = await Promise.all(members.map(({ row }) => isInUse(row.path)));
  return members
    .filter((_, index) => inUse[index] !== true)
    .toSorted((one, other) => one.count - other.count || one.part - other.part);
}

/** Names of the parts of this set that are not among the members, FI or FS. */
export function missingOf(name: RszName, role: 'FI' | 'FS', members: readonly Member[]): readonly string[] {
  const there = new Set(members.filter(({ count }) => count === name.count).map(({ part }) => part));
  const parts = Array.from({ length: name.count }, (_, index) => index + 1);
  return parts.filter((part) => !there.has(part)).map((part) => siblingOf(name, role, part));
}

/** Paths at which the FI and FS of a set are expected. */
export function expectedPaths(folder: VPath, name: RszName): readonly VPath[] {
  return (['FI', 'FS'] as const).flatMap((role) => missingOf(name, role, []).map((file) => childOf(folder, file)));
}

/** The first names of a list, as the detail of a fault. */
export function shownNames(names: readonly string[]): string {
  const more = names.length > MOST_NAMES ? ', …' : '';
  return `${names.slice(0, MOST_NAMES).join(', ')}${more}`;
}

/** Whether a member of a set is in no submission's hands, and never was. */
function isWaiting(row: EntryRow): boolean {
  return row.frozenBy === undefined && row.expiresAt === undefined;
}
