import type { DirectorySnapshot } from '../directory/directory.ts';
import type { FlowKind, LayoutVersion } from '../domain/flow.ts';
import { type Insz, isInsz } from '../domain/insz.ts';
import type { MandateSnapshot } from '../domain/mandate.ts';
import { dateOf } from '../domain/period.ts';
import type { PartnerId } from '../domain/principal.ts';
import type { RecordTotals } from '../domain/submission.ts';
import { type OutputPlan, recordWriter } from '../formats/open-format.ts';
import type { FieldMask, HeaderValues, ParsedRecord, RecordFault } from '../formats/record-format.ts';
import type { ContentStore } from '../storage/content-store.ts';
import type { BatchResult, BatchTask, OriginalsLookup, RecordAnswer } from './batch.ts';
import { BatchLog } from './batch-log.ts';
import { BatchOutputs, TextContent } from './batch-outputs.ts';
import { addressFields } from './kind-message.ts';
import { type CancellingRecord, followsOriginals, Originals } from './originals.ts';
import { type ConcernedRecord, NO_QUESTIONS, Questions, type QuestionsLookup } from './questions.ts';
import { type RecordDecision, RecordDecisions } from './record-decision.ts';
import { type CheckedRecord, RecordRules, type RuleResult, rolePositions } from './record-rules.ts';

export type StageParts = {
  readonly store: ContentStore;
  readonly snapshot: DirectorySnapshot;
  readonly mandates: MandateSnapshot;
  readonly originals: OriginalsLookup;
  readonly questions: QuestionsLookup;
};

/** How a file is read: by which layout, and what its header says. */
export type FileHead = { readonly layout: LayoutVersion; readonly header: HeaderValues };

/** Kinds whose records are held against the open questions. */
const ASKED_OR_ANSWERED: readonly FlowKind[] = ['request', 'answer'];

/** Decides the records of one file, once its layout is known, and writes what becomes of them. */
export class RecordStage {
  readonly #task: BatchTask;
  readonly #layout: LayoutVersion;
  readonly #version: string;
  readonly #rules: RecordRules;
  readonly #person: number;
  readonly #positions: ReadonlyMap<string, number>;
  readonly #unsaid: ReadonlySet<string>;
  readonly #originals: Originals;
  readonly #questions: Questions;
  readonly #decisions: RecordDecisions;
  readonly #outputs: BatchOutputs;
  readonly #refusals: TextContent;
  readonly #information: TextContent;
  readonly #log: BatchLog;
  readonly #totals = { total: 0, accepted: 0, refused: 0, withoutReceiver: 0 };
  #informationCount = 0;

  constructor(task: BatchTask, head: FileHead, { store, snapshot, mandates, ...lookups }: StageParts) {
    const { layout } = head;
    this.#task = task;
    this.#layout = layout;
    this.#version = String(snapshot.version);
    this.#rules = new RecordRules(layout, task.environment);
    this.#person = rolePositions(layout).person;
    this.#positions = new Map(layout.fields.map(({ name }, index) => [name, index]));
    this.#unsaid = new Set(addressFields(layout));
    const originals = new Originals(lookups.originals);
    const questions = new Questions(layout, lookups.questions);
    this.#originals = originals;
    this.#questions = questions;
    const decisions = new RecordDecisions(task, layout, { directory: snapshot, mandates, originals, questions });
    this.#decisions = decisions;
    this.#outputs = new BatchOutputs(store, (receiver) =>
      recordWriter(
        outputPlan(task, { ...head, layout: decisions.form.layout }, receiver, decisions.router.fileMask(receiver)),
      ),
    );
    this.#refusals = new TextContent(store);
    this.#information = new TextContent(store);
    this.#log = new BatchLog(store, task.ticket);
    const mandatesVersion = layout.roles.employer === undefined ? undefined : String(mandates.version);
    this.#log.begin(task, { directoryVersion: this.#version, layoutVersion: layout.version, mandatesVersion });
  }

  get totals(): RecordTotals {
    return this.#totals;
  }

  /** In the order of the file. */
  async process(records: readonly ParsedRecord[]): Promise<void> {
    const results = records.map((record) => this.#rules.check(record));
    if (followsOriginals(this.#layout)) await this.#originals.prepare(this.#cancelling(results));
    if (ASKED_OR_ANSWERED.includes(this.#task.flow.kind)) await this.#questions.prepare(this.#concerned(results));
    for (const [index, record] of records.entries()) {
      const result = results[index];
      if (result === undefined) continue;
      this.#totals.total += 1;
      if (result.ok) this.#decide(result.record, record);
      else this.#refuse(record, this.#inszOf(record), result.faults, []);
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
    return {
      fileErrors: [],
      totals: { ...this.#totals },
      outputs,
      refusals,
      information,
      refusedCount: this.#totals.refused,
      informationCount: this.#informationCount,
      recordLog,
      originals: this.#isDelivered ? this.#decisions.originals() : [],
      questions: this.#isDelivered ? this.#questions.effects() : NO_QUESTIONS,
      layoutVersion: this.#layout.version,
      directoryVersion: this.#version,
    };
  }

  /** Nothing is left of it; what can't be removed now, the sweeper removes. */
  async abandon(): Promise<void> {
    const contents = [this.#outputs, this.#refusals, this.#information, this.#log];
    await Promise.allSettled(contents.map((content) => content.abandon()));
  }

  /** Simulation checks everything and delivers nothing. */
  get #isDelivered(): boolean {
    return this.#task.environment !== 'S';
  }

  #cancelling(results: readonly RuleResult[]): readonly CancellingRecord[] {
    return results.flatMap((result) => {
      if (!result.ok || result.record.cancels === undefined) return [];
      const person = this.#decisions.lookup(result.record);
      return person === undefined ? [] : [{ cancels: result.record.cancels, person }];
    });
  }

  #concerned(results: readonly RuleResult[]): readonly ConcernedRecord[] {
    return results.flatMap((result) => {
      const person = result.ok ? this.#decisions.lookup(result.record) : undefined;
      return result.ok && person !== undefined ? [{ record: result.record, person }] : [];
    });
  }

  #decide(record: CheckedRecord, sent: ParsedRecord): void {
    const decision = this.#decisions.decide(record, this.#decisions.lookup(record));
    if (decision.accepted) this.#accept(record, sent, decision);
    else this.#refuse(sent, record.person, decision.faults, decision.heldBack);
  }

  #accept(record: CheckedRecord, sent: ParsedRecord, decision: RecordDecision & { readonly accepted: true }): void {
    const { routes, remarks, replacedBy, heldBack } = decision;
    this.#totals.accepted += 1;
    if (routes.length === 0) this.#totals.withoutReceiver += 1;
    if (this.#isDelivered) {
      for (const route of routes) {
        const values = this.#decisions.valuesFor(record, route, replacedBy);
        this.#outputs.append(route.receiver, values, route.mask, route.acts);
      }
    }
    if (remarks.length > 0) {
      this.#informationCount += 1;
      this.#information.write(this.#answerLine(sent, remarks));
    }
    this.#log.record({
      record: record.number,
      insz: record.person,
      replacedBy,
      outcome: routes.length > 0 ? 'accepted' : 'without-receiver',
      codes: remarks.map((remark) => remark.code),
      routes,
      heldBack,
    });
  }

  #refuse(
    sent: ParsedRecord,
    insz: Insz | undefined,
    faults: readonly RecordFault[],
    heldBack: readonly string[],
  ): void {
    this.#totals.refused += 1;
    this.#refusals.write(this.#answerLine(sent, faults));
    const codes = faults.map((fault) => fault.code);
    this.#log.record({
      record: sent.number,
      insz,
      replacedBy: undefined,
      outcome: 'refused',
      codes,
      routes: [],
      heldBack,
    });
  }

  /** A line for the notification. The values stand in it as their sender wrote them, before anything was put right. */
  #answerLine({ number, values }: ParsedRecord, faults: readonly RecordFault[]): string {
    const withValues = faults.map((fault) => {
      if (this.#unsaid.has(fault.field)) return { ...fault, detail: undefined };
      const value = values[this.#positions.get(fault.field) ?? -1];
      return value === undefined || value === null ? fault : { ...fault, value };
    });
    const answer: RecordAnswer = { record: number, faults: withValues };
    return `${JSON.stringify(answer)}\n`;
  }

  /** The person a faulty record names, where that at least can be read. */
  #inszOf(record: ParsedRecord): Insz | undefined {
    const value = record.values[this.#person] ?? '';
    return isInsz(value) ? value : undefined;
  }
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
