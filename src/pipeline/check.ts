import type { Clock } from '../domain/clock.ts';
import { crashPoint } from '../domain/crash-point.ts';
import type { Current } from '../domain/current.ts';
import { asGatewayError, GatewayError } from '../domain/errors.ts';
import type { Environment } from '../domain/flow.ts';
import type { Generation } from '../domain/generation.ts';
import type { Logger, Metrics } from '../domain/logger.ts';
import type { AccessMethod, PartnerId } from '../domain/principal.ts';
import type { Submission, SubmissionState, Ticket } from '../domain/submission.ts';
import { withBytes } from '../storage/kept-bytes.ts';
import type { Lease, Ledger } from '../storage/ledger.ts';
import type { Answers } from './answer.ts';
import type { BatchResult, BatchTask, OriginalsLookup } from './batch.ts';
import { batchTask, SharedTasks } from './batch-task.ts';
import { type Checked, closingCommands, follows, hasSameGrounds, runsAhead, ticketOf } from './closing.ts';
import type { Deliverer } from './deliver.ts';
import type { DirectoryWork } from './directory-work.ts';
import { EarlyChecks, type Found, type ToCheck } from './early-checks.ts';
import { missingLots } from './lots.ts';
import { heldBehind } from './quarantine-order.ts';
import { questionsLookup } from './question-flows.ts';
import type { QuestionsLookup } from './questions.ts';
import type { Sequences } from './sequences.ts';
import { leaseRef } from './submission-commands.ts';
import type { Place } from './turns.ts';
import type { UnknownPersonsWatch } from './unknown-persons.ts';

/** How often a batch is done over because what it rests on changed while it ran, or its sequence numbers were taken. */
const MOST_TRIES = 5;
/** After so many attempts that failed for no passing reason a batch is put aside. */
const MOST_ATTEMPTS = 5;
/** When a file that waits behind a quarantined one is looked at again. */
const HELD_MS = 2000;

/** Runs one batch off the serving thread. */
export interface BatchRunner {
  run(task: BatchTask, originals: OriginalsLookup, questions: QuestionsLookup): Promise<BatchResult>;
}

type Parts = {
  readonly ledger: Ledger;
  readonly batches: BatchRunner;
  readonly answers: Answers;
  readonly deliverer: Deliverer;
  readonly sequences: Sequences;
  readonly directoryWork: Pick<DirectoryWork, 'drain'>;
  readonly unknownPersons: UnknownPersonsWatch;
  readonly generation: Current<Generation>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
};

/** `place`: behind whose commit this one is, where they may be on their way together. */
type Closing = { readonly lease: Lease; readonly place: Place | undefined; readonly isLast: boolean };

/** Checks the records of a submission, and closes it in one commit: deliveries, manifests, notification and new state. */
export class Checker {
  readonly early: EarlyChecks;
  readonly #parts: Parts;
  readonly #shared = new SharedTasks();

  constructor(parts: Parts) {
    this.#parts = parts;
    // Like any batch it sees what the integrations before it did.
    this.early = new EarlyChecks(async (one, accessMethod) => {
      await parts.directoryWork.drain();
      return this.#check(one, accessMethod);
    });
  }

  async handle(lease: Lease, place: Place): Promise<void> {
    const { ticket, accessMethod } = parsePayload(lease.payload);
    const early = this.early.take(ticket);
    const drained = this.#parts.directoryWork.drain();
    drained.catch(() => undefined); // it is looked at below
    const submission = await this.#submission(ticket);
    const isAgain = submission?.state === 'received'; // it was quarantined, and is checked once more
    if (submission === undefined || !(isAgain || submission.state === 'checking')) {
      await this.#parts.ledger.commit([{ kind: 'finishLease', ...leaseRef(lease) }]);
      return;
    }
    const mayRunAhead = !isAgain && lease.attempts === 1 && runsAhead(this.#parts.generation.value, submission);
    try {
      // A batch sees what the integrations before it did.
      if (mayRunAhead) await drained;
      else await place.ended.then(() => this.#parts.directoryWork.drain());
      if (await this.#mustWait(submission, place, 1)) return await this.#later(lease);
      if (isAgain) await this.#checkAgain(submission);
      for (let tries = 1; ; tries += 1) {
        if (tries > 1) await place.ended;
        if (tries > 1 && (await this.#mustWait(submission, place, tries))) return await this.#later(lease);
        const begun = tries === 1 && mayRunAhead ? early : undefined;
        const found = await (begun ?? this.#check(submission, accessMethod));
        if (found === undefined) return await this.#quarantine(lease, submission, 'flow or partner is not in force');
        const checked = { ...found, submission };
        const closing = { lease, place: mayRunAhead ? place : undefined, isLast: tries === MOST_TRIES };
        if (await this.#close(checked, closing)) return;
      }
    } catch (error) {
      if (!isHopeless(error, lease.attempts)) throw error;
      this.#parts.logger.error({ err: error, ticket }, 'this batch can not be checked');
      await this.#quarantine(lease, submission, asGatewayError(error).message);
    }
  }

  async #checkAgain({ ticket }: Submission): Promise<void> {
    const at = this.#parts.clock.now();
    await this.#parts.ledger.commit([{ kind: 'setSubmissionState', ticket, from: 'received', to: 'checking', at }]);
  }

  #submission(ticket: Ticket): Promise<Submission | undefined> {
    return this.#parts.ledger.read({ kind: 'submission', ticket });
  }

  /** A file in quarantine may hold up those behind it; and so does the one right before, where it was put back itself. */
  async #mustWait(submission: Submission, { behind }: Place, tries: number): Promise<boolean> {
    const { ledger, generation } = this.#parts;
    if ((await heldBehind(ledger, generation.value, submission)) !== undefined) return true;
    if (tries === 1 || behind === undefined) return false;
    return (await this.#submission(ticketOf(behind)))?.state === 'checking';
  }

  async #check(submission: ToCheck, accessMethod: AccessMethod): Promise<Found> {
    const generation = this.#parts.generation.value;
    const flow = generation.flows.find((candidate) => candidate.code === submission.flow);
    const partner = generation.partners.find((candidate) => candidate.id === submission.partner);
    const data = submission.files.filter((file) => file.role === 'data' || file.role === 'FI');
    if (flow === undefined || partner === undefined || partner.disabled || data.length === 0) return undefined;
    const contents = await withBytes(this.#parts.ledger, data);
    const task = batchTask(submission, partner, this.#shared.of(generation, flow), { accessMethod, contents });
    // Simulation cancels what was real, and remembers nothing itself.
    const real = submission.environment === 'T' ? 'T' : 'R';
    const originals = originalsOf(this.#parts.ledger, flow.code, real, partner.id);
    const questions = questionsLookup(this.#parts.ledger, generation, task);
    const result = await this.#parts.batches.run(task, originals, questions);
    return { partner, flow, generation, result };
  }

  /** @returns false where the batch must be done over: nothing of this try was committed */
  async #close(checked: Checked, { lease, place, isLast }: Closing): Promise<boolean> {
    const { submission, partner, generation, result } = checked;
    const { ledger, answers, deliverer, sequences, unknownPersons, clock } = this.#parts;
    const missing = await missingLots(submission, partner, checked.flow, ledger);
    const notification = await answers.notification(partner, submission, generation.id, result, missing);
    const countedAt = clock.now();
    const counted = await unknownPersons.commands(submission, result, countedAt);
    await place?.handedOver; // from here on in the order of receipt
    const prepared = await deliverer.prepare(submission, checked.flow, generation, result);
    const deliveries = prepared.map(({ delivery }) => delivery);
    crashPoint('answer.stored');
    if (!hasSameGrounds(this.#parts.generation.value, checked)) {
      if (isLast)
        throw new GatewayError('unavailable', 'the configuration changes faster than this batch can be checked');
      return false;
    }
    crashPoint('route.before-commit');
    const now = clock.now();
    try {
      const committed = ledger.commit([
        { kind: 'finishLease', ...leaseRef(lease) },
        ...follows(checked, place),
        ...counted,
        ...closingCommands(checked, notification, prepared, now),
      ]);
      sequences.took(deliveries);
      place?.handOver();
      unknownPersons.raise(submission, await committed, countedAt);
    } catch (error) {
      sequences.failed();
      // Another batch took a sequence number first: the manifests name it, so they are made anew.
      if (error instanceof GatewayError && error.code === 'precondition-failed' && !isLast) return false;
      throw error;
    }
    crashPoint('route.after-commit');
    await answers.discard(result);
    this.#count(checked, notification.state, deliveries.length);
    if (result.changes.length > 0) await this.#changeDirectory(submission);
    return true;
  }

  /** Put back as it was: waiting is no attempt that failed. */
  async #later({ queue, key, payload }: Lease): Promise<void> {
    const dueAt = this.#parts.clock.now() + HELD_MS;
    await this.#parts.ledger.commit([{ kind: 'enqueue', queue, key, dueAt, payload }]);
  }

  /** It is decided: what fails now is done before the next batch begins. */
  async #changeDirectory({ ticket }: Submission): Promise<void> {
    const { directoryWork, logger } = this.#parts;
    await directoryWork.drain().catch((error: unknown) => {
      logger.error({ err: error, ticket }, 'the directory could not be changed; it is tried again');
    });
  }

  /** Nothing is delivered, the file stays frozen, and somebody must look. */
  async #quarantine(lease: Lease, submission: Submission, reason: string): Promise<void> {
    const { ticket, partner, flow } = submission;
    await this.#parts.ledger.commit([
      { kind: 'finishLease', ...leaseRef(lease) },
      { kind: 'setSubmissionState', ticket, from: 'checking', to: 'quarantined', at: this.#parts.clock.now() },
      { kind: 'audit', line: { kind: 'quarantine', outcome: 'refused', fields: { ticket, partner, flow, reason } } },
    ]);
    this.#parts.logger.error({ ticket, flow, reason }, 'submission quarantined');
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

/** Damaged content is never delivered; what fails again and again would hold up everybody behind it. */
function isHopeless(error: unknown, attempts: number): boolean {
  const { code } = asGatewayError(error);
  if (code === 'digest-mismatch' || code === 'content-missing') return true;
  const passesByItself = code === 'out-of-space' || code === 'unavailable' || code === 'fenced';
  return !passesByItself && attempts >= MOST_ATTEMPTS;
}

/** Who got the originals that a sender's records change or cancel. */
export function originalsOf(
  ledger: Ledger,
  flow: string,
  environment: Environment,
  partner: PartnerId,
): OriginalsLookup {
  return (references) => ledger.read({ kind: 'originals', flow, environment, partner, references });
}

/** Jobs with the same answer are checked one after the other. */
export function turnOfCheck({ payload }: Lease): string {
  const isNamed = typeof payload === 'object' && payload !== null && 'turn' in payload;
  return isNamed ? String(payload.turn) : '';
}

/** The payload of a job in the queue `check`, which only `receive.ts` writes. */
function parsePayload(payload: unknown): {
  readonly ticket: Submission['ticket'];
  readonly accessMethod: AccessMethod;
} {
  if (typeof payload !== 'object' || payload === null || !('ticket' in payload) || !('accessMethod' in payload)) {
    throw new GatewayError('broken', 'a job of the queue "check" has no ticket');
  }
  return payload as { ticket: Submission['ticket']; accessMethod: AccessMethod };
}
