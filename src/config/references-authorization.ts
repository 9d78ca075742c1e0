import { type Institution, institutionName } from '../domain/partner.ts';
import { type ConfigFiles, known, unknownName } from './parse.ts';
import { choose, type Problem } from './problems.ts';
import type { ReadFile } from './read-file.ts';
import { reversed } from './references-partner.ts';
import type { AuthorizationFile } from './schema-flow.ts';
import type { Path } from './yaml-file.ts';

/** A legal act speaks of a flow, a purpose, institutions and blocks that exist. */
export function authorizationProblems(files: ConfigFiles): readonly Problem[] {
  return known(files.authorizations).flatMap((act) => [
    ...reversed(act.places, [], act.value),
    ...flowAndPurpose(act, files),
    ...institutions(act, files),
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

function institutions({ places, value }: ReadFile<AuthorizationFile>, files: ConfigFiles): Problem[] {
  const problems: Problem[] = [];
  const check = (institution: Institution, path: Path) => {
    const name = institutionName(institution);
    if (isKnown(institution, files)) return;
    const message = `nobody is institution ${name}, and no partner manages its sector`;
    const remedy = 'add a partner with this institution, or a managingInstitution of the sector in sectors.yaml';
    problems.push(places.at(path, message, remedy));
  };
  check(value.sender, ['sender']);
  const seen = new Set<string>();
  for (const [index, { institution }] of value.receivers.entries()) {
    const path = ['receivers', index, 'institution'];
    check(institution, path);
    const name = institutionName(institution);
    if (seen.has(name)) problems.push(places.at(path, `the receiver ${name} stands twice`, 'put both into one entry'));
    seen.add(name);
  }
  return problems;
}

/** A partner, or a member of a sector whose managing institution is a partner. Files not understood are not blamed. */
function isKnown(institution: Institution, { partners, sectors }: ConfigFiles): boolean {
  if (sectors === undefined || !sectors.whole) return true;
  if ([...partners.values()].some((partner) => partner?.whole !== true)) return true;
  const isPartner = known(partners).some(
    ({ value }) => value.institution.sector === institution.sector && value.institution.type === institution.type,
  );
  const sector = sectors.value.sectors.find((one) => one.number === institution.sector);
  return isPartner || (institution.type > 0 && sector?.managingInstitution !== undefined);
}
