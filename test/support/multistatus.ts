import { SaxesParser } from 'saxes';

/** A property of a resource as a multistatus tells it; the value is its text, or its XML where it holds elements. */
export type ToldProperty = { readonly status: number; readonly text: string };
/** By "<namespace> <name>". */
export type ToldResource = { readonly href: string; readonly properties: ReadonlyMap<string, ToldProperty> };

type Element = { readonly name: string; readonly children: Element[]; text: string };

/** Reads a 207 answer whatever prefixes it uses (RFC 4918 §13). @throws Error where it is not well-formed */
export function readMultistatus(xml: string): readonly ToldResource[] {
  return childrenOf(parse(xml), 'DAV: response').map((response) => {
    const properties = new Map<string, ToldProperty>();
    for (const propstat of childrenOf(response, 'DAV: propstat')) {
      const status = Number(/ (\d{3})/.exec(textOf(propstat, 'DAV: status'))?.[1]);
      for (const property of childrenOf(propstat, 'DAV: prop').flatMap(({ children }) => children)) {
        properties.set(property.name, { status, text: allText(property) });
      }
    }
    return { href: textOf(response, 'DAV: href'), properties };
  });
}

function parse(xml: string): Element {
  const root: Element = { name: '', children: [], text: '' };
  const open: Element[] = [root];
  const parser = new SaxesParser({ xmlns: true });
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ uri, local }) => {
    const element: Element = { name: `${uri} ${local}`, children: [], text: '' };
    open.at(-1)?.children.push(element);
    open.push(element);
  });
  parser.on('text', (text) => {
    const element = open.at(-1);
    if (element) element.text += text;
  });
  parser.on('closetag', () => open.pop());
  parser.write(xml).close();
  const [top] = root.children;
  if (top?.name !== 'DAV: multistatus') throw new Error(`not a multistatus: ${xml}`);
  return top;
}

function childrenOf({ children }: Element, name: string): readonly Element[] {
  return children.filter((child) => child.name === name);
}

function textOf(element: Element, name: string): string {
  return childrenOf(element, name)[0]?.text.trim() ?? '';
}

/** Text of a value; of one with elements, their names in document order, such as "DAV: collection". */
function allText({ text, children }: Element): string {
  if (children.length === 0) return text.trim();
  return children
    .map((child) => (child.children.length > 0 ? allText(child) : child.text.trim() || child.name))
    .join(' ');
}
