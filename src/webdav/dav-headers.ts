import { GatewayError } from '../domain/errors.ts';
import { type HttpAnswer, type HttpRequest, locateReference } from '../domain/http.ts';
import type { VPath } from '../domain/vpath.ts';
import { refuse } from './errors.ts';

/** @throws GatewayError `bad-request`: RFC 4918 §10.2 knows `0`, `1` and `infinity` */
export function readDepth({ headers }: Pick<HttpRequest, 'headers'>): 0 | 1 | 'infinity' | undefined {
  const depth = headers.get('depth')?.toLowerCase();
  if (depth === undefined) return undefined;
  if (depth === '0') return 0;
  if (depth === '1') return 1;
  if (depth === 'infinity') return 'infinity';
  throw new GatewayError('bad-request', 'Depth is 0, 1 or infinity');
}

/** Whether the target may be replaced: yes unless told otherwise (RFC 4918 §10.6). @throws GatewayError `bad-request` */
export function readOverwrite({ headers }: Pick<HttpRequest, 'headers'>): boolean {
  const overwrite = headers.get('overwrite')?.toUpperCase();
  if (overwrite === undefined || overwrite === 'T') return true;
  if (overwrite === 'F') return false;
  throw new GatewayError('bad-request', 'Overwrite is T or F');
}

/**
 * Where COPY and MOVE put what they take (RFC 4918 §10.3): 502 on another host, 403 outside the file tree.
 * @throws GatewayError `bad-request`, `bad-path`
 */
export function readDestination(
  request: Pick<HttpRequest, 'headers' | 'host'>,
): { readonly ok: true; readonly path: VPath } | { readonly ok: false; readonly answer: HttpAnswer } {
  const destination = request.headers.get('destination');
  if (destination === undefined) throw new GatewayError('bad-request', 'COPY and MOVE need a Destination header');
  const located = locateReference(destination, request.host);
  if (located === 'other-host') return { ok: false, answer: refuse(502, 'the destination is on another server') };
  if (located.place === 'files') return { ok: true, path: located.path };
  return { ok: false, answer: refuse(403, 'the destination lies outside the file tree') };
}

/**
 * The time a client wants kept, in seconds since the epoch, as Nextcloud clients send it.
 * @returns milliseconds @throws GatewayError `bad-request`
 */
export function readMtime({ headers }: Pick<HttpRequest, 'headers'>): number | undefined {
  const mtime = headers.get('x-oc-mtime');
  if (mtime === undefined) return undefined;
  if (!/^\d{1,11}(?:\.\d{1,9})?$/.test(mtime)) {
    throw new GatewayError('bad-request', 'X-OC-Mtime is a number of seconds since 1970');
  }
  return Math.trunc(Number(mtime) * 1000);
}
