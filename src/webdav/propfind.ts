import { GatewayError } from '../domain/errors.ts';
import type { HttpAnswer, HttpRequest } from '../domain/http.ts';
import { opened } from '../http/opened.ts';
import { evaluate, parsePreconditions, subjectsOf } from '../http/preconditions.ts';
import type { Entry, PropertyName } from '../vfs/files.ts';
import { readDepth } from './dav-headers.ts';
import type { DavParts } from './dav-parts.ts';
import { refuse } from './errors.ts';
import { ListingFacts } from './listing-facts.ts';
import { ALLPROP, liveProperty, type Resource, type Viewer } from './live-properties.ts';
import { type DavResponse, multistatus, type PropertyStatus, propertyElement } from './multistatus.ts';
import { DAV, readXml, type XmlElement } from './xml.ts';

/** What a client asks of each resource (RFC 4918 §14.20). */
export type PropertyQuery =
  | { readonly kind: 'names' }
  /** `strict`: a property that is not there is reported as 404; `allprop` leaves it out. */
  | {
      readonly kind: 'values';
      readonly always: readonly PropertyName[];
      readonly strict: readonly PropertyName[];
      /** All dead properties as well. */
      readonly dead: boolean;
    };

const MAX_PROPERTIES = 250;

/** PROPFIND, RFC 4918 §9.1: Depth 0 and 1; a listing of everything is refused (§9.1: propfind-finite-depth). */
export async function propfind(request: HttpRequest, parts: DavParts): Promise<HttpAnswer> {
  const depth = readDepth(request) ?? 'infinity';
  const query = readQuery(await readXml(request.body));
  if (depth === 'infinity') {
    return refuse(403, 'ask with Depth 0 or 1', { element: 'propfind-finite-depth' });
  }
  const { session, path } = request;
  const entry = await parts.files.stat(session, path);
  const conditions = parsePreconditions(request, parts.clock.now());
  await evaluate(conditions, request, entry, subjectsOf(request, parts));
  const facts = new ListingFacts(query, session, parts);
  if (request.place === 'root') return multistatus(render(aboveFiles(entry, depth, facts), query, facts.viewer));
  const children: AsyncIterable<Entry> | [] =
    depth === 1 && entry.kind === 'folder' ? await opened(parts.files.list(session, path)) : [];
  return multistatus(render(below(entry, children, facts), query, facts.viewer));
}

/** `/` is a folder with one child, the tree. Drives that are mounted ask for every parent up to it. */
async function* aboveFiles(tree: Entry, depth: 0 | 1, facts: ListingFacts): AsyncGenerator<Resource> {
  yield { ...(await facts.about(tree)), href: '/', displayName: 'Sluis' };
  if (depth === 1) yield facts.about(tree);
}

async function* below(
  entry: Entry,
  children: AsyncIterable<Entry> | [],
  facts: ListingFacts,
): AsyncGenerator<Resource> {
  yield facts.about(entry);
  if (entry.kind === 'folder') await facts.startChildren(entry);
  for await (const child of children) yield facts.ofChild(child) ?? facts.aboutChild(child);
}

/** Reads the body; none stands for `allprop` (RFC 4918 §9.1). @throws GatewayError `bad-request` */
export function readQuery(root: XmlElement | undefined): PropertyQuery {
  if (root === undefined) return { kind: 'values', always: ALLPROP, strict: [], dead: true };
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
  if (kinds[0] === 'prop') return { kind: 'values', always: [], strict: namesIn(parts.get('prop')), dead: false };
  return { kind: 'values', always: ALLPROP, strict: namesIn(parts.get('include')), dead: true };
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
  resources: AsyncIterable<Resource>,
  query: PropertyQuery,
  viewer: Viewer,
): AsyncGenerator<DavResponse> {
  for await (const resource of resources) {
    yield { href: resource.href, statuses: propertiesOf(resource, query, viewer) };
  }
}

function propertiesOf(resource: Resource, query: PropertyQuery, viewer: Viewer): readonly PropertyStatus[] {
  let found = '';
  let missing = '';
  const dead = resource.entry.properties;
  for (const property of query.kind === 'names' ? ALLPROP : query.always) {
    const value = liveProperty(property, resource, viewer);
    if (value !== undefined) found += propertyElement(property, query.kind === 'names' ? '' : value);
  }
  if (query.kind === 'names') return [ok(found + dead.map((property) => propertyElement(property, '')).join(''))];
  if (query.dead) for (const { xml } of dead) found += xml;
  for (const property of query.strict) {
    if (isNamed(query.always, property) || (query.dead && isNamed(dead, property))) continue;
    const value = liveProperty(property, resource, viewer);
    if (value !== undefined) found += propertyElement(property, value);
    else {
      const stored = dead.find((candidate) => isSame(candidate, property));
      if (stored === undefined) missing += propertyElement(property, '');
      else found += stored.xml;
    }
  }
  return missing === '' ? [ok(found)] : [ok(found), { properties: missing, status: '404 Not Found' }];
}

function ok(properties: string): PropertyStatus {
  return { properties, status: '200 OK' };
}

function isNamed(names: readonly PropertyName[], wanted: PropertyName): boolean {
  return names.some((name) => isSame(name, wanted));
}

function isSame(a: PropertyName, b: PropertyName): boolean {
  return a.name === b.name && a.namespace === b.namespace;
}
