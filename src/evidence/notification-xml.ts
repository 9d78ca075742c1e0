import type { Finding } from '../domain/finding.ts';
import { type Part, recordTicket } from './answer-names.ts';
import type { HeadedAnswers, NotificationFacts, RecordAnswer, TextOf } from './notification.ts';
import { evidenceLines, fileReference, formHead, TICKET_ORIGIN, XML_HEAD, type XmlElement, xmlLines } from './xml.ts';

const CHUNK_CHARACTERS = 64 * 1024;
const THIS_FORM = 1; // ReferenceType; docs/domain.md §1
const DOSSIER = 2;
const REFUSED = 0;
const DONE = 1;

/** Characters of a value that are sent back; as long as a fieldValue of the network, docs/domain.md §2. */
const MOST_VALUE_CHARACTERS = 256;

/** AnomalyClass: B blocking, W warning. I would announce an investigation, which no information of ours is. */
const ANOMALY_CLASS = { fatal: 'B', warning: 'W', information: 'W' } as const satisfies Record<
  Finding['severity'],
  string
>;

/**
 * NOTIFICATION of the batch channel: one Form per refused record, one per record with information; where there is
 * neither, one Form for the file, since the layout wants at least one. A part holds whole Forms and the totals of all.
 */
export async function* xmlPart(
  facts: NotificationFacts,
  part: Part | undefined,
  answers: AsyncIterable<HeadedAnswers>,
  textOf: TextOf,
): AsyncGenerator<string> {
  let text = `${XML_HEAD}<NOTIFICATION>\n`;
  let forms = 0;
  for await (const { heading, answers: some } of answers) {
    for (const answer of some) {
      text += xmlLines(recordForm(facts, heading, answer, textOf), 1);
      if (text.length <= CHUNK_CHARACTERS) continue;
      yield text;
      text = '';
    }
    forms += some.length;
  }
  if (forms === 0) text += xmlLines(fileForm(facts), 1);
  yield `${text}${evidence(facts, part)}</NOTIFICATION>\n`;
}

function recordForm(
  facts: NotificationFacts,
  heading: HeadedAnswers['heading'],
  answer: RecordAnswer,
  textOf: TextOf,
): XmlElement {
  const reports = answer.faults.map((fault): XmlElement => {
    const label = textOf(fault.code, facts.language, fault.detail);
    const report: readonly XmlElement[] = [
      ['ErrorID', fault.code],
      ['TagName', fault.field],
      ...valueAsSent(fault.value),
      ['AnomalyClass', ANOMALY_CLASS[fault.severity]],
      ['AnomalyLabel', label],
      ...(answer.record === 0 ? [] : [location(answer.record)]),
    ];
    return ['AnomalyReport', report];
  });
  const type = answer.record === 0 ? DOSSIER : THIS_FORM;
  const code = heading === 'refused' ? REFUSED : DONE;
  return form(facts, type, recordTicket(facts.ticket, answer.record), [['ResultCode', code], ...reports]);
}

function valueAsSent(value: string | undefined): readonly XmlElement[] {
  if (value === undefined || value === '') return [];
  return [['Value', [...value].slice(0, MOST_VALUE_CHARACTERS).join('')]];
}

function location(record: number): XmlElement {
  return ['AnomalyLocation', [['LineNbr', record]]];
}

/** Nothing was refused, record by record; the state says what became of the file. */
function fileForm(facts: NotificationFacts): XmlElement {
  const code = facts.state === 'accepted' ? DONE : REFUSED;
  return form(facts, DOSSIER, facts.ticket, [['ResultCode', code]]);
}

function form(facts: NotificationFacts, type: number, reference: string, result: readonly XmlElement[]): XmlElement {
  const handled: readonly XmlElement[] = [
    ['ReferenceType', type],
    ['ReferenceOrigin', TICKET_ORIGIN],
    ['ReferenceNbr', reference],
  ];
  return [
    'Form',
    [
      ...formHead('NOTI001', facts.createdAt),
      fileReference(facts.file, facts.ticket),
      ['HandledReference', handled],
      ['HandlingResult', result],
    ],
  ];
}

function evidence(facts: NotificationFacts, part: Part | undefined): string {
  const parts: readonly XmlElement[] =
    part === undefined
      ? []
      : [
          ['part', part.number],
          ['parts', part.of],
          ['last', String(part.number === part.of)],
        ];
  return evidenceLines(
    [
      ['flow', facts.flow],
      ['state', facts.state],
      ['total', facts.records.total],
      ['accepted', facts.records.accepted],
      ['refused', facts.records.refused],
      ['withoutReceiver', facts.records.withoutReceiver],
      ...parts,
      ['generation', facts.generation],
      ['directoryVersion', facts.directoryVersion],
    ],
    1,
  );
}
