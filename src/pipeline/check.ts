import type { Clock } from '../domain/clock.ts';
import type { Current } from '../domain/current.ts';
import { asGatewayError, GatewayError } from '../domain/errors.ts';
import type { Environment } from '../domain/flow.ts';
import type { Generation } from '../domain/generation.ts';
import type { Logger } from '../domain/logger.ts';
import type { AccessMethod, PartnerId } from '../domain/principal.ts';
import type { Submission, Ticket } from '../domain/submission.ts';
import { withBytes } from '../storage/kept-bytes.ts';
import type { Lease, Ledger } from '../storage/ledger.ts';
import type { BatchResult, BatchTask, OriginalsLookup } from './batch.ts';
import { batchTask, SharedTasks } from './batch-task.ts';
import type { Closer } from './closer.ts';
import { runsAhead, ticketOf } from './closing.ts';
import type { DirectoryWork } from './directory-work.ts';
import { EarlyChecks, type Found, type ToCheck } from './early-checks.ts';
import { heldBehind } from './quarantine-order.ts';
import { questionsLookup } from './question-flows.ts';
import type { QuestionsLookup } from './questions.ts';
import { leaseRef } from './submission-commands.ts';
import type { Place } from './turns.ts';

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
  readonly closer: Closer;
  readonly directoryWork: Pick<DirectoryWork, 'drain'>;
  readonly generation: Current<Generation>;
  readonly clock: Clock;
  readonly logger: Logger;
};

/** Checks the records of a submission, and has it closed. */
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
        const before = [{ kind: 'finishLease', ...leaseRef(lease) }] as const;
        const behind = mayRunAhead ? place : undefined;
        const closing = { before, isNew: false, place: behind, isLast: tries === MOST_TRIES };
        if (await this.#parts.closer.close(checked, closing)) return;
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

  /** Put back as it was: waiting is no attempt that failed. */
  async #later({ queue, key, payload }: Lease): Promise<void> {
    const dueAt = this.#parts.clock.now() + HELD_MS;
    await this.#parts.ledger.commit([{ kind: 'enqueue', queue, key, dueAt, payload }]);
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
