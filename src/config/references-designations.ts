import { type ConfigFiles, known, unknownName } from './parse.ts';
import { choose, type Problem } from './problems.ts';
import type { ReadFile } from './read-file.ts';
import type { PartnerFile } from './schema-partner.ts';

type Person = PartnerFile['persons'][number];
type Entry = {
  readonly partner: ReadFile<PartnerFile>;
  readonly person: Person;
  readonly index: number;
  readonly as: string;
};

const PROOFS = ['certificates', 'sshKeys', 'secondFactor'] as const;

/** Persons whom several partners designated: one entry holds what proves them, the others name that one. */
export function designationProblems(files: ConfigFiles): readonly Problem[] {
  const entries = known(files.partners).flatMap((partner) =>
    partner.value.persons.flatMap((person, index) => {
      const { samePersonAs } = person;
      return samePersonAs === undefined ? [] : [{ partner, person, index, as: samePersonAs }];
    }),
  );
  return [...entries.flatMap((entry) => [...namedOf(entry, files), ...proofsOf(entry)]), ...twice(entries)];
}

function namedOf({ partner, index, as }: Entry, files: ConfigFiles): Problem[] {
  const at = ['persons', index, 'samePersonAs'];
  const { places, value } = partner;
  const [id = '', partnerId = ''] = as.split('@', 2);
  if (partnerId === value.id) {
    return [places.at(at, 'a partner designates a person once', 'name the entry of another partner')];
  }
  const other = files.partners.get(partnerId);
  if (!files.partners.has(partnerId)) return [places.at(at, ...unknownName('partner', partnerId, files.partners))];
  if (other === undefined || !other.whole) return [];
  const found = other.value.persons.find((person) => person.id === id);
  const ids = other.value.persons.map((person) => person.id);
  if (found === undefined) return [places.at(at, `${partnerId} has no person "${id}"`, choose(id, ids, 'person'))];
  if (found.samePersonAs === undefined) return [];
  const message = `${as} is itself the same person as ${found.samePersonAs}`;
  return [places.at(at, message, `write ${found.samePersonAs}`)];
}

/** A key belongs to one entry, so that it leads to one person and is taken away in one place. */
function proofsOf({ partner: { places }, person, index, as }: Entry): Problem[] {
  return PROOFS.filter((key) => {
    const value = person[key];
    return Array.isArray(value) ? value.length > 0 : value !== undefined;
  }).map((key) => {
    const message = `what proves this person stands with ${as}`;
    return places.atKey(['persons', index, key], message, `move "${key}" there, or remove "samePersonAs"`);
  });
}

function twice(entries: readonly Entry[]): Problem[] {
  const seen = new Set<string>();
  return entries.flatMap(({ partner, index, as }) => {
    const key = `${as} ${partner.value.id}`;
    const again = seen.has(key);
    seen.add(key);
    const message = `${partner.value.id} designates ${as} twice`;
    return again ? [partner.places.at(['persons', index, 'samePersonAs'], message, 'keep one of the two entries')] : [];
  });
}
