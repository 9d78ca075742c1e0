import type { Authorization } from '../../../src/domain/flow.ts';
import type { Task } from './acts.ts';
import type { Concerned } from './decide.ts';
import { fatal, isThere } from './fields.ts';
import { addressedTo, type Ways } from './routes.ts';

/** A question as the ledger remembers it. */
export type KnownQuestion = {
  readonly ticket: string;
  readonly asker: string;
  readonly source: string;
  /** The reference of its asker; empty where it gave none. */
  readonly reference: string;
  readonly person: string;
  /** The first day it is about. */
  readonly begin: string;
  readonly askedAt: number;
  readonly state: 'open' | 'answered' | 'closed';
};

export type Answered = { readonly question: string; readonly answer: string };

/** Who is connected, and the availability table. */
export type Network = {
  readonly availability: readonly { readonly datum: string; readonly source: string }[];
  readonly connected: readonly {
    readonly partner: string;
    readonly institution: { readonly sector: number; readonly type: number };
    readonly disabled: boolean;
    /** Whether it receives the flow. */
    readonly receives: boolean;
  }[];
};

/** The source that the table names for the datum, where it is connected for these questions. */
export function sourceFor({ flow }: Task, { availability, connected }: Network) {
  const line = availability.find(({ datum }) => datum === flow.asks?.datum);
  return connected.find(({ partner, disabled, receives }) => partner === line?.source && !disabled && receives);
}

/** Questions of one flow and environment, as the records of one file leave them. */
export class Questions {
  readonly asked: KnownQuestion[] = [];
  readonly answered: Answered[] = [];
  readonly #before: readonly KnownQuestion[];
  readonly #network: Network;

  constructor(before: readonly KnownQuestion[], network: Network) {
    this.#before = before;
    this.#network = network;
  }

  /** It goes to the source that holds the datum, and nobody waits for the same twice. */
  ask(record: number, concerned: Concerned, acts: readonly Authorization[]): Ways {
    const { task, layout, values, period, person } = concerned;
    const { roles } = layout;
    const source = sourceFor(task, this.#network);
    if (source === undefined) return { fault: fatal(roles.person, '253') };
    const asker: string = task.sender.partner;
    const mine = [...this.#before, ...this.asked].filter((one) => one.asker === asker);
    if (mine.some((one) => one.state === 'open' && isAbout(one, concerned))) {
      return { fault: fatal(roles.reference ?? roles.person, '300040') };
    }
    const way = addressedTo(source.institution, roles.person, concerned, acts);
    if ('fault' in way) return way;
    if (way.routes.some(({ partner }) => partner !== source.partner)) return { fault: fatal(roles.person, '253') };
    this.asked.push({
      ...{ ticket: `${task.ticket}-${record}`, asker, source: source.partner, begin: period.begin },
      ...{ reference: referenceOf(concerned), person: person.replacedBy ?? values[roles.person] ?? '' },
      ...{ askedAt: task.receivedAt, state: 'open' },
    });
    return way;
  }

  /** One answer for each question, to who asked it, and never more. */
  answer(record: number, concerned: Concerned, acts: readonly Authorization[]): Ways {
    const { task, layout, values } = concerned;
    const { roles } = layout;
    const field = roles.questionTicket ?? roles.reference ?? roles.person;
    const refused = (code: string): Ways => ({ fault: fatal(field, code) });
    const source: string = task.sender.partner;
    const named = roles.questionTicket === undefined ? undefined : values[roles.questionTicket];
    const candidates = this.#before
      .filter((one) => one.source === source)
      .filter((one) => (isThere(named) ? one.ticket === named && isAnswerTo(one, concerned) : isAbout(one, concerned)))
      .map((one) =>
        this.answered.some(({ question }) => question === one.ticket) ? { ...one, state: 'answered' } : one,
      );
    const open = candidates.filter(({ state }) => state === 'open');
    if (open.length > 1) return refused('000051');
    const [question] = open;
    if (question === undefined) {
      const latest = candidates.toSorted((one, other) => other.askedAt - one.askedAt)[0];
      if (latest === undefined) return refused('MSG00013');
      return refused(latest.state === 'answered' ? '300040' : '253');
    }
    const asker = task.receivers.find(({ partner }) => partner === question.asker);
    const way = asker === undefined ? refused('300010') : addressedTo(asker.institution, field, concerned, acts);
    if ('fault' in way) return refused('300010');
    this.answered.push({ question: question.ticket, answer: `${task.ticket}-${record}` });
    return way;
  }
}

function referenceOf({ layout, values }: Concerned): string {
  return values[layout.roles.reference ?? ''] ?? '';
}

/** The same reference, person (by the number asked for, or the one in use) and first day. */
function isAbout(question: KnownQuestion, concerned: Concerned): boolean {
  return question.reference === referenceOf(concerned) && isOfSamePerson(question, concerned);
}

/** A ticket needs no reference beside it; one that stands there must be the asker's. */
function isAnswerTo(question: KnownQuestion, concerned: Concerned): boolean {
  const reference = referenceOf(concerned);
  return (reference === '' || question.reference === reference) && isOfSamePerson(question, concerned);
}

function isOfSamePerson({ person, begin }: KnownQuestion, { layout, values, period, ...of }: Concerned): boolean {
  return [values[layout.roles.person], of.person.replacedBy].includes(person) && begin === period.begin;
}
