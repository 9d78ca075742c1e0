import { GatewayError } from '../domain/errors.ts';
import { isAuthority, type Located, locateAbsoluteTarget, locateTarget } from '../domain/http.ts';
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
const MAX_HEADER_BYTES = 16 * 1024;
/** Room for a path of 4096 bytes with every byte escaped, and a query. */
const MAX_TARGET_BYTES = 16 * 1024;

/** Methods some handler may answer; the others are unknown here (RFC 9110 §9.1: 501). */
const METHODS: ReadonlySet<string> = new Set([
  ...['OPTIONS', 'GET', 'HEAD', 'PUT', 'DELETE', 'POST', 'PATCH'],
  ...['MKCOL', 'MOVE', 'COPY', 'PROPFIND', 'PROPPATCH', 'LOCK', 'UNLOCK'],
]);

/** A body on one of these would be ignored, and RFC 4918 §8.4 forbids to ignore one. */
const WITHOUT_BODY: ReadonlySet<string> = new Set(['OPTIONS', 'DELETE', 'MKCOL', 'MOVE', 'COPY', 'UNLOCK']);

/** Headers with one value; two of them could be read in two ways. */
const SINGLE: ReadonlySet<string> = new Set([
  ...['host', 'content-length', 'content-type', 'content-range', 'content-encoding', 'expect'],
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
  if (raw.httpVersion !== '1.1' && raw.httpVersion !== '1.0') throw new Refusal(505, 'this server speaks HTTP/1.1');
  if (raw.target.length > MAX_TARGET_BYTES) throw new Refusal(414, 'no URL that long is read');
  const headers = readHeaders(raw.rawHeaders);
  if (!METHODS.has(raw.method)) throw new Refusal(501, 'this server does not know that method');
  const host = readHost(headers, raw.httpVersion);
  const where = locate(raw, host);
  const body = readFraming(headers, raw.httpVersion);
  const waitsForContinue = readExpect(headers, raw.httpVersion);
  if (body.present && (raw.method === 'GET' || raw.method === 'HEAD')) {
    throw new Refusal(400, `${raw.method} takes no body`);
  }
  if (body.present && WITHOUT_BODY.has(raw.method)) throw new Refusal(415, `${raw.method} takes no body here`);
  if (body.present && (headers.get('content-encoding') ?? 'identity').toLowerCase() !== 'identity') {
    throw new Refusal(415, 'send the body without a Content-Encoding');
  }
  return { ...where, method: raw.method, headers, body, waitsForContinue };
}

function readHeaders(rawHeaders: readonly string[]): ReadonlyMap<string, string> {
  if (rawHeaders.length / 2 > MAX_HEADERS) throw new Refusal(431, `a request has at most ${MAX_HEADERS} header lines`);
  // Each line has a colon, a space and CRLF besides.
  const bytes = rawHeaders.reduce((sum, part) => sum + part.length + 2, 0);
  if (bytes > MAX_HEADER_BYTES) throw new Refusal(431, `a request has at most ${MAX_HEADER_BYTES} bytes of headers`);
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

function locate(raw: RawHead, host: string): Located & { readonly query: string; readonly host: string } {
  if (raw.method === 'OPTIONS' && raw.target === '*') {
    return { place: 'root', path: ROOT, trailingSlash: true, query: '', host }; // asterisk-form, RFC 9112 §3.2.4
  }
  if (raw.target.startsWith('/')) return { ...locateTarget(raw.target), host };
  return locateAbsoluteTarget(raw.target);
}

/** @returns whether the client waits; HTTP/1.0 does not know of it (RFC 9110 §10.1.1) */
function readExpect(headers: ReadonlyMap<string, string>, httpVersion: string): boolean {
  const expect = headers.get('expect');
  if (expect === undefined || httpVersion === '1.0') return false;
  if (expect.toLowerCase() === '100-continue') return true;
  throw new Refusal(417, 'only "Expect: 100-continue" is understood');
}

/** How long the body is (RFC 9112 §6.3); the parser has refused both headers at once. */
function readFraming(headers: ReadonlyMap<string, string>, httpVersion: string): GuardedHead['body'] {
  const encoding = headers.get('transfer-encoding');
  const length = headers.get('content-length');
  if (encoding !== undefined) {
    refuseCoding(encoding, httpVersion);
    if (length !== undefined) throw new Refusal(400, 'a request has a Content-Length or a Transfer-Encoding, not both');
    return { present: true, length: undefined };
  }
  if (length === undefined) return { present: false, length: 0 };
  if (!/^\d+$/.test(length)) throw new Refusal(400, 'the Content-Length is not a number');
  const bytes = Number(length);
  if (!Number.isSafeInteger(bytes)) throw new Refusal(413, 'no file that large is taken');
  return { present: bytes > 0, length: bytes };
}

/** Takes `chunked` and nothing else (RFC 9112 §6.1, §6.3). @throws Refusal */
function refuseCoding(encoding: string, httpVersion: string): void {
  if (httpVersion === '1.0') throw new Refusal(400, 'HTTP/1.0 has no Transfer-Encoding');
  const codings = encoding.split(',').map((coding) => coding.trim().toLowerCase());
  if (codings.at(-1) !== 'chunked') throw new Refusal(400, 'the last transfer coding of a request is "chunked"');
  if (codings.indexOf('chunked') !== codings.length - 1) throw new Refusal(400, 'a body is chunked once');
  if (codings.length > 1) throw new Refusal(501, 'the only transfer coding understood is "chunked"');
}
