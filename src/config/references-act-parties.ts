import { type Institution, institutionName } from '../domain/partner.ts';
import { type ConfigFiles, known } from './parse.ts';
import type { Problem } from './problems.ts';
import type { ReadFile } from './read-file.ts';
import type { AuthorizationFile } from './schema-flow.ts';
import type { PartnerFile } from './schema-partner.ts';
import type { Path } from './yaml-file.ts';

/** The parties of an act: institutions that exist and may be named, each once, and connected for this purpose. */
export function partyProblems({ places, value }: ReadFile<AuthorizationFile>, files: ConfigFiles): Problem[] {
  const problems: Problem[] = [];
  const check = (institution: Institution, path: Path) => {
    const name = institutionName(institution);
    const fault = faultOf(institution, value, files);
    if (fault !== undefined) problems.push(places.at(path, `${fault[0].replace('%', name)}`, fault[1]));
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

/** Files that were not understood blame nobody. `%` stands for the institution. */
function faultOf(
  institution: Institution,
  act: AuthorizationFile,
  { partners, sectors, flows }: ConfigFiles,
): readonly [message: string, remedy: string] | undefined {
  if (sectors === undefined || !sectors.whole) return undefined;
  if ([...partners.values()].some((partner) => partner?.whole !== true)) return undefined;
  const all = known(partners).map(({ value }) => value);
  const sector = sectors.value.sectors.find((one) => one.number === institution.sector);
  const isMember = institution.type > 0;
  const partner = all.find(({ institution: { sector: number, type } }) => {
    return number === institution.sector && type === institution.type;
  });
  const isConnected = partner !== undefined || (isMember && sector?.managingInstitution !== undefined);
  if (!isConnected && !(sector !== undefined && flows.has(act.flow) && isUnused(act.flow, all))) {
    return [
      'nobody is institution %, and no partner manages its sector',
      'add a partner with this institution, or a managingInstitution of the sector in sectors.yaml',
    ];
  }
  if (isMember && sector?.anonymousMembers === true) {
    const remedy = `name ${institution.sector}/0; it reaches its members by itself`;
    return ['% is a member of a sector whose membership stays unsaid', remedy];
  }
  return partner === undefined ? undefined : purposeFault(act, partner);
}

/** An act may be there before its parties are connected; as soon as a partner sends or receives its flow, all must be. */
function isUnused(flow: string, partners: readonly PartnerFile[]): boolean {
  return !partners.some(({ sends, receives }) => sends.includes(flow) || receives.includes(flow));
}

function purposeFault(act: AuthorizationFile, partner: PartnerFile): readonly [string, string] | undefined {
  const { network, purposes = [] } = partner;
  if (network !== 'extension' || purposes.includes(act.purpose)) return undefined;
  const message = `% is connected for other purposes than "${act.purpose}"`;
  return [message, `its purposes are: ${purposes.join(', ')}; change the act, or "purposes" of ${partner.id}`];
}
