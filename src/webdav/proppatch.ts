import { GatewayError } from '../domain/errors.ts';
import { encodeUrlPath, type HttpAnswer, type HttpRequest } from '../domain/http.ts';
import { parseHttpDate } from '../http/http-date.ts';
import { checkPreconditions } from '../http/preconditions.ts';
import type { PropertyChange, PropertyName } from '../vfs/files.ts';
import type { DavParts } from './dav-parts.ts';
import { isLiveProperty } from './live-properties.ts';
import { multistatus, type PropertyStatus, propertyElement } from './multistatus.ts';
import { DAV, readXml, type XmlElement } from './xml.ts';
import { languageOf, serialiseXml } from './xml-write.ts';

const MAX_CHANGES = 250;
const MICROSOFT = 'urn:schemas-microsoft-com:';

const PROTECTED = '403 Forbidden';
const TOO_MUCH = '507 Insufficient Storage';
const NOT_DONE = '424 Failed Dependency';

/** PROPPATCH, RFC 4918 §9.2: all steps in document order, or none. */
export async function proppatch(request: HttpRequest, parts: DavParts): Promise<HttpAnswer> {
  const changes = readChanges(await readXml(request.body));
  const { session, path } = request;
  const entry = await parts.files.stat(session, path);
  await checkPreconditions(request, entry, parts);
  const guarded = changes.filter((change) => isLiveProperty(nameOf(change)));
  if (guarded.length > 0) return refused(request, entry.kind, changes, new Set(guarded), PROTECTED);
  try {
    await parts.properties.patch(session, path, changes, { modifiedAt: modifiedAt(changes, parts.clock.now()) });
  } catch (error) {
    if (!(error instanceof GatewayError) || error.code !== 'too-large') throw error;
    const set = changes.filter(({ kind }) => kind === 'set');
    return refused(request, entry.kind, changes, new Set(set), TOO_MUCH);
  }
  return answer(request, entry.kind, [{ properties: elements(changes), status: '200 OK' }]);
}

/** @throws GatewayError `bad-request` */
export function readChanges(root: XmlElement | undefined): readonly PropertyChange[] {
  if (root?.namespace !== DAV || root.name !== 'propertyupdate') {
    throw new GatewayError('bad-request', 'the body of PROPPATCH is a DAV: propertyupdate element');
  }
  const changes = root.children.flatMap((step) => {
    if (step.namespace !== DAV || (step.name !== 'set' && step.name !== 'remove')) return []; // RFC 4918 §17
    const around = languageOf(step, languageOf(root));
    const [prop, ...others] = step.children.filter(({ namespace, name }) => namespace === DAV && name === 'prop');
    if (prop === undefined || others.length > 0) {
      throw new GatewayError('bad-request', `${step.name} holds one prop element`);
    }
    return prop.children.map((element) => changeOf(step.name, element, languageOf(prop, around)));
  });
  if (changes.length === 0) throw new GatewayError('bad-request', 'a propertyupdate sets or removes something');
  if (changes.length > MAX_CHANGES) {
    throw new GatewayError('bad-request', `change at most ${MAX_CHANGES} properties at once`);
  }
  return changes;
}

function changeOf(step: string, element: XmlElement, language: string | undefined): PropertyChange {
  const { namespace, name } = element;
  if (step === 'remove') return { kind: 'remove', property: { namespace, name } };
  return { kind: 'set', property: { namespace, name, xml: serialiseXml(element, language) } };
}

/** Windows keeps the time of a file it has written in a property of its own. */
function modifiedAt(changes: readonly PropertyChange[], now: number): number | undefined {
  for (const change of changes.toReversed()) {
    if (change.kind !== 'set' || change.property.namespace !== MICROSOFT) continue;
    if (change.property.name !== 'Win32LastModifiedTime') continue;
    return parseHttpDate(change.property.xml.replace(/<[^>]*>/g, '').trim(), now);
  }
  return undefined;
}

function refused(
  request: HttpRequest,
  kind: 'file' | 'folder',
  changes: readonly PropertyChange[],
  culprits: ReadonlySet<PropertyChange>,
  status: string,
): Promise<HttpAnswer> {
  const others = changes.filter((change) => !culprits.has(change));
  const error = status === PROTECTED ? '<D:error><D:cannot-modify-protected-property/></D:error>' : '';
  const statuses = [{ properties: elements([...culprits]), status, error }];
  return answer(request, kind, [...statuses, { properties: elements(others), status: NOT_DONE }]);
}

function answer(
  { path }: HttpRequest,
  kind: 'file' | 'folder',
  statuses: readonly PropertyStatus[],
): Promise<HttpAnswer> {
  return multistatus([{ href: encodeUrlPath(path, kind), statuses }]);
}

/** Each name once, as an empty element. */
function elements(changes: readonly PropertyChange[]): string {
  const names = new Map(changes.map((change) => [JSON.stringify(nameOf(change)), nameOf(change)]));
  return [...names.values()].map((name) => propertyElement(name, '')).join('');
}

function nameOf({ property: { namespace, name } }: PropertyChange): PropertyName {
  return { namespace, name };
}
