import { threadId } from 'node:worker_threads';
import type { Transaction } from 'lmdb';
import type { PersonKey } from '../domain/person-key.ts';
import { changesSince } from './change-log.ts';
import { CodeTable } from './code-table.ts';
import { LayerBuilder } from './flat-builder.ts';
import type { FlatLayer } from './flat-directory.ts';
import { FlatFileWriter } from './flat-file.ts';
import {
  DOSSIER_BYTES,
  KEY_BYTES,
  KIND_DOSSIERS,
  KIND_REPLACED,
  keyBytes,
  OPEN_END,
  PART_BITS,
  unpackDossier,
} from './pack.ts';
import { freshRead, type Store, statsOf } from './store.ts';

/** Words kept before they are written. */
const BLOCK_WORDS = 4 * 1024 * 1024;

/** Everything a store knows as one layer in memory; for directories that are small. */
export function layerOf(store: Store, transaction: Transaction): FlatLayer {
  const builder = new LayerBuilder();
  for (const { key, value } of store.persons.getRange({ transaction })) addValue(builder, key.readUInt32BE(0), value);
  return builder.finish();
}

/** What a store says of everybody who changed after a version. */
export function changedLayer(store: Store, since: bigint, transaction: Transaction): FlatLayer {
  const changed = new Set<PersonKey>();
  for (const { persons } of changesSince(store, since, transaction)) for (const key of persons) changed.add(key);
  const builder = new LayerBuilder();
  for (const key of Uint32Array.from(changed).sort()) {
    addValue(builder, key, store.persons.get(keyBytes(key), { transaction }));
  }
  return builder.finish();
}

function addValue(builder: LayerBuilder, key: PersonKey, value: Buffer | undefined): void {
  if (value?.[0] === KIND_DOSSIERS) builder.add(key, value, 1, (value.length - 1) / DOSSIER_BYTES);
  else if (value?.[0] === KIND_REPLACED) builder.addReplaced(key, value.readUInt32BE(value.length - KEY_BYTES));
  else builder.addAbsent(key);
}

/**
 * Writes the base of the version of this moment beside the store. Takes half a minute for 170 million dossiers, so it is
 * for a thread of its own.
 * @throws RangeError where the directory has more institutions or qualities than a base has codes for
 */
export function writeBase(store: Store): bigint {
  const transaction = freshRead(store.root);
  const writer = new FlatFileWriter(store.path, `flat.${process.pid}.${threadId}.new`);
  const [institutions, qualities] = [new CodeTable(), new CodeTable()];
  const block = new Uint16Array(BLOCK_WORDS);
  let used = 0;
  try {
    const { version } = statsOf(store, transaction);
    for (const { key, value } of store.persons.getRange({ transaction })) {
      const person = key.readUInt32BE(0);
      if (value[0] === KIND_REPLACED) writer.builder.addReplaced(person, value.readUInt32BE(1));
      if (value[0] !== KIND_DOSSIERS) continue;
      writer.builder.add(person, (value.length - 1) / DOSSIER_BYTES);
      for (let at = 1; at < value.length; at += DOSSIER_BYTES) {
        if (used === block.length) {
          writer.write(block);
          used = 0;
        }
        const { institution, quality, phase, begin, end } = unpackDossier(value, at);
        block[used] = institutions.codeOf((institution.sector << PART_BITS) | institution.type);
        block[used + 1] = qualities.codeOf((quality << PART_BITS) | phase);
        block[used + 2] = begin;
        block[used + 3] = end ?? OPEN_END;
        used += 4;
      }
    }
    writer.write(block.subarray(0, used));
    writer.finish(version, institutions.values(), qualities.values());
    return version;
  } catch (error) {
    writer.abandon();
    throw error;
  } finally {
    transaction.done();
  }
}
