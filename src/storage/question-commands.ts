import type { Environment } from '../domain/flow.ts';
import type { PartnerId } from '../domain/principal.ts';
import type { AnsweredQuestion, AskedQuestion, RecordTicket } from '../domain/question.ts';
import type { Ticket } from '../domain/submission.ts';

/** Changes of the questions that wait for an answer. */
export type QuestionCommand =
  /**
   * Opens the questions of one request.
   * @throws `already-exists` for a ticket that was used, `precondition-failed` where the asker has an open one of the same match
   */
  | {
      readonly kind: 'openQuestions';
      readonly batch: Ticket;
      readonly flow: string;
      readonly environment: Environment;
      readonly asker: PartnerId;
      readonly at: number;
      readonly questions: readonly AskedQuestion[];
    }
  /** Each has its one answer. @throws `precondition-failed` where one is not open, or was not put to this source */
  | {
      readonly kind: 'answerQuestions';
      readonly source: PartnerId;
      readonly at: number;
      readonly answers: readonly AnsweredQuestion[];
    }
  /** What is still open of a request was told to be overdue. */
  | { readonly kind: 'markOverdue'; readonly batch: Ticket; readonly at: number }
  /** What is still open of a request gets no answer any more. */
  | { readonly kind: 'closeQuestions'; readonly batch: Ticket; readonly at: number }
  /** Forgets questions; one that is open stays, one that is gone is no error. */
  | { readonly kind: 'removeQuestions'; readonly tickets: readonly RecordTicket[] };

export type QuestionQuery =
  /**
   * Questions of a flow that this partner asked, or that were put to it, in any state: those of these tickets, and those of
   * these matches. The latest asked stands first.
   */
  | {
      readonly kind: 'questions';
      readonly flow: string;
      readonly environment: Environment;
      readonly as: 'asker' | 'source';
      readonly partner: PartnerId;
      readonly keys: readonly (RecordTicket | string)[];
    }
  /** Open questions of one request in the order of their tickets; pass the last one of a page as `after`. */
  | { readonly kind: 'openQuestions'; readonly batch: Ticket; readonly after: RecordTicket; readonly limit: number }
  | { readonly kind: 'openQuestionCount'; readonly batch: Ticket }
  /** How many questions are open whose answers were told to be overdue. */
  | { readonly kind: 'overdueQuestions' }
  /** Questions that were answered or closed before, the oldest first. */
  | { readonly kind: 'endedQuestions'; readonly before: number; readonly limit: number };
