import { ACTIONS } from '../domain/registration.ts';
import type { Problem } from './problems.ts';
import type { ReadFile } from './read-file.ts';
import type { FlowFile } from './schema-flow.ts';

/** An integration says what to do with which line; who is meant can be proved by fields that exist. */
export function integrationProblems({ value, places }: ReadFile<FlowFile>, index: number): Problem[] {
  const layout = value.layouts[index];
  if (layout === undefined) return [];
  const problems: Problem[] = [];
  const path = ['layouts', index];
  if (value.senderLine !== 'creates') {
    const message = `an integration makes lines, and "senderLine" is "${value.senderLine}"`;
    problems.push(places.at(['senderLine'], message, 'write "creates"'));
  }
  const { action, quality, receiverSector, receiverType, receiver } = layout.roles;
  for (const [role, name] of Object.entries({ action, quality })) {
    if (name !== undefined) continue;
    problems.push(places.atKey([...path, 'roles'], `nothing says the ${role} of a line`, `add the role "${role}"`));
  }
  const field = layout.fields.find(({ name }) => name === action);
  const others = field?.type === 'code' ? field.values.filter((one) => !isAction(one)) : [];
  if (others.length > 0) {
    const message = `"${action}" knows "${others[0]}", which is nothing a line can be told`;
    problems.push(places.at([...path, 'roles', 'action'], message, `its values are: ${ACTIONS.join(', ')}`));
  }
  const ways = [receiver, receiverSector].filter((name) => name !== undefined).length;
  if (ways > 1 || (receiverSector === undefined) !== (receiverType === undefined)) {
    const remedy = 'use "receiver", or "receiverSector" and "receiverType", or none where each sender speaks of itself';
    problems.push(places.atKey([...path, 'roles'], 'the institution of a line is named in one way', remedy));
  }
  for (const [group, names] of (layout.proofs ?? []).entries()) {
    for (const [position, name] of names.entries()) {
      if (layout.fields.some((one) => one.name === name)) continue;
      const at = [...path, 'proofs', group, position];
      problems.push(places.at(at, `this layout has no field "${name}"`, 'name a field of the layout'));
    }
  }
  return problems;
}

function isAction(text: string): boolean {
  return ACTIONS.some((action) => action === text);
}
