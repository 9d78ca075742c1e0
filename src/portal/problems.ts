import { asGatewayError, type ErrorCode, GatewayError } from '../domain/errors.ts';
import type { HttpAnswer } from '../domain/http.ts';
import type { Logger } from '../domain/logger.ts';
import type { Language } from '../domain/partner.ts';
import { ERROR_STATUS } from '../http/error-status.ts';
import { type PortalProblem, problemText } from '../texts/portal-problems.ts';
import type { Problem } from './schemas/common.ts';

/** From codes to HTTP, with those of the portal's own (RFC 9110 §15, RFC 6585). */
export const PROBLEM_STATUS = {
  ...ERROR_STATUS,
  'invalid-request': 400,
  'no-such-page': 404,
  'cross-site': 403,
  'method-not-allowed': 405,
  'unsupported-media-type': 415,
  'precondition-required': 428,
  'too-many-requests': 429,
} as const satisfies Record<ErrorCode | PortalProblem, number>;

export type ProblemCode = keyof typeof PROBLEM_STATUS;

export const PROBLEM_TYPE = 'application/problem+json';
const RETRY_SECONDS = 5;

type More = Pick<Problem, 'errors' | 'reference' | 'ticket'> & {
  /** Stands behind the sentence in brackets. */
  readonly about?: string | undefined;
  readonly headers?: HttpAnswer['headers'] | undefined;
};

/** Why a request was not done (RFC 9457), in the language of the caller. */
export function problemAnswer(
  code: ProblemCode,
  language: Language,
  { about, headers, ...more }: More = {},
): HttpAnswer {
  const status = PROBLEM_STATUS[code];
  const value: Problem = {
    type: `urn:sluis:problem:${code}`,
    ...problemText(code, language, about),
    status,
    code,
    ...more,
  };
  return {
    status,
    headers: {
      'Content-Type': PROBLEM_TYPE,
      'Content-Language': language,
      ...(status === 503 && { 'Retry-After': RETRY_SECONDS }),
      ...headers,
    },
    body: `${JSON.stringify(value)}\n`,
  };
}

/** For who asks more than is done at once or in an hour (RFC 6585 §4). */
export function tooMany(waitMs: number, language: Language): HttpAnswer {
  return problemAnswer('too-many-requests', language, { headers: { 'Retry-After': Math.ceil(waitMs / 1000) } });
}

/**
 * The answer for what a handler threw. What is not a `GatewayError` is a fault of ours: its cause goes to the log, and
 * the client learns only that it is one.
 */
export function problemOf(
  thrown: unknown,
  language: Language,
  logger: Logger,
  headers: HttpAnswer['headers'] = {},
): HttpAnswer {
  const error = asGatewayError(thrown);
  const { code, detail, message } = error;
  if (PROBLEM_STATUS[code] >= 500)
    logger.error({ err: error, cause: error.cause, code }, 'a request of the portal failed');
  if (code === 'frozen' && detail !== undefined)
    return problemAnswer(code, language, { about: detail, ticket: detail, headers });
  // What exactly is wrong with a request is for the program that made it.
  const errors = code === 'bad-request' || code === 'bad-path' ? [{ pointer: '', detail: message }] : undefined;
  return problemAnswer(code, language, { about: detail, headers, ...(errors !== undefined && { errors }) });
}

/** A `GatewayError` of one of these codes. */
export function isRefusal(error: unknown, ...codes: readonly ErrorCode[]): error is GatewayError {
  return error instanceof GatewayError && codes.includes(error.code);
}
