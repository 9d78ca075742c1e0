import type { MemberLeaf, MemberTree } from './json-members.ts';
import { ABSENT, NULL } from './record-block.ts';
import type { Anatomy, TemplateGap, TemplateValue } from './record-template.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const COMMA = 0x2c;
const SMALL_N = 0x6e;

/**
 * Where the values stand in a line that was read as an object of the layout, without a fault.
 * @returns undefined where a name or a value is escaped
 */
export function jsonAnatomy(line: Buffer, tree: MemberTree, fieldCount: number): Anatomy | undefined {
  if (line.includes(BACKSLASH)) return undefined;
  const values: TemplateValue[] = [];
  const gaps: TemplateGap[] = [];
  const inside: (MemberTree | undefined)[] = [];
  let node: MemberLeaf | MemberTree | undefined = tree;
  let isValue = true;
  for (let at = 0; at < line.length; ) {
    const byte = line[at];
    let next = at + 1;
    if (byte === OPEN && isValue) {
      inside.push(node instanceof Map ? node : undefined);
      isValue = false;
    } else if (byte === CLOSE) inside.pop();
    else if (byte === COLON) isValue = true;
    else if (byte === COMMA) isValue = false;
    else if (byte === QUOTE && !isValue) {
      next = line.indexOf(QUOTE, at + 1) + 1;
      node = inside.at(-1)?.get(line.toString('utf8', at + 1, next - 1));
    } else if (isValue && !isBlank(byte)) {
      next = scalarEnd(line, at);
      if (node === undefined) return undefined;
      if (!(node instanceof Map)) {
        if (byte === SMALL_N) gaps.push({ field: node.index, start: NULL });
        else values.push({ field: node.index, ...rangeOf(line, at, next) });
      }
      isValue = false;
    }
    at = next;
  }
  const told = new Set([...values, ...gaps].map(({ field }) => field));
  for (let field = 0; field < fieldCount; field += 1) if (!told.has(field)) gaps.push({ field, start: ABSENT });
  return { values, gaps };
}

/** A string without its quotes, or a number or word. */
function rangeOf(line: Buffer, start: number, end: number): { readonly start: number; readonly end: number } {
  return line[start] === QUOTE ? { start: start + 1, end: end - 1 } : { start, end };
}

function scalarEnd(line: Buffer, start: number): number {
  if (line[start] === QUOTE) return line.indexOf(QUOTE, start + 1) + 1;
  let end = start;
  while (end < line.length && line[end] !== COMMA && line[end] !== CLOSE && !isBlank(line[end])) end += 1;
  return end;
}

/** White space of JSON (RFC 8259 §2). */
function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}
