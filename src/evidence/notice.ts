import type { Environment } from '../domain/flow.ts';
import type { Language } from '../domain/partner.ts';
import type { RecordTicket } from '../domain/question.ts';
import type { Ticket } from '../domain/submission.ts';
import type { TextOf } from './notification.ts';
import { evidenceLines, fileReference, formHead, TICKET_ORIGIN, XML_HEAD, type XmlElement, xmlLines } from './xml.ts';

/** What a notice is about: something that should have happened and did not. */
export type NoticeSubject =
  | 'answers-overdue'
  | 'questions-closed'
  /** To its receiver: a delivery is not picked up, or is gone. To its sender: something did not reach everybody. */
  | 'delivery-waiting'
  | 'delivery-expired'
  | 'delivery-lost';

/** What a partner is told without having sent something just now. */
export type NoticeFacts = {
  readonly subject: NoticeSubject;
  /** The submission it is about. */
  readonly ticket: Ticket;
  readonly flow: string;
  readonly environment: Environment;
  /** What tells this notice from others about the submission: its ticket, or a delivery. */
  readonly name: string;
  /** The file it is about. */
  readonly file?: string | undefined;
  /** How many records it is about, and the tickets of the first of them, where they are told. */
  readonly count?: number | undefined;
  readonly tickets: readonly RecordTicket[];
  readonly generation: string;
  readonly language: Language;
  readonly createdAt: number;
};

const THIS_FORM = 1; // ReferenceType; docs/domain.md §1
const DOSSIER = 2;
const REMINDER = 5; // AttestationStatus
const NOT_DONE = 0;

/** `SOCQ.<ticket>.answers-overdue.notice.json` */
export function noticeName({ flow, name, subject }: NoticeFacts): string {
  return `${flow}.${name}.${subject}.notice.json`;
}

/** docs/schemas/notice.schema.json */
export function noticeJson(facts: NoticeFacts, textOf: TextOf): string {
  const notice = {
    kind: 'notice',
    version: 1,
    subject: facts.subject,
    ticket: facts.ticket,
    flow: facts.flow,
    environment: facts.environment,
    createdAt: new Date(facts.createdAt).toISOString(),
    text: textOf(facts.subject, facts.language),
    file: facts.file,
    records: facts.count,
    tickets: facts.tickets.length === 0 ? undefined : facts.tickets,
    generation: facts.generation,
  };
  return `${JSON.stringify(notice, undefined, 2)}\n`;
}

/** A NOTIFICATION that reminds: one Form for each record it is about, or one for the file. */
export function* noticeXml(facts: NoticeFacts, textOf: TextOf): Generator<string> {
  yield `${XML_HEAD}<NOTIFICATION>\n`;
  const label = textOf(facts.subject, facts.language);
  for (const ticket of facts.tickets) yield xmlLines(form(facts, THIS_FORM, ticket, label), 1);
  if (facts.tickets.length === 0) yield xmlLines(form(facts, DOSSIER, facts.ticket, label), 1);
  const evidence: readonly XmlElement[] = [
    ['flow', facts.flow],
    ['subject', facts.subject],
    ...(facts.count === undefined ? [] : [['records', facts.count] as const]),
    ['generation', facts.generation],
  ];
  yield `${evidenceLines(evidence, 1)}</NOTIFICATION>\n`;
}

function form(facts: NoticeFacts, type: number, reference: string, label: string): XmlElement {
  const { ticket, flow, createdAt, subject, file = flow } = facts;
  const head = formHead('NOTI001', createdAt).map(
    (element): XmlElement => (element[0] === 'AttestationStatus' ? ['AttestationStatus', REMINDER] : element),
  );
  const handled: readonly XmlElement[] = [
    ['ReferenceType', type],
    ['ReferenceOrigin', TICKET_ORIGIN],
    ['ReferenceNbr', reference],
  ];
  const report: readonly XmlElement[] = [
    ['ErrorID', subject],
    ['AnomalyClass', 'W'],
    ['AnomalyLabel', label],
  ];
  const result: readonly XmlElement[] = [
    ['ResultCode', NOT_DONE],
    ['AnomalyReport', report],
  ];
  return ['Form', [...head, fileReference(file, ticket), ['HandledReference', handled], ['HandlingResult', result]]];
}
