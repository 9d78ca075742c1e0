import { GatewayError } from '../domain/errors.ts';
import type { Lease, Queue } from './ledger.ts';
import { integer, type Parameters, type Sql, text } from './sql.ts';
import type { Command, Step } from './sqlite-step.ts';

/** A number higher than any that was ever given out, for whatever job. */
function newFence({ writing }: Step): number {
  return writing.next('fence');
}

/** A new fence with every `enqueue`, so that who holds the job finds itself fenced out. */
export function enqueue(step: Step, { queue, key, dueAt, payload }: Command<'enqueue'>): void {
  step.sql.run(
    `INSERT INTO job (queue, key, due_at, payload, fence, attempts) VALUES ($queue, $key, $dueAt, $payload, $fence, 0)
     ON CONFLICT (queue, key) DO UPDATE SET due_at = excluded.due_at, payload = excluded.payload,
       fence = excluded.fence, attempts = 0, worker = NULL, leased_until = NULL`,
    { queue, key, dueAt: Math.trunc(dueAt), payload: JSON.stringify(payload ?? null), fence: newFence(step) },
  );
}

export function dequeue(step: Step, { queue, key }: Command<'dequeue'>): void {
  step.sql.run('DELETE FROM job WHERE queue = $queue AND key = $key', { queue, key });
}

export function finishLease(step: Step, { queue, key, fence }: Command<'finishLease'>): void {
  const changed = step.sql.run('DELETE FROM job WHERE queue = $queue AND key = $key AND fence = $fence', {
    queue,
    key,
    fence,
  });
  if (changed === 0) throw fenced();
}

export function releaseLease(step: Step, { queue, key, fence, dueAt, payload }: Command<'releaseLease'>): void {
  const changed = step.sql.run(
    `UPDATE job SET worker = NULL, leased_until = NULL, due_at = $dueAt, payload = coalesce($payload, payload),
       fence = $next
     WHERE queue = $queue AND key = $key AND fence = $fence`,
    {
      queue,
      key,
      fence,
      dueAt: Math.trunc(dueAt),
      payload: payload === undefined ? null : JSON.stringify(payload),
      next: newFence(step),
    },
  );
  if (changed === 0) throw fenced();
}

/** Leases free jobs that are due, oldest due first. Attempts count from 1. */
export function claim(step: Step, queue: Queue, worker: string, max: number, leaseMs: number): readonly Lease[] {
  const { sql, now } = step;
  const expired = sql.get(
    'SELECT key FROM job WHERE queue = $queue AND worker IS NOT NULL AND leased_until <= $now LIMIT 1',
    { queue, now },
  );
  // The fence stays: who held the lease may still finish, until somebody else has claimed the job.
  if (expired !== undefined) {
    sql.run(
      `UPDATE job SET worker = NULL, leased_until = NULL
       WHERE queue = $queue AND worker IS NOT NULL AND leased_until <= $now`,
      { queue, now },
    );
  }
  const due = sql.all(
    `SELECT key, payload, attempts FROM job WHERE queue = $queue AND worker IS NULL AND due_at <= $now
     ORDER BY due_at, key LIMIT $max`,
    { queue, now, max: Math.max(0, Math.trunc(max)) },
  );
  return due.map((row) => {
    const key = text(row, 'key');
    const attempts = integer(row, 'attempts') + 1;
    const until = now + Math.trunc(leaseMs);
    const fence = newFence(step);
    sql.run(
      `UPDATE job SET worker = $worker, leased_until = $until, fence = $fence, attempts = $attempts
       WHERE queue = $queue AND key = $key`,
      { queue, key, worker, until, fence, attempts },
    );
    return { queue, key, fence, until, attempts, payload: JSON.parse(text(row, 'payload')) };
  });
}

/** Those of the leases that have not run out and that nobody else took, with their new end. */
export function extend(step: Step, leases: readonly Lease[], leaseMs: number): readonly Lease[] {
  const until = step.now + Math.trunc(leaseMs);
  return leases
    .filter(
      ({ queue, key, fence }) =>
        step.sql.run(
          `UPDATE job SET leased_until = $until
           WHERE queue = $queue AND key = $key AND fence = $fence AND worker IS NOT NULL AND leased_until > $now`,
          { queue, key, fence, until, now: step.now },
        ) > 0,
    )
    .map((lease) => ({ ...lease, until }));
}

/** Whoever held a lease when the last process ended is gone: the work is due again at once. */
export function freeAllLeases(sql: Sql): void {
  sql.run('UPDATE job SET worker = NULL, leased_until = NULL WHERE worker IS NOT NULL');
}

export function nextDue(sql: Sql, of: Parameters): number | undefined {
  const row = sql.one(
    `SELECT min(at) AS next FROM (
       SELECT min(due_at) AS at FROM job WHERE queue = $queue AND worker IS NULL
       UNION ALL SELECT min(leased_until) FROM job WHERE queue = $queue AND worker IS NOT NULL)`,
    of,
  );
  return row.next === null ? undefined : integer(row, 'next');
}

function fenced(): GatewayError {
  return new GatewayError('fenced', 'this work was given to somebody else');
}
