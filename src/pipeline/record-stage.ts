import type { DirectorySnapshot } from '../directory/directory.ts';
import type { LayoutVersion } from '../domain/flow.ts';
import { dateOf } from '../domain/period.ts';
import type { PartnerId } from '../domain/principal.ts';
import type { RecordTotals } from '../domain/submission.ts';
import { type OutputPlan, recordWriter } from '../formats/open-format.ts';
import type { FieldMask, HeaderValues, ParsedRecord, RecordWriter } from '../formats/record-format.ts';
import type { ContentStore } from '../storage/content-store.ts';
import type { BatchResult, BatchTask, OriginalsLookup } from './batch.ts';
import { BatchContent } from './batch-content.ts';
import { BatchLog, batchLogHead } from './batch-log.ts';
import { BatchOutputs } from './batch-outputs.ts';
import { Originals } from './originals.ts';
import { RecordDesk } from './record-desk.ts';
import type { Router } from './route.ts';

export type StageParts = {
  readonly store: ContentStore;
  readonly snapshot: DirectorySnapshot;
  readonly originals: OriginalsLookup;
};

/** How a file is read: by which layout, and what its header says. */
export type FileHead = { readonly layout: LayoutVersion; readonly header: HeaderValues };

/** Decides the records of one file, once its layout is known, and writes what becomes of them. */
export class RecordStage {
  readonly #task: BatchTask;
  readonly #layout: LayoutVersion;
  readonly #version: string;
  readonly #originals: Originals;
  readonly #desk: RecordDesk;
  readonly #outputs: BatchOutputs;
  readonly #refusals: BatchContent;
  readonly #information: BatchContent;
  readonly #log: BatchLog;

  constructor(task: BatchTask, head: FileHead, { store, snapshot, originals }: StageParts) {
    this.#task = task;
    this.#layout = head.layout;
    this.#version = String(snapshot.version);
    this.#originals = new Originals(originals);
    const desk = new RecordDesk(task, head.layout, {
      snapshot,
      originals: this.#originals,
      effects: {
        deliver: (receiver, values, mask, acts) => this.#outputs.append(receiver, values, mask, acts),
        refusal: (line) => this.#refusals.write(line),
        information: (line) => this.#information.write(line),
        log: (fate) => this.#log.record(fate),
      },
    });
    this.#desk = desk;
    this.#outputs = new BatchOutputs(store, (receiver) => writerFor(task, head, receiver, desk.router));
    this.#refusals = new BatchContent(store);
    this.#information = new BatchContent(store);
    const versions = { directory: this.#version, layout: head.layout.version };
    this.#log = new BatchLog(store, batchLogHead(task, versions, desk.router));
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
    await this.#outputs.drain();
    await this.#refusals.drain();
    await this.#information.drain();
    await this.#log.drain();
  }

  /** Every content is durable on return. */
  async complete(): Promise<BatchResult> {
    const outputs = await this.#outputs.complete();
    const [refusals, information, recordLog] = await Promise.all([
      this.#refusals.complete(),
      this.#information.complete(),
      this.#log.complete(),
    ]);
    const totals = { ...this.#desk.totals };
    return {
      fileErrors: [],
      totals,
      outputs,
      refusals,
      information,
      refusedCount: totals.refused,
      informationCount: this.#desk.informationCount,
      recordLog,
      originals: this.#task.environment === 'S' ? [] : this.#originals.toRemember(),
      layoutVersion: this.#layout.version,
      directoryVersion: this.#version,
    };
  }

  /** Nothing is left of it; what can't be removed now, the sweeper removes. */
  async abandon(): Promise<void> {
    const contents = [this.#outputs, this.#refusals, this.#information, this.#log];
    await Promise.allSettled(contents.map((content) => content.abandon()));
  }
}

/** The writer of what one receiver gets. */
export function writerFor(task: BatchTask, head: FileHead, receiver: PartnerId, router: Router): RecordWriter {
  return recordWriter(outputPlan(task, head, receiver, router.fileMask(receiver)));
}

function outputPlan(task: BatchTask, { layout, header }: FileHead, to: PartnerId, fileMask: FieldMask): OutputPlan {
  const receiver = task.receivers.find((one) => one.partner === to);
  if (receiver === undefined) throw new TypeError(`${to} receives nothing of this flow`);
  return {
    output: receiver.output,
    flow: task.flow.format,
    layout,
    fileMask,
    facts: {
      layoutVersion: layout.version,
      environment: task.environment,
      sender: task.sender.institution,
      receiver: receiver.institution,
      receivedOn: dateOf(task.receivedAt),
      header,
    },
  };
}
