import type { FlowKind } from '../domain/flow.ts';
import type { Problem } from './problems.ts';
import type { ReadFile } from './read-file.ts';
import { integrationProblems } from './references-integration.ts';
import type { FlowFile, LayoutFile } from './schema-flow.ts';

type RoleName = keyof LayoutFile['roles'];

const RECEIVER_ROLES = ['receiver', 'receiverSector', 'receiverType', 'receiverKbo', 'receiverPartner'] as const;

/** Roles that only flows of some kinds have. A role that is not here may stand in any flow. */
const ROLES_OF_KINDS: Readonly<Partial<Record<RoleName, readonly FlowKind[]>>> = {
  cancels: ['mutation', 'message'],
  receiver: ['message', 'integration'],
  receiverSector: ['message', 'integration'],
  receiverType: ['message', 'integration'],
  receiverKbo: ['message'],
  receiverPartner: ['message'],
  questionTicket: ['answer'],
  action: ['integration'],
  phase: ['integration'],
};

/** A flow has what its kind needs, and nothing that only another kind would read. */
export function kindProblems(flow: ReadFile<FlowFile>): Problem[] {
  const { value, places } = flow;
  if (!flow.whole) return [];
  const problems = value.layouts.flatMap((_, index) => [
    ...strayRoles(flow, index),
    ...(value.kind === 'message' ? receiverProblems(flow, index) : []),
    ...(value.kind === 'integration' ? integrationProblems(flow, index) : []),
    ...quarterProblems(flow, index),
  ]);
  if (value.kind !== 'message' && value.receiver !== undefined) {
    problems.push(places.at(['receiver'], `a flow of kind "${value.kind}" has no "receiver"`, 'remove this line'));
  }
  return problems;
}

function strayRoles({ value, places }: ReadFile<FlowFile>, index: number): Problem[] {
  const roles = value.layouts[index]?.roles ?? {};
  const names = Object.keys(roles) as RoleName[];
  return names.flatMap((role) => {
    const kinds = ROLES_OF_KINDS[role];
    if (kinds === undefined || kinds.includes(value.kind)) return [];
    const message = `a flow of kind "${value.kind}" has no role "${role}"`;
    return [places.at(['layouts', index, 'roles', role], message, `remove it; it is for: ${kinds.join(', ')}`)];
  });
}

/** The receiver of a message is named in one way: by a role, by two for sector and type, or once for the whole flow. */
function receiverProblems({ value, places }: ReadFile<FlowFile>, index: number): Problem[] {
  const roles = value.layouts[index]?.roles;
  const named = RECEIVER_ROLES.filter((role) => roles?.[role] !== undefined);
  const ways = named.filter((role) => role !== 'receiverType');
  const remedy =
    'write "receiver: 12/0" in the flow, or one of the roles receiver, receiverSector and receiverType, receiverKbo, receiverPartner';
  const path = ['layouts', index, 'roles'];
  if (named.includes('receiverType') !== named.includes('receiverSector')) {
    return [places.atKey(path, 'sector and type of the receiver belong together', 'add the other of the two roles')];
  }
  const count = ways.length + (value.receiver === undefined ? 0 : 1);
  if (count === 1) return [];
  const message = count === 0 ? 'nothing says who a message is for' : 'more than one thing says who a message is for';
  return [places.atKey(path, message, remedy)];
}

/** A quarter, which a question or an answer may speak of, has its end by itself. */
function quarterProblems({ value, places }: ReadFile<FlowFile>, index: number): Problem[] {
  const layout = value.layouts[index];
  const begin = layout?.fields.find(({ name }) => name === layout.roles.periodBegin);
  if (begin?.type !== 'quarter' || layout?.roles.periodEnd === undefined) return [];
  const path = ['layouts', index, 'roles', 'periodEnd'];
  return [places.at(path, 'a quarter has its end by itself', 'remove this line')];
}
