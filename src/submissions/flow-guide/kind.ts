import type { Flow, FlowKind, LayoutVersion } from '../../domain/flow.ts';
import { institutionName } from '../../domain/partner.ts';
import { addressFields } from '../../pipeline/kind-message.ts';
import type { Say } from '../../texts/flow-say.ts';
import { code } from './markdown.ts';

/** Who gets a record, one sentence per kind. */
const WORDS: Readonly<Record<FlowKind, (flow: Flow, say: Say) => string>> = {
  mutation: (_, say) => say('mutation'),
  message: messageWords,
  request: questionWords,
  answer: answerWords,
  integration: integrationWords,
};

function messageWords({ receiver, layouts }: Flow, say: Say): string {
  if (receiver !== undefined) return say('message', { receiver: institutionName(receiver) });
  const fields = [...new Set(layouts.flatMap(addressFields))].map(code);
  return say('message-named', { fields: fields.join(` ${say('and')} `) });
}

function questionWords({ asks }: Flow, say: Say): string {
  if (asks === undefined) return say('question-any');
  const { datum, answerFlow, answerWithinHours, closeAfterHours, ticketField } = asks;
  const ticket = ticketField === undefined ? '' : ` ${say('question-ticket', { field: code(ticketField.name) })}`;
  return [
    `${say('question', { datum: code(datum) })}${ticket}`,
    say('question-answer', { flow: code(answerFlow), within: answerWithinHours, close: closeAfterHours }),
  ].join('\n');
}

function answerWords({ layouts }: Flow, say: Say): string {
  const tickets = new Set(layouts.flatMap(({ roles }) => roles.questionTicket ?? []).map(code));
  if (tickets.size === 0) return say('answer');
  return say('answer-ticket', { fields: [...tickets].join(` ${say('or')} `) });
}

function integrationWords({ layouts }: Flow, say: Say): string {
  const proofs = layouts.flatMap((layout) => layout.proofs ?? []).map((fields) => fields.map(code).join(', '));
  if (proofs.length === 0) return say('integration');
  const each = [...new Set(proofs)].join(` ${say('or-by')} `);
  return `${say('integration')} ${say('integration-proofs', { proofs: each })}`;
}

export function kindWords(flow: Flow, say: Say): string {
  return WORDS[flow.kind](flow, say);
}

/** Which records follow another. */
export function changeWords({ changes, roles }: LayoutVersion, say: Say): readonly string[] {
  if (changes === undefined) return [];
  const change = { field: code(changes.field), values: changes.values.map(code).join(` ${say('or')} `) };
  const [cancels, reference] = [roles.cancels, roles.reference].map((name) => name && code(name));
  if (cancels !== undefined && reference !== undefined) {
    return [say('rule-change-both', { ...change, cancels, reference })];
  }
  if (cancels !== undefined) return [say('rule-change-named', { ...change, cancels })];
  return reference === undefined ? [] : [say('rule-change-same', { ...change, reference })];
}
