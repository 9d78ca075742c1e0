import type { Current } from '../domain/current.ts';
import type { HttpAnswer, HttpHandler, HttpRequest } from '../domain/http.ts';
import type { Logger } from '../domain/logger.ts';
import type { Language } from '../domain/partner.ts';
import { partsOf, type VPath } from '../domain/vpath.ts';
import { languageOf } from '../texts/texts.ts';
import { API_URL } from './api-url.ts';
import { readJson } from './json-body.ts';
import { problemAnswer, problemOf } from './problems.ts';
import { readQuery } from './query.ts';
import type { Invalid, Reply, Route } from './route.ts';
import { isForeign, PORTAL_HEADERS } from './security.ts';

export type RouterParts = {
  readonly routes: readonly Route[];
  /** Languages that are offered; the first is the default. */
  readonly languages: Current<readonly Language[]>;
  readonly logger: Logger;
};

type Found = { readonly route: Route; readonly params: Readonly<Record<string, string>> };

/** Whether a request is for the API. */
export function isApi({ place, path }: Pick<HttpRequest, 'place' | 'path'>): boolean {
  return place === 'elsewhere' && (path === API_URL || path.startsWith(`${API_URL}/`));
}

/** The JSON API: finds the route, refuses what a page of somebody else may have sent, checks the request, and asks the handler. */
export function apiHandler({ routes, languages, logger }: RouterParts): HttpHandler {
  return async (request) => {
    const language = askedLanguage(request, languages.value);
    const answer = await answerOf(request, language, routes).catch((error: unknown) =>
      problemOf(error, language, logger),
    );
    const vary = 'Accept-Language, X-Sluis-Language, Sec-Fetch-Site';
    return { ...answer, headers: { ...PORTAL_HEADERS, Vary: vary, ...answer.headers } };
  };
}

/** The language the page was switched to, else that of the browser. */
export function askedLanguage({ headers }: Pick<HttpRequest, 'headers'>, languages: readonly Language[]): Language {
  const chosen = languages.find((language) => language === headers.get('x-sluis-language'));
  return chosen ?? languageOf(headers.get('accept-language'), languages);
}

async function answerOf(request: HttpRequest, language: Language, routes: readonly Route[]): Promise<HttpAnswer> {
  if (isForeign(request)) return problemAnswer('cross-site', language);
  const matching = request.trailingSlash ? [] : matches(routes, request.path);
  if (matching.length === 0) return problemAnswer('no-such-page', language);
  const found = matching.find(({ route }) => allowedMethods(route).includes(request.method));
  if (found === undefined) {
    const allowed = [...new Set(matching.flatMap(({ route }) => allowedMethods(route)))].toSorted();
    return problemAnswer('method-not-allowed', language, { headers: { Allow: allowed.join(', ') } });
  }
  return run(found, request, language);
}

async function run({ route, params }: Found, request: HttpRequest, language: Language): Promise<HttpAnswer> {
  const query = readQuery(request.query);
  if ('fault' in query) return refused({ invalid: [{ pointer: '/query', detail: query.fault }] }, language);
  const body = await bodyOf(route, request);
  if (body === 'wrong-type') return problemAnswer('unsupported-media-type', language);
  if ('invalid' in body) return refused(body, language);
  const session = { ...request.session, protocol: 'portal' } as const;
  const answer = await route.run({ request, session, language, params, query: query.values, body: body.value });
  if ('invalid' in answer) return refused(answer, language);
  return 'reply' in answer ? jsonAnswer(answer) : answer;
}

async function bodyOf(
  route: Route,
  request: HttpRequest,
): Promise<'wrong-type' | Invalid | { readonly value: unknown }> {
  if (route.takesBytes === true) return { value: {} };
  if (route.body === undefined) return request.body.present ? 'wrong-type' : { value: {} };
  return readJson(request);
}

function refused({ invalid }: Invalid, language: Language): HttpAnswer {
  return problemAnswer('invalid-request', language, { errors: [...invalid] });
}

function jsonAnswer({ reply, status, headers }: Reply<unknown>): HttpAnswer {
  if (reply === undefined) return { status, headers: headers ?? {} };
  return { status, headers: { 'Content-Type': 'application/json', ...headers }, body: `${JSON.stringify(reply)}\n` };
}

function allowedMethods({ method, head, answers }: Route): readonly string[] {
  const isJson = Object.values(answers).every(({ media }) => media === undefined);
  return method === 'GET' && (head === true || isJson) ? ['GET', 'HEAD'] : [method];
}

function matches(routes: readonly Route[], path: VPath): readonly Found[] {
  const parts = partsOf(path).slice(partsOf(API_URL as VPath).length);
  return routes.flatMap((route) => {
    const params = matched(route.path, parts);
    return params === undefined ? [] : [{ route, params }];
  });
}

/** The parts of a path that stand where a pattern has `{names}`; undefined where it does not fit. */
function matched(pattern: string, parts: readonly string[]): Readonly<Record<string, string>> | undefined {
  const wanted = pattern.slice(1).split('/');
  if (wanted.length !== parts.length) return undefined;
  const params: Record<string, string> = Object.create(null);
  for (const [index, want] of wanted.entries()) {
    const part = parts[index] ?? '';
    const name = /^\{(\w+)\}$/.exec(want)?.[1];
    if (name !== undefined) params[name] = part;
    else if (want !== part) return undefined;
  }
  return params;
}
