import type { DirectorySnapshot } from '../directory/directory.ts';
import type { LayoutVersion } from '../domain/flow.ts';
import type { RecordTotals } from '../domain/submission.ts';
import type { ParsedRecord } from '../formats/record-format.ts';
import type { ContentStore } from '../storage/content-store.ts';
import type { BatchResult, BatchTask, OriginalsLookup } from './batch.ts';
import { BatchContents, type FileHead } from './batch-contents.ts';
import { Originals } from './originals.ts';
import { RecordDesk } from './record-desk.ts';

export type StageParts = {
  readonly store: ContentStore;
  readonly snapshot: DirectorySnapshot;
  readonly originals: OriginalsLookup;
};

/** Decides the records of one file, once its layout is known, and writes what becomes of them. */
export class RecordStage {
  readonly #task: BatchTask;
  readonly #layout: LayoutVersion;
  readonly #originals: Originals;
  readonly #desk: RecordDesk;
  readonly #contents: BatchContents;

  constructor(task: BatchTask, head: FileHead, { store, snapshot, originals }: StageParts) {
    this.#task = task;
    this.#layout = head.layout;
    this.#originals = new Originals(originals);
    this.#desk = new RecordDesk(task, head.layout, {
      snapshot,
      originals: this.#originals,
      effects: {
        deliver: (receiver, values, mask, acts) => this.#contents.outputs.append(receiver, values, mask, acts),
        refusal: (line) => this.#contents.refusals.write(line),
        information: (line) => this.#contents.information.write(line),
        log: (fate) => this.#contents.log.record(fate),
      },
    });
    this.#contents = new BatchContents(store, task, head, this.#desk.router, snapshot.version);
  }

  get totals(): RecordTotals {
    return this.#desk.totals;
  }

  /** In the order of the file. */
  async process(records: readonly ParsedRecord[]): Promise<void> {
    const results = records.map((record) => this.#desk.check(record));
    if (this.#layout.roles.cancels !== undefined) await this.#originals.prepare(this.#desk.cancelling(results));
    for (const [index, record] of records.entries()) {
      const result = results[index];
      if (result !== undefined) this.#desk.take(record, result);
    }
    await this.#contents.drain();
  }

  /** Every content is durable on return. */
  complete(): Promise<BatchResult> {
    const originals = this.#task.environment === 'S' ? [] : this.#originals.toRemember();
    const { informationCount } = this.#desk;
    return this.#contents.complete({ totals: { ...this.#desk.totals }, informationCount, originals });
  }

  abandon(): Promise<void> {
    return this.#contents.abandon();
  }
}
