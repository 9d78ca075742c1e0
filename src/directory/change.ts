import type { RootDatabase } from 'lmdb';
import type { Insz } from '../domain/insz.ts';
import type { PersonEntry } from './line-table.ts';
import type { Problems } from './load.ts';
import { DOSSIER_BYTES, dossiersValue, keyOf, replacedValue, Unpacker } from './pack.ts';
import { type DirectoryStats, readStats, STATS_KEY, statsValue } from './stats.ts';

/** A longer chain of replacements is a mistake. */
const MAX_CHAIN = 32;

/** What one load did, in numbers. */
export type Loaded = { readonly persons: number; readonly dossiers: number; readonly replaced: number };

type Store = RootDatabase<Buffer, Buffer>;
type Link = { readonly insz: Insz; readonly line: number };
type Counts = { persons: number; dossiers: number; replaced: number };

/**
 * Writes the entries of a load, inside a write transaction of the caller.
 * @returns what was loaded and the new statistics; undefined, with the problems noted, where the caller must abort
 */
export function applyEntries(
  store: Store,
  entries: Iterable<PersonEntry>,
  problems: Problems,
): { readonly loaded: Loaded; readonly stats: DirectoryStats } | undefined {
  const unpacker = new Unpacker();
  const before = readStats(store.get(STATS_KEY));
  const removed: Counts = { persons: 0, dossiers: 0, replaced: 0 };
  const loaded: Counts = { persons: 0, dossiers: 0, replaced: 0 };
  const links: Link[] = [];
  for (const entry of entries) {
    const key = keyOf(entry.insz);
    const old = store.get(key);
    if (old !== undefined) count(removed, unpacker, old);
    if (entry.kind === 'replaced') {
      links.push(entry);
      loaded.replaced += 1;
      store.putSync(key, replacedValue(entry.by));
    } else {
      loaded.persons += 1;
      loaded.dossiers += entry.count;
      store.putSync(key, dossiersValue(entry.packed));
    }
  }
  checkLinks(store, unpacker, links, problems);
  if (problems.found) return undefined;
  const stats = {
    version: before.version + 1n,
    persons: before.persons - removed.persons + loaded.persons,
    dossiers: before.dossiers - removed.dossiers + loaded.dossiers,
    replaced: before.replaced - removed.replaced + loaded.replaced,
  };
  store.putSync(STATS_KEY, statsValue(stats));
  return { loaded, stats };
}

function count(counts: Counts, unpacker: Unpacker, value: Buffer): void {
  if (unpacker.unpack(value, value.length).kind === 'replaced') counts.replaced += 1;
  else {
    counts.persons += 1;
    counts.dossiers += (value.length - 1) / DOSSIER_BYTES;
  }
}

/** Every chain that begins in the file ends at a number in use. */
function checkLinks(store: Store, unpacker: Unpacker, links: readonly Link[], problems: Problems): void {
  for (const link of links) {
    let at = link.insz;
    let hops = 0;
    for (; hops <= MAX_CHAIN; hops += 1) {
      const value = store.get(keyOf(at));
      if (value === undefined) {
        problems.add(link.line, 'replaced_by stands neither in the file nor in the directory');
        break;
      }
      const found = unpacker.unpack(value, value.length);
      if (found.kind === 'dossiers') break;
      at = found.by;
    }
    if (hops > MAX_CHAIN)
      problems.add(link.line, `replaced_by leads in a circle, or over more than ${MAX_CHAIN} numbers`);
  }
}
