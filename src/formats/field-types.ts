import type { Environment, FieldType } from '../domain/flow.ts';
import { isInsz, isSynthetic } from '../domain/insz.ts';
import { isKbo } from '../domain/kbo.ts';
import { type IsoDate, parseDate } from '../domain/period.ts';
import { STRUCTURE, type Value } from './record-format.ts';

/** Codes of faults in identifiers and dates. Source: docs/domain.md "Which case gets which code". */
export const IDENTIFIER = 'MSG00011';
export const DATE_OR_PERIOD = 'MSG00008';
export const PERSON_UNKNOWN = 'MSG00005';

const MAX_KNOWN_DATES = 4096;

/** Whether there is a value: a member that is not there, null and an empty column are all absent. */
export function isPresent(value: Value): value is string {
  return value !== undefined && value !== null && value !== '';
}

export type TypeFault = { readonly code: string; readonly detail: string };
export type FieldCheck = (value: Value) => TypeFault | undefined;

/** @param required whether an absent value is a fault */
export function fieldCheck(
  type: FieldType,
  required: boolean,
  environment: Environment,
  dates: KnownDates,
): FieldCheck {
  const check = typeCheck(type, environment, dates);
  const missing = { code: STRUCTURE, detail: notation(type) };
  return (value) => {
    if (isPresent(value)) return check(value);
    return required ? missing : undefined;
  };
}

function typeCheck(
  type: FieldType,
  environment: Environment,
  dates: KnownDates,
): (value: string) => TypeFault | undefined {
  switch (type.kind) {
    case 'integer':
      return matches(new RegExp(`^\\d{1,${type.maxDigits}}$`), notation(type));
    case 'digits':
      return matches(new RegExp(`^\\d{${type.length}}$`), notation(type));
    case 'boolean':
      return matches(/^(true|false)$/, notation(type));
    case 'uuid':
      return matches(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i, notation(type));
    case 'code': {
      const values = new Set(type.values);
      const fault = { code: STRUCTURE, detail: notation(type) };
      return (value) => (values.has(value) ? undefined : fault);
    }
    case 'text':
      return textCheck(type.maxLength, type.pattern, notation(type));
    case 'date': {
      const fault = { code: DATE_OR_PERIOD, detail: notation(type) };
      return (value) => (dates.parse(value) === undefined ? fault : undefined);
    }
    case 'kbo': {
      const fault = { code: IDENTIFIER, detail: notation(type) };
      return (value) => (isKbo(value) ? undefined : fault);
    }
    case 'insz':
      return inszCheck(environment);
  }
}

/** What is expected, as the glossaries of the network write it; the same in every language. */
function notation(type: FieldType): string {
  switch (type.kind) {
    case 'integer':
      return `N..${type.maxDigits}`;
    case 'digits':
      return `N${type.length}`;
    case 'text':
      return `A..${type.maxLength}`;
    case 'code':
      return type.values.join('|');
    case 'boolean':
      return 'true|false';
    case 'date':
      return 'YYYY-MM-DD';
    case 'uuid':
      return 'UUID';
    case 'kbo':
      return 'N10';
    case 'insz':
      return 'N11';
  }
}

function matches(form: RegExp, expected: string): (value: string) => TypeFault | undefined {
  const fault = { code: STRUCTURE, detail: expected };
  return (value) => (form.test(value) ? undefined : fault);
}

const CONTROL = /[^\P{Cc}\t\r\n]/u; // all but tab and line ends

function textCheck(
  maxLength: number,
  pattern: string | undefined,
  detail: string,
): (value: string) => TypeFault | undefined {
  const form = pattern === undefined ? undefined : new RegExp(`^(?:${pattern})$`, 'u');
  const fault = { code: STRUCTURE, detail };
  return (value) => {
    if (value.length > maxLength && [...value].length > maxLength) return fault;
    if (CONTROL.test(value) || !value.isWellFormed()) return fault;
    return form === undefined || form.test(value) ? undefined : fault;
  };
}

/** Environment T takes numbers of synthetic persons only; that a number stands in the directory is asked later. */
function inszCheck(environment: Environment): (value: string) => TypeFault | undefined {
  const invalid = { code: IDENTIFIER, detail: notation({ kind: 'insz' }) };
  const real = { code: PERSON_UNKNOWN, detail: '≥ 900' };
  return (value) => {
    if (!isInsz(value)) return invalid;
    return environment === 'T' && !isSynthetic(value) ? real : undefined;
  };
}

/** Dates repeat within a file: each is looked up in the calendar once. */
export class KnownDates {
  readonly #known = new Map<string, IsoDate>();

  parse(value: string): IsoDate | undefined {
    const known = this.#known.get(value);
    if (known !== undefined) return known;
    const date = parseDate(value);
    if (date === undefined) return undefined;
    if (this.#known.size >= MAX_KNOWN_DATES) this.#known.clear();
    this.#known.set(value, date);
    return date;
  }
}
