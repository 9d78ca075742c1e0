import { GatewayError } from '../domain/errors.ts';
import type { VPath } from '../domain/vpath.ts';
import type { PartialRow } from './commands.ts';
import { integer, optionalInteger, type Row, type Sql, text } from './sql.ts';
import type { Command, Step } from './sqlite-step.ts';
import { findEntry } from './sqlite-tree.ts';
import { addUsage } from './sqlite-usage.ts';

/** In the column of totals, which takes no NULL: the end will tell. */
const UNKNOWN = -1;

export function beginPartial({ sql, now }: Step, command: Command<'beginPartial'>): void {
  const { principal, path, contentId, total = UNKNOWN, base = null, maxOfPrincipal } = command;
  if (findPartial(sql, principal, path) !== undefined) {
    throw new GatewayError('already-exists', 'a part of this file is here already; go on with it, or end it first');
  }
  if (base !== null && base !== (findEntry(sql, path)?.version ?? 0)) {
    throw new GatewayError('precondition-failed', 'this file was replaced meanwhile; send it from its beginning');
  }
  const held = sql.one('SELECT count(*) AS count FROM partial WHERE principal = $principal', { principal });
  if (integer(held, 'count') >= maxOfPrincipal) {
    throw new GatewayError('not-allowed', `${maxOfPrincipal} files are on their way already; end one of them first`);
  }
  sql.run(
    `INSERT INTO partial (principal, path, content_id, size, total, base, started_at, touched_at)
     VALUES ($principal, $path, $contentId, 0, $total, $base, $now, $now)`,
    { principal, path, contentId, total, base, now },
  );
}

export function advancePartial(step: Step, command: Command<'advancePartial'>): void {
  const { sql, now } = step;
  const { principal, path, contentId, size } = command;
  const before = findPartial(sql, principal, path);
  if (before?.contentId !== contentId) {
    throw new GatewayError('not-found', 'no part of this file is here; send it from its beginning');
  }
  sql.run('UPDATE partial SET size = $size, touched_at = $now WHERE principal = $principal AND path = $path', {
    ...{ principal, path, size, now },
  });
  addUsage(step, path, { bytes: size - before.size, files: 0 });
}

export function endPartial(step: Step, { principal, path }: Command<'endPartial'>): void {
  const held = findPartial(step.sql, principal, path);
  if (held === undefined) return;
  step.sql.run('DELETE FROM partial WHERE principal = $principal AND path = $path', { principal, path });
  addUsage(step, path, { bytes: -held.size, files: 0 });
}

export function findPartial(sql: Sql, principal: string, path: VPath): PartialRow | undefined {
  const row = sql.get('SELECT * FROM partial WHERE principal = $principal AND path = $path', { principal, path });
  return row === undefined ? undefined : parsePartial(row);
}

/** By path. */
export function partialsOf(sql: Sql, principal: string, limit: number): readonly PartialRow[] {
  return sql
    .all('SELECT * FROM partial WHERE principal = $principal ORDER BY path LIMIT $limit', { principal, limit })
    .map(parsePartial);
}

/** Those that were left alone the longest first. */
export function stalePartials(sql: Sql, before: number, limit: number): readonly PartialRow[] {
  return sql
    .all('SELECT * FROM partial WHERE touched_at < $before ORDER BY touched_at LIMIT $limit', { before, limit })
    .map(parsePartial);
}

function parsePartial(row: Row): PartialRow {
  const total = integer(row, 'total');
  return {
    principal: text(row, 'principal'),
    path: text(row, 'path') as VPath,
    contentId: text(row, 'content_id'),
    size: integer(row, 'size'),
    total: total === UNKNOWN ? undefined : total,
    base: optionalInteger(row, 'base'),
    startedAt: integer(row, 'started_at'),
    touchedAt: integer(row, 'touched_at'),
  };
}
