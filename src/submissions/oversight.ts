import type { Audit } from '../audit/audit.ts';
import type { Current } from '../domain/current.ts';
import { actingFor } from '../domain/designation.ts';
import { GatewayError } from '../domain/errors.ts';
import type { Generation } from '../domain/generation.ts';
import type { Language } from '../domain/partner.ts';
import type { Authorizer } from '../domain/principal.ts';
import type { Submission } from '../domain/submission.ts';
import { overseenPartners, PARTNERS } from '../domain/tree.ts';
import { childOf } from '../domain/vpath.ts';
import type { Ledger } from '../storage/ledger.ts';
import type { SubmissionFilter } from '../storage/submission-queries.ts';
import { actionLine } from '../vfs/audit-lines.ts';
import { cursorOf, parseCursor } from './cursor.ts';
import type { Asker } from './desk.ts';
import { dataOf, type SubmissionSummary } from './summary.ts';
import { UNKNOWN } from './viewer.ts';
import type { Words } from './words.ts';

/** That there is a submission and what became of it: nothing of what is in it, nor a digest that would tell. */
export type OverseenSubmission = Pick<
  SubmissionSummary,
  'ticket' | 'file' | 'flow' | 'environment' | 'state' | 'size' | 'receivedAt' | 'answeredAt' | 'records' | 'errors'
>;

export type OverseenQuery = Omit<SubmissionFilter, 'flows' | 'sender'> & {
  readonly limit: number;
  readonly cursor?: string | undefined;
};

type Parts = {
  readonly ledger: Pick<Ledger, 'read'>;
  readonly audit: Pick<Audit, 'record'>;
  readonly authorizer: Authorizer;
  readonly generation: Current<Generation>;
  readonly words: Words;
};

/** So many submissions are looked through at once; a page may be short and still go on. */
const MOST_SCANNED = 5_000;

/** What the helpdesk of the hub sees of the submissions of partners. Each look is in the log before it is answered. */
export class OversightDesk {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** @throws GatewayError `not-found` for who may not see this partner, or where there is none; `bad-request` for a cursor */
  async list(
    { session, language }: Asker,
    partner: string,
    { limit, cursor, ...filter }: OverseenQuery,
  ): Promise<{ readonly items: readonly OverseenSubmission[]; readonly next: string | null }> {
    const { ledger, audit, authorizer, generation } = this.#parts;
    const path = childOf(PARTNERS, partner);
    const asked = actingFor(session).map((own) => ({ ...own, decision: authorizer.decide(own.session, 'list', path) }));
    const found = asked.find(({ decision }) => decision.allowed) ?? asked[0];
    const owner = overseenPartners(generation.value).find(({ id }) => id === partner);
    if (found === undefined || !found.decision.allowed || owner === undefined) {
      const { session: who, decision } = found ?? { session, decision: { rule: 'accounts#not-in-force' } };
      await audit.record(actionLine(who, 'list-submissions', path, 'refused', decision.rule, { code: 'not-found' }));
      throw new GatewayError('not-found', 'there is no such partner');
    }
    await audit.record(actionLine(found.session, 'list-submissions', path, 'done', found.decision.rule));
    const page = await ledger.read({
      ...{ kind: 'submissionPage', partner: owner.id, limit, scan: MOST_SCANNED },
      before: cursor === undefined ? undefined : parseCursor(cursor),
      ...filter,
      flows: [...generation.value.flows.map(({ code }) => code), UNKNOWN],
    });
    const items = page.items.map((one) => this.#told(one, language));
    return { items, next: page.before === undefined ? null : cursorOf(page.before) };
  }

  /** Sentences come without their details, which quote what was sent. */
  #told(one: Submission, language: Language): OverseenSubmission {
    const { ticket, flow, environment, state } = one;
    return {
      ...{ ticket, file: one.fileName, flow, environment, state },
      size: dataOf(one).reduce((sum, { size }) => sum + size, 0),
      receivedAt: new Date(one.receivedAt).toISOString(),
      answeredAt: one.answeredAt === undefined ? null : new Date(one.answeredAt).toISOString(),
      records: one.records ?? null,
      errors: one.errors.map(({ code }) => ({ code, text: this.#parts.words.textOf(code, language) })),
    };
  }
}
