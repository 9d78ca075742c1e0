import { GatewayError } from '../domain/errors.ts';
import { isAuthority, type Located, locateTarget } from '../domain/http.ts';
import { ROOT } from '../domain/vpath.ts';

/** The head of a request as the parser left it; `rawHeaders` alternates names and values, duplicates included. */
export type RawHead = {
  readonly method: string;
  readonly target: string;
  readonly httpVersion: string;
  readonly rawHeaders: readonly string[];
};

/** A head that is whole and means one thing only. */
export type GuardedHead = Located & {
  readonly method: string;
  readonly query: string;
  readonly host: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: { readonly present: boolean; readonly length: number | undefined };
  readonly waitsForContinue: boolean;
};

export type Guarded =
  | { readonly ok: true; readonly head: GuardedHead }
  | { readonly ok: false; readonly status: number; readonly sentence: string };

const MAX_HEADERS = 100;

/** Methods some handler may answer; the others are unknown here (RFC 9110 §9.1: 501). */
const METHODS: ReadonlySet<string> = new Set([
  ...['OPTIONS', 'GET', 'HEAD', 'PUT', 'DELETE', 'POST', 'PATCH'],
  ...['MKCOL', 'MOVE', 'COPY', 'PROPFIND', 'PROPPATCH', 'LOCK', 'UNLOCK'],
]);

/** A body on one of these would be ignored, and RFC 4918 §8.4 forbids to ignore one. */
const WITHOUT_BODY: ReadonlySet<string> = new Set(['OPTIONS', 'DELETE', 'MKCOL', 'MOVE', 'COPY', 'UNLOCK']);

/** Headers with one value; two of them could be read in two ways. */
const SINGLE: ReadonlySet<string> = new Set([
  ...['host', 'content-length', 'content-type', 'content-range', 'content-encoding', 'transfer-encoding', 'expect'],
  ...['depth', 'destination', 'overwrite', 'timeout', 'lock-token', 'range', 'if-range', 'if', 'authorization'],
  ...['if-modified-since', 'if-unmodified-since', 'oc-checksum', 'x-oc-mtime', 'user-agent', 'accept-language'],
]);

class Refusal extends Error {
  readonly status: number;
  constructor(status: number, sentence: string) {
    super(sentence);
    this.status = status;
  }
}

/** Refuses what is broken or ambiguous before any handler sees it (RFC 9110, RFC 9112). Pure. */
export function guard(raw: RawHead): Guarded {
  try {
    return { ok: true, head: check(raw) };
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, status: error.status, sentence: error.message };
    if (error instanceof GatewayError) return { ok: false, status: 400, sentence: error.message };
    throw error;
  }
}

function check(raw: RawHead): GuardedHead {
  const headers = readHeaders(raw.rawHeaders);
  if (!METHODS.has(raw.method)) throw new Refusal(501, 'this server does not know that method');
  const host = readHost(headers, raw.httpVersion);
  const where = locate(raw);
  const body = readFraming(headers);
  const expect = headers.get('expect');
  if (expect !== undefined && expect.toLowerCase() !== '100-continue') {
    throw new Refusal(417, 'only "Expect: 100-continue" is understood');
  }
  if (body.present && (raw.method === 'GET' || raw.method === 'HEAD')) {
    throw new Refusal(400, `${raw.method} takes no body`);
  }
  if (body.present && WITHOUT_BODY.has(raw.method)) throw new Refusal(415, `${raw.method} takes no body here`);
  return { ...where, method: raw.method, host, headers, body, waitsForContinue: expect !== undefined };
}

function readHeaders(rawHeaders: readonly string[]): ReadonlyMap<string, string> {
  if (rawHeaders.length / 2 > MAX_HEADERS) throw new Refusal(431, `a request has at most ${MAX_HEADERS} header lines`);
  const headers = new Map<string, string>();
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? '').toLowerCase();
    const value = (rawHeaders[index + 1] ?? '').trim();
    const before = headers.get(name);
    if (before !== undefined && SINGLE.has(name)) throw new Refusal(400, `the header ${name} may stand once`);
    headers.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return headers;
}

function readHost(headers: ReadonlyMap<string, string>, httpVersion: string): string {
  const host = headers.get('host');
  if (host === undefined && httpVersion === '1.0') return '';
  if (host === undefined || !isAuthority(host)) throw new Refusal(400, 'a request names one host in its Host header');
  return host;
}

function locate(raw: RawHead): Located & { readonly query: string } {
  if (raw.method === 'OPTIONS' && raw.target === '*') {
    return { place: 'root', path: ROOT, trailingSlash: true, query: '' }; // asterisk-form, RFC 9112 §3.2.4
  }
  return locateTarget(raw.target);
}

/** How long the body is (RFC 9112 §6.3); the parser has refused both headers at once. */
function readFraming(headers: ReadonlyMap<string, string>): GuardedHead['body'] {
  const encoding = headers.get('transfer-encoding');
  const length = headers.get('content-length');
  if (encoding !== undefined) {
    if (encoding.toLowerCase() !== 'chunked')
      throw new Refusal(501, 'the only transfer coding understood is "chunked"');
    if (length !== undefined) throw new Refusal(400, 'a request has a Content-Length or a Transfer-Encoding, not both');
    return { present: true, length: undefined };
  }
  if (length === undefined) return { present: false, length: 0 };
  if (!/^\d{1,20}$/.test(length)) throw new Refusal(400, 'the Content-Length is not a number');
  const bytes = Number(length);
  if (!Number.isSafeInteger(bytes)) throw new Refusal(413, 'no file that large is taken');
  return { present: bytes > 0, length: bytes };
}
