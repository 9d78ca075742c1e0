import { GatewayError } from '../domain/errors.ts';
import type { StepUpRow } from './commands.ts';
import { integer, type Sql, text } from './sql.ts';
import type { Command, Step } from './sqlite-step.ts';

export function grantStepUp(step: Step, { fingerprint, address, principal, forMs }: Command<'grantStepUp'>): void {
  const { sql, now } = step;
  sql.run('DELETE FROM step_up WHERE until <= $now', { now });
  sql.run(
    `INSERT INTO step_up (fingerprint, address, principal, until) VALUES ($fingerprint, $address, $principal, $until)
     ON CONFLICT DO UPDATE SET principal = excluded.principal, until = excluded.until`,
    { fingerprint, address, principal, until: now + Math.trunc(forMs) },
  );
}

export function endStepUp(step: Step, { fingerprint, address }: Command<'endStepUp'>): void {
  step.sql.run('DELETE FROM step_up WHERE fingerprint = $fingerprint AND address = coalesce($address, address)', {
    fingerprint,
    address: address ?? null,
  });
}

/** RFC 6238 §5.2: a code is accepted once, so the counter of the last one only grows. */
export function useCode(step: Step, { principal, counter }: Command<'useCode'>): void {
  const changed = step.sql.run(
    `INSERT INTO used_code (principal, counter) VALUES ($principal, $counter)
     ON CONFLICT DO UPDATE SET counter = excluded.counter WHERE excluded.counter > counter`,
    { principal, counter },
  );
  if (changed === 0) throw new GatewayError('precondition-failed', 'this code was used before; wait for the next one');
}

export function stepUps(sql: Sql, now: number): readonly StepUpRow[] {
  return sql.all('SELECT * FROM step_up WHERE until > $now ORDER BY fingerprint, address', { now }).map((row) => ({
    fingerprint: text(row, 'fingerprint'),
    address: text(row, 'address'),
    principal: text(row, 'principal'),
    until: integer(row, 'until'),
  }));
}
