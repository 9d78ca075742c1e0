import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { open, type RootDatabase } from 'lmdb';
import { isInsz } from '../domain/insz.ts';
import { FROM_2000, type PersonKey, personKey } from '../domain/person-key.ts';
import { logChange } from './change-log.ts';
import { KIND_DOSSIERS, KIND_REPLACED, keyBytes, replacedValue } from './pack.ts';
import { statsValue } from './stats.ts';
import { currentName, openStore, putInForce, removeStore, STATS_KEY, type Store } from './store.ts';

/**
 * What an earlier version wrote, in the folder of the environment itself:
 *
 *     uint40 INSZ → uint8 kind | kind 1: dossiers as now | kind 2: uint40 INSZ that replaces this one
 *     uint8 0     → uint64 version | uint64 persons | uint64 dossiers | uint64 replaced
 */
const FILES = ['data.mdb', 'lock.mdb'];
const INSZ_BYTES = 5;
const EARLIER_STATS_KEY = Buffer.from([0]);
const APPEND = { append: true } as const;

type Earlier = RootDatabase<Buffer, Buffer>;

/**
 * Takes over the store of an earlier version as the store in force, once: whoever comes second finds it done.
 * @returns the name of the store in force; undefined where there is none of either
 */
export function takeOverEarlier(folder: string, name: string): string | undefined {
  if (!existsSync(join(folder, 'data.mdb'))) return undefined;
  const earlier: Earlier = open({ path: folder, noSubdir: false, keyEncoding: 'binary', encoding: 'binary' });
  earlier.transactionSync(() => {
    if (currentName(folder) !== undefined) return;
    removeStore(folder, name);
    const store = openStore(folder, name);
    store.root.transactionSync(() => copy(earlier, store));
    putInForce(folder, name);
  });
  for (const file of FILES) rmSync(join(folder, file), { force: true });
  return currentName(folder);
}

/** Persons of one century have the order of their keys already. */
function copy(earlier: Earlier, store: Store): void {
  for (const isFrom2000 of [false, true]) {
    for (const { key, value } of earlier.getRange({})) {
      if (key.length !== INSZ_BYTES) continue;
      const person = keyAt(key, 0);
      if (person >= FROM_2000 !== isFrom2000) continue;
      if (value[0] === KIND_DOSSIERS) store.persons.putSync(keyBytes(person), value, APPEND);
      if (value[0] === KIND_REPLACED) store.persons.putSync(keyBytes(person), replacedValue(keyAt(value, 1)), APPEND);
    }
  }
  const stats = earlier.get(EARLIER_STATS_KEY);
  if (stats === undefined) return;
  const version = stats.readBigUInt64BE(0);
  const [persons, dossiers, replaced] = [8, 16, 24].map((at) => Number(stats.readBigUInt64BE(at)));
  if (persons === undefined || dossiers === undefined || replaced === undefined) return;
  store.info.putSync(STATS_KEY, statsValue({ version, persons, dossiers, replaced, cancelled: 0 }));
  logChange(store, { version, at: 0, source: 'an earlier version', persons: new Uint32Array() });
}

function keyAt(bytes: Buffer, offset: number): PersonKey {
  const insz = bytes.readUIntBE(offset, INSZ_BYTES).toString().padStart(11, '0');
  if (!isInsz(insz)) throw new TypeError('the directory of an earlier version holds a number that is no INSZ');
  return personKey(insz);
}
