import type { Document } from 'yaml';
import type { z } from 'zod';
import { likelyBranch, pathOf } from './schema-problems.ts';
import type { Path } from './yaml-file.ts';

type Issue = z.core.$ZodIssue;
type Repair = { readonly path: Path; readonly value?: unknown };

/** To make code of a schema takes longer than to follow it for a few files; for a thousand it makes no difference. */
export const SCHEMA_RUNS_ONCE = { jitless: true } as const;

const MAX_ROUNDS = 60;

/** Texts of every form that a schema asks for; one after the other is tried where a text was refused. */
const TEXTS = [
  'placeholder',
  'ZZZZ',
  '2000-01-01',
  '999/999',
  '127.0.0.1',
  '1999999943',
  'placeholder@placeholder.invalid',
  '+00 000 00 00',
  '0'.repeat(64),
  '999998',
  '999',
  '1.0',
  '/placeholder',
  '99999999999',
  ';',
];

const VALUES: Readonly<Record<string, unknown>> = {
  string: TEXTS[0],
  number: 1,
  int: 1,
  boolean: false,
  array: [],
  object: {},
  record: {},
};

/**
 * The value of a file with stand-ins in the places that the schema refuses, so that the rest of it can be compared with
 * other files; undefined where that cannot be done. The document is changed: nodes that stand in have no place in it.
 */
export function withStandIns<T>(document: Document, schema: z.ZodType<T>): T | undefined {
  const tries = new Map<string, number>();
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const result = schema.safeParse(document.toJS(), SCHEMA_RUNS_ONCE);
    if (result.success) return result.data;
    const repairs = result.error.issues.flatMap((issue) => repairsOf(issue, tries));
    if (!repairs.every((repair) => apply(document, repair))) return undefined;
  }
  return undefined;
}

function apply(document: Document, { path, value }: Repair): boolean {
  if (path.length === 0) return false;
  try {
    if (value === undefined) document.deleteIn(path);
    else document.setIn(path, document.createNode(value));
    return true;
  } catch {
    return false; // the path leads through an alias
  }
}

function repairsOf(issue: Issue, tries: Map<string, number>): readonly Repair[] {
  const path = pathOf(issue.path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({ path: [...path, key] }));
    case 'invalid_union': {
      const branch = likelyBranch(issue) ?? issue.errors[0];
      if (branch === undefined) return [{ path, value: 'options' in issue ? issue.options?.[0] : undefined }];
      return branch.flatMap((inner) => repairsOf({ ...inner, path: [...issue.path, ...inner.path] }, tries));
    }
    case 'invalid_value':
      return [{ path, value: issue.values[0] }];
    case 'invalid_type':
      return [{ path, value: VALUES[issue.expected] }];
    case 'too_small':
      return [{ path, value: issue.origin === 'array' ? [null] : Number(issue.minimum) }];
    case 'too_big':
      return [{ path, value: Number(issue.maximum) }];
    case 'custom':
      return [{ path, value: nextText(path, tries) }];
    default:
      return [{ path }];
  }
}

function nextText(path: Path, tries: Map<string, number>): string | undefined {
  const key = JSON.stringify(path);
  const count = tries.get(key) ?? 0;
  tries.set(key, count + 1);
  return TEXTS[count];
}
