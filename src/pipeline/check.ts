import type { Clock } from '../domain/clock.ts';
import { crashPoint } from '../domain/crash-point.ts';
import type { Current } from '../domain/current.ts';
import { asGatewayError, GatewayError } from '../domain/errors.ts';
import type { Environment, Flow } from '../domain/flow.ts';
import type { Generation } from '../domain/generation.ts';
import type { Logger, Metrics } from '../domain/logger.ts';
import type { Partner } from '../domain/partner.ts';
import type { AccessMethod, PartnerId } from '../domain/principal.ts';
import type { Submission, SubmissionState } from '../domain/submission.ts';
import type { AuditLine, LedgerCommand } from '../storage/commands.ts';
import { keeping, refOf } from '../storage/content-commands.ts';
import { withBytes } from '../storage/kept-bytes.ts';
import type { Lease, Ledger } from '../storage/ledger.ts';
import type { Answers, PreparedNotification } from './answer.ts';
import type { BatchResult, BatchTask, OriginalsLookup } from './batch.ts';
import { batchTask, grounds } from './batch-task.ts';
import type { Deliverer, PreparedDelivery } from './deliver.ts';
import { type DirectoryWork, directoryCommands } from './directory-work.ts';
import { missingLots } from './lots.ts';
import { heldBehind } from './quarantine-order.ts';
import { questionCommands, questionsLookup } from './question-flows.ts';
import type { QuestionsLookup } from './questions.ts';
import { leaseRef, publishAnswers, thaws } from './submission-commands.ts';
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
  readonly directoryWork: Pick<DirectoryWork, 'drain'>;
  readonly unknownPersons: UnknownPersonsWatch;
  readonly generation: Current<Generation>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
};

/** One try: what was found by one generation. */
type Checked = {
  readonly submission: Submission;
  readonly partner: Partner;
  readonly flow: Flow;
  readonly generation: Generation;
  readonly result: BatchResult;
};

/** Checks the records of a submission, and closes it in one commit: deliveries, manifests, notification and new state. */
export class Checker {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async handle(lease: Lease): Promise<void> {
    const { ticket, accessMethod } = parsePayload(lease.payload);
    const submission = await this.#parts.ledger.read({ kind: 'submission', ticket });
    const isAgain = submission?.state === 'received'; // it was quarantined, and is checked once more
    if (submission === undefined || !(isAgain || submission.state === 'checking')) {
      await this.#parts.ledger.commit([{ kind: 'finishLease', ...leaseRef(lease) }]);
      return;
    }
    if ((await heldBehind(this.#parts.ledger, this.#parts.generation.value, submission)) !== undefined) {
      return this.#later(lease);
    }
    if (isAgain) await this.#checkAgain(submission);
    try {
      // A batch sees what the integrations before it did.
      await this.#parts.directoryWork.drain();
      for (let tries = 1; ; tries += 1) {
        const checked = await this.#check(submission, accessMethod);
        if (checked === undefined) return await this.#quarantine(lease, submission, 'flow or partner is not in force');
        if (await this.#close(lease, checked, tries === MOST_TRIES)) return;
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

  async #check(submission: Submission, accessMethod: AccessMethod): Promise<Checked | undefined> {
    const generation = this.#parts.generation.value;
    const flow = generation.flows.find((candidate) => candidate.code === submission.flow);
    const partner = generation.partners.find((candidate) => candidate.id === submission.partner);
    const data = submission.files.filter((file) => file.role === 'data' || file.role === 'FI');
    if (flow === undefined || partner === undefined || partner.disabled || data.length === 0) return undefined;
    const contents = await withBytes(this.#parts.ledger, data);
    const task = batchTask(submission, flow, partner, generation, { accessMethod, contents });
    // Simulation cancels what was real, and remembers nothing itself.
    const real = submission.environment === 'T' ? 'T' : 'R';
    const originals = originalsOf(this.#parts.ledger, flow.code, real, partner.id);
    const questions = questionsLookup(this.#parts.ledger, generation, task);
    const result = await this.#parts.batches.run(task, originals, questions);
    return { submission, partner, flow, generation, result };
  }

  /** @returns false where the batch must be done over: nothing of this try was committed */
  async #close(lease: Lease, checked: Checked, last: boolean): Promise<boolean> {
    const { submission, partner, generation, result } = checked;
    const missing = await missingLots(submission, partner, checked.flow, this.#parts.ledger);
    const notification = await this.#parts.answers.notification(partner, submission, generation.id, result, missing);
    const deliveries = await this.#parts.deliverer.prepare(submission, checked.flow, generation, result);
    crashPoint('answer.stored');
    if (grounds(this.#parts.generation.value, checked) !== grounds(generation, checked)) {
      if (last)
        throw new GatewayError('unavailable', 'the configuration changes faster than this batch can be checked');
      return false;
    }
    const now = this.#parts.clock.now();
    const closing: LedgerCommand[] = [
      { kind: 'finishLease', ...leaseRef(lease) },
      ...keeping([result.recordLog]),
      ...publishAnswers(partner, submission, notification, now),
      ...deliveries.flatMap((delivery) => delivery.commands(now)),
      ...remembered(checked),
      ...questionCommands(checked, now),
      ...directoryCommands(checked, now),
      ...(await this.#parts.unknownPersons.commands(submission, result, now)),
      ...thaws(checked.flow, submission.files, submission.ticket, now),
      answeredState(checked, notification, now),
      { kind: 'audit', line: closingLine(checked, notification.state, deliveries) },
    ];
    crashPoint('route.before-commit');
    try {
      this.#parts.unknownPersons.raise(submission, await this.#parts.ledger.commit(closing), now);
    } catch (error) {
      // Another batch took a sequence number first: the manifests name it, so they are made anew.
      if (error instanceof GatewayError && error.code === 'precondition-failed' && !last) return false;
      throw error;
    }
    crashPoint('route.after-commit');
    await this.#parts.answers.discard(result);
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

function remembered({ flow, submission, result }: Checked): readonly LedgerCommand[] {
  if (result.originals.length === 0) return [];
  const { environment, partner } = submission;
  return [{ kind: 'rememberOriginals', flow: flow.code, environment, partner, originals: result.originals }];
}

function answeredState(
  { submission: { ticket }, result }: Checked,
  { state, files, errors }: PreparedNotification,
  at: number,
): LedgerCommand {
  const patch = {
    notification: files,
    errors,
    answeredAt: at,
    records: result.totals,
    recordLog: refOf(result.recordLog),
  };
  return { kind: 'setSubmissionState', ticket, from: 'checking', to: state, at, patch };
}

function closingLine(checked: Checked, state: SubmissionState, deliveries: readonly PreparedDelivery[]): AuditLine {
  const { submission, flow, generation, result } = checked;
  return {
    kind: 'submission-answered',
    outcome: 'done',
    fields: {
      ticket: submission.ticket,
      partner: submission.partner,
      flow: flow.code,
      environment: submission.environment,
      state,
      ...result.totals,
      generation: generation.id,
      directoryVersion: result.directoryVersion,
      recordLog: result.recordLog.contentId,
      recordLogSha256: result.recordLog.sha256,
      recordLogSize: result.recordLog.size,
      deliveries: deliveries.map(({ delivery }) => delivery.id),
    },
  };
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
