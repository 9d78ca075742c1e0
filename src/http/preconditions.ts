import { GatewayError } from '../domain/errors.ts';
import { type HttpRequest, locateReference } from '../domain/http.ts';
import type { VPath } from '../domain/vpath.ts';
import type { Entry, WriteCondition } from '../vfs/files.ts';
import { parseHttpDate } from './http-date.ts';
import { type IfCondition, type IfList, parseIf } from './if-header.ts';
import { statIfAny } from './lookup.ts';
import type { HttpParts } from './parts.ts';

export type EntityTag = { readonly tag: string; readonly weak: boolean };

/** The conditions of one request (RFC 9110 §13.1, RFC 4918 §10.4); times in milliseconds. */
export type Preconditions = {
  readonly ifMatch: '*' | readonly EntityTag[] | undefined;
  readonly ifNoneMatch: '*' | readonly EntityTag[] | undefined;
  readonly ifUnmodifiedSince: number | undefined;
  readonly ifModifiedSince: number | undefined;
  readonly ifLists: readonly IfList[];
};

/** What conditions ask about. */
export type Subjects = {
  /** Undefined where the name is absent or this principal may not know of it. */
  entry(path: VPath): Promise<Entry | undefined>;
  /** Whether a lock with this token covers the name. */
  covers(path: VPath, token: string): Promise<boolean>;
};

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
  subjects: Subjects,
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
  if (!(await ifHolds(conditions.ifLists, request, entry, subjects))) throw failed();
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
  subjects: Subjects,
): Promise<boolean> {
  if (lists.length === 0) return true;
  for (const { tag, conditions } of lists) {
    const path = tag === undefined ? request.path : taggedPath(tag, request);
    const subject = path === undefined || path === request.path ? path && entry : await subjects.entry(path);
    if (await allHold(conditions, path, subject, subjects)) return true;
  }
  return false;
}

async function allHold(
  conditions: readonly IfCondition[],
  path: VPath | undefined,
  entry: Entry | undefined,
  subjects: Subjects,
): Promise<boolean> {
  for (const condition of conditions) {
    const present =
      condition.kind === 'etag'
        ? !condition.weak && condition.etag === etagOf(entry)
        : path !== undefined && (await subjects.covers(path, condition.token));
    if (present === condition.negated) return false;
  }
  return true;
}

/** Undefined where it names nothing in the file tree of this server. */
function taggedPath(tag: string, request: Pick<HttpRequest, 'host'>): VPath | undefined {
  const located = locateReference(tag, request.host);
  return located === 'other-host' || located.place !== 'files' ? undefined : located.path;
}

/**
 * Reads and evaluates the conditions of a request that changes something.
 * @param entry what stands under the request's name, if anything
 * @returns what must still hold when the change is committed
 * @throws GatewayError `precondition-failed`, `bad-request`
 */
export async function checkPreconditions(
  request: HttpRequest,
  entry: Entry | undefined,
  parts: HttpParts,
): Promise<WriteCondition> {
  const conditions = parsePreconditions(request, parts.clock.now());
  await evaluate(conditions, request, entry, subjectsOf(request, parts));
  return writeCondition(conditions, entry);
}

/** As `checkPreconditions`, and looks for the entry only where there are conditions. */
export async function checkAnyPreconditions(request: HttpRequest, parts: HttpParts): Promise<WriteCondition> {
  if (!hasConditions(parsePreconditions(request, parts.clock.now()))) return 'any';
  return checkPreconditions(request, await statIfAny(parts.files, request.session, request.path), parts);
}

export function subjectsOf({ session }: HttpRequest, { files, locks }: Pick<HttpParts, 'files' | 'locks'>): Subjects {
  return {
    entry: (path) => statIfAny(files, session, path),
    covers: (path, token) => locks.covers(session, path, token),
  };
}

/** The lock tokens a request submits (RFC 4918 §10.4.1): all its `If` header names as there. @throws GatewayError `bad-request` */
export function submittedTokens({ headers }: Pick<HttpRequest, 'headers'>): readonly string[] {
  const lists = headers.get('if');
  if (lists === undefined) return [];
  return parseIf(lists).flatMap(({ conditions }) =>
    conditions.flatMap((condition) => (condition.kind === 'token' && !condition.negated ? [condition.token] : [])),
  );
}

/** What must still hold when a change is committed, for a request whose conditions held when it began. */
export function writeCondition(conditions: Preconditions, entry: Entry | undefined): WriteCondition {
  if (!hasConditions(conditions)) return 'any';
  if (entry === undefined) return 'absent';
  return entry.kind === 'file' ? { etags: [entry.etag] } : 'present';
}
