import { createHash } from 'node:crypto';
import type { DirectorySnapshot } from '../directory/directory.ts';
import type { FlatDirectory } from '../directory/flat-directory.ts';
import { NO_MANDATES } from '../directory/mandates.ts';
import { crashPoint } from '../domain/crash-point.ts';
import { GatewayError } from '../domain/errors.ts';
import type { Environment, LayoutVersion } from '../domain/flow.ts';
import type { MandateSnapshot } from '../domain/mandate.ts';
import { JoinedParts } from '../formats/joined-parts.ts';
import { recordFormat } from '../formats/open-format.ts';
import {
  type FileError,
  type HeaderValues,
  LAYOUT_UNKNOWN,
  NO_DATA,
  type ParsedRecord,
  type RecordSink,
  WHOLE_FILE,
} from '../formats/record-format.ts';
import type { CompletedContent, ContentStore } from '../storage/content-store.ts';
import { piecesOf } from '../storage/kept-bytes.ts';
import type { BatchResult, BatchTask, OriginalsLookup } from './batch.ts';
import { BatchContent } from './batch-content.ts';
import type { FileHead } from './batch-contents.ts';
import { BatchLog, batchLogHead } from './batch-log.ts';
import { CHUNK_BYTES } from './lane-chunks.ts';
import type { LaneThreads } from './lane-threads.ts';
import { layoutByPeriod } from './layout-choice.ts';
import { layoutsInForce } from './layouts-in-force.ts';
import { NO_QUESTIONS, type QuestionsLookup } from './questions.ts';
import { RecordStage } from './record-stage.ts';
import type { Routers } from './routers.ts';
import { lanePlan, runLane } from './run-lane.ts';
import type { SmallLane } from './small-lane.ts';

/** A batch so many times larger than the lane asks for is worth opening a directory in memory, if it goes record by record. */
const WORTH_A_BASE = 16;

export type BatchParts = {
  readonly store: ContentStore;
  readonly directory: {
    snapshot(environment: Environment): DirectorySnapshot;
    /** For the lane; undefined where there is none in memory yet. */
    flat?(environment: Environment): Promise<FlatDirectory | undefined>;
  };
  /** Where they are left out, every batch is decided record by record. */
  readonly lane?: LaneThreads | undefined;
  /** For batches of a chunk or less; where it is left out, they are decided record by record. */
  readonly smallLane?: SmallLane | undefined;
  /** None are known where it is left out. */
  readonly mandates?: { snapshot(environment: Environment): MandateSnapshot } | undefined;
  readonly originals: OriginalsLookup;
  /** None are known where it is left out. */
  readonly questions?: QuestionsLookup | undefined;
  /** Those of the thread, for batches that are decided record by record. */
  readonly routers?: Routers | undefined;
  /** Told, between chunks, how many records were decided. */
  readonly progress?: ((records: number) => void) | undefined;
};

/**
 * Checks every record of one submission and writes the outputs of its receivers, in one pass and with flat memory: the
 * same task and directory give the same bytes. Contents are durable on return; nothing names them yet.
 * @throws GatewayError `digest-mismatch` where the content is not the one received, and what the store throws; then
 * nothing of the batch is left
 */
export async function runBatch(task: BatchTask, parts: BatchParts): Promise<BatchResult> {
  crashPoint('parse.start');
  return (await laneResult(task, parts)) ?? recordByRecord(task, parts);
}

/** What the lane makes of it; undefined where it does not take this batch, or gave it up. */
async function laneResult(task: BatchTask, parts: BatchParts): Promise<BatchResult | undefined> {
  const { store, lane, progress } = parts;
  if (lane === undefined || sizeOf(task) < lane.minBytes) return undefined;
  const plan = await lanePlan(task, layoutsInForce(task.flow, task.receivedAt), store);
  const directory = plan === undefined ? undefined : await parts.directory.flat?.(task.environment);
  if (plan === undefined || directory === undefined) return undefined;
  return runLane(task, plan, { store, threads: lane, directory, progress });
}

async function recordByRecord(task: BatchTask, parts: BatchParts): Promise<BatchResult> {
  const snapshot = await snapshotFor(task, parts);
  try {
    return (await smallResult(task, parts, snapshot)) ?? (await bySnapshot(task, parts, snapshot));
  } finally {
    snapshot.close();
  }
}

async function smallResult(task: BatchTask, parts: BatchParts, snapshot: DirectorySnapshot) {
  const { smallLane, store } = parts;
  if (smallLane === undefined || sizeOf(task) > CHUNK_BYTES) return undefined;
  return smallLane.run(task, { store, snapshot });
}

async function bySnapshot(task: BatchTask, parts: BatchParts, snapshot: DirectorySnapshot): Promise<BatchResult> {
  const asksMandates = task.flow.layouts.some(({ roles }) => roles.employer !== undefined);
  const mandates = (asksMandates ? parts.mandates?.snapshot(task.environment) : undefined) ?? NO_MANDATES;
  const batch = new Batch(task, parts, { snapshot, mandates });
  try {
    await batch.read();
    crashPoint('authorize.done');
    return await batch.complete();
  } catch (error) {
    await batch.abandon();
    throw error;
  } finally {
    mandates.close();
  }
}

/** A large batch looks into memory where that is at hand: it asks for the same persons in a third of the time. */
async function snapshotFor(task: BatchTask, { directory, lane }: BatchParts): Promise<DirectorySnapshot> {
  const isLarge = lane !== undefined && sizeOf(task) >= WORTH_A_BASE * lane.minBytes;
  const flat = isLarge ? await directory.flat?.(task.environment) : undefined;
  return flat ?? directory.snapshot(task.environment);
}

function sizeOf({ contents }: BatchTask): number {
  return contents.reduce((sum, { size }) => sum + size, 0);
}

/** What is known of persons and mandates: one version for the whole batch. */
type Known = { readonly snapshot: DirectorySnapshot; readonly mandates: MandateSnapshot };

class Batch implements RecordSink {
  readonly #task: BatchTask;
  readonly #parts: BatchParts;
  readonly #known: Known;
  readonly #layouts: readonly LayoutVersion[];
  #records: ParsedRecord[] = [];
  #head: FileHead | undefined;
  #stage: RecordStage | undefined;
  #fileError: FileError | undefined;

  constructor(task: BatchTask, parts: BatchParts, known: Known) {
    this.#task = task;
    this.#parts = parts;
    this.#known = known;
    this.#layouts = layoutsInForce(task.flow, task.receivedAt);
    if (this.#layouts.length === 0) this.#fileError = { field: WHOLE_FILE, code: LAYOUT_UNKNOWN };
  }

  layout(layout: LayoutVersion, header: HeaderValues): void {
    this.#head = { layout, header };
  }

  record(record: ParsedRecord): void {
    this.#records.push(record);
  }

  error(error: FileError): void {
    this.#fileError = error;
  }

  /** Reads to the end, or to the first fault of the file as a whole. */
  async read(): Promise<void> {
    if (this.#fileError !== undefined) return;
    const { contents } = this.#task;
    const sink = new JoinedParts(this, contents.length);
    for (const content of contents) {
      sink.next();
      await this.#readPart(content, sink);
      if (this.#fileError !== undefined) return;
    }
    crashPoint('parse.done');
  }

  async #readPart(content: CompletedContent, sink: RecordSink): Promise<void> {
    const { flow, environment, sender } = this.#task;
    const format = recordFormat(flow.format, this.#layouts, { environment, sender: sender.institution });
    const hash = createHash('sha256');
    let bytes = 0;
    let isPastMiddle = false;
    for await (const chunk of piecesOf(this.#parts.store, content)) {
      hash.update(chunk);
      bytes += chunk.length;
      format.parse(chunk, sink);
      await this.#process();
      if (this.#fileError !== undefined) return;
      crashPoint('parse.chunk');
      if (!isPastMiddle && bytes * 2 >= content.size) {
        isPastMiddle = true;
        crashPoint('parse.middle');
      }
    }
    if (bytes !== content.size || hash.digest('hex') !== content.sha256) {
      throw new GatewayError('digest-mismatch', 'the content is not the one that was received');
    }
    format.end(sink);
    await this.#process();
  }

  async complete(): Promise<BatchResult> {
    if (this.#fileError !== undefined) return this.#refused(this.#fileError);
    if (this.#stage === undefined || this.#stage.totals.total === 0) {
      return this.#refused({ field: WHOLE_FILE, code: NO_DATA });
    }
    return this.#stage.complete();
  }

  async abandon(): Promise<void> {
    await this.#stage?.abandon();
  }

  async #process(): Promise<void> {
    const records = this.#records;
    this.#records = [];
    if (this.#fileError !== undefined || this.#head === undefined || records.length === 0) return;
    this.#stage ??= this.#openStage(this.#head, records);
    await this.#stage.process(records);
    this.#parts.progress?.(this.#stage.totals.total);
  }

  /** Once the first records are there: they may tell the version of the layout. */
  #openStage({ layout, header }: FileHead, records: readonly ParsedRecord[]): RecordStage {
    const { store, originals, routers, questions = async () => [] } = this.#parts;
    const head = { header, layout: layoutByPeriod(layout, this.#layouts, records) };
    return new RecordStage(this.#task, head, { store, originals, questions, routers, ...this.#known });
  }

  /** A file that is refused as a whole: none of its records counts, and nothing goes to anyone. */
  async #refused(error: FileError): Promise<BatchResult> {
    await this.#stage?.abandon();
    const { store } = this.#parts;
    const layoutVersion = this.#layouts[0]?.version ?? '';
    const directoryVersion = String(this.#known.snapshot.version);
    const log = new BatchLog(store, batchLogHead(this.#task, { directoryVersion, layoutVersion }));
    log.fileRefused([error.code]);
    const [refusals, information, recordLog] = await Promise.all([
      new BatchContent(store).complete(),
      new BatchContent(store).complete(),
      log.complete(),
    ]);
    return {
      fileErrors: [error],
      totals: { total: 0, accepted: 0, refused: 0, withoutReceiver: 0 },
      outputs: [],
      refusals,
      information,
      refusedCount: 0,
      informationCount: 0,
      unknownCount: 0,
      recordLog,
      originals: [],
      questions: NO_QUESTIONS,
      changes: [],
      layoutVersion,
      directoryVersion,
    };
  }
}
