import type { FlowKind } from '../domain/flow.ts';
import { type ConfigFiles, known, unknownName } from './parse.ts';
import { choose, type Problem } from './problems.ts';
import type { ReadFile } from './read-file.ts';
import { partyProblems } from './references-act-parties.ts';
import { reversed } from './references-partner.ts';
import type { AuthorizationFile } from './schema-flow.ts';

const LEVELS = [
  { list: 'applications', role: 'application' },
  { list: 'users', role: 'user' },
  { list: 'questions', role: 'question' },
  { list: 'information', role: 'information' },
] as const;

/** Kinds whose receiver is found without its line: it is named, holds the datum, or has asked. */
const WITHOUT_LINE: readonly FlowKind[] = ['message', 'request', 'answer'];

/** A legal act speaks of a flow, a purpose, institutions and blocks that exist. */
export function authorizationProblems(files: ConfigFiles): readonly Problem[] {
  return known(files.authorizations).flatMap((act) => [
    ...reversed(act.places, [], act.value),
    ...flowAndPurpose(act, files),
    ...partyProblems(act, files),
    ...lines(act, files),
    ...levels(act, files),
  ]);
}

function flowAndPurpose({ places, value }: ReadFile<AuthorizationFile>, { flows }: ConfigFiles): Problem[] {
  if (!flows.has(value.flow)) return [places.at(['flow'], ...unknownName('flow', value.flow, flows))];
  const flow = flows.get(value.flow);
  if (flow === undefined || !flow.whole) return [];
  const problems: Problem[] = [];
  if (!flow.value.purposes.includes(value.purpose)) {
    const message = `flow ${value.flow} does not know the purpose "${value.purpose}"`;
    problems.push(places.at(['purpose'], message, choose(value.purpose, flow.value.purposes, 'purpose')));
  }
  const blocks = Object.keys(flow.value.blocks);
  for (const [index, receiver] of value.receivers.entries()) {
    for (const [position, block] of receiver.blocks.entries()) {
      if (blocks.includes(block)) continue;
      const message = `flow ${value.flow} has no block "${block}"`;
      problems.push(places.at(['receivers', index, 'blocks', position], message, choose(block, blocks, 'block')));
    }
  }
  return problems;
}

/** A receiver is known by a quality, unless it needs no line. */
function lines({ places, value }: ReadFile<AuthorizationFile>, { flows }: ConfigFiles): Problem[] {
  const flow = flows.get(value.flow);
  return value.receivers.flatMap(({ line, qualities }, index) => {
    const path = ['receivers', index];
    if (line === 'required') {
      const message = 'a receiver without qualities would get nothing';
      return qualities.length > 0 ? [] : [places.at(path, message, 'add "qualities", as in ["010"]')];
    }
    if (flow?.whole !== true || WITHOUT_LINE.includes(flow.value.kind)) return [];
    const kinds = WITHOUT_LINE.join(', ');
    const message = `only flows of kind ${kinds} have receivers without a line; ${value.flow} is of kind "${flow.value.kind}"`;
    return [places.at([...path, 'line'], message, 'remove this line and name qualities')];
  });
}

/** Levels below the institution: every layout of the flow has a field that names one. */
function levels({ places, value }: ReadFile<AuthorizationFile>, { flows }: ConfigFiles): Problem[] {
  const flow = flows.get(value.flow);
  if (flow?.whole !== true) return [];
  return LEVELS.flatMap(({ list, role }) => {
    if (value[list] === undefined || flow.value.layouts.every((layout) => layout.roles[role] !== undefined)) return [];
    const message = `no field of flow ${value.flow} says what "${list}" are of a record, so nothing would be allowed`;
    return [places.atKey([list], message, `give a field of the flow the role "${role}", or remove this line`)];
  });
}
