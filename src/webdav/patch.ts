import { GatewayError } from '../domain/errors.ts';
import type { HttpAnswer, HttpRequest } from '../domain/http.ts';
import { contentSha256 } from '../http/digests.ts';
import { inPieces } from '../http/pieces.ts';
import { checkAnyPreconditions, checkPreconditions } from '../http/preconditions.ts';
import { atOffset, finishPart, takePart } from '../http/receive.ts';
import type { Upload } from '../vfs/files.ts';
import { readMtime } from './dav-headers.ts';
import type { DavParts } from './dav-parts.ts';
import { FOLDER_METHODS, methodNotAllowed, refuse } from './errors.ts';
import { acceptedTime, refuseCoding } from './put.ts';
import { partAnswer } from './put-part.ts';

/** The one kind of patch that is understood (sabre/dav's partial update). */
export const PARTIAL_UPDATE = 'application/x-sabredav-partialupdate';

/**
 * PATCH, RFC 5789, with `X-Update-Range: append`: adds to an upload in parts where this principal has one under way
 * here, else makes a whole new version of the file that stands here.
 */
export async function patch(request: HttpRequest, parts: DavParts): Promise<HttpAnswer> {
  const { headers, session, path } = request;
  const type = headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== PARTIAL_UPDATE) return refuse(415, `a PATCH is of type ${PARTIAL_UPDATE}`, { headers: ACCEPT });
  const refusal = refuseCoding(request);
  if (refusal !== undefined) return refusal;
  if (headers.get('x-update-range')?.toLowerCase() !== 'append') {
    throw new GatewayError('bad-request', 'the only X-Update-Range is append; a file is never changed in the middle');
  }
  if (request.trailingSlash) return methodNotAllowed('a name that ends in "/" is a folder', FOLDER_METHODS);
  const state = await parts.uploads.held(session, path);
  if (state?.total === undefined) return append(request, parts);
  return goOn(request, parts, state.held, state.total);
}

const ACCEPT = { 'Accept-Patch': PARTIAL_UPDATE };

async function goOn(request: HttpRequest, parts: DavParts, offset: number, total: number): Promise<HttpAnswer> {
  const { headers, session, path, body } = request;
  const [claimed, modifiedAt] = [contentSha256(headers), readMtime(request)];
  const condition = await checkAnyPreconditions(request, parts);
  const outcome = await atOffset(request, parts.uploads, async () => {
    const upload = await parts.uploads.resume(session, path, { condition, offset, total });
    await takePart(upload, body, body.length, claimed);
    return finishPart(upload, { expectedSha256: undefined, modifiedAt });
  });
  return partAnswer(outcome, modifiedAt);
}

async function append(request: HttpRequest, parts: DavParts): Promise<HttpAnswer> {
  const { session, path, body } = request;
  const entry = await parts.files.stat(session, path);
  const modifiedAt = readMtime(request);
  const condition = await checkPreconditions(request, entry, parts);
  // What is added to is what was looked at, or nothing.
  const expected = condition === 'any' ? { etags: [entry.etag] } : condition;
  const sizeHint = entry.size + (body.length ?? 0);
  const upload = await parts.uploads.begin(session, path, { condition: expected, startFrom: 'current', sizeHint });
  await addTo(upload, request);
  const done = await upload.commit(modifiedAt === undefined ? {} : { modifiedAt });
  return { status: 204, headers: { ETag: `"${done.etag}"`, ...acceptedTime(modifiedAt) } };
}

async function addTo(upload: Upload, { body, headers }: HttpRequest): Promise<void> {
  try {
    await inPieces(body, (pieces) => upload.write(upload.size, pieces), contentSha256(headers));
  } catch (error) {
    await upload.abort();
    throw error;
  }
}
