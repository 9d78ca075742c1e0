import type { Transaction } from 'lmdb';
import { besideValue, DETAIL_BYTES, readBeside } from '../beside.ts';
import { countValue } from '../change.ts';
import type { CodeTable } from '../code-table.ts';
import { FlatFileWriter } from '../flat-file.ts';
import {
  DOSSIER_BYTES,
  KEY_BYTES,
  KIND_DOSSIERS,
  KIND_REPLACED,
  keyBytes,
  OPEN_END,
  PART_BITS,
  Unpacker,
  unpackDossier,
} from '../pack.ts';
import { type Counts, noCounts } from '../stats.ts';
import { LOADED_KEY, type Store } from '../store.ts';
import type { PartitionBlock } from './partition-block.ts';
import { PARTITION_SHIFT } from './records.ts';

const APPEND = { append: true } as const;
const PROGRESS_KEY = Buffer.from('progress');
const WORDS = 4;

/** What the store held before the load, and what of it stays: what is said of numbers the dump does not name. */
export type OldStore = { readonly store: Store; readonly transaction: Transaction };

/** Counts of what the dump brought, and of what stays of before. */
type Progress = { readonly partitions: number; readonly loaded: Counts; readonly kept: Counts };

/**
 * Appends sorted partitions to a new store and to its flat base, one commit each. A load that was cut goes on behind the
 * last partition that was committed.
 */
export class StoreAppender {
  readonly loaded: Counts;
  readonly kept: Counts;
  /** The partition to go on with. */
  readonly first: number;
  readonly flat: FlatFileWriter;
  readonly #store: Store;
  readonly #old: OldStore | undefined;
  readonly #oldDay: number | undefined;
  readonly #codes: { readonly institutions: CodeTable; readonly qualities: CodeTable };
  readonly #unpacker = new Unpacker();
  readonly #key = Buffer.alloc(KEY_BYTES);

  constructor(
    store: Store,
    old: OldStore | undefined,
    codes: { readonly institutions: CodeTable; readonly qualities: CodeTable },
  ) {
    this.#store = store;
    this.#old = old;
    this.#oldDay = old?.store.info.get(LOADED_KEY, { transaction: old.transaction })?.readUInt16BE(0);
    this.#codes = codes;
    const progress = parseProgress(store.info.get(PROGRESS_KEY));
    this.loaded = progress.loaded;
    this.kept = progress.kept;
    this.first = progress.partitions;
    this.flat = new FlatFileWriter(store.path);
    if (this.first > 0) this.#resume();
  }

  append(block: PartitionBlock): void {
    this.#store.root.transactionSync(() => {
      let next = 0;
      for (const { key, value } of this.#oldOf(block.partition)) {
        const person = key.readUInt32BE(0);
        while (next < block.keys.length && (block.keys[next] ?? 0) < person) next = this.#put(block, next);
        if (block.keys[next] !== person) this.#keep(key, value);
      }
      while (next < block.keys.length) next = this.#put(block, next);
      this.flat.flush();
      const progress: Progress = { partitions: block.partition + 1, loaded: this.loaded, kept: this.kept };
      this.#store.info.putSync(PROGRESS_KEY, Buffer.from(JSON.stringify(progress)));
    });
  }

  #oldOf(partition: number): Iterable<{ readonly key: Buffer; readonly value: Buffer }> {
    if (this.#old === undefined) return [];
    const { store, transaction } = this.#old;
    const start = keyBytes(partition << PARTITION_SHIFT);
    const end = keyBytes((partition + 1) * 2 ** PARTITION_SHIFT);
    return store.persons.getRange({ start, end, transaction });
  }

  /** @returns the person behind */
  #put(block: PartitionBlock, index: number): number {
    const person = block.keys[index] ?? 0;
    const from = index === 0 ? 0 : (block.ends[index - 1] ?? 0);
    const value = block.values.subarray(from, block.ends[index]);
    this.#key.writeUInt32BE(person, 0);
    this.#store.persons.putSync(this.#key, value as Buffer, APPEND);
    const count = block.counts[index] ?? 0;
    if (value[0] === KIND_DOSSIERS) {
      this.loaded.persons += 1;
      this.loaded.dossiers += count;
      this.flat.builder.add(person, count);
      if (count > 0) this.#putDossiers(block, count);
    } else if (value[0] === KIND_REPLACED) {
      this.loaded.replaced += 1;
      this.flat.builder.addReplaced(person, Buffer.from(value).readUInt32BE(1));
    } else this.loaded.cancelled += 1;
    return index + 1;
  }

  #block: PartitionBlock | undefined;
  #dossier = 0;

  /** The dossiers of a block come in the order of its persons. */
  #putDossiers(block: PartitionBlock, count: number): void {
    if (this.#block !== block) {
      this.#block = block;
      this.#dossier = 0;
    }
    const from = this.#dossier;
    this.#dossier += count;
    this.flat.write(block.flat.subarray(from * WORDS, this.#dossier * WORDS));
    if (block.details.length === 0) return;
    const head = Buffer.alloc(2);
    head.writeUInt16BE(count, 0);
    const details = block.details.subarray(from * DETAIL_BYTES, this.#dossier * DETAIL_BYTES);
    this.#store.beside.putSync(this.#key, Buffer.concat([head, details]), APPEND);
  }

  /** What is known of a number that the dump does not name. */
  #keep(key: Buffer, value: Buffer): void {
    const person = key.readUInt32BE(0);
    this.#store.persons.putSync(key, value, APPEND);
    countValue(this.kept, this.#unpacker, value);
    const old = this.#old;
    const besideOld = old?.store.beside.get(key, { transaction: old.transaction });
    const count = (value.length - 1) / DOSSIER_BYTES;
    if (besideOld !== undefined) this.#store.beside.putSync(key, besideOld, APPEND);
    else if (value[0] === KIND_DOSSIERS && count > 0) {
      // It was last changed by the dump before this one.
      const detail = { lastChange: this.#oldDay, inscriber: undefined };
      const details = Array.from({ length: count }, () => detail);
      this.#store.beside.putSync(key, besideValue({ details, replaces: [] }), APPEND);
    }
    if (value[0] === KIND_REPLACED) this.flat.builder.addReplaced(person, value.readUInt32BE(1));
    if (value[0] !== KIND_DOSSIERS) return;
    this.flat.builder.add(person, count);
    const words = new Uint16Array(count * WORDS);
    for (let index = 0; index < count; index += 1) {
      const { institution, quality, phase, begin, end } = unpackDossier(value, 1 + index * DOSSIER_BYTES);
      words[index * WORDS] = this.#codes.institutions.codeOf((institution.sector << PART_BITS) | institution.type);
      words[index * WORDS + 1] = this.#codes.qualities.codeOf((quality << PART_BITS) | phase);
      words[index * WORDS + 2] = begin;
      words[index * WORDS + 3] = end ?? OPEN_END;
    }
    this.flat.write(words);
  }

  /** The persons that were appended before the load was cut; their dossiers are in the file already. */
  #resume(): void {
    for (const { key, value } of this.#store.persons.getRange({})) {
      const person = key.readUInt32BE(0);
      if (value[0] === KIND_DOSSIERS) this.flat.builder.add(person, (value.length - 1) / DOSSIER_BYTES);
      else if (value[0] === KIND_REPLACED) this.flat.builder.addReplaced(person, value.readUInt32BE(1));
    }
    this.flat.resume();
  }
}

/** The numbers that others were replaced by, as the old store has them. */
export function* oldReplacements(old: OldStore): Generator<readonly [key: number, by: number]> {
  for (const { key, value } of old.store.beside.getRange({ transaction: old.transaction })) {
    for (const replaced of readBeside(value).replaces) yield [replaced, key.readUInt32BE(0)];
  }
}

function parseProgress(value: Buffer | undefined): Progress {
  if (value === undefined) return { partitions: 0, loaded: noCounts(), kept: noCounts() };
  return JSON.parse(value.toString()) as Progress;
}
