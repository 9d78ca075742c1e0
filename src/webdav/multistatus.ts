import type { HttpAnswer } from '../domain/http.ts';
import type { PropertyName } from '../vfs/files.ts';
import { DAV } from './xml.ts';
import { escapeXml } from './xml-text.ts';

/** Properties that share a status, as XML; `error` holds the precondition that they broke. */
export type PropertyStatus = { readonly properties: string; readonly status: string; readonly error?: string };

/** One response element: of properties by their status, or of the resource as a whole. */
export type DavResponse =
  | { readonly href: string; readonly statuses: readonly PropertyStatus[] }
  | { readonly href: string; readonly status: string };

const CHUNK_CHARACTERS = 16 * 1024;

/**
 * 207 Multi-Status (RFC 4918 §13). A short one is sent whole with its length: a client that stops reading at the last tag,
 * as programs in Go do, can then use the connection again. A long one is sent while it is made, in chunks, so that
 * memory does not grow with the folder.
 */
export async function multistatus(responses: Iterable<DavResponse> | AsyncIterable<DavResponse>): Promise<HttpAnswer> {
  const chunks = write(responses);
  const first = await chunks.next();
  const second = await chunks.next();
  const body = second.done ? (first.value ?? '') : onward([first.value ?? '', second.value], chunks);
  return { status: 207, headers: { 'Content-Type': 'application/xml; charset=utf-8' }, body };
}

async function* onward(made: readonly string[], more: AsyncGenerator<string, void>): AsyncGenerator<string> {
  yield* made;
  yield* more;
}

async function* write(responses: Iterable<DavResponse> | AsyncIterable<DavResponse>): AsyncGenerator<string, void> {
  let chunk = '<?xml version="1.0" encoding="utf-8"?>\n<D:multistatus xmlns:D="DAV:">\n';
  for await (const response of responses) {
    chunk += element(response);
    if (chunk.length < CHUNK_CHARACTERS) continue;
    yield chunk;
    chunk = '';
  }
  yield `${chunk}</D:multistatus>\n`;
}

function element(response: DavResponse): string {
  const inner = 'status' in response ? statusLine(response.status) : propstats(response.statuses);
  return `<D:response><D:href>${escapeXml(response.href)}</D:href>${inner}</D:response>\n`;
}

/** Statuses of no property are left out, but one stays: a response holds at least one (RFC 4918 §14.24). */
function propstats(statuses: readonly PropertyStatus[]): string {
  let text = '';
  for (const { properties, status, error } of statuses) {
    if (properties !== '') text += propstat(properties, status, error);
  }
  return text === '' ? propstat('', '200 OK') : text;
}

function propstat(properties: string, status: string, error = ''): string {
  return `<D:propstat><D:prop>${properties}</D:prop>${statusLine(status)}${error}</D:propstat>`;
}

function statusLine(status: string): string {
  return `<D:status>HTTP/1.1 ${status}</D:status>`;
}

/** A property with its value as inner XML; names outside `DAV:` carry their own namespace. */
export function propertyElement({ namespace, name }: PropertyName, inner: string): string {
  if (namespace === DAV) return inner === '' ? `<D:${name}/>` : `<D:${name}>${inner}</D:${name}>`;
  if (namespace === '') return inner === '' ? `<${name}/>` : `<${name}>${inner}</${name}>`;
  const tag = `P:${name}`;
  return `<${tag} xmlns:P="${escapeXml(namespace)}">${inner}</${tag}>`;
}
