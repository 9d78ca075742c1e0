import type { HttpAnswer, HttpRequest } from '../domain/http.ts';

/** A custom header: no form of another site can send it, and a script of another site must ask before it does. */
export const REQUEST_HEADER = 'x-sluis-request';

/** What browser features our pages use: none. */
const PERMISSIONS =
  'camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=(), hid=(), midi=(), display-capture=(), ' +
  'browsing-topics=(), publickey-credentials-get=(), screen-wake-lock=()';

/** On every answer of the portal, pages and API alike. Certificates are ambient, so nothing else may share their context. */
export const PORTAL_HEADERS: HttpAnswer['headers'] = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': PERMISSIONS,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'X-Frame-Options': 'DENY',
};

/**
 * Whether a request may have been made by a page of somebody else in the browser of a partner's employee, whose certificate
 * goes along by itself (Fetch Metadata, https://www.w3.org/TR/fetch-metadata/). Programs send none of these headers but the
 * one that is asked of all.
 */
export function isForeign({ method, headers, host }: Pick<HttpRequest, 'method' | 'headers' | 'host'>): boolean {
  const reads = method === 'GET' || method === 'HEAD';
  const site = headers.get('sec-fetch-site');
  // "none": somebody typed the address, or opened a bookmark. No page can make that happen.
  if (site !== undefined && site !== 'same-origin' && !(reads && site === 'none')) return true;
  if (reads) return false;
  const origin = headers.get('origin');
  if (origin !== undefined && origin.toLowerCase() !== `https://${host.toLowerCase()}`) return true;
  return headers.get(REQUEST_HEADER) !== '1';
}
