import type { Field } from '../domain/flow.ts';
import { type RecordFault, STRUCTURE, structureFault, type Value } from './record-format.ts';

/** What JSON type a field has. A code whose values are all integers (0, 1, 2, …) is a number. */
export type MemberKind = 'string' | 'number' | 'boolean';

export type MemberLeaf = {
  readonly index: number;
  readonly field: string;
  readonly kind: MemberKind;
  readonly isText: boolean;
};

/** The members of one object, in the order of the layout; `period.begin` is a leaf of the tree under `period`. */
export type MemberTree = Map<string, MemberLeaf | MemberTree>;

export type Members = { readonly values: readonly Value[]; readonly faults: readonly RecordFault[] };

const MAX_FIELD_NAME = 64; // as the field names of faults in docs/domain.md §2
/** What a line or member should be, and what it should not have; words of no language. */
const OBJECT = '{…}';
const DOUBLED = '2×';
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const SMALL_E = 0x65;
const CAPITAL_E = 0x45;
const INTEGER = /^(?:0|-?[1-9]\d*)$/;

/** @throws TypeError where one field name is also the parent of another, which the configuration refuses before */
export function memberTree(fields: readonly Field[]): MemberTree {
  const root: MemberTree = new Map();
  for (const [index, field] of fields.entries()) {
    const path = field.name.split('.');
    const last = path.pop() ?? '';
    let tree = root;
    for (const part of path) {
      const next = tree.get(part) ?? new Map();
      if (!(next instanceof Map)) throw new TypeError(`${field.name}: ${part} is a value and an object`);
      tree.set(part, next);
      tree = next;
    }
    if (tree.has(last)) throw new TypeError(`${field.name} stands in the layout twice`);
    tree.set(last, { index, field: field.name, kind: kindOf(field), isText: field.type.kind === 'text' });
  }
  return root;
}

/** A decimal is a string: a JSON number would lose its last zeros, and with many digits more than that. */
function kindOf({ type }: Field): MemberKind {
  switch (type.kind) {
    case 'boolean':
      return 'boolean';
    case 'integer':
    case 'cents':
    case 'sector':
      return 'number';
    case 'code':
      return type.values.every((value) => /^(0|[1-9]\d*)$/.test(value)) ? 'number' : 'string';
    default:
      return 'string';
  }
}

/** The values of one line, by position in the layout; the detail of a fault where the line is no JSON object of single members. */
export function readMembers(text: string, tree: MemberTree, fieldCount: number): Members | string {
  const root = parseObject(text);
  if (root === undefined) return OBJECT;
  const reader = readTree(root, tree, fieldCount);
  if (reader.hasUnknown) return reader;
  const { colons, hasOddNumber } = marksOf(text);
  // JSON.parse keeps the last of two members with one name; the text then has more colons than the object members.
  if (colons !== reader.members) return DOUBLED;
  return hasOddNumber ? readTree(integersOnly(text), tree, fieldCount) : reader;
}

function readTree(root: JsonObject, tree: MemberTree, fieldCount: number): MemberReader {
  const reader = new MemberReader(fieldCount);
  reader.object(root, tree, '');
  return reader;
}

/** The object of a text that is one, where numbers not written as integers are none: `412.0000000000000001` would be 412. */
function integersOnly(text: string): JsonObject {
  const strict = (_name: string, value: unknown, context?: { readonly source?: string }) =>
    typeof value === 'number' && !INTEGER.test(context?.source ?? '') ? Number.NaN : value;
  const value: unknown = JSON.parse(text, strict);
  return isObject(value) ? value : {};
}

type JsonObject = { readonly [name: string]: unknown };

function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

class MemberReader {
  readonly values: Value[];
  readonly faults: RecordFault[] = [];
  members = 0;
  hasUnknown = false;

  constructor(fieldCount: number) {
    this.values = new Array<Value>(fieldCount).fill(undefined);
  }

  object(object: JsonObject, tree: MemberTree, prefix: string): void {
    // Own names only; `__proto__` is an own name of what JSON.parse answers and stands in no layout.
    for (const name of Object.keys(object)) {
      this.members += 1;
      const node = tree.get(name);
      const value = object[name];
      if (node === undefined) this.#unknown(prefix + name);
      else if (!(node instanceof Map)) this.#scalar(node, value);
      else if (isObject(value)) this.object(value, node, `${prefix}${name}.`);
      else if (value !== null) this.#wrong(prefix + name, OBJECT);
    }
  }

  #unknown(name: string): void {
    this.hasUnknown = true;
    this.faults.push({ field: name.slice(0, MAX_FIELD_NAME), code: STRUCTURE, severity: 'fatal' });
  }

  #wrong(name: string, detail: string): void {
    // An object or list in the wrong place has colons of its own.
    this.hasUnknown = true;
    this.faults.push(structureFault(name, detail));
  }

  #scalar(leaf: MemberLeaf, value: unknown): void {
    if (value === null) this.values[leaf.index] = null;
    else if (typeof value !== leaf.kind) this.#wrong(leaf.field, leaf.kind);
    else if (typeof value === 'number' && !Number.isSafeInteger(value)) {
      this.#wrong(leaf.field, 'integer');
    } else this.values[leaf.index] = String(value);
  }
}

type Marks = { readonly colons: number; readonly hasOddNumber: boolean };

/** Colons outside strings, and whether a number has a point, an exponent or a negative zero, in a text that is valid JSON. */
function marksOf(text: string): Marks {
  let colons = 0;
  let hasOddNumber = false;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) inString = !inString;
    else if (inString) {
      if (code === BACKSLASH) at += 1;
    } else if (code === COLON) colons += 1;
    else if (code === POINT || code === CAPITAL_E) hasOddNumber = true;
    else if (code === SMALL_E) hasOddNumber ||= isDigit(text.charCodeAt(at - 1));
    else if (code === MINUS) hasOddNumber ||= text.charCodeAt(at + 1) === ZERO;
  }
  return { colons, hasOddNumber };
}

/** The e of true and false stands behind a letter. */
function isDigit(code: number): boolean {
  return code >= ZERO && code <= ZERO + 9;
}
