import type { RecordLogHead } from '../audit/record-log.ts';
import type { LayoutVersion } from '../domain/flow.ts';
import { dateOf } from '../domain/period.ts';
import type { PartnerId } from '../domain/principal.ts';
import type { RecordTotals } from '../domain/submission.ts';
import { type OutputPlan, recordWriter } from '../formats/open-format.ts';
import type { FieldMask, HeaderValues, RecordWriter } from '../formats/record-format.ts';
import type { ContentStore } from '../storage/content-store.ts';
import type { BatchResult, BatchTask } from './batch.ts';
import { BatchContent } from './batch-content.ts';
import { BatchLog } from './batch-log.ts';
import { BatchOutputs } from './batch-outputs.ts';
import { deliveredForm } from './delivered-form.ts';
import { EarlySyncs } from './early-syncs.ts';
import type { Router } from './route.ts';
import { FieldsByName, WriterInVersion } from './writer-in-version.ts';

/** How a file is read: by which layout, and what its header says. */
export type FileHead = { readonly layout: LayoutVersion; readonly header: HeaderValues };

type Found = {
  readonly totals: RecordTotals;
  readonly informationCount: number;
  readonly unknownCount: number;
  readonly originals: BatchResult['originals'];
  readonly questions: BatchResult['questions'];
  readonly changes: BatchResult['changes'];
};

/** All that one batch writes: outputs, answers about records, and its log. */
export class BatchContents {
  readonly outputs: BatchOutputs;
  readonly refusals: BatchContent;
  readonly information: BatchContent;
  readonly log: BatchLog;
  readonly #syncs = new EarlySyncs(() => [...this.outputs.contents(), this.log.content]);
  readonly #layoutVersion: string;
  readonly #directoryVersion: string;

  /** @param head how receivers get the records */
  constructor(store: ContentStore, task: BatchTask, head: FileHead, router: Router, logHead: RecordLogHead) {
    this.#layoutVersion = logHead.layoutVersion;
    this.#directoryVersion = logHead.directoryVersion;
    this.outputs = new BatchOutputs(store, (receiver) => writerFor(task, head, receiver, router));
    this.refusals = new BatchContent(store);
    this.information = new BatchContent(store);
    this.log = new BatchLog(store, logHead);
  }

  /** To be asked between chunks of the input. */
  async drain(): Promise<void> {
    await Promise.all([this.outputs.drain(), this.refusals.drain(), this.information.drain(), this.log.drain()]);
    this.#syncs.nudge();
  }

  /** Every content is complete on return. */
  async complete({ totals, ...found }: Found): Promise<BatchResult> {
    await this.#syncs.end();
    const [outputs, refusals, information, recordLog] = await Promise.all([
      this.outputs.complete(),
      this.refusals.complete(),
      this.information.complete(),
      this.log.complete(),
    ]);
    return {
      fileErrors: [],
      totals,
      outputs,
      refusals,
      information,
      refusedCount: totals.refused,
      recordLog,
      ...found,
      layoutVersion: this.#layoutVersion,
      directoryVersion: this.#directoryVersion,
    };
  }

  /** Nothing is left of it; what can't be removed now, the sweeper removes. */
  async abandon(): Promise<void> {
    await this.#syncs.end();
    const contents = [this.outputs, this.refusals, this.information, this.log];
    await Promise.allSettled(contents.map((content) => content.abandon()));
  }
}

/** What one receiver gets is written by; `fields` where it is in another version than the file. */
export type ReceiverForm = { readonly plan: OutputPlan; readonly fields: FieldsByName | undefined };

export function receiverForm(task: BatchTask, head: FileHead, receiver: PartnerId, router: Router): ReceiverForm {
  const mask = router.fileMask(receiver);
  const wanted = task.receivers.find((one) => one.partner === receiver)?.outputVersion;
  const version = task.flow.layouts.find((one) => one.version === wanted);
  if (version === undefined || version.version === head.layout.version) {
    return { plan: outputPlan(task, head, receiver, mask), fields: undefined };
  }
  const { layout } = deliveredForm(task.flow, version);
  const fields = new FieldsByName(head.layout, layout);
  return { plan: outputPlan(task, { ...head, layout }, receiver, fields.mask(mask)), fields };
}

/** The writer of what one receiver gets. */
export function writerFor(task: BatchTask, head: FileHead, receiver: PartnerId, router: Router): RecordWriter {
  const { plan, fields } = receiverForm(task, head, receiver, router);
  return fields === undefined ? recordWriter(plan) : new WriterInVersion(recordWriter(plan), fields);
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
