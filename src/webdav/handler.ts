import { type ErrorCode, GatewayError } from '../domain/errors.ts';
import type { HttpAnswer, HttpHandler, HttpRequest } from '../domain/http.ts';
import { submittedTokens } from '../http/preconditions.ts';
import type { DavParts } from './dav-parts.ts';
import { ALL_METHODS, answerError, levelTooLow, methodNotAllowed, notFound, ROOT_METHODS, refuse } from './errors.ts';
import { get } from './get.ts';
import { redirectToFiles } from './listing.ts';
import { lock, unlock } from './lock.ts';
import { PARTIAL_UPDATE, patch } from './patch.ts';
import { propfind } from './propfind.ts';
import { proppatch } from './proppatch.ts';
import { put } from './put.ts';
import { copy, makeFolder, move, remove } from './tree.ts';

type Verb = (request: HttpRequest, parts: DavParts) => Promise<HttpAnswer>;

/** RFC 4918 §18: locks, and what this RFC asks beyond the one before it. */
const COMPLIANCE = '1, 2, 3';

const FILES: Readonly<Record<string, Verb>> = {
  OPTIONS: async () => options(ALL_METHODS),
  GET: get,
  HEAD: get,
  PUT: put,
  PATCH: patch,
  DELETE: remove,
  MKCOL: makeFolder,
  MOVE: move,
  COPY: copy,
  PROPFIND: propfind,
  PROPPATCH: proppatch,
  LOCK: lock,
  UNLOCK: unlock,
};

/** `/` is not the gateway's to change: it can be looked at, and leads to the tree. */
const HOST: Readonly<Record<string, Verb>> = {
  OPTIONS: async () => options(ROOT_METHODS),
  GET: async () => redirectToFiles(),
  HEAD: async () => redirectToFiles(),
  PROPFIND: propfind,
  DELETE: async () => refuse(403, 'this folder can not be removed'),
  MOVE: async () => refuse(403, 'this folder can not be moved'),
  COPY: async () => refuse(403, 'this folder can not be copied'),
};

/** A target that may not be replaced fails the Overwrite condition (RFC 4918 §9.8.5), it is no wrong method. */
const TRANSFER_STATUS: Partial<Record<ErrorCode, number>> = { 'already-exists': 412, 'is-folder': 409 };

const STATUS: Readonly<Record<string, Partial<Record<ErrorCode, number>>>> = {
  MOVE: TRANSFER_STATUS,
  COPY: TRANSFER_STATUS,
  // Only where it was to be absent (If-None-Match: *) and somebody was faster.
  PUT: { 'already-exists': 412 },
};

/** WebDAV on the file tree (RFC 4918). Translates requests; every decision is behind `files` and `uploads`. */
export function davHandler(parts: DavParts): HttpHandler {
  return async (request) => {
    if (request.place === 'elsewhere') return notFound();
    const [verbs, allow] = request.place === 'files' ? [FILES, ALL_METHODS] : [HOST, ROOT_METHODS];
    const verb = verbs[request.method];
    if (verb === undefined) return methodNotAllowed('this method is not offered here', allow);
    try {
      return await verb(withLockTokens(request), parts);
    } catch (error) {
      if (error instanceof GatewayError && error.code === 'level-too-low') return levelTooLow(request);
      return answerError(error, request, parts.logger, STATUS[request.method]);
    }
  };
}

/** Every change asks for the locks it reaches, so the session of this request shows the tokens that came with it. */
function withLockTokens(request: HttpRequest): HttpRequest {
  if (!request.headers.has('if')) return request;
  return { ...request, session: { ...request.session, lockTokens: submittedTokens(request) } };
}

/** OPTIONS says what the server can do, whether or not anything stands under the name (RFC 9110 §9.3.7). */
function options(allow: string): HttpAnswer {
  const patches = { 'Accept-Patch': PARTIAL_UPDATE }; // RFC 5789 §3.1
  const headers = { Allow: allow, DAV: COMPLIANCE, 'MS-Author-Via': 'DAV', 'Accept-Ranges': 'bytes', ...patches };
  return { status: 200, headers };
}
