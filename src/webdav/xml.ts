import { SaxesParser, type SaxesTagNS } from 'saxes';
import { GatewayError } from '../domain/errors.ts';
import type { HttpBody } from '../domain/http.ts';

export const DAV = 'DAV:';

/** An attribute that is no namespace declaration; `name` is its local name. */
export type XmlAttribute = {
  readonly namespace: string;
  readonly prefix: string;
  readonly name: string;
  readonly value: string;
};

/** One element with its namespace resolved; text is that of the element itself, content all that is in it, in order. */
export type XmlElement = {
  readonly namespace: string;
  readonly prefix: string;
  readonly name: string;
  readonly attributes: readonly XmlAttribute[];
  /** Prefixes that are declared on this very element; `''` is the default namespace. */
  readonly declared: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  readonly content: readonly (XmlElement | string)[];
  readonly text: string;
};

const MAX_BYTES = 256 * 1024;
const MAX_DEPTH = 32;
const MAX_ATTRIBUTES = 64;
const MAX_ELEMENTS = 10_000;

type Growing = XmlElement & { children: Growing[]; content: (Growing | string)[]; text: string };

/**
 * Reads the XML body of a request.
 * @returns undefined where there is no body or an empty one
 * @throws GatewayError `too-large` above 256 KiB, `bad-request` for what is not well-formed, a DTD, or nested too deep
 */
export async function readXml(body: HttpBody): Promise<XmlElement | undefined> {
  if (body.length !== undefined && body.length > MAX_BYTES) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) throw tooLarge();
    chunks.push(chunk);
  }
  return bytes === 0 ? undefined : parseXml(decode(Buffer.concat(chunks)));
}

function tooLarge(): GatewayError {
  return new GatewayError('too-large', `an XML body has at most ${MAX_BYTES} bytes`);
}

/** UTF-8, or UTF-16 with a byte order mark (XML 1.0 §4.3.3). */
function decode(bytes: Uint8Array): string {
  const mark = ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0);
  const encoding = mark === 0xfffe ? 'utf-16le' : mark === 0xfeff ? 'utf-16be' : 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (error) {
    throw new GatewayError('bad-request', 'the XML body is not UTF-8 or UTF-16', { cause: error });
  }
}

/** Parses a whole document. @throws GatewayError `bad-request` */
export function parseXml(text: string): XmlElement {
  const parser = new SaxesParser({
    ...{ xmlns: true, position: false },
    ...{ defaultXMLVersion: '1.0', forceXMLVersion: true }, // RFC 4918 §8.2; XML 1.1 has control characters
  });
  const open: Growing[] = [];
  let root: Growing | undefined;
  let elements = 0;
  parser.on('error', (error) => {
    throw new GatewayError('bad-request', 'the XML body is not well-formed', { cause: error });
  });
  parser.on('doctype', () => {
    throw new GatewayError('bad-request', 'an XML body may not hold a DTD');
  });
  parser.on('xmldecl', ({ encoding }) => {
    if (encoding !== undefined && !/^(utf-8|utf-16(le|be)?|us-ascii)$/i.test(encoding)) {
      throw new GatewayError('bad-request', 'the XML body is not UTF-8 or UTF-16');
    }
  });
  parser.on('opentag', (tag) => {
    elements += 1;
    refuseExcess(tag, open.length, elements);
    const element = elementOf(tag);
    open.at(-1)?.children.push(element);
    open.at(-1)?.content.push(element);
    root ??= element;
    open.push(element);
  });
  parser.on('closetag', () => open.pop());
  const addText = (piece: string): void => {
    const element = open.at(-1);
    if (element === undefined) return;
    element.text += piece;
    element.content.push(piece);
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.write(text).close();
  if (root === undefined) throw new GatewayError('bad-request', 'the XML body has no element');
  return root;
}

function refuseExcess(tag: SaxesTagNS, depth: number, elements: number): void {
  if (depth >= MAX_DEPTH) throw new GatewayError('bad-request', `XML is nested at most ${MAX_DEPTH} deep`);
  if (elements > MAX_ELEMENTS) throw new GatewayError('bad-request', `XML has at most ${MAX_ELEMENTS} elements`);
  if (Object.keys(tag.attributes).length > MAX_ATTRIBUTES) {
    throw new GatewayError('bad-request', `an XML element has at most ${MAX_ATTRIBUTES} attributes`);
  }
}

function elementOf({ uri, prefix, local, attributes, ns }: SaxesTagNS): Growing {
  const own = Object.values(attributes)
    .filter((attribute) => attribute.prefix !== 'xmlns' && attribute.name !== 'xmlns')
    .map((attribute) => ({
      namespace: attribute.uri,
      prefix: attribute.prefix,
      name: attribute.local,
      value: attribute.value,
    }));
  const common = { namespace: uri, prefix, name: local, attributes: own, declared: { ...ns } };
  return { ...common, children: [], content: [], text: '' };
}
