import { GatewayError } from '../domain/errors.ts';
import { encodeUrlPath, type HttpAnswer, type HttpRequest } from '../domain/http.ts';
import type { Session } from '../domain/principal.ts';
import { ROOT } from '../domain/vpath.ts';
import type { Entry, Files } from '../vfs/files.ts';
import { readDepth } from './dav-headers.ts';
import { refuse } from './errors.ts';
import { ALLPROP, liveProperty, type Resource } from './live-properties.ts';
import { lookupWith } from './lookup.ts';
import { multistatus, type PropertyName, propertyElement } from './multistatus.ts';
import { opened } from './opened.ts';
import { evaluate, parsePreconditions } from './preconditions.ts';
import { DAV, readXml, type XmlElement } from './xml.ts';

/** What a client asks of each resource (RFC 4918 §14.20). */
export type PropertyQuery =
  | { readonly kind: 'names' }
  /** `strict`: a property that is not there is reported as 404; `allprop` leaves it out. */
  | { readonly kind: 'values'; readonly always: readonly PropertyName[]; readonly strict: readonly PropertyName[] };

const MAX_PROPERTIES = 250;
const ALLPROP_NAMES: readonly PropertyName[] = ALLPROP.map((name) => ({ namespace: DAV, name }));

/** PROPFIND, RFC 4918 §9.1: Depth 0 and 1; a listing of everything is refused (§9.1: propfind-finite-depth). */
export async function propfind(request: HttpRequest, files: Files, now: number): Promise<HttpAnswer> {
  const depth = readDepth(request) ?? 'infinity';
  const query = readQuery(await readXml(request.body));
  if (depth === 'infinity') {
    return refuse(403, 'ask with Depth 0 or 1', { element: 'propfind-finite-depth' });
  }
  const { session, path } = request;
  const entry = await files.stat(session, path);
  await evaluate(parsePreconditions(request, now), request, entry, lookupWith(files, session));
  const resources =
    request.place === 'root' ? aboveFiles(entry, depth) : below(entry, depth === 1 ? await children(entry) : []);
  return multistatus(render(resources, query, session));

  async function children(of: Entry): Promise<AsyncIterable<Entry> | []> {
    return of.kind === 'folder' ? opened(files.list(session, path)) : [];
  }
}

/** `/` is a folder with one child, the tree. Drives that are mounted ask for every parent up to it. */
function* aboveFiles(tree: Entry, depth: 0 | 1): Generator<Resource> {
  yield { entry: tree, href: '/', displayName: 'Sluis' };
  if (depth === 1) yield resourceOf(tree);
}

async function* below(entry: Entry, children: AsyncIterable<Entry> | []): AsyncGenerator<Resource> {
  yield resourceOf(entry);
  for await (const child of children) yield resourceOf(child);
}

function resourceOf(entry: Entry): Resource {
  const displayName = entry.path === ROOT ? 'files' : entry.name;
  return { entry, href: encodeUrlPath(entry.path, entry.kind), displayName };
}

/** Reads the body; none stands for `allprop` (RFC 4918 §9.1). @throws GatewayError `bad-request` */
export function readQuery(root: XmlElement | undefined): PropertyQuery {
  if (root === undefined) return { kind: 'values', always: ALLPROP_NAMES, strict: [] };
  if (root.namespace !== DAV || root.name !== 'propfind') {
    throw new GatewayError('bad-request', 'the body of PROPFIND is a DAV: propfind element');
  }
  const parts = new Map<string, XmlElement>();
  for (const child of root.children) {
    if (child.namespace !== DAV) continue; // RFC 4918 §17: unknown elements are passed over
    if (parts.has(child.name)) throw new GatewayError('bad-request', `propfind holds ${child.name} twice`);
    parts.set(child.name, child);
  }
  const kinds = ['propname', 'allprop', 'prop'].filter((name) => parts.has(name));
  if (kinds.length !== 1) throw new GatewayError('bad-request', 'propfind holds one of propname, allprop and prop');
  if (kinds[0] === 'propname') return { kind: 'names' };
  if (kinds[0] === 'prop') return { kind: 'values', always: [], strict: namesIn(parts.get('prop')) };
  return { kind: 'values', always: ALLPROP_NAMES, strict: namesIn(parts.get('include')) };
}

/** Each name once; those that allprop brings anyway stay, and are sent once. */
function namesIn(element: XmlElement | undefined): readonly PropertyName[] {
  const names = new Map<string, PropertyName>();
  for (const { namespace, name } of element?.children ?? []) names.set(`${namespace} ${name}`, { namespace, name });
  if (names.size > MAX_PROPERTIES)
    throw new GatewayError('bad-request', `ask for at most ${MAX_PROPERTIES} properties`);
  return [...names.values()];
}

async function* render(
  resources: Iterable<Resource> | AsyncIterable<Resource>,
  query: PropertyQuery,
  session: Session,
): AsyncGenerator<{ href: string; found: string; missing: string }> {
  for await (const resource of resources) yield { href: resource.href, ...propertiesOf(resource, query, session) };
}

function propertiesOf(resource: Resource, query: PropertyQuery, session: Session): { found: string; missing: string } {
  const always = query.kind === 'names' ? ALLPROP_NAMES : query.always;
  let found = '';
  let missing = '';
  for (const property of always) {
    const value = liveProperty(property.namespace, property.name, resource, session);
    if (value !== undefined) found += propertyElement(property, query.kind === 'names' ? '' : value);
  }
  if (query.kind === 'names') return { found, missing };
  for (const property of query.strict) {
    if (query.always.some(({ namespace, name }) => namespace === property.namespace && name === property.name))
      continue;
    const value = liveProperty(property.namespace, property.name, resource, session);
    if (value === undefined) missing += propertyElement(property, '');
    else found += propertyElement(property, value);
  }
  return { found, missing };
}
