import type { Clock } from '../domain/clock.ts';
import { crashPoint } from '../domain/crash-point.ts';
import type { Current } from '../domain/current.ts';
import type { Generation } from '../domain/generation.ts';
import type { Partner } from '../domain/partner.ts';
import type { Submission, SubmissionState } from '../domain/submission.ts';
import { notificationName, receiptName } from '../evidence/answer-names.ts';
import { type NotificationFacts, notificationParts, type TextOf } from '../evidence/notification.ts';
import { type ReceiptFacts, receiptJson, receiptXml } from '../evidence/receipt.ts';
import type { CompletedContent, ContentStore } from '../storage/content-store.ts';
import { piecesOf } from '../storage/kept-bytes.ts';
import type { BatchResult, RecordAnswer } from './batch.ts';
import type { FileFault } from './file-checks.ts';
import { someLinesOf } from './lines-of.ts';
import { answerFiles, keepingFiles, type SealedFile, type SealedFiles } from './sealed-files.ts';
import type { PreparedAnswer } from './submission-commands.ts';

type Parts = {
  readonly store: ContentStore;
  readonly sealed: SealedFiles;
  readonly textOf: TextOf;
  readonly generation: Current<Generation>;
  readonly clock: Clock;
};

export type FileErrors = Submission['errors'];

/** A notification, and the state it tells. */
export type PreparedNotification = PreparedAnswer & {
  readonly state: SubmissionState;
  readonly errors: FileErrors;
};

/** Makes the answers of a partner in its format and language: signed, but not yet in its mailbox. */
export class Answers {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** The faults of a file as sentences in the partner's language. */
  errorTexts(partner: Partner, faults: readonly FileFault[]): FileErrors {
    return faults.map(({ code, detail }) => ({ code, text: this.#parts.textOf(code, partner.language, detail) }));
  }

  /** The receipt: arrived whole and will be processed, or refused with every reason. */
  async receipt(
    partner: Partner,
    facts: Omit<ReceiptFacts, 'resultCode' | 'createdAt' | 'file'> & { readonly fileName: string },
  ): Promise<PreparedAnswer> {
    const { sealed, clock } = this.#parts;
    const resultCode = facts.errors.length > 0 ? 0 : 1;
    const whole: ReceiptFacts = { ...facts, file: facts.fileName, resultCode, createdAt: clock.now() };
    if (partner.answerFormat === 'rsz-xml') {
      const content = await sealed.write([receiptXml(whole)]);
      return prepared(await sealed.asSet('ACRF', content, facts.environment, whole.createdAt));
    }
    const content = await sealed.write([receiptJson(whole)]);
    return prepared(await sealed.withSignature(receiptName(facts.fileName, facts.ticket), content));
  }

  /** The notification: totals, and an entry for each record the sender must know about. `remarks` are on the file. */
  async notification(
    partner: Partner,
    submission: Submission,
    generation: string,
    result: BatchResult,
    remarks: readonly RecordAnswer[] = [],
  ): Promise<PreparedNotification> {
    const { sealed, textOf, clock } = this.#parts;
    const state = stateOf(result);
    const whole = result.fileErrors.map(
      (fault): RecordAnswer => ({ record: 0, faults: [{ ...fault, severity: 'fatal' }] }),
    );
    const facts: NotificationFacts = {
      ticket: submission.ticket,
      file: submission.fileName,
      flow: submission.flow,
      state,
      records: result.totals,
      refusedCount: result.refusedCount + whole.length,
      informationCount: result.informationCount + remarks.length,
      generation,
      directoryVersion: result.directoryVersion,
      language: partner.language,
      createdAt: clock.now(),
    };
    const answers = {
      refused: chained(whole, this.#linesOf(result.refusals)),
      information: chained(remarks, this.#linesOf(result.information)),
    };
    const files: SealedFile[] = [];
    const maxRecordsPerPart = this.#parts.generation.value.limits.maxRefusedPerNotification;
    for await (const { part, chunks } of notificationParts(facts, answers, {
      format: partner.answerFormat,
      maxRecordsPerPart,
      textOf,
    })) {
      const content = await sealed.write(chunks);
      crashPoint('answer.built');
      const made =
        partner.answerFormat === 'rsz-xml'
          ? await sealed.asSet('NOTI', content, submission.environment, facts.createdAt)
          : await sealed.withSignature(notificationName(submission.fileName, submission.ticket, part), content);
      files.push(...made);
      crashPoint('answer.signed');
    }
    return { ...prepared(files), state, errors: this.errorTexts(partner, result.fileErrors) };
  }

  /**
   * Removes what a notification was made of, once it stands: values of refused records are in it. What can't be removed
   * now, the sweeper removes.
   */
  async discard({ refusals, information }: BatchResult): Promise<void> {
    const stored = [refusals, information].filter(({ bytes }) => bytes === undefined);
    await Promise.allSettled(stored.map(({ contentId }) => this.#parts.store.remove(contentId)));
  }

  async *#linesOf(content: CompletedContent): AsyncGenerator<readonly RecordAnswer[]> {
    for await (const lines of someLinesOf(piecesOf(this.#parts.store, content))) yield lines.map(parseAnswer);
  }
}

function prepared(files: readonly SealedFile[]): PreparedAnswer {
  return { files: answerFiles(files), kept: keepingFiles(files) };
}

async function* chained(
  first: readonly RecordAnswer[],
  rest: AsyncIterable<readonly RecordAnswer[]>,
): AsyncGenerator<readonly RecordAnswer[]> {
  yield first;
  yield* rest;
}

/** The state a batch leads to. */
export function stateOf({ fileErrors, totals }: BatchResult): SubmissionState {
  if (fileErrors.length > 0) return 'rejected';
  if (totals.refused === 0) return 'accepted';
  return totals.accepted === 0 ? 'rejected' : 'partially-accepted';
}

/** A line that the batch wrote; nobody else writes such contents. */
function parseAnswer(line: string): RecordAnswer {
  return JSON.parse(line) as RecordAnswer;
}
