import type { DeliveryState } from '../domain/delivery.ts';
import type { SubmissionState, Ticket } from '../domain/submission.ts';
import type { ChainedLine } from './commands.ts';
import type { PortalAnswers, PortalQuery } from './portal-queries.ts';
import { integer, type Sql, text } from './sql.ts';
import { parseChainedLine } from './sqlite-rows.ts';

type QueryOf<K extends PortalQuery['kind']> = Extract<PortalQuery, { readonly kind: K }>;

export function deliveriesOf(
  sql: Sql,
  { partner, contentIds }: QueryOf<'deliveriesOf'>,
): PortalAnswers['deliveriesOf'] {
  return sql
    .all(
      `SELECT content_id, delivery.id AS id, delivery.state AS state
       FROM json_each($contentIds) AS wanted CROSS JOIN delivery_content ON delivery_content.content_id = wanted.value
       JOIN delivery ON delivery.id = delivery_content.delivery WHERE receiver = $partner`,
      { partner, contentIds: JSON.stringify(contentIds) },
    )
    .map((row) => ({
      contentId: text(row, 'content_id'),
      id: text(row, 'id'),
      state: text(row, 'state') as DeliveryState,
    }));
}

export function statesOf(sql: Sql, { tickets }: QueryOf<'statesOf'>): PortalAnswers['statesOf'] {
  return sql
    .all(
      `SELECT ticket, state FROM json_each($tickets) AS wanted CROSS JOIN submission ON submission.ticket = wanted.value`,
      { tickets: JSON.stringify(tickets) },
    )
    .map((row) => ({ ticket: text(row, 'ticket') as Ticket, state: text(row, 'state') as SubmissionState }));
}

export function lastAuditLine(sql: Sql): number {
  return integer(sql.one('SELECT coalesce(max(seq), 0) AS seq FROM audit', {}), 'seq');
}

export function auditLinesOf(sql: Sql, { reference }: QueryOf<'auditLinesOf'>): readonly ChainedLine[] {
  return sql
    .all("SELECT * FROM audit WHERE fields ->> '$.reference' = $reference ORDER BY seq LIMIT 20", { reference })
    .map(parseChainedLine);
}
