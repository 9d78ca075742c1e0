import type { Flow, FlowKind, LayoutVersion } from '../../domain/flow.ts';
import { institutionName } from '../../domain/partner.ts';
import { addressFields } from '../../pipeline/kind-message.ts';
import { code } from './markdown.ts';

const BLOCKS = 'with only the data blocks it may have';

/** Who gets a record, one sentence per kind. */
const WORDS: Readonly<Record<FlowKind, (flow: Flow) => string>> = {
  mutation: () => `Every record goes to each institution that knows the person and may have it, ${BLOCKS}.`,
  message: (flow) => `Every record goes to ${addressed(flow)}, ${BLOCKS}.`,
  request: questionWords,
  answer: answerWords,
  integration: integrationWords,
};

function questionWords({ asks }: Flow): string {
  if (asks === undefined) return 'Every question goes to the source that holds the datum.';
  const { datum, answerFlow, answerWithinHours, closeAfterHours, ticketField } = asks;
  const ticket =
    ticketField === undefined
      ? ''
      : ` Behind its fields the source finds the hub’s ticket of the question in ${code(ticketField.name)}.`;
  return [
    `Every question goes to the source that holds the datum ${code(datum)}, ${BLOCKS}.${ticket}`,
    `It gets one answer, in the flow ${code(answerFlow)}. What is not answered within ${answerWithinHours} h is told to asker, source and hub; after ${closeAfterHours} h no answer is taken any more.`,
  ].join('\n');
}

function answerWords({ layouts }: Flow): string {
  const ticket = layouts.flatMap(({ roles }) => roles.questionTicket ?? []).map(code);
  const byTicket = ticket.length === 0 ? '' : `, or by the hub’s ticket in ${[...new Set(ticket)].join(' or ')}`;
  return `Every answer goes to the institution that asked, and to no other, ${BLOCKS}: one for each question. It is found by the asker’s reference, the person and the period${byTicket}. Answers may come in any order and in several files.`;
}

function integrationWords({ layouts }: Flow): string {
  const proofs = layouts.flatMap((layout) => layout.proofs ?? []).map((fields) => fields.map(code).join(', '));
  const proved = proofs.length === 0 ? '' : ` Who is meant is proved by ${[...new Set(proofs)].join(' or by ')}.`;
  return `Every record registers or ends a line of the reference directory; nobody else gets it. No person has two lines of one sector and quality on one day.${proved}`;
}

export function kindWords(flow: Flow): string {
  return WORDS[flow.kind](flow);
}

function addressed({ receiver, layouts }: Flow): string {
  if (receiver !== undefined) return institutionName(receiver);
  const fields = [...new Set(layouts.flatMap(addressFields))].map(code);
  return `the institution that it names in ${fields.join(' and ')}`;
}

/** Which records follow another. */
export function changeWords({ changes, roles }: LayoutVersion): readonly string[] {
  if (changes === undefined) return [];
  const values = changes.values.map(code).join(' or ');
  const original = [
    ...(roles.cancels === undefined ? [] : [`that ${code(roles.cancels)} names`]),
    ...(roles.reference === undefined ? [] : [`with the same ${code(roles.reference)}`]),
  ].join(', else the one ');
  return [
    `A record whose ${code(changes.field)} is ${values} changes or cancels the one ${original}. It reaches exactly those who got that one.`,
  ];
}
