import type { LayoutVersion } from '../../../src/domain/flow.ts';
import type { XmlShape } from '../../../src/domain/format.ts';
import type { Fault, Values } from './fields.ts';
import { fatal, isThere } from './fields.ts';
import type { ReadFile, ReadRecord, Writing } from './files.ts';

/** Files of XML with one flat element for each record, as docs/domain.md §6 tells them. */

type Element = {
  readonly name: string;
  readonly children: Element[];
  text: string;
};

export function readXml(shape: XmlShape, layouts: readonly LayoutVersion[], text: string): ReadFile {
  // A file is read from its beginning: what is wrong there ends it, whatever follows.
  const [, name, attributes = ''] = /^(?:<\?xml[^>]*\?>)?\s*<([\w.-]+)([^>]*)>/.exec(text) ?? [];
  if (name !== undefined && name !== shape.root) return { error: '312' };
  const version = shape.versionAttribute === undefined ? undefined : attributesIn(attributes)[shape.versionAttribute];
  const layout = shape.versionAttribute === undefined ? layouts[0] : layouts.find((one) => one.version === version);
  if (layout === undefined) return { error: '088' };
  const root = parse(text);
  if (root === undefined) return { error: '102' };
  if (root.children.some((element) => element.name !== shape.record)) return { error: '312' };
  if (root.children.length === 0) return { error: '134' };
  return { layout, records: root.children.map((element) => recordOf(element, layout)) };
}

function recordOf({ children }: Element, { fields }: LayoutVersion): ReadRecord {
  const values: Record<string, string> = {};
  const faults: Fault[] = [];
  let last = -1;
  for (const { name, text } of children) {
    const index = fields.findIndex((field) => field.name === name);
    const type = fields[index]?.type;
    if (type === undefined || name in values) {
      if (!faults.some(({ field }) => field === name)) faults.push(fatal(name, '000050'));
      continue;
    }
    if (index < last) faults.push(fatal(name, '000050'));
    else last = index;
    values[name] = type.kind === 'text' ? text : text.trim();
  }
  return { values, faults };
}

/** Elements, attributes and text; undefined for what is not well-formed. */
function parse(text: string): Element | undefined {
  const parts = text.replace(/^<\?xml[^>]*\?>/, '').match(/<[^>]*>|[^<]+/g) ?? [];
  const top: Element = { name: '', children: [], text: '' };
  const open = [top];
  for (const part of parts) {
    const inside = open.at(-1) ?? top;
    const tag = /^<(\/?)([A-Za-z_][\w.-]*)([^>]*?)(\/?)>$/.exec(part);
    if (tag === null) {
      if (part.startsWith('<')) return undefined;
      inside.text += plain(part);
      continue;
    }
    const [, isEnd, name = '', , isEmpty] = tag;
    if (isEnd === '/') {
      if (open.length === 1 || inside.name !== name) return undefined;
      open.pop();
      continue;
    }
    const element: Element = { name, children: [], text: '' };
    inside.children.push(element);
    if (isEmpty !== '/') open.push(element);
  }
  return open.length === 1 && top.children.length === 1 ? top.children[0] : undefined;
}

function attributesIn(text: string): Readonly<Record<string, string>> {
  const pairs = [...text.matchAll(/([\w.-]+)="([^"]*)"/g)];
  return Object.fromEntries(pairs.map(([, key = '', value = '']) => [key, plain(value)]));
}

const ENTITIES: readonly (readonly [string, string])[] = [
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
];

function plain(text: string): string {
  return ENTITIES.reduce((left, [character, entity]) => left.replaceAll(entity, character), text).replaceAll(
    '&amp;',
    '&',
  );
}

export function escaped(text: string): string {
  return ENTITIES.reduce(
    (left, [character, entity]) => left.replaceAll(character, entity),
    text.replaceAll('&', '&amp;'),
  );
}

/** What has no value is left out. */
export function writeXml(
  shape: XmlShape,
  { fields, version }: Writing,
  records: readonly (readonly [values: Values, mask: ReadonlySet<string>])[],
): string {
  const attribute = shape.versionAttribute === undefined ? '' : ` ${shape.versionAttribute}="${version}"`;
  const rows = records.map(([values, mask]) => {
    const elements = fields.flatMap(({ name }) => {
      const value = values[name];
      return mask.has(name) && isThere(value) ? [`<${name}>${escaped(value)}</${name}>`] : [];
    });
    return `<${shape.record}>${elements.join('')}</${shape.record}>\n`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${shape.root}${attribute}>\n${rows.join('')}</${shape.root}>\n`;
}
