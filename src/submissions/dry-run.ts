import { randomInt } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Clock } from '../domain/clock.ts';
import type { Current } from '../domain/current.ts';
import { asGatewayError, GatewayError } from '../domain/errors.ts';
import type { Generation } from '../domain/generation.ts';
import { principalName } from '../domain/principal.ts';
import { looksLikeRszName } from '../domain/rsz-name.ts';
import { newTicket, type Submission } from '../domain/submission.ts';
import type { TextOf } from '../evidence/notification.ts';
import { stateOf } from '../pipeline/answer.ts';
import type { BatchResult, RecordAnswer } from '../pipeline/batch.ts';
import { batchTask, sharedTask } from '../pipeline/batch-task.ts';
import { type BatchRunner, originalsOf } from '../pipeline/check.ts';
import { type FileFault, faultsOfData, faultsOfUpload } from '../pipeline/file-checks.ts';
import { linesOf } from '../pipeline/lines-of.ts';
import { questionsLookup } from '../pipeline/question-flows.ts';
import type { SimulationMeter } from '../pipeline/simulation-meter.ts';
import type { UnknownPersonsWatch } from '../pipeline/unknown-persons.ts';
import type { LedgerCommand } from '../storage/commands.ts';
import { keeping, refOf } from '../storage/content-commands.ts';
import type { CompletedContent, ContentStore } from '../storage/content-store.ts';
import type { Ledger } from '../storage/ledger.ts';
import { type DryRunReport, reportOf } from './dry-run-report.ts';
import { type Asked, type Sender, senderOf } from './sender.ts';

const TICKET_RANDOM = 2 ** 32;
/** So many refused records are told one by one; the totals count all of them. */
const MOST_SHOWN = 1_000;
const MS_PER_MINUTE = 60_000;

/** What would become of a file: the submission as it would end, and what is told of its records. */
export type Judged = {
  readonly submission: Submission;
  /** The first thousand. */
  readonly refused: readonly RecordAnswer[];
  readonly information: readonly RecordAnswer[];
  readonly directoryVersion: string;
};

/** Over its rate a partner has to wait so long. */
export type MustWait = { readonly waitMs: number };

type Parts = {
  readonly store: ContentStore;
  readonly ledger: Ledger;
  readonly batches: BatchRunner;
  readonly meter: SimulationMeter;
  readonly unknownPersons: UnknownPersonsWatch;
  readonly textOf: TextOf;
  readonly generation: Current<Generation>;
  readonly clock: Clock;
};

/** The name of a dry run in the ledger. No file has a slash in its name, so it never takes one. */
function ledgerName(name: string): string {
  return `dry-run/${name}`;
}

/**
 * Checks a file by the rules of the real environment and delivers nothing, as a file in `/INTEST-S` is checked, but answers
 * the caller alone. It stands in the person log and in the audit log, and shares the rate of simulation.
 */
export class DryRuns {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** @throws GatewayError `bad-request`, `not-found` for a file or sender that is not there, `unavailable` over the rate */
  async run(asked: Asked): Promise<DryRunReport> {
    const sender = senderOf(this.#parts.generation.value, asked);
    const { size } = await lookAt(asked.file);
    const wait = this.#rate(sender, size);
    if (wait !== undefined) {
      const minutes = Math.ceil(wait.waitMs / MS_PER_MINUTE);
      const message = `${sender.partner.id} has simulated much of late; try again in ${minutes} min`;
      throw new GatewayError('unavailable', message);
    }
    const content = size > sender.flow.maxFileBytes ? undefined : await this.#take(asked.file, size);
    return reportOf(await this.#judged(sender, size, content), sender, this.#parts.textOf);
  }

  /**
   * The same of a content that is complete; it is gone afterwards.
   * @param isCounted whether its bytes were taken off the rate when it came
   */
  async judge(sender: Sender, content: CompletedContent, isCounted: boolean): Promise<Judged | MustWait> {
    const wait = isCounted ? undefined : this.#rate(sender, content.size);
    if (wait === undefined) return this.#judged(sender, content.size, content);
    await this.#parts.store.remove(content.contentId);
    return wait;
  }

  async #judged(sender: Sender, size: number, content: CompletedContent | undefined): Promise<Judged> {
    const generation = this.#parts.generation.value;
    const judge = looksLikeRszName(sender.name) ? faultsOfData : faultsOfUpload;
    const faults = judge(generation, sender.partner, sender.flow, size);
    try {
      if (content !== undefined && faults.length === 0) return await this.#check(sender, generation, content);
      return await this.#refused(sender, generation, faults, content);
    } finally {
      if (content !== undefined) await this.#parts.store.remove(content.contentId);
    }
  }

  #rate({ partner }: Sender, size: number): MustWait | undefined {
    const waitMs = this.#parts.meter.take(partner.id, size);
    return waitMs === 0 ? undefined : { waitMs };
  }

  async #take(file: string, size: number): Promise<CompletedContent> {
    const { store } = this.#parts;
    const upload = await store.begin();
    try {
      let written = 0;
      for await (const chunk of createReadStream(file)) {
        await store.writePart(upload, written, chunk);
        written += chunk.length;
      }
      return await store.complete(upload, { size });
    } catch (error) {
      await store.remove(upload.contentId);
      throw error;
    }
  }

  async #check(sender: Sender, generation: Generation, content: CompletedContent): Promise<Judged> {
    const { batches, ledger, unknownPersons } = this.#parts;
    const submission = this.#submissionOf(sender, generation, content);
    const task = batchTask(submission, sender.partner, sharedTask(generation, sender.flow), {
      accessMethod: 'line',
      contents: [content],
    });
    // Originals are those of the real environment, as all its rules are.
    const originals = originalsOf(ledger, sender.flow.code, 'R', sender.partner.id);
    const result = await batches.run(task, originals, questionsLookup(ledger, generation, task));
    const answered: Submission = {
      ...submission,
      state: stateOf(result),
      errors: this.#texts(sender, result.fileErrors),
      records: result.totals,
      recordLog: refOf(result.recordLog),
      answeredAt: this.#parts.clock.now(),
    };
    const now = this.#parts.clock.now();
    const counted = unknownPersons.commands(answered, result, now);
    const closed = await ledger.commit([
      ...keeping([result.recordLog]),
      ...closing(answered, sender, result),
      ...counted,
    ]);
    unknownPersons.raise(answered, closed, now);
    const [refused, information] = [await this.#answers(result.refusals), await this.#answers(result.information)];
    await this.#discard(result);
    return { submission: answered, refused, information, directoryVersion: result.directoryVersion };
  }

  /** A file that would be refused in its receipt. */
  async #refused(
    sender: Sender,
    generation: Generation,
    faults: readonly FileFault[],
    content: CompletedContent | undefined,
  ): Promise<Judged> {
    const submission: Submission = {
      ...this.#submissionOf(sender, generation, content),
      state: 'rejected',
      errors: this.#texts(sender, faults),
      answeredAt: this.#parts.clock.now(),
    };
    await this.#parts.ledger.commit(closing(submission, sender));
    return { submission, refused: [], information: [], directoryVersion: '' };
  }

  #submissionOf(sender: Sender, generation: Generation, content: CompletedContent | undefined): Submission {
    const now = this.#parts.clock.now();
    return {
      ticket: newTicket(now, randomInt(TICKET_RANDOM)),
      partner: sender.partner.id,
      principal: sender.principal,
      flow: sender.flow.code,
      environment: 'S',
      fileName: ledgerName(sender.name),
      sha256: content?.sha256 ?? '',
      files: [],
      receivedAt: now,
      generation: generation.id,
      state: 'checking',
      errors: [],
      receipt: [],
      notification: [],
    };
  }

  #texts({ partner }: Sender, faults: readonly FileFault[]): Submission['errors'] {
    return faults.map(({ code, detail }) => ({ code, text: this.#parts.textOf(code, partner.language, detail) }));
  }

  async #answers(content: CompletedContent): Promise<readonly RecordAnswer[]> {
    const answers: RecordAnswer[] = [];
    for await (const line of linesOf(this.#parts.store.read(content))) {
      if (answers.length === MOST_SHOWN) break;
      answers.push(JSON.parse(line) as RecordAnswer);
    }
    return answers;
  }

  async #discard({ outputs, refusals, information }: BatchResult): Promise<void> {
    const contents = [refusals, information, ...outputs.map((output) => output.content)];
    for (const { contentId } of contents) await this.#parts.store.remove(contentId);
  }
}

/** @throws GatewayError `not-found` */
async function lookAt(file: string): Promise<{ readonly size: number }> {
  try {
    const found = await stat(file);
    if (found.isFile()) return found;
  } catch (error) {
    throw new GatewayError('not-found', `${file} can not be read: ${asGatewayError(error).message}`, { cause: error });
  }
  throw new GatewayError('bad-request', `${file} is not a file`);
}

function closing(submission: Submission, sender: Sender, result?: BatchResult): readonly LedgerCommand[] {
  const { ticket, partner, flow, environment, sha256, state, generation } = submission;
  const decided = result && {
    ...result.totals,
    directoryVersion: result.directoryVersion,
    recordLog: result.recordLog.contentId,
    recordLogSha256: result.recordLog.sha256,
    recordLogSize: result.recordLog.size,
  };
  const fields = {
    ...{ ticket, partner, flow, environment, file: sender.name, sha256, state, generation },
    principal: principalName(sender.principal),
    codes: submission.errors.map((error) => error.code),
    ...decided,
  };
  const outcome = state === 'rejected' ? 'refused' : 'done';
  return [
    { kind: 'insertSubmission', submission },
    { kind: 'audit', line: { kind: 'dry-run', outcome, fields } },
  ];
}
