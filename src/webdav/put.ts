import type { HttpAnswer, HttpRequest } from '../domain/http.ts';
import { checkAnyPreconditions } from '../http/preconditions.ts';
import { receiveFile } from '../http/receive.ts';
import { readMtime } from './dav-headers.ts';
import type { DavParts } from './dav-parts.ts';
import { FOLDER_METHODS, methodNotAllowed, refuse } from './errors.ts';
import { putPart } from './put-part.ts';

/** PUT, RFC 9110 §9.3.4: 201 for a new file, 204 for a replaced one. */
export async function put(request: HttpRequest, parts: DavParts): Promise<HttpAnswer> {
  const { headers, body } = request;
  const refusal = refuseCoding(request);
  if (refusal !== undefined) return refusal;
  if (request.trailingSlash) return methodNotAllowed('a name that ends in "/" is a folder', FOLDER_METHODS);
  if (headers.has('content-range')) return putPart(request, parts);
  const modifiedAt = readMtime(request);
  const condition = await checkAnyPreconditions(request, parts);
  const sizeHint = body.length ?? announcedLength(headers);
  const { entry, replaces } = await receiveFile(request, parts, { condition, modifiedAt, sizeHint });
  return { status: replaces ? 204 : 201, headers: { ETag: `"${entry.etag}"`, ...acceptedTime(modifiedAt) } };
}

/** The bytes are kept as they come, so they come as they are. */
export function refuseCoding({ headers }: HttpRequest): HttpAnswer | undefined {
  const coding = headers.get('content-encoding')?.toLowerCase();
  if (coding === undefined || coding === 'identity') return undefined;
  return refuse(415, 'send the file without a Content-Encoding');
}

/** Tells a client of Nextcloud's habits that its time was taken. */
export function acceptedTime(modifiedAt: number | undefined): HttpAnswer['headers'] {
  return modifiedAt === undefined ? {} : { 'X-OC-MTime': 'accepted' };
}

/** Finder sends its length beside a chunked body; only a hint, the bytes are counted. */
function announcedLength(headers: ReadonlyMap<string, string>): number | undefined {
  const length = headers.get('x-expected-entity-length');
  return length !== undefined && /^\d{1,15}$/.test(length) ? Number(length) : undefined;
}
