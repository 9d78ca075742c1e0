import type { Submission } from '../domain/submission.ts';
import { nameOf, parentOf, type VPath } from '../domain/vpath.ts';
import type { ChainedLine } from './commands.ts';
import { integer, type Parameters, type Row, type Sql, text } from './sql.ts';
import { appendAudit } from './sqlite-audit.ts';
import { parseChainedLine, parseSubmission } from './sqlite-rows.ts';
import type { Command, Step } from './sqlite-step.ts';
import type { OverdueRequest, SubmissionPage, SubmissionPlace, SubmissionQuery } from './submission-queries.ts';

type QueryOf<K extends SubmissionQuery['kind']> = Extract<SubmissionQuery, { readonly kind: K }>;

/** Ticket and time stand in the index, so that what a page passes over is not read. */
const OLDER = 'partner = $partner AND (received_at, ticket) < ($receivedAt, $ticket)';
const LATEST_FIRST = 'ORDER BY received_at DESC, ticket DESC';
/** Behind every ticket. */
const LAST: SubmissionPlace = { receivedAt: Number.MAX_SAFE_INTEGER, ticket: '~' as SubmissionPlace['ticket'] };

export function submissionPage(sql: Sql, query: QueryOf<'submissionPage'>): SubmissionPage {
  const { partner, limit, scan, before = LAST } = query;
  const from = { partner, receivedAt: before.receivedAt, ticket: before.ticket };
  const { conditions, parameters } = filterOf(query);
  const rows = sql.all(
    `SELECT ticket, received_at, state, body FROM
       (SELECT * FROM submission WHERE ${OLDER} ${LATEST_FIRST} LIMIT $scan)
     WHERE ${conditions.join(' AND ')} ${LATEST_FIRST} LIMIT $more`,
    { ...from, ...parameters, scan, more: limit + 1 },
  );
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  if (rows.length > limit && last !== undefined) return { items: items.map(parseSubmission), before: placeOf(last) };
  const end = sql.get(
    `SELECT received_at, ticket FROM submission WHERE ${OLDER} ${LATEST_FIRST} LIMIT 1 OFFSET $past`,
    { ...from, past: scan - 1 },
  );
  return { items: items.map(parseSubmission), before: end && placeOf(end) };
}

type Condition = readonly [sql: string, parameters: Parameters];

function filterOf(query: QueryOf<'submissionPage'>): {
  readonly conditions: readonly string[];
  readonly parameters: Parameters;
} {
  const { state, flow, environment, text: words } = query;
  const asked: readonly Condition[] = [
    ["file_name NOT LIKE 'dry-run/%'", {}],
    flowsOf(query),
    ...(state === undefined ? [] : [['state = $state', { state }] as const]),
    ...(flow === undefined ? [] : [['flow = $flow', { flow }] as const]),
    ...(environment === undefined ? [] : [['environment = $environment', { environment }] as const]),
    ...(words === undefined || words === ''
      ? []
      : [['(instr(lower(file_name), lower($words)) > 0 OR ticket = upper($words))', { words }] as const]),
  ];
  return {
    conditions: asked.map(([condition]) => condition),
    parameters: Object.assign({}, ...asked.map(([, parameters]) => parameters)),
  };
}

function flowsOf({ flows, sender }: QueryOf<'submissionPage'>): Condition {
  const known = 'flow IN (SELECT value FROM json_each($flows))';
  if (sender === undefined) return [known, { flows: JSON.stringify(flows) }];
  const own = "body ->> '$.principal.id' = $senderId AND body ->> '$.principal.kind' = $senderKind";
  return [
    `(${known} OR (flow = 'unknown' AND ${own}))`,
    { flows: JSON.stringify(flows), senderId: sender.id, senderKind: sender.kind },
  ];
}

function placeOf(row: Row): SubmissionPlace {
  return { receivedAt: integer(row, 'received_at'), ticket: text(row, 'ticket') as SubmissionPlace['ticket'] };
}

export function unanswered(sql: Sql, { partner, limit }: QueryOf<'unanswered'>): readonly Submission[] {
  return sql
    .all(
      `SELECT state, body FROM submission INDEXED BY submission_unanswered
       WHERE partner = $partner AND state IN ('quarantined', 'received', 'checking')
       ORDER BY received_at, ticket LIMIT $limit`,
      { partner, limit },
    )
    .map(parseSubmission);
}

export function submissionsIn(sql: Sql, query: QueryOf<'submissionsIn'>): readonly Submission[] {
  const { partner, flow, environment, from, to, limit } = query;
  return sql
    .all(
      `SELECT state, body FROM submission
       WHERE partner = $partner AND received_at >= $from AND received_at < $to
         AND flow = $flow AND environment = $environment AND file_name NOT LIKE 'dry-run/%'
       ORDER BY received_at, ticket LIMIT $limit`,
      { partner, flow, environment, from, to, limit },
    )
    .map(parseSubmission);
}

export function linesAbout(sql: Sql, { ticket, limit }: QueryOf<'linesAbout'>): readonly ChainedLine[] {
  return sql
    .all(`SELECT * FROM audit WHERE fields ->> '$.ticket' = $ticket ORDER BY seq LIMIT $limit`, { ticket, limit })
    .map(parseChainedLine);
}

export function readingsOf(sql: Sql, { paths, limit }: QueryOf<'readingsOf'>): readonly ChainedLine[] {
  return sql
    .all(
      `SELECT audit.* FROM json_each($paths) AS wanted CROSS JOIN audit
         ON fields ->> '$.path' = wanted.value AND kind = 'read'
       WHERE outcome = 'done' ORDER BY seq LIMIT $limit`,
      { paths: JSON.stringify(paths), limit },
    )
    .map(parseChainedLine);
}

export function contentsAt(sql: Sql, { paths }: QueryOf<'contentsAt'>): ReadonlyMap<VPath, string> {
  const wanted = paths.map((path) => ({ path, folder: parentOf(path), name: nameOf(path) }));
  const rows = sql.all(
    `SELECT wanted.value ->> '$.path' AS path, content_id FROM json_each($wanted) AS wanted CROSS JOIN entry
       ON folder = wanted.value ->> '$.folder' AND entry.name = wanted.value ->> '$.name'`,
    { wanted: JSON.stringify(wanted) },
  );
  return new Map(rows.map((row) => [text(row, 'path') as VPath, text(row, 'content_id')]));
}

export function overdueOf(sql: Sql, { partner, limit }: QueryOf<'overdueOf'>): readonly OverdueRequest[] {
  return sql
    .all(
      `SELECT batch, flow, environment, iif(asker = $partner, 'asker', 'source') AS as_whom,
         count(*) AS open, min(overdue_at) AS since
       FROM question WHERE state = 'open' AND overdue_at IS NOT NULL AND (asker = $partner OR source = $partner)
       GROUP BY batch, as_whom ORDER BY since, batch LIMIT $limit`,
      { partner, limit },
    )
    .map((row) => ({
      batch: text(row, 'batch') as OverdueRequest['batch'],
      flow: text(row, 'flow'),
      environment: text(row, 'environment') as OverdueRequest['environment'],
      as: text(row, 'as_whom') as OverdueRequest['as'],
      count: integer(row, 'open'),
      since: integer(row, 'since'),
    }));
}

export function raised(sql: Sql, { keys }: QueryOf<'raised'>): ReadonlyMap<string, number> {
  const rows = sql.all(
    'SELECT raised.* FROM json_each($keys) AS wanted CROSS JOIN raised ON raised.key = wanted.value',
    { keys: JSON.stringify(keys) },
  );
  return new Map(rows.map((row) => [text(row, 'key'), integer(row, 'at')]));
}

export function raiseOnce(step: Step, { key, at, line }: Command<'raiseOnce'>): void {
  if (step.sql.run('INSERT OR IGNORE INTO raised (key, at) VALUES ($key, $at)', { key, at }) === 0) return;
  step.counters[key] = 1;
  if (line !== undefined) appendAudit(step, { kind: 'audit', line });
}
