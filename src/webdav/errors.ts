import { asGatewayError, type ErrorCode, type GatewayError } from '../domain/errors.ts';
import { encodeUrlPath, type HttpAnswer, type HttpRequest } from '../domain/http.ts';
import type { Logger } from '../domain/logger.ts';
import { ERROR_STATUS } from '../http/error-status.ts';
import { languageOf, textOf } from '../texts/texts.ts';
import { propertyElement } from './multistatus.ts';
import { DAV } from './xml.ts';
import { escapeXml } from './xml-text.ts';

/** What a name may not be made or written over with is a method that it does not allow (RFC 4918 §9.3.1, §9.7.2). */
export const HTTP_STATUS = {
  ...ERROR_STATUS,
  'already-exists': 405,
  'is-folder': 405,
} as const satisfies Record<ErrorCode, number>;

/** Elements of `DAV:error` that tell a client which rule was broken (RFC 4918 §16, RFC 4331 §6). */
export type ErrorElement =
  | 'propfind-finite-depth'
  | 'sufficient-disk-space'
  | 'quota-not-exceeded'
  | 'lock-token-submitted'
  | 'lock-token-matches-request-uri'
  | 'no-conflicting-lock';

const ELEMENT: Partial<Record<ErrorCode, ErrorElement>> = {
  'out-of-space': 'sufficient-disk-space',
  'over-quota': 'quota-not-exceeded',
  locked: 'lock-token-submitted',
  'not-locked': 'lock-token-matches-request-uri',
};

/** An absent name, and a name that this principal may not know of, give this answer and no other. */
const NOT_FOUND = 'there is nothing under this name';

/** As the other sentences of this protocol, where a program asks for no language. */
const ENGLISH_FIRST = ['en', 'nl', 'fr', 'de'] as const;

export const FOLDER_METHODS = 'OPTIONS, GET, HEAD, DELETE, MOVE, COPY, PROPFIND, PROPPATCH, LOCK, UNLOCK';
export const ALL_METHODS =
  'OPTIONS, GET, HEAD, PUT, PATCH, DELETE, MKCOL, MOVE, COPY, PROPFIND, PROPPATCH, LOCK, UNLOCK';
export const ROOT_METHODS = 'OPTIONS, GET, HEAD, PROPFIND';

/** A refusal in one sentence; with an element, as the XML that DAV clients read (RFC 4918 §8.7). */
export function refuse(
  status: number,
  sentence: string,
  options: {
    readonly element?: ErrorElement | undefined;
    /** URLs the element speaks of. */
    readonly hrefs?: readonly string[] | undefined;
    readonly headers?: HttpAnswer['headers'];
  } = {},
): HttpAnswer {
  if (options.element === undefined) {
    const headers = { ...options.headers, 'Content-Type': 'text/plain; charset=utf-8' };
    return { status, headers, body: `${sentence}\n` };
  }
  const headers = { ...options.headers, 'Content-Type': 'application/xml; charset=utf-8' };
  const hrefs = (options.hrefs ?? []).map((href) => `<D:href>${escapeXml(href)}</D:href>`).join('');
  const body =
    `<?xml version="1.0" encoding="utf-8"?>\n` +
    `<D:error xmlns:D="DAV:">${propertyElement({ namespace: DAV, name: options.element }, hrefs)}` +
    `<S:message xmlns:S="urn:sluis:error:1">${escapeXml(sentence)}</S:message></D:error>\n`;
  return { status, headers, body };
}

export function notFound(): HttpAnswer {
  return refuse(HTTP_STATUS['not-found'], NOT_FOUND);
}

/** What a session without a second factor may not do: where to give one, in the language the program asks for. */
export function levelTooLow({ host, headers }: Pick<HttpRequest, 'host' | 'headers'>): HttpAnswer {
  const language = languageOf(headers.get('accept-language'), ENGLISH_FIRST);
  const sentence = textOf('level-too-low', language, `https://${host}/step-up`);
  return refuse(HTTP_STATUS['level-too-low'], sentence, { headers: { 'Content-Language': language } });
}

/** 405 with what is allowed instead (RFC 9110 §15.5.6). */
export function methodNotAllowed(sentence: string, allow: string): HttpAnswer {
  return refuse(405, sentence, { headers: { Allow: allow } });
}

/**
 * The answer for what a handler threw. What is not a `GatewayError` is a fault of ours: its cause goes to the log, and
 * the client learns only that it is one.
 * @param statusOf codes that mean something else to this method than in the table
 */
export function answerError(
  thrown: unknown,
  request: Pick<HttpRequest, 'path'>,
  logger: Logger,
  statusOf: Partial<Record<ErrorCode, number>> = {},
): HttpAnswer {
  const error = asGatewayError(thrown);
  const status = statusOf[error.code] ?? HTTP_STATUS[error.code];
  if (error.code === 'not-found') return notFound();
  if (status >= 500) logFault(error, logger);
  if (status === 405) return methodNotAllowed(error.message, FOLDER_METHODS);
  const headers = status === 503 ? { 'Retry-After': 5 } : {};
  // RFC 4918 §16: lock-token-submitted names a resource whose lock stood in the way.
  const hrefs = error.code === 'locked' ? [encodeUrlPath(error.path ?? request.path, 'file')] : undefined;
  return refuse(status, error.message, { element: ELEMENT[error.code], hrefs, headers });
}

function logFault(error: GatewayError, logger: Logger): void {
  logger.error({ err: error, cause: error.cause, code: error.code }, 'a WebDAV request failed');
}
