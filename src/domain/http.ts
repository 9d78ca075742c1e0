import { GatewayError } from './errors.ts';
import type { Session } from './principal.ts';
import { parseVPath, ROOT, type VPath } from './vpath.ts';

/** The URL path under which the virtual tree stands. */
export const FILES_URL = '/files';

/** What a URL names: the host itself, a name in the virtual tree (`path` is below `/files`), or anything else. */
export type Located = {
  readonly place: 'root' | 'files' | 'elsewhere';
  readonly path: VPath;
  readonly trailingSlash: boolean;
};

/** The bytes of a request as they come in. Reading begins the body: a waiting client is told to go on only then. */
export interface HttpBody extends AsyncIterable<Uint8Array> {
  readonly present: boolean;
  /** Content-Length; undefined where the body is chunked. */
  readonly length: number | undefined;
  /**
   * Pieces as they came, at least `bytes` of them together but for the last: fewer steps for a large body. They are lent:
   * good until the next are asked for.
   */
  batches(bytes: number): AsyncIterable<readonly Uint8Array[]>;
}

/**
 * A source that lends its memory: each piece is good until the next one is asked for. Nothing is allocated for each piece,
 * so a large file costs no garbage.
 */
export interface LendsBytes {
  /** @param room gives buffers in place of its own; then a piece is good for as long as whoever gives them says */
  lend(room?: RoomFor): AsyncIterable<Uint8Array>;
}

/** Memory that nobody uses, for about so many bytes; any number of them will do. */
export type RoomFor = (bytes: number) => Buffer;

/** A request that passed the guard, by somebody who was admitted. Header names are lower case. */
export type HttpRequest = Located & {
  readonly method: string;
  readonly query: string;
  /** Authority of the Host header. */
  readonly host: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: HttpBody;
  readonly session: Session;
  /** Calls back once when the connection of the answer is gone, whether it was sent to its end or not. */
  readonly onLeave?: ((left: () => void) => void) | undefined;
};

export type HttpAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number>>;
  /** A stream is read with back-pressure and destroyed when the client leaves. One that lends its bytes is asked to. */
  readonly body?: string | Uint8Array | AsyncIterable<Uint8Array | string> | undefined;
};

export type HttpHandler = (request: HttpRequest) => Promise<HttpAnswer>;

/**
 * The path a percent-encoded URL path names (RFC 3986 §2.1, §3.3).
 * @throws GatewayError `bad-path` for `%zz`, bytes that are not UTF-8, an encoded slash, control characters, ".."
 */
export function decodeUrlPath(encoded: string): VPath {
  if (!/^[\x21-\x22\x24-\x3e\x40-\x7e]*$/.test(encoded)) {
    throw new GatewayError(
      'bad-path',
      'a URL path holds printable ASCII only; write other characters as %XX of their UTF-8',
    );
  }
  if (/%(?![0-9A-Fa-f]{2})/.test(encoded)) {
    throw new GatewayError('bad-path', 'a "%" in a URL is followed by two hexadecimal digits');
  }
  if (/%2f/i.test(encoded)) throw new GatewayError('bad-path', 'a name may not hold "/"');
  return parseVPath(decodeUtf8(encoded));
}

function decodeUtf8(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch (error) {
    throw new GatewayError('bad-path', 'a name in a URL is UTF-8', { cause: error });
  }
}

/** The URL path of a name in the virtual tree, every part percent-encoded; folders end in "/". */
export function encodeUrlPath(path: VPath, kind: 'file' | 'folder'): string {
  if (path === ROOT) return `${FILES_URL}/`;
  return `${FILES_URL}${path.split('/').map(encodeURIComponent).join('/')}${kind === 'folder' ? '/' : ''}`;
}

/** Where an origin-form target points (RFC 9112 §3.2.1). @throws GatewayError `bad-path`, `bad-request` */
export function locateTarget(target: string): Located & { readonly query: string } {
  if (!target.startsWith('/')) throw new GatewayError('bad-request', 'the request target begins with "/"');
  if (target.includes('#'))
    throw new GatewayError('bad-request', 'a request target holds no fragment; write "#" as %23');
  const mark = target.indexOf('?');
  const encoded = mark === -1 ? target : target.slice(0, mark);
  const query = mark === -1 ? '' : target.slice(mark + 1);
  const path = decodeUrlPath(encoded);
  const trailingSlash = encoded.endsWith('/');
  if (path === ROOT) return { place: 'root', path, trailingSlash, query };
  if (path === FILES_URL) return { place: 'files', path: ROOT, trailingSlash, query };
  if (path.startsWith(`${FILES_URL}/`)) {
    return { place: 'files', path: parseVPath(path.slice(FILES_URL.length)), trailingSlash, query };
  }
  return { place: 'elsewhere', path, trailingSlash, query };
}

const AUTHORITY = /^(?:\[[0-9a-f:.]+\]|[a-z0-9._~-]+)(?::(\d{0,5}))?$/;
const MAX_PORT = 65_535;
const ABSOLUTE = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)(.*)$/i;

/**
 * Where an absolute-form target points (RFC 9112 §3.2.2); its authority counts, whatever Host says.
 * @throws GatewayError `bad-request`, `bad-path`
 */
export function locateAbsoluteTarget(target: string): Located & { readonly query: string; readonly host: string } {
  const [, scheme = '', host = '', rest = ''] = ABSOLUTE.exec(target) ?? [];
  if (!/^https?$/i.test(scheme)) throw new GatewayError('bad-request', 'the request target begins with "/"');
  if (!isAuthority(host)) throw new GatewayError('bad-request', 'the host of the request target is malformed');
  return { ...locateTarget(rest.startsWith('/') ? rest : `/${rest}`), host };
}

/**
 * Where a reference in a header points (RFC 4918 §8.3: an absolute URI or an absolute path).
 * @param host authority of the request's Host header
 * @returns `other-host` where it names another server
 * @throws GatewayError `bad-request`, `bad-path`
 */
export function locateReference(reference: string, host: string): Located | 'other-host' {
  if (reference.startsWith('/') && !reference.startsWith('//')) return locateTarget(reference);
  const parts = ABSOLUTE.exec(reference);
  if (!parts) throw new GatewayError('bad-request', 'a URL in a header is an absolute URL or an absolute path');
  const [, rawScheme = '', rawAuthority = '', rest = ''] = parts;
  const scheme = rawScheme.toLowerCase();
  if (scheme !== 'https' && scheme !== 'http') return 'other-host';
  const authority = rawAuthority.toLowerCase();
  if (!isAuthority(authority)) throw new GatewayError('bad-request', 'the host of a URL in a header is malformed');
  const located = locateTarget(rest.startsWith('/') ? rest : `/${rest}`);
  return withoutDefaultPort(authority, scheme) === withoutDefaultPort(host.toLowerCase(), scheme)
    ? located
    : 'other-host';
}

/** An empty port is the default one (RFC 3986 §3.2.3). */
function withoutDefaultPort(authority: string, scheme: string): string {
  return authority.replace(scheme === 'https' ? /:(?:443)?$/ : /:(?:80)?$/, '');
}

/** Whether a Host header holds one well-formed authority (RFC 9112 §3.2). */
export function isAuthority(host: string): boolean {
  const parts = AUTHORITY.exec(host.toLowerCase());
  return parts !== null && Number(parts[1] ?? 0) <= MAX_PORT;
}
