import { availableParallelism } from 'node:os';
import type { ChangeTime } from '../change.ts';
import { HEADER_PROBLEM, type LoadResult, Problems } from '../load.ts';
import type { DirectoryEnvironment, LineRules } from '../person-lines.ts';
import { currentName, freshRead, openStore, removeStore, type Store, statsOf } from '../store.ts';
import type { OldStore } from './append.ts';
import { isDetailedDump } from './dump-header.ts';
import { Loading } from './loading.ts';
import { BulkPool } from './pool.ts';
import { type LoadPlan, marksOf, WorkFolder } from './work-folder.ts';

/** How far a load has come; `done` and `all` are bytes of the dump while it is read, then dossiers. */
export type LoadProgress = {
  readonly step: 'reading' | 'writing';
  /** Whether a load that was cut goes on; `changed`: one was cut, and its file is another now. */
  readonly resumed: 'no' | 'yes' | 'changed';
  readonly done: number;
  readonly all: number;
};

export type BulkLoad = {
  /** The folder of the environment. */
  readonly folder: string;
  readonly environment: DirectoryEnvironment;
  readonly file: string;
  readonly rules: LineRules;
  readonly time: ChangeTime;
  /** The part of the dump that one thread reads at a time. */
  readonly segmentBytes: number;
  readonly onProgress: (progress: LoadProgress) => void;
};

const MAX_THREADS = 4;

/**
 * Loads a dump of any size: threads read it into partitions by person key, sort each, and a new store and its flat base are
 * appended in one pass; then the new store comes in force at once. What the dump says of a number takes the place of
 * everything known of it, numbers it does not name stay. A load that was cut goes on with what it had read and written.
 */
export async function bulkLoad(load: BulkLoad): Promise<LoadResult> {
  const marks = marksOf(load.file);
  const isDetailed = isDetailedDump(load.file);
  if (isDetailed === undefined) {
    const problems = new Problems();
    problems.add(1, HEADER_PROBLEM);
    return problems.result();
  }
  const oldName = currentName(load.folder);
  const old = oldName === undefined ? undefined : openOld(openStore(load.folder, oldName));
  const work = new WorkFolder(load.folder, planOf(load, marks, isDetailed, old));
  const threads = Math.min(MAX_THREADS, availableParallelism());
  const { file, rules } = load;
  const pool = new BulkPool(threads, { file, folder: work.path, rules, isDetailed });
  try {
    return await new Loading(load, work, pool, old).run(threads);
  } finally {
    await pool.close();
    old?.transaction.done();
    await old?.store.root.close();
    if (oldName !== undefined && currentName(load.folder) !== oldName) removeStore(load.folder, oldName);
  }
}

function openOld(store: Store): OldStore {
  return { store, transaction: freshRead(store.root) };
}

function planOf(
  { environment, rules, segmentBytes }: BulkLoad,
  marks: ReturnType<typeof marksOf>,
  isDetailed: boolean,
  old: OldStore | undefined,
): LoadPlan {
  const number = Number(old?.store.name.replace('store-', '') ?? '0');
  return {
    format: 1,
    ...marks,
    segmentBytes,
    environment,
    anonymousSectors: [...rules.anonymousSectors].sort((one, other) => one - other),
    isDetailed,
    oldStore: old?.store.name ?? null,
    oldVersion: old === undefined ? '0' : statsOf(old.store, old.transaction).version.toString(),
    newStore: `store-${number + 1}`,
  };
}
