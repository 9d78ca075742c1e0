import { GatewayError } from '../domain/errors.ts';
import type { HttpBody, HttpRequest } from '../domain/http.ts';
import type { Entry, PartUpload, Upload, WriteCondition } from '../vfs/files.ts';
import { claimedSha256, contentSha256, representationSha256 } from './digests.ts';
import type { HttpParts } from './parts.ts';
import { inPieces, type TakePieces } from './pieces.ts';

/** A whole file that stands there now. */
export type Published = { readonly kind: 'published'; readonly entry: Entry; readonly replaces: boolean };

/** What became of a part: bytes are still missing, the file is whole, or another part is wanted first. */
export type PartOutcome =
  | { readonly kind: 'taken'; readonly held: number; readonly total: number | undefined }
  | Published
  | {
      readonly kind: 'wrong-offset';
      readonly held: number;
      readonly total: number | undefined;
      readonly error: GatewayError;
    };

export type Wanted = {
  readonly condition: WriteCondition;
  /** The time the client wants kept, in milliseconds. */
  readonly modifiedAt: number | undefined;
};

/** PUT of a whole file, RFC 9110 §9.3.4. Nothing is left of one that fails or whose client leaves. */
export async function receiveFile(
  { session, path, headers, body }: HttpRequest,
  { uploads }: Pick<HttpParts, 'uploads'>,
  { condition, modifiedAt, sizeHint = body.length }: Wanted & { readonly sizeHint?: number | undefined },
): Promise<Published> {
  const expectedSha256 = claimedSha256(headers);
  const upload = await uploads.begin(session, path, {
    ...{ condition, startFrom: 'empty' as const },
    ...(sizeHint !== undefined && { sizeHint }),
  });
  const entry = await receive(upload, body, {
    ...(body.length !== undefined && { expectedSize: body.length }),
    ...(expectedSha256 !== undefined && { expectedSha256 }),
    ...(modifiedAt !== undefined && { modifiedAt }),
  });
  return { kind: 'published', entry, replaces: upload.replaces };
}

/** Takes the bytes in order, one piece at a time. */
async function receive(
  upload: Upload,
  body: HttpBody,
  expected: Parameters<Upload['commit']>[0] & object,
): Promise<Entry> {
  try {
    let offset = 0;
    await inPieces(body, async (pieces, bytes) => {
      await upload.write(offset, pieces);
      offset += bytes;
    });
    return await upload.commit(expected);
  } catch (error) {
    await upload.abort();
    throw error;
  }
}

/** Bytes `first` up to but not including `end` of so many; or only how many there will be. */
export type PartRange =
  | { readonly kind: 'bytes'; readonly first: number; readonly end: number; readonly total: number }
  | { readonly kind: 'question'; readonly total: number };

const RANGE = /^bytes (?:(\d{1,15})-(\d{1,15})|\*)\/(\d{1,15})$/;

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

/**
 * PUT with Content-Range (RFC 9110 §14.5 lets a server define it): adds to a hidden upload of this principal and path.
 * @param wanted read when the range is known to be sound
 */
export async function receivePart(
  request: HttpRequest,
  { uploads }: Pick<HttpParts, 'uploads'>,
  wanted: () => Promise<Wanted>,
): Promise<PartOutcome> {
  const { session, path, headers, body } = request;
  const range = readPartRange(headers.get('content-range') ?? '');
  if (range.kind === 'question') {
    if (body.present) throw new GatewayError('bad-request', 'a question how far an upload is has no body');
    return howFar(request, uploads, range.total);
  }
  const length = range.end - range.first;
  if (body.length !== undefined && body.length !== length) {
    throw new GatewayError('bad-request', `the Content-Range has ${length} bytes, the body ${body.length}`);
  }
  const [ofPart, expectedSha256] = [contentSha256(headers), representationSha256(headers)];
  const { condition, modifiedAt } = await wanted();
  return atOffset(request, uploads, async () => {
    const upload = await uploads.resume(session, path, { condition, offset: range.first, total: range.total });
    await takePart(upload, body, length, ofPart);
    return finishPart(upload, { expectedSha256, modifiedAt });
  });
}

async function howFar(
  { session, path }: HttpRequest,
  uploads: HttpParts['uploads'],
  total: number,
): Promise<PartOutcome> {
  const state = await uploads.held(session, path);
  if (state?.total !== undefined && state.total !== total) {
    throw new GatewayError('bad-request', `the file was announced with ${state.total} bytes, not ${total}`);
  }
  return { kind: 'taken', held: state?.held ?? 0, total };
}

/** Runs a step of an upload; a client at the wrong place is told the right one. */
export async function atOffset(
  { session, path }: HttpRequest,
  uploads: HttpParts['uploads'],
  step: () => Promise<PartOutcome>,
): Promise<PartOutcome> {
  try {
    return await step();
  } catch (error) {
    if (!(error instanceof GatewayError) || error.code !== 'wrong-offset') throw error;
    const state = await uploads.held(session, path);
    return { kind: 'wrong-offset', held: state?.held ?? 0, total: state?.total, error };
  }
}

/**
 * Takes the bytes of one part. Of a part whose client leaves, what came is kept; one that is not what it claims to be
 * leaves nothing.
 * @param length what must come
 */
export async function takePart(
  upload: PartUpload,
  body: HttpBody,
  length: number | undefined,
  claimed: string | undefined,
): Promise<void> {
  let received = 0;
  const take: TakePieces = async (pieces, bytes) => {
    received += bytes;
    if (length !== undefined && received > length) throw new GatewayError('bad-request', 'the body is too long');
    await upload.write(pieces);
  };
  try {
    await inPieces(body, take, claimed);
    if (length !== undefined && received < length) throw new GatewayError('bad-request', 'the body ended too early');
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'digest-mismatch') await upload.rewind();
    await upload.leave();
    throw error;
  }
}

/** Ends a part: bytes are missing still, or the file is whole. */
export async function finishPart(
  upload: PartUpload,
  {
    expectedSha256,
    modifiedAt,
  }: { readonly expectedSha256: string | undefined; readonly modifiedAt: number | undefined },
): Promise<PartOutcome> {
  const done = await upload.end({
    ...(expectedSha256 !== undefined && { expectedSha256 }),
    ...(modifiedAt !== undefined && { modifiedAt }),
  });
  if ('held' in done) return { kind: 'taken', held: done.held, total: done.total };
  return { kind: 'published', entry: done, replaces: upload.replaces };
}
