import type { AlarmQuery, UnknownPersons } from './alarm-commands.ts';
import { integer, type Row, type Sql, text } from './sql.ts';
import { appendAudit } from './sqlite-audit.ts';
import type { Command, Step } from './sqlite-step.ts';

export function countUnknownPersons(step: Step, command: Command<'countUnknownPersons'>): void {
  const { partner, of, count, threshold, line, forgetBefore } = command;
  const { window, since } = of;
  step.sql.run('DELETE FROM unknown_persons WHERE since < $forgetBefore', { forgetBefore });
  const row = step.sql.one(
    `INSERT INTO unknown_persons (partner, window, since, count) VALUES ($partner, $window, $since, $count)
     ON CONFLICT DO UPDATE SET count = count + excluded.count RETURNING count`,
    { partner, window, since, count },
  );
  const now = integer(row, 'count');
  if (now < threshold || now - count >= threshold) return;
  step.counters[window] = now;
  const fields = { ...line.fields, since: new Date(since).toISOString(), count: now };
  appendAudit(step, { kind: 'audit', line: { ...line, fields } });
}

export function unknownPersons(sql: Sql, { windows, limit }: AlarmQuery): readonly UnknownPersons[] {
  return sql
    .all(
      `SELECT found.* FROM json_each($windows) AS wanted CROSS JOIN unknown_persons AS found
         ON found.window = wanted.value ->> '$.window' AND found.since = wanted.value ->> '$.since'
       ORDER BY count DESC, partner, found.window LIMIT $limit`,
      { windows: JSON.stringify(windows), limit },
    )
    .map(parseUnknownPersons);
}

// Rows were written by this program from trusted values, so parsing them is a matter of names and types.
function parseUnknownPersons(row: Row): UnknownPersons {
  return {
    partner: text(row, 'partner') as UnknownPersons['partner'],
    window: text(row, 'window') as UnknownPersons['window'],
    since: integer(row, 'since'),
    count: integer(row, 'count'),
  };
}
