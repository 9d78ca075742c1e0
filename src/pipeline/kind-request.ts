import type { Person } from '../directory/directory.ts';
import { recordTicket } from '../evidence/answer-names.ts';
import { NOT_AUTHORIZED } from './authorize.ts';
import { NO_LINE_OF_RECEIVER } from './kind-message.ts';
import type { KindDecision, KindParts, KindRules } from './kinds.ts';
import type { CheckedRecord } from './record-rules.ts';

/** Nobody who holds this datum is connected. Source: docs/domain.md "Which case gets which code". */
export const NOT_ROUTABLE = '253';
/** The same is there already: an open question, an answer, a line. */
export const ALREADY_THERE = '300040';

/** A question goes to the source that holds the datum, cut to what that source may see; it stays open for one answer. */
export class Requests implements KindRules {
  readonly #parts: KindParts;

  constructor(parts: KindParts) {
    this.#parts = parts;
  }

  decide(record: CheckedRecord, person: Person): KindDecision {
    const { task, layout, router, questions } = this.#parts;
    const { source } = task;
    const { roles } = layout;
    if (source === undefined) return refused(roles.person, NOT_ROUTABLE);
    if (questions.isAsked(record, person)) return refused(roles.reference ?? roles.person, ALREADY_THERE);
    const found = router.routeTo(source.institution, person, record.period);
    if (found === 'not-authorized') return refused(roles.person, NOT_AUTHORIZED);
    if (found === 'no-line') return refused(roles.person, NO_LINE_OF_RECEIVER);
    // The hub asks the source itself, never somebody who stands in for it.
    if (found.receiver !== source.partner) return refused(roles.person, NOT_ROUTABLE);
    questions.ask({ ticket: recordTicket(task.ticket, record.number), source: source.partner }, record, person);
    return { accepted: true, routes: [found] };
  }
}

function refused(field: string, code: string): KindDecision {
  return { accepted: false, fault: { field, code, severity: 'fatal' } };
}
