import { inside } from '../../support/api-description.ts';
import { type Request, SECRET } from './place.ts';

/** What somebody holds, by every name it has in the API of the pages. */
export type Names = {
  readonly folder: string;
  /** An upload that was cut. */
  readonly part: string;
  /** A file in the mailbox: an answer, or what was delivered. */
  readonly mail: string;
  readonly ticket: string;
  /** An answer file of that ticket. */
  readonly answer: string;
  /** A delivery, where there is one. */
  readonly delivery: string;
  readonly archive: string;
  /** A flow the outsider has no part in; undefined where he works with the same. */
  readonly flow: string | undefined;
  readonly sample: string;
  /** A file of the outsider himself. */
  readonly own: string;
};

type Cases = (names: Names) => Readonly<Record<string, Request>>;

const JSON_HEADERS = { 'X-Sluis-Request': '1', 'Content-Type': 'application/json' };
const BYTES = { 'X-Sluis-Request': '1', 'Content-Type': 'application/octet-stream' };

const at = (route: string, query: Readonly<Record<string, string>> = {}) => {
  const text = new URLSearchParams(query).toString();
  return `/api/v1${route}${text === '' ? '' : `?${text}`}`;
};
const get = (
  route: string,
  query: Readonly<Record<string, string>> = {},
  headers: Request['headers'] = {},
): Request => ({
  ...{ method: 'GET', target: at(route, query), headers },
});
const post = (route: string, json: unknown): Request => ({
  ...{ method: 'POST', target: at(route), headers: JSON_HEADERS, body: JSON.stringify(json) },
});
const secret = ({ folder }: Names) => `${folder}/${SECRET}`;
/** Names that stand for a file: in a folder, in a mailbox, of an upload that was cut. */
const files = (names: Names) => ({ file: secret(names), mail: names.mail, part: names.part });
/** The same request for each of them. */
const each = (names: Names, request: (path: string) => Request) =>
  Object.fromEntries(Object.entries(files(names)).map(([what, path]) => [what, request(path)]));
/** Whose the folder is. */
const partnerOf = ({ folder }: Names) => folder.split('of-').at(-1) ?? '';

const ifFlow = (names: Names, cases: (flow: string) => Readonly<Record<string, Request>>) =>
  names.flow === undefined ? {} : cases(names.flow);
/** A ticket, and what might be taken for one. */
const tickets = ({ ticket, delivery }: Names, request: (ticket: string) => Request) => ({
  ticket: request(ticket),
  'a delivery as a ticket': request(delivery),
  'a ticket in small letters': request(ticket.toLowerCase()),
});

/** The route names nothing that somebody could hold: it tells of the caller alone. */
const OF_THE_CALLER: Cases = () => ({});

/** For every route of the API, what an outsider may ask of what he holds no right in. A route that is new has none yet. */
export const CASES: Readonly<Record<string, Cases>> = {
  'GET /session': OF_THE_CALLER,
  'GET /uploads': OF_THE_CALLER,
  'GET /events': OF_THE_CALLER, // its Last-Event-ID has a test of its own
  'GET /flows': OF_THE_CALLER,
  'GET /rights': OF_THE_CALLER,
  'GET /expected': OF_THE_CALLER,
  'GET /openapi.json': OF_THE_CALLER,
  'GET /folder': (names) => ({
    folder: get('/folder', { path: names.folder }),
    'a later page': get('/folder', { path: names.folder, cursor: Buffer.from('own.txt').toString('base64url') }),
    ...each(names, (path) => get('/folder', { path })),
  }),
  'POST /folder': (names) => ({
    'in the folder': post('/folder', { path: `${names.folder}/new` }),
    'over the folder': post('/folder', { path: names.folder }),
    ...each(names, (path) => post('/folder', { path })),
  }),
  'GET /entry': (names) => each(names, (path) => get('/entry', { path })),
  'DELETE /entry': (names) => ({
    folder: { method: 'DELETE', target: at('/entry', { path: names.folder, recursive: '1' }), headers: JSON_HEADERS },
    ...each(names, (path) => ({ method: 'DELETE', target: at('/entry', { path }), headers: JSON_HEADERS })),
  }),
  'POST /move': (names) => ({
    'into the folder': post('/move', { from: names.own, to: `${names.folder}/new` }),
    'over the file': post('/move', { from: names.own, to: secret(names), overwrite: true }),
    ...each(names, (from) => post('/move', { from, to: `${names.own}-moved` })),
  }),
  'POST /copy': (names) => ({
    'into the folder': post('/copy', { from: names.own, to: `${names.folder}/new` }),
    'over the file': post('/copy', { from: names.own, to: secret(names), overwrite: true }),
    'the folder': post('/copy', { from: names.folder, to: `${names.own}-copy` }),
    ...each(names, (from) => post('/copy', { from, to: `${names.own}-copy` })),
  }),
  'GET /content': (names) => ({
    inline: get('/content', { path: secret(names), inline: '1' }),
    'a range': get('/content', { path: secret(names) }, { Range: 'bytes=0-3' }),
    'HEAD of it': { method: 'HEAD', target: at('/content', { path: secret(names) }) },
    ...each(names, (path) => get('/content', { path })),
  }),
  'PUT /content': (names) => {
    const put = (path: string, headers: Request['headers'] = {}): Request => ({
      ...{ method: 'PUT', target: at('/content', { path }), headers: { ...BYTES, ...headers }, body: 'mine' },
    });
    return {
      'the file that stands there': put(secret(names), { 'If-Match': '*' }),
      'a part that begins': put(names.part, { 'Content-Range': 'bytes 0-3/9' }),
      'the rest of a part': put(names.part, { 'Content-Range': 'bytes 5-8/9' }),
      ...Object.fromEntries([secret(names), names.part].map((path, index) => [`whole ${index}`, put(path)])),
    };
  },
  'GET /upload': (names) => each(names, (path) => get('/upload', { path })),
  'DELETE /upload': (names) =>
    each(names, (path) => ({ method: 'DELETE', target: at('/upload', { path }), headers: JSON_HEADERS })),
  'GET /preview': (names) => each(names, (path) => get('/preview', { path })),
  'POST /archive': (names) => ({
    folder: post('/archive', { paths: [names.folder] }),
    'beside what is his own': post('/archive', { paths: [names.own, secret(names)] }),
    ...each(names, (path) => post('/archive', { paths: [path] })),
  }),
  'GET /archive/{id}': ({ archive, delivery }) => ({
    link: get(`/archive/${archive}`),
    'a delivery as a link': get(`/archive/${delivery}`),
  }),
  'GET /submissions': (names) => ({
    'by ticket': get('/submissions', { q: names.ticket }),
    'by delivery': get('/submissions', { q: names.delivery }),
    'behind it': get('/submissions', { cursor: `99999999999999-${names.ticket}` }),
    ...ifFlow(names, (flow) => ({ 'of its flow': get('/submissions', { flow }) })),
  }),
  'GET /partners/{partner}/submissions': (names) => ({
    'its submissions': get(`/partners/${partnerOf(names)}/submissions`),
    'by ticket': get(`/partners/${partnerOf(names)}/submissions`, { q: names.ticket }),
    'behind it': get(`/partners/${partnerOf(names)}/submissions`, { cursor: `99999999999999-${names.ticket}` }),
    ...ifFlow(names, (flow) => ({ 'of its flow': get(`/partners/${partnerOf(names)}/submissions`, { flow }) })),
  }),
  'GET /submissions/{ticket}': (names) => tickets(names, (ticket) => get(`/submissions/${ticket}`)),
  'GET /submissions/{ticket}/refused': (names) => ({
    ...tickets(names, (ticket) => get(`/submissions/${ticket}/refused`)),
    'a later page': get(`/submissions/${names.ticket}/refused`, { cursor: '0-1', q: 'a' }),
  }),
  'GET /submissions/{ticket}/refused.csv': (names) => ({
    ...tickets(names, (ticket) => get(`/submissions/${ticket}/refused.csv`)),
    'with a text': get(`/submissions/${names.ticket}/refused.csv`, { q: 'a' }),
  }),
  'POST /submissions/{ticket}/verify': (names) => {
    const verify = (ticket: string, query: Readonly<Record<string, string>> = {}): Request => ({
      ...{ method: 'POST', target: at(`/submissions/${ticket}/verify`, query), headers: BYTES, body: '{}' },
    });
    return {
      ...tickets(names, (ticket) => verify(ticket)),
      'one answer': verify(names.ticket, { name: names.answer }),
    };
  },
  'GET /submissions/{ticket}/answers/{name}': (names) => ({
    ...tickets(names, (ticket) => get(`/submissions/${ticket}/answers/${encodeURIComponent(names.answer)}`)),
    'a file of the mailbox': get(
      `/submissions/${names.ticket}/answers/${encodeURIComponent(names.mail.split('/').at(-1) ?? '')}`,
    ),
  }),
  'POST /dry-runs': (names) =>
    ifFlow(names, (flow) => ({
      'a file of its flow': {
        ...{ method: 'POST', target: at('/dry-runs', { flow, name: `${flow} a.csv` }), headers: BYTES, body: 'a' },
      },
    })),
  'GET /flows/{code}': (names) => ifFlow(names, (flow) => ({ flow: get(`/flows/${flow}`) })),
  'GET /flows/{code}/samples/{name}': (names) =>
    ifFlow(names, (flow) => ({ sample: get(`/flows/${flow}/samples/${encodeURIComponent(names.sample)}`) })),
  'GET /codes': (names) => ifFlow(names, (flow) => ({ codes: get('/codes', { flow }) })),
};

/** Routes that answer with what is the caller's, whatever he names; all others refuse. */
export const ANSWERS_OWN: ReadonlySet<string> = new Set(['GET /submissions']);

/** Parameters that name no thing. */
const NAMES_NOTHING: ReadonlySet<string> = new Set([
  ...['limit', 'sort', 'inline', 'bytes', 'recursive', 'month', 'state', 'environment', 'code', 'field', 'overwrite'],
]);

type Operation = {
  readonly method: string;
  readonly pattern: string;
  readonly operation: Readonly<Record<string, unknown>>;
};

/** Parameters of an operation by which something could be named, and that no case uses. */
export function unusedNames({ pattern, operation }: Operation, requests: readonly Request[]): readonly string[] {
  const parameters = (operation.parameters ?? []) as readonly { readonly in: string; readonly name: string }[];
  const inQuery = parameters.filter((one) => one.in === 'query').map(({ name }) => name);
  const used = new Set(requests.flatMap(({ target }) => [...new URL(target, 'https://x').searchParams.keys()]));
  const json = requests.flatMap(({ headers, body }) =>
    headers?.['Content-Type'] === 'application/json' && body !== undefined
      ? Object.keys(JSON.parse(body) as object)
      : [],
  );
  const missing = [
    ...inQuery.filter((name) => !used.has(name)),
    ...bodyNames(operation).filter((name) => !json.includes(name)),
  ];
  const isNamed = pattern.includes('{') && requests.length === 0;
  return [...missing.filter((name) => !NAMES_NOTHING.has(name)), ...(isNamed ? [pattern] : [])];
}

function bodyNames(operation: Operation['operation']): readonly string[] {
  if (operation.requestBody === undefined) return [];
  const content = inside(inside(operation, 'requestBody'), 'content');
  if (content['application/json'] === undefined) return [];
  return Object.keys(inside(inside(inside(content, 'application/json'), 'schema'), 'properties'));
}
