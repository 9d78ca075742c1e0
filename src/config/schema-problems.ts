import type { z } from 'zod';
import { choose, type Problem } from './problems.ts';
import type { Path, Places } from './yaml-file.ts';

/** A problem with the schema. A key too many takes nothing away from what the file says. */
export type Fault = { readonly problem: Problem; readonly unknownKey: boolean };

type Issue = z.core.$ZodIssue;

/** Says in plain words, and at its place, what an issue of the schema found. `value` is what was compared. */
export function describe(issue: Issue, value: unknown, places: Places): readonly Fault[] {
  const path = pathOf(issue.path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey([...path, key], issue.message.split(', '), places));
    case 'invalid_union': {
      const branch = likelyBranch(issue);
      if (branch !== undefined) {
        return branch.flatMap((inner) => describe({ ...inner, path: [...issue.path, ...inner.path] }, value, places));
      }
      return [faultAt(path, value, places, 'options' in issue ? issue.options?.join(', ') : issue.message)];
    }
    case 'invalid_key':
      return issue.issues.map((inner) => ({
        problem: places.atKey(path, inner.message, remedyOf(inner)),
        unknownKey: false,
      }));
    case 'invalid_value':
      return [faultAt(path, value, places, issue.values.map(String).join(', '))];
    case 'invalid_type':
      return [faultAt(path, value, places, undefined, issue.expected)];
    default:
      return [
        {
          problem: places.at(path, `${label(path)}${outOfRange(issue)}`, remedyOf(issue)),
          unknownKey: false,
        },
      ];
  }
}

function unknownKey(path: Path, known: readonly string[], places: Places): Fault {
  const key = String(path.at(-1));
  const problem = places.atKey(path, `unknown key "${key}"`, choose(key, known, 'key'));
  return { problem, unknownKey: true };
}

/** A value that is missing, empty, of the wrong type, or none of the allowed ones. */
function faultAt(path: Path, root: unknown, places: Places, choices: string | undefined, expected?: string): Fault {
  const found = valueAt(root, path);
  const wanted = choices === undefined ? (TYPES[expected ?? ''] ?? expected ?? 'another value') : `one of: ${choices}`;
  if (found === undefined && path.length > 0) {
    const parent = path.slice(0, -1);
    const problem = places.atKey(
      parent,
      `"${path.at(-1)}" is missing${inside(parent)}`,
      `add "${path.at(-1)}": ${wanted}`,
    );
    return { problem, unknownKey: false };
  }
  if (found === null) {
    const message = path.length === 0 ? 'the file is empty' : `${label(path)}is empty`;
    return { problem: places.at(path, message, `write ${wanted}`), unknownKey: false };
  }
  const shown =
    typeof found === 'string' ? `"${found}"` : (places.written(path) ?? TYPES[kindOf(found)] ?? 'something else');
  const message = `${label(path)}is ${shown}`;
  if (choices !== undefined && typeof found === 'string') {
    const remedy = choose(found, choices.split(', '), 'value');
    return {
      problem: places.at(path, `${message}, which is not allowed here`, remedy),
      unknownKey: false,
    };
  }
  const written = places.written(path);
  const remedy =
    expected === 'string' && written !== undefined ? `put it between quotes: "${written}"` : `write ${wanted}`;
  return { problem: places.at(path, `${message}; expected is ${wanted}`, remedy), unknownKey: false };
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map of keys and values',
  record: 'a map of keys and values',
};

function kindOf(value: unknown): string {
  return Array.isArray(value) ? 'array' : typeof value;
}

/** What the range or length says, or the words of a check of our own. */
function outOfRange(issue: Issue): string {
  if (issue.code === 'too_small') {
    return issue.origin === 'array' ? `needs at least ${issue.minimum} of its items` : `is less than ${issue.minimum}`;
  }
  if (issue.code === 'too_big') return `is more than ${issue.maximum}`;
  return `is wrong: ${issue.message}`;
}

function remedyOf(issue: Issue): string {
  if (issue.code === 'custom') {
    const remedy: unknown = issue.params?.remedy;
    return typeof remedy === 'string' ? remedy : 'correct it';
  }
  if (issue.code === 'too_small') return issue.origin === 'array' ? 'add an item' : `write ${issue.minimum} or more`;
  if (issue.code === 'too_big') return `write ${issue.maximum} or less`;
  return 'correct it';
}

/** Of the alternatives of a union, the one whose outer form fits, so that what is told is the fault inside it. */
export function likelyBranch(issue: z.core.$ZodIssueInvalidUnion): readonly Issue[] | undefined {
  return issue.errors.find((issues) =>
    issues.every((inner) => inner.path.length > 0 || !['invalid_type', 'invalid_value'].includes(inner.code)),
  );
}

export function pathOf(path: readonly PropertyKey[]): Path {
  return path.map((part) => (typeof part === 'number' ? part : String(part)));
}

function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = Reflect.get(value, part);
  }
  return value;
}

/** `"port" `, or nothing for the whole file; an item of a list goes by the name of the list. */
function label(path: Path): string {
  const name = path.findLast((part) => typeof part === 'string');
  if (name === undefined) return 'the file ';
  return typeof path.at(-1) === 'number' ? `an item of "${name}" ` : `"${name}" `;
}

function inside(parent: Path): string {
  const name = parent.findLast((part) => typeof part === 'string');
  return name === undefined ? '' : ` in ${typeof parent.at(-1) === 'number' ? 'an item of ' : ''}"${name}"`;
}
