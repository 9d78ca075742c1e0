import { GatewayError } from '../domain/errors.ts';
import { encodeUrlPath, type HttpAnswer, type HttpRequest } from '../domain/http.ts';
import { isWithin } from '../domain/vpath.ts';
import type { Files } from '../vfs/files.ts';
import { readDepth, readDestination, readOverwrite } from './dav-headers.ts';
import { refuse } from './errors.ts';
import { lookupWith, statIfAny } from './lookup.ts';
import { evaluate, hasConditions, parsePreconditions, writeCondition } from './preconditions.ts';

/** DELETE, RFC 4918 §9.6: a folder goes with all below it, in one change. */
export async function remove(request: HttpRequest, files: Files, now: number): Promise<HttpAnswer> {
  infiniteOnly(request);
  const { session, path } = request;
  const conditions = parsePreconditions(request, now);
  if (!hasConditions(conditions)) {
    await files.remove(session, path, { recursive: true });
    return { status: 204, headers: {} };
  }
  const entry = await files.stat(session, path);
  await evaluate(conditions, request, entry, lookupWith(files, session));
  await files.remove(session, path, { recursive: true, expect: writeCondition(conditions, entry) });
  return { status: 204, headers: {} };
}

/** MKCOL, RFC 4918 §9.3; the guard refused a body. */
export async function makeFolder(request: HttpRequest, files: Files, now: number): Promise<HttpAnswer> {
  const conditions = parsePreconditions(request, now);
  if (hasConditions(conditions)) {
    const entry = await statIfAny(files, request.session, request.path);
    await evaluate(conditions, request, entry, lookupWith(files, request.session));
  }
  await files.makeFolder(request.session, request.path);
  return { status: 201, headers: {} };
}

/** MOVE, RFC 4918 §9.9: 201 for a new name, 204 where something was replaced. */
export async function move(request: HttpRequest, files: Files, now: number): Promise<HttpAnswer> {
  infiniteOnly(request);
  const overwrite = readOverwrite(request);
  return transfer(request, files, now, (to) => files.move(request.session, request.path, to, overwrite));
}

/** COPY, RFC 4918 §9.8: Depth 0 copies a folder without what is in it. */
export async function copy(request: HttpRequest, files: Files, now: number): Promise<HttpAnswer> {
  const depth = readDepth(request);
  if (depth === 1) throw new GatewayError('bad-request', 'COPY has Depth 0 or infinity');
  const options = { overwrite: readOverwrite(request), recursive: depth !== 0 };
  return transfer(request, files, now, (to) => files.copy(request.session, request.path, to, options));
}

async function transfer(
  request: HttpRequest,
  files: Files,
  now: number,
  act: (to: HttpRequest['path']) => Promise<{ readonly replaced: boolean }>,
): Promise<HttpAnswer> {
  const destination = readDestination(request);
  if (!destination.ok) return destination.answer;
  const { path: from, session } = request;
  const to = destination.path;
  if (isWithin(to, from)) return refuse(403, 'the destination is the source itself, or lies in it');
  if (isWithin(from, to)) return refuse(403, 'the destination holds the source, which replacing it would remove');
  const conditions = parsePreconditions(request, now);
  if (hasConditions(conditions)) {
    await evaluate(conditions, request, await files.stat(session, from), lookupWith(files, session));
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
