import { createHash } from 'node:crypto';
import type { HttpAnswer, HttpHandler, HttpRequest } from '../domain/http.ts';
import type { Logger } from '../domain/logger.ts';
import { builtFolder, readBuilt } from './build/built.ts';
import { PORTAL_HEADERS } from './security.ts';

/** Scripts, styles and pictures come from this gateway alone; nothing stands in the page itself. */
export const PAGES_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  json: 'application/json',
};

const INDEX = '/index.html';
/** URLs that the pages themselves tell apart; all of them are one document. */
const CLIENT_ROUTE = /^\/(?:browse|submissions|check|rights|expected|flows|help)(?:\/|$)/;
const PAGE_HEADERS = { 'Content-Security-Policy': PAGES_POLICY, ...PORTAL_HEADERS };
const FOREVER = 'public, max-age=31536000, immutable';

type Page = { readonly body: Uint8Array; readonly headers: HttpAnswer['headers'] };

/** The built pages by URL path. What is not in here is not served: no URL reaches the disk. */
export type Pages = ReadonlyMap<string, Page>;

/** Reads the pages that were built from the sources; undefined, with a line in the log, where there are none. */
export async function loadPages(logger: Logger): Promise<Pages | undefined> {
  try {
    const files = await readBuilt(await builtFolder());
    if (files.has(INDEX)) return pagesOf(files);
    logger.warn({}, 'the pages of the portal are not built; / leads to the plain listing of files');
  } catch (error) {
    logger.error({ err: error }, 'the pages of the portal could not be read; / leads to the plain listing of files');
  }
  return undefined;
}

export function pagesOf(files: ReadonlyMap<string, Uint8Array>): Pages {
  const pages = new Map<string, Page>();
  for (const [path, body] of files) {
    const type = TYPES[path.slice(path.lastIndexOf('.') + 1)];
    if (type === undefined) continue;
    const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
    const cached = path.startsWith('/assets/') ? FOREVER : 'no-cache';
    pages.set(path, { body, headers: { 'Content-Type': type, ETag: etag, 'Cache-Control': cached, ...PAGE_HEADERS } });
  }
  return pages;
}

/**
 * The pages in front of everything else. `/` is a page for browsers and stays what it is for programs: WebDAV clients
 * ask every parent of a drive.
 */
export function pagesInFrontOf(pages: Pages | undefined, others: HttpHandler): HttpHandler {
  if (pages === undefined) return others;
  return async (request) => {
    const page = pageOf(pages, request);
    if (page === undefined) return others(request);
    const { method } = request;
    if (method !== 'GET' && method !== 'HEAD') return { status: 405, headers: { Allow: 'GET, HEAD' } };
    return answerOf(page, request);
  };
}

function pageOf(pages: Pages, { place, path, method, headers }: HttpRequest): Page | undefined {
  if (place === 'files') return undefined;
  if (place === 'root') {
    const isBrowser = (method === 'GET' || method === 'HEAD') && (headers.get('accept') ?? '').includes('text/html');
    return isBrowser ? pages.get(INDEX) : undefined;
  }
  return CLIENT_ROUTE.test(path) ? pages.get(INDEX) : path === INDEX ? undefined : pages.get(path);
}

function answerOf({ body, headers }: Page, request: HttpRequest): HttpAnswer {
  const vary = request.place === 'root' ? { Vary: 'Accept' } : {};
  const known = (request.headers.get('if-none-match') ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  if (known.includes(String(headers.ETag))) {
    return { status: 304, headers: { ...headers, ...vary } };
  }
  if (request.method === 'HEAD')
    return { status: 200, headers: { ...headers, ...vary, 'Content-Length': body.length } };
  return { status: 200, headers: { ...headers, ...vary }, body };
}
