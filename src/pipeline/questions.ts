import { createHash } from 'node:crypto';
import type { Person } from '../directory/directory.ts';
import type { LayoutVersion } from '../domain/flow.ts';
import type { IsoDate } from '../domain/period.ts';
import type { AnsweredQuestion, AskedQuestion, Question, RecordTicket } from '../domain/question.ts';
import { isPresent } from '../formats/field-types.ts';
import type { CheckedRecord } from './record-rules.ts';

/** Asks the ledger for questions by their tickets and matches; see the query `questions`. */
export type QuestionsLookup = (keys: readonly string[]) => Promise<readonly Question[]>;

/** What a batch does to open questions, once it is closed. */
export type QuestionEffects = {
  readonly asked: readonly AskedQuestion[];
  readonly answered: readonly AnsweredQuestion[];
};

export const NO_QUESTIONS: QuestionEffects = { asked: [], answered: [] };

export type ConcernedRecord = { readonly record: CheckedRecord; readonly person: Person };

const DIGEST_DIGITS = 16;

/**
 * What an answer must have in common with its question: the reference of the asker, the person and the first day. The number
 * of the person is not kept.
 */
export function questionMatch(reference: string, insz: string, begin: IsoDate): string {
  const digest = createHash('sha256').update(`${reference}\n${insz}\n${begin}`).digest('hex').slice(0, DIGEST_DIGITS);
  return `${reference}#${digest}`;
}

/** The reference by which its asker knows a question; empty where it gave none. */
export function referenceIn(match: string): string {
  return match.slice(0, match.lastIndexOf('#'));
}

/** Questions that records of one batch ask or answer: what the ledger knows of them, and what this batch did. */
export class Questions {
  readonly #lookup: QuestionsLookup;
  readonly #ticketPosition: number;
  readonly #asked = new Map<string, AskedQuestion>();
  readonly #answered = new Map<RecordTicket, AnsweredQuestion>();
  #byTicket: ReadonlyMap<RecordTicket, Question> = new Map();
  #byMatch: ReadonlyMap<string, readonly Question[]> = new Map();

  constructor(layout: LayoutVersion, lookup: QuestionsLookup) {
    this.#lookup = lookup;
    this.#ticketPosition = layout.fields.findIndex(({ name }) => name === layout.roles.questionTicket);
  }

  /** Asks once for all of these records; the rest answers from it until the next call. */
  async prepare(records: readonly ConcernedRecord[]): Promise<void> {
    const keys = new Set(records.flatMap(({ record, person }) => this.#keysOf(record, person)));
    const found = keys.size === 0 ? [] : await this.#lookup([...keys]);
    this.#byTicket = new Map(found.map((question) => [question.ticket, question]));
    this.#byMatch = Map.groupBy(found, ({ match }) => match);
  }

  /** The ticket of the question that a record says it answers. */
  ticketIn(record: CheckedRecord): RecordTicket | undefined {
    const value = record.values[this.#ticketPosition];
    return isPresent(value) ? value : undefined;
  }

  /** By its ticket, where this record is about what was asked. */
  named(ticket: RecordTicket, record: CheckedRecord, person: Person): Question | undefined {
    const question = this.#byTicket.get(ticket);
    if (question === undefined) return undefined;
    const reference = referenceIn(question.match);
    if (record.reference !== undefined && record.reference !== reference) return undefined;
    return matchesOf(reference, record, person).includes(question.match) ? question : undefined;
  }

  /** All that fit this record, the latest first, as they stand after the records of this batch so far. */
  matching(record: CheckedRecord, person: Person): readonly Question[] {
    return matchesOf(record.reference ?? '', record, person).flatMap((match) => this.#byMatch.get(match) ?? []);
  }

  isOpen(question: Question): boolean {
    return question.state === 'open' && !this.#answered.has(question.ticket);
  }

  isAnswered(question: Question): boolean {
    return question.state === 'answered' || this.#answered.has(question.ticket);
  }

  /** Whether this asker waits for an answer to the same already. */
  isAsked(record: CheckedRecord, person: Person): boolean {
    const matches = matchesOf(record.reference ?? '', record, person);
    return (
      matches.some((match) => this.#asked.has(match)) ||
      this.matching(record, person).some((question) => this.isOpen(question))
    );
  }

  /** Under the number that is in use: an answer may come under the old one or the new one. */
  ask(question: Omit<AskedQuestion, 'match'>, record: CheckedRecord, person: Person): void {
    const match = questionMatch(record.reference ?? '', person.replacedBy ?? person.insz, record.period.begin);
    this.#asked.set(match, { ...question, match });
  }

  answer(answered: AnsweredQuestion): void {
    this.#answered.set(answered.question, answered);
  }

  effects(): QuestionEffects {
    return { asked: [...this.#asked.values()], answered: [...this.#answered.values()] };
  }

  #keysOf(record: CheckedRecord, person: Person): readonly string[] {
    const ticket = this.ticketIn(record);
    return ticket === undefined ? matchesOf(record.reference ?? '', record, person) : [ticket];
  }
}

function matchesOf(reference: string, { period }: CheckedRecord, { insz, replacedBy }: Person): readonly string[] {
  return [insz, replacedBy]
    .filter((number) => number !== undefined)
    .map((number) => questionMatch(reference, number, period.begin));
}
