import type { PersonKey } from '../domain/person-key.ts';
import { type Beside, besideValue, type LineDetail, readBeside } from './beside.ts';
import { logChange } from './change-log.ts';
import type { PersonEntry } from './line-table.ts';
import type { Problems } from './load.ts';
import { cancelledValue, DOSSIER_BYTES, dossiersValue, keyBytes, replacedValue, Unpacker } from './pack.ts';
import { type Counts, type DirectoryStats, noCounts, statsValue } from './stats.ts';
import { STATS_KEY, type Store, statsOf } from './store.ts';

/** A longer chain of replacements is a mistake. */
export const MAX_CHAIN = 32;

export type Link = { readonly key: PersonKey; readonly by: PersonKey; readonly line: number };

/** When a change is made; `day` as pack.ts has it. */
export type ChangeTime = { readonly at: number; readonly day: number };

/**
 * Writes the entries of a load, inside a write transaction of the caller.
 * @returns what was loaded and the new statistics; undefined, with the problems noted, where the caller must abort
 */
export function applyEntries(
  store: Store,
  entries: Iterable<PersonEntry>,
  problems: Problems,
  time: ChangeTime,
): { readonly loaded: Counts; readonly stats: DirectoryStats } | undefined {
  const unpacker = new Unpacker();
  const removed = noCounts();
  const loaded = noCounts();
  const links: Link[] = [];
  const changed: PersonKey[] = [];
  for (const entry of entries) {
    const old = store.persons.get(keyBytes(entry.key));
    if (old !== undefined) countValue(removed, unpacker, old);
    changed.push(entry.key);
    if (entry.kind === 'replaced') links.push(entry);
    putEntry(store, entry, loaded, time);
  }
  checkLinks(store, unpacker, links, problems);
  if (problems.found) return undefined;
  for (const { key, by } of links) noteReplaced(store, key, by);
  const before = statsOf(store);
  const stats = {
    version: before.version + 1n,
    persons: before.persons - removed.persons + loaded.persons,
    dossiers: before.dossiers - removed.dossiers + loaded.dossiers,
    replaced: before.replaced - removed.replaced + loaded.replaced,
    cancelled: before.cancelled - removed.cancelled + loaded.cancelled,
  };
  store.info.putSync(STATS_KEY, statsValue(stats));
  logChange(store, { version: stats.version, at: time.at, source: 'load', persons: Uint32Array.from(changed) });
  return { loaded, stats };
}

function putEntry(store: Store, entry: PersonEntry, loaded: Counts, { day }: ChangeTime): void {
  const key = keyBytes(entry.key);
  if (entry.kind === 'replaced') {
    loaded.replaced += 1;
    store.persons.putSync(key, replacedValue(entry.by));
    putDetails(store, entry.key, []);
  } else if (entry.kind === 'cancelled') {
    loaded.cancelled += 1;
    store.persons.putSync(key, cancelledValue());
    putDetails(store, entry.key, []);
  } else {
    loaded.persons += 1;
    loaded.dossiers += entry.count;
    store.persons.putSync(key, dossiersValue(entry.packed));
    const details = entry.details.map((detail) => ({ ...detail, lastChange: detail.lastChange ?? day }));
    putDetails(store, entry.key, details);
  }
}

/** Writes what lies beside the dossiers of a person; the numbers it replaces stay. */
export function putDetails(store: Store, key: PersonKey, details: readonly LineDetail[]): void {
  const { replaces } = readBeside(store.beside.get(keyBytes(key)));
  putBeside(store, key, { details, replaces });
}

/** Notes with a number that another one was replaced by it. */
export function noteReplaced(store: Store, key: PersonKey, by: PersonKey): void {
  const beside = readBeside(store.beside.get(keyBytes(by)));
  if (!beside.replaces.includes(key)) putBeside(store, by, { ...beside, replaces: [...beside.replaces, key] });
}

function putBeside(store: Store, key: PersonKey, beside: Beside): void {
  if (beside.details.length + beside.replaces.length > 0) store.beside.putSync(keyBytes(key), besideValue(beside));
  else store.beside.removeSync(keyBytes(key));
}

/** Adds what one value holds to the counts. */
export function countValue(counts: Counts, unpacker: Unpacker, value: Buffer): void {
  const { kind } = unpacker.unpack(value, value.length);
  if (kind === 'replaced') counts.replaced += 1;
  else if (kind === 'cancelled') counts.cancelled += 1;
  else {
    counts.persons += 1;
    counts.dossiers += (value.length - 1) / DOSSIER_BYTES;
  }
}

/** Every chain that begins in the file ends at a number in use. */
export function checkLinks(store: Store, unpacker: Unpacker, links: readonly Link[], problems: Problems): void {
  for (const link of links) {
    const problem = linkProblem(store, unpacker, link.key);
    if (problem !== undefined) problems.add(link.line, problem);
  }
}

/** What is wrong with the chain that begins at a replaced number. */
export function linkProblem(store: Store, unpacker: Unpacker, key: PersonKey): string | undefined {
  let at = key;
  for (let hops = 0; hops <= MAX_CHAIN; hops += 1) {
    const value = store.persons.get(keyBytes(at));
    if (value === undefined) return 'replaced_by stands neither in the file nor in the directory';
    const found = unpacker.unpack(value, value.length);
    if (found.kind === 'dossiers') return undefined;
    if (found.kind === 'cancelled') return 'replaced_by leads to a number that was cancelled';
    at = found.by;
  }
  return `replaced_by leads in a circle, or over more than ${MAX_CHAIN} numbers`;
}
