import type { DirectorySnapshot, Person } from '../directory/directory.ts';
import type { Authorization, FlowKind, LayoutVersion } from '../domain/flow.ts';
import type { Insz } from '../domain/insz.ts';
import type { MandateSnapshot } from '../domain/mandate.ts';
import { recordTicket } from '../evidence/answer-names.ts';
import { isPresent } from '../formats/field-types.ts';
import { type HeaderValues, type RecordFault, STRUCTURE, type Value } from '../formats/record-format.ts';
import { ActLevels, type HoldingActs } from './act-levels.ts';
import { actsInForce, NOT_AUTHORIZED, SenderCheck } from './authorize.ts';
import type { BatchTask } from './batch.ts';
import { type DeliveredForm, deliveredForm } from './delivered-form.ts';
import { type KindRules, kindRules } from './kinds.ts';
import { MandateCheck } from './mandate-check.ts';
import type { Originals } from './originals.ts';
import type { Questions } from './questions.ts';
import { type CheckedRecord, type RolePositions, rolePositions } from './record-rules.ts';
import type { Registrations } from './registrations.ts';
import type { Route, Router } from './route.ts';
import { Routers } from './routers.ts';

const NUMBER_REPLACED = 'MSG00006';
const ORIGINAL_UNKNOWN = '157';

/** What becomes of a record that passed its own rules. `remarks` are for the sender of an accepted record. */
export type RecordDecision =
  | { readonly accepted: false; readonly faults: readonly RecordFault[]; readonly heldBack: readonly string[] }
  | {
      readonly accepted: true;
      readonly routes: readonly Route[];
      readonly heldBack: readonly string[];
      readonly remarks: readonly RecordFault[];
      readonly replacedBy: Insz | undefined;
    };

/** Where records go by the acts that hold for them: one for most batches, more where acts speak of users and the like. */
type Paths = { readonly router: Router; readonly kind: KindRules };

const MOST_PATHS = 1000;

/** One version of each, for all records of a batch. */
export type DecidedBy = {
  readonly directory: DirectorySnapshot;
  readonly mandates: MandateSnapshot;
  readonly originals: Originals;
  readonly questions: Questions;
  readonly registrations: Registrations;
  /** Those of the thread; a batch by itself makes its own. */
  readonly routers?: Routers | undefined;
  /** What the header of the file says, where it has one. */
  readonly header?: HeaderValues | undefined;
};

/** In flows of these kinds a later record may change or cancel an earlier one. */
const WITH_ORIGINALS: readonly FlowKind[] = ['mutation', 'message'];

/** Authorization, sender's line and receivers of the records of one batch, against one version of the directory. */
export class RecordDecisions {
  /** Of all acts that hold for some record of this batch. */
  readonly router: Router;
  readonly form: DeliveredForm;
  readonly #task: BatchTask;
  readonly #layout: LayoutVersion;
  readonly #roles: RolePositions;
  readonly #levels: ActLevels;
  readonly #mandates: MandateCheck;
  readonly #sender: SenderCheck;
  readonly #directory: DirectorySnapshot;
  readonly #originals: Originals;
  readonly #routers: Routers;
  readonly #effects: Pick<DecidedBy, 'questions' | 'registrations'>;
  readonly #paths = new Map<HoldingActs, Paths>();

  constructor(
    task: BatchTask,
    layout: LayoutVersion,
    { directory, mandates, originals, header, routers = new Routers(), ...effects }: DecidedBy,
  ) {
    const acts = actsInForce(task);
    this.form = deliveredForm(task.flow, layout);
    this.#task = task;
    this.#routers = routers;
    this.router = this.#routerBy(acts);
    this.#layout = layout;
    this.#roles = rolePositions(layout);
    this.#levels = new ActLevels(layout, acts, header);
    this.#mandates = new MandateCheck(task, layout, mandates);
    this.#sender = new SenderCheck(task, layout.roles.person);
    this.#directory = directory;
    this.#originals = originals;
    this.#effects = effects;
  }

  lookup(record: CheckedRecord): Person | undefined {
    return this.#directory.lookup(record.person);
  }

  /** What later batches must know of this one. */
  originals(): ReturnType<Originals['toRemember']> {
    return WITH_ORIGINALS.includes(this.#task.flow.kind) ? this.#originals.toRemember() : [];
  }

  /** To be asked in the order of the file: a record may cancel one before it. */
  decide(record: CheckedRecord, person: Person | undefined): RecordDecision {
    const { reference } = record;
    // Two askers may use one reference, so answers may come with it twice.
    const isUnique = this.#task.flow.kind !== 'answer' && record.cancels !== reference;
    if (reference !== undefined && isUnique && this.#originals.isTaken(reference)) {
      return this.#refused(this.#layout.roles.reference, STRUCTURE, reference);
    }
    const holding = this.#levels.holdingFor(record.values);
    if (holding.acts.length === 0) return this.#refused(holding.field ?? this.#layout.roles.person, NOT_AUTHORIZED);
    const refusal = this.#mandates.refusal(record.values) ?? this.#sender.refusal(person, record.period);
    if (refusal !== undefined) return { accepted: false, faults: [refusal], heldBack: [] };
    const known = person ?? { insz: record.person, dossiers: [] };
    const decision = this.#routed(record, known, this.#pathsBy(holding));
    if (decision.accepted) {
      const receivers = decision.routes.map((route) => route.receiver);
      this.#originals.add(record, known, receivers);
    }
    return decision;
  }

  #routed(record: CheckedRecord, person: Person, paths: Paths): RecordDecision {
    if (record.cancels !== undefined) return this.#cancellation(record.cancels, record, person, paths.router);
    const decision = paths.kind.decide(record, person);
    if (!decision.accepted) return { accepted: false, faults: [decision.fault], heldBack: [] };
    return this.#accepted(record, person, decision.routes, []);
  }

  #cancellation(cancels: string, record: CheckedRecord, person: Person, router: Router): RecordDecision {
    const receivers = this.#originals.find(cancels, person);
    const field = this.#originalField(record);
    if (receivers === undefined) return this.#refused(field, ORIGINAL_UNKNOWN, cancels);
    const { routes, heldBack } = router.cancel(receivers, person, record.period);
    if (heldBack.length > 0 && routes.length === 0) {
      return { ...this.#refused(field, NOT_AUTHORIZED), heldBack };
    }
    return this.#accepted(record, person, routes, heldBack);
  }

  #pathsBy(holding: HoldingActs): Paths {
    const known = this.#paths.get(holding);
    if (known !== undefined) return known;
    const [task, layout, directory] = [this.#task, this.#layout, this.#directory];
    const router = this.#routerBy(holding.acts);
    const paths = {
      router,
      kind: kindRules({ task, layout, acts: holding.acts, router, directory, ...this.#effects }),
    };
    if (this.#paths.size >= MOST_PATHS) this.#paths.clear();
    this.#paths.set(holding, paths);
    return paths;
  }

  #routerBy(acts: readonly Authorization[]): Router {
    const { flow, layout } = this.form;
    return this.#routers.of({ ...this.#task, flow }, layout, acts);
  }

  #accepted(
    record: CheckedRecord,
    person: Person,
    routes: readonly Route[],
    heldBack: readonly string[],
  ): RecordDecision {
    const { replacedBy } = person;
    const remarks: RecordFault[] = [...record.warnings];
    if (replacedBy !== undefined && record.replacedBy !== replacedBy) {
      const field = this.#layout.roles.person;
      remarks.push({ field, code: NUMBER_REPLACED, severity: 'information', detail: replacedBy });
    }
    if (heldBack.length > 0) {
      // Who it is stays unsaid; that it did not reach everyone must be known.
      remarks.push({ field: this.#originalField(record), code: NOT_AUTHORIZED, severity: 'warning' });
    }
    return { accepted: true, routes, heldBack, remarks, replacedBy };
  }

  /** The field that names the original. */
  #originalField({ values }: CheckedRecord): string {
    const { cancels, reference } = this.#layout.roles;
    const isNamed = this.#roles.cancels !== undefined && isPresent(values[this.#roles.cancels]);
    return (isNamed ? cancels : reference) ?? this.#layout.roles.person;
  }

  #refused(field: string | undefined, code: string, detail?: string): RecordDecision & { readonly accepted: false } {
    return { accepted: false, faults: [{ field: field ?? '', code, severity: 'fatal', detail }], heldBack: [] };
  }

  /**
   * The values a receiver gets: quality and period of its own line, never the sender's; the number that replaces the
   * person's, as the directory has it; the hub's ticket of a question.
   */
  valuesFor(record: CheckedRecord, route: Route, replacedBy: Insz | undefined): readonly Value[] {
    const { quality, qualityBegin, qualityEnd } = this.#roles;
    const values = [...record.values];
    fill(values, quality, route.dossier?.quality);
    fill(values, qualityBegin, route.dossier?.period.begin);
    fill(values, qualityEnd, route.dossier?.period.end);
    fill(values, this.#roles.replacedBy, replacedBy);
    if (this.form.hasTicket) values.push(recordTicket(this.#task.ticket, record.number));
    return values;
  }
}

/** A member that the sender left out stays out where there is nothing to fill in. */
function fill(values: Value[], position: number | undefined, value: string | undefined): void {
  if (position === undefined) return;
  values[position] = value ?? (values[position] === undefined ? undefined : null);
}
