import { GatewayError } from '../../domain/errors.ts';
import type { HttpRequest } from '../../domain/http.ts';
import type { VPath } from '../../domain/vpath.ts';
import { checkAnyPreconditions } from '../../http/preconditions.ts';
import type { WriteCondition } from '../../vfs/files.ts';
import { type Call, type Later, type Route, reply, route } from '../route.ts';
import {
  copyBody,
  entry,
  folder,
  folderQuery,
  makeFolderBody,
  moveBody,
  pathQuery,
  removeQuery,
} from '../schemas/files.ts';
import { entryNow, entryOf, folderOf, nameOfCursor } from './entries.ts';
import type { FileParts } from './parts.ts';

const THERE = { about: 'What stands there', schema: entry };

/** Looking at folders, and changing names. */
export function folderRoutes(parts: Later<FileParts>): readonly Route[] {
  return [...looking(parts), ...changing(parts), ...transfers(parts)];
}

function looking(parts: Later<FileParts>): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/folder',
      summary: 'A folder and a page of what lies in it',
      query: folderQuery,
      answers: { 200: { about: 'In order of name', schema: folder } },
      handle: async ({ session, query: { path, cursor, limit } }) =>
        reply(folderOf(await parts().browsing.folder(session, path, { after: nameOfCursor(cursor), limit }))),
    }),
    route({
      method: 'GET',
      path: '/entry',
      summary: 'One file or folder',
      query: pathQuery,
      answers: { 200: THERE },
      handle: async ({ session, query: { path } }) => reply(entryOf(await parts().browsing.entry(session, path))),
    }),
  ];
}

function changing(parts: Later<FileParts>): readonly Route[] {
  return [
    route({
      method: 'POST',
      path: '/folder',
      summary: 'Make a folder',
      body: makeFolderBody,
      answers: { 201: THERE },
      handle: async ({ session, body: { path } }) => {
        await parts().files.makeFolder(session, path);
        return reply(await entryNow(parts(), session, path), 201);
      },
    }),
    route({
      method: 'DELETE',
      path: '/entry',
      summary: 'Remove a file or a folder; If-Match names the version that is meant',
      query: removeQuery,
      answers: { 204: { about: 'It is gone' } },
      handle: async (call) => {
        const { path, recursive } = call.query;
        const expect = await conditionOf(call, path, parts());
        await parts().files.remove(call.session, path, { recursive: recursive === '1', expect });
        return { status: 204, headers: {} };
      },
    }),
  ];
}

function transfers(parts: Later<FileParts>): readonly Route[] {
  const answers = { 200: { about: 'It took the place of another', schema: entry }, 201: THERE };
  return [
    route({
      ...{ method: 'POST', path: '/move', summary: 'Rename, or move to another folder; If-Match is about `from`' },
      body: moveBody,
      answers,
      handle: async (call) => {
        const { from, to, overwrite } = call.body;
        if (from === to) throw new GatewayError('bad-request', 'it is there already');
        await conditionOf(call, from, parts());
        const { replaced } = await parts().files.move(call.session, from, to, overwrite);
        return reply(await entryNow(parts(), call.session, to), replaced ? 200 : 201);
      },
    }),
    route({
      ...{ method: 'POST', path: '/copy', summary: 'Copy, a folder with all that lies in it' },
      body: copyBody,
      answers,
      handle: async ({ session, body: { from, to, overwrite } }) => {
        if (from === to) throw new GatewayError('bad-request', 'it is there already');
        const { replaced } = await parts().files.copy(session, from, to, { overwrite, recursive: true });
        return reply(await entryNow(parts(), session, to), replaced ? 200 : 201);
      },
    }),
  ];
}

/** What the conditions of a request say of a path. @throws GatewayError `precondition-failed`, `bad-request` */
function conditionOf(call: Call, path: VPath, parts: FileParts): Promise<WriteCondition> {
  return checkAnyPreconditions(asFileRequest(call, path), parts);
}

/** The request as one for a file in the tree. The `If` header is WebDAV's: here nothing is locked. */
export function asFileRequest({ request, session }: Call, path: VPath): HttpRequest {
  const headers = new Map(request.headers);
  headers.delete('if');
  return { ...request, place: 'files', path, trailingSlash: false, session, headers };
}
