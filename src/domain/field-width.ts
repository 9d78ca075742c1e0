import type { FieldType } from './flow.ts';

const INSTITUTION = '999/999'.length;
const UUID = 36;

/** The most characters a value of this type takes, as it is written in this form. */
export function widestOf(type: FieldType): number {
  switch (type.kind) {
    case 'integer':
      return type.maxDigits;
    case 'cents':
      return type.maxDigits + (type.signed ? 1 : 0);
    case 'decimal':
      return type.maxDigits + type.decimals + (type.decimals > 0 ? 1 : 0) + (type.signed ? 1 : 0);
    case 'text':
      return type.maxLength;
    case 'digits':
      return type.length;
    case 'code':
      return Math.max(...type.values.map((value) => value.length));
    case 'date':
    case 'incomplete-date':
      return type.form.length;
    case 'quarter':
      return 'yyyyQn'.length;
    case 'boolean':
      return 'false'.length;
    case 'insz':
      return 11;
    case 'kbo':
    case 'rsz':
      return 10;
    case 'sector':
      return 3;
    case 'institution':
      return INSTITUTION;
    case 'uuid':
      return UUID;
  }
}
