import type { Field } from '../domain/flow.ts';
import type { LayoutFile } from './schema-flow.ts';

/** A field as the product knows it. */
export function fieldOf({ name, required, columns, ...rest }: LayoutFile['fields'][number]): Field {
  const common = { name, required, columns };
  switch (rest.type) {
    case 'integer':
      return { ...common, type: { kind: rest.type, maxDigits: rest.maxDigits } };
    case 'cents':
      return { ...common, type: { kind: rest.type, maxDigits: rest.maxDigits, signed: rest.signed } };
    case 'decimal': {
      const { maxDigits, decimals, point, signed } = rest;
      return { ...common, type: { kind: rest.type, maxDigits, decimals, point, signed } };
    }
    case 'text': {
      const { maxLength, pattern, characters } = rest;
      return { ...common, type: { kind: rest.type, maxLength, pattern, characters } };
    }
    case 'digits':
      return { ...common, type: { kind: rest.type, length: rest.length } };
    case 'code':
      return { ...common, type: { kind: rest.type, values: rest.values } };
    case 'date':
    case 'incomplete-date':
      return { ...common, type: { kind: rest.type, form: rest.form } };
    default:
      return { ...common, type: { kind: rest.type } };
  }
}
