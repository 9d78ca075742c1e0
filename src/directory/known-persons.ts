import type { Insz } from '../domain/insz.ts';
import type { ReferenceDirectory } from './lmdb-directory.ts';

/** Whether a number stands in the directory, of any environment, at the moment it is asked. */
export function knownPersons(directory: Pick<ReferenceDirectory, 'facts'>): (person: Insz) => boolean {
  return (person) => (['R', 'T'] as const).some((environment) => directory.facts(environment, person) !== undefined);
}
