import { GatewayError } from '../domain/errors.ts';
import type { Question, RecordTicket } from '../domain/question.ts';
import type { QuestionQuery } from './question-commands.ts';
import { integer, optionalInteger, type Row, type Sql, text } from './sql.ts';
import type { Command, Step } from './sqlite-step.ts';

type QueryOf<K extends QuestionQuery['kind']> = Extract<QuestionQuery, { readonly kind: K }>;

export function openQuestions({ sql }: Step, command: Command<'openQuestions'>): void {
  const { batch, flow, environment, asker, at, questions } = command;
  for (const { ticket, source, match } of questions) {
    const other = sql.get(
      `SELECT ticket FROM question
       WHERE asker = $asker AND match = $match AND flow = $flow AND environment = $environment AND state = 'open' LIMIT 1`,
      { asker, match, flow, environment },
    );
    if (other !== undefined) throw new GatewayError('precondition-failed', 'this question is open already');
    const added = sql.run(
      `INSERT OR IGNORE INTO question (ticket, batch, flow, environment, asker, source, match, asked_at, state, changed_at)
       VALUES ($ticket, $batch, $flow, $environment, $asker, $source, $match, $at, 'open', $at)`,
      { ticket, batch, flow, environment, asker, source, match, at },
    );
    if (added === 0) throw new GatewayError('already-exists', 'this question was asked before');
  }
}

export function answerQuestions({ sql }: Step, { source, at, answers }: Command<'answerQuestions'>): void {
  for (const { question, answer } of answers) {
    const changed = sql.run(
      `UPDATE question SET state = 'answered', answer = $answer, changed_at = $at
       WHERE ticket = $question AND source = $source AND state = 'open'`,
      { question, source, answer, at },
    );
    if (changed === 0) throw new GatewayError('precondition-failed', 'this question is not open any more');
  }
}

export function markOverdue({ sql }: Step, { batch, at }: Command<'markOverdue'>): void {
  sql.run(`UPDATE question SET overdue_at = $at WHERE batch = $batch AND state = 'open' AND overdue_at IS NULL`, {
    batch,
    at,
  });
}

export function closeQuestions({ sql }: Step, { batch, at }: Command<'closeQuestions'>): void {
  sql.run(`UPDATE question SET state = 'closed', changed_at = $at WHERE batch = $batch AND state = 'open'`, {
    batch,
    at,
  });
}

export function removeQuestions({ sql }: Step, { tickets }: Command<'removeQuestions'>): void {
  sql.run(`DELETE FROM question WHERE ticket IN (SELECT value FROM json_each($tickets)) AND state <> 'open'`, {
    tickets: JSON.stringify(tickets),
  });
}

export function endedQuestions(sql: Sql, { before, limit }: QueryOf<'endedQuestions'>): readonly RecordTicket[] {
  return sql
    .all(
      `SELECT ticket FROM question WHERE state <> 'open' AND changed_at < $before ORDER BY changed_at LIMIT $limit`,
      { before, limit },
    )
    .map((row) => text(row, 'ticket'));
}

/** Two indexed searches; the same question is found by both at most once. */
export function findQuestions(sql: Sql, query: QueryOf<'questions'>): readonly Question[] {
  const { as, partner, flow, environment, keys } = query;
  const mine = as === 'asker' ? 'question.asker = $partner' : 'question.source = $partner';
  const rows = sql.all(
    `SELECT question.* FROM json_each($keys) AS wanted CROSS JOIN question
       ON question.ticket = wanted.value AND ${mine} AND flow = $flow AND environment = $environment
     UNION SELECT question.* FROM json_each($keys) AS wanted CROSS JOIN question
       ON question.match = wanted.value AND ${mine} AND flow = $flow AND environment = $environment
     ORDER BY asked_at DESC, ticket DESC`,
    { partner, flow, environment, keys: JSON.stringify(keys) },
  );
  return rows.map(parseQuestion);
}

export function openQuestionsOf(sql: Sql, { batch, after, limit }: QueryOf<'openQuestions'>): readonly Question[] {
  return sql
    .all(
      `SELECT * FROM question WHERE batch = $batch AND state = 'open' AND ticket > $after ORDER BY ticket LIMIT $limit`,
      { batch, after, limit },
    )
    .map(parseQuestion);
}

export function openQuestionCount(sql: Sql, { batch }: QueryOf<'openQuestionCount'>): number {
  const row = sql.one(`SELECT count(*) AS open FROM question WHERE batch = $batch AND state = 'open'`, { batch });
  return integer(row, 'open');
}

export function overdueQuestions(sql: Sql): number {
  const row = sql.one(`SELECT count(*) AS overdue FROM question WHERE state = 'open' AND overdue_at IS NOT NULL`);
  return integer(row, 'overdue');
}

// Rows were written by this program from trusted values, so parsing them is a matter of names and types.
function parseQuestion(row: Row): Question {
  const overdueAt = optionalInteger(row, 'overdue_at');
  return {
    ticket: text(row, 'ticket'),
    batch: text(row, 'batch') as Question['batch'],
    flow: text(row, 'flow'),
    environment: text(row, 'environment') as Question['environment'],
    asker: text(row, 'asker') as Question['asker'],
    source: text(row, 'source') as Question['source'],
    match: text(row, 'match'),
    askedAt: integer(row, 'asked_at'),
    state: text(row, 'state') as Question['state'],
    ...(overdueAt === undefined ? {} : { overdueAt }),
  };
}
