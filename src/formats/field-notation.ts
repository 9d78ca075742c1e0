import type { FieldType } from '../domain/flow.ts';

/** What is expected, as the glossaries of the network write it; the same in every language. */
export function notation(type: FieldType): string {
  switch (type.kind) {
    case 'integer':
      return `N..${type.maxDigits}`;
    case 'cents':
      return `${type.signed ? '±' : ''}N..${type.maxDigits}`;
    case 'decimal': {
      const whole = `${type.signed ? '±' : ''}N..${type.maxDigits}`;
      return type.decimals === 0 ? whole : `${whole}${type.point}N${type.decimals}`;
    }
    case 'digits':
      return `N${type.length}`;
    case 'text':
      return type.characters === undefined ? `A..${type.maxLength}` : `A..${type.maxLength} ${type.characters}`;
    case 'code':
      return type.values.join('|');
    case 'boolean':
      return 'true|false';
    case 'date':
      return dateNotation(type.form);
    case 'incomplete-date':
      return type.form === 'yyyyMMdd'
        ? `${dateNotation(type.form)}|YYYYMM00|YYYY0000`
        : `${dateNotation(type.form)}|YYYY-MM-00|YYYY-00-00`;
    case 'quarter':
      return 'YYYYQ1|Q2|Q3|Q4';
    case 'uuid':
      return 'UUID';
    case 'kbo':
      return 'N10';
    case 'rsz':
      return '0+N9|51+N8';
    case 'sector':
      return 'N..3';
    case 'institution':
      return 'N..3/N..3';
    case 'insz':
      return 'N11';
  }
}

function dateNotation(form: string): string {
  return form.toUpperCase();
}
