import { MOST_REFERENCES, type OriginalQuery, type RememberedOriginals } from './original-commands.ts';
import { integer, type Sql, text } from './sql.ts';
import { parseReceivers } from './sqlite-rows.ts';
import type { Command, Step } from './sqlite-step.ts';

/** Receivers of both, in the order of their ids. */
const BOTH = `(SELECT json_group_array(value) FROM
  (SELECT value FROM json_each(original.receivers) UNION SELECT value FROM json_each(excluded.receivers) ORDER BY 1))`;

export function rememberOriginals({ sql }: Step, command: Command<'rememberOriginals'>): void {
  const { flow, environment, partner, originals } = command;
  for (const { references, receivers } of originals) {
    sql.run(
      `INSERT INTO original (flow, environment, partner, reference, receivers)
       SELECT $flow, $environment, $partner, value, $receivers FROM json_each($references) WHERE true
       ON CONFLICT DO UPDATE SET receivers = ${BOTH}`,
      { flow, environment, partner, references, receivers: sorted(receivers) },
    );
  }
}

export function stageOriginals({ sql }: Step, command: Command<'stageOriginals'>): void {
  const { stage, ticket, flow, environment, partner, originals } = command;
  sql.run(
    `INSERT OR IGNORE INTO original_stage (stage, ticket, flow, environment, partner, counts)
     VALUES ($stage, $ticket, $flow, $environment, $partner, 0)`,
    { stage, ticket, flow, environment, partner },
  );
  sql.run(
    `INSERT OR REPLACE INTO staged_original (stage, reference, receivers)
     SELECT $stage, value, $receivers FROM json_each($references)`,
    { stage, references: originals.references, receivers: sorted(originals.receivers) },
  );
}

export function publishOriginals({ sql }: Step, { stage }: Command<'publishOriginals'>): void {
  sql.run('UPDATE original_stage SET counts = 1 WHERE stage = $stage', { stage });
}

export function dropStage({ sql }: Step, { stage }: Command<'dropStage'>): void {
  const dropped = sql.run(
    `DELETE FROM staged_original WHERE stage = $stage AND reference IN
       (SELECT reference FROM staged_original WHERE stage = $stage LIMIT $most)
     AND (SELECT counts FROM original_stage WHERE stage = $stage) = 0`,
    { stage, most: MOST_REFERENCES },
  );
  if (dropped < MOST_REFERENCES) sql.run('DELETE FROM original_stage WHERE stage = $stage AND counts = 0', { stage });
}

/** What small batches left stands under its reference alone; that of a large one beside it, in one stage for each. */
export function findOriginals(
  sql: Sql,
  { flow, environment, partner, references }: OriginalQuery & { readonly kind: 'originals' },
): ReadonlyMap<string, readonly string[]> {
  const rows = sql.all(
    `SELECT reference, receivers FROM json_each($references) AS wanted CROSS JOIN original
       ON original.reference = wanted.value AND flow = $flow AND environment = $environment AND partner = $partner
     UNION ALL
     SELECT reference, receivers FROM original_stage AS one CROSS JOIN json_each($references) AS wanted
       CROSS JOIN staged_original AS staged ON staged.stage = one.stage AND staged.reference = wanted.value
     WHERE one.flow = $flow AND one.environment = $environment AND one.partner = $partner AND one.counts = 1`,
    { flow, environment, partner, references: JSON.stringify(references) },
  );
  const found = new Map<string, readonly string[]>();
  for (const row of rows) {
    const [reference, receivers] = [text(row, 'reference'), parseReceivers(row)];
    const before = found.get(reference);
    found.set(reference, before === undefined ? receivers : [...new Set([...before, ...receivers])].sort());
  }
  return found;
}

export function leftStages(sql: Sql, { ticket }: OriginalQuery & { readonly kind: 'leftStages' }): readonly number[] {
  const rows = sql.all('SELECT stage FROM original_stage WHERE ticket = $ticket AND counts = 0', { ticket });
  return rows.map((row) => integer(row, 'stage'));
}

function sorted(receivers: RememberedOriginals['receivers']): string {
  return JSON.stringify(receivers.toSorted());
}
