import { GatewayError } from '../domain/errors.ts';
import { areaOf } from '../domain/tree.ts';
import { childOf, ROOT, type VPath } from '../domain/vpath.ts';
import type { EntryRow, Usage } from './commands.ts';
import { integer, type Row, type Sql, text } from './sql.ts';
import { BELOW, below, type Command, type Step } from './sqlite-step.ts';

type Counted = Pick<EntryRow, 'path' | 'kind' | 'size'>;

/** What lies in the area of a path became more by this. Paths above the areas count into none. */
export function addUsage({ added }: Pick<Step, 'added'>, path: VPath, { bytes, files }: Usage): void {
  const area = areaOf(path);
  if (area === undefined) return;
  const before = added.get(area);
  added.set(area, { bytes: (before?.bytes ?? 0) + bytes, files: (before?.files ?? 0) + files });
}

/** Writes down what was added: once for a call, and before anybody asks how much there is. */
export function settleUsage({ sql, added }: Pick<Step, 'sql' | 'added'>): void {
  for (const [area, usage] of added) writeUsage(sql, area, usage);
  added.clear();
}

function writeUsage(sql: Sql, area: VPath, { bytes, files }: Usage): void {
  if (bytes === 0 && files === 0) return;
  sql.run(
    `INSERT INTO usage (area, bytes, files) VALUES ($area, $bytes, $files)
     ON CONFLICT DO UPDATE SET bytes = bytes + excluded.bytes, files = files + excluded.files`,
    { area, bytes, files },
  );
}

/** An entry has come, with all that lies below it now. */
export function addUsageOf(step: Step, entry: Counted): void {
  for (const [path, usage] of usageOf(step.sql, entry)) addUsage(step, path, usage);
}

/** An entry is about to go, with all that lies below it still. */
export function removeUsageOf(step: Step, entry: Counted): void {
  for (const [path, { bytes, files }] of usageOf(step.sql, entry))
    addUsage(step, path, { bytes: -bytes, files: -files });
}

/** Counts what was in the ledger before it kept count. */
export function countAllUsage(sql: Sql): void {
  const added = new Map<VPath, Usage>();
  for (const [path, usage] of usageBelow(sql, ROOT)) addUsage({ added }, path, usage);
  settleUsage({ sql, added });
}

/** The same for what is held of uploads that were cut. */
export function countPartials(sql: Sql): void {
  const added = new Map<VPath, Usage>();
  for (const row of sql.all('SELECT path, size FROM partial')) {
    addUsage({ added }, text(row, 'path') as VPath, { bytes: integer(row, 'size'), files: 0 });
  }
  settleUsage({ sql, added });
}

export function mustFit(step: Step, { areas, maxBytes }: Command<'mustFit'>): void {
  settleUsage(step);
  if (usageIn(step.sql, areas).bytes <= maxBytes) return;
  throw new GatewayError(
    'over-quota',
    `this would be more than the ${maxBytes} bytes of room given here; remove what is no longer needed, or ask for more`,
  );
}

export function usageIn(sql: Sql, areas: readonly VPath[]): Usage {
  const [area, ...others] = areas;
  if (area !== undefined && others.length === 0) {
    const row = sql.get('SELECT bytes, files FROM usage WHERE area = $area', { area });
    return row === undefined ? { bytes: 0, files: 0 } : parseUsage(row);
  }
  return parseUsage(
    sql.one(
      `SELECT coalesce(sum(bytes), 0) AS bytes, coalesce(sum(files), 0) AS files FROM usage
       WHERE area IN (SELECT value FROM json_each($areas))`,
      { areas: JSON.stringify(areas) },
    ),
  );
}

function usageOf(sql: Sql, { path, kind, size }: Counted): readonly (readonly [VPath, Usage])[] {
  return kind === 'file' ? [[path, { bytes: size, files: 1 }]] : usageBelow(sql, path);
}

/** Files below a folder, as paths with what counts into the area of each. */
function usageBelow(sql: Sql, folder: VPath): readonly (readonly [VPath, Usage])[] {
  const files = `FROM entry WHERE ${BELOW} AND kind = 'file'`;
  if (areaOf(folder) !== undefined) {
    const row = sql.one(`SELECT coalesce(sum(size), 0) AS bytes, count(*) AS files ${files}`, below(folder));
    return [[folder, parseUsage(row)]];
  }
  // Above the areas, where nobody but the migration and an operator works: each folder is asked for its own.
  return sql
    .all(`SELECT folder, sum(size) AS bytes, count(*) AS files ${files} GROUP BY folder`, below(folder))
    .flatMap((row) => {
      const path = text(row, 'folder') as VPath;
      return areaOf(path) === undefined ? usageOfChildren(sql, path) : [[path, parseUsage(row)] as const];
    });
}

function usageOfChildren(sql: Sql, folder: VPath): readonly (readonly [VPath, Usage])[] {
  return sql
    .all("SELECT name, size AS bytes, 1 AS files FROM entry WHERE folder = $folder AND kind = 'file'", { folder })
    .map((row) => [childOf(folder, text(row, 'name')), parseUsage(row)]);
}

function parseUsage(row: Row): Usage {
  return { bytes: integer(row, 'bytes'), files: integer(row, 'files') };
}
