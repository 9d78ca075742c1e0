import { ABSENT } from './record-block.ts';
import type { Anatomy, TemplateGap, TemplateValue } from './record-template.ts';
import type { XmlGroup } from './xml-tree.ts';

const OPEN = 0x3c;
const CLOSE = 0x3e;
const SLASH = 0x2f;
const EQUALS = 0x3d;

/**
 * Where the values stand in an element that was read as a record of the layout, without a fault.
 * @returns undefined where it has attributes, references, comments or the like
 */
export function xmlAnatomy(record: Buffer, tree: XmlGroup, fieldCount: number): Anatomy | undefined {
  if (record.includes('<!') || record.includes('<?') || record.includes('&')) return undefined;
  const values: TemplateValue[] = [];
  const gaps: TemplateGap[] = [];
  const inside: (XmlGroup | undefined)[] = [];
  for (let at = record.indexOf(OPEN); at >= 0; at = record.indexOf(OPEN, at + 1)) {
    const end = record.indexOf(CLOSE, at);
    if (end < 0 || record.subarray(at, end).includes(EQUALS)) return undefined;
    if (record[at + 1] === SLASH) {
      inside.pop();
      continue;
    }
    const isEmpty = record[end - 1] === SLASH;
    const node =
      inside.length === 0 ? tree : inside.at(-1)?.children.get(localName(record, at, isEmpty ? end - 1 : end));
    if (node?.kind === 'leaf') {
      const stop = isEmpty ? -1 : record.indexOf(OPEN, end);
      if (isEmpty) gaps.push({ field: node.index, start: 0 });
      else values.push({ field: node.index, start: end + 1, end: stop });
    }
    if (!isEmpty) inside.push(node?.kind === 'group' ? node : undefined);
  }
  const told = new Set([...values, ...gaps].map(({ field }) => field));
  for (let field = 0; field < fieldCount; field += 1) if (!told.has(field)) gaps.push({ field, start: ABSENT });
  return { values, gaps };
}

/** The name of a tag, without its prefix and the white space behind it. */
function localName(record: Buffer, tag: number, end: number): string {
  const name = record.toString('utf8', tag + 1, end).trimEnd();
  return name.slice(name.indexOf(':') + 1);
}
