import type { HttpAnswer, HttpRequest } from '../domain/http.ts';
import { checkAnyPreconditions } from '../http/preconditions.ts';
import { type PartOutcome, receivePart } from '../http/receive.ts';
import { readMtime } from './dav-headers.ts';
import type { DavParts } from './dav-parts.ts';
import { refuse } from './errors.ts';
import { acceptedTime } from './put.ts';

/**
 * PUT with Content-Range: a part that is taken is 202, the one that makes the file whole 201 or 204; `bytes * /total` asks
 * how far it is. Every answer tells in `Upload-Offset` which byte comes next.
 */
export async function putPart(request: HttpRequest, parts: DavParts): Promise<HttpAnswer> {
  const modifiedAt = readMtime(request);
  const wanted = async () => ({ condition: await checkAnyPreconditions(request, parts), modifiedAt });
  return partAnswer(await receivePart(request, parts, wanted), modifiedAt);
}

/** 202 while bytes are missing, then 201 or 204 as every PUT; 416 for a client at the wrong place. */
export function partAnswer(outcome: PartOutcome, modifiedAt: number | undefined): HttpAnswer {
  if (outcome.kind === 'taken') return { status: 202, headers: { 'Upload-Offset': outcome.held } };
  if (outcome.kind === 'published') {
    const { entry, replaces } = outcome;
    const headers = { ETag: `"${entry.etag}"`, 'Upload-Offset': entry.size, ...acceptedTime(modifiedAt) };
    return { status: replaces ? 204 : 201, headers };
  }
  const { held, total, error } = outcome;
  const range = total === undefined ? {} : { 'Content-Range': `bytes */${total}` };
  return refuse(416, error.message, { headers: { 'Upload-Offset': held, ...range } });
}
