import { z } from 'zod';

/** No request has more. */
const MAX_PARAMETERS = 20;

/**
 * The parameters of a query; none may stand twice, for then it could be read in two ways.
 * @returns the name of a parameter that stands twice, or undefined where there are too many, or they are no UTF-8
 */
export function readQuery(
  query: string,
): { readonly values: Readonly<Record<string, string>> } | { readonly fault: string } {
  const values: Record<string, string> = Object.create(null);
  if (query === '') return { values };
  const pairs = query.split('&');
  if (pairs.length > MAX_PARAMETERS) return { fault: `a request has at most ${MAX_PARAMETERS} parameters` };
  for (const pair of pairs) {
    const [rawName = '', ...rest] = pair.split('=');
    const [name, value] = [decoded(rawName), decoded(rest.join('='))];
    if (name === undefined || value === undefined) return { fault: 'a query is percent-encoded UTF-8' };
    if (name in values) return { fault: `the parameter ${name} may stand once` };
    values[name] = value;
  }
  return { values };
}

/** As forms and URLSearchParams write it: "+" is a space. */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

/** Digits become a number where the schema asks for one: a query has nothing but texts. */
export function coerced(
  schema: z.ZodType,
  values: Readonly<Record<string, string>>,
): Readonly<Record<string, unknown>> {
  if (!(schema instanceof z.ZodObject)) return values;
  const entries = Object.entries(values).map(([name, value]) => {
    const isNumber = Object.hasOwn(schema.shape, name) && asksForNumber(schema.shape[name]);
    return [name, isNumber && /^\d{1,15}$/.test(value) ? Number(value) : value];
  });
  return Object.fromEntries(entries);
}

function asksForNumber(schema: unknown): boolean {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodOptional) return asksForNumber(schema.unwrap());
  return schema instanceof z.ZodNumber;
}
