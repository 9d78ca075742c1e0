import { setImmediate as nextTurn } from 'node:timers/promises';
import { z } from 'zod';
import { API_URL } from './api-url.ts';
import { type AnswerSpec, type Route, reply, route } from './route.ts';
import { problem } from './schemas/common.ts';
import { events } from './schemas/events.ts';

type Json = { readonly [name: string]: unknown };
type Direction = 'input' | 'output';

const INFO = {
  title: 'Sluis portal',
  version: '1',
  description:
    'What a partner does in the browser, as JSON. Callers come in with their client certificate, as to every other door. ' +
    'Requests that change something carry the header `X-Sluis-Request: 1`. Problems are RFC 9457 details in the language ' +
    'of `Accept-Language` or `X-Sluis-Language`.',
};

/** The routes with the description of them all, which is made for whoever asks first: few gateways are ever asked. */
export function withDescription(routes: readonly Route[]): readonly Route[] {
  let document: Promise<Json> | undefined;
  const described: readonly Route[] = [
    ...routes,
    route({
      method: 'GET',
      path: '/openapi.json',
      summary: 'This description',
      answers: { 200: { about: 'OpenAPI 3.1', schema: z.record(z.string(), z.unknown()) } },
      handle: async () => {
        document ??= openApi(described);
        return reply(await document, 200, { 'Cache-Control': 'private, max-age=300' });
      },
    }),
  ];
  return described;
}

/** The API as an OpenAPI 3.1 document, from the schemas that check its requests; one route in a turn, so that nobody waits for it. */
export async function openApi(routes: readonly Route[]): Promise<Json> {
  const components = new Components();
  components.add(problem);
  for (const event of Object.values(events)) components.add(event);
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) {
    const operations = paths[route.path] ?? {};
    operations[route.method.toLowerCase()] = operation(route, components);
    paths[route.path] = operations;
    await nextTurn();
  }
  return {
    openapi: '3.1.1',
    info: INFO,
    jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    servers: [{ url: API_URL }],
    security: [{ certificate: [] }],
    paths,
    components: { schemas: components.schemas, securitySchemes: { certificate: { type: 'mutualTLS' } } },
  };
}

/** Named schemas, gathered from everything that uses them. */
class Components {
  readonly schemas: Record<string, unknown> = {};

  add(schema: z.ZodType, direction: Direction = 'output'): unknown {
    // Inside another, a schema with a name is a reference to it.
    const { properties, $defs } = z.toJSONSchema(z.object({ it: schema }), { io: direction });
    for (const [name, definition] of Object.entries($defs ?? {})) this.schemas[name] = elsewhere(definition);
    return elsewhere(properties?.it);
  }
}

/** The same with references to the components of the document. */
function elsewhere(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(elsewhere);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      const isReference = name === '$ref' && typeof inner === 'string';
      return [name, isReference ? inner.replace('#/$defs/', '#/components/schemas/') : elsewhere(inner)];
    }),
  );
}

function operation(route: Route, components: Components): Json {
  const parameters = [
    ...parametersOf('path', route.params, components),
    ...parametersOf('query', route.query, components),
    ...(route.method === 'GET' ? [] : [REQUEST_PARAMETER]),
  ];
  const responses = Object.entries(route.answers).map(([status, answer]) => [status, response(answer, components)]);
  const body = requestBody(route, components);
  return {
    operationId: operationId(route),
    summary: route.summary,
    ...(parameters.length > 0 && { parameters }),
    ...(body !== undefined && { requestBody: body }),
    responses: {
      ...Object.fromEntries(responses),
      default: {
        description: 'Why it was not done',
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
  };
}

const REQUEST_PARAMETER = {
  name: 'X-Sluis-Request',
  in: 'header',
  required: true,
  description: 'No form of another site can send it',
  schema: { const: '1' },
};

function parametersOf(where: 'path' | 'query', schema: z.ZodType | undefined, components: Components): readonly Json[] {
  if (!(schema instanceof z.ZodObject)) return [];
  return Object.entries(schema.shape as Readonly<Record<string, z.ZodType>>).map(([name, one]) => ({
    name,
    in: where,
    required: !one.safeParse(undefined).success,
    schema: components.add(one, 'input'),
  }));
}

function requestBody(route: Route, components: Components): Json | undefined {
  if (route.takesBytes === true) return { required: true, content: { 'application/octet-stream': {} } };
  if (route.body === undefined) return undefined;
  return { required: true, content: { 'application/json': { schema: components.add(route.body, 'input') } } };
}

function response({ about, schema, media }: AnswerSpec, components: Components): Json {
  if (schema !== undefined) {
    return { description: about, content: { 'application/json': { schema: components.add(schema) } } };
  }
  return { description: about, ...(media !== undefined && { content: { [media]: {} } }) };
}

/** `get /submissions/{ticket}/refused` becomes `getSubmissionsRefused`. */
function operationId({ method, path }: Route): string {
  const words = path.split(/[^A-Za-z0-9{}]+/).filter((word) => word !== '');
  const named = words
    .map((word) => word.replace(/[{}]/g, ''))
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return method.toLowerCase() + named.join('');
}
