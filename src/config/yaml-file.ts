import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
} from 'yaml';
import type { Problem } from './problems.ts';

/** Keys and list positions from the top of a file to one value. */
export type Path = readonly (string | number)[];

/** Makes problems that point into one file. One about a value that stands in for a refused one has line 0. */
export type Places = {
  readonly file: string;
  /** A problem at the value a path leads to, or at the nearest thing above it that exists. */
  at(path: Path, message: string, remedy: string): Problem;
  /** A problem at the last key of a path. */
  atKey(path: Path, message: string, remedy: string): Problem;
  /** What the author wrote for a plain value, before YAML made a number or a boolean of it. */
  written(path: Path): string | undefined;
};

/** A file whose YAML is sound. */
export type YamlFile = { readonly places: Places; readonly document: Document; readonly value: unknown };

const NOWHERE = -1;
const MAX_ALIASES = 20;
const MAX_SYNTAX_LINES = 3;
const MAX_DUPLICATES = 50;

/** Reads one file: YAML 1.2 without duplicate keys, merge keys, foreign tags or a second document. Never throws. */
export function readYaml(file: string, text: string): { file: YamlFile } | { problems: readonly Problem[] } {
  const counter = new LineCounter();
  const place = (offset: number, message: string, remedy: string): Problem => {
    if (offset === NOWHERE) return { file, line: 0, column: 0, message, remedy };
    const { line, col } = counter.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1), message, remedy };
  };
  try {
    const document = parse(text, counter);
    const faults = document.errors.map((error): Fault => {
      return { code: error.code, problem: place(error.pos[0], ...explain(error.code, error.message)) };
    });
    const problems = [
      ...turnedText(text, place),
      ...telling(faults).map((fault) => fault.problem),
      ...foreignFeatures(document, place),
    ];
    if (problems.length > 0) return { problems };
    const value: unknown = document.toJS({ maxAliasCount: MAX_ALIASES });
    return { file: { places: placesOf(file, document, place), document, value } };
  } catch (error) {
    // The library throws on nesting deeper than the stack and on aliases that multiply.
    const why = error instanceof Error ? error.message : String(error);
    return { problems: [place(0, `the file cannot be read: ${why}`, 'write it with less nesting and fewer aliases')] };
  }
}

function parse(text: string, lineCounter: LineCounter): Document {
  return parseDocument(text, {
    version: '1.2',
    schema: 'core',
    strict: true,
    uniqueKeys: true,
    stringKeys: true,
    merge: false,
    prettyErrors: false,
    lineCounter,
    logLevel: 'error',
  });
}

type Fault = { readonly code: string; readonly problem: Problem };
type Place = (offset: number, message: string, remedy: string) => Problem;

function explain(code: string, message: string): [message: string, remedy: string] {
  switch (code) {
    case 'DUPLICATE_KEY':
      return ['this key stands twice', 'remove one of the two, or put their values together'];
    case 'MULTIPLE_DOCS':
      return ['a second document begins here', 'remove the "---" and what follows, or make it a file of its own'];
    case 'NON_STRING_KEY':
      return ['this key is not a text', 'put the key between quotes'];
    case 'TAB_AS_INDENT':
      return ['a tab stands where spaces indent', 'indent with spaces'];
    case 'BAD_INDENT':
    case 'BLOCK_AS_IMPLICIT_KEY':
    case 'MULTILINE_IMPLICIT_KEY':
      return [`the YAML is not sound: ${message}`, 'check the indentation of this line and the one before it'];
    default:
      return [
        `the YAML is not sound: ${message}`,
        'check quotes, brackets and colons of this line and the one before it',
      ];
  }
}

/** What makes a line show otherwise than it is read, to whoever is asked to approve it (Unicode UAX #9 §2, "Trojan Source"). */
function turnedText(text: string, place: Place): Problem[] {
  const at = text.search(/[\u202a-\u202e\u2066-\u2069]/);
  if (at < 0) return [];
  return [
    place(at, 'a character here turns the direction of the text', 'remove it, so that all read what stands here'),
  ];
}

/** What sound YAML may hold and this product does not take: tags, merge keys, lost aliases, another version of YAML. */
function foreignFeatures(document: Document, place: Place): Problem[] {
  const problems: Problem[] = [];
  const { explicit, version } = document.directives?.yaml ?? {};
  if (explicit === true && version !== '1.2') {
    problems.push(place(0, `the file says it is YAML ${version}`, 'remove the %YAML line; files here are YAML 1.2'));
  }
  visit(document, {
    Node(_, node) {
      if (node.tag !== undefined) {
        problems.push(
          place(startOf(node), `the tag ${node.tag} is not read`, 'remove the tag; plain values are enough'),
        );
      }
      if (isAlias(node) && node.resolve(document) === undefined) {
        const remedy = `write the value here, or mark it with "&${node.source}" before this place`;
        problems.push(place(startOf(node), `the alias "*${node.source}" leads nowhere`, remedy));
      }
    },
    Pair(_, pair) {
      if (!isScalar(pair.key)) return;
      if (pair.key.value === '<<') {
        problems.push(place(startOf(pair.key), 'merge keys ("<<") are not read', 'write the keys out'));
      }
      if (pair.key.value === '__proto__') {
        problems.push(place(startOf(pair.key), 'the key "__proto__" is not allowed', 'choose another name'));
      }
    },
  });
  return problems;
}

/** Every key that stands twice; of other faults the first few lines, since one slip makes the parser stumble often. */
function telling(faults: readonly Fault[]): readonly Fault[] {
  const twice = faults.filter((fault) => fault.code === 'DUPLICATE_KEY');
  const lines = new Map<number, Fault>();
  for (const fault of faults) {
    const { line } = fault.problem;
    if (fault.code !== 'DUPLICATE_KEY' && !lines.has(line)) lines.set(line, fault);
  }
  return [...twice.slice(0, MAX_DUPLICATES), ...[...lines.values()].slice(0, MAX_SYNTAX_LINES)];
}

function placesOf(file: string, document: Document, place: Place): Places {
  return {
    file,
    at: (path, message, remedy) => place(walk(document, path).value, message, remedy),
    atKey: (path, message, remedy) => place(walk(document, path).key, message, remedy),
    written: (path) => {
      const { node, found } = walk(document, path);
      return found && isScalar(node) ? node.source : undefined;
    },
  };
}

/** The places of a file that was sound when it was read: it is read again at the first question, and few are ever asked. */
export function placesLater(file: string, text: string): Places {
  let read: Places | undefined;
  const places = (): Places => {
    if (read !== undefined) return read;
    const yaml = readYaml(file, text);
    if ('problems' in yaml) throw new Error(`${file} was sound and is not`);
    read = yaml.file.places;
    return read;
  };
  return {
    file,
    at: (...asked) => places().at(...asked),
    atKey: (...asked) => places().atKey(...asked),
    written: (path) => places().written(path),
  };
}

type Spot = { node: Node | undefined; key: number; value: number; found: boolean };

function walk(document: Document, path: Path): Spot {
  const root = document.contents;
  const start = root === null ? 0 : startOf(root);
  let spot: Spot = { node: root ?? undefined, key: start, value: start, found: true };
  for (const part of path) {
    const next = step(document, spot.node, part);
    if (next === undefined) return { ...spot, key: spot.value, found: false };
    spot = next;
  }
  return spot;
}

function step(document: Document, node: Node | undefined, part: string | number): Spot | undefined {
  const target = isAlias(node) ? node.resolve(document) : node;
  if (isSeq(target) && typeof part === 'number') {
    const item = target.items[part];
    if (!isNode(item)) return undefined;
    return { node: item, key: startOf(item), value: startOf(item), found: true };
  }
  if (!isMap(target)) return undefined;
  const name = String(part);
  const pair = target.items.find(({ key }) => (isScalar(key) ? key.value === name : key === name));
  if (pair === undefined) return undefined;
  const key = isScalar(pair.key) ? startOf(pair.key) : NOWHERE;
  if (!isNode(pair.value)) return { node: undefined, key, value: key, found: true };
  // A key without a value has an empty node at the end of its line, or of the next one: point at the key then.
  const empty = isScalar(pair.value) && pair.value.value === null && pair.value.source === '';
  return { node: pair.value, key, value: empty ? key : startOf(pair.value), found: true };
}

/** Where a node begins; `NOWHERE` for one that stands in for what the author wrote. */
function startOf(node: Node): number {
  return node.range?.[0] ?? NOWHERE;
}
