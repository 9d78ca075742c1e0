import type { HttpAnswer } from '../domain/http.ts';
import { DAV } from './xml.ts';
import { escapeXml } from './xml-text.ts';

export type PropertyName = { readonly namespace: string; readonly name: string };

/** One response element: properties that were found, and those that were not, as XML. */
export type PropertyResponse = { readonly href: string; readonly found: string; readonly missing: string };

const CHUNK_CHARACTERS = 16 * 1024;

/** 207 Multi-Status (RFC 4918 §13), sent while it is made: its size does not depend on the memory there is. */
export function multistatus(responses: AsyncIterable<PropertyResponse>): HttpAnswer {
  return { status: 207, headers: { 'Content-Type': 'application/xml; charset=utf-8' }, body: write(responses) };
}

async function* write(responses: AsyncIterable<PropertyResponse>): AsyncGenerator<string> {
  let chunk = '<?xml version="1.0" encoding="utf-8"?>\n<D:multistatus xmlns:D="DAV:">\n';
  for await (const response of responses) {
    chunk += element(response);
    if (chunk.length < CHUNK_CHARACTERS) continue;
    yield chunk;
    chunk = '';
  }
  yield `${chunk}</D:multistatus>\n`;
}

function element({ href, found, missing }: PropertyResponse): string {
  const ok = found === '' && missing !== '' ? '' : propstat(found, '200 OK');
  const absent = missing === '' ? '' : propstat(missing, '404 Not Found');
  return `<D:response><D:href>${escapeXml(href)}</D:href>${ok}${absent}</D:response>\n`;
}

function propstat(properties: string, status: string): string {
  return `<D:propstat><D:prop>${properties}</D:prop><D:status>HTTP/1.1 ${status}</D:status></D:propstat>`;
}

/** A property with its value as inner XML; names outside `DAV:` carry their own namespace. */
export function propertyElement({ namespace, name }: PropertyName, inner: string): string {
  if (namespace === DAV) return inner === '' ? `<D:${name}/>` : `<D:${name}>${inner}</D:${name}>`;
  if (namespace === '') return inner === '' ? `<${name}/>` : `<${name}>${inner}</${name}>`;
  const tag = `P:${name}`;
  return `<${tag} xmlns:P="${escapeXml(namespace)}">${inner}</${tag}>`;
}
