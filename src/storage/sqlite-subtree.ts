import { GatewayError } from '../domain/errors.ts';
import { areaOf } from '../domain/tree.ts';
import { isWithin, type VPath } from '../domain/vpath.ts';
import type { EntryRow, Overwrite } from './commands.ts';
import { integer } from './sql.ts';
import { contentDropped } from './sqlite-deliveries.ts';
import { endLocksWithin } from './sqlite-locks.ts';
import { BELOW, below, type Command, keyOf, type Step } from './sqlite-step.ts';
import {
  findEntry,
  hasChildren,
  mustBeThawed,
  mustHaveParent,
  mustMatch,
  newVersions,
  notFound,
} from './sqlite-tree.ts';
import { addUsageOf, removeUsageOf } from './sqlite-usage.ts';

/** Moves one name, or a folder with all below it; everything that moved has a new version, and no lock (RFC 4918 §7.7). */
export function move(step: Step, command: Command<'move'>): void {
  const { from, to } = command;
  const entry = findEntry(step.sql, from);
  if (entry === undefined) throw notFound();
  mustBeApart(from, to);
  mustBeThawed(step, entry);
  mustHaveParent(step, to, command.parentMustExist);
  clear(step, to, command.overwrite, entry);
  endLocksWithin(step, from);
  const staysInArea = areaOf(from) !== undefined && areaOf(from) === areaOf(to);
  if (!staysInArea) removeUsageOf(step, entry);
  const version = newVersions(step, 1);
  const { folder, name } = keyOf(to);
  step.sql.run(
    `UPDATE entry SET folder = $newFolder, name = $newName, version = $version,
       expires_at = CASE WHEN $keepsEnd THEN expires_at END
     WHERE folder = $folder AND name = $name`,
    {
      ...keyOf(from),
      newFolder: folder ?? null,
      newName: name ?? null,
      version,
      keepsEnd: Number(command.keepsEnd ?? false),
    },
  );
  step.versions[to] = version;
  if (entry.kind === 'folder') moveChildren(step, from, to);
  if (!staysInArea) addUsageOf(step, { ...entry, path: to });
}

function moveChildren(step: Step, from: VPath, to: VPath): void {
  const count = countBelow(step, from);
  if (count === 0) return;
  step.sql.run(
    `UPDATE entry SET folder = $to || substr(entry.folder, length($root) + 1), version = $base + moved.number
     FROM (SELECT folder, name, row_number() OVER (ORDER BY folder, name) - 1 AS number FROM entry WHERE ${BELOW}) AS moved
     WHERE entry.folder = moved.folder AND entry.name = moved.name`,
    { ...below(from), to, base: newVersions(step, count) },
  );
}

/** Copies one name, or a folder with all below it. Copies are new files: not frozen, not locked, and without an end unless that is kept. */
export function copy(step: Step, command: Command<'copy'>): void {
  const { from, to, at } = command;
  const entry = findEntry(step.sql, from);
  if (entry === undefined) throw notFound();
  // A folder alone may be copied below itself; with its children that would never end.
  if (entry.kind === 'file' || command.recursive || !isWithin(to, from)) mustBeApart(from, to);
  mustHaveParent(step, to, command.parentMustExist);
  clear(step, to, command.overwrite, entry);
  const version = newVersions(step, 1);
  const { folder, name } = keyOf(to);
  const keepsEnd = Number(command.keepsEnd ?? false);
  step.sql.run(
    `INSERT INTO entry (folder, name, kind, version, content_id, size, sha256, created_at, modified_at, properties, expires_at)
     SELECT $newFolder, $newName, kind, $version, content_id, size, sha256, $at, $at, properties,
       CASE WHEN $keepsEnd THEN expires_at END
     FROM entry WHERE folder = $folder AND name = $name`,
    { ...keyOf(from), newFolder: folder ?? null, newName: name ?? null, version, at, keepsEnd },
  );
  step.versions[to] = version;
  if (entry.kind === 'folder' && command.recursive) copyChildren(step, command);
  addUsageOf(step, { ...entry, path: to });
}

function copyChildren(step: Step, { from, to, at, keepsEnd = false }: Command<'copy'>): void {
  const count = countBelow(step, from);
  if (count === 0) return;
  step.sql.run(
    `INSERT INTO entry (folder, name, kind, version, content_id, size, sha256, created_at, modified_at, properties, expires_at)
     SELECT $to || substr(folder, length($root) + 1), name, kind,
       $base + row_number() OVER (ORDER BY folder, name) - 1, content_id, size, sha256, $at, $at, properties,
       CASE WHEN $keepsEnd THEN expires_at END
     FROM entry WHERE ${BELOW}`,
    { ...below(from), to, at, base: newVersions(step, count), keepsEnd: Number(keepsEnd) },
  );
}

export function remove(step: Step, command: Command<'remove'>): void {
  const entry = findEntry(step.sql, command.path);
  if (command.expect !== undefined) mustBeThawedThenMatch(step, entry, command);
  if (entry === undefined) throw notFound();
  mustBeThawed(step, entry);
  if (entry.kind === 'folder' && !command.recursive && hasChildren(step.sql, entry.path)) {
    throw new GatewayError('not-empty', 'the folder is not empty');
  }
  drop(step, entry);
}

function mustBeThawedThenMatch(step: Step, entry: EntryRow | undefined, command: Command<'remove'>): void {
  if (entry !== undefined) mustBeThawed(step, entry);
  mustMatch(entry, command.expect ?? 'any');
}

/** Makes room for what is moved or copied to a name. */
function clear(step: Step, to: VPath, overwrite: Overwrite, moved: EntryRow): void {
  const entry = findEntry(step.sql, to);
  if (entry === undefined) {
    if (hasChildren(step.sql, to)) throw new GatewayError('is-folder', 'a folder has this name; choose another');
    return;
  }
  if (!overwrite) throw new GatewayError('already-exists', 'this name is taken; choose another');
  if (overwrite === 'as-rename') mustReplace(step, moved, entry);
  mustBeThawed(step, entry);
  drop(step, entry);
}

/** rename(2): EISDIR, ENOTDIR, ENOTEMPTY */
function mustReplace(step: Step, moved: EntryRow, entry: EntryRow): void {
  if (entry.kind === 'file') {
    if (moved.kind === 'folder') throw new GatewayError('not-folder', 'a folder does not take the place of a file');
    return;
  }
  if (moved.kind === 'file') throw new GatewayError('is-folder', 'a file does not take the place of a folder');
  if (hasChildren(step.sql, entry.path)) throw new GatewayError('not-empty', 'the folder in its place is not empty');
}

function drop(step: Step, entry: EntryRow): void {
  removeUsageOf(step, entry);
  endLocksWithin(step, entry.path);
  if (entry.kind === 'folder') step.sql.run(`DELETE FROM entry WHERE ${BELOW}`, below(entry.path));
  step.sql.run('DELETE FROM entry WHERE folder = $folder AND name = $name', keyOf(entry.path));
  contentDropped(step, entry);
}

function countBelow(step: Step, path: VPath): number {
  return integer(step.sql.one(`SELECT count(*) AS count FROM entry WHERE ${BELOW}`, below(path)), 'count');
}

/** Neither may lie in the other: what is overwritten would hold what is moved. RFC 4918 §9.8.5 calls it forbidden. */
function mustBeApart(from: VPath, to: VPath): void {
  if (isWithin(to, from) || isWithin(from, to)) {
    throw new GatewayError(
      'not-allowed',
      'a name can not be moved or copied onto itself, into itself or onto its own folder',
    );
  }
}
