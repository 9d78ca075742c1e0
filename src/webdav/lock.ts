import { GatewayError } from '../domain/errors.ts';
import { encodeUrlPath, type HttpAnswer, type HttpRequest } from '../domain/http.ts';
import { isWithin } from '../domain/vpath.ts';
import { statIfAny } from '../http/lookup.ts';
import { checkPreconditions } from '../http/preconditions.ts';
import type { Lock } from '../vfs/files.ts';
import { readDepth } from './dav-headers.ts';
import type { DavParts } from './dav-parts.ts';
import { refuse } from './errors.ts';
import { activeLocks, readLockInfo } from './lock-xml.ts';
import { multistatus } from './multistatus.ts';
import { readXml, type XmlElement } from './xml.ts';

const TOKEN = /^<([a-z][a-z0-9+.-]*:[\x21-\x3b\x3d\x3f-\x7e]+)>$/i;
const TIMEOUT = /^(?:Second-(\d{1,10})|Infinite)$/i;

/** LOCK, RFC 4918 §9.10: with a body a new lock, without one the refresh of a lock whose token `If` names. */
export async function lock(request: HttpRequest, parts: DavParts): Promise<HttpAnswer> {
  const info = await readXml(request.body);
  const seconds = readTimeout(request);
  const entry = await statIfAny(parts.files, request.session, request.path);
  if (request.trailingSlash && entry?.kind !== 'folder') {
    return refuse(409, 'a name that ends in "/" is a folder; make it first');
  }
  await checkPreconditions(request, entry, parts);
  if (info === undefined) return refresh(request, parts, seconds);
  try {
    return await take(request, parts, info, seconds);
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'locked') return conflict(request, error);
    throw error;
  }
}

async function take(request: HttpRequest, parts: DavParts, info: XmlElement, seconds: number): Promise<HttpAnswer> {
  const depth = readDepth(request) ?? 'infinity';
  if (depth === 1) throw new GatewayError('bad-request', 'LOCK has Depth 0 or infinity');
  const { session, path } = request;
  const taken = await parts.locks.take(session, path, { ...readLockInfo(info), depth, seconds });
  const all = await parts.locks.on(session, path);
  const headers = { 'Lock-Token': `<${taken.lock.token ?? ''}>` };
  return discovery(taken.created ? 201 : 200, all, parts, headers);
}

async function refresh(request: HttpRequest, parts: DavParts, seconds: number): Promise<HttpAnswer> {
  if (!request.headers.has('if')) {
    throw new GatewayError('bad-request', 'a LOCK without a body refreshes the lock whose token an If header names');
  }
  const { session, path } = request;
  try {
    await parts.locks.refresh(session, path, seconds);
  } catch (error) {
    if (!(error instanceof GatewayError) || error.code !== 'not-locked') throw error;
    return refuse(412, error.message, { element: 'lock-token-matches-request-uri' });
  }
  return discovery(200, await parts.locks.on(session, path), parts, {});
}

/** UNLOCK, RFC 4918 §9.11. */
export async function unlock(request: HttpRequest, parts: DavParts): Promise<HttpAnswer> {
  const token = TOKEN.exec(request.headers.get('lock-token') ?? '')?.[1];
  if (token === undefined) throw new GatewayError('bad-request', 'UNLOCK needs a Lock-Token header: <urn:uuid:…>');
  const { session, path } = request;
  await checkPreconditions(request, await statIfAny(parts.files, session, path), parts);
  await parts.locks.release(session, path, token);
  return { status: 204, headers: {} };
}

/** How long a client wants its lock, RFC 4918 §10.7: the first wish is understood. @throws GatewayError `bad-request` */
function readTimeout({ headers }: HttpRequest): number {
  const header = headers.get('timeout');
  if (header === undefined) return Number.MAX_SAFE_INTEGER;
  const wishes = header.split(',').map((wish) => TIMEOUT.exec(wish.trim()));
  const first = wishes.find((wish) => wish !== null);
  if (first === undefined || first === null) {
    throw new GatewayError('bad-request', 'a Timeout is Infinite, or Second- and a number');
  }
  return first[1] === undefined ? Number.MAX_SAFE_INTEGER : Math.max(1, Number(first[1]));
}

function discovery(
  status: number,
  locks: readonly Lock[],
  { clock }: DavParts,
  headers: HttpAnswer['headers'],
): HttpAnswer {
  const value = activeLocks(locks, clock.now());
  const body =
    '<?xml version="1.0" encoding="utf-8"?>\n' +
    `<D:prop xmlns:D="DAV:"><D:lockdiscovery>${value}</D:lockdiscovery></D:prop>\n`;
  return { status, headers: { ...headers, 'Content-Type': 'application/xml; charset=utf-8' }, body };
}

/** RFC 4918 §9.10.3: a lock below the folder is told as such, one above or at the name is the answer itself. */
function conflict({ path }: HttpRequest, { message, path: at }: GatewayError): Promise<HttpAnswer> | HttpAnswer {
  if (at === undefined || at === path || !isWithin(at, path)) {
    return refuse(423, message, { element: 'no-conflicting-lock', hrefs: at && [encodeUrlPath(at, 'file')] });
  }
  return multistatus([
    { href: encodeUrlPath(at, 'file'), status: '423 Locked' },
    { href: encodeUrlPath(path, 'folder'), status: '424 Failed Dependency' },
  ]);
}
