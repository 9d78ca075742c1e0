import { GatewayError } from '../domain/errors.ts';
import { type HttpRequest, locateReference } from '../domain/http.ts';
import type { VPath } from '../domain/vpath.ts';
import type { Entry, WriteCondition } from '../vfs/files.ts';
import { parseHttpDate } from './http-date.ts';
import { type IfCondition, type IfList, parseIf } from './if-header.ts';

export type EntityTag = { readonly tag: string; readonly weak: boolean };

/** The conditions of one request (RFC 9110 §13.1, RFC 4918 §10.4); times in milliseconds. */
export type Preconditions = {
  readonly ifMatch: '*' | readonly EntityTag[] | undefined;
  readonly ifNoneMatch: '*' | readonly EntityTag[] | undefined;
  readonly ifUnmodifiedSince: number | undefined;
  readonly ifModifiedSince: number | undefined;
  readonly ifLists: readonly IfList[];
};

/** Looks a name up; undefined where it is absent or this principal may not know of it. */
export type Lookup = (path: VPath) => Promise<Entry | undefined>;

const MAX_TAGS = 100;
const ENTITY_TAGS = /^[ \t]*(?:(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"[ \t]*(?:,[ \t]*|$))+$/;

/** @throws GatewayError `bad-request` for a malformed entity tag or `If` header; a malformed date is no condition */
export function parsePreconditions({ headers }: Pick<HttpRequest, 'headers'>, now: number): Preconditions {
  const ifMatch = headers.get('if-match');
  const ifNoneMatch = headers.get('if-none-match');
  const since = headers.get('if-modified-since');
  const unmodified = headers.get('if-unmodified-since');
  const lists = headers.get('if');
  return {
    ifMatch: ifMatch === undefined ? undefined : parseEntityTags(ifMatch),
    ifNoneMatch: ifNoneMatch === undefined ? undefined : parseEntityTags(ifNoneMatch),
    ifUnmodifiedSince: unmodified === undefined ? undefined : parseHttpDate(unmodified, now),
    ifModifiedSince: since === undefined ? undefined : parseHttpDate(since, now),
    ifLists: lists === undefined ? [] : parseIf(lists),
  };
}

/** `"a", W/"b"` or `*` (RFC 9110 §8.8.3, §13.1.1). @throws GatewayError `bad-request` */
export function parseEntityTags(header: string): '*' | readonly EntityTag[] {
  if (header.trim() === '*') return '*';
  if (!ENTITY_TAGS.test(header)) throw new GatewayError('bad-request', 'an entity tag in a condition is malformed');
  const tags = [...header.matchAll(/(W\/)?"([^"]*)"/g)];
  if (tags.length > MAX_TAGS) throw new GatewayError('bad-request', `a condition has at most ${MAX_TAGS} entity tags`);
  return tags.map((match) => ({ tag: match[2] ?? '', weak: match[1] !== undefined }));
}

/** Whether a request that changes something depends on what stands there now. */
export function hasConditions(conditions: Preconditions): boolean {
  const { ifMatch, ifNoneMatch, ifUnmodifiedSince, ifLists } = conditions;
  return ifMatch !== undefined || ifNoneMatch !== undefined || ifUnmodifiedSince !== undefined || ifLists.length > 0;
}

/** The validator of an entry; folders have none. */
function etagOf(entry: Entry | undefined): string | undefined {
  return entry?.kind === 'file' ? entry.etag : undefined;
}

/**
 * Evaluates in the order of RFC 9110 §13.2.2, then the `If` header.
 * @param entry what stands under the request's name, if anything
 * @returns `not-modified` for GET and HEAD only
 * @throws GatewayError `precondition-failed`
 */
export async function evaluate(
  conditions: Preconditions,
  request: Pick<HttpRequest, 'method' | 'host' | 'path'>,
  entry: Entry | undefined,
  lookup: Lookup,
): Promise<'proceed' | 'not-modified'> {
  const reading = request.method === 'GET' || request.method === 'HEAD';
  if (!matches(conditions, entry)) throw failed();
  if (conditions.ifNoneMatch !== undefined) {
    if (isNamed(conditions.ifNoneMatch, entry)) {
      if (!reading) throw failed();
      return 'not-modified';
    }
  } else if (reading && conditions.ifModifiedSince !== undefined && entry?.kind === 'file') {
    if (wholeSeconds(entry.modifiedAt) <= conditions.ifModifiedSince) return 'not-modified';
  }
  if (!(await ifHolds(conditions.ifLists, request, entry, lookup))) throw failed();
  return 'proceed';
}

/** If-Match by strong comparison; without it If-Unmodified-Since. */
function matches({ ifMatch, ifUnmodifiedSince }: Preconditions, entry: Entry | undefined): boolean {
  if (ifMatch === '*') return entry !== undefined;
  if (ifMatch !== undefined) return ifMatch.some(({ tag, weak }) => !weak && tag === etagOf(entry));
  if (ifUnmodifiedSince === undefined || entry === undefined) return true;
  return wholeSeconds(entry.modifiedAt) <= ifUnmodifiedSince;
}

/** If-None-Match by weak comparison (RFC 9110 §13.1.2). */
function isNamed(tags: '*' | readonly EntityTag[], entry: Entry | undefined): boolean {
  return tags === '*' ? entry !== undefined : tags.some(({ tag }) => tag === etagOf(entry));
}

/** HTTP dates have no fraction. */
function wholeSeconds(at: number): number {
  return Math.floor(at / 1000) * 1000;
}

function failed(): GatewayError {
  return new GatewayError('precondition-failed', 'a condition of the request does not hold');
}

/** Whether one list holds as a whole (RFC 4918 §10.4.3). */
async function ifHolds(
  lists: readonly IfList[],
  request: Pick<HttpRequest, 'host' | 'path'>,
  entry: Entry | undefined,
  lookup: Lookup,
): Promise<boolean> {
  if (lists.length === 0) return true;
  for (const list of lists) {
    const subject = list.tag === undefined ? entry : await taggedEntry(list.tag, request, entry, lookup);
    if (list.conditions.every((condition) => holds(condition, subject))) return true;
  }
  return false;
}

async function taggedEntry(
  tag: string,
  request: Pick<HttpRequest, 'host' | 'path'>,
  entry: Entry | undefined,
  lookup: Lookup,
): Promise<Entry | undefined> {
  const located = locateReference(tag, request.host);
  if (located === 'other-host' || located.place !== 'files') return undefined;
  return located.path === request.path ? entry : await lookup(located.path);
}

/** No lock exists, so that no state token is ever the state of anything. */
function holds(condition: IfCondition, entry: Entry | undefined): boolean {
  const present = condition.kind === 'etag' && !condition.weak && condition.etag === etagOf(entry);
  return present !== condition.negated;
}

/** What must still hold when a change is committed, for a request whose conditions held when it began. */
export function writeCondition(conditions: Preconditions, entry: Entry | undefined): WriteCondition {
  if (!hasConditions(conditions)) return 'any';
  if (entry === undefined) return 'absent';
  return entry.kind === 'file' ? { etags: [entry.etag] } : 'present';
}
