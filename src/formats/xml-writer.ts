import type { LayoutVersion } from '../domain/flow.ts';
import type { OutputFormat } from '../domain/format.ts';
import { isPresent } from './field-types.ts';
import type { FieldMask, RecordWriter, Value } from './record-format.ts';
import { type XmlGroup, xmlTree } from './xml-tree.ts';

type XmlOutput = OutputFormat & { readonly kind: 'xml' };

/** Writes one element per record; an element without value, and a group without any, is left out. */
export class XmlWriter implements RecordWriter {
  readonly charset: 'utf-8' | 'iso-8859-1';
  readonly totals = undefined;
  readonly #head: string;
  readonly #tail: string;
  readonly #record: string;
  readonly #tree: XmlGroup;
  readonly #fileMask: FieldMask;

  constructor(format: XmlOutput, layout: LayoutVersion, fileMask: FieldMask) {
    const { root, record, namespace, versionAttribute, charset } = format;
    const attributes =
      (namespace === undefined ? '' : ` xmlns="${escaped(namespace)}"`) +
      (versionAttribute === undefined ? '' : ` ${versionAttribute}="${escaped(layout.version)}"`);
    this.charset = charset;
    this.#head = `<?xml version="1.0" encoding="${charset.toUpperCase()}"?>\n<${root}${attributes}>\n`;
    this.#tail = `</${root}>\n`;
    this.#record = record;
    this.#tree = xmlTree(layout.fields);
    this.#fileMask = fileMask;
  }

  begin(): string {
    return this.#head;
  }

  record(values: readonly Value[], mask: FieldMask): string {
    return `<${this.#record}>${this.#children(this.#tree, values, mask)}</${this.#record}>\n`;
  }

  end(): string {
    return this.#tail;
  }

  #children({ children }: XmlGroup, values: readonly Value[], mask: FieldMask): string {
    let text = '';
    for (const [name, node] of children) {
      if (node.kind === 'group') {
        const inside = this.#children(node, values, mask);
        if (inside !== '') text += `<${name}>${inside}</${name}>`;
      } else {
        const value = values[node.index];
        if (mask[node.index] !== true || this.#fileMask[node.index] !== true || !isPresent(value)) continue;
        text += `<${name}>${this.#text(value)}</${name}>`;
      }
    }
    return text;
  }

  /** A character that ISO-8859-1 does not have is written by its number (XML 1.0 §4.1), so that any text can go out. */
  #text(value: string): string {
    const text = escaped(value);
    if (this.charset === 'utf-8') return text;
    return text.replace(BEYOND_LATIN1, (character) => `&#${character.codePointAt(0)};`);
  }
}

const BEYOND_LATIN1 = /[^\0-\x7f\xa0-\xff]/gu;
const MARKUP = /[&<>"\r]/g;
// A carriage return would be read as a line feed (XML 1.0 §2.11).
const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#13;',
};

function escaped(text: string): string {
  return text.replace(MARKUP, (character) => ESCAPES[character] ?? character);
}
