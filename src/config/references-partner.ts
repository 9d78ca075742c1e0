import { institutionName } from '../domain/partner.ts';
import type { IsoDate } from '../domain/period.ts';
import { type ConfigFiles, known, unknownName } from './parse.ts';
import { choose, type Problem } from './problems.ts';
import type { ReadFile } from './read-file.ts';
import type { PartnerFile } from './schema-partner.ts';
import type { Path, Places } from './yaml-file.ts';

/** References of partner files: sectors, flows, dates, and what belongs to one partner only. */
export function partnerProblems(files: ConfigFiles): readonly Problem[] {
  const partners = known(files.partners);
  return [
    ...partners.flatMap((partner) => [
      ...sectorOf(partner, files),
      ...networkOf(partner, files),
      ...flowsOf(partner, files),
      ...accountsOf(partner),
      ...methodsOf(partner),
      ...datesOf(partner),
    ]),
    ...onlyOnce(partners),
  ];
}

function sectorOf({ places, value }: ReadFile<PartnerFile>, { sectors }: ConfigFiles): Problem[] {
  const { sector } = value.institution;
  if (sectors === undefined || !sectors.whole) return [];
  if (sectors.value.sectors.some((one) => one.number === sector)) return [];
  return [
    places.at(
      ['institution'],
      `sector ${sector} is not in sectors.yaml`,
      'add the sector there, or correct the institution',
    ),
  ];
}

/** Who is reached through a managing institution has one; who is of the extension says for which purposes. */
function networkOf({ places, value, whole }: ReadFile<PartnerFile>, { sectors }: ConfigFiles): Problem[] {
  const { network, purposes, institution } = value;
  const problems: Problem[] = [];
  if (whole && network === 'extension' && purposes === undefined) {
    const message = 'a partner of the extension is connected for listed purposes only';
    problems.push(places.at(['network'], message, 'add "purposes"'));
  }
  if (network !== 'extension' && purposes !== undefined) {
    const message = `a partner of the ${network} network has no "purposes"`;
    problems.push(places.atKey(['purposes'], message, 'remove this line; authorizations say what is allowed'));
  }
  const sector = sectors?.whole ? sectors.value.sectors.find((one) => one.number === institution.sector) : undefined;
  if (network === 'secondary' && sector !== undefined && sector.managingInstitution === undefined) {
    const message = `nobody manages sector ${sector.number}, so nothing could reach a partner of its secondary network`;
    problems.push(places.at(['network'], message, 'add its managingInstitution in sectors.yaml'));
  }
  return problems;
}

function flowsOf({ places, value, whole }: ReadFile<PartnerFile>, { flows }: ConfigFiles): Problem[] {
  const problems: Problem[] = [];
  for (const key of ['sends', 'receives'] as const) {
    for (const [index, code] of value[key].entries()) {
      if (!flows.has(code)) problems.push(places.at([key, index], ...unknownName('flow', code, flows)));
    }
  }
  if (!whole) return problems;
  const own = [...new Set([...value.sends, ...value.receives])];
  for (const kind of ['persons', 'machines'] as const) {
    for (const [index, account] of value[kind].entries()) {
      if (account.flows === 'all') continue;
      for (const [position, code] of account.flows.entries()) {
        if (own.includes(code)) continue;
        const message = `${account.id} works with flow "${code}", which ${value.id} neither sends nor receives`;
        problems.push(places.at([kind, index, 'flows', position], message, choose(code, own, 'flow')));
      }
    }
  }
  return problems;
}

function accountsOf({ places, value }: ReadFile<PartnerFile>): Problem[] {
  const problems: Problem[] = [];
  const seen = new Map<string, string>();
  for (const kind of ['persons', 'machines'] as const) {
    for (const [index, { id }] of value[kind].entries()) {
      const other = seen.get(id);
      if (other !== undefined) {
        const message = `the account "${id}" stands twice: it is already one of the ${other}`;
        problems.push(
          places.at([kind, index, 'id'], message, 'give each person and machine of a partner an id of its own'),
        );
      }
      seen.set(id, kind);
    }
  }
  return problems;
}

function methodsOf({ places, value }: ReadFile<PartnerFile>): Problem[] {
  return value.accessMethods.flatMap(({ method }, index) =>
    value.accessMethods.findIndex((one) => one.method === method) === index
      ? []
      : [
          places.at(
            ['accessMethods', index, 'method'],
            `the access method "${method}" stands twice`,
            'keep the one official address',
          ),
        ],
  );
}

function datesOf({ places, value }: ReadFile<PartnerFile>): Problem[] {
  return [
    ...value.persons.flatMap((person, index) =>
      reversed(places, ['persons', index, 'designation'], person.designation),
    ),
    ...value.officials.localAdministrators.flatMap(({ mandate }, index) => {
      const at = ['officials', 'localAdministrators', index, 'mandate'];
      const withdrawn = { from: mandate.from, until: mandate.withdrawn };
      return [...reversed(places, at, mandate), ...reversed(places, at, withdrawn, 'withdrawn')];
    }),
  ];
}

/** A period that ends before it begins. `untilKey` is the key its end stands at. */
export function reversed(
  places: Places,
  path: Path,
  period: { from: IsoDate; until?: IsoDate | undefined },
  untilKey = 'until',
): Problem[] {
  if (period.until === undefined || period.from <= period.until) return [];
  const message = `the end, ${period.until}, lies before the beginning, ${period.from}`;
  return [places.at([...path, untilKey], message, 'correct one of the two dates')];
}

function onlyOnce(partners: readonly ReadFile<PartnerFile>[]): Problem[] {
  const problems: Problem[] = [];
  const owners = new Map<string, string>();
  const claim = (places: Places, path: Path, what: string) => {
    const owner = owners.get(what);
    if (owner === undefined) owners.set(what, places.file);
    else problems.push(places.at(path, `${what} already belongs to ${owner}`, 'correct it here or there'));
  };
  for (const { places, value } of partners) {
    claim(places, ['institution'], `institution ${institutionName(value.institution)}`);
    claim(places, ['kbo'], `KBO number ${value.kbo}`);
    for (const [index, number] of value.senderNumbers.entries())
      claim(places, ['senderNumbers', index], `sender number ${number}`);
  }
  return problems;
}
