import { GatewayError } from '../domain/errors.ts';
import type { Ticket } from '../domain/submission.ts';
import { nameOf, parentOf, type VPath } from '../domain/vpath.ts';
import type { EntryRow, Expectation } from './commands.ts';
import { optionalText, type Parameters, type Sql, text } from './sql.ts';
import { parseEntry } from './sqlite-rows.ts';
import { BELOW, below, type Command, keyOf, type Step } from './sqlite-step.ts';
import { addUsage } from './sqlite-usage.ts';

export function findEntry(sql: Sql, path: VPath): EntryRow | undefined {
  const row = sql.get('SELECT * FROM entry WHERE folder = $folder AND name = $name', keyOf(path));
  return row === undefined ? undefined : parseEntry(row);
}

/** Whether anything lies below a path; standard folders have children and no row of their own. */
export function hasChildren(sql: Sql, path: VPath): boolean {
  return sql.get(`SELECT 1 AS found FROM entry WHERE ${BELOW} LIMIT 1`, below(path)) !== undefined;
}

/** The first of `count` versions that no entry ever had. */
export function newVersions({ writing }: Step, count: number): number {
  return writing.next('version', count);
}

export function mustHaveParent(step: Step, path: VPath, parentMustExist: boolean): void {
  const parent = parentOf(path);
  if (parent === '/') return;
  mustBeFolder(findEntry(step.sql, parent)?.kind, parentMustExist);
}

function mustBeFolder(kind: string | undefined, mustExist: boolean): void {
  if (kind === 'folder' || (kind === undefined && !mustExist)) return;
  throw new GatewayError('no-parent', 'the folder this would lie in is not there; make it first');
}

export function mustMatch(entry: EntryRow | undefined, expect: Expectation): void {
  if (expect === 'any') return;
  if (expect === 'absent' ? entry === undefined : entry?.version === expect.version) return;
  throw new GatewayError('precondition-failed', 'this name was changed meanwhile; look again');
}

export function frozen(ticket: Ticket | string): GatewayError {
  return new GatewayError(
    'frozen',
    `this file is being processed and can not be changed until it is answered: ticket ${ticket}`,
    { detail: ticket },
  );
}

export function notFound(): GatewayError {
  return new GatewayError('not-found', 'there is nothing of this name');
}

/** @throws GatewayError `frozen` where the entry or anything below it is frozen */
export function mustBeThawed(step: Step, entry: EntryRow): void {
  if (entry.frozenBy !== undefined) throw frozen(entry.frozenBy);
  if (entry.kind === 'file') return;
  const row = step.sql.get(
    `SELECT frozen_by FROM entry WHERE ${BELOW} AND frozen_by IS NOT NULL LIMIT 1`,
    below(entry.path),
  );
  if (row !== undefined) throw frozen(text(row, 'frozen_by'));
}

/** All that decides whether a file may be published, in one row. */
const STANDING = `SELECT entry.*,
    (SELECT kind FROM entry WHERE folder = $parentFolder AND name = $parentName) AS parent_kind,
    CASE WHEN entry.name IS NULL THEN EXISTS (SELECT 1 FROM entry WHERE folder = $root)
      OR EXISTS (SELECT 1 FROM entry WHERE folder >= $first AND folder < $last) ELSE 0 END AS has_children
  FROM (SELECT 1) LEFT JOIN entry ON entry.folder = $folder AND entry.name = $name`;

/** A file under a name that nothing stands in the way of: what most publish, in one statement. */
const PUBLISH_NEW = `INSERT INTO entry (folder, name, kind, version, content_id, size, sha256, created_at, modified_at, expires_at)
  SELECT $folder, $name, 'file', $version, $contentId, $size, $sha256, $at, $at, $expiresAt
  WHERE coalesce((SELECT kind FROM entry WHERE folder = $parentFolder AND name = $parentName), $absentParent) = 'folder'
    AND NOT EXISTS (SELECT 1 FROM entry WHERE folder = $root)
    AND NOT EXISTS (SELECT 1 FROM entry WHERE folder >= $first AND folder < $last)
  ON CONFLICT DO NOTHING`;

export function publish(step: Step, command: Command<'publish'>): void {
  if (!publishNew(step, command)) publishAny(step, command);
}

/** @returns false where something stands there, or the folder is wrong: then nothing was done */
function publishNew(step: Step, { path, content, at, expect, ...command }: Command<'publish'>): boolean {
  const parent = parentOf(path);
  if (parent === '/' || (expect !== 'any' && expect !== 'absent')) return false;
  const version = newVersions(step, 1);
  const changed = step.sql.run(PUBLISH_NEW, {
    ...{ folder: parent, name: nameOf(path), parentFolder: parentOf(parent), parentName: nameOf(parent) },
    ...{ absentParent: command.parentMustExist ? '' : 'folder', version, at, expiresAt: command.expiresAt ?? null },
    ...contentOf(content),
    ...below(path),
  });
  if (changed === 0) return false;
  addUsage(step, path, { bytes: content.size, files: 1 });
  step.versions[path] = version;
  return true;
}

function publishAny(step: Step, command: Command<'publish'>): void {
  const { path, content, at } = command;
  const parent = parentOf(path);
  const of = { folder: parent, name: nameOf(path), parentFolder: parentOf(parent), parentName: nameOf(parent) };
  const standing = step.sql.one(STANDING, { ...of, ...below(path) });
  const entry = standing.name === null ? undefined : parseEntry(standing);
  if (path === '/' || entry?.kind === 'folder' || standing.has_children === 1) {
    throw new GatewayError('is-folder', 'a folder has this name; choose another');
  }
  if (entry?.frozenBy !== undefined) throw frozen(entry.frozenBy);
  mustMatch(entry, command.expect);
  if (parent !== '/') mustBeFolder(optionalText(standing, 'parent_kind'), command.parentMustExist);
  const version = newVersions(step, 1);
  step.sql.run(
    `INSERT INTO entry (folder, name, kind, version, content_id, size, sha256, created_at, modified_at, expires_at)
     VALUES ($folder, $name, 'file', $version, $contentId, $size, $sha256, $at, $at, $expiresAt)
     ON CONFLICT (folder, name) DO UPDATE SET version = excluded.version, content_id = excluded.content_id,
       size = excluded.size, sha256 = excluded.sha256, modified_at = excluded.modified_at, expires_at = excluded.expires_at`,
    { ...keyOf(path), version, ...contentOf(content), at, expiresAt: command.expiresAt ?? null },
  );
  addUsage(step, path, { bytes: content.size - (entry?.size ?? 0), files: entry === undefined ? 1 : 0 });
  step.versions[path] = version;
}

function contentOf({ contentId, size, sha256 }: Command<'publish'>['content']): Parameters {
  return { contentId, size, sha256 };
}

export function makeFolder(step: Step, command: Command<'makeFolder'>): void {
  const { path, at } = command;
  if (path === '/' || findEntry(step.sql, path) !== undefined) {
    throw new GatewayError('already-exists', 'this name is taken; choose another');
  }
  mustHaveParent(step, path, command.parentMustExist);
  const version = newVersions(step, 1);
  step.sql.run(
    `INSERT INTO entry (folder, name, kind, version, content_id, size, sha256, created_at, modified_at)
     VALUES ($folder, $name, 'folder', $version, '', 0, '', $at, $at)`,
    { ...keyOf(path), version, at },
  );
  step.versions[path] = version;
}

export function setModified(step: Step, { path, modifiedAt }: Command<'setModified'>): void {
  const changed = step.sql.run('UPDATE entry SET modified_at = $modifiedAt WHERE folder = $folder AND name = $name', {
    ...keyOf(path),
    modifiedAt: Math.trunc(modifiedAt),
  });
  if (changed === 0) throw notFound();
}

export function freeze(step: Step, { path, ticket, expect }: Command<'freeze'>): void {
  const version = typeof expect === 'object' ? expect.version : null;
  const changed =
    expect === 'absent'
      ? 0
      : step.sql.run(
          `UPDATE entry SET frozen_by = $ticket WHERE folder = $folder AND name = $name AND kind = 'file'
             AND (frozen_by IS NULL OR frozen_by = $ticket) AND version = coalesce($version, version)`,
          { ...keyOf(path), ticket, version },
        );
  if (changed > 0) return;
  const entry = findEntry(step.sql, path);
  if (entry === undefined) throw notFound();
  if (entry.kind === 'folder') throw new GatewayError('is-folder', 'a folder can not be handed in');
  if (entry.frozenBy !== undefined && entry.frozenBy !== ticket) throw frozen(entry.frozenBy);
  mustMatch(entry, expect);
}

export function thaw(step: Step, { path, ticket, expiresAt }: Command<'thaw'>): void {
  step.sql.run(
    `UPDATE entry SET frozen_by = NULL, expires_at = $expiresAt
     WHERE folder = $folder AND name = $name AND frozen_by = $ticket`,
    { ...keyOf(path), ticket, expiresAt },
  );
}
