import type { Clock } from '../domain/clock.ts';
import { type ErrorCode, GatewayError } from '../domain/errors.ts';
import type { HttpAnswer, HttpHandler, HttpRequest } from '../domain/http.ts';
import type { Logger } from '../domain/logger.ts';
import type { Files, Uploads } from '../vfs/files.ts';
import { ALL_METHODS, answerError, levelTooLow, methodNotAllowed, notFound, ROOT_METHODS, refuse } from './errors.ts';
import { get } from './get.ts';
import { redirectToFiles } from './listing.ts';
import { propfind } from './propfind.ts';
import { put } from './put.ts';
import { copy, makeFolder, move, remove } from './tree.ts';

export type DavParts = {
  readonly files: Files;
  readonly uploads: Uploads;
  readonly clock: Pick<Clock, 'now'>;
  readonly logger: Logger;
};

type Verb = (request: HttpRequest, parts: DavParts) => Promise<HttpAnswer>;

/** RFC 4918 §18.1: class 1. Locks, and with them class 2, are not offered. */
const COMPLIANCE = '1';

const FILES: Readonly<Record<string, Verb>> = {
  OPTIONS: async () => options(ALL_METHODS),
  GET: (request, { files, clock }) => get(request, files, clock.now()),
  HEAD: (request, { files, clock }) => get(request, files, clock.now()),
  PUT: (request, { files, uploads, clock }) => put(request, files, uploads, clock.now()),
  DELETE: (request, { files, clock }) => remove(request, files, clock.now()),
  MKCOL: (request, { files, clock }) => makeFolder(request, files, clock.now()),
  MOVE: (request, { files, clock }) => move(request, files, clock.now()),
  COPY: (request, { files, clock }) => copy(request, files, clock.now()),
  PROPFIND: (request, { files, clock }) => propfind(request, files, clock.now()),
};

/** `/` is not the gateway's to change: it can be looked at, and leads to the tree. */
const HOST: Readonly<Record<string, Verb>> = {
  OPTIONS: async () => options(ROOT_METHODS),
  GET: async () => redirectToFiles(),
  HEAD: async () => redirectToFiles(),
  PROPFIND: (request, { files, clock }) => propfind(request, files, clock.now()),
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
      return await verb(request, parts);
    } catch (error) {
      if (error instanceof GatewayError && error.code === 'level-too-low') return levelTooLow(request);
      return answerError(error, parts.logger, STATUS[request.method]);
    }
  };
}

/** OPTIONS says what the server can do, whether or not anything stands under the name (RFC 9110 §9.3.7). */
function options(allow: string): HttpAnswer {
  return { status: 200, headers: { Allow: allow, DAV: COMPLIANCE, 'MS-Author-Via': 'DAV', 'Accept-Ranges': 'bytes' } };
}
