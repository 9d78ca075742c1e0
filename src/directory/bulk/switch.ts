import { GatewayError } from '../../domain/errors.ts';
import type { PersonKey } from '../../domain/person-key.ts';
import { countValue } from '../change.ts';
import { changesSince, logChange } from '../change-log.ts';
import { keyBytes, Unpacker } from '../pack.ts';
import { noCounts, statsValue } from '../stats.ts';
import { currentName, putInForce, STATS_KEY, type Store, statsOf } from '../store.ts';
import type { OldStore } from './append.ts';
import { PARTITION_SHIFT } from './records.ts';

const CHANGED_MEANWHILE = 'the directory was changed meanwhile; run the load again, it goes on where it is';

/**
 * Puts a new store in force. Meanwhile nobody can change the old one; integrations that came in since the load began are
 * taken over, except about numbers the dump names: there the dump has the last word.
 * @param named the persons of a partition that the dump names, sorted
 * @returns the version in force
 * @throws GatewayError `precondition-failed` where another load was faster
 */
export function switchStores(
  folder: string,
  store: Store,
  old: OldStore | undefined,
  version: bigint,
  at: number,
  named: (partition: number) => Uint32Array,
): bigint {
  if (old === undefined) {
    if (currentName(folder) !== undefined) throw new GatewayError('precondition-failed', CHANGED_MEANWHILE);
    putInForce(folder, store.name);
    return version;
  }
  let inForce = version;
  old.store.root.transactionSync(() => {
    if (currentName(folder) !== old.store.name) throw new GatewayError('precondition-failed', CHANGED_MEANWHILE);
    store.root.transactionSync(() => {
      for (const { key, value } of old.store.tickets.getRange({})) store.tickets.putSync(key, value);
      const now = statsOf(old.store).version;
      if (now < version) return;
      inForce = now + 1n;
      takeOver(store, old.store, version - 1n, inForce, at, named);
    });
    putInForce(folder, store.name);
  });
  return inForce;
}

function takeOver(
  store: Store,
  old: Store,
  since: bigint,
  version: bigint,
  at: number,
  named: (partition: number) => Uint32Array,
): void {
  const changed = new Map<number, Set<PersonKey>>();
  for (const { persons } of changesSince(old, since)) {
    for (const key of persons) {
      const partition = key >>> PARTITION_SHIFT;
      const others = changed.get(partition) ?? new Set();
      changed.set(partition, others.add(key));
    }
  }
  const unpacker = new Unpacker();
  const [before, after] = [noCounts(), noCounts()];
  const taken: PersonKey[] = [];
  for (const [partition, persons] of changed) {
    const inDump = new Set(named(partition));
    for (const person of persons) {
      if (inDump.has(person)) continue;
      const key = keyBytes(person);
      const [was, is] = [store.persons.get(key), old.persons.get(key)];
      if (was !== undefined) countValue(before, unpacker, was);
      if (is === undefined) continue;
      countValue(after, unpacker, is);
      store.persons.putSync(key, is);
      const beside = old.beside.get(key);
      if (beside !== undefined) store.beside.putSync(key, beside);
      taken.push(person);
    }
  }
  const stats = statsOf(store);
  const now = {
    version,
    persons: stats.persons - before.persons + after.persons,
    dossiers: stats.dossiers - before.dossiers + after.dossiers,
    replaced: stats.replaced - before.replaced + after.replaced,
    cancelled: stats.cancelled - before.cancelled + after.cancelled,
  };
  store.info.putSync(STATS_KEY, statsValue(now));
  logChange(store, { version, at, source: 'load', persons: Uint32Array.from(taken) });
}
