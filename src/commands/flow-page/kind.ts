import type { Flow, FlowKind, LayoutVersion } from '../../domain/flow.ts';
import { institutionName } from '../../domain/partner.ts';
import { addressFields } from '../../pipeline/kind-message.ts';
import { code } from './markdown.ts';

const BLOCKS = 'with only the data blocks it may have';

/** Who gets a record, one sentence per kind. */
const WORDS: Readonly<Record<FlowKind, (flow: Flow) => string>> = {
  mutation: () => `Every record goes to each institution that knows the person and may have it, ${BLOCKS}.`,
  message: (flow) => `Every record goes to ${addressed(flow)}, ${BLOCKS}.`,
  request: () => 'Every question goes to the source that holds the datum, and gets one answer.',
  answer: () => 'Every answer goes to the institution that asked, and to no other.',
  integration: () => 'Every record registers or ends lines of the reference directory; nobody else gets it.',
};

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
