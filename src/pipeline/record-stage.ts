import type { DirectorySnapshot } from '../directory/directory.ts';
import type { LayoutVersion } from '../domain/flow.ts';
import type { MandateSnapshot } from '../domain/mandate.ts';
import type { RecordTotals } from '../domain/submission.ts';
import type { ParsedRecord } from '../formats/record-format.ts';
import type { ContentStore } from '../storage/content-store.ts';
import type { BatchResult, BatchTask, OriginalsLookup } from './batch.ts';
import { BatchContents, type FileHead } from './batch-contents.ts';
import { batchLogHead } from './batch-log.ts';
import { followsOriginals, Originals } from './originals.ts';
import { NO_QUESTIONS, Questions, type QuestionsLookup } from './questions.ts';
import { RecordDesk } from './record-desk.ts';
import { Registrations } from './registrations.ts';
import type { Routers } from './routers.ts';

export type StageParts = {
  readonly store: ContentStore;
  readonly snapshot: DirectorySnapshot;
  readonly mandates: MandateSnapshot;
  readonly originals: OriginalsLookup;
  readonly questions: QuestionsLookup;
  readonly routers?: Routers | undefined;
};

/** Decides the records of one file, once its layout is known, and writes what becomes of them. */
export class RecordStage {
  readonly #task: BatchTask;
  readonly #layout: LayoutVersion;
  readonly #originals: Originals;
  readonly #questions: Questions;
  readonly #registrations = new Registrations();
  readonly #desk: RecordDesk;
  readonly #contents: BatchContents;

  constructor(task: BatchTask, head: FileHead, { store, snapshot, mandates, routers, ...lookups }: StageParts) {
    const { layout } = head;
    this.#task = task;
    this.#layout = layout;
    this.#originals = new Originals(lookups.originals);
    this.#questions = new Questions(layout, lookups.questions);
    const registrations = this.#registrations;
    const [originals, questions] = [this.#originals, this.#questions];
    this.#desk = new RecordDesk(
      task,
      layout,
      { directory: snapshot, mandates, originals, questions, registrations, routers, header: head.header },
      {
        deliver: (receiver, values, mask, acts) => this.#contents.outputs.append(receiver, values, mask, acts),
        refusal: (line) => this.#contents.refusals.write(line),
        information: (line) => this.#contents.information.write(line),
        log: (fate) => this.#contents.log.record(fate),
      },
    );
    const { router, form } = this.#desk.decisions;
    const versions = {
      directoryVersion: String(snapshot.version),
      layoutVersion: layout.version,
      mandatesVersion: layout.roles.employer === undefined ? undefined : String(mandates.version),
    };
    const delivered = { ...head, layout: form.layout };
    this.#contents = new BatchContents(store, task, delivered, router, batchLogHead(task, versions, router));
  }

  get totals(): RecordTotals {
    return this.#desk.totals;
  }

  /** In the order of the file. */
  async process(records: readonly ParsedRecord[]): Promise<void> {
    const results = records.map((record) => this.#desk.check(record));
    if (followsOriginals(this.#layout)) await this.#originals.prepare(this.#desk.cancelling(results));
    await this.#questions.prepare(this.#desk.concerned(results));
    for (const [index, record] of records.entries()) {
      const result = results[index];
      if (result !== undefined) this.#desk.take(record, result);
    }
    await this.#contents.drain();
  }

  /** Every content is durable on return. */
  complete(): Promise<BatchResult> {
    // Simulation checks everything and leaves nothing behind.
    const isDelivered = this.#task.environment !== 'S';
    return this.#contents.complete({
      totals: { ...this.#desk.totals },
      informationCount: this.#desk.informationCount,
      unknownCount: this.#desk.unknownCount,
      originals: isDelivered ? this.#desk.decisions.originals() : [],
      questions: isDelivered ? this.#questions.effects() : NO_QUESTIONS,
      changes: isDelivered ? this.#registrations.effects() : [],
    });
  }

  abandon(): Promise<void> {
    return this.#contents.abandon();
  }
}
