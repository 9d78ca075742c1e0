import type { Delivery } from '../domain/delivery.ts';
import type { Submission } from '../domain/submission.ts';
import { parentOf } from '../domain/vpath.ts';
import type { ChainedLine, EntryRow, TargetRow } from './commands.ts';
import type { Answer, Lot, Query } from './queries.ts';
import { integer, type Parameters, type Sql, text } from './sql.ts';
import { unknownPersons } from './sqlite-alarms.ts';
import { bytesOfContents, IS_NAMED, keptContents } from './sqlite-contents.ts';
import { awaitedBy, findDelivery, namesOf, unansweredBefore } from './sqlite-deliveries.ts';
import { locksAround, locksIn, locksOn } from './sqlite-locks.ts';
import { findOriginals, leftStages } from './sqlite-originals.ts';
import { findPartial, partialsOf, stalePartials } from './sqlite-partials.ts';
import { auditLinesOf, deliveriesOf, lastAuditLine, statesOf } from './sqlite-portal.ts';
import {
  endedQuestions,
  findQuestions,
  openQuestionCount,
  openQuestionsOf,
  overdueQuestions,
} from './sqlite-questions.ts';
import { nextDue } from './sqlite-queue.ts';
import { parseChainedLine, parseDelivery, parseEntry, parseSubmission } from './sqlite-rows.ts';
import { BELOW, below, keyOf } from './sqlite-step.ts';
import { stepUps } from './sqlite-step-up.ts';
import {
  contentsAt,
  linesAbout,
  overdueOf,
  raised,
  readingsOf,
  submissionPage,
  submissionsIn,
  unanswered,
} from './sqlite-submission-pages.ts';
import { findLot, findSubmission, nextSequence } from './sqlite-submissions.ts';
import { traffic } from './sqlite-traffic.ts';
import { findEntry } from './sqlite-tree.ts';
import { usageIn } from './sqlite-usage.ts';

const MAX_BY_NAME = 100;

type QueryOf<K extends Query['kind']> = Extract<Query, { readonly kind: K }>;

/** Answers a query from the snapshot of the transaction that is open. */
export function answer(sql: Sql, query: Query): Answer<Query> {
  switch (query.kind) {
    case 'entry':
      return findEntry(sql, query.path);
    case 'children':
      return children(sql, query);
    case 'expired':
      return expired(sql, query);
    case 'frozenWithin':
      return frozenWithin(sql, query);
    case 'submission':
      return findSubmission(sql, query.ticket);
    case 'submissions':
      return submissions(sql, query);
    case 'submissionsByName':
      return submissionsBy(sql, 'file_name = $what', query, query.fileName, MAX_BY_NAME);
    case 'latestByDigest':
      return submissionsBy(sql, 'sha256 = $what', query, query.sha256, 1).at(0);
    case 'lot':
      return lotOf(sql, query);
    case 'deliveries':
      return deliveries(sql, query);
    case 'nextSequence':
      return nextSequence(sql, { flow: query.flow, environment: query.environment, receiver: query.receiver });
    case 'originals':
      return findOriginals(sql, query);
    case 'leftStages':
      return leftStages(sql, query);
    case 'contents':
      return bytesOfContents(sql, query);
    case 'keptContents':
      return keptContents(sql, query);
    case 'delivery':
      return findDelivery(sql, query);
    case 'awaitedBy':
      return awaitedBy(sql, query);
    case 'namesOf':
      return namesOf(sql, query);
    case 'unansweredBefore':
      return unansweredBefore(sql, query);
    case 'questions':
      return findQuestions(sql, query);
    case 'openQuestions':
      return openQuestionsOf(sql, query);
    case 'openQuestionCount':
      return openQuestionCount(sql, query);
    case 'overdueQuestions':
      return overdueQuestions(sql);
    case 'endedQuestions':
      return endedQuestions(sql, query);
    case 'traffic':
      return traffic(sql, query);
    case 'unknownPersons':
      return unknownPersons(sql, query);
    case 'submissionPage':
      return submissionPage(sql, query);
    case 'unanswered':
      return unanswered(sql, query);
    case 'submissionsIn':
      return submissionsIn(sql, query);
    case 'linesAbout':
      return linesAbout(sql, query);
    case 'readingsOf':
      return readingsOf(sql, query);
    case 'contentsAt':
      return contentsAt(sql, query);
    case 'overdueOf':
      return overdueOf(sql, query);
    case 'raised':
      return raised(sql, query);
    case 'nextDue':
      return nextDue(sql, { queue: query.queue });
    case 'queueLength':
      return queueLength(sql, query);
    case 'namedContents':
      return namedContents(sql, query);
    case 'target':
      return target(sql, query);
    case 'locksOn':
      return locksOn(sql, query.path, query.now);
    case 'locksIn':
      return locksIn(sql, query.folder, query.now);
    case 'usage':
      return usageIn(sql, query.areas);
    case 'partial':
      return findPartial(sql, query.principal, query.path);
    case 'stalePartials':
      return stalePartials(sql, query.before, query.limit);
    case 'stepUps':
      return stepUps(sql, query.now);
    case 'partialsOf':
      return partialsOf(sql, query.principal, query.limit);
    case 'deliveriesOf':
      return deliveriesOf(sql, query);
    case 'statesOf':
      return statesOf(sql, query);
    case 'lastAuditLine':
      return lastAuditLine(sql);
    case 'auditLinesOf':
      return auditLinesOf(sql, query);
    case 'auditLines':
      return auditLines(sql, query);
  }
}

function target(sql: Sql, { path, areas, now, principal }: QueryOf<'target'>): TargetRow {
  const folder = parentOf(path);
  return {
    entry: findEntry(sql, path),
    parent: findEntry(sql, folder),
    ...locksAround(sql, path, now),
    usage: usageIn(sql, areas),
    partial: findPartial(sql, principal, path),
  };
}

function children(sql: Sql, { folder, after, limit }: QueryOf<'children'>): readonly EntryRow[] {
  return sql
    .all('SELECT * FROM entry WHERE folder = $folder AND name > $after ORDER BY name LIMIT $limit', {
      folder,
      after,
      limit,
    })
    .map(parseEntry);
}

/** A frozen file waits for its answer, whatever its end was. */
function expired(sql: Sql, { now, limit }: QueryOf<'expired'>): readonly EntryRow[] {
  return sql
    .all('SELECT * FROM entry WHERE expires_at <= $now AND frozen_by IS NULL ORDER BY expires_at LIMIT $limit', {
      now,
      limit,
    })
    .map(parseEntry);
}

function frozenWithin(sql: Sql, { path }: QueryOf<'frozenWithin'>): readonly EntryRow[] {
  return sql
    .all(
      `SELECT * FROM entry WHERE frozen_by IS NOT NULL AND (folder = $folder AND name = $name OR ${BELOW})
       ORDER BY folder, name`,
      { ...keyOf(path), ...below(path) },
    )
    .map(parseEntry);
}

function lotOf(sql: Sql, { kind: _, ...of }: QueryOf<'lot'>): Lot {
  return findLot(sql, of);
}

function submissions(sql: Sql, { partner, limit }: QueryOf<'submissions'>): readonly Submission[] {
  const order = 'ORDER BY received_at DESC, ticket DESC LIMIT $limit';
  const rows =
    partner === undefined
      ? sql.all(`SELECT state, body FROM submission ${order}`, { limit })
      : sql.all(`SELECT state, body FROM submission WHERE partner = $partner ${order}`, { partner, limit });
  return rows.map(parseSubmission);
}

function submissionsBy(
  sql: Sql,
  condition: 'file_name = $what' | 'sha256 = $what',
  { partner, flow, environment, since }: QueryOf<'submissionsByName'> | QueryOf<'latestByDigest'>,
  what: string,
  limit: number,
): readonly Submission[] {
  return sql
    .all(
      `SELECT state, body FROM submission
       WHERE partner = $partner AND flow = $flow AND environment = $environment AND ${condition} AND received_at >= $since
       ORDER BY received_at DESC, ticket DESC LIMIT $limit`,
      { partner, flow, environment, since, what, limit },
    )
    .map(parseSubmission);
}

function deliveries(sql: Sql, { ticket }: QueryOf<'deliveries'>): readonly Delivery[] {
  return sql
    .all('SELECT state, body FROM delivery WHERE ticket = $ticket ORDER BY receiver, sequence', { ticket })
    .map(parseDelivery);
}

function queueLength(sql: Sql, { queue }: QueryOf<'queueLength'>): number {
  return integer(sql.one('SELECT count(*) AS length FROM job WHERE queue = $queue', { queue }), 'length');
}

function auditLines(sql: Sql, { from, limit }: QueryOf<'auditLines'>): readonly ChainedLine[] {
  return sql
    .all('SELECT * FROM audit WHERE seq >= $from ORDER BY seq LIMIT $limit', { from, limit })
    .map(parseChainedLine);
}

/** Deliveries that were removed or have expired name nothing any more: their payload may go. */
function namedContents(sql: Sql, { contentIds }: QueryOf<'namedContents'>): ReadonlySet<string> {
  const parameters: Parameters = { contentIds: JSON.stringify(contentIds) };
  const rows = sql.all(
    `SELECT wanted.value AS content_id FROM json_each($contentIds) AS wanted WHERE ${IS_NAMED}`,
    parameters,
  );
  return new Set(rows.map((row) => text(row, 'content_id')));
}
