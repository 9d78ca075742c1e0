import type { Environment, LayoutVersion } from '../domain/flow.ts';
import { type Insz, isInsz } from '../domain/insz.ts';
import { normaliseKbo } from '../domain/kbo.ts';
import { type IsoDate, type Period, quarterOf } from '../domain/period.ts';
import { type Form, KnownDates, toOneForm } from '../formats/field-forms.ts';
import { type FieldCheck, fieldCheck, IDENTIFIER, isPresent } from '../formats/field-types.ts';
import type { ParsedRecord, RecordFault, Value } from '../formats/record-format.ts';
import { RecordConditions } from './record-conditions.ts';

/** What a record that passed its own rules says, as the checks after them need it. */
export type CheckedRecord = {
  readonly number: number;
  /** Each in the one form of its type, whatever form the flow has. */
  readonly values: readonly Value[];
  readonly person: Insz;
  /** The period or, with both ends the same, the day the record speaks of. */
  readonly period: Period;
  readonly reference: string | undefined;
  /** The reference of the original that this record changes or cancels; empty where it should name one. */
  readonly cancels: string | undefined;
  readonly replacedBy: string | undefined;
  /** What was put right while reading. */
  readonly warnings: readonly RecordFault[];
};

export type RuleResult =
  | { readonly ok: true; readonly record: CheckedRecord }
  | { readonly ok: false; readonly faults: readonly RecordFault[] };

const NO_FAULTS: readonly RecordFault[] = [];

/** Structure and types, identifiers, dates and conditions of the records of one file; all faults of a record at once. */
export class RecordRules {
  readonly #layout: LayoutVersion;
  readonly #dates = new KnownDates();
  readonly #checks: readonly FieldCheck[];
  readonly #roles: RolePositions;
  readonly #changes: { readonly index: number; readonly values: ReadonlySet<string> } | undefined;
  readonly #conditions: RecordConditions;
  readonly #kbos: readonly number[];
  readonly #forms: readonly { readonly index: number; readonly form: Form }[];

  constructor(layout: LayoutVersion, environment: Environment) {
    const { person, periodBegin } = layout.roles;
    this.#layout = layout;
    this.#checks = layout.fields.map((field) => {
      // Without the person and the day nothing can be decided, whatever the layout says.
      const required = field.required === true || field.name === person || field.name === periodBegin;
      return fieldCheck(field.type, required, environment, this.#dates);
    });
    this.#roles = rolePositions(layout);
    const { changes } = layout;
    this.#changes = changes && { index: position(layout, changes.field), values: new Set(changes.values) };
    this.#conditions = new RecordConditions(layout, this.#dates);
    this.#kbos = layout.fields.flatMap((field, index) => (field.type.kind === 'kbo' ? [index] : []));
    this.#forms = layout.fields.flatMap((field, index) => {
      const form = toOneForm(field.type);
      return form === undefined ? [] : [{ index, form }];
    });
  }

  check(record: ParsedRecord): RuleResult {
    if (record.values.length === 0) return { ok: false, faults: record.faults };
    const { values, warnings } = this.#normalised(record.values);
    const faults = this.#faults(values, record.faults);
    if (faults.length > 0) return { ok: false, faults };
    return { ok: true, record: this.#checked(record.number, this.#inOneForm(values), warnings) };
  }

  #faults(values: readonly Value[], found: readonly RecordFault[]): readonly RecordFault[] {
    let faults: RecordFault[] | undefined;
    const add = (field: string, code: string, detail: string) => {
      faults ??= [...found];
      // One fault per field: a value of the wrong kind is not also an absent one.
      if (!faults.some((fault) => fault.field === field)) faults.push({ field, code, severity: 'fatal', detail });
    };
    for (let index = 0; index < this.#checks.length; index += 1) {
      const check = this.#checks[index];
      const fault = check?.(values[index]);
      if (fault !== undefined) add(this.#layout.fields[index]?.name ?? '', fault.code, fault.detail);
    }
    this.#conditions.check(values, faults ?? found, add);
    return faults ?? (found.length > 0 ? found : NO_FAULTS);
  }

  /** KBO numbers as partners write them become ten digits, with a warning. */
  #normalised(values: readonly Value[]): { values: readonly Value[]; warnings: readonly RecordFault[] } {
    if (this.#kbos.length === 0) return { values, warnings: NO_FAULTS };
    const copy = [...values];
    const warnings: RecordFault[] = [];
    for (const index of this.#kbos) {
      const value = copy[index];
      const ten = isPresent(value) ? normaliseKbo(value) : undefined;
      if (ten === undefined || ten === value) continue;
      copy[index] = ten;
      const field = this.#layout.fields[index]?.name ?? '';
      warnings.push({ field, code: IDENTIFIER, severity: 'warning', detail: ten });
    }
    return { values: copy, warnings };
  }

  #inOneForm(values: readonly Value[]): readonly Value[] {
    if (this.#forms.length === 0) return values;
    const copy = [...values];
    for (const { index, form } of this.#forms) {
      const value = copy[index];
      if (isPresent(value)) copy[index] = form(value);
    }
    return copy;
  }

  #checked(number: number, values: readonly Value[], warnings: readonly RecordFault[]): CheckedRecord {
    const roles = this.#roles;
    const person = values[roles.person];
    const period = this.#period(values);
    if (!isPresent(person) || !isInsz(person) || period === undefined) {
      throw new TypeError('the roles of the layout name no INSZ and no day');
    }
    return {
      number,
      values,
      person,
      period,
      reference: textIn(values, roles.reference),
      cancels: this.#originalOf(values),
      replacedBy: textIn(values, roles.replacedBy),
      warnings,
    };
  }

  #originalOf(values: readonly Value[]): string | undefined {
    const named = textIn(values, this.#roles.cancels);
    if (this.#changes === undefined) return named;
    const says = textIn(values, this.#changes.index);
    if (says === undefined || !this.#changes.values.has(says)) return undefined;
    return named ?? textIn(values, this.#roles.reference) ?? '';
  }

  /** A quarter is all of its days; a day without an end is that day. */
  #period(values: readonly Value[]): Period | undefined {
    const { periodBegin, periodEnd } = this.#roles;
    const begin = this.#date(values, periodBegin);
    if (begin === undefined) return quarterOf(textIn(values, periodBegin) ?? '');
    return { begin, end: periodEnd === undefined ? begin : this.#date(values, periodEnd) };
  }

  #date(values: readonly Value[], index: number): IsoDate | undefined {
    const text = textIn(values, index);
    return text === undefined ? undefined : this.#dates.parse(text);
  }
}

/** Positions of the fields that carry meaning. */
export type RolePositions = {
  readonly person: number;
  readonly periodBegin: number;
  readonly periodEnd: number | undefined;
  readonly replacedBy: number | undefined;
  readonly quality: number | undefined;
  readonly qualityBegin: number | undefined;
  readonly qualityEnd: number | undefined;
  readonly reference: number | undefined;
  readonly cancels: number | undefined;
};

/** @throws TypeError where a role names no field, which the configuration refuses before */
export function rolePositions(layout: LayoutVersion): RolePositions {
  const { roles } = layout;
  const optional = (name: string | undefined) => (name === undefined ? undefined : position(layout, name));
  return {
    person: position(layout, roles.person),
    periodBegin: position(layout, roles.periodBegin),
    periodEnd: optional(roles.periodEnd),
    replacedBy: optional(roles.replacedBy),
    quality: optional(roles.quality),
    qualityBegin: optional(roles.qualityBegin),
    qualityEnd: optional(roles.qualityEnd),
    reference: optional(roles.reference),
    cancels: optional(roles.cancels),
  };
}

function position(layout: LayoutVersion, name: string): number {
  const index = layout.fields.findIndex((field) => field.name === name);
  if (index < 0) throw new TypeError(`the layout has no field ${name}`);
  return index;
}

function textIn(values: readonly Value[], index: number | undefined): string | undefined {
  const value = index === undefined ? undefined : values[index];
  return isPresent(value) ? value : undefined;
}
