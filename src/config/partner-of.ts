import type { InternetException } from '../domain/exception.ts';
import type { Account, Partner, SshKey } from '../domain/partner.ts';
import type { PartnerId } from '../domain/principal.ts';
import { type KeyRing, placeOfKey } from './keys.ts';
import type { ReadFile } from './read-file.ts';
import type { ExceptionEntry } from './schema-exception.ts';
import type { PartnerFile } from './schema-partner.ts';

type PersonEntry = PartnerFile['persons'][number];

/** The partners of sound files. `regulation` is the version of the rules for users in force. */
export function partnersOf(files: readonly ReadFile<PartnerFile>[], ring: KeyRing, regulation: string): Partner[] {
  const partners = files.map((file) => partnerOf(file, ring, regulation));
  return partners.map((partner) => ({ ...partner, accounts: partner.accounts.map((one) => proven(one, partners)) }));
}

/** A person whom several partners designated proves himself in one way for all of them. */
function proven(account: Account, partners: readonly Partner[]): Account {
  const { samePersonAs } = account;
  if (samePersonAs === undefined) return account;
  const main = partners
    .find(({ id }) => id === samePersonAs.partner)
    ?.accounts.find(({ id, kind }) => id === samePersonAs.id && kind === 'person');
  if (main === undefined)
    throw new Error(`${samePersonAs.id}@${samePersonAs.partner} passed the checks and is not there`);
  const { certificates, sshKeys, secondFactor } = main;
  return { ...account, certificates, sshKeys, secondFactor };
}

function partnerOf({ places, value }: ReadFile<PartnerFile>, ring: KeyRing, regulation: string): Partner {
  const { persons, machines, officials: _officials, contract: _contract, outputs, exceptions, ...facts } = value;
  const keysOf = (kind: 'persons' | 'machines', index: number, count: number): SshKey[] =>
    Array.from({ length: count }, (_, position) =>
      ring.keys.get(placeOfKey(places.file, [kind, index, 'sshKeys', position])),
    ).filter((key) => key !== undefined);
  const accounts: Account[] = [
    ...persons.map((person, index) => personOf(person, keysOf('persons', index, person.sshKeys.length), regulation)),
    ...machines.map((machine, index): Account => {
      const { id, flows, certificates, disabled, secondFactor } = machine;
      const sshKeys = keysOf('machines', index, machine.sshKeys.length);
      return {
        kind: 'machine',
        id,
        roles: [],
        flows,
        certificates,
        sshKeys,
        disabled: disabled !== false,
        secondFactor,
      };
    }),
  ];
  const wanted = Object.entries(outputs);
  const formats = wanted.flatMap(([flow, { format }]) => (format === undefined ? [] : [[flow, format] as const]));
  const packaging = wanted.flatMap(([flow, one]) =>
    one.packaging === undefined ? [] : [[flow, one.packaging] as const],
  );
  const versions = wanted.flatMap(([flow, { version }]) => (version === undefined ? [] : [[flow, version] as const]));
  return {
    ...facts,
    outputs: Object.fromEntries(formats),
    packaging: Object.fromEntries(packaging),
    outputVersions: Object.fromEntries(versions),
    exceptions: exceptions.map((one, index) => exceptionOf(one, `${places.file}#/exceptions/${index}`)),
    accounts,
    source: places.file,
  };
}

function personOf(entry: PersonEntry, sshKeys: readonly SshKey[], regulation: string): Account {
  const { id, roles, flows, certificates, designation, secondFactor, userRegulation, samePersonAs } = entry;
  const missing = regulationFault(userRegulation, regulation);
  const [otherId = '', partner = ''] = samePersonAs?.split('@', 2) ?? [];
  return {
    ...{ kind: 'person', id, roles, flows, certificates, sshKeys, secondFactor },
    ...{ from: designation.from, until: designation.until, designatedBy: designation.act },
    accepted: userRegulation === 'not-accepted' ? undefined : userRegulation,
    disabled: entry.disabled !== false || missing !== undefined,
    regulation: entry.disabled === false ? missing : undefined,
    samePersonAs: samePersonAs === undefined ? undefined : { partner: partner as PartnerId, id: otherId },
  };
}

function regulationFault(accepted: PersonEntry['userRegulation'], version: string): Account['regulation'] {
  if (accepted === 'not-accepted') return 'not-accepted';
  return accepted.version === version ? undefined : 'other-version';
}

function exceptionOf(entry: ExceptionEntry, source: string): InternetException {
  const { id, state, flow, persons, use, act, fileTransfer, level, protocols, addresses, from, until } = entry;
  return { id, state, flow, persons, use, act, fileTransfer, level, protocols, addresses, from, until, source };
}
