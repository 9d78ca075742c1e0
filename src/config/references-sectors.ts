import { type ConfigFiles, unknownName } from './parse.ts';
import type { Problem } from './problems.ts';

/** Each sector once, and managed by a partner of that sector. */
export function sectorProblems({ sectors, partners }: ConfigFiles): readonly Problem[] {
  const problems: Problem[] = [];
  if (sectors === undefined) return problems;
  const { places, value } = sectors;
  const seen = new Set<number>();
  for (const [index, sector] of value.sectors.entries()) {
    if (seen.has(sector.number)) {
      problems.push(
        places.at(['sectors', index, 'number'], `sector ${sector.number} stands twice`, 'remove one of the two'),
      );
    }
    seen.add(sector.number);
    const manager = sector.managingInstitution;
    if (manager === undefined) continue;
    const path = ['sectors', index, 'managingInstitution'];
    const partner = partners.get(manager);
    if (!partners.has(manager)) {
      problems.push(places.at(path, ...unknownName('partner', manager, partners)));
    } else if (partner?.whole === true && partner.value.institution.sector !== sector.number) {
      const message = `${manager} manages sector ${sector.number} but belongs to sector ${partner.value.institution.sector}`;
      problems.push(places.at(path, message, `name the partner that is institution ${sector.number}/0`));
    }
  }
  return problems;
}

/** Each kind of datum has one source, and it is a partner. */
export function availabilityProblems({ availability, partners }: ConfigFiles): readonly Problem[] {
  const problems: Problem[] = [];
  if (availability === undefined) return problems;
  const { places, value } = availability;
  const sources = new Map<string, string>();
  for (const [index, { datum, source }] of value.availability.entries()) {
    if (!partners.has(source)) {
      problems.push(places.at(['availability', index, 'source'], ...unknownName('partner', source, partners)));
    }
    const other = sources.get(datum);
    if (other !== undefined) {
      const message = `"${datum}" already has a source: ${other}`;
      problems.push(places.at(['availability', index, 'datum'], message, 'keep the one authentic source'));
    }
    sources.set(datum, source);
  }
  return problems;
}
