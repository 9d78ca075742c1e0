import { encodeUrlPath } from '../domain/http.ts';
import { principalName, type Session } from '../domain/principal.ts';
import { contentType } from '../http/content-type.ts';
import { formatHttpDate } from '../http/http-date.ts';
import type { Entry, Lock, PropertyName, QuotaState } from '../vfs/files.ts';
import { activeLocks, SUPPORTED_LOCKS } from './lock-xml.ts';
import { DAV } from './xml.ts';
import { escapeXml } from './xml-text.ts';

/** A resource of the answer: what stands there, its absolute URL path, and the name it is shown by. */
export type Resource = {
  readonly entry: Entry;
  readonly href: string;
  readonly displayName: string;
  /** Looked up only where the client asks for them. */
  readonly locks: readonly Lock[];
  readonly quota: QuotaState | undefined;
};

export type Viewer = { readonly session: Session; readonly now: number };

/** Gives the inner XML of a property; undefined where this resource does not have it. */
type LiveProperty = (resource: Resource, viewer: Viewer) => string | undefined;

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
  supportedlock: () => SUPPORTED_LOCKS,
  lockdiscovery: ({ locks }, { now }) => activeLocks(locks, now),
};

/** Sent when asked for by name: who this is (RFC 5397), and how much room there is (RFC 4331 §3, §4). */
const BY_NAME: Readonly<Record<string, LiveProperty>> = {
  'current-user-principal': (_resource, { session }) =>
    `<D:href>/principals/${encodeURIComponent(principalName(session.principal))}/</D:href>`,
  'quota-available-bytes': ({ quota }) => quota && String(quota.availableBytes),
  'quota-used-bytes': ({ quota }) => quota && String(quota.usedBytes),
};

const ALL = new Map(Object.entries({ ...RFC4918, ...BY_NAME }));

/** What `allprop` stands for, dead properties aside. */
export const ALLPROP: readonly PropertyName[] = Object.keys(RFC4918).map((name) => ({ namespace: DAV, name }));

/** Whether the gateway alone says what this property is. */
export function isLiveProperty({ namespace, name }: PropertyName): boolean {
  return namespace === DAV && ALL.has(name);
}

/** The inner XML of a live property of a resource, or undefined where it has none of that name. */
export function liveProperty(
  { namespace, name }: PropertyName,
  resource: Resource,
  viewer: Viewer,
): string | undefined {
  return namespace === DAV ? ALL.get(name)?.(resource, viewer) : undefined;
}

/** An entry of the tree under the URL and the name it has there. */
export function resourceOf(entry: Entry, locks: readonly Lock[], quota: QuotaState | undefined): Resource {
  const displayName = entry.name === '' ? 'files' : entry.name;
  return { entry, href: encodeUrlPath(entry.path, entry.kind), displayName, locks, quota };
}
