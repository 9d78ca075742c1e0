import type { Delivery } from '../domain/delivery.ts';
import { GatewayError } from '../domain/errors.ts';
import type { Ticket } from '../domain/submission.ts';
import type { EntryRow } from './commands.ts';
import type { DeliveryQuery } from './delivery-commands.ts';
import { integer, type Sql, text } from './sql.ts';
import { parseDelivery, parseEntry } from './sqlite-rows.ts';
import type { Command, Step } from './sqlite-step.ts';

type QueryOf<K extends DeliveryQuery['kind']> = Extract<DeliveryQuery, { readonly kind: K }>;

/** Half open, apart from each other, in order. */
type Ranges = readonly (readonly [from: number, to: number])[];

/** The data of a delivery is its first file; what else lies beside it says what it is. */
export function watchContent({ sql }: Step, { id, files }: Delivery): void {
  const [data] = files;
  if (data === undefined) return;
  sql.run(
    `INSERT INTO delivery_content (content_id, delivery, size, sent) VALUES ($contentId, $id, $size, '[]')
     ON CONFLICT DO NOTHING`,
    { contentId: data.contentId, id, size: data.size },
  );
}

export function recordSent({ sql }: Step, { contentId, from, to, at }: Command<'recordSent'>): void {
  const row = sql.get(
    `SELECT delivery, size, sent FROM delivery_content JOIN delivery ON delivery.id = delivery_content.delivery
     WHERE content_id = $contentId AND delivery.state = 'delivered'`,
    { contentId },
  );
  if (row === undefined) return;
  const sent = withRange(parseRanges(text(row, 'sent')), Math.trunc(from), Math.trunc(to));
  sql.run('UPDATE delivery_content SET sent = $sent WHERE content_id = $contentId', {
    contentId,
    sent: JSON.stringify(sent),
  });
  const [only, ...others] = sent;
  const isWhole = others.length === 0 && (only?.[0] ?? 0) === 0 && (only?.[1] ?? 0) >= integer(row, 'size');
  if (!isWhole) return;
  sql.run(`UPDATE delivery SET state = 'picked-up', changed_at = $at WHERE id = $id`, {
    id: text(row, 'delivery'),
    at,
  });
}

/** A content that lost its last name was removed by its receiver, unless its time was over. */
export function contentDropped({ sql, now }: Step, { contentId }: EntryRow): void {
  if (contentId === '') return;
  sql.run(
    `UPDATE delivery SET state = 'removed', changed_at = $now
     WHERE id = (SELECT delivery FROM delivery_content WHERE content_id = $contentId)
       AND state IN ('delivered', 'picked-up') AND NOT EXISTS (SELECT 1 FROM entry WHERE content_id = $contentId)`,
    { contentId, now },
  );
}

export function redeliver({ sql }: Step, { id, from, at }: Command<'redeliver'>): void {
  const row = sql.get('SELECT state, body FROM delivery WHERE id = $id', { id });
  if (row === undefined) throw new GatewayError('not-found', 'there is no such delivery');
  const { state, files } = parseDelivery(row);
  if (state !== from) throw new GatewayError('precondition-failed', `the delivery is ${state} now`);
  sql.run("UPDATE delivery SET state = 'delivered', changed_at = $at WHERE id = $id", { id, at });
  sql.run("UPDATE delivery_content SET sent = '[]' WHERE content_id = $contentId", {
    contentId: files[0]?.contentId ?? '',
  });
}

export function findDelivery(sql: Sql, { id }: QueryOf<'delivery'>): Delivery | undefined {
  const row = sql.get('SELECT state, body FROM delivery WHERE id = $id', { id });
  return row === undefined ? undefined : parseDelivery(row);
}

export function awaitedBy(sql: Sql, { partner, contentId }: QueryOf<'awaitedBy'>): boolean {
  const row = sql.get(
    `SELECT 1 AS found FROM delivery_content JOIN delivery ON delivery.id = delivery_content.delivery
     WHERE content_id = $contentId AND receiver = $partner AND delivery.state = 'delivered'`,
    { contentId, partner },
  );
  return row !== undefined;
}

export function namesOf(sql: Sql, { contentIds }: QueryOf<'namesOf'>): readonly EntryRow[] {
  return sql
    .all(
      `SELECT entry.* FROM json_each($contentIds) AS wanted CROSS JOIN entry
         ON entry.content_id = wanted.value AND entry.content_id <> '' ORDER BY folder, name`,
      { contentIds: JSON.stringify(contentIds) },
    )
    .map(parseEntry);
}

export function unansweredBefore(sql: Sql, query: QueryOf<'unansweredBefore'>): Ticket | undefined {
  const { flow, environment, receivedAt, orChecking } = query;
  const row = sql.get(
    `SELECT ticket FROM submission WHERE state IN ('quarantined', 'received', 'checking')
       AND flow = $flow AND environment = $environment AND received_at < $receivedAt
       AND (state <> 'checking' OR $orChecking) ORDER BY received_at LIMIT 1`,
    { flow, environment, receivedAt, orChecking: Number(orChecking) },
  );
  return row === undefined ? undefined : (text(row, 'ticket') as Ticket);
}

function withRange(known: Ranges, from: number, to: number): Ranges {
  if (to <= from) return known;
  const before = known.filter(([, end]) => end < from);
  const behind = known.filter(([start]) => start > to);
  const touched = known.filter(([start, end]) => end >= from && start <= to);
  const start = Math.min(from, ...touched.map(([first]) => first));
  const end = Math.max(to, ...touched.map(([, last]) => last));
  return [...before, [start, end], ...behind];
}

/** Written by this program. */
function parseRanges(json: string): Ranges {
  return JSON.parse(json) as Ranges;
}
