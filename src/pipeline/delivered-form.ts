import type { Field, Flow, LayoutVersion } from '../domain/flow.ts';
import { MOST_TICKET_CHARACTERS } from '../domain/question.ts';
import { KEY_BLOCK } from './route.ts';

/** A flow and layout as receivers get them: a question has its ticket of the hub behind what its asker wrote. */
export type DeliveredForm = { readonly flow: Flow; readonly layout: LayoutVersion; readonly hasTicket: boolean };

export function deliveredForm(flow: Flow, layout: LayoutVersion): DeliveredForm {
  const added = flow.asks?.ticketField;
  if (added === undefined) return { flow, layout, hasTicket: false };
  const type: Field['type'] = { kind: 'text', maxLength: MOST_TICKET_CHARACTERS, characters: 'ascii' };
  const field: Field = { name: added.name, type, required: true, columns: added.columns };
  const blocks = flow.blocks.map((block) =>
    block.name === KEY_BLOCK ? { ...block, fields: [...block.fields, added.name] } : block,
  );
  return { flow: { ...flow, blocks }, layout: { ...layout, fields: [...layout.fields, field] }, hasTicket: true };
}
