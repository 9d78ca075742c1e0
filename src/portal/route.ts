import { z } from 'zod';
import type { HttpAnswer, HttpRequest } from '../domain/http.ts';
import type { Language } from '../domain/partner.ts';
import type { Session } from '../domain/principal.ts';
import { coerced } from './query.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** The parts a handler works with, once somebody asks; the description of the API needs none. */
export type Later<Parts> = () => Parts;

/** What a handler gets: whatever came from outside was checked against the schemas of its route. */
export type Call<Params = unknown, Query = unknown, Body = unknown> = {
  readonly request: HttpRequest;
  /** As that of the request, with the protocol `portal`. */
  readonly session: Session;
  readonly language: Language;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
};

/** One way a request can end well. Without a schema the answer has no body, or one of the media type. */
export type AnswerSpec<Schema extends z.ZodType = z.ZodType> = {
  readonly about: string;
  readonly schema?: Schema;
  readonly media?: string;
};

type Answers = Readonly<Record<number, AnswerSpec>>;
/** What a handler gives may be as unchangeable as it likes. */
type Given<Value> = Value extends readonly (infer Item)[]
  ? readonly Given<Item>[]
  : Value extends object
    ? { readonly [Name in keyof Value]: Given<Value[Name]> }
    : Value;

type ValueOf<A extends Answers> = {
  [Status in keyof A]: A[Status] extends { readonly schema: infer Schema extends z.ZodType }
    ? Given<z.input<Schema>>
    : never;
}[keyof A];

/** A value that is sent as JSON. */
export type Reply<Value> = {
  readonly reply: Value;
  readonly status: number;
  readonly headers?: HttpAnswer['headers'] | undefined;
};

const NOTHING = z.strictObject({});
type Nothing = typeof NOTHING;

/** One line of the table of routes: what is asked how, what comes back, and who does it. */
export type RouteSpec<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, A extends Answers> = {
  readonly method: Method;
  /** Below `/api/v1`; `{name}` is one part of the path, of which `params` has the schema. */
  readonly path: `/${string}`;
  readonly summary: string;
  readonly params?: P;
  readonly query?: Q;
  /** Of a JSON body. */
  readonly body?: B;
  /** The handler reads the body itself, as bytes. */
  readonly takesBytes?: boolean;
  /** Whether HEAD is offered beside GET, where the body is no JSON. */
  readonly head?: boolean;
  readonly answers: A;
  readonly handle: (call: Call<z.output<P>, z.output<Q>, z.output<B>>) => Promise<Reply<ValueOf<A>> | HttpAnswer>;
};

/** What the schemas have against a request (RFC 6901 pointers into `path`, `query` or `body`). */
export type Invalid = { readonly invalid: readonly { readonly pointer: string; readonly detail: string }[] };

/** What came in, before any schema saw it. */
export type Incoming = Omit<Call, 'params' | 'query' | 'body'> & {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
};

/** A route of which nobody needs to know the types any more. */
export type Route = Omit<RouteSpec<z.ZodType, z.ZodType, z.ZodType, Answers>, 'handle'> & {
  readonly run: (incoming: Incoming) => Promise<Reply<unknown> | HttpAnswer | Invalid>;
};

/** A route whose requests are checked and whose handler is held to its schemas. */
export function route<
  A extends Answers,
  P extends z.ZodType = Nothing,
  Q extends z.ZodType = Nothing,
  B extends z.ZodType = Nothing,
>(spec: RouteSpec<P, Q, B, A>): Route {
  const { handle, ...rest } = spec;
  const query = spec.query ?? NOTHING;
  return {
    ...rest,
    run: async (incoming) => {
      const params = (spec.params ?? NOTHING).safeParse(incoming.params);
      const asked = query.safeParse(coerced(query, incoming.query));
      const body = (spec.body ?? NOTHING).safeParse(incoming.body);
      if (!params.success || !asked.success || !body.success) {
        const failed = { path: params.error, query: asked.error, body: body.error };
        return { invalid: Object.entries(failed).flatMap(([where, error]) => faultsOf(where, error)) };
      }
      // Where a schema is absent, its place in the call is an empty object.
      return handle({
        ...incoming,
        params: params.data as z.output<P>,
        query: asked.data as z.output<Q>,
        body: body.data as z.output<B>,
      });
    },
  };
}

/** An answer of JSON. */
export function reply<Value>(value: Value, status = 200, headers?: HttpAnswer['headers']): Reply<Value> {
  return { reply: value, status, headers };
}

function faultsOf(where: string, error: z.ZodError | undefined): Invalid['invalid'] {
  return (error?.issues ?? []).flatMap(({ code, path, message, ...issue }) => {
    const names = code === 'unrecognized_keys' && 'keys' in issue ? (issue.keys as readonly string[]) : [undefined];
    return names.map((name) => ({
      pointer: [where, ...path, ...(name === undefined ? [] : [name])]
        .map((part) => `/${escaped(String(part))}`)
        .join(''),
      detail: name === undefined ? message : 'nobody asked for this',
    }));
  });
}

/** RFC 6901 §3 */
function escaped(part: string): string {
  return part.replaceAll('~', '~0').replaceAll('/', '~1');
}
