import type { XmlElement } from './xml.ts';
import { escapeXml } from './xml-text.ts';

const XML = 'http://www.w3.org/XML/1998/namespace';

type Scope = Readonly<Record<string, string>>;

/**
 * An element as XML that stands by itself wherever no default namespace is in force: names, attributes, mixed content,
 * order and prefixes as they came (RFC 4918 §4.3).
 * @param language the `xml:lang` that was in force around it
 */
export function serialiseXml(element: XmlElement, language?: string): string {
  const own = element.attributes.some(({ namespace, name }) => namespace === XML && name === 'lang');
  const lang = language === undefined || own ? '' : ` xml:lang="${escapeXml(language)}"`;
  return write(element, { '': '' }, lang);
}

/** The `xml:lang` of an element, or the one that is in force around it. */
export function languageOf(element: XmlElement, around?: string): string | undefined {
  return element.attributes.find(({ namespace, name }) => namespace === XML && name === 'lang')?.value ?? around;
}

function write(element: XmlElement, around: Scope, more: string): string {
  const scope = { ...around, ...element.declared, ...needed(element) };
  const declarations = Object.entries(scope)
    .filter(([prefix, uri]) => around[prefix] !== uri)
    .map(([prefix, uri]) => ` xmlns${prefix === '' ? '' : `:${prefix}`}="${escapeXml(uri)}"`);
  const attributes = element.attributes.map(
    ({ prefix, name, value }) => ` ${qualified(prefix, name)}="${attribute(value)}"`,
  );
  const tag = qualified(element.prefix, element.name);
  const start = `<${tag}${declarations.join('')}${attributes.join('')}${more}`;
  if (element.content.length === 0) return `${start}/>`;
  const inner = element.content.map((part) => (typeof part === 'string' ? text(part) : write(part, scope, '')));
  return `${start}>${inner.join('')}</${tag}>`;
}

/** Prefixes that this element uses, wherever they were declared. */
function needed(element: XmlElement): Scope {
  const uses: Record<string, string> = { [element.prefix]: element.namespace };
  for (const { prefix, namespace } of element.attributes) {
    if (prefix !== '' && prefix !== 'xml') uses[prefix] = namespace;
  }
  return uses;
}

function qualified(prefix: string, name: string): string {
  return prefix === '' ? name : `${prefix}:${name}`;
}

/** White space in an attribute would be read back as spaces (XML 1.0 §3.3.3). */
function attribute(value: string): string {
  return escapeXml(value).replaceAll('\t', '&#9;').replaceAll('\n', '&#10;').replaceAll('\r', '&#13;');
}

/** A carriage return would be read back as a line feed (XML 1.0 §2.11). */
function text(value: string): string {
  return escapeXml(value).replaceAll('\r', '&#13;');
}
