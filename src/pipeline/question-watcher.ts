import type { Clock } from '../domain/clock.ts';
import { crashPoint } from '../domain/crash-point.ts';
import { GatewayError } from '../domain/errors.ts';
import type { Logger, Metrics } from '../domain/logger.ts';
import type { PartnerId } from '../domain/principal.ts';
import type { Question } from '../domain/question.ts';
import type { NoticeSubject } from '../evidence/notice.ts';
import type { LedgerCommand } from '../storage/commands.ts';
import type { Lease, Ledger } from '../storage/ledger.ts';
import type { Notices } from './notices.ts';
import type { QuestionWatch } from './question-flows.ts';
import { leaseRef } from './submission-commands.ts';

/** Tickets that a notice names; it tells how many there are. */
const MOST_TICKETS = 1000;

type Parts = {
  readonly ledger: Ledger;
  readonly notices: Notices;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
};

/** What is still open of one request. */
type Open = { readonly first: Question; readonly count: number; readonly tickets: readonly string[] };

/**
 * Looks at the questions of one request when their answers are due: what is missing is told to asker, source and hub, once.
 * Looks again when the request closes: what is missing then gets no answer any more.
 */
export class QuestionWatcher {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async handle(lease: Lease): Promise<void> {
    const watch = parseWatch(lease.payload);
    const open = await this.#openOf(watch);
    if (open === undefined) {
      await this.#parts.ledger.commit([{ kind: 'finishLease', ...leaseRef(lease) }]);
      return;
    }
    if (watch.step === 'overdue') await this.#tellOverdue(lease, watch, open);
    else await this.#closeAll(lease, watch, open);
  }

  async #tellOverdue(lease: Lease, watch: QuestionWatch, open: Open): Promise<void> {
    const at = this.#parts.clock.now();
    const next: QuestionWatch = { ...watch, step: 'close' };
    await this.#commit('answers-overdue', open, at, [
      { kind: 'releaseLease', ...leaseRef(lease), dueAt: watch.closesAt, payload: next },
      { kind: 'markOverdue', batch: watch.ticket, at },
    ]);
  }

  async #closeAll(lease: Lease, watch: QuestionWatch, open: Open): Promise<void> {
    const at = this.#parts.clock.now();
    await this.#commit('questions-closed', open, at, [
      { kind: 'finishLease', ...leaseRef(lease) },
      { kind: 'closeQuestions', batch: watch.ticket, at },
    ]);
  }

  /** One commit: what changes, both notices, and the line of the log. */
  async #commit(subject: NoticeSubject, open: Open, at: number, changes: readonly LedgerCommand[]): Promise<void> {
    const { ledger, logger, metrics } = this.#parts;
    const { first, count } = open;
    const { batch: ticket, flow, environment, asker, source } = first;
    const fields = { ticket, flow, environment, asker, source, open: count };
    const notices = [
      ...(await this.#notice(asker, subject, open, at)),
      ...(await this.#notice(source, subject, open, at)),
    ];
    crashPoint('questions.before-commit');
    await ledger.commit([
      ...changes,
      ...notices,
      { kind: 'audit', line: { kind: subject, outcome: 'failed', fields } },
    ]);
    crashPoint('questions.after-commit');
    metrics.count('sluis_questions_missed_total', { flow, subject }, count);
    logger.error({ alarm: subject, ...fields }, 'a source did not answer in time');
  }

  #notice(
    to: PartnerId,
    subject: NoticeSubject,
    { first, count, tickets }: Open,
    createdAt: number,
  ): Promise<readonly LedgerCommand[]> {
    const { batch: ticket, flow, environment } = first;
    const about = { subject, ticket, name: ticket, flow, environment, count, tickets, createdAt };
    return this.#parts.notices.commands(to, about);
  }

  async #openOf({ ticket }: QuestionWatch): Promise<Open | undefined> {
    const { ledger } = this.#parts;
    const page = await ledger.read({ kind: 'openQuestions', batch: ticket, after: '', limit: MOST_TICKETS });
    const [first] = page;
    if (first === undefined) return undefined;
    const tickets = page.map((question) => question.ticket);
    const isAll = page.length < MOST_TICKETS;
    const count = isAll ? page.length : await ledger.read({ kind: 'openQuestionCount', batch: ticket });
    return { first, count, tickets };
  }
}

/** The payload of a job in the queue `questions`, which only the closing commit of a request and this file write. */
function parseWatch(payload: unknown): QuestionWatch {
  if (typeof payload !== 'object' || payload === null || !('ticket' in payload) || !('closesAt' in payload)) {
    throw new GatewayError('broken', 'a job of the queue "questions" has no ticket');
  }
  return payload as QuestionWatch;
}
