import { type CharacterClass, ISO_8859_15, WINDOWS_1252 } from '../domain/charset.ts';
import type { Environment, FieldType } from '../domain/flow.ts';
import { isInsz, isSynthetic } from '../domain/insz.ts';
import { isKbo } from '../domain/kbo.ts';
import type { KnownDates } from './field-forms.ts';
import { notation } from './field-notation.ts';
import { STRUCTURE, type Value } from './record-format.ts';

/** Codes of faults in identifiers and dates. Source: docs/domain.md "Which case gets which code". */
export const IDENTIFIER = 'MSG00011';
export const DATE_OR_PERIOD = 'MSG00008';
export const PERSON_UNKNOWN = 'MSG00005';

/** Whether there is a value: a member that is not there, null and an empty column are all absent. */
export function isPresent(value: Value): value is string {
  return value !== undefined && value !== null && value !== '';
}

export type TypeFault = { readonly code: string; readonly detail: string };
export type FieldCheck = (value: Value) => TypeFault | undefined;
type TextCheck = (value: string) => TypeFault | undefined;

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

function typeCheck(type: FieldType, environment: Environment, dates: KnownDates): TextCheck {
  const detail = notation(type);
  switch (type.kind) {
    case 'integer':
      return matches(new RegExp(`^\\d{1,${type.maxDigits}}$`), detail);
    case 'cents':
      return matches(new RegExp(`^${type.signed ? '-?' : ''}\\d{1,${type.maxDigits}}$`), detail);
    case 'decimal':
      return matches(decimalForm(type), detail);
    case 'digits':
      return matches(new RegExp(`^\\d{${type.length}}$`), detail);
    case 'boolean':
      return matches(/^(true|false)$/, detail);
    case 'uuid':
      return matches(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i, detail);
    case 'rsz':
      return matches(/^(?:0\d|51)\d{8}$/, detail);
    case 'sector':
      return matches(/^\d{1,3}$/, detail);
    case 'institution':
      return matches(/^\d{1,3}\/\d{1,3}$/, detail);
    case 'quarter':
      return matches(/^\d{4}Q[1-4]$/, detail, DATE_OR_PERIOD);
    case 'code': {
      const values = new Set(type.values);
      return holding((value) => values.has(value), STRUCTURE, detail);
    }
    case 'text':
      return textCheck(type, detail);
    case 'date':
      return holding((value) => dates.parse(value, type.form) !== undefined, DATE_OR_PERIOD, detail);
    case 'incomplete-date':
      return holding((value) => dates.isIncompleteDate(value, type.form), DATE_OR_PERIOD, detail);
    case 'kbo':
      return holding(isKbo, IDENTIFIER, detail);
    case 'insz':
      return inszCheck(environment, detail);
  }
}

function holding(isRight: (value: string) => boolean, code: string, detail: string): TextCheck {
  const fault = { code, detail };
  return (value) => (isRight(value) ? undefined : fault);
}

function matches(form: RegExp, detail: string, code = STRUCTURE): TextCheck {
  return holding((value) => form.test(value), code, detail);
}

function decimalForm({ maxDigits, decimals, point, signed }: FieldType & { readonly kind: 'decimal' }): RegExp {
  const behind = decimals === 0 ? '' : `\\${point}\\d{${decimals}}`;
  return new RegExp(`^${signed ? '-?' : ''}\\d{1,${maxDigits}}${behind}$`);
}

/** All controls but tab and line ends, and the two code points that no text of any format may have. */
const NO_CHARACTER = /[^\P{Cc}\t\r\n]|[\ufffe\uffff]/u;

const FIRST_OF_LATIN1 = 0xa0;
const LATIN1 = Array.from({ length: 0x100 - FIRST_OF_LATIN1 }, (_, index) => FIRST_OF_LATIN1 + index);

/** One line of printable characters. */
const CLASSES: Readonly<Record<CharacterClass, RegExp>> = {
  ascii: /^[ -~]*$/,
  'iso-8859-1': /^[ -~\xa0-\xff]*$/,
  'iso-8859-15': new RegExp(
    `^[ -~${LATIN1.map((byte) => ISO_8859_15.get(byte) ?? String.fromCharCode(byte)).join('')}]*$`,
  ),
  'windows-1252': new RegExp(`^[ -~\\xa0-\\xff${WINDOWS_1252.replaceAll(' ', '')}]*$`),
};

function textCheck(type: FieldType & { readonly kind: 'text' }, detail: string): TextCheck {
  const { maxLength, pattern, characters } = type;
  const form = pattern === undefined ? undefined : new RegExp(`^(?:${pattern})$`, 'u');
  const only = characters === undefined ? undefined : CLASSES[characters];
  const fault = { code: STRUCTURE, detail };
  return (value) => {
    if (value.length > maxLength && [...value].length > maxLength) return fault;
    if (only === undefined ? NO_CHARACTER.test(value) || !value.isWellFormed() : !only.test(value)) return fault;
    return form === undefined || form.test(value) ? undefined : fault;
  };
}

/** Environment T takes numbers of synthetic persons only; that a number stands in the directory is asked later. */
function inszCheck(environment: Environment, detail: string): TextCheck {
  const invalid = { code: IDENTIFIER, detail };
  const real = { code: PERSON_UNKNOWN, detail: '≥ 900' };
  return (value) => {
    if (!isInsz(value)) return invalid;
    return environment === 'T' && !isSynthetic(value) ? real : undefined;
  };
}
