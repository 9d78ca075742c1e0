import type { Authorization, Field, LayoutVersion } from '../../../src/domain/flow.ts';
import { actsForRecord, actsOf, dayOf, type Task } from './acts.ts';
import { Directory, hasMandate, type Known } from './directory.ts';
import { dayIn, type Fault, fatal, faultsOf, isThere, type Values } from './fields.ts';
import { isOfPeriod, type ReadFile, type ReadRecord, readFiles, referenceDay, writeFile } from './files.ts';
import { covers, type Days, kboOf, quarterOf } from './identifiers.ts';
import { type Change, Registrations } from './integration.ts';
import { Originals, type RememberedOriginal } from './originals.ts';
import { type Answered, type KnownQuestion, type Network, Questions } from './questions.ts';
import { addressed, fieldsFor, follow, type Route, routes, type Ways } from './routes.ts';

/**
 * What DESIGN asks of a batch, one record at a time: slow, obvious, and with nothing of the product's code.
 */
export type Given = {
  readonly task: Task;
  /** One file, or the parts of a set. */
  readonly parts: readonly string[];
  /** Lines of the directory of the environment, of its mandates, and what the ledger remembers. */
  readonly lines: readonly string[];
  readonly mandates: readonly string[];
  readonly originals: readonly RememberedOriginal[];
  /** Questions of this flow, or that this flow answers, and who could be asked. */
  readonly questions: readonly KnownQuestion[];
  readonly network: Network;
};

export type Verdict = {
  readonly record: number;
  readonly outcome: 'accepted' | 'refused' | 'without-receiver';
  readonly faults: readonly Fault[];
  readonly insz?: string | undefined;
  readonly replacedBy?: string | undefined;
  readonly routes: readonly Route[];
  readonly heldBack: readonly string[];
};

export type Expected = {
  readonly fileError?: string | undefined;
  readonly verdicts: readonly Verdict[];
  /** By partner. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly originals: readonly RememberedOriginal[];
  /** What an integration does with lines of the directory. */
  readonly changes: readonly Change[];
  readonly asked: readonly KnownQuestion[];
  readonly answered: readonly Answered[];
};

const NOTHING = { outputs: {}, originals: [], changes: [], asked: [], answered: [] } as const;

export function decide(asGiven: Given): Expected {
  const given = { ...asGiven, task: withTicketField(asGiven.task) };
  const { task } = given;
  const day = dayOf(task);
  const layouts = task.flow.layouts.filter(
    ({ validFrom, validUntil }) => validFrom <= day && (validUntil === undefined || day <= validUntil),
  );
  const newestFirst = layouts.toSorted((one, other) => (one.validFrom < other.validFrom ? 1 : -1));
  const isInOrder = layouts.every(({ validFrom }) => validFrom === layouts[0]?.validFrom);
  const file = readFiles(task.flow.format, isInOrder ? layouts : newestFirst, given.parts, task);
  if ('error' in file) return { ...NOTHING, fileError: file.error, verdicts: [] };
  const decider = new Decider(given, file.layout);
  const verdicts = file.records.map((record, index) => decider.record(index + 1, record));
  if (task.environment === 'S') return { ...NOTHING, verdicts };
  const { originals, registrations, questions } = decider;
  const files = outputs(task, file, verdicts);
  const { changes } = registrations;
  const { asked, answered } = questions;
  const isRemembered = task.flow.kind === 'mutation' || task.flow.kind === 'message';
  return { verdicts, outputs: files, originals: isRemembered ? originals.made() : [], changes, asked, answered };
}

/** The source of a question reads the hub's ticket of it, behind what the asker wrote; it belongs to the key. */
function withTicketField(task: Task): Task {
  const name = task.flow.asks?.ticketField?.name;
  if (name === undefined) return task;
  const blocks = task.flow.blocks.map((block) =>
    block.name === 'key' ? { ...block, fields: [...block.fields, name] } : block,
  );
  return { ...task, flow: { ...task.flow, blocks } };
}

/** One record on its way: what is known so far. */
export type Concerned = {
  readonly task: Task;
  readonly layout: LayoutVersion;
  readonly values: Values;
  readonly period: Days;
  readonly person: Known;
  readonly originals: Originals;
};

class Decider {
  readonly #given: Given;
  readonly #layout: LayoutVersion;
  readonly #directory: Directory;
  readonly originals: Originals;
  readonly registrations = new Registrations();
  readonly questions: Questions;

  constructor(given: Given, layout: LayoutVersion) {
    this.questions = new Questions(given.questions, given.network);
    this.#given = given;
    this.#layout = layout;
    this.#directory = new Directory(given.lines);
    this.originals = new Originals(given.originals);
  }

  record(record: number, { values, faults: ofStructure }: ReadRecord): Verdict {
    const { task } = this.#given;
    const { roles } = this.#layout;
    const refused = (faults: readonly Fault[], heldBack: readonly string[] = []): Verdict => ({
      ...{ record, outcome: 'refused', faults, routes: [], heldBack },
    });
    if (values === undefined) return refused(ofStructure);
    const own = faultsOf(this.#layout, values, task.environment);
    const faults = onePerField([...ofStructure, ...own, ...faultsOfReferencePeriod(this.#layout, values)]);
    if (faults.length > 0) return refused(faults);

    const insz = values[roles.person] ?? '';
    const reference = roles.reference === undefined ? undefined : values[roles.reference];
    const isOriginal = !isFollower(this.#layout, values);
    // Two askers may use one reference, so answers may come with it twice.
    const isOnce = isOriginal && task.flow.kind !== 'answer';
    if (isOnce && isThere(reference) && this.originals.isTaken(reference)) {
      return refused([fatal(roles.reference ?? '', '000050')]);
    }

    const acts = actsForRecord(actsOf(task), values, roles);
    if (typeof acts === 'string') return refused([fatal(acts, '300010')]);
    if (roles.employer !== undefined && !this.#mayHandIn(values[roles.employer])) {
      return refused([fatal(roles.employer, '300010')]);
    }
    const found = this.#directory.person(insz);
    const period = periodOf(this.#layout, values);
    const lineFault = this.#senderLineFault(found, period);
    if (lineFault !== undefined) return refused([fatal(roles.person, lineFault)]);
    const person = found ?? { lines: [] };

    const concerned = { task, layout: this.#layout, values, period, person, originals: this.originals };
    if (task.flow.kind === 'integration') {
      const fault = this.registrations.decide(record, { ...concerned, isKnown: found !== undefined }, acts);
      if (fault !== undefined) return refused([fault]);
      const faults = this.#remarks(values, person);
      return { record, outcome: 'accepted', faults, insz, replacedBy: person.replacedBy, routes: [], heldBack: [] };
    }
    const way = isOriginal ? this.#way(record, concerned, acts) : follow(concerned, acts);
    if ('fault' in way) return refused([way.fault], way.heldBack);
    this.#remember(concerned, way, isOriginal);
    return {
      record,
      outcome: way.routes.length > 0 ? 'accepted' : 'without-receiver',
      faults: [...this.#remarks(values, person), ...(way.remarks ?? [])],
      insz,
      replacedBy: person.replacedBy,
      routes: way.routes.map((route) => ({ ...route, values: filledIn(concerned, route, record) })),
      heldBack: way.heldBack,
    };
  }

  /** Who got a record with a reference; a change under that of its original takes nobody from those who got that. */
  #remember(
    { layout, values, person }: Concerned,
    { routes }: { readonly routes: readonly Route[] },
    isOriginal: boolean,
  ): void {
    const { roles } = layout;
    const insz = values[roles.person] ?? '';
    const reference = roles.reference === undefined ? undefined : values[roles.reference];
    if (!isThere(reference)) return;
    const isSameReference = !isOriginal && referenceOfOriginal(layout, values) === reference;
    const persons = [insz, person.replacedBy ?? ''];
    const before = isSameReference ? (this.originals.receiversOf(reference, persons) ?? []) : [];
    const receivers = [...new Set([...before, ...routes.map(({ partner }) => partner)])];
    this.originals.remember({ reference, person: person.replacedBy ?? insz, receivers });
  }

  #way(record: number, concerned: Concerned, acts: readonly Authorization[]): Ways {
    switch (concerned.task.flow.kind) {
      case 'message':
        return addressed(concerned, acts);
      case 'request':
        return this.questions.ask(record, concerned, acts);
      case 'answer':
        return this.questions.answer(record, concerned, acts);
      default:
        return { routes: routes(concerned, acts), heldBack: [] };
    }
  }

  /** docs/decisions/0012 */
  #mayHandIn(employer: string | null | undefined): boolean {
    const { task, mandates } = this.#given;
    const kbo = isThere(employer) ? kboOf(employer) : undefined;
    const own = task.sender.kbo;
    if (kbo === undefined || own === undefined) return false;
    return kbo === own || hasMandate(mandates, { holder: own, employer: kbo, flow: task.flow.code, day: dayOf(task) });
  }

  /** `required`, `creates`, `none`, and whether anybody knows the person. */
  #senderLineFault(person: Known | undefined, period: Days): string | undefined {
    const { task } = this.#given;
    if (task.flow.senderLine === 'creates') return undefined;
    if (task.flow.senderLine === 'required') {
      const { sector, type } = task.sender.institution;
      const own = (person?.lines ?? []).filter((line) => line.sector === sector && line.type === type);
      if (own.length === 0) return '300020';
      if (!own.some((line) => covers(line, period))) return '300030';
    }
    return person === undefined ? 'MSG00005' : undefined;
  }

  /** What its sender is told about a record that was taken. */
  #remarks(values: Values, person: Known): readonly Fault[] {
    const old = this.#layout.fields.filter(({ name, type }) => {
      const value = values[name];
      return type.kind === 'kbo' && isThere(value) && kboOf(value) !== value;
    });
    const { person: field, replacedBy } = this.#layout.roles;
    // Nobody is told the new number that he wrote himself.
    const written = replacedBy === undefined ? undefined : values[replacedBy];
    const isNews = person.replacedBy !== undefined && person.replacedBy !== written;
    return [
      ...old.map(({ name }) => ({ field: name, code: 'MSG00011', severity: 'warning' })),
      ...(isNews ? [{ field, code: 'MSG00006', severity: 'information' }] : []),
    ];
  }
}

/** Whether a record changes or cancels another. */
export function isFollower({ changes, roles }: LayoutVersion, values: Values): boolean {
  if (changes?.values.includes(values[changes.field] ?? '')) return true;
  return changes === undefined && roles.cancels !== undefined && isThere(values[roles.cancels]);
}

/** The one `cancels` names, else the one with the record's own reference. */
export function referenceOfOriginal({ roles }: LayoutVersion, values: Values): string {
  const cancels = roles.cancels === undefined ? undefined : values[roles.cancels];
  return (isThere(cancels) ? cancels : values[roles.reference ?? '']) ?? '';
}

function periodOf(layout: LayoutVersion, values: Values): Days {
  const { periodBegin, periodEnd } = layout.roles;
  const quarter = quarterOf(values[periodBegin] ?? '');
  if (quarter !== undefined) return quarter;
  const begin = dayIn(layout, values, periodBegin) ?? '';
  return { begin, end: periodEnd === undefined ? begin : dayIn(layout, values, periodEnd) };
}

/** What one receiver reads: numbers in one form, the new number beside the old, and the quality of its own line. */
function filledIn({ task, layout, values, person }: Concerned, { line }: Route, record: number): Values {
  const filled: Record<string, string | null | undefined> = { ...values };
  for (const { name, type } of layout.fields) {
    const value = values[name];
    if (type.kind === 'kbo' && isThere(value)) filled[name] = kboOf(value);
  }
  const { replacedBy, quality, qualityBegin, qualityEnd } = layout.roles;
  const fill = (name: string | undefined, value: string | undefined) => {
    // What the sender left out stays out; what it wrote itself is never passed on.
    if (name !== undefined) filled[name] = value ?? (values[name] === undefined ? undefined : null);
  };
  fill(replacedBy, person.replacedBy);
  fill(quality, line?.quality);
  fill(qualityBegin, line?.begin);
  fill(qualityEnd, line?.end);
  const ticketField = task.flow.asks?.ticketField?.name;
  if (ticketField !== undefined) filled[ticketField] = `${task.ticket}-${record}`;
  return filled;
}

function outputs(
  task: Task,
  { layout }: Exclude<ReadFile, { error: string }>,
  verdicts: readonly Verdict[],
): Readonly<Record<string, string>> {
  const partners = new Set(verdicts.flatMap(({ routes }) => routes.map(({ partner }) => partner)));
  const files = [...partners].map((partner) => {
    const records = verdicts.flatMap(({ routes }) =>
      routes.flatMap((route) =>
        route.partner === partner ? [[route.values ?? {}, new Set(route.fields)] as const] : [],
      ),
    );
    const format = task.receivers.find((one) => one.partner === partner)?.output ?? task.flow.format;
    const inFile = new Set(fieldsFor(task, partner));
    const { version } = layout;
    const writing = { format, fields: [...layout.fields, ...hubFields(task)], inFile, version };
    return [partner, writeFile({ ...writing, environment: task.environment }, records)] as const;
  });
  return Object.fromEntries(files);
}

function hubFields({ flow }: Task): readonly Field[] {
  const { name, columns } = flow.asks?.ticketField ?? {};
  if (name === undefined) return [];
  return [{ name, type: { kind: 'text', maxLength: 20 }, required: true, columns }];
}

/** A value of the wrong kind is not also an absent one. */
function onePerField(faults: readonly Fault[]): readonly Fault[] {
  return faults.filter(({ field }, index) => faults.findIndex((one) => one.field === field) === index);
}

function faultsOfReferencePeriod(layout: LayoutVersion, values: Values): readonly Fault[] {
  const day = referenceDay(layout, values);
  return day === undefined || isOfPeriod(layout, day) ? [] : [fatal(layout.roles.periodBegin, 'MSG00008')];
}
