import { randomInt } from 'node:crypto';
import type { Arrival } from '../domain/arrival.ts';
import type { Clock } from '../domain/clock.ts';
import { crashPoint } from '../domain/crash-point.ts';
import type { Current } from '../domain/current.ts';
import { GatewayError } from '../domain/errors.ts';
import type { Flow } from '../domain/flow.ts';
import type { Generation } from '../domain/generation.ts';
import type { Logger } from '../domain/logger.ts';
import type { Partner } from '../domain/partner.ts';
import { newTicket, type Submission, type Ticket } from '../domain/submission.ts';
import { nameOf, type VPath } from '../domain/vpath.ts';
import type { EntryRow, LedgerCommand, LotOf } from '../storage/commands.ts';
import { refOf } from '../storage/content-commands.ts';
import { withBytes } from '../storage/kept-bytes.ts';
import type { Lease, Ledger } from '../storage/ledger.ts';
import type { Answers } from './answer.ts';
import type { AtOnce } from './at-once.ts';
import { type Candidate, contentOf, dataOf, parseArrival, partsOf, submittedFile } from './candidate.ts';
import { runsAhead } from './closing.ts';
import type { Dispatcher, Reserved } from './dispatcher.ts';
import type { EarlyChecks } from './early-checks.ts';
import { faultsOfUpload, flowOfUpload } from './file-checks.ts';
import type { FileProbe } from './file-probe.ts';
import { SetJudge, type SetOutcome } from './go-files.ts';
import { hasLots, lotOf } from './lots.ts';
import { dequeues, freezes, isAnswered, type PreparedReceipt, receiptCommands } from './receipt-commands.ts';
import { type SentBefore, sentBefore, sentUnderItsName } from './sent-before.ts';
import type { SetSignatures } from './set-signatures.ts';
import type { SimulationMeter } from './simulation-meter.ts';
import { checkJob, leaseRef, publishAnswers, thaws, turnOf } from './submission-commands.ts';

const DAY_MS = 86_400_000;
const RETRY_MS = 500;
const LOT_TAKEN = '200000';
const TICKET_RANDOM = 2 ** 32;

type Parts = {
  readonly ledger: Ledger;
  readonly answers: Answers;
  readonly generation: Current<Generation>;
  /** Whether somebody still writes to it, or has locked it to do so. */
  readonly isInUse: (ledgerPath: VPath) => Promise<boolean>;
  readonly signatures: Pick<SetSignatures, 'judge' | 'forget'>;
  readonly probe: Pick<FileProbe, 'read'>;
  readonly meter: SimulationMeter;
  /** Where the check of a small file begins before its receipt is there. */
  readonly early: Pick<EarlyChecks, 'begin' | 'take'>;
  /** Where a small file is answered in one commit with its receipt. */
  readonly atOnce: Pick<AtOnce, 'answer'>;
  readonly checks: Pick<Dispatcher, 'reserve'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called after a commit that queued a check. */
  readonly onCheck: () => void;
};

/** `reserved`: the place of a small file whose check has begun. */
type Receiving = { readonly ticket: Ticket; readonly receivedAt: number; readonly reserved: Reserved | undefined };

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
    const generation = this.#parts.generation.value;
    const partner = generation.partners.find((candidate) => candidate.id === arrival.partner);
    const [row, isInUse, sent] = await Promise.all([
      this.#parts.ledger.read({ kind: 'entry', path: arrival.path }),
      this.#parts.isInUse(arrival.path),
      partner && sentUnderItsName({ generation, partner, arrival }, this.#parts),
    ]);
    if (row === undefined || row.kind === 'folder' || isAnswered(row, arrival)) return this.#drop(lease);
    if (isInUse) return this.#later(lease, RETRY_MS);
    if (partner === undefined) return this.#later(lease, DAY_MS);
    const outcome = await this.#judge(generation, partner, arrival, row);
    if (outcome.kind === 'drop') return this.#drop(lease);
    if (outcome.kind === 'wait') return this.#later(lease, Math.max(1, outcome.untilMs - this.#parts.clock.now()));
    const waitMs = this.#simulationWait(outcome.candidate);
    if (waitMs > 0) return this.#later(lease, waitMs);
    try {
      await this.#receive(lease, outcome.candidate, sent);
    } catch (error) {
      if (!(error instanceof GatewayError) || error.code !== 'locked') throw error;
      await this.#later(lease, RETRY_MS); // somebody locked it at the last moment
    }
  }

  /** Simulation answers by the real directory, so it has a rate: over it, files wait. */
  #simulationWait({ environment, partner, files, cancelled }: Candidate): number {
    if (environment !== 'S' || cancelled) return 0;
    return this.#parts.meter.take(
      partner.id,
      files.reduce((sum, { row }) => sum + row.size, 0),
    );
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
  async #receive(lease: Lease, found: Candidate, sent: readonly Submission[] | undefined): Promise<void> {
    const { clock } = this.#parts;
    const ticket = found.arrival.ticket ?? newTicket(clock.now(), randomInt(TICKET_RANDOM));
    const before = await sentBefore(found, this.#parts, sent);
    if (before.same !== undefined) return this.#answerAgain(lease, found, before.same, ticket);
    const outside = [...found.faults, ...before.faults];
    const receivedAt = clock.now();
    const isBegun = outside.length === 0 && this.#beginEarly(found, ticket, receivedAt);
    const reserved = isBegun ? this.#reserve(found, ticket, true) : undefined;
    let isChecked = false;
    try {
      if (reserved && (await this.#answerAtOnce(lease, found, ticket, receivedAt, reserved))) return;
      const candidate = outside.length > 0 ? { ...found, faults: outside } : await this.#read(found);
      isChecked = await this.#answer(lease, candidate, before, { ticket, receivedAt, reserved });
    } finally {
      if (!isChecked) {
        this.#parts.early.take(ticket);
        reserved?.withdraw();
      }
    }
  }

  /** @returns whether its check has begun */
  #beginEarly(found: Candidate, ticket: Ticket, receivedAt: number): boolean {
    const { partner, flow, environment, arrival } = found;
    if (flow === undefined || found.cancelled) return false;
    if (!runsAhead(found.generation, { flow: flow.code, lot: undefined })) return false;
    const files = found.files.map(({ role, row }) => submittedFile(role, row));
    const one = { ticket, flow: flow.code, partner: partner.id, environment, files, receivedAt };
    return this.#parts.early.begin(one, arrival.accessMethod);
  }

  /** Its place among those that are checked; it is small where its check has begun. */
  #reserve({ flow, environment }: Candidate, ticket: Ticket, isSmall: boolean): Reserved {
    const turn = turnOf({ ticket, flow: flow?.code ?? 'unknown', environment }, flow);
    return this.#parts.checks.reserve(turn, ticket, isSmall);
  }

  /** @returns whether it is answered, in one commit with its receipt */
  async #answerAtOnce(
    lease: Lease,
    found: Candidate,
    ticket: Ticket,
    receivedAt: number,
    reserved: Reserved,
  ): Promise<boolean> {
    const { flow } = found;
    if (flow === undefined || flow.afterQuarantine === 'hold' || hasLots(flow)) return false;
    const isAnswered = await this.#parts.atOnce.answer(reserved, async () => {
      const { submission, kept } = await this.#submissionOf(found, ticket, receivedAt);
      crashPoint('receive.before-receipt-commit');
      return { submission, commands: receiptCommands(lease, found, { submission, kept }, this.#parts.clock.now()) };
    });
    if (!isAnswered) return false;
    reserved.end();
    crashPoint('receive.after-receipt-commit');
    return true;
  }

  /** @returns whether its records are to be checked */
  async #answer(
    lease: Lease,
    candidate: Candidate,
    before: SentBefore,
    { ticket, receivedAt, reserved }: Receiving,
  ): Promise<boolean> {
    const { ledger, clock } = this.#parts;
    const alike = before.refusedAlike(candidate.faults);
    if (alike !== undefined) {
      await this.#answerAgain(lease, candidate, alike, ticket);
      return false;
    }
    const { submission, kept } = await this.#submissionOf(candidate, ticket, receivedAt);
    const isChecked = submission.state === 'checking';
    const own = isChecked && reserved === undefined ? this.#reserve(candidate, ticket, false) : undefined;
    crashPoint('receive.before-receipt-commit');
    const committed = ledger.commit([
      ...receiptCommands(lease, candidate, { submission, kept }, clock.now()),
      ...this.#lotIsNew(candidate),
      { kind: 'insertSubmission', submission },
      ...this.#next(candidate, submission),
    ]);
    committed.catch(() => own?.withdraw());
    await committed;
    crashPoint('receive.after-receipt-commit');
    this.#parts.logger.info({ ticket, flow: submission.flow, state: submission.state }, 'submission received');
    if (isChecked) this.#parts.onCheck();
    return isChecked;
  }

  async #submissionOf(candidate: Candidate, ticket: Ticket, receivedAt: number): Promise<PreparedReceipt> {
    const { arrival, partner, generation, flow, faults } = candidate;
    const data = contentOf(candidate);
    const facts = {
      ticket,
      partner: partner.id,
      principal: arrival.principal,
      accessMethod: arrival.accessMethod,
      flow: flow?.code ?? arrival.folderFlow ?? 'unknown',
      environment: candidate.environment,
      fileName: candidate.fileName,
      sha256: data?.sha256 ?? '',
      files: candidate.files.map(({ role, row }) => submittedFile(role, row)),
      receivedAt,
      generation: generation.id,
      lot: candidate.lot,
    };
    const errors = this.#parts.answers.errorTexts(partner, faults);
    const { files: receipt, kept } = await this.#parts.answers.receipt(partner, {
      ...facts,
      size: data?.size ?? 0,
      parts: partsOf(candidate),
      errors,
    });
    const state = candidate.cancelled ? 'cancelled' : errors.length > 0 ? 'rejected' : 'checking';
    const ended = state === 'checking' ? {} : { answeredAt: receivedAt };
    return { submission: { ...facts, ...ended, state, errors, receipt, notification: [] }, kept };
  }

  #next(candidate: Candidate, submission: Submission): readonly LedgerCommand[] {
    const { ticket, receivedAt } = submission;
    if (submission.state === 'checking') {
      return [checkJob(submission, candidate.arrival.accessMethod, candidate.flow)];
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
      ...publishAnswers(candidate.partner, earlier, { files: earlier.receipt, kept: [] }, now),
      { kind: 'audit', line: { kind: 'submission-again', outcome: 'done', fields } },
    ]);
  }

  /** With what reading the file shows; one that is refused anyway, or taken back, is not read. */
  async #read(candidate: Candidate): Promise<Candidate> {
    const { flow, environment, partner, generation, cancelled } = candidate;
    const data = dataOf(candidate);
    if (flow === undefined || data.length === 0 || cancelled) return candidate;
    const { fault, lot } = await this.#parts.probe.read({
      contents: await withBytes(this.#parts.ledger, data.map(refOf)),
      maxBytes: generation.limits.receiptReadBytes,
      flow,
      environment,
      sender: partner.institution,
    });
    if (fault !== undefined) return { ...candidate, faults: [fault] };
    if (lot === undefined) return candidate;
    const { taken } = await this.#parts.ledger.read({ kind: 'lot', ...this.#lot(candidate, flow, lot) });
    return taken ? { ...candidate, faults: [{ code: LOT_TAKEN, detail: `${lot}` }] } : { ...candidate, lot };
  }

  #lot({ partner, environment }: Candidate, flow: Flow, lot: number): LotOf {
    return lotOf(partner, flow, environment, lot, this.#parts.clock.now());
  }

  /** Of two files with the same lot that come at once, the second is looked at again. */
  #lotIsNew(candidate: Candidate): readonly LedgerCommand[] {
    const { flow, lot, faults } = candidate;
    if (flow === undefined || lot === undefined || faults.length > 0) return [];
    return [{ kind: 'mustBeNewLot', ...this.#lot(candidate, flow, lot) }];
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
