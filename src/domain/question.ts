import type { Environment } from './flow.ts';
import type { PartnerId } from './principal.ts';
import type { Ticket } from './submission.ts';

/** The hub's reference of one record: `<ticket>-<number>`; of records beyond 999,999, `<ticket>-A00000` and on. */
export type RecordTicket = string;

/** 13 of the submission, a hyphen, six of a record. */
export const MOST_TICKET_CHARACTERS = 20;

/** `open` until it is answered, once, or closed because nobody did in time. */
export type QuestionState = 'open' | 'answered' | 'closed';

/** One record of a request that went to the source of a datum. */
export type AskedQuestion = {
  readonly ticket: RecordTicket;
  readonly source: PartnerId;
  /** The asker's reference, person and first day, as `questionMatch` ties them together; no person stands in it. */
  readonly match: string;
};

/** One answer that was taken, by its own record ticket, and the question it answers. */
export type AnsweredQuestion = { readonly question: RecordTicket; readonly answer: RecordTicket };

/** A question as the ledger holds it. Times are milliseconds since the epoch. */
export type Question = AskedQuestion & {
  /** The submission it came in with. */
  readonly batch: Ticket;
  /** The flow of the request. */
  readonly flow: string;
  readonly environment: Environment;
  readonly asker: PartnerId;
  readonly askedAt: number;
  readonly state: QuestionState;
  /** When it was told that its answer is overdue. */
  readonly overdueAt?: number | undefined;
};
