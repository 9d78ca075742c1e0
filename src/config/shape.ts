import { createHash } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';
import { type KeyRing, placeOfKey } from './keys.ts';
import { type ConfigFiles, known } from './parse.ts';
import type { ReadFile } from './read-file.ts';
import type { PartnerFile } from './schema-partner.ts';

/** What a configuration says, file by file: two that say the same have equal shapes, however they are written. */
export type Shape = ReadonlyMap<string, Leaves>;
/** Each plain value by its path, as in `persons/anna/disabled`; persons, machines and folders stand under their names. */
export type Leaves = ReadonlyMap<string, string>;

/** @param issuers the texts of trusted issuers, by name */
export function shapeOf(files: ConfigFiles, ring: KeyRing, issuers: ReadonlyMap<string, string>): Shape {
  const { gateway, sectors, folders, availability } = files;
  const values = new Map<string, unknown>();
  if (gateway !== undefined) values.set(gateway.places.file, gatewayValue(gateway, ring, issuers));
  if (folders !== undefined)
    values.set(folders.places.file, {
      ...byName(folders.value.folders, ({ path }) => path),
      groups: folders.value.groups,
    });
  for (const file of [sectors, availability, ...known(files.flows), ...known(files.authorizations)])
    if (file !== undefined) values.set(file.places.file, file.value);
  const partners = new Map(known(files.partners).map((file) => [file.value.id as string, partnerValue(file, ring)]));
  for (const { places, value } of known(files.partners)) {
    const own = partners.get(value.id);
    if (own !== undefined) values.set(places.file, { ...own, persons: withProofs(own.persons, partners) });
  }
  return new Map([...values].map(([file, value]) => [file, leavesOf(value)]));
}

function gatewayValue(
  { places, value }: ReadFile<{ readonly ssh: { readonly certificateAuthorities: readonly object[] } }>,
  ring: KeyRing,
  issuers: ReadonlyMap<string, string>,
): unknown {
  const digests = [...issuers].map(([file, text]) => [file, createHash('sha256').update(text).digest('hex')]);
  const certificateAuthorities = value.ssh.certificateAuthorities.map((entry, index) => ({
    ...entry,
    key: ring.keys.get(placeOfKey(places.file, ['ssh', 'certificateAuthorities', index]))?.blob,
  }));
  return { ...value, ssh: { ...value.ssh, certificateAuthorities }, issuers: Object.fromEntries(digests) };
}

type Persons = ReturnType<typeof partnerValue>['persons'];

/** What proves somebody whom another partner designated before stands there, and is his here as well. */
function withProofs(
  persons: Persons,
  partners: ReadonlyMap<string, { readonly persons: Persons }>,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(persons).map(([name, person]) => {
      const [id = '', partner = ''] = person.samePersonAs?.split('@', 2) ?? [];
      const other = partners.get(partner)?.persons[id];
      if (other === undefined) return [name, person];
      const { sshKeys, certificates, secondFactor } = other;
      return [name, { ...person, proofs: { sshKeys, certificates, secondFactor } }];
    }),
  );
}

/** Keys stand by what they are, so that a key file that is only moved changes nothing. */
function partnerValue({ places, value }: ReadFile<PartnerFile>, ring: KeyRing) {
  const withKeys = <T extends { readonly sshKeys: readonly unknown[] }>(kind: string, accounts: readonly T[]) =>
    accounts.map((account, index) => ({
      ...account,
      sshKeys: account.sshKeys
        .map((entry, position) => ring.keys.get(placeOfKey(places.file, [kind, index, 'sshKeys', position])) ?? entry)
        .map((key) => canonicalJson(key))
        .toSorted(),
    }));
  const persons = byName(withKeys('persons', value.persons), ({ id }) => id);
  const machines = byName(withKeys('machines', value.machines), ({ id }) => id);
  return { ...value, persons, machines };
}

function byName<T>(items: readonly T[], nameOf: (item: T) => string): Record<string, T> {
  return Object.fromEntries(items.map((item) => [nameOf(item).replaceAll('/', '\u2215'), item]));
}

/** An empty list or map is a leaf of its own, so that it is seen when it comes and goes. */
function leavesOf(value: unknown): Leaves {
  const leaves = new Map<string, string>();
  const walk = (path: string, part: unknown): void => {
    const members = typeof part === 'object' && part !== null ? Object.entries(part) : [];
    const there = members.filter(([, member]) => member !== undefined);
    if (there.length === 0) leaves.set(path, canonicalJson(part));
    for (const [name, member] of there) walk(path === '' ? name : `${path}/${name}`, member);
  };
  walk('', value);
  return leaves;
}
