import type { ActReference } from '../audit/record-log.ts';
import type { Person } from '../directory/directory.ts';
import type { FlowKind, LayoutVersion } from '../domain/flow.ts';
import { type Insz, isInsz } from '../domain/insz.ts';
import type { PartnerId } from '../domain/principal.ts';
import type { RecordTotals } from '../domain/submission.ts';
import type { FieldMask, ParsedRecord, RecordFault, Value } from '../formats/record-format.ts';
import { NO_LINE_OF_SENDER } from './authorize.ts';
import type { BatchTask, RecordAnswer } from './batch.ts';
import type { RecordFate } from './batch-log.ts';
import { addressFields } from './kind-message.ts';
import { type CancellingRecord, followsOriginals } from './originals.ts';
import type { ConcernedRecord } from './questions.ts';
import { type DecidedBy, type RecordDecision, RecordDecisions } from './record-decision.ts';
import { type CheckedRecord, RecordRules, type RuleResult, rolePositions } from './record-rules.ts';

/** Where the effects of records go, in the order of the file: contents of the batch, or the buffers of one chunk. */
export interface RecordEffects {
  deliver(receiver: PartnerId, values: readonly Value[], mask: FieldMask, acts: readonly ActReference[]): void;
  /** A line of JSON about a refused record. */
  refusal(line: string): void;
  /** A line of JSON about an accepted record. */
  information(line: string): void;
  log(fate: RecordFate): void;
}

/** Kinds whose records are held against the open questions. */
const ASKED_OR_ANSWERED: readonly FlowKind[] = ['request', 'answer'];

/** Decides records one at a time, in the order of the file. */
export class RecordDesk {
  readonly decisions: RecordDecisions;
  readonly #kind: FlowKind;
  readonly #layout: LayoutVersion;
  readonly #rules: RecordRules;
  readonly #person: number;
  readonly #positions: ReadonlyMap<string, number>;
  readonly #unsaid: ReadonlySet<string>;
  readonly #effects: RecordEffects;
  readonly #isDelivered: boolean;
  readonly #totals = { total: 0, accepted: 0, refused: 0, withoutReceiver: 0 };
  #informationCount = 0;
  #unknownCount = 0;

  constructor(task: BatchTask, layout: LayoutVersion, by: DecidedBy, effects: RecordEffects) {
    this.decisions = new RecordDecisions(task, layout, by);
    this.#kind = task.flow.kind;
    this.#layout = layout;
    this.#rules = new RecordRules(layout, task.environment);
    this.#person = rolePositions(layout).person;
    this.#positions = new Map(layout.fields.map(({ name }, index) => [name, index]));
    this.#unsaid = new Set(addressFields(layout));
    this.#effects = effects;
    // Simulation checks everything and delivers nothing.
    this.#isDelivered = task.environment !== 'S';
  }

  get totals(): RecordTotals {
    return this.#totals;
  }

  get informationCount(): number {
    return this.#informationCount;
  }

  /** See `BatchResult`. */
  get unknownCount(): number {
    return this.#unknownCount;
  }

  /** The rules a record can be held against by itself. */
  check(record: ParsedRecord): RuleResult {
    return this.#rules.check(record);
  }

  /** Which of them cancel an earlier record. */
  cancelling(results: readonly RuleResult[]): readonly CancellingRecord[] {
    if (!followsOriginals(this.#layout)) return [];
    return results.flatMap((result) => {
      if (!result.ok || result.record.cancels === undefined) return [];
      return [{ cancels: result.record.cancels, person: this.#personOf(result.record) }];
    });
  }

  /** Which of them ask or answer a question. */
  concerned(results: readonly RuleResult[]): readonly ConcernedRecord[] {
    if (!ASKED_OR_ANSWERED.includes(this.#kind)) return [];
    return results.flatMap((result) =>
      result.ok ? [{ record: result.record, person: this.#personOf(result.record) }] : [],
    );
  }

  /** Where a record may make the line of its sender, it and what it refers to may be about somebody nobody knows yet. */
  #personOf(record: CheckedRecord): Person {
    return this.decisions.lookup(record) ?? { insz: record.person, dossiers: [] };
  }

  take(sent: ParsedRecord, result: RuleResult): void {
    this.#totals.total += 1;
    if (!result.ok) this.#refuse(sent, this.#inszOf(sent), result.faults, []);
    else this.#decide(sent, result.record);
  }

  #decide(sent: ParsedRecord, record: CheckedRecord): void {
    const decision = this.decisions.decide(record, this.decisions.lookup(record));
    if (decision.accepted) this.#accept(record, sent, decision);
    else this.#refuse(sent, record.person, decision.faults, decision.heldBack);
  }

  #accept(record: CheckedRecord, sent: ParsedRecord, decision: RecordDecision & { readonly accepted: true }): void {
    const { routes, remarks, replacedBy, heldBack } = decision;
    this.#totals.accepted += 1;
    // What an integration says is for the directory: that nobody gets it is no lack.
    const isReceived = routes.length > 0 || this.#kind === 'integration';
    if (!isReceived) this.#totals.withoutReceiver += 1;
    if (this.#isDelivered) {
      for (const route of routes) {
        const values = this.decisions.valuesFor(record, route, replacedBy);
        this.#effects.deliver(route.receiver, values, route.mask, route.acts);
      }
    }
    if (remarks.length > 0) {
      this.#informationCount += 1;
      this.#effects.information(this.#answerLine(sent, remarks));
    }
    this.#effects.log({
      record: record.number,
      insz: record.person,
      replacedBy,
      outcome: isReceived ? 'accepted' : 'without-receiver',
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
    this.#effects.refusal(this.#answerLine(sent, faults));
    const codes = faults.map((fault) => fault.code);
    if (codes.includes(NO_LINE_OF_SENDER)) this.#unknownCount += 1;
    this.#effects.log({ record: sent.number, insz, outcome: 'refused', codes, routes: [], heldBack });
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
