import type { FactorRefusal, Proof, Refusal, SecondFactors } from '../access/second-factor.ts';
import type { Current } from '../domain/current.ts';
import { asGatewayError, GatewayError } from '../domain/errors.ts';
import type { HttpAnswer, HttpBody, HttpHandler, HttpRequest } from '../domain/http.ts';
import type { Logger } from '../domain/logger.ts';
import type { Language } from '../domain/partner.ts';
import type { Session } from '../domain/principal.ts';
import { STEP_UP, type StepUpText, stepUpText } from '../texts/step-up.ts';
import { askedLanguage } from './router.ts';
import { FormToken, siteOf } from './same-site.ts';
import { PORTAL_HEADERS } from './security.ts';
import { statusAnswer, stepUpPage } from './step-up-page.ts';

export const STEP_UP_URL = '/step-up';
export const STEP_UP_API_URL = '/api/v1/step-up';

export type StepUpPageParts = {
  readonly factors: Pick<SecondFactors, 'offered' | 'openUntil' | 'stepUp'>;
  /** Languages that are offered; the first is the default. */
  readonly languages: Current<readonly Language[]>;
  readonly logger: Logger;
  /** For the words in forms: random, new with every start. */
  readonly formKey: Uint8Array;
};

/** One request of a session, which is the portal's from here on. */
type Visit = { readonly request: HttpRequest; readonly session: Session; readonly language: Language };

type Trouble = { readonly status: number; readonly text: StepUpText; readonly waitSeconds?: number | undefined };

const MAX_BODY_BYTES = 4096;
const BUSY_SECONDS = 5;

const STATUS = {
  'no-second-factor': 403,
  'second-factor-wrong': 403,
  'second-factor-used': 403,
  'second-factor-wait': 429,
  'second-factor-busy': 503,
} as const satisfies Record<FactorRefusal, number>;

/** The page and the API by which a client that cannot ask, such as a network drive, gets its second factor. */
export function stepUpHandler(parts: StepUpPageParts): HttpHandler {
  const token = new FormToken(parts.formKey);
  const answerOf = async (request: HttpRequest): Promise<HttpAnswer> => {
    const language = askedLanguage(request, parts.languages.value);
    const visit: Visit = { request, session: { ...request.session, protocol: 'portal' }, language };
    const isApi = request.path === STEP_UP_API_URL;
    const { method } = request;
    if (method === 'GET' || method === 'HEAD') {
      return isApi ? statusAnswer(visit.session, parts.factors) : formPage(visit, parts, token);
    }
    if (method !== 'POST') return { status: 405, headers: { Allow: 'GET, HEAD, POST' } };
    const trouble = await attempt(visit, parts, isApi ? proofOfJson : (one) => proofOfForm(one, token));
    if (isApi) return trouble === undefined ? statusAnswer(visit.session, parts.factors) : problem(trouble, language);
    return formPage(visit, parts, token, trouble);
  };
  return async (request) => {
    const answer = await answerOf(request);
    return { ...answer, headers: { ...PORTAL_HEADERS, ...answer.headers } };
  };
}

/** @returns what went wrong, if anything did */
async function attempt(
  visit: Visit,
  { factors, logger }: StepUpPageParts,
  proofOf: (visit: Visit) => Promise<Proof | Trouble>,
): Promise<Trouble | undefined> {
  try {
    const proof = await proofOf(visit);
    if ('status' in proof) return proof;
    const result = await factors.stepUp(visit.session, proof);
    return result.ok ? undefined : troubleOf(result);
  } catch (thrown) {
    const error = asGatewayError(thrown);
    if (error.code === 'too-large') return { status: 413, text: 'form-not-understood' };
    if (error.code === 'bad-request') return { status: 400, text: 'form-not-understood' };
    logger.error({ err: error, cause: error.cause }, 'a second factor could not be checked');
    return { status: 503, text: 'unavailable', waitSeconds: BUSY_SECONDS };
  }
}

function troubleOf({ reason, waitSeconds }: Refusal): Trouble {
  const wait = reason === 'second-factor-busy' ? BUSY_SECONDS : waitSeconds;
  return { status: STATUS[reason], text: reason, waitSeconds: wait };
}

/** `{"totp": "123456"}` or `{"password": "…"}`. A page of another site cannot send JSON without asking first. */
async function proofOfJson({ request }: Visit): Promise<Proof | Trouble> {
  if (siteOf(request) === 'other') return { status: 403, text: 'other-site' };
  if (mediaType(request) !== 'application/json') return { status: 415, text: 'form-not-understood' };
  const value = parseJson(await readSmall(request.body));
  const totp = memberOf(value, 'totp');
  const password = memberOf(value, 'password');
  return proofOf(totp, password);
}

async function proofOfForm({ request, session }: Visit, token: FormToken): Promise<Proof | Trouble> {
  const site = siteOf(request);
  if (site === 'other') return { status: 403, text: 'other-site' };
  if (mediaType(request) !== 'application/x-www-form-urlencoded') return { status: 415, text: 'form-not-understood' };
  const fields = new URLSearchParams(await readSmall(request.body));
  if (site === 'not-said' && !token.isOf(session, fields.get('token') ?? ''))
    return { status: 403, text: 'other-site' };
  return proofOf(fields.get('totp') ?? undefined, fields.get('password') ?? undefined);
}

function proofOf(totp: string | undefined, password: string | undefined): Proof | Trouble {
  const wrong = { status: 400, text: 'form-not-understood' } as const;
  if (totp !== undefined && password !== undefined) return wrong;
  if (password !== undefined && password !== '') return { kind: 'password', password };
  const code = totp?.replaceAll(/\s/g, ''); // apps show it in two groups
  return code !== undefined && /^\d{6}$/.test(code) ? { kind: 'totp', code } : wrong;
}

function formPage(
  { session, language }: Visit,
  { factors }: StepUpPageParts,
  token: FormToken,
  trouble?: Trouble,
): HttpAnswer {
  const answer = stepUpPage({ session, language, factors, token: token.of(session), trouble: trouble?.text });
  return {
    ...answer,
    status: trouble?.status ?? 200,
    headers: { ...answer.headers, ...retryAfter(trouble) },
  };
}

/** RFC 9457 */
function problem(trouble: Trouble, language: Language): HttpAnswer {
  const type = `urn:sluis:problem:${trouble.text}`;
  const { status, text } = trouble;
  const value = { type, title: STEP_UP.refused[language], status, detail: stepUpText(text, language), code: text };
  const headers = {
    'Content-Type': 'application/problem+json',
    'Content-Language': language,
    Vary: 'Accept-Language',
    ...retryAfter(trouble),
  };
  return { status, headers, body: `${JSON.stringify(value)}\n` };
}

function retryAfter(trouble: Trouble | undefined): Readonly<Record<string, number>> {
  return trouble?.waitSeconds === undefined ? {} : { 'Retry-After': trouble.waitSeconds };
}

function mediaType({ headers }: HttpRequest): string {
  return (headers.get('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/** @throws GatewayError `too-large`, `bad-request` */
async function readSmall(body: HttpBody): Promise<string> {
  if ((body.length ?? 0) > MAX_BODY_BYTES) throw new GatewayError('too-large', 'this is too much for a form');
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new GatewayError('too-large', 'this is too much for a form');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new GatewayError('bad-request', 'the body of the request is not JSON', { cause });
  }
}

/** @throws GatewayError `bad-request` where the member is no text */
function memberOf(value: unknown, name: string): string | undefined {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  const member: unknown = Reflect.get(value, name);
  if (typeof member !== 'string') throw new GatewayError('bad-request', `"${name}" is a text`);
  return member;
}
