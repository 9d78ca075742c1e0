import type { Clock } from '../domain/clock.ts';
import { crashPoint } from '../domain/crash-point.ts';
import type { Current } from '../domain/current.ts';
import type { Delivery } from '../domain/delivery.ts';
import { GatewayError } from '../domain/errors.ts';
import type { Generation } from '../domain/generation.ts';
import type { Logger, Metrics } from '../domain/logger.ts';
import type { Submission, SubmissionState } from '../domain/submission.ts';
import type { LedgerCommand } from '../storage/commands.ts';
import type { Ledger } from '../storage/ledger.ts';
import type { Answers } from './answer.ts';
import { type Checked, closingCommands, follows, hasSameGrounds } from './closing.ts';
import type { Deliverer } from './deliver.ts';
import type { DirectoryWork } from './directory-work.ts';
import { missingLots } from './lots.ts';
import { remembering } from './remembering.ts';
import type { Sequences } from './sequences.ts';
import { isReached, type Place } from './turns.ts';
import type { UnknownPersonsWatch } from './unknown-persons.ts';

export type CloserParts = {
  readonly ledger: Ledger;
  readonly answers: Answers;
  readonly deliverer: Deliverer;
  readonly sequences: Sequences;
  readonly directoryWork: Pick<DirectoryWork, 'drain' | 'willLeave'>;
  readonly unknownPersons: UnknownPersonsWatch;
  readonly generation: Current<Generation>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
};

export type Closing = {
  /** What stands before it in the commit: the end of the lease, or all of the receipt. */
  readonly before: readonly LedgerCommand[];
  /** Its submission stands in no ledger yet: this commit is that of its receipt. */
  readonly isNew: boolean;
  /** Behind whose commit this one is, where they may be on their way together. */
  readonly place: Place | undefined;
  /** How long it may wait for its place; for ever where it is left out. */
  readonly mostWaitMs?: number;
  /** What is in its way is thrown. */
  readonly isLast: boolean;
};

/** Closes submissions, each in one commit: deliveries, manifests, notification and new state. */
export class Closer {
  readonly #parts: CloserParts;

  constructor(parts: CloserParts) {
    this.#parts = parts;
  }

  /** @returns false where the batch must be done over: nothing of this try was committed */
  async close(checked: Checked, closing: Closing): Promise<boolean> {
    const { submission, partner, generation, result } = checked;
    const { ledger, answers, deliverer, unknownPersons, clock } = this.#parts;
    const { place, isLast, mostWaitMs } = closing;
    const missing = await missingLots(submission, partner, checked.flow, ledger);
    const notification = await answers.notification(partner, submission, generation.id, result, missing);
    const countedAt = clock.now();
    const counted = unknownPersons.commands(submission, result, countedAt);
    const remembered = await remembering(checked, ledger);
    // from here on in the order of receipt
    if (place !== undefined && !(await isReached(place, mostWaitMs))) return false;
    const prepared = await deliverer.prepare(submission, checked.flow, generation, result);
    const deliveries = prepared.map(({ delivery }) => delivery);
    crashPoint('answer.stored');
    if (!hasSameGrounds(this.#parts.generation.value, checked)) {
      if (isLast)
        throw new GatewayError('unavailable', 'the configuration changes faster than this batch can be checked');
      return false;
    }
    crashPoint('route.before-commit');
    const { before, isNew } = closing;
    const closes = closingCommands(checked, notification, prepared, { now: clock.now(), isNew });
    const commands = [...before, ...follows(checked, place), ...counted, ...remembered, ...closes];
    if (!(await this.#commit(checked, closing, { commands, deliveries, countedAt }))) return false;
    crashPoint('route.after-commit');
    await answers.discard(result);
    this.#count(checked, notification.state, deliveries.length);
    if (result.changes.length > 0) await this.#changeDirectory(submission);
    return true;
  }

  async #commit(
    { submission, result }: Checked,
    { place, isLast }: Closing,
    { commands, deliveries, countedAt }: Prepared,
  ): Promise<boolean> {
    const { ledger, sequences, directoryWork, unknownPersons } = this.#parts;
    try {
      const committed = ledger.commit(commands);
      if (result.changes.length > 0) directoryWork.willLeave(committed);
      sequences.took(deliveries);
      place?.handOver();
      unknownPersons.raise(submission, await committed, countedAt);
      return true;
    } catch (error) {
      sequences.failed();
      // Another batch took a sequence number first: the manifests name it, so they are made anew.
      if (error instanceof GatewayError && error.code === 'precondition-failed' && !isLast) return false;
      throw error;
    }
  }

  /** It is decided: what fails now is done before the next batch begins. */
  async #changeDirectory({ ticket }: Submission): Promise<void> {
    const { directoryWork, logger } = this.#parts;
    await directoryWork.drain().catch((error: unknown) => {
      logger.error({ err: error, ticket }, 'the directory could not be changed; it is tried again');
    });
  }

  #count({ flow, result, submission }: Checked, state: SubmissionState, deliveries: number): void {
    const { metrics, logger } = this.#parts;
    const labels = { flow: flow.code };
    metrics.count('sluis_submissions_total', { ...labels, state });
    metrics.count('sluis_records_total', { ...labels, outcome: 'accepted' }, result.totals.accepted);
    metrics.count('sluis_records_total', { ...labels, outcome: 'refused' }, result.totals.refused);
    metrics.count('sluis_deliveries_total', labels, deliveries);
    logger.info(
      { ticket: submission.ticket, flow: flow.code, state, ...result.totals, deliveries },
      'submission answered',
    );
  }
}

type Prepared = {
  readonly commands: readonly LedgerCommand[];
  readonly deliveries: readonly Delivery[];
  readonly countedAt: number;
};
