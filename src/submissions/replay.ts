import type { Clock } from '../domain/clock.ts';
import { crashPoint } from '../domain/crash-point.ts';
import type { Current } from '../domain/current.ts';
import { GatewayError } from '../domain/errors.ts';
import type { Flow } from '../domain/flow.ts';
import type { Generation } from '../domain/generation.ts';
import type { Logger } from '../domain/logger.ts';
import type { Partner } from '../domain/partner.ts';
import type { Submission, Ticket } from '../domain/submission.ts';
import type { Answers } from '../pipeline/answer.ts';
import { GIVEN_UP, givenUp } from '../pipeline/given-up.ts';
import { checkJob, publishAnswers, thaws } from '../pipeline/submission-commands.ts';
import type { LedgerCommand } from '../storage/commands.ts';
import type { ContentStore } from '../storage/content-store.ts';
import type { Ledger } from '../storage/ledger.ts';

const LONGEST_REASON = 200;

type Parts = {
  readonly store: ContentStore;
  readonly ledger: Ledger;
  readonly answers: Answers;
  readonly generation: Current<Generation>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called after a commit that queued a check. */
  readonly nudgeChecks: () => void;
};

export type Replayed = {
  readonly ticket: Ticket;
  readonly state: 'received' | 'rejected';
  /** Names of the answers that its sender finds in its mailbox. */
  readonly answers: readonly string[];
};

/** What an operator does with a submission that stands in quarantine, once it is known why. */
export class Replays {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * Lets it be checked again, in the place that its time of receipt gives it.
   * @throws GatewayError `not-found`, `precondition-failed` where it is not quarantined, or nobody could check it
   */
  async lift(ticket: Ticket, systemUser: string): Promise<Replayed> {
    const { ledger, clock, logger, nudgeChecks } = this.#parts;
    const submission = await this.#quarantined(ticket);
    const { flow, partner } = this.#inForce(submission);
    if (flow === undefined || partner === undefined || partner.disabled) {
      const what = flow === undefined ? `flow ${submission.flow}` : `partner ${submission.partner}`;
      throw new GatewayError('precondition-failed', `${what} is not in force; mend the configuration first, or reject`);
    }
    await ledger.commit([
      { kind: 'setSubmissionState', ticket, from: 'quarantined', to: 'received', at: clock.now() },
      checkJob(submission, submission.accessMethod ?? 'line', flow),
      line('quarantine-lifted', submission, { systemUser }),
    ]);
    crashPoint('replay.lifted');
    logger.info({ ticket, flow: submission.flow, systemUser }, 'submission lifted from quarantine');
    nudgeChecks();
    return { ticket, state: 'received', answers: [] };
  }

  /**
   * Ends it: its sender is told, and may send the file again under the same name.
   * @param reason one line; its sender reads it
   * @throws GatewayError `not-found`, `precondition-failed`, `bad-request` for a reason that is none
   */
  async reject(ticket: Ticket, reason: string, systemUser: string): Promise<Replayed> {
    const { ledger, clock, logger } = this.#parts;
    if (!isLine(reason)) {
      throw new GatewayError('bad-request', `a reason is one line of up to ${LONGEST_REASON} characters`);
    }
    const submission = await this.#quarantined(ticket);
    const { flow, partner } = this.#inForce(submission);
    const told = partner === undefined ? undefined : await this.#notification(partner, submission, reason);
    const at = clock.now();
    await ledger.commit([
      ...(partner && told ? publishAnswers(partner, submission, told, at) : []),
      ...thaws(flow, submission.files, ticket, at),
      {
        ...{ kind: 'setSubmissionState', ticket, from: 'quarantined', to: 'rejected', at },
        patch: {
          notification: told?.files ?? [],
          errors: told?.errors ?? [{ code: GIVEN_UP, text: reason }],
          answeredAt: at,
        },
      },
      line('quarantine-rejected', submission, { systemUser, reason }),
    ]);
    crashPoint('replay.rejected');
    logger.info({ ticket, flow: submission.flow, systemUser, reason }, 'submission rejected from quarantine');
    return { ticket, state: 'rejected', answers: (told?.files ?? []).map(({ name }) => name) };
  }

  async #quarantined(ticket: Ticket): Promise<Submission> {
    const submission = await this.#parts.ledger.read({ kind: 'submission', ticket });
    if (submission === undefined) throw new GatewayError('not-found', `no submission has the ticket ${ticket}`);
    if (submission.state === 'quarantined') return submission;
    throw new GatewayError(
      'precondition-failed',
      `${ticket} is ${submission.state}; only a quarantined one is replayed`,
    );
  }

  #inForce({ flow, partner }: Submission): {
    readonly flow?: Flow | undefined;
    readonly partner?: Partner | undefined;
  } {
    const { flows, partners } = this.#parts.generation.value;
    return { flow: flows.find(({ code }) => code === flow), partner: partners.find(({ id }) => id === partner) };
  }

  async #notification(partner: Partner, submission: Submission, reason: string) {
    const { store, answers, generation } = this.#parts;
    const nothing = await store.complete(await store.begin());
    try {
      return await answers.notification(partner, submission, generation.value.id, givenUp(reason, nothing));
    } finally {
      await store.remove(nothing.contentId);
    }
  }
}

function isLine(reason: string): boolean {
  return reason.trim() !== '' && [...reason].length <= LONGEST_REASON && !/\p{Cc}/u.test(reason);
}

function line(
  kind: string,
  { ticket, partner, flow, environment }: Submission,
  by: { readonly systemUser: string; readonly reason?: string },
): LedgerCommand {
  return { kind: 'audit', line: { kind, outcome: 'done', fields: { ticket, partner, flow, environment, ...by } } };
}
