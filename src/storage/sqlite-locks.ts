import { GatewayError } from '../domain/errors.ts';
import { isWithin, parentOf, type VPath } from '../domain/vpath.ts';
import type { LockRow, TargetRow } from './commands.ts';
import { lockedBy } from './locked.ts';
import { integer, type Row, type Sql, text } from './sql.ts';
import { type Command, pathsBelow, type Step } from './sqlite-step.ts';
import { findEntry, frozen, notFound } from './sqlite-tree.ts';

export function takeLock(step: Step, { lock, forMs, maxOfPrincipal }: Command<'takeLock'>): void {
  const { sql, now } = step;
  const entry = findEntry(sql, lock.path);
  if (entry === undefined) throw notFound();
  if (entry.frozenBy !== undefined) throw frozen(entry.frozenBy);
  sql.run('DELETE FROM lock WHERE until <= $now', { now });
  const around = lock.depth === 'infinity' ? locksBelow(sql, lock.path, now) : [];
  const against = [...locksOn(sql, lock.path, now), ...around].find(
    (other) => lock.scope === 'exclusive' || other.scope === 'exclusive',
  );
  if (against !== undefined) throw lockedBy(against);
  const held = sql.one('SELECT count(*) AS count FROM lock WHERE principal = $principal', {
    principal: lock.principal,
  });
  if (integer(held, 'count') >= maxOfPrincipal) {
    throw new GatewayError('not-allowed', `you hold ${maxOfPrincipal} locks already; unlock something first`);
  }
  sql.run(
    `INSERT INTO lock (token, path, depth, scope, principal, owner, until)
     VALUES ($token, $path, $depth, $scope, $principal, $owner, $until)`,
    { ...lock, depth: String(lock.depth), until: now + Math.trunc(forMs) },
  );
}

export function refreshLock({ sql, now }: Step, { token, principal, path, forMs }: Command<'refreshLock'>): void {
  const lock = liveLock(sql, token, now);
  if (lock === undefined || lock.principal !== principal || !covers(lock, path)) throw notLocked();
  sql.run('UPDATE lock SET until = $until WHERE token = $token', { token, until: now + Math.trunc(forMs) });
}

export function releaseLock({ sql, now }: Step, { token, principal, path }: Command<'releaseLock'>): void {
  const lock = liveLock(sql, token, now);
  if (lock === undefined || !covers(lock, path)) throw notLocked();
  if (lock.principal !== principal) {
    throw new GatewayError('not-allowed', 'somebody else has taken this lock; only they can end it');
  }
  sql.run('DELETE FROM lock WHERE token = $token', { token });
}

/** Locks of what goes, and of everything below it, end. */
export function endLocksWithin({ sql }: Step, path: VPath): void {
  sql.run('DELETE FROM lock WHERE path = $path OR (path >= $first AND path < $last)', { path, ...pathsBelow(path) });
}

/** RFC 4918 §7: what `LockReach` says, each set of locks on its own. Of shared locks any one will do. */
export function mustHoldLocks({ sql, now }: Step, command: Command<'mustHoldLocks'>): void {
  const { path, reach, principal, tokens } = command;
  const mustHoldOne = (covering: readonly LockRow[]): void => {
    const [first] = covering;
    if (first === undefined) return;
    if (!covering.some((lock) => lock.principal === principal && tokens.includes(lock.token))) throw lockedBy(first);
  };
  const above = locksAbove(sql, path, now);
  mustHoldOne(above.filter((lock) => covers(lock, path)));
  if (reach === 'content') return;
  mustHoldOne(above.filter((lock) => covers(lock, parentOf(path))));
  if (reach === 'name') return;
  const below = locksBelow(sql, path, now);
  const byRoot = Map.groupBy([...above, ...below], (lock) => lock.path);
  for (const root of new Set(below.map((lock) => lock.path))) {
    const around = lineOf(root).flatMap((folder) => byRoot.get(folder) ?? []);
    mustHoldOne(around.filter((lock) => covers(lock, root)));
  }
}

/** Locks that cover a path. */
export function locksOn(sql: Sql, path: VPath, now: number): readonly LockRow[] {
  return locksAbove(sql, path, now).filter((lock) => covers(lock, path));
}

/** Locks that cover a path, and those that cover the folder it lies in. */
export function locksAround(sql: Sql, path: VPath, now: number): Pick<TargetRow, 'locks' | 'parentLocks'> {
  const above = locksAbove(sql, path, now);
  const folder = parentOf(path);
  return {
    locks: above.filter((lock) => covers(lock, path)),
    parentLocks: above.filter((lock) => covers(lock, folder)),
  };
}

/** Locks of the direct children of a folder. */
export function locksIn(sql: Sql, folder: VPath, now: number): readonly LockRow[] {
  return locksBelow(sql, folder, now).filter((lock) => parentOf(lock.path) === folder);
}

/** Locks of a path and of every folder above it, whatever their depth. */
function locksAbove(sql: Sql, path: VPath, now: number): readonly LockRow[] {
  // Mostly nobody has locked anything: to see that costs a tenth of looking for every folder above.
  if (sql.get('SELECT 1 AS found FROM lock LIMIT 1') === undefined) return [];
  return sql
    .all(
      'SELECT * FROM lock WHERE path IN (SELECT value FROM json_each($line)) AND until > $now ORDER BY path, token',
      { line: JSON.stringify(lineOf(path)), now },
    )
    .map(parseLock);
}

function locksBelow(sql: Sql, path: VPath, now: number): readonly LockRow[] {
  return sql
    .all('SELECT * FROM lock WHERE path >= $first AND path < $last AND until > $now ORDER BY path, token', {
      ...pathsBelow(path),
      now,
    })
    .map(parseLock);
}

function liveLock(sql: Sql, token: string, now: number): LockRow | undefined {
  const row = sql.get('SELECT * FROM lock WHERE token = $token AND until > $now', { token, now });
  return row === undefined ? undefined : parseLock(row);
}

/** A path and the folders above it, the path first. */
function lineOf(path: VPath): readonly VPath[] {
  const line = [path];
  for (let at = path; at !== '/'; at = parentOf(at)) line.push(parentOf(at));
  return line;
}

function covers(lock: LockRow, path: VPath): boolean {
  return lock.path === path || (lock.depth === 'infinity' && isWithin(path, lock.path));
}

function notLocked(): GatewayError {
  return new GatewayError('not-locked', 'there is no such lock of yours here, or not any more; lock again to go on');
}

function parseLock(row: Row): LockRow {
  return {
    token: text(row, 'token'),
    path: text(row, 'path') as VPath,
    depth: text(row, 'depth') === '0' ? 0 : 'infinity',
    scope: text(row, 'scope') as LockRow['scope'],
    principal: text(row, 'principal'),
    owner: text(row, 'owner'),
    until: integer(row, 'until'),
  };
}
