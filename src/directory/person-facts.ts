import type { Insz } from '../domain/insz.ts';
import type { Institution } from '../domain/partner.ts';
import type { IsoDate } from '../domain/period.ts';
import { inszOfKey, type PersonKey, personKey } from '../domain/person-key.ts';
import { readBeside } from './beside.ts';
import type { Dossier } from './directory.ts';
import { dateOfDay, keyBytes, Unpacker } from './pack.ts';
import { LOADED_KEY, type Store, statsOf } from './store.ts';

/** A dossier with the day of its last change and who inscribed it, as far as that is known. */
export type DossierFacts = Dossier & {
  readonly lastChange?: IsoDate | undefined;
  readonly inscriber?: Institution | undefined;
};

/** Everything the directory knows of one number. */
export type PersonFacts = {
  readonly version: bigint;
  readonly state: 'in-use' | 'replaced' | 'cancelled';
  /** The number right behind it in the chain. */
  readonly replacedBy?: Insz | undefined;
  /** The numbers that it took the place of. */
  readonly replaces: readonly Insz[];
  readonly dossiers: readonly DossierFacts[];
};

export function personFacts(store: Store, person: Insz): PersonFacts | undefined {
  const key = personKey(person);
  const unpacker = new Unpacker();
  const read = (one: PersonKey) => {
    const value = store.persons.get(keyBytes(one));
    return value === undefined ? undefined : unpacker.unpack(value, value.length);
  };
  const { version } = statsOf(store);
  const found = read(key);
  if (found === undefined) return undefined;
  const beside = readBeside(store.beside.get(keyBytes(key)));
  // A later load may have given the other number a life of its own again.
  const replaces = beside.replaces.filter((other) => {
    const link = read(other);
    return link?.kind === 'replaced' && link.by === key;
  });
  const facts = { version, replaces: replaces.map(inszOfKey) };
  if (found.kind === 'cancelled') return { ...facts, state: 'cancelled', dossiers: [] };
  if (found.kind === 'replaced') return { ...facts, state: 'replaced', replacedBy: inszOfKey(found.by), dossiers: [] };
  const loaded = store.info.get(LOADED_KEY)?.readUInt16BE(0);
  const dossiers = found.dossiers.map((dossier, index) => {
    const { lastChange = loaded, inscriber } = beside.details[index] ?? {};
    return { ...dossier, lastChange: lastChange === undefined ? undefined : dateOfDay(lastChange), inscriber };
  });
  return { ...facts, state: 'in-use', dossiers };
}
