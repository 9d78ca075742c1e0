import { GatewayError } from '../domain/errors.ts';
import { encodeUrlPath, type HttpAnswer, type HttpRequest } from '../domain/http.ts';
import { isWithin } from '../domain/vpath.ts';
import { checkAnyPreconditions, checkPreconditions, hasConditions, parsePreconditions } from '../http/preconditions.ts';
import { readDepth, readDestination, readOverwrite } from './dav-headers.ts';
import type { DavParts } from './dav-parts.ts';
import { refuse } from './errors.ts';

/** DELETE, RFC 4918 §9.6: a folder goes with all below it, in one change. */
export async function remove(request: HttpRequest, parts: DavParts): Promise<HttpAnswer> {
  infiniteOnly(request);
  const { session, path } = request;
  const { files } = parts;
  const conditional = hasConditions(parsePreconditions(request, parts.clock.now()));
  const expect = conditional ? await checkPreconditions(request, await files.stat(session, path), parts) : 'any';
  await files.remove(session, path, conditional ? { recursive: true, expect } : { recursive: true });
  return { status: 204, headers: {} };
}

/** MKCOL, RFC 4918 §9.3; the guard refused a body. */
export async function makeFolder(request: HttpRequest, parts: DavParts): Promise<HttpAnswer> {
  await checkAnyPreconditions(request, parts);
  await parts.files.makeFolder(request.session, request.path);
  return { status: 201, headers: {} };
}

/** MOVE, RFC 4918 §9.9: 201 for a new name, 204 where something was replaced. */
export async function move(request: HttpRequest, parts: DavParts): Promise<HttpAnswer> {
  infiniteOnly(request);
  const overwrite = readOverwrite(request);
  return transfer(request, parts, (to) => parts.files.move(request.session, request.path, to, overwrite));
}

/** COPY, RFC 4918 §9.8: Depth 0 copies a folder without what is in it. */
export async function copy(request: HttpRequest, parts: DavParts): Promise<HttpAnswer> {
  const depth = readDepth(request);
  if (depth === 1) throw new GatewayError('bad-request', 'COPY has Depth 0 or infinity');
  const options = { overwrite: readOverwrite(request), recursive: depth !== 0 };
  return transfer(request, parts, (to) => parts.files.copy(request.session, request.path, to, options));
}

async function transfer(
  request: HttpRequest,
  parts: DavParts,
  act: (to: HttpRequest['path']) => Promise<{ readonly replaced: boolean }>,
): Promise<HttpAnswer> {
  const destination = readDestination(request);
  if (!destination.ok) return destination.answer;
  const { path: from, session } = request;
  const to = destination.path;
  if (isWithin(to, from)) return refuse(403, 'the destination is the source itself, or lies in it');
  if (isWithin(from, to)) return refuse(403, 'the destination holds the source, which replacing it would remove');
  if (hasConditions(parsePreconditions(request, parts.clock.now()))) {
    await checkPreconditions(request, await parts.files.stat(session, from), parts);
  }
  const { replaced } = await act(to);
  return replaced ? { status: 204, headers: {} } : { status: 201, headers: { Location: encodeUrlPath(to, 'file') } };
}

/** DELETE and MOVE take all of a folder (RFC 4918 §9.6.1, §9.9.2). */
function infiniteOnly(request: HttpRequest): void {
  const depth = readDepth(request);
  if (depth === undefined || depth === 'infinity') return;
  throw new GatewayError('bad-request', `${request.method} has Depth infinity`);
}
