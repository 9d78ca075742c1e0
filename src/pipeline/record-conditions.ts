import type { FieldType, LayoutVersion } from '../domain/flow.ts';
import { birthOfInsz } from '../domain/insz.ts';
import type { IsoDate } from '../domain/period.ts';
import { isoOf, type KnownDates } from '../formats/field-forms.ts';
import { notation } from '../formats/field-notation.ts';
import { DATE_OR_PERIOD, IDENTIFIER, isPresent } from '../formats/field-types.ts';
import { type RecordFault, STRUCTURE, type Value } from '../formats/record-format.ts';
import { firstDayOf, isForDay } from './layout-choice.ts';

/** Hears a fault of a field. */
export type AddFault = (field: string, code: string, detail: string) => void;

type Place = { readonly index: number; readonly name: string; readonly type: FieldType };
type Total = { readonly sum: readonly Place[]; readonly equals: Place; readonly decimals: number };

/** A field that is needed where another of its group is there. */
type Companion = { readonly field: Place; readonly others: readonly Place[] };

/** What the fields of one record must be to each other. A field that is absent, or wrong by itself, breaks no condition. */
export class RecordConditions {
  readonly #layout: LayoutVersion;
  readonly #dates: KnownDates;
  readonly #periods: readonly { readonly begin: Place; readonly end: Place }[];
  readonly #totals: readonly Total[];
  readonly #companions: readonly Companion[];
  readonly #proofs: readonly (readonly Place[])[];
  readonly #births: readonly { readonly date: Place; readonly insz: Place }[];

  constructor(layout: LayoutVersion, dates: KnownDates) {
    const { periodBegin, periodEnd } = layout.roles;
    this.#layout = layout;
    const ownPeriod = periodEnd === undefined ? [] : [{ begin: periodBegin, end: periodEnd }];
    const place = (name: string) => placeOf(layout, name);
    this.#dates = dates;
    this.#periods = [...layout.periods, ...ownPeriod].map(({ begin, end }) => ({
      begin: place(begin),
      end: place(end),
    }));
    this.#totals = layout.totals.map(({ sum, equals }) => {
      const all = [...sum, equals].map(place);
      return { sum: sum.map(place), equals: place(equals), decimals: Math.max(...all.map(decimalsOf)) };
    });
    this.#companions = companionsOf(layout);
    this.#proofs = (layout.proofs ?? []).map((group) => group.map(place));
    this.#births = layout.births.map(({ date, insz }) => ({ date: place(date), insz: place(insz) }));
  }

  /** @param found what is wrong already: the value of such a field can't be compared */
  check(values: readonly Value[], found: readonly RecordFault[], add: AddFault): void {
    for (const { field, others } of this.#companions) {
      if (textOf(values, field) === undefined && others.some((other) => textOf(values, other) !== undefined)) {
        add(field.name, STRUCTURE, notation(field.type));
      }
    }
    for (const { begin, end } of this.#periods) {
      const from = this.#date(values, begin);
      const until = this.#date(values, end);
      if (from !== undefined && until !== undefined && until < from) {
        add(end.name, DATE_OR_PERIOD, `${until} < ${from}`);
      }
    }
    for (const total of this.#totals) {
      const isWhole = [...total.sum, total.equals].every(({ name }) => !found.some((fault) => fault.field === name));
      if (isWhole) checkTotal(total, values, add);
    }
    this.#checkProofs(values, add);
    this.#checkReference(values, add);
    for (const { date, insz } of this.#births) {
      const birth = textOf(values, date);
      if (birth !== undefined && !this.#agrees(birth, date.type, textOf(values, insz) ?? '')) {
        add(insz.name, IDENTIFIER, `≠ ${date.name}`);
      }
    }
  }

  /** A version of a layout is for some reference periods. */
  #checkReference(values: readonly Value[], add: AddFault): void {
    const { referenceFrom, referenceUntil, roles } = this.#layout;
    if (referenceFrom === undefined && referenceUntil === undefined) return;
    const day = firstDayOf(this.#layout, values);
    if (day === undefined || isForDay(this.#layout, day)) return;
    add(roles.periodBegin, DATE_OR_PERIOD, `${referenceFrom ?? ''}–${referenceUntil ?? ''}`);
  }

  /** Who is meant is proved by all fields of one group. */
  #checkProofs(values: readonly Value[], add: AddFault): void {
    const isProved = (group: readonly Place[]) => group.every((one) => textOf(values, one) !== undefined);
    if (this.#proofs.length === 0 || this.#proofs.some(isProved)) return;
    const detail = this.#proofs.map((group) => group.map(({ name }) => name).join(' + ')).join(' | ');
    add(this.#proofs[0]?.[0]?.name ?? '', STRUCTURE, detail);
  }

  #date(values: readonly Value[], { index, type }: Place): IsoDate | undefined {
    const text = values[index];
    return isPresent(text) && type.kind === 'date' ? this.#dates.parse(text, type.form) : undefined;
  }

  /** Where either leaves month or day open, only the rest is compared. */
  #agrees(written: string, type: FieldType, insz: string): boolean {
    const birth = birthOfInsz(insz);
    if (birth === undefined || (type.kind !== 'date' && type.kind !== 'incomplete-date')) return true;
    if (!this.#dates.isIncompleteDate(written, type.form)) return true;
    const iso = type.form === 'yyyyMMdd' ? isoOf(written) : written;
    const [year, month = 0, day = 0] = iso.split('-').map(Number);
    if (year !== birth.year) return false;
    if (month === 0 || birth.month === 0) return true;
    if (month !== birth.month) return false;
    return day === 0 || birth.day === 0 || day === birth.day;
  }
}

function checkTotal({ sum, equals, decimals }: Total, values: readonly Value[], add: AddFault): void {
  if (textOf(values, equals) === undefined) return;
  const total = scaled(values, equals, decimals);
  let counted = 0n;
  for (const place of sum) {
    const part = scaled(values, place, decimals);
    if (part === undefined) return;
    counted += part;
  }
  if (total !== undefined && counted !== total) {
    add(equals.name, STRUCTURE, `${pointed(total, decimals)} ≠ ${pointed(counted, decimals)}`);
  }
}

/** A number as a whole one of so many decimals, an absent one as 0; undefined where it is no number. */
function scaled(values: readonly Value[], place: Place, decimals: number): bigint | undefined {
  const text = textOf(values, place) ?? '0';
  const [whole = '', behind = ''] = text.split(/[.,]/);
  const digits = `${whole}${behind.padEnd(decimals, '0')}`;
  return /^-?\d+$/.test(digits) ? BigInt(digits) : undefined;
}

function pointed(value: bigint, decimals: number): string {
  if (decimals === 0) return String(value);
  const digits = String(value < 0n ? -value : value).padStart(decimals + 1, '0');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

function companionsOf(layout: LayoutVersion): readonly Companion[] {
  return layout.fields
    .filter((field) => field.required === 'in-group')
    .map(({ name }) => {
      const group = name.slice(0, name.lastIndexOf('.') + 1);
      const others = layout.fields.filter((other) => other.name !== name && other.name.startsWith(group));
      return { field: placeOf(layout, name), others: others.map((other) => placeOf(layout, other.name)) };
    });
}

function decimalsOf({ type }: Place): number {
  return type.kind === 'decimal' ? type.decimals : 0;
}

function textOf(values: readonly Value[], { index }: Place): string | undefined {
  const value = values[index];
  return isPresent(value) ? value : undefined;
}

function placeOf(layout: LayoutVersion, name: string): Place {
  const index = layout.fields.findIndex((field) => field.name === name);
  const field = layout.fields[index];
  if (field === undefined) throw new TypeError(`the layout has no field ${name}`);
  return { index, name, type: field.type };
}
