import { accountOf } from '../access/authorizer.ts';
import { actingAt, topsOf } from '../domain/designation.ts';
import { GatewayError } from '../domain/errors.ts';
import type { Generation } from '../domain/generation.ts';
import type { Session } from '../domain/principal.ts';
import { type Place, placeOf, SHARED } from '../domain/tree.ts';
import { childOf, isWithin, nameOf, parseVPath, type VPath } from '../domain/vpath.ts';
import type { EntryRow } from '../storage/commands.ts';
import type { Entry } from './files.ts';

/** A place that has rows in the ledger. */
export type StoredPlace = Exclude<Place, { kind: 'virtual' }>;

/** Where a path lies for this session; undefined where it has no such place. */
export function findPlace(generation: Generation, asking: Session, asked: VPath): Place | undefined {
  const acting = actingAt(asking, asked);
  if (acting === undefined) return undefined;
  const { session, path } = acting;
  const tops = topsOf(session);
  if (tops !== undefined) return { kind: 'virtual', children: tops };
  const found = accountOf(generation, session.principal);
  return found && placeOf(generation, found.partner, found.account, path);
}

/** The place of a path below a configured folder. @throws GatewayError `not-found`, `not-allowed` for the folder itself */
export function placeBelow(generation: Generation, session: Session, path: VPath): StoredPlace {
  const place = findPlace(generation, session, path);
  if (place === undefined) throw absent();
  if (place.kind === 'virtual' || place.depth === 0) {
    throw new GatewayError('not-allowed', 'this folder is part of the configuration and can not be changed here');
  }
  return place;
}

/** How a principal names a ledger path; undefined for the trees of others. */
export function visiblePath(session: Session, ledgerPath: VPath): VPath | undefined {
  const own = childOf('/partners' as VPath, session.principal.partner);
  if (isWithin(ledgerPath, SHARED)) return ledgerPath;
  return isWithin(ledgerPath, own) ? parseVPath(ledgerPath.slice(own.length) || '/') : undefined;
}

/** Whether the parent must be a folder somebody made; configured folders have no rows of their own. */
export function needsParentRow(place: StoredPlace): boolean {
  return place.depth > 1;
}

/** The answer for every name that is absent or not visible, always the same. */
export function absent(): GatewayError {
  return new GatewayError('not-found', 'there is nothing under this name');
}

/** What a protocol sees of a ledger row at a place. Who oversees a folder sees no digest and no property: they tell of content. */
export function entryAt(place: Place, row: EntryRow, path: VPath): Entry {
  const entry = entryOf(row, path);
  return place.kind === 'overseen' ? { ...entry, sha256: '', properties: [] } : entry;
}

/** The same where it is one's own. */
export function entryOf(row: EntryRow, path: VPath): Entry {
  return {
    path,
    name: nameOf(path),
    kind: row.kind,
    size: row.size,
    etag: row.version.toString(36).padStart(8, '0'),
    sha256: row.sha256,
    createdAt: row.createdAt,
    modifiedAt: row.modifiedAt,
    properties: row.properties ?? [],
  };
}

/** A folder that stands in the configuration. Its times are the epoch of the generation: it has none of its own. */
export function configuredFolder(path: VPath): Entry {
  const nothing = { size: 0, etag: 'folder', sha256: '', createdAt: 0, modifiedAt: 0, properties: [] };
  return { path, name: nameOf(path), kind: 'folder', ...nothing };
}

/**
 * What is moved or copied to a shared folder was not looked at as uploads are: a folder with personal data takes only what
 * came in under its own act, and one without takes nothing so. @throws GatewayError `not-allowed`
 */
export function refuseUnchecked(target: StoredPlace, source: Place | undefined): void {
  if (target.kind !== 'shared' || target.shared.content === 'reviewed') return;
  if (target.shared.content === 'personal' && isSameFolder(target, source)) return;
  throw new GatewayError('not-allowed', 'nothing is moved or copied to this folder; upload the file instead');
}

/** Of files in a folder with personal data the end goes along under every new name. */
export function keepsEnd(target: StoredPlace, source: Place | undefined): boolean {
  return target.kind === 'shared' && target.shared.content === 'personal' && isSameFolder(target, source);
}

function isSameFolder(target: StoredPlace, source: Place | undefined): boolean {
  return source?.kind === 'shared' && source.folder === target.folder;
}
