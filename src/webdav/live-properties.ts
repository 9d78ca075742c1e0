import type { Session } from '../domain/principal.ts';
import { principalName } from '../domain/principal.ts';
import type { Entry } from '../vfs/files.ts';
import { contentType } from './content-type.ts';
import { formatHttpDate } from './http-date.ts';
import { DAV } from './xml.ts';
import { escapeXml } from './xml-text.ts';

/** A resource of the answer: what stands there, its absolute URL path, and the name it is shown by. */
export type Resource = { readonly entry: Entry; readonly href: string; readonly displayName: string };

/** Gives the inner XML of a property; undefined where this resource does not have it. */
type LiveProperty = (resource: Resource, session: Session) => string | undefined;

const file =
  (value: (entry: Entry) => string): LiveProperty =>
  ({ entry }) =>
    entry.kind === 'file' ? value(entry) : undefined;

/** The live properties of RFC 4918 §15, in the order they are sent. */
const RFC4918: Readonly<Record<string, LiveProperty>> = {
  resourcetype: ({ entry }) => (entry.kind === 'folder' ? '<D:collection/>' : ''),
  displayname: ({ displayName }) => escapeXml(displayName),
  getcontentlength: file((entry) => String(entry.size)),
  getcontenttype: file((entry) => contentType(entry.name)),
  getetag: file((entry) => escapeXml(`"${entry.etag}"`)),
  getlastmodified: ({ entry }) => formatHttpDate(entry.modifiedAt),
  creationdate: ({ entry }) => new Date(entry.createdAt).toISOString().replace(/\.\d{3}Z$/, 'Z'),
  supportedlock: () => '',
  lockdiscovery: () => '',
};

/** Sent when asked for by name. RFC 5397: who this is. */
const BY_NAME: Readonly<Record<string, LiveProperty>> = {
  'current-user-principal': (_resource, session) =>
    `<D:href>/principals/${encodeURIComponent(principalName(session.principal))}/</D:href>`,
};

const ALL = new Map(Object.entries({ ...RFC4918, ...BY_NAME }));

/** Names of the properties that `allprop` stands for. */
export const ALLPROP: readonly string[] = Object.keys(RFC4918);

/** One property of a resource, or undefined where it has none of that name. */
export function liveProperty(
  namespace: string,
  name: string,
  resource: Resource,
  session: Session,
): string | undefined {
  return namespace === DAV ? ALL.get(name)?.(resource, session) : undefined;
}
