import { createHash } from 'node:crypto';
import { encodeUrlPath, type HttpAnswer, type HttpRequest } from '../domain/http.ts';
import { nameOf, ROOT } from '../domain/vpath.ts';
import { opened } from '../http/opened.ts';
import type { Entry, Files } from '../vfs/files.ts';
import { escapeXml } from './xml-text.ts';

const STYLE =
  'body{font:1rem/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem}' +
  'table{border-collapse:collapse;width:100%}caption{text-align:left;font-weight:bold}' +
  'th,td{text-align:left;padding:.25rem .75rem .25rem 0;border-bottom:1px solid #767676}' +
  'td.n{text-align:right;font-variant-numeric:tabular-nums}';

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

const POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`;

const CHUNK_CHARACTERS = 16 * 1024;

/** A folder as a page without scripts: click down to a file and take it. */
export async function listingPage(request: HttpRequest, files: Files): Promise<HttpAnswer> {
  const headers = {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Language': 'en',
    'Content-Security-Policy': POLICY,
  };
  if (request.method === 'HEAD') return { status: 200, headers };
  const entries = await opened(files.list(request.session, request.path));
  return { status: 200, headers, body: page(request, entries) };
}

async function* page(request: HttpRequest, entries: AsyncIterable<Entry>): AsyncGenerator<string> {
  const title = escapeXml(request.path === ROOT ? 'Files' : nameOf(request.path));
  const up = request.path === ROOT ? '' : '<p><a href="../">Up to the folder above</a></p>\n';
  let chunk =
    '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">' +
    `<title>${title}</title><style>${STYLE}</style></head>\n<body><main><h1>${title}</h1>\n${up}` +
    '<table><caption>Contents of this folder</caption>\n<thead><tr><th scope="col">Name</th>' +
    '<th scope="col">Size in bytes</th><th scope="col">Changed (UTC)</th></tr></thead>\n<tbody>\n';
  for await (const entry of entries) {
    chunk += row(entry);
    if (chunk.length < CHUNK_CHARACTERS) continue;
    yield chunk;
    chunk = '';
  }
  yield `${chunk}</tbody></table></main></body></html>\n`;
}

function row(entry: Entry): string {
  const slash = entry.kind === 'folder' ? '/' : '';
  // The last part of the URL; "./" keeps a name with a colon from reading as a scheme.
  const link = `./${encodeURIComponent(entry.name)}${slash}`;
  const size = entry.kind === 'file' ? String(entry.size) : '';
  return (
    `<tr><td><a href="${escapeXml(link)}">${escapeXml(entry.name)}${slash}</a></td>` +
    `<td class="n">${size}</td><td>${time(entry.modifiedAt)}</td></tr>\n`
  );
}

/** Folders of the configuration have no time of their own: 0. */
function time(modifiedAt: number): string {
  if (modifiedAt === 0) return '';
  const at = new Date(modifiedAt).toISOString();
  return `<time datetime="${at}">${at.slice(0, 19).replace('T', ' ')}</time>`;
}

/** `/` leads to the file tree until there is a portal. */
export function redirectToFiles(): HttpAnswer {
  return { status: 302, headers: { Location: encodeUrlPath(ROOT, 'folder') } };
}
