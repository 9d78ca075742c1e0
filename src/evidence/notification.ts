import type { Finding } from '../domain/finding.ts';
import type { AnswerFormat, Language } from '../domain/partner.ts';
import type { RecordTotals, SubmissionState, Ticket } from '../domain/submission.ts';
import type { Part } from './answer-names.ts';
import { jsonPart } from './notification-json.ts';
import { xmlPart } from './notification-xml.ts';

/** What a notification says about the whole file. Times: milliseconds since the epoch. */
export type NotificationFacts = {
  readonly ticket: Ticket;
  readonly file: string;
  readonly flow: string;
  readonly state: SubmissionState;
  readonly records: RecordTotals;
  /** How many answers follow; known before the first is read. */
  readonly refusedCount: number;
  readonly informationCount: number;
  readonly generation: string;
  readonly directoryVersion: string;
  readonly language: Language;
  /** When the answer was made; only `rsz-xml` shows it. */
  readonly createdAt: number;
};

/** One record with all its faults. Record 0 is the file itself. */
export type RecordAnswer = { readonly record: number; readonly faults: readonly Omit<Finding, 'record'>[] };

/** The sentence of a code. */
export type TextOf = (code: string, language: Language, detail?: string) => string;

/** Read once, in order, some at once, never all held in memory. */
export type RecordAnswers = {
  /** Refused records. */
  readonly refused: AsyncIterable<readonly RecordAnswer[]>;
  /** Records that were accepted and about which the sender is told something. */
  readonly information: AsyncIterable<readonly RecordAnswer[]>;
};

/** Answers under the heading they stand under. */
export type HeadedAnswers = {
  readonly heading: 'refused' | 'information';
  readonly answers: readonly RecordAnswer[];
};

export type NotificationOptions = {
  readonly format: AnswerFormat;
  readonly maxRecordsPerPart: number;
  readonly textOf: TextOf;
};

export type NotificationPart = {
  /** undefined where the notification is one file. */
  readonly part: Part | undefined;
  /** The text of this file. It must be read to its end before the next part is asked for. */
  readonly chunks: AsyncIterable<string>;
};

/** How many files this notification takes. */
export function notificationPartCount(facts: NotificationFacts, maxRecordsPerPart: number): number {
  return Math.max(1, Math.ceil((facts.refusedCount + facts.informationCount) / maxRecordsPerPart));
}

/**
 * The notification, part after part. Refused records come first, then information; a part holds at most
 * `maxRecordsPerPart` of both together. The same facts and answers give the same text.
 * @throws Error where the answers are more or fewer than the facts say
 */
export async function* notificationParts(
  facts: NotificationFacts,
  answers: RecordAnswers,
  options: NotificationOptions,
): AsyncGenerator<NotificationPart> {
  const of = notificationPartCount(facts, options.maxRecordsPerPart);
  const source = new AnswerSource(answers);
  const expected = { refused: facts.refusedCount, information: facts.informationCount };
  const build = options.format === 'json' ? jsonPart : xmlPart;
  for (let number = 1; number <= of; number++) {
    const part = of === 1 ? undefined : { number, of };
    const progress = { done: false };
    const entries = take(source, expected, options.maxRecordsPerPart, number === of, progress);
    yield { part, chunks: build(facts, part, entries, options.textOf) };
    if (!progress.done) throw new Error('a part of a notification must be read before the next is asked for');
  }
}

async function* headed(answers: RecordAnswers): AsyncGenerator<HeadedAnswers, undefined> {
  for await (const some of answers.refused) yield { heading: 'refused', answers: some };
  for await (const some of answers.information) yield { heading: 'information', answers: some };
}

/** Gives as many as are wanted of those that come at once. */
class AnswerSource {
  readonly #source: AsyncGenerator<HeadedAnswers, undefined>;
  #rest: HeadedAnswers | undefined;

  constructor(answers: RecordAnswers) {
    this.#source = headed(answers);
  }

  /** @returns some, at most `max`; undefined where there are no more */
  async next(max: number): Promise<HeadedAnswers | undefined> {
    let some = this.#rest;
    while (some === undefined || some.answers.length === 0) {
      const next = await this.#source.next();
      if (next.done) return undefined;
      some = next.value;
    }
    const { heading, answers } = some;
    this.#rest = answers.length > max ? { heading, answers: answers.slice(max) } : undefined;
    return answers.length > max ? { heading, answers: answers.slice(0, max) } : some;
  }
}

/** The answers of one part, without ending the source; counts them down. */
async function* take(
  source: AnswerSource,
  expected: { refused: number; information: number },
  max: number,
  isLast: boolean,
  progress: { done: boolean },
): AsyncGenerator<HeadedAnswers> {
  for (let taken = 0; taken < max; ) {
    const some = await source.next(max - taken);
    if (some === undefined) break;
    expected[some.heading] -= some.answers.length;
    taken += some.answers.length;
    yield some;
  }
  if (isLast) {
    const rest = await source.next(1);
    if (rest !== undefined || expected.refused !== 0 || expected.information !== 0) {
      throw new Error('the answers of this batch are not as many as its totals say');
    }
  }
  progress.done = true;
}
