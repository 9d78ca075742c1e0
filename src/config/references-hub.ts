import { type ConfigFiles, known, unknownName } from './parse.ts';
import type { Problem } from './problems.ts';

/** Roles are held at the hub, by its own persons. */
export function hubProblems({ gateway, partners }: ConfigFiles): readonly Problem[] {
  if (gateway === undefined || !gateway.whole) return [];
  const { hub } = gateway.value;
  if (hub !== undefined && !partners.has(hub)) {
    return [gateway.places.at(['hub'], ...unknownName('partner', hub, partners))];
  }
  return known(partners).flatMap(({ places, value }) =>
    value.persons.flatMap(({ id, roles }, index): Problem[] => {
      if (roles.length === 0 || value.id === hub) return [];
      const message = `${id} has a role at the hub but is a person of ${value.id}`;
      const remedy =
        hub === undefined ? 'say in gateway.yaml which partner is the hub, as in "hub: ksz"' : `roles are for ${hub}`;
      return [places.at(['persons', index, 'roles'], message, remedy)];
    }),
  );
}
