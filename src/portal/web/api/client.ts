import type { Problem } from '../../schemas/common.ts';
import { language, t } from '../i18n/language.ts';

export const API = '/api/v1';

/** What the gateway said against a request, or that it could not be reached (status 0). */
export class ApiError extends Error {
  readonly status: number;
  readonly problem: Problem;
  /** When to try again, where the gateway says it. */
  readonly retryAfterSeconds: number | undefined;

  constructor(problem: Problem, retryAfterSeconds?: number, options?: ErrorOptions) {
    super(problem.detail, options);
    this.name = 'ApiError';
    this.status = problem.status;
    this.problem = problem;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

type Query = Readonly<Record<string, string | number | undefined>>;

export type ApiOptions = {
  readonly query?: Query;
  /** Sent as JSON; a Blob as it is. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
};

/** `/api/v1/folder?path=…` */
export function apiUrl(path: string, query: Query = {}): string {
  const words = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) words.set(name, String(value));
  const text = words.toString();
  return `${API}${path}${text === '' ? '' : `?${text}`}`;
}

/**
 * Headers that every request carries: no form of another site can send the first, and answers come in the language of
 * the page.
 */
export function apiHeaders(): Record<string, string> {
  return { 'X-Sluis-Request': '1', 'X-Sluis-Language': language.peek(), Accept: 'application/json' };
}

/** Asks the API. The shape of the answer is that of its schema. @throws ApiError */
export async function api<Answer>(method: string, path: string, options: ApiOptions = {}): Promise<Answer> {
  const response = await apiResponse(method, path, options);
  if (response.status === 204 || response.headers.get('Content-Length') === '0') return undefined as Answer;
  return (await response.json()) as Answer;
}

/** The same where the answer is no JSON. @throws ApiError */
export async function apiResponse(
  method: string,
  path: string,
  { query, body, headers, signal }: ApiOptions = {},
): Promise<Response> {
  const isBlob = body instanceof Blob;
  const sent = body === undefined || isBlob ? body : JSON.stringify(body);
  const type: Record<string, string> = body === undefined || isBlob ? {} : { 'Content-Type': 'application/json' };
  const request: RequestInit = { method, headers: { ...apiHeaders(), ...type, ...headers } };
  if (sent !== undefined) request.body = sent;
  if (signal !== undefined) request.signal = signal;
  let response: Response;
  try {
    response = await fetch(apiUrl(path, query), request);
  } catch (error) {
    if (signal?.aborted) throw error;
    throw unreachable(error);
  }
  if (response.ok) return response;
  throw errorOf(response.status, await response.text().catch(() => ''), response.headers.get('Retry-After'));
}

/** Also for requests that are made otherwise, such as uploads. */
export function errorOf(status: number, text: string, retryAfter: string | null): ApiError {
  const seconds = retryAfter === null || !/^\d+$/.test(retryAfter) ? undefined : Number(retryAfter);
  return new ApiError(problemOf(status, text), seconds);
}

export function unreachable(cause?: unknown): ApiError {
  const problem = { type: 'about:blank', title: t('shell.unreachable'), status: 0, code: 'unreachable' };
  return new ApiError({ ...problem, detail: t('shell.unreachableDetail') }, undefined, { cause });
}

function problemOf(status: number, text: string): Problem {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && 'detail' in value && 'title' in value) {
      return { type: 'about:blank', code: 'unknown', ...value, status } as Problem;
    }
  } catch {
    // not every answer on the way is the gateway's
  }
  const title = t('shell.unexpected');
  return { type: 'about:blank', title, status, detail: t('shell.unexpectedDetail', { status }), code: 'unknown' };
}

/** What any error says to the reader. */
export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  const detail = error instanceof Error ? error.message : String(error);
  return new ApiError({ type: 'about:blank', title: t('shell.unexpected'), status: 0, detail, code: 'unknown' });
}
