import { GatewayError } from '../domain/errors.ts';
import { isFinal, NEXT, type Submission, type Ticket } from '../domain/submission.ts';
import type { LotOf } from './commands.ts';
import type { Lot } from './queries.ts';
import { integer, optionalInteger, type Parameters, type Sql, text } from './sql.ts';
import { watchContent } from './sqlite-deliveries.ts';
import { parseSubmission } from './sqlite-rows.ts';
import type { Command, Step } from './sqlite-step.ts';

export function findSubmission(sql: Sql, ticket: Ticket): Submission | undefined {
  const row = sql.get('SELECT state, body FROM submission WHERE ticket = $ticket', { ticket });
  return row === undefined ? undefined : parseSubmission(row);
}

export function insertSubmission(step: Step, { submission }: Command<'insertSubmission'>): void {
  const { ticket, partner, flow, environment, fileName, sha256, receivedAt, state } = submission;
  const used = step.sql.run('INSERT OR IGNORE INTO used_ticket (ticket) VALUES ($ticket)', { ticket });
  if (used === 0) throw new GatewayError('already-exists', 'this ticket was used before');
  step.sql.run(
    `INSERT INTO submission
       (ticket, partner, flow, environment, file_name, sha256, received_at, state, changed_at, body,
        lot)
     VALUES ($ticket, $partner, $flow, $environment, $fileName, $sha256, $receivedAt, $state, $receivedAt, $body, $lot)`,
    {
      ...{ ticket, partner, flow, environment, fileName, sha256, receivedAt, state },
      ...{ body: JSON.stringify(submission), lot: submission.lot ?? null },
    },
  );
  nameContents(step, ticket, [], neededBy(submission));
}

/** One that was taken back, or refused as a whole, took no number. */
const TOOK_LOT = `partner = $partner AND flow = $flow AND environment = $environment AND received_at >= $since
  AND state <> 'cancelled' AND NOT (state = 'rejected' AND json_array_length(body, '$.errors') > 0)`;

export function findLot(sql: Sql, { lot, ...of }: LotOf): Lot {
  const row = sql.one(
    `SELECT EXISTS (SELECT 1 FROM submission WHERE ${TOOK_LOT} AND lot = $lot) AS taken,
       (SELECT max(lot) FROM submission WHERE ${TOOK_LOT} AND lot < $lot) AS before`,
    { ...of, lot },
  );
  return { taken: integer(row, 'taken') === 1, before: optionalInteger(row, 'before') };
}

export function mustBeNewLot(step: Step, { kind: _, ...of }: Command<'mustBeNewLot'>): void {
  if (findLot(step.sql, of).taken) throw new GatewayError('precondition-failed', 'a lot of this number was taken');
}

export function mustFollow(step: Step, { ticket, overtakesQuarantine }: Command<'mustFollow'>): void {
  const row = step.sql.get('SELECT state FROM submission WHERE ticket = $ticket', { ticket });
  const state = row === undefined ? undefined : text(row, 'state');
  const isHeld = state === 'received' || state === 'checking' || (state === 'quarantined' && !overtakesQuarantine);
  if (isHeld) throw new GatewayError('precondition-failed', 'the file before this one is not answered yet');
}

/** The one place where the state of a submission changes. */
export function setSubmissionState(step: Step, command: Command<'setSubmissionState'>): void {
  const { ticket, from, to, at, patch } = command;
  const submission = findSubmission(step.sql, ticket);
  if (submission === undefined) throw new GatewayError('not-found', 'there is no submission of this ticket');
  if (submission.state !== from || !NEXT[from].includes(to)) {
    throw new GatewayError('precondition-failed', `the submission is ${submission.state}; it can not become ${to}`);
  }
  const changed: Submission = { ...submission, ...patch, state: to };
  step.sql.run('UPDATE submission SET state = $to, changed_at = $at, body = $body WHERE ticket = $ticket', {
    ticket,
    to,
    at,
    body: JSON.stringify(changed),
  });
  nameContents(step, ticket, neededBy(submission), neededBy(changed));
}

/**
 * Keeps the sweeper off what a submission needs: its answers and record log for as long as it is known, what was handed
 * in until it is answered. A delivery needs no such row: the name in the mailbox is what keeps its content.
 */
function neededBy({ state, files, receipt, notification, recordLog }: Submission): readonly string[] {
  const needed = [...(isFinal(state) ? [] : files), ...receipt, ...notification, ...(recordLog ? [recordLog] : [])];
  return needed.map(({ contentId }) => contentId);
}

function nameContents({ sql }: Step, ticket: Ticket, before: readonly string[], after: readonly string[]): void {
  const [known, needed] = [new Set(before), new Set(after)];
  for (const contentId of known) {
    if (needed.has(contentId)) continue;
    sql.run('DELETE FROM submission_content WHERE ticket = $ticket AND content_id = $contentId', { ticket, contentId });
  }
  const added = [...needed].filter((contentId) => !known.has(contentId));
  if (added.length === 0) return;
  sql.run(
    'INSERT OR IGNORE INTO submission_content (ticket, content_id) SELECT $ticket, value FROM json_each($contentIds)',
    { ticket, contentIds: JSON.stringify(added) },
  );
}

export function insertDelivery(step: Step, { delivery, at }: Command<'insertDelivery'>): void {
  const { id, ticket, flow, environment, receiver, sequence, state } = delivery;
  const made = step.sql.run(
    `INSERT INTO delivery (id, ticket, flow, environment, receiver, sequence, state, changed_at, body)
     SELECT $id, $ticket, $flow, $environment, $receiver, $sequence, $state, $at, $body
     WHERE $sequence = (SELECT coalesce(max(sequence), 0) + 1 FROM delivery
       WHERE flow = $flow AND environment = $environment AND receiver = $receiver)
     ON CONFLICT (id) DO NOTHING`,
    { id, ticket, flow, environment, receiver, sequence, state, at, body: JSON.stringify(delivery) },
  );
  if (made === 0) throw notMade(step.sql, id);
  watchContent(step, delivery);
}

function notMade(sql: Sql, id: string): GatewayError {
  return sql.get('SELECT id FROM delivery WHERE id = $id', { id }) === undefined
    ? new GatewayError('precondition-failed', 'another delivery took this sequence number; ask for the next one')
    : new GatewayError('already-exists', 'this delivery was made before');
}

/** One more than the highest sequence number of a flow, environment and receiver. */
export function nextSequence(sql: Sql, of: Parameters): number {
  const row = sql.one(
    `SELECT coalesce(max(sequence), 0) + 1 AS next FROM delivery
     WHERE flow = $flow AND environment = $environment AND receiver = $receiver`,
    of,
  );
  return integer(row, 'next');
}

export function setDeliveryState(step: Step, { id, to, at }: Command<'setDeliveryState'>): void {
  const changed = step.sql.run('UPDATE delivery SET state = $to, changed_at = $at WHERE id = $id', { id, to, at });
  if (changed === 0) throw new GatewayError('not-found', 'there is no such delivery');
}

export function increment(step: Step, { counter }: Command<'increment'>): void {
  const row = step.sql.one(
    `INSERT INTO counter (name, value) VALUES ($counter, 1)
     ON CONFLICT DO UPDATE SET value = value + 1 RETURNING value`,
    { counter },
  );
  step.counters[counter] = integer(row, 'value');
}
