import type { Person } from '../directory/directory.ts';
import type { Question } from '../domain/question.ts';
import { recordTicket } from '../evidence/answer-names.ts';
import { NOT_AUTHORIZED } from './authorize.ts';
import { ALREADY_THERE, NOT_ROUTABLE } from './kind-request.ts';
import type { KindDecision, KindParts, KindRules } from './kinds.ts';
import type { CheckedRecord } from './record-rules.ts';

/** Source: docs/domain.md "Which case gets which code". What was never asked, and what was asked of another, look alike. */
export const NO_QUESTION = 'MSG00013';
/** More than one asker waits for this: only the ticket of the question tells them apart. */
export const STRUCTURE_OF_ANSWER = '000051';

/** An answer goes back to who asked, cut to what the asker may have: one for each question, and never more. */
export class AnswersToQuestions implements KindRules {
  readonly #parts: KindParts;
  readonly #field: string;

  constructor(parts: KindParts) {
    const { roles } = parts.layout;
    this.#parts = parts;
    this.#field = roles.questionTicket ?? roles.reference ?? roles.person;
  }

  decide(record: CheckedRecord, person: Person): KindDecision {
    const { task, router, questions } = this.#parts;
    const question = this.#questionOf(record, person);
    if (typeof question === 'string') return this.#refused(question);
    const asker = task.receivers.find(({ partner }) => partner === question.asker);
    const found = asker === undefined ? 'not-authorized' : router.routeTo(asker.institution, person, record.period);
    // The line of the asker was looked at, if at all, by the flow of the question; without one it gets no answer either.
    if (typeof found === 'string') return this.#refused(NOT_AUTHORIZED);
    questions.answer({ question: question.ticket, answer: recordTicket(task.ticket, record.number) });
    return { accepted: true, routes: [found] };
  }

  /** @returns the code of the refusal where this is not the one answer to one open question */
  #questionOf(record: CheckedRecord, person: Person): Question | string {
    const { questions } = this.#parts;
    const ticket = questions.ticketIn(record);
    const named = ticket === undefined ? undefined : questions.named(ticket, record, person);
    const candidates = ticket === undefined ? questions.matching(record, person) : named === undefined ? [] : [named];
    const [open, ...others] = candidates.filter((question) => questions.isOpen(question));
    if (others.length > 0) return STRUCTURE_OF_ANSWER;
    if (open !== undefined) return open;
    const [latest] = candidates;
    if (latest === undefined) return NO_QUESTION;
    return questions.isAnswered(latest) ? ALREADY_THERE : NOT_ROUTABLE;
  }

  #refused(code: string): KindDecision {
    return { accepted: false, fault: { field: this.#field, code, severity: 'fatal' } };
  }
}
