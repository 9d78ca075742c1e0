import { randomInt } from 'node:crypto';
import type { Arrival } from '../domain/arrival.ts';
import type { Clock } from '../domain/clock.ts';
import { crashPoint } from '../domain/crash-point.ts';
import type { Current } from '../domain/current.ts';
import { GatewayError } from '../domain/errors.ts';
import type { Environment, Flow } from '../domain/flow.ts';
import type { Generation } from '../domain/generation.ts';
import type { Logger } from '../domain/logger.ts';
import type { Partner } from '../domain/partner.ts';
import { type PartnerId, principalName } from '../domain/principal.ts';
import { newTicket, type Submission, type SubmittedFile, type Ticket } from '../domain/submission.ts';
import { nameOf, parentOf, type VPath } from '../domain/vpath.ts';
import type { AuditLine, EntryRow, LedgerCommand } from '../storage/commands.ts';
import type { Lease, Ledger } from '../storage/ledger.ts';
import type { Answers } from './answer.ts';
import { type FileFault, faultsOfUpload, flowOfUpload } from './file-checks.ts';
import { SetJudge, type SetOutcome } from './go-files.ts';
import type { SetSignatures } from './set-signatures.ts';
import { leaseRef, publishAnswers, thaws } from './submission-commands.ts';

const DAY_MS = 86_400_000;
const RETRY_MS = 500;
const TICKET_RANDOM = 2 ** 32;

/** What stood in the intake folder and what it was found to be. */
export type Candidate = {
  readonly arrival: Arrival;
  readonly partner: Partner;
  readonly generation: Generation;
  readonly flow: Flow | undefined;
  readonly environment: Environment;
  /** The name the answers speak of: of the file, or of the GO. */
  readonly fileName: string;
  readonly rszName: boolean;
  readonly files: readonly { readonly role: SubmittedFile['role']; readonly row: EntryRow }[];
  readonly faults: readonly FileFault[];
  /** A set that its sender took back by a TD. */
  readonly cancelled: boolean;
};

type Parts = {
  readonly ledger: Ledger;
  readonly answers: Answers;
  readonly generation: Current<Generation>;
  /** Whether somebody still writes to it, or has locked it to do so. */
  readonly isInUse: (ledgerPath: VPath) => Promise<boolean>;
  readonly signatures: Pick<SetSignatures, 'judge' | 'forget'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called after a commit that queued a check. */
  readonly onCheck: () => void;
};

/** Turns arrivals into submissions: finds the flow, checks the file as a whole, and answers with the signed receipt. */
export class Receiver {
  readonly #parts: Parts;
  readonly #sets: SetJudge;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#sets = new SetJudge(parts);
  }

  async handle(lease: Lease): Promise<void> {
    const arrival = parseArrival(lease.payload);
    const row = await this.#parts.ledger.read({ kind: 'entry', path: arrival.path });
    if (row === undefined || row.kind === 'folder' || isAnswered(row, arrival)) return this.#drop(lease);
    if (await this.#parts.isInUse(arrival.path)) return this.#later(lease, RETRY_MS);
    const generation = this.#parts.generation.value;
    const partner = generation.partners.find((candidate) => candidate.id === arrival.partner);
    if (partner === undefined) return this.#later(lease, DAY_MS);
    const outcome = await this.#judge(generation, partner, arrival, row);
    if (outcome.kind === 'drop') return this.#drop(lease);
    if (outcome.kind === 'wait') return this.#later(lease, Math.max(1, outcome.untilMs - this.#parts.clock.now()));
    try {
      await this.#receive(lease, outcome.candidate);
    } catch (error) {
      if (!(error instanceof GatewayError) || error.code !== 'locked') throw error;
      await this.#later(lease, RETRY_MS); // somebody locked it at the last moment
    }
  }

  async #judge(generation: Generation, partner: Partner, arrival: Arrival, row: EntryRow): Promise<SetOutcome> {
    const set = await this.#sets.judge(generation, partner, arrival, row);
    if (set !== undefined) return set;
    const name = nameOf(arrival.path);
    const found = flowOfUpload(generation, partner, arrival, name);
    const faults = found.flow ? faultsOfUpload(generation, partner, found.flow, row.size) : [found.fault];
    const { environment } = arrival;
    const files = [{ role: 'data' as const, row }];
    const common = { arrival, partner, generation, environment, fileName: name, rszName: false, cancelled: false };
    return { kind: 'candidate', candidate: { ...common, flow: found.flow, files, faults } };
  }

  /** One commit: the signed receipt stands in the mailbox, and the submission is being checked or has ended. */
  async #receive(lease: Lease, candidate: Candidate): Promise<void> {
    const before = await this.#sentBefore(candidate);
    const ticket = candidate.arrival.ticket ?? newTicket(this.#parts.clock.now(), randomInt(TICKET_RANDOM));
    if (before.same !== undefined) return this.#answerAgain(lease, candidate, before.same, ticket);
    const submission = await this.#submissionOf({ ...candidate, faults: before.faults }, ticket);
    crashPoint('receive.before-receipt-commit');
    await this.#parts.ledger.commit([
      { kind: 'finishLease', ...leaseRef(lease) },
      ...dequeues(lease, candidate),
      ...freezes(candidate, ticket),
      { kind: 'insertSubmission', submission },
      ...publishAnswers(candidate.partner, submission, submission.receipt, this.#parts.clock.now()),
      ...this.#next(candidate, submission),
      { kind: 'audit', line: submissionLine(submission, candidate) },
    ]);
    crashPoint('receive.after-receipt-commit');
    this.#parts.logger.info({ ticket, flow: submission.flow, state: submission.state }, 'submission received');
    if (submission.state === 'checking') this.#parts.onCheck();
  }

  async #submissionOf(candidate: Candidate, ticket: Ticket): Promise<Submission> {
    const { arrival, partner, generation, flow, faults } = candidate;
    const data = dataOf(candidate);
    const receivedAt = this.#parts.clock.now();
    const facts = {
      ticket,
      partner: partner.id,
      principal: arrival.principal,
      flow: flow?.code ?? arrival.folderFlow ?? 'unknown',
      environment: candidate.environment,
      fileName: candidate.fileName,
      sha256: data?.sha256 ?? '',
      files: candidate.files.map(({ role, row }) => submittedFile(role, row)),
      receivedAt,
      generation: generation.id,
    };
    const errors = this.#parts.answers.errorTexts(partner, faults);
    const receipt = await this.#parts.answers.receipt(partner, { ...facts, size: data?.size ?? 0, errors });
    const state = candidate.cancelled ? 'cancelled' : errors.length > 0 ? 'rejected' : 'checking';
    const ended = state === 'checking' ? {} : { answeredAt: receivedAt };
    return { ...facts, ...ended, state, errors, receipt, notification: [] };
  }

  #next(candidate: Candidate, submission: Submission): readonly LedgerCommand[] {
    const { ticket, receivedAt } = submission;
    if (submission.state === 'checking') {
      const payload = { ticket, accessMethod: candidate.arrival.accessMethod };
      return [{ kind: 'enqueue', queue: 'check', key: ticket, dueAt: receivedAt, payload }];
    }
    return thaws(candidate.flow, submission.files, ticket, receivedAt);
  }

  /** The same name and bytes were answered before: the same receipt again, and nothing else. */
  async #answerAgain(lease: Lease, candidate: Candidate, earlier: Submission, ticket: Ticket): Promise<void> {
    const now = this.#parts.clock.now();
    const files = candidate.files.map(({ role, row }) => submittedFile(role, row));
    const fields = { ticket: earlier.ticket, partner: earlier.partner, file: earlier.fileName, sha256: earlier.sha256 };
    await this.#parts.ledger.commit([
      { kind: 'finishLease', ...leaseRef(lease) },
      ...dequeues(lease, candidate),
      ...freezes(candidate, ticket),
      ...thaws(candidate.flow, files, ticket, now),
      ...publishAnswers(candidate.partner, earlier, earlier.receipt, now),
      { kind: 'audit', line: { kind: 'submission-again', outcome: 'done', fields } },
    ]);
  }

  /**
   * Compares with what this partner sent before under the name. One that was refused in its receipt never took the name;
   * it is answered alike only while the same is wrong with it.
   */
  async #sentBefore(
    candidate: Candidate,
  ): Promise<{ readonly same: Submission | undefined; readonly faults: readonly FileFault[] }> {
    const { flow, partner, environment, fileName, rszName, faults } = candidate;
    if (flow === undefined || candidate.cancelled) return { same: undefined, faults };
    const since = this.#parts.clock.now() - flow.namesWindowDays * DAY_MS;
    const where = { partner: partner.id, flow: flow.code, environment, since };
    const byName = await this.#parts.ledger.read({ kind: 'submissionsByName', ...where, fileName });
    const taken = byName.filter((earlier) => earlier.state !== 'cancelled' && !refusedInReceipt(earlier));
    const data = dataOf(candidate);
    const sha256 = data?.sha256 ?? '';
    const unique = rszName || flow.names === 'unique';
    // A name that may be used again is compared with its latest use alone: a state may be set back. A GO that comes again
    // without data, because the reply to the first was lost, asks for the answer of the set it started.
    const same = (earlier: Submission) => data === undefined || earlier.sha256 === sha256;
    const done = (unique ? taken : taken.slice(0, 1)).find(same);
    if (done !== undefined) return { same: done, faults };
    const again = (unique && taken.length > 0) || (flow.refuseSameContent && (await this.#sameContent(where, sha256)));
    const all = again ? [...faults, { code: '133' }] : faults;
    const codes = all.map((fault) => fault.code).join();
    const alike = (earlier: Submission) =>
      refusedInReceipt(earlier) && earlier.errors.map((error) => error.code).join() === codes;
    return { same: byName.find((earlier) => earlier.sha256 === sha256 && alike(earlier)), faults: all };
  }

  async #sameContent(
    where: {
      readonly partner: PartnerId;
      readonly flow: string;
      readonly environment: Environment;
      readonly since: number;
    },
    sha256: string,
  ): Promise<boolean> {
    const earlier = await this.#parts.ledger.read({ kind: 'latestByDigest', ...where, sha256 });
    return earlier !== undefined && earlier.state !== 'cancelled' && !refusedInReceipt(earlier);
  }

  async #drop(lease: Lease): Promise<void> {
    await this.#parts.ledger.commit([{ kind: 'finishLease', ...leaseRef(lease) }]);
  }

  async #later(lease: Lease, ms: number): Promise<void> {
    await this.#parts.ledger.commit([
      { kind: 'releaseLease', ...leaseRef(lease), dueAt: this.#parts.clock.now() + ms },
    ]);
  }
}

/** The file whose bytes the submission is about; none where a GO came without FI. */
function dataOf(candidate: Candidate): EntryRow | undefined {
  return candidate.files.find((file) => file.role !== 'GO' && file.role !== 'FS')?.row;
}

/** Refused before anything in it was read. */
function refusedInReceipt(submission: Submission): boolean {
  return submission.state === 'rejected' && submission.errors.length > 0;
}

/** Whether the name is in another submission's hands, or was answered and only waits to be swept. */
function isAnswered(row: EntryRow, arrival: Arrival): boolean {
  return row.expiresAt !== undefined || (row.frozenBy !== undefined && row.frozenBy !== arrival.ticket);
}

/** The files of a set have queued too, each for itself: their set has spoken for them. */
function dequeues(lease: Lease, candidate: Candidate): readonly LedgerCommand[] {
  return candidate.files
    .filter(({ row }) => row.path !== lease.key)
    .map(({ row }) => ({ kind: 'dequeue', queue: 'arrival', key: row.path }));
}

function freezes(candidate: Candidate, ticket: Ticket): readonly LedgerCommand[] {
  return candidate.files.flatMap(({ row: { path, version } }): readonly LedgerCommand[] => [
    { kind: 'mustHoldLocks', path, reach: 'content', principal: '', tokens: [] },
    { kind: 'freeze', path, ticket, expect: { version } },
  ]);
}

function submittedFile(role: SubmittedFile['role'], row: EntryRow): SubmittedFile {
  return { role, path: row.path, contentId: row.contentId, size: row.size, sha256: row.sha256 };
}

function submissionLine(submission: Submission, candidate: Candidate): AuditLine {
  const { ticket, partner, flow, environment, fileName, sha256, state, generation } = submission;
  return {
    kind: 'submission',
    outcome: state === 'rejected' ? 'refused' : 'done',
    fields: {
      ticket,
      partner,
      principal: principalName(submission.principal),
      accessMethod: candidate.arrival.accessMethod,
      flow,
      environment,
      file: fileName,
      folder: parentOf(candidate.arrival.path),
      sha256,
      state,
      codes: submission.errors.map((error) => error.code),
      generation,
    },
  };
}

/** The payload of a job in the queue `arrival`, which only `vfs/arrivals.ts` writes. */
function parseArrival(payload: unknown): Arrival {
  if (typeof payload !== 'object' || payload === null || !('path' in payload)) {
    throw new GatewayError('broken', 'a job of the queue "arrival" has no path');
  }
  return payload as Arrival;
}
