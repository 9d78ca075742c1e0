import type { Environment, Field, FieldType, LayoutVersion } from '../../../src/domain/flow.ts';
import { birthOf, isDay, isIncompleteDay, isInsz, isOfSyntheticSeries, kboOf, quarterOf } from './identifiers.ts';

export type Fault = { readonly field: string; readonly code: string; readonly severity: string };
/** What a record says, by the names of its fields; `undefined` is a member that is not there. */
export type Values = Readonly<Record<string, string | null | undefined>>;

export const fatal = (field: string, code: string): Fault => ({ field, code, severity: 'fatal' });

export function isThere(value: string | null | undefined): value is string {
  return value !== undefined && value !== null && value !== '';
}

/** All faults of structure, digits and dates together. docs/domain.md §1 */
export function faultsOf(layout: LayoutVersion, values: Values, environment: Environment): readonly Fault[] {
  const faults: Fault[] = [];
  const isWrong = (name: string) => faults.some(({ field }) => field === name);
  for (const field of layout.fields) faults.push(...faultsOfField(field, layout, values));
  for (const { name, type } of environment === 'T' ? layout.fields : []) {
    const number = values[name];
    if (type.kind !== 'insz' || !isThere(number) || isWrong(name) || isOfSyntheticSeries(number)) continue;
    faults.push(fatal(name, 'MSG00005'));
  }
  for (const { begin, end } of periodsOf(layout)) {
    if (isWrong(begin) || isWrong(end)) continue;
    const [from, to] = [dayIn(layout, values, begin), dayIn(layout, values, end)];
    if (from !== undefined && to !== undefined && to < from) faults.push(fatal(end, 'MSG00008'));
  }
  for (const { sum, equals } of layout.totals) {
    if ([...sum, equals].some(isWrong) || !isThere(values[equals])) continue;
    const total = sum.reduce((all, name) => all + BigInt(values[name] || '0'), 0n);
    if (total !== BigInt(values[equals] ?? '')) faults.push(fatal(equals, '000050'));
  }
  for (const { date, insz } of layout.births) {
    const [day, number] = [values[date], values[insz]];
    if (isWrong(date) || isWrong(insz) || !isThere(day) || !isThere(number)) continue;
    if (!isBornOn(number, day)) faults.push(fatal(insz, 'MSG00011'));
  }
  const [first] = layout.proofs ?? [];
  if (first !== undefined && !layout.proofs?.some((group) => group.every((name) => isThere(values[name])))) {
    faults.push(fatal(first[0] ?? '', '000050'));
  }
  return faults;
}

function periodsOf({ periods, roles }: LayoutVersion) {
  const own = { begin: roles.periodBegin, end: roles.periodEnd ?? '' };
  const isListed = own.end === '' || periods.some(({ begin, end }) => begin === own.begin && end === own.end);
  return isListed ? periods : [...periods, own];
}

/** A day as `yyyy-MM-dd`, whatever the form of its field. */
export function dayIn(layout: LayoutVersion, values: Values, name: string): string | undefined {
  const value = values[name];
  if (!isThere(value)) return undefined;
  const type = layout.fields.find((field) => field.name === name)?.type;
  return type?.kind === 'date' ? withHyphens(value, type.form) : value;
}

function withHyphens(value: string, form: string): string {
  return form === 'yyyyMMdd' ? value.replace(/^(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3') : value;
}

function faultsOfField({ name, type, required }: Field, layout: LayoutVersion, values: Values): readonly Fault[] {
  const value = values[name];
  if (!isThere(value)) {
    const isNeeded = required === 'in-group' ? isGroupThere(name, layout, values) : required;
    return isNeeded ? [fatal(name, '000050')] : [];
  }
  const code = faultOfValue(type, value);
  return code === undefined ? [] : [fatal(name, code)];
}

function isGroupThere(name: string, layout: LayoutVersion, values: Values): boolean {
  const group = name.slice(0, name.lastIndexOf('.') + 1);
  return layout.fields.some((field) => field.name.startsWith(group) && isThere(values[field.name]));
}

function faultOfValue(type: FieldType, value: string): string | undefined {
  const structure = (isRight: boolean) => (isRight ? undefined : '000050');
  switch (type.kind) {
    case 'integer':
      return structure(new RegExp(`^\\d{1,${type.maxDigits}}$`).test(value));
    case 'cents':
      return structure(new RegExp(`^${type.signed ? '-?' : ''}\\d{1,${type.maxDigits}}$`).test(value));
    case 'text':
      return structure([...value].length <= type.maxLength);
    case 'digits':
      return structure(new RegExp(`^\\d{${type.length}}$`).test(value));
    case 'code':
      return structure(type.values.includes(value));
    case 'boolean':
      return structure(value === 'true' || value === 'false');
    case 'sector':
      return structure(/^\d{1,3}$/.test(value));
    case 'institution':
      return structure(/^\d{1,3}\/\d{1,3}$/.test(value));
    case 'date': {
      const isInForm = type.form === 'yyyyMMdd' ? /^\d{8}$/.test(value) : true;
      return isInForm && isDay(withHyphens(value, type.form)) ? undefined : 'MSG00008';
    }
    case 'incomplete-date':
      return isIncompleteDay(value) ? undefined : 'MSG00008';
    case 'quarter':
      return quarterOf(value) === undefined ? 'MSG00008' : undefined;
    case 'insz':
      return isInsz(value) ? undefined : 'MSG00011';
    case 'kbo':
      return kboOf(value) === undefined ? 'MSG00011' : undefined;
    default:
      throw new Error(`the reference knows no ${type.kind}`);
  }
}

function isBornOn(insz: string, date: string): boolean {
  const birth = birthOf(insz);
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number);
  if (birth === undefined || birth.year !== year) return false;
  if (birth.month !== 0 && month !== 0 && birth.month !== month) return false;
  return birth.day === 0 || day === 0 || birth.day === day;
}
