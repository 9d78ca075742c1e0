import { GatewayError } from '../domain/errors.ts';
import type { HttpAnswer, HttpBody, HttpRequest } from '../domain/http.ts';
import type { PartUpload } from '../vfs/files.ts';
import { readMtime } from './dav-headers.ts';
import type { DavParts } from './dav-parts.ts';
import { contentSha256, representationSha256 } from './digests.ts';
import { refuse } from './errors.ts';
import { inPieces, type TakePieces } from './pieces.ts';
import { checkAnyPreconditions } from './preconditions.ts';
import { acceptedTime } from './put.ts';

/** Bytes `first` up to but not including `end` of so many; or only how many there will be. */
export type PartRange =
  | { readonly kind: 'bytes'; readonly first: number; readonly end: number; readonly total: number }
  | { readonly kind: 'question'; readonly total: number };

const RANGE = /^bytes (?:(\d{1,15})-(\d{1,15})|\*)\/(\d{1,15})$/;

/**
 * PUT with Content-Range (RFC 9110 §14.5 lets a server define it): adds to a hidden upload of this principal and path.
 * A part that is taken is 202, the one that makes the file whole 201 or 204; `bytes * /total` asks how far it is. Every
 * answer tells in `Upload-Offset` which byte comes next.
 */
export async function putPart(request: HttpRequest, parts: DavParts): Promise<HttpAnswer> {
  const range = readPartRange(request.headers.get('content-range') ?? '');
  const { body } = request;
  if (range.kind === 'question') {
    if (body.present) throw new GatewayError('bad-request', 'a question how far an upload is has no body');
    return howFar(request, parts, range.total);
  }
  const length = range.end - range.first;
  if (body.length !== undefined && body.length !== length) {
    throw new GatewayError('bad-request', `the Content-Range has ${length} bytes, the body ${body.length}`);
  }
  const claims = { content: contentSha256(request.headers), modifiedAt: readMtime(request) };
  const expectedSha256 = representationSha256(request.headers);
  const condition = await checkAnyPreconditions(request, parts);
  return atOffset(request, parts, async () => {
    const wanted = { condition, offset: range.first, total: range.total };
    const upload = await parts.uploads.resume(request.session, request.path, wanted);
    await receivePart(upload, body, length, claims.content);
    return finishPart(upload, { expectedSha256, modifiedAt: claims.modifiedAt });
  });
}

/** @throws GatewayError `bad-request` for every other form */
export function readPartRange(header: string): PartRange {
  const [matched, first, last, total] = RANGE.exec(header) ?? [];
  if (matched === undefined) {
    throw new GatewayError('bad-request', 'a Content-Range is bytes first-last/total, or bytes */total to ask');
  }
  if (first === undefined || last === undefined) return { kind: 'question', total: Number(total) };
  const range = { kind: 'bytes' as const, first: Number(first), end: Number(last) + 1, total: Number(total) };
  if (range.end <= range.first || range.end > range.total) {
    throw new GatewayError('bad-request', 'the bytes of a Content-Range are in order and lie within its total');
  }
  return range;
}

async function howFar(request: HttpRequest, { uploads }: DavParts, total: number): Promise<HttpAnswer> {
  const state = await uploads.held(request.session, request.path);
  if (state?.total !== undefined && state.total !== total) {
    throw new GatewayError('bad-request', `the file was announced with ${state.total} bytes, not ${total}`);
  }
  return { status: 202, headers: { 'Upload-Offset': state?.held ?? 0 } };
}

/** Runs a step of an upload; a client at the wrong place is told the right one. */
export async function atOffset(
  { session, path }: HttpRequest,
  { uploads }: DavParts,
  step: () => Promise<HttpAnswer>,
): Promise<HttpAnswer> {
  try {
    return await step();
  } catch (error) {
    if (!(error instanceof GatewayError) || error.code !== 'wrong-offset') throw error;
    const state = await uploads.held(session, path);
    const range = state?.total === undefined ? {} : { 'Content-Range': `bytes */${state.total}` };
    return refuse(416, error.message, { headers: { 'Upload-Offset': state?.held ?? 0, ...range } });
  }
}

/**
 * Takes the bytes of one part. Of a part whose client leaves, what came is kept; one that is not what it claims to be
 * leaves nothing.
 * @param length what must come
 */
export async function receivePart(
  upload: PartUpload,
  body: HttpBody,
  length: number | undefined,
  claimedSha256: string | undefined,
): Promise<void> {
  let received = 0;
  const take: TakePieces = async (pieces, bytes) => {
    received += bytes;
    if (length !== undefined && received > length) throw new GatewayError('bad-request', 'the body is too long');
    await upload.write(pieces);
  };
  try {
    await inPieces(body, take, claimedSha256);
    if (length !== undefined && received < length) throw new GatewayError('bad-request', 'the body ended too early');
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'digest-mismatch') await upload.rewind();
    await upload.leave();
    throw error;
  }
}

/** Ends a part: 202 while bytes are missing, then 201 or 204 as every PUT. */
export async function finishPart(
  upload: PartUpload,
  claims: { readonly expectedSha256: string | undefined; readonly modifiedAt: number | undefined },
): Promise<HttpAnswer> {
  const { expectedSha256, modifiedAt } = claims;
  const done = await upload.end({
    ...(expectedSha256 !== undefined && { expectedSha256 }),
    ...(modifiedAt !== undefined && { modifiedAt }),
  });
  if ('held' in done) return { status: 202, headers: { 'Upload-Offset': done.held } };
  const headers = { ETag: `"${done.etag}"`, 'Upload-Offset': done.size, ...acceptedTime(modifiedAt) };
  return { status: upload.replaces ? 204 : 201, headers };
}
