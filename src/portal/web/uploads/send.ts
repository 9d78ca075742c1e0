import type { Entry, HeldUpload, PartTaken } from '../../schemas/files.ts';
import { ApiError, api, apiHeaders, apiUrl, errorOf, unreachable } from '../api/client.ts';

/** What is there already, and may be replaced: by its ETag; or nothing. */
export type Condition = { readonly replaces: string } | 'absent';

export type Part = {
  readonly path: string;
  readonly bytes: Blob;
  /** Undefined for a file that is sent whole. */
  readonly range?: { readonly first: number; readonly total: number } | undefined;
  readonly condition: Condition;
  /** Of the whole file, with its last byte (RFC 9530). */
  readonly digest?: string | undefined;
};

/** The file as it is now, or how much of it is there. */
export type Sent = { readonly entry: Entry } | { readonly offset: number };

/**
 * Sends bytes of a file. Done by XMLHttpRequest, because fetch does not tell how far it is.
 * @throws ApiError, or the reason of the signal
 */
export function sendPart(part: Part, onProgress: (bytes: number) => void, signal: AbortSignal): Promise<Sent> {
  const { promise, resolve, reject } = Promise.withResolvers<Sent>();
  const request = new XMLHttpRequest();
  request.open('PUT', apiUrl('/content', { path: part.path }));
  for (const [name, value] of Object.entries(headersOf(part))) request.setRequestHeader(name, value);
  request.upload.onprogress = ({ loaded }) => onProgress(loaded);
  request.onload = () => {
    try {
      if (request.status < 200 || request.status > 299) {
        throw errorOf(request.status, request.responseText, request.getResponseHeader('Retry-After'));
      }
      const answer = JSON.parse(request.responseText) as Entry | PartTaken;
      resolve('offset' in answer ? { offset: answer.offset } : { entry: answer });
    } catch (error) {
      reject(error);
    }
  };
  request.onerror = () => reject(unreachable());
  request.onabort = () => reject(signal.reason);
  signal.addEventListener('abort', () => request.abort(), { once: true });
  if (signal.aborted) reject(signal.reason);
  else request.send(part.bytes);
  return promise;
}

function headersOf({ bytes, range, condition, digest }: Part): Record<string, string> {
  const headers: Record<string, string> = { ...apiHeaders(), 'Content-Type': 'application/octet-stream' };
  if (range !== undefined)
    headers['Content-Range'] = `bytes ${range.first}-${range.first + bytes.size - 1}/${range.total}`;
  if (condition === 'absent') headers['If-None-Match'] = '*';
  else headers['If-Match'] = `"${condition.replaces}"`;
  if (digest !== undefined) headers['Repr-Digest'] = digest;
  return headers;
}

/** What the gateway holds of an upload that was cut; undefined where it holds nothing. @throws ApiError */
export async function heldOf(path: string, signal: AbortSignal): Promise<HeldUpload | undefined> {
  return orAbsent(api<HeldUpload>('GET', '/upload', { query: { path }, signal }));
}

/** @throws ApiError */
export async function entryOf(path: string, signal: AbortSignal): Promise<Entry | undefined> {
  return orAbsent(api<Entry>('GET', '/entry', { query: { path }, signal }));
}

/** Forgets what is held of an upload. @throws ApiError */
export async function abandon(path: string): Promise<void> {
  await orAbsent(api('DELETE', '/upload', { query: { path } }));
}

async function orAbsent<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}
