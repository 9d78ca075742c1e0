import type { Field, LayoutVersion } from '../../../src/domain/flow.ts';
import type { XmlShape } from '../../../src/domain/format.ts';
import type { ReadFile } from './files.ts';
import type { Written } from './fixed-width.ts';

/** XML without groups and attributes, each record on lines of its own, as docs/domain.md §6 tells it. */

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"' };

export function readXml({ record }: XmlShape, layout: LayoutVersion, text: string): ReadFile {
  const elements = [...text.matchAll(new RegExp(`<${record}>(.*?)</${record}>`, 'gs'))];
  if (elements.length === 0) return { error: '134' };
  const records = elements.map(([, inside = '']) =>
    Object.fromEntries(layout.fields.map((field) => [field.name, valueIn(inside, field)])),
  );
  return { layout, records };
}

function valueIn(inside: string, { name, type }: Field): string | undefined {
  const [, written] = new RegExp(`<${name}>(.*?)</${name}>`, 's').exec(inside) ?? [];
  const value = written?.replace(/&(\w+);/g, (_, entity: string) => ENTITIES[entity] ?? '?');
  return type.kind === 'text' ? value : value?.trim();
}

export function writeXml({ root, record }: XmlShape, fields: readonly Field[], records: Written): string {
  const elements = records.map(([values, mask]) => {
    const inside = fields.map(({ name }) => {
      const value = values[name] ?? '';
      return mask.has(name) && value !== '' ? `<${name}>${escaped(value)}</${name}>` : '';
    });
    return `<${record}>${inside.join('')}</${record}>\n`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root}>\n${elements.join('')}</${root}>\n`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
