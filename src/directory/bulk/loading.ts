import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { crashPoint } from '../../domain/crash-point.ts';
import { GatewayError } from '../../domain/errors.ts';
import type { PersonKey } from '../../domain/person-key.ts';
import { linkProblem, noteReplaced } from '../change.ts';
import { logChange } from '../change-log.ts';
import { CodeTable } from '../code-table.ts';
import { NEW_BASE } from '../flat-file.ts';
import { type LoadResult, MAX_PROBLEMS, Problems } from '../load.ts';
import { DOSSIER_BYTES, KIND_DOSSIERS, Unpacker } from '../pack.ts';
import { statsValue } from '../stats.ts';
import { LOADED_KEY, openStore, removeStore, STATS_KEY, type Store } from '../store.ts';
import { type OldStore, oldReplacements, StoreAppender } from './append.ts';
import type { BulkLoad } from './bulk-load.ts';
import { tellLines, tellPersons } from './faults.ts';
import { PartitionSorter } from './partition.ts';
import type { Codes, PartitionBlock } from './partition-block.ts';
import type { BulkPool } from './pool.ts';
import { PARTITIONS } from './records.ts';
import type { Segment, SegmentRange } from './segment.ts';
import { switchStores } from './switch.ts';
import { marksOf, type WorkFolder } from './work-folder.ts';

/** Sorted partitions that wait for the one thread that writes, besides those being sorted. */
const AHEAD = 1;

/** One load of a dump, from its text to the store in force. */
export class Loading {
  readonly #load: BulkLoad;
  readonly #work: WorkFolder;
  readonly #pool: BulkPool;
  readonly #old: OldStore | undefined;

  constructor(load: BulkLoad, work: WorkFolder, pool: BulkPool, old: OldStore | undefined) {
    this.#load = load;
    this.#work = work;
    this.#pool = pool;
    this.#old = old;
  }

  async run(threads: number): Promise<LoadResult> {
    const segments = await this.#readSegments();
    crashPoint('directory.read');
    const problems = new Problems();
    tellLines(segments, problems);
    const codes = this.#codes(segments);
    const [institutions, qualities] = [[...codes.institutions.values()], [...codes.qualities.values()]];
    this.#pool.tellAll({ kind: 'tables', segments, institutions, qualities });
    const store = this.#newStore();
    try {
      const appender = new StoreAppender(store, this.#old, codes);
      const faulty = await this.#write(segments, threads, appender, problems.found);
      const isSound = !problems.found && faulty.length === 0;
      const links = isSound ? faultyLinks(store, segments) : new Map<PersonKey, string>();
      if (!isSound || links.size > 0) {
        const { isDetailed } = this.#work.plan;
        const { file, rules } = this.#load;
        await tellPersons(file, { rules, isDetailed }, faulty.slice(0, MAX_PROBLEMS), links, problems);
        problems.more += Math.max(0, faulty.length - MAX_PROBLEMS);
        appender.flat.abandon();
        return problems.result();
      }
      const version = this.#finish(store, segments, appender, codes);
      const lines = segments.reduce((sum, segment) => sum + segment.lines, 0) - 1;
      return { loaded: true, version, lines, ...appender.loaded };
    } finally {
      await store.root.close();
      if (this.#isOver) this.#work.remove();
      if (problems.found) {
        this.#work.remove();
        removeStore(this.#load.folder, this.#work.plan.newStore);
      }
    }
  }

  #isOver = false;

  #progress(step: 'reading' | 'writing', done: number, all: number): void {
    const resumed = { nothing: 'no', 'same-file': 'yes', 'other-file': 'changed' } as const;
    this.#load.onProgress({ step, resumed: resumed[this.#work.found], done, all });
  }

  /** A store that was cut between its last partition and its coming in force is begun anew. */
  #newStore(): Store {
    const { folder } = this.#load;
    const { newStore } = this.#work.plan;
    if (!existsSync(join(folder, newStore, NEW_BASE))) removeStore(folder, newStore);
    return openStore(folder, newStore);
  }

  async #readSegments(): Promise<readonly Segment[]> {
    const { size, modifiedMs, sample } = this.#work.plan;
    let done = 0;
    const read = this.#work.ranges.map(async (range) => {
      const segment = this.#work.segment(range.index) ?? (await this.#readSegment(range));
      done += range.end - range.start;
      this.#progress('reading', done, size);
      crashPoint('directory.segment');
      return segment;
    });
    const segments = await Promise.all(read);
    const now = marksOf(this.#load.file);
    if (now.size !== size || now.modifiedMs !== modifiedMs || now.sample !== sample) {
      this.#work.remove();
      throw new GatewayError('bad-request', 'the file was changed while it was loaded; nothing was loaded');
    }
    return segments;
  }

  async #readSegment(range: SegmentRange): Promise<Segment> {
    const answer = await this.#pool.run({ kind: 'segment', range });
    if (answer.kind !== 'segment') throw new TypeError('another answer than was asked for');
    return answer.segment;
  }

  /** All pairs in use, of the dump and of what stays, in an order that does not depend on the threads. */
  #codes(segments: readonly Segment[]): Codes {
    const institutions = new Set(segments.flatMap((segment) => segment.institutions));
    const qualities = new Set(segments.flatMap((segment) => segment.qualities));
    if (this.#old !== undefined) {
      const { store, transaction } = this.#old;
      for (const { value } of store.persons.getRange({ transaction })) {
        if (value[0] !== KIND_DOSSIERS) continue;
        for (let at = 1; at < value.length; at += DOSSIER_BYTES) {
          // Twenty bits each, from the first bit on.
          institutions.add(value.readUInt32BE(at) >>> 12);
          qualities.add(value.readUInt32BE(at + 1) & 0xf_ffff);
        }
      }
    }
    const ascending = (values: ReadonlySet<number>) => Uint32Array.from(values).sort();
    try {
      return { institutions: new CodeTable(ascending(institutions)), qualities: new CodeTable(ascending(qualities)) };
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      const message = 'more than 65,536 institutions, or pairs of quality and phase; nothing was loaded';
      throw new GatewayError('bad-request', message, { cause: error });
    }
  }

  /** @returns persons whose lines contradict each other; from the first of them on, nothing is written any more */
  async #write(
    segments: readonly Segment[],
    threads: number,
    appender: StoreAppender,
    isCheckOnly: boolean,
  ): Promise<readonly PersonKey[]> {
    const sizes = Array.from({ length: PARTITIONS }, (_, partition) =>
      segments.reduce((sum, { counts }) => sum + (counts[partition] ?? 0), 0),
    );
    const all = sizes.reduce((sum, size) => sum + size, 0);
    const wanted = [...sizes.keys()].filter(
      (partition) => partition >= appender.first && ((sizes[partition] ?? 0) > 0 || this.#old !== undefined),
    );
    let done = sizes.slice(0, appender.first).reduce((sum, size) => sum + size, 0);
    const faulty: PersonKey[] = [];
    const sorting: Promise<PartitionBlock>[] = [];
    for (const [index, partition] of wanted.entries()) {
      for (const next of wanted.slice(index + sorting.length, index + threads + AHEAD)) sorting.push(this.#sort(next));
      const block = await sorting.shift();
      if (block?.partition !== partition) throw new TypeError('another partition than was asked for');
      for (const person of block.faulty) faulty.push(person);
      if (!isCheckOnly && faulty.length === 0) appender.append(block);
      done += sizes[partition] ?? 0;
      this.#progress('writing', done, all);
      crashPoint('directory.partition');
    }
    return faulty;
  }

  #sort(partition: number): Promise<PartitionBlock> {
    const sorted = this.#pool.run({ kind: 'partition', partition }).then((answer) => {
      if (answer.kind !== 'partition') throw new TypeError('another answer than was asked for');
      return answer.block;
    });
    // Waited for in its turn; until then its failure is nobody's surprise.
    sorted.catch(() => {});
    return sorted;
  }

  /** Makes the new store whole and puts it in force. */
  #finish(store: Store, segments: readonly Segment[], appender: StoreAppender, codes: Codes): bigint {
    const { time, folder } = this.#load;
    const { plan } = this.#work;
    const version = BigInt(plan.oldVersion) + 1n;
    const { loaded, kept } = appender;
    store.root.transactionSync(() => {
      for (const { links } of segments) {
        for (let at = 0; at < links.length; at += 2) noteReplaced(store, links[at] ?? 0, links[at + 1] ?? 0);
      }
      if (this.#old !== undefined) for (const [key, by] of oldReplacements(this.#old)) noteReplaced(store, key, by);
      const stats = {
        version,
        persons: loaded.persons + kept.persons,
        dossiers: loaded.dossiers + kept.dossiers,
        replaced: loaded.replaced + kept.replaced,
        cancelled: loaded.cancelled + kept.cancelled,
      };
      store.info.putSync(STATS_KEY, statsValue(stats));
      const day = Buffer.alloc(2);
      day.writeUInt16BE(time.day, 0);
      store.info.putSync(LOADED_KEY, day);
      logChange(store, { version, at: time.at, source: 'load', persons: new Uint32Array() });
    });
    appender.flat.finish(version, codes.institutions.values(), codes.qualities.values());
    crashPoint('directory.before-switch');
    const sorter = new PartitionSorter(this.#work.path, segments, plan.isDetailed, codes);
    const inForce = switchStores(
      folder,
      store,
      this.#old,
      version,
      time.at,
      (partition) => sorter.sort(partition).keys,
    );
    this.#isOver = true;
    crashPoint('directory.after-switch');
    return inForce;
  }
}

/** Replaced numbers of the dump whose chain does not end at a number in use, and what is wrong with each. */
function faultyLinks(store: Store, segments: readonly Segment[]): ReadonlyMap<PersonKey, string> {
  const faulty = new Map<PersonKey, string>();
  const unpacker = new Unpacker();
  for (const { links } of segments) {
    for (let at = 0; at < links.length; at += 2) {
      const key = links[at] ?? 0;
      const problem = linkProblem(store, unpacker, key);
      if (problem !== undefined) faulty.set(key, problem);
    }
  }
  return faulty;
}
