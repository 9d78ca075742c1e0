import { GatewayError } from '../domain/errors.ts';
import type { HttpAnswer, HttpBody, HttpRequest } from '../domain/http.ts';
import type { Entry, Files, Upload, Uploads, WriteCondition } from '../vfs/files.ts';
import { readMtime } from './dav-headers.ts';
import { claimedSha256 } from './digests.ts';
import { FOLDER_METHODS, methodNotAllowed, refuse } from './errors.ts';
import { lookupWith, statIfAny } from './lookup.ts';
import { evaluate, hasConditions, parsePreconditions, writeCondition } from './preconditions.ts';

/** TLS hands over at most 16 KiB at a time; larger pieces cost the store fewer calls. */
const PIECE_BYTES = 256 * 1024;

/** PUT, RFC 9110 §9.3.4: 201 for a new file, 204 for a replaced one. */
export async function put(request: HttpRequest, files: Files, uploads: Uploads, now: number): Promise<HttpAnswer> {
  const { headers, session, path, body } = request;
  if (headers.has('content-range')) {
    throw new GatewayError('bad-request', 'a part of a file can not be put; send the whole file'); // RFC 9110 §14.5
  }
  const coding = headers.get('content-encoding')?.toLowerCase();
  if (coding !== undefined && coding !== 'identity') return refuse(415, 'send the file without a Content-Encoding');
  if (request.trailingSlash) return methodNotAllowed('a name that ends in "/" is a folder', FOLDER_METHODS);
  const expectedSha256 = claimedSha256(headers);
  const modifiedAt = readMtime(request);
  const condition = await conditionOf(request, files, now);
  const sizeHint = body.length ?? announcedLength(headers);
  const upload = await uploads.begin(session, path, {
    condition,
    startFrom: 'empty',
    ...(sizeHint !== undefined && { sizeHint }),
  });
  const entry = await receive(upload, body, {
    ...(body.length !== undefined && { expectedSize: body.length }),
    ...(expectedSha256 !== undefined && { expectedSha256 }),
    ...(modifiedAt !== undefined && { modifiedAt }),
  });
  const accepted = modifiedAt === undefined ? {} : { 'X-OC-MTime': 'accepted' };
  return { status: upload.replaces ? 204 : 201, headers: { ETag: `"${entry.etag}"`, ...accepted } };
}

/** Finder sends its length beside a chunked body; only a hint, the bytes are counted. */
function announcedLength(headers: ReadonlyMap<string, string>): number | undefined {
  const length = headers.get('x-expected-entity-length');
  return length !== undefined && /^\d{1,15}$/.test(length) ? Number(length) : undefined;
}

/** Conditions are evaluated now, before a byte is taken, and what they rested on must still hold at the commit. */
async function conditionOf(request: HttpRequest, files: Files, now: number): Promise<WriteCondition> {
  const conditions = parsePreconditions(request, now);
  if (!hasConditions(conditions)) return 'any';
  const entry = await statIfAny(files, request.session, request.path);
  await evaluate(conditions, request, entry, lookupWith(files, request.session));
  return writeCondition(conditions, entry);
}

/** Takes the bytes in order, one piece at a time. Nothing is left of an upload that fails or whose client leaves. */
async function receive(
  upload: Upload,
  body: HttpBody,
  expected: Parameters<Upload['commit']>[0] & object,
): Promise<Entry> {
  try {
    let offset = 0;
    let pieces: Uint8Array[] = [];
    let held = 0;
    for await (const chunk of body) {
      pieces.push(chunk);
      held += chunk.length;
      if (held < PIECE_BYTES) continue;
      await upload.write(offset, Buffer.concat(pieces, held));
      offset += held;
      pieces = [];
      held = 0;
    }
    if (held > 0) await upload.write(offset, Buffer.concat(pieces, held));
    return await upload.commit(expected);
  } catch (error) {
    await upload.abort();
    throw error;
  }
}
